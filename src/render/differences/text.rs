//! Differences for people.

use std::collections::BTreeMap;
use std::io;

use console::Style;

use super::{array, extent, place, summary_line, values};
use crate::analysis::diff::{Change, Diff, Kind, Place};
use crate::render::{Out, Table, count};
use crate::scene::{Scene, raw, without_controls};

/// A line in pieces, each with its style.
pub type Line = Vec<(String, Style)>;

/// All differences, grouped by object, and how much it is.
///
/// # Errors
/// As [`Out::line`].
pub fn text(out: &mut Out, found: &Diff, scenes: (&Scene, &Scene), context: usize) -> io::Result<()> {
    for line in lines(&found.changes, scenes, context) {
        styled(out, "", &line)?;
    }
    summary(out, found)
}

/// Writes a line.
///
/// # Errors
/// As [`Out::line`].
pub fn styled(out: &mut Out, indent: &str, line: &Line) -> io::Result<()> {
    let painted: String = line.iter().map(|(text, style)| out.paint(text, style.clone())).collect();
    out.line(format!("{indent}{painted}"))
}

/// Differences as lines, grouped by object.
pub fn lines(changes: &[Change], scenes: (&Scene, &Scene), context: usize) -> Vec<Line> {
    let mut changes = changes;
    let mut lines = Vec::new();
    while let Some(first) = changes.first() {
        let same = changes.iter().take_while(|other| is_one_object(first, other)).count().max(1);
        let (group, rest) = changes.split_at(same);
        changes = rest;
        if first.kind.is_within() {
            within(&mut lines, group, scenes, context);
        } else {
            lines.extend(whole(first));
        }
    }
    lines
}

/// The last line only.
///
/// # Errors
/// As [`Out::line`].
pub fn summary(out: &mut Out, found: &Diff) -> io::Result<()> {
    out.line(summary_line(found))
}

/// The paths of what differs, each once.
///
/// # Errors
/// As [`Out::line`].
pub fn names_only(out: &mut Out, found: &Diff) -> io::Result<()> {
    let mut last = None;
    for path in found.changes.iter().filter_map(|change| change.place()).map(|place| &place.path) {
        if last != Some(path) {
            out.line(without_controls(path))?;
        }
        last = Some(path);
    }
    Ok(())
}

/// How many differences each class has.
///
/// # Errors
/// As [`Out::line`].
pub fn stat(out: &mut Out, found: &Diff) -> io::Result<()> {
    let mut classes: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for change in &found.changes {
        let class = change.place().map(|place| place.class.as_str()).unwrap_or_default();
        let counts = classes.entry(class).or_default();
        let [changed, added, removed, moved] = counts;
        *match change.kind {
            Kind::ObjectAdded => added,
            Kind::ObjectRemoved => removed,
            Kind::ObjectMoved => moved,
            _ => changed,
        } += 1;
    }
    if !classes.is_empty() {
        let mut table = Table::new(["CLASS", "CHANGED", "ADDED", "REMOVED", "MOVED"], &[1, 2, 3, 4]);
        for (class, counts) in classes {
            let [changed, added, removed, moved] = counts.map(|n| n.to_string());
            table.row([without_controls(class).into_owned(), changed, added, removed, moved]);
        }
        table.print(out)?;
    }
    summary(out, found)
}

fn is_one_object(a: &Change, b: &Change) -> bool {
    a.kind.is_within() && b.kind.is_within() && a.a == b.a && a.b == b.b
}

/// An object that came, went or moved.
fn whole(change: &Change) -> Option<Line> {
    let at = change.place()?;
    let (mark, style, more) = match change.kind {
        Kind::ObjectAdded => ("+", Style::new().green(), extent(change)),
        Kind::ObjectRemoved => ("-", Style::new().red(), extent(change)),
        _ => {
            let from = change.a.as_ref().map(|from| format!("moved from {}", from.path)).unwrap_or_default();
            (">", Style::new().cyan(), without_controls(&from).into_owned())
        }
    };
    Some(vec![(format!("{mark} {}", place(at)), style), (format!(" {more}"), Style::new())])
}

