//! Differences between two scenes: for people, for programs, for a comment.

mod json;
mod markdown;
mod text;

pub(super) use json::{Array, Object, array as array_json, object as object_json, raw as raw_json};
pub use json::{document, json};
pub use markdown::markdown;
pub use text::{Line, lines, names_only, stat, styled, summary, text};

use super::size::{bytes, count};
use crate::analysis::diff::{ArrayChange, Change, Diff, Kind, Place, Shape};
use crate::scene::{raw, without_controls};

/// What the two scenes are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The one.
    pub a: String,
    /// The other.
    pub b: String,
}

/// `3 values changed in 2 objects, 1 added, 1 moved`, or that there is nothing.
pub fn summary_line(found: &Diff) -> String {
    let summary = &found.summary;
    let mut parts = Vec::new();
    if summary.values_changed > 0 {
        let objects = count(summary.objects_changed, "object");
        parts.push(format!("{} changed in {objects}", count(summary.values_changed, "value")));
    }
    for (n, what) in
        [(summary.objects_added, "added"), (summary.objects_removed, "removed"), (summary.objects_moved, "moved")]
    {
        if n > 0 {
            parts.push(format!("{} {what}", count(n, "object")));
        }
    }
    let hidden = if summary.hidden > 0 { format!(" ({} hidden)", summary.hidden) } else { String::new() };
    if parts.is_empty() { format!("equal{hidden}") } else { parts.join(", ") + &hidden }
}

/// `/Renderers/0/ViewProps/2  vtkActor #12 "cone"`; where ids are names that say it already, `/robot/arm  Mesh`.
pub(super) fn place(place: &Place) -> String {
    let mut text = format!("{}  {}", place.path, place.class);
    if place.id.to_string() != place.path {
        text.push_str(&format!(" {}", place.id.label()));
    }
    if let Some(name) = place.name.as_deref().filter(|name| !name.is_empty() && !place.id.says(name)) {
        text.push_str(&format!(" {name:?}"));
    }
    without_controls(&text).into_owned()
}

/// `(9 objects, 1.2 kB)`
pub(super) fn extent(change: &Change) -> String {
    format!("({}, {})", count(change.objects, "object"), bytes(change.bytes))
}

/// A value for people's eyes: on one line, and not a long one.
pub(super) fn value(text: Option<&str>) -> String {
    const LONGEST: usize = 72;
    let Some(text) = text else { return String::from("(none)") };
    let text = raw::compact(text);
    let text = without_controls(&text);
    if text.chars().count() <= LONGEST {
        return text.into_owned();
    }
    let elements = raw::elements(&text).map(|elements| format!(" ({} elements)", elements.len())).unwrap_or_default();
    text.chars().take(LONGEST).collect::<String>() + "…" + &elements
}

/// Two values, the second where it differs from the first: long lists are cut to where they do.
pub(super) fn values(change: &Change) -> String {
    let (old, new) = (change.old.as_deref(), change.new.as_deref());
    long_lists(old, new).unwrap_or_else(|| match change.kind {
        Kind::PropertyAdded => format!("{} (new)", value(new)),
        Kind::PropertyRemoved => format!("{} (gone)", value(old)),
        _ => format!("{} -> {}", value(old), value(new)),
    })
}

/// A property as it was and as it is; one that is new or gone is told as that.
pub(super) fn property(old: Option<&str>, new: Option<&str>) -> String {
    long_lists(old, new).unwrap_or_else(|| match (old, new) {
        (None, new) => format!("{} (new)", value(new)),
        (old, None) => format!("{} (gone)", value(old)),
        (old, new) => format!("{} -> {}", value(old), value(new)),
    })
}

/// Two lists of which one is long: how many elements differ, and the first that does.
fn long_lists(old: Option<&str>, new: Option<&str>) -> Option<String> {
    let (olds, news) = (raw::elements(old?).ok()?, raw::elements(new?).ok()?);
    if olds.len().max(news.len()) <= 8 {
        return None;
    }
    let differs = |k: &usize| olds.get(*k) != news.get(*k);
    let places: Vec<usize> = (0..olds.len().max(news.len())).filter(differs).collect();
    let first = places.first().copied().unwrap_or_default();
    let length =
        if olds.len() == news.len() { String::new() } else { format!("{} -> {} elements, ", olds.len(), news.len()) };
    Some(format!(
        "{length}{} of {} differ, first [{first}]: {} -> {}",
        places.len(),
        olds.len().max(news.len()),
        value(olds.get(first).copied()),
        value(news.get(first).copied())
    ))
}

/// `float32[800x3]`
fn shape(shape: &Shape) -> String {
    let element = shape.element.unwrap_or("?");
    if shape.components == 1 {
        format!("{element}[{}]", shape.tuples)
    } else {
        format!("{element}[{}x{}]", shape.tuples, shape.components)
    }
}

/// How two arrays differ, in words.
pub(super) fn array(change: &ArrayChange) -> String {
    let mut parts = Vec::new();
    let (old, new) = (shape(&change.old), shape(&change.new));
    parts.push(if old == new { old } else { format!("{old} -> {new}") });
    for (side, shape) in [("A", &change.old), ("B", &change.new)] {
        if shape.missing {
            parts.push(format!("its blob is not in {side}"));
        }
    }
    if change.same_bytes && change.old.missing == change.new.missing {
        parts.push(String::from("same bytes"));
    } else if let Some(trouble) = change.trouble.as_ref().filter(|_| change.compared == 0) {
        parts.push(format!("values not compared: {trouble}"));
    } else if change.same_values() {
        parts.push(String::from("same values"));
    } else if change.different > 0 {
        parts.push(format!("{} of {} values differ", change.different, change.compared));
        if let Some(distance) = change.max_abs {
            let relative = change.max_rel.map(|relative| format!(" (rel {})", short(relative))).unwrap_or_default();
            parts.push(format!("max |a-b| {}{relative}", short(distance)));
        }
        if let Some((at, old, new)) = &change.first {
            parts.push(format!("first {}: {old} -> {new}", index(*at, &change.new)));
        }
    } else if change.compared > 0 {
        parts.push(format!("the first {} are the same", change.compared));
    }
    parts.extend(change.trouble.clone().filter(|_| change.compared > 0));
    without_controls(&parts.join(", ")).into_owned()
}

fn short(number: f64) -> String {
    if number == 0.0 || (1e-4..1e6).contains(&number) {
        let text = format!("{number:.6}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    format!("{number:.3e}")
}

fn index(at: u64, shape: &Shape) -> String {
    match shape.components {
        0 | 1 => format!("[{at}]"),
        n => format!("[{},{}]", at / n, at % n),
    }
}
