//! Values in two states, side by side: numbers, texts, lists, what one side lacks.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use super::super::align::{self, Item};
use super::super::change::Kind;
use super::super::features;
use super::super::index::Index;
use super::super::note::Note;
use super::{Comparison, Where, by_name, known_key, leads_round, refers_to_anything};
use crate::scene::ObjectId;
use crate::scene::raw::{self, Kind as JsonKind};

/// Values are nested a few levels deep; what is deeper is hostile, and compared as text.
const DEEPEST: usize = 32;

impl Comparison<'_, '_> {
    /// A property that only one side has.
    pub(super) fn one_sided(&mut self, place: &Where, value: &str, came: bool) {
        if self.options.across_versions && self.is_new_and_default(place, value, came) {
            self.hidden += 1;
            return;
        }
        if self.refers(place, value, came) {
            return;
        }
        let value = Some(value.to_owned());
        let (kind, old, new) =
            if came { (Kind::PropertyAdded, None, value) } else { (Kind::PropertyRemoved, value, None) };
        self.note(kind, place, old, new);
    }

    /// True for a value that is nothing, or a property that no object of the class has on the other side
    /// with a value that says nothing: the default, or an object that the software itself put there, or
    /// whatever it was that newer software has no more.
    fn is_new_and_default(&self, place: &Where, value: &str, came: bool) -> bool {
        let Some(property) = place.hops.first().filter(|_| place.hops.len() == 1) else { return is_nothing(value) };
        let (index, at, other) =
            if came { (self.b, place.pair.1, &self.known_a) } else { (self.a, place.pair.0, &self.known_b) };
        let Some(node) = index.node(at) else { return false };
        let dialect = index.scene.dialect();
        let new = !other.contains(&known_key(&node.class, property));
        let old_software =
            matches!((versions(self.a), versions(self.b)), (Some(a), Some(b)) if if came { b < a } else { a < b });
        is_nothing(value)
            || (new
                && (old_software
                    || dialect.as_reference(value).is_some()
                    || dialect.default_value(&node.class, property).is_some_and(|default| same_json(default, value))))
    }

    pub(super) fn values(&mut self, place: &mut Where, old: &str, new: &str) {
        if place.hops.len() > 1 && self.is_ignored(place.pair, &place.texts()) {
            return;
        }
        let dialect = self.a.scene.dialect();
        match (dialect.as_reference(old), dialect.as_reference(new)) {
            (Some(x), Some(y)) => return self.references(place, (&x, old), (&y, new)),
            // What was one value became a list of such: one for each.
            (_, None) if self.options.across_versions && is_list(new) && !is_list(old) => {
                if let Some(one) = all_one(new) {
                    return self.values(place, old, one);
                }
            }
            (None, _) if self.options.across_versions && is_list(old) && !is_list(new) => {
                if let Some(one) = all_one(old) {
                    return self.values(place, one, new);
                }
            }
            (Some(_), None) if is_no_object(new) && self.refers(place, old, false) => return,
            (None, Some(_)) if is_no_object(old) && self.refers(place, new, true) => return,
            _ => {}
        }
        let strict = self.options.strict;
        if old == new && !refers_to_anything(self.a, old) {
            return;
        }
        if !strict && !leads_round(self.a, old) && self.a.token(old) == self.b.token(new) {
            return;
        }
        match (JsonKind::of(old), JsonKind::of(new)) {
            (JsonKind::Object, JsonKind::Object) if place.hops.len() < DEEPEST => self.nested(place, old, new),
            (JsonKind::Array, JsonKind::Array) if place.hops.len() < DEEPEST => self.lists(place, old, new),
            (JsonKind::Text, JsonKind::Text) if same_text(old, new) => {}
            (kind_old, kind_new) => {
                let number = |kind| matches!(kind, JsonKind::Integer | JsonKind::Float);
                let nothing = !strict && is_no_object(old) && is_no_object(new);
                if nothing || number(kind_old) && number(kind_new) && self.same_number(old, new) {
                    return;
                }
                let class = self.a.node(place.pair.0).map(|node| node.class.as_ref()).unwrap_or_default();
                let property = place.hops.last().map(String::as_str).unwrap_or_default();
                if self.options.across_versions && dialect.is_version_change(class, property, old, new) {
                    self.hidden += 1;
                } else {
                    self.note(Kind::Value, place, Some(old.to_owned()), Some(new.to_owned()));
                }
            }
        }
    }