/// What differs in an object.
fn within(lines: &mut Vec<Line>, group: &[Change], scenes: (&Scene, &Scene), context: usize) {
    let Some(at) = group.first().and_then(Change::place) else { return };
    let from = group.first().and_then(|change| change.a.as_ref()).filter(|from| from.path != at.path);
    let from = from.map(|from| format!(" (in A: {})", without_controls(&from.path))).unwrap_or_default();
    lines.push(vec![(format!("~ {}", place(at)), Style::new().yellow()), (from, Style::new())]);
    let mut values: Vec<Entry> = group.iter().map(|change| Entry::of(change, scenes)).collect();
    if context > 0 {
        values = with_context(values, group, at, scenes.1, context);
    }
    let width = values.iter().map(|entry| entry.name.chars().count()).max().unwrap_or_default().min(40);
    for entry in values {
        let pad = " ".repeat(width.saturating_sub(entry.name.chars().count()));
        let text = format!("    {}{pad}  {}", entry.name, entry.text);
        lines.push(vec![(text, if entry.changed { Style::new() } else { Style::new().dim() })]);
    }
}

struct Entry {
    name: String,
    text: String,
    changed: bool,
}

impl Entry {
    fn of(change: &Change, scenes: (&Scene, &Scene)) -> Self {
        let name = |name: &str| without_controls(name).into_owned();
        match change.kind {
            Kind::Array => {
                let text = change.array.as_ref().map(array).unwrap_or_default();
                Self { name: String::from("values"), text, changed: true }
            }
            Kind::ObjectReplaced => {
                let describe =
                    |scene: &Scene, at: Option<&Place>| at.map(|at| scene.describe(&at.id)).unwrap_or_default();
                let (old, new) = (describe(scenes.0, change.a.as_ref()), describe(scenes.1, change.b.as_ref()));
                Self { name: String::from("class"), text: format!("{old} -> {new}"), changed: true }
            }
            Kind::ReferenceAdded | Kind::ReferenceRemoved => {
                let (scene, reference, what) = match change.kind {
                    Kind::ReferenceAdded => (scenes.1, &change.new, "now refers to"),
                    _ => (scenes.0, &change.old, "no longer refers to"),
                };
                let target = reference.as_deref().and_then(|text| scene.dialect().as_reference(text));
                let target = target.map(|id| scene.describe(&id)).unwrap_or_default();
                Self { name: name(&change.property), text: format!("{what} {target}"), changed: true }
            }
            _ => Self { name: name(&change.property), text: values(change), changed: true },
        }
    }
}

/// Unchanged properties around the changed ones, in the order of the state.
fn with_context(lines: Vec<Entry>, group: &[Change], at: &Place, scene: &Scene, context: usize) -> Vec<Entry> {
    let Some(Ok(members)) = scene.state(&at.id).map(crate::scene::State::members) else { return lines };
    let top = |change: &Change| change.property.split('.').next().unwrap_or_default().to_owned();
    let changed: Vec<String> = group.iter().map(top).collect();
    let places: Vec<usize> =
        members.iter().enumerate().filter(|(_, (key, _))| changed.contains(&key.to_string())).map(|(k, _)| k).collect();
    let is_near = |k: usize| {
        let after = places.partition_point(|&place| place < k);
        let near = |place: Option<&usize>| place.is_some_and(|place| place.abs_diff(k) <= context);
        near(places.get(after)) || after.checked_sub(1).is_some_and(|before| near(places.get(before)))
    };
    let class = scene.dialect().canonical_class(&at.class).into_owned();
    let is_noise = |key: &str| key == scene.dialect().class_property() || scene.dialect().is_noise(&class, key);
    let mut waiting: Vec<Option<(String, Entry)>> =
        lines.into_iter().zip(&changed).map(|(line, top)| Some((top.clone(), line))).collect();
    let mut found = Vec::new();
    for (k, (key, text)) in members.iter().enumerate() {
        let mut any = false;
        for slot in &mut waiting {
            if slot.as_ref().is_some_and(|(top, _)| top == key) {
                found.extend(slot.take().map(|(_, line)| line));
                any = true;
            }
        }
        // What differs without being a difference is not shown as the same.
        if !any && is_near(k) && !is_noise(key) {
            let name = without_controls(key).into_owned();
            found.push(Entry {
                name,
                text: super::value(Some(&raw::without(text, scene.dialect().noise_within(&class, key)))),
                changed: false,
            });
        }
    }
    found.extend(waiting.into_iter().flatten().map(|(_, line)| line));
    found
}

impl Diff {
    /// `3 differences`
    pub(super) fn counted(&self) -> String {
        count(self.changes.len() as u64, "difference")
    }
}
