//! Completing selectors: classes, ids, names of roots, the way down from the roots, and filters.

use std::collections::{BTreeSet, HashSet};

use super::complete::Candidate;
use super::properties;
use crate::scene::{ObjectId, Scene, Selector, shortened, without_controls};

/// Objects whose children are offered.
const MOST_PARENTS: usize = 64;

/// Selectors that go on from `text`.
pub(super) fn selectors(scene: &Scene, text: &str) -> Vec<Candidate> {
    let open = scan(text);
    let (done, part) = text.split_at(open.alternative);
    let (space, part) = part.split_at(part.len() - part.trim_start().len());
    let at = |k: usize| k.saturating_sub(done.len() + space.len());
    let found = match (open.filter, open.step) {
        (Some(filter), _) => filters(scene, part, at(filter)),
        (None, Some(step)) => steps(scene, part, at(step)),
        (None, None) => starts(scene, part),
    };
    let whole = |candidate: Candidate| Candidate { text: format!("{done}{space}{}", candidate.text), ..candidate };
    found.into_iter().map(whole).collect()
}

/// The objects that a selector that is typed so far names; none where it does not parse.
pub(super) fn matching(scene: &Scene, text: &str) -> Vec<ObjectId> {
    text.parse::<Selector>().ok().and_then(|selector| scene.select(&selector).ok()).unwrap_or_default()
}

/// What is open at the end of a selector.
#[derive(Default)]
struct Open {
    /// Where its last alternative starts.
    alternative: usize,
    /// Where its last `/` is.
    step: Option<usize>,
    /// Where the filter's `[` is that is not closed.
    filter: Option<usize>,
}

fn scan(text: &str) -> Open {
    let mut open = Open::default();
    let (mut depth, mut quoted, mut angles) = (0_usize, false, 0_usize);
    for (k, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' => {
                depth += 1;
                open.filter.get_or_insert(k);
            }
            ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    open.filter = None;
                }
            }
            _ if depth > 0 => {}
            '<' => angles += 1,
            '>' => angles = angles.saturating_sub(1),
            ',' if angles == 0 => open = Open { alternative: k + 1, ..Open::default() },
            '/' if angles == 0 => open.step = Some(k),
            _ => {}
        }
    }
    open
}

/// Classes and names of roots; ids where a digit was typed.
fn starts(scene: &Scene, text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let ids = scene.objects().map(|(id, _)| id).filter(|id| id.to_string().starts_with(text));
        return ids.map(|id| candidate(id.to_string(), &id.to_string(), Some(id), scene, true)).collect();
    }
    for name in scene.roots.iter().filter_map(|root| root.name.as_deref()) {
        if name.starts_with(text) && !name.contains(['/', '[', ',', '"', '=', ' ']) {
            found.push(candidate(name.to_owned(), name, None, scene, true));
        }
    }
    found.extend(classes(scene, text));
    found
}

/// Classes that objects have, or are derived from.
pub(super) fn classes(scene: &Scene, text: &str) -> Vec<Candidate> {
    let heads = scene.objects().map(|(_, state)| scene.dialect().head(state));
    let classes = heads.flat_map(|head| head.ancestors.into_iter().chain([head.class]));
    let found: BTreeSet<_> = classes.filter(|class| !class.is_empty() && class.starts_with(text)).collect();
    found
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .map(|class| Candidate { display: class.clone(), text: class, is_whole: true })
        .collect()
}

/// What the objects before the last `/` lead to.
fn steps(scene: &Scene, text: &str, slash: usize) -> Vec<Candidate> {
    let (before, step) = (text.get(..slash).unwrap_or_default(), text.get(slash + 1..).unwrap_or_default());
    if before.is_empty() && text.starts_with("//") || before.ends_with('/') {
        let whole = |class: Candidate| Candidate { text: format!("{before}/{}", class.text), ..class };
        return classes(scene, step).into_iter().map(whole).collect();
    }
    let parents = matching(scene, if before.is_empty() { "/" } else { before });
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for id in parents.iter().take(MOST_PARENTS) {
        for edge in scene.edges(id) {
            let name = scene.steps(&edge.place);
            if name.get(1..).is_some_and(|name| name.starts_with(step)) && seen.insert(name.clone()) {
                found.push((name, edge.target));
            }
        }
    }
    let is_only = found.len() == 1;
    let one = |(name, target): (String, ObjectId)| {
        let whole = format!("{before}{name}");
        // What is complete and leads on goes on.
        let goes_on = is_only && whole == text && !scene.edges(&target).is_empty();
        let end = if goes_on { "/" } else { "" };
        candidate(format!("{whole}{end}"), name.trim_start_matches('/'), Some(&target), scene, false)
    };
    found.into_iter().map(one).collect()
}

/// Properties for a filter.
fn filters(scene: &Scene, text: &str, bracket: usize) -> Vec<Candidate> {
    let (base, inner) = (text.get(..bracket).unwrap_or_default(), text.get(bracket + 1..).unwrap_or_default());
    if inner.contains(['=', '<', '>', '!', ']']) {
        return Vec::new();
    }
    let whole = |path: Candidate| Candidate { text: format!("{base}[{}", path.text), is_whole: false, ..path };
    properties::paths(scene, &matching(scene, base), inner, "").into_iter().map(whole).collect()
}

fn candidate(text: String, shown: &str, id: Option<&ObjectId>, scene: &Scene, is_whole: bool) -> Candidate {
    const LONGEST_NAME: usize = 40;
    let described = id.map(|id| scene.describe(id)).unwrap_or_default();
    let described = shortened(&described, LONGEST_NAME);
    let display = if described.is_empty() { shown.to_owned() } else { format!("{shown}  {described}") };
    Candidate { display: without_controls(&display).into_owned(), text, is_whole }
}
