//! Completing paths to properties, from what the objects that are meant have.

use std::collections::BTreeSet;

use super::complete::Candidate;
use crate::scene::raw::{self, Kind};
use crate::scene::{ObjectId, Path, Scene};

/// Objects that are looked at: those of one class have the same properties.
const MOST_OBJECTS: usize = 64;
/// Indices that are offered of a list.
const MOST_INDICES: usize = 32;
/// Characters of a value that is offered to be edited.
const LONGEST_VALUE: usize = 200;

/// Paths that go on from `text`. What stands `behind` a path that leads to a value ends it: for `get` nothing.
pub(super) fn paths(scene: &Scene, ids: &[ObjectId], text: &str, behind: &str) -> Vec<Candidate> {
    let (parent, prefix) = text.rsplit_once('.').map_or(("", text), |(parent, prefix)| (parent, prefix));
    let Ok(path) = parent.parse::<Path>() else { return Vec::new() };
    let before = if parent.is_empty() { String::new() } else { format!("{parent}.") };
    let mut found: BTreeSet<(String, bool)> = BTreeSet::new();
    for id in ids.iter().take(MOST_OBJECTS) {
        let Ok(value) = scene.lookup(id, &path) else { continue };
        let leads_on = |text: &str| matches!(Kind::of(text), Kind::Object);
        match Kind::of(&value.value) {
            Kind::Object => {
                let is_state = value.object.is_some();
                for (name, value) in raw::members(&value.value).unwrap_or_default() {
                    let is_fixed = is_state && !behind.is_empty() && scene.dialect().not_settable(&name).is_some();
                    if !is_fixed && starts(&name, prefix) && !name.contains(['.', '"']) {
                        found.insert((name.into_owned(), leads_on(value)));
                    }
                }
            }
            Kind::Array => {
                let elements = raw::elements(&value.value).unwrap_or_default();
                for (k, element) in elements.iter().enumerate().take(MOST_INDICES) {
                    if k.to_string().starts_with(prefix) {
                        found.insert((k.to_string(), leads_on(element)));
                    }
                }
            }
            _ => {}
        }
    }
    let is_only = found.len() == 1;
    let candidate = |(name, leads_on): (String, bool)| {
        let whole = format!("{before}{name}");
        // What is complete and leads on goes on.
        let (end, is_whole) = match (leads_on, is_only && whole == text) {
            (true, true) => (".", false),
            (true, false) => ("", false),
            (false, _) => (behind, behind.is_empty()),
        };
        Candidate { display: name, text: format!("{whole}{end}"), is_whole }
    };
    found.into_iter().map(candidate).collect()
}

/// `PATH=`, and behind it the value that is there.
pub(super) fn assignments(scene: &Scene, ids: &[ObjectId], text: &str) -> Vec<Candidate> {
    let Some((path, typed)) = text.split_once('=') else { return paths(scene, ids, text, "=") };
    let Ok(path) = path.parse::<Path>() else { return Vec::new() };
    let value = ids.first().and_then(|id| scene.lookup(id, &path).ok());
    let value = value.filter(|value| value.slot.len() <= LONGEST_VALUE && value.slot.starts_with(typed));
    let candidate = |text: String| Candidate { display: text.clone(), text: format!("{path}={text}"), is_whole: true };
    value.map(|value| candidate(value.slot.into_owned())).into_iter().collect()
}

/// Names may be written with a small first letter, as the client has them.
fn starts(name: &str, prefix: &str) -> bool {
    let mut letters = prefix.chars();
    let Some(first) = letters.next() else { return true };
    let mut found = name.chars();
    found.next().is_some_and(|c| c.eq_ignore_ascii_case(&first)) && found.as_str().starts_with(letters.as_str())
}