    fn references(&mut self, place: &Where, (x, old): (&ObjectId, &str), (y, new): (&ObjectId, &str)) {
        match (self.a.graph.position(x), self.b.graph.position(y)) {
            (Some(x), Some(y)) if self.goes_elsewhere(place.pair, (x, y)) => {
                self.note(Kind::Value, place, Some(old.to_owned()), Some(new.to_owned()));
            }
            (Some(x), Some(y)) => self.pair(x, y, Some(place)),
            (None, None) => {}
            // One of them leads nowhere: on that side there is no object.
            (Some(_), None) => drop(self.refers(place, old, false)),
            (None, Some(_)) => drop(self.refers(place, new, true)),
        }
    }

    /// True for references within a circle to objects that are not the same: one of them is another's partner.
    fn goes_elsewhere(&self, owner: (usize, usize), target: (usize, usize)) -> bool {
        let is_round = |index: &Index<'_>, owner: usize, target: usize| {
            let circle = |at| index.node(at).and_then(|node| node.circle);
            circle(owner).is_some() && circle(owner) == circle(target)
        };
        let (x, y) = target;
        let same = || self.a.node(x).map(|node| node.fingerprint) == self.b.node(y).map(|node| node.fingerprint);
        let others = |partner: Option<&usize>, own: usize| partner.is_some_and(|&partner| partner != own);
        is_round(self.a, owner.0, x)
            && is_round(self.b, owner.1, y)
            && (others(self.partners.get(&x), y) || others(self.partners_b.get(&y), x))
            && !same()
    }

    fn nested(&mut self, place: &mut Where, old: &str, new: &str) {
        let (old, new) = (raw::members(old).unwrap_or_default(), raw::members(new).unwrap_or_default());
        let (old, new) = (by_name(&old), by_name(&new));
        let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for key in keys {
            place.hops.push(key.to_owned());
            match (old.get(key).copied(), new.get(key).copied()) {
                (Some(old), Some(new)) => self.values(place, old, new),
                (Some(old), None) => self.one_sided(place, old, false),
                (None, Some(new)) => self.one_sided(place, new, true),
                (None, None) => {}
            }
            place.hops.pop();
        }
    }

    fn lists(&mut self, place: &mut Where, old: &str, new: &str) {
        let (olds, news) = (raw::elements(old).unwrap_or_default(), raw::elements(new).unwrap_or_default());
        let is_plain =
            |element: &&str| !matches!(JsonKind::of(element), JsonKind::Object | JsonKind::Array | JsonKind::Null);
        if olds.iter().chain(&news).all(is_plain) {
            let mut same_element = |(k, (old, new)): (usize, (&&str, &&str))| {
                self.same_plain(old, new) || {
                    place.hops.push(k.to_string());
                    let ignored = self.is_ignored(place.pair, &place.texts());
                    place.hops.pop();
                    ignored
                }
            };
            let same = olds.len() == news.len() && olds.iter().zip(&news).enumerate().all(&mut same_element);
            if !same {
                self.note(Kind::Value, place, Some(old.to_owned()), Some(new.to_owned()));
            }
            return;
        }
        let (a, b) = (self.a, self.b);
        let found = align::align(
            &olds.iter().map(|element| item(a, element)).collect::<Vec<_>>(),
            &news.iter().map(|element| item(b, element)).collect::<Vec<_>>(),
            |k, most| {
                olds.get(k).map(|element| features::of_element(a, element, &self.limits(most))).unwrap_or_default()
            },
            |k, most| {
                news.get(k).map(|element| features::of_element(b, element, &self.limits(most))).unwrap_or_default()
            },
        );
        let dialect = self.a.scene.dialect();
        let class = self.a.node(place.pair.0).map(|node| node.class.as_ref()).unwrap_or_default();
        let unordered =
            !self.options.strict && place.hops.first().is_some_and(|property| dialect.is_unordered(class, property));
        for (x, y, moved) in found.pairs {
            let moved = moved && !unordered;
            let (Some(old), Some(new)) = (olds.get(x), news.get(y)) else { continue };
            place.hops.push(y.to_string());
            if moved && let (Some(from), Some(to)) = (dialect.as_reference(old), dialect.as_reference(new)) {
                if let (Some(from), Some(to)) = (a.graph.position(&from), b.graph.position(&to)) {
                    let (owner, place) = (place.pair, place.dotted());
                    self.notes.push(Note::Moved { object: (from, to), owner, place, from: None });
                }
            } else if moved {
                self.note(Kind::Value, place, None, Some((*new).to_owned()));
            }
            self.values(place, old, new);
            place.hops.pop();
        }
        for (positions, elements, came) in [(found.removed, &olds, false), (found.added, &news, true)] {
            for k in positions {
                let Some(element) = elements.get(k) else { continue };
                place.hops.push(k.to_string());
                if !self.refers(place, element, came) {
                    let value = Some((*element).to_owned());
                    let (old, new) = if came { (None, value) } else { (value, None) };
                    self.note(Kind::Value, place, old, new);
                }
                place.hops.pop();
            }
        }
    }

    fn same_plain(&self, old: &str, new: &str) -> bool {
        old == new
            || match JsonKind::of(old) {
                JsonKind::Text => JsonKind::of(new) == JsonKind::Text && same_text(old, new),
                _ => self.same_number(old, new),
            }
    }

    fn same_number(&self, old: &str, new: &str) -> bool {
        let (old, new) = (old.trim(), new.trim());
        if let (Ok(x), Ok(y)) = (old.parse::<i128>(), new.parse::<i128>()) {
            return self.options.tolerance.same_integer(x, y);
        }
        // What is too large for a float would be the same as anything else that is.
        matches!((old.parse::<f64>(), new.parse::<f64>()), (Ok(x), Ok(y))
            if if x.is_finite() && y.is_finite() { self.options.tolerance.same(x, y) } else { old == new })
    }
}

/// True for strings of the same text. Some, of half a character, are none that could be read.
fn same_text(old: &str, new: &str) -> bool {
    old == new || raw::text(old).is_some_and(|old| raw::text(new).is_some_and(|new| old == new))
}

/// An element of a list, ready for matching.
fn item(index: &Index<'_>, element: &str) -> Item {
    let kind = |name: &[u8]| xxh3_64(name);
    match index.scene.dialect().as_reference(element) {
        Some(id) => match index.graph.position(&id).and_then(|at| Some((at, index.node(at)?))) {
            // Arrays of any type are one kind: their type may be what changed.
            Some((at, node)) if index.is_array(at) => Item { token: node.fingerprint, kind: kind(b"array") },
            Some((_, node)) => Item { token: node.fingerprint, kind: kind(node.class.as_bytes()) },
            None => Item { token: kind(b"missing"), kind: kind(b"missing") },
        },
        // Servers write null or {} for what they have no serializer for.
        None if is_no_object(element) => Item { token: kind(b"null"), kind: kind(b"null") },
        None => Item { token: index.token(element), kind: kind(JsonKind::of(element).noun().as_bytes()) },
    }
}

/// `null`, or an object without anything in it.
fn is_no_object(value: &str) -> bool {
    JsonKind::of(value) == JsonKind::Null
        || value
            .trim()
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .is_some_and(|inner| inner.trim().is_empty())
}

fn is_list(value: &str) -> bool {
    JsonKind::of(value) == JsonKind::Array
}

/// The one value that all elements of a list have; those that are null do not count.
fn all_one(list: &str) -> Option<&str> {
    let elements = raw::elements(list).ok()?;
    let mut values = elements.into_iter().filter(|element| !is_no_object(element));
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// A value that says nothing, whatever it is of.
fn is_nothing(value: &str) -> bool {
    is_no_object(value) || matches!(value.trim(), "false" | "0" | "0.0" | "-0.0" | "\"\"" | "[]")
}

fn same_json(a: &str, b: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    a == b || parse(a).is_some_and(|a| Some(a) == parse(b))
}

/// The version of the software that made a scene, to be compared with another.
fn versions(index: &Index<'_>) -> Option<Vec<u64>> {
    index.scene.producer.as_ref()?.split('.').map(|part| part.parse().ok()).collect()
}
