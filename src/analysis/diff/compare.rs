//! Two scenes side by side, down from the roots.
//!
//! Pairs of objects wait in a queue; what differs in a pair is noted, and what it refers to on both
//! sides is the next pair. Pairs with the same fingerprint are done.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use xxhash_rust::xxh3::xxh3_64;

use super::align::{self, Item};
use super::change::{ArrayChange, Kind};
use super::index::Index;
use super::options::Options;
use super::{arrays, features};
use crate::scene::raw::{self, Kind as JsonKind, Members};
use crate::scene::{Blob, ObjectId, Role, Scene, State};

/// An object that is shared may be compared with several others, so long as that is not much more work
/// than reading both scenes; a hostile scene could ask for all with all.
const PATIENCE: u64 = 16;
/// Values are nested a few levels deep; what is deeper is hostile, and compared as text.
const DEEPEST: usize = 32;

/// What was noted of a pair, before it is known what came, went and moved.
pub(super) enum Note {
    /// In objects that both have.
    Within { kind: Kind, pair: (usize, usize), place: String, old: Option<String>, new: Option<String> },
    /// Another class in the same place of another object's state.
    Replaced { pair: (usize, usize), owner: Option<(usize, usize)>, place: String },
    /// An array.
    Array { pair: (usize, usize), change: Box<ArrayChange> },
    /// An object at another index of its list.
    Moved { object: (usize, usize), owner: (usize, usize), place: String },
    /// B refers to an object where A has none.
    Came { object: usize, owner: Option<(usize, usize)>, place: String },
    /// A refers to an object where B has none.
    Went { object: usize, owner: Option<(usize, usize)>, place: String },
}

pub(super) struct Comparison<'i, 'a> {
    a: &'i Index<'a>,
    b: &'i Index<'a>,
    options: &'i Options,
    queue: VecDeque<(usize, usize)>,
    seen: HashSet<(usize, usize)>,
    /// The first object that each was compared with, by the one in A and by the one in B.
    partners: HashMap<usize, usize>,
    partners_b: HashMap<usize, usize>,
    /// Bytes that may still be read for second comparisons.
    patience: u64,
    /// The properties that a class's objects have, on each side; filled for `across_versions` only.
    known_a: HashSet<(u64, u64)>,
    known_b: HashSet<(u64, u64)>,
    pub(super) notes: Vec<Note>,
    pub(super) hidden: u64,
    /// Every two objects that were found in the same place, in the order in which they were.
    pub(super) matched: Vec<(usize, usize)>,
}

impl<'i, 'a> Comparison<'i, 'a> {
    pub(super) fn new(a: &'i Index<'a>, b: &'i Index<'a>, options: &'i Options) -> Self {
        let bytes = |index: &Index<'_>| index.scene.state_bytes() + index.scene.blob_bytes();
        let known = |index| if options.across_versions { known_properties(index) } else { HashSet::new() };
        Self {
            a,
            b,
            options,
            queue: VecDeque::new(),
            seen: HashSet::new(),
            partners: HashMap::new(),
            partners_b: HashMap::new(),
            patience: PATIENCE * (bytes(a) + bytes(b)) + (1 << 24),
            known_a: known(a),
            known_b: known(b),
            notes: Vec::new(),
            hidden: 0,
            matched: Vec::new(),
        }
    }

    pub(super) fn run(&mut self) {
        let (mut roots_a, mut roots_b) = (self.a.roots(), self.b.roots());
        for name in self.a.scene.roots.iter().filter_map(|root| root.name.as_deref()) {
            if let (Some(x), Some(y)) = (self.a.root_named(name), self.b.root_named(name)) {
                roots_a.retain(|&(at, _)| at != x);
                roots_b.retain(|&(at, _)| at != y);
                self.pair(x, y, None);
            }
        }
        self.starts(&roots_a, &roots_b);
        if !self.options.reachable_only {
            self.starts(&self.a.orphans, &self.b.orphans);
        }
        while let Some(pair) = self.queue.pop_front() {
            self.objects(pair);
        }
    }

    /// Objects that nothing above refers to: the roots, and what no root leads to.
    fn starts(&mut self, a: &[(usize, u64)], b: &[(usize, u64)]) {
        let items = |index: &Index<'_>, starts: &[(usize, u64)]| -> Vec<Item> {
            let item =
                |&(at, kind): &(usize, u64)| Item { token: index.node(at).map_or(0, |node| node.fingerprint), kind };
            starts.iter().map(item).collect()
        };
        let features = |index: &Index<'_>, starts: &[(usize, u64)], k: usize| {
            starts.get(k).map(|&(at, _)| features::of_object(index, at)).unwrap_or_default()
        };
        let (left, right) = (self.a, self.b);
        let found =
            align::align(&items(left, a), &items(right, b), |k| features(left, a, k), |k| features(right, b, k));
        for (x, y, _) in found.pairs {
            if let (Some(&(x, _)), Some(&(y, _))) = (a.get(x), b.get(y)) {
                self.pair(x, y, None);
            }
        }
        let removed = found.removed.iter().filter_map(|&k| a.get(k));
        self.notes.extend(removed.map(|&(object, _)| Note::Went { object, owner: None, place: String::new() }));
        let added = found.added.iter().filter_map(|&k| b.get(k));
        self.notes.extend(added.map(|&(object, _)| Note::Came { object, owner: None, place: String::new() }));
    }

    /// Two objects in the same place.
    fn pair(&mut self, x: usize, y: usize, from: Option<&Where>) {
        let (Some(node_x), Some(node_y)) = (self.a.node(x), self.b.node(y)) else { return };
        let other_class = node_x.class != node_y.class && !(self.is_array(self.a, x) && self.is_array(self.b, y));
        if !other_class {
            self.matched.push((x, y));
        }
        let known = self.partners.contains_key(&x);
        // What goes up again in a circle is not in the fingerprint: one has to look.
        let same = !self.options.strict && node_x.fingerprint == node_y.fingerprint;
        let done = same && (known || node_x.circle.is_none());
        if done || self.a.ignored.object(node_x.id) || self.b.ignored.object(node_y.id) || !self.seen.insert((x, y)) {
            return;
        }
        self.partners.entry(x).or_insert(y);
        self.partners_b.entry(y).or_insert(x);
        if known {
            let bytes = |(scene, state): (&Scene, &State)| {
                let blob =
                    scene.dialect().blob_use(state).and_then(|found| scene.blob(&found.hash)).map_or(0, Blob::len);
                state.len() as u64 + blob
            };
            let cost = bytes((self.a.scene, node_x.state)) + bytes((self.b.scene, node_y.state));
            self.patience = self.patience.saturating_sub(cost);
        }
        if other_class || (known && self.patience == 0) {
            let owner = from.map(|from| from.pair);
            let place = from.map(Where::dotted).unwrap_or_default();
            self.notes.push(Note::Replaced { pair: (x, y), owner, place });
        } else {
            self.queue.push_back((x, y));
        }
    }

    fn is_array(&self, index: &Index<'_>, at: usize) -> bool {
        let dialect = index.scene.dialect();
        index.node(at).is_some_and(|node| dialect.role(&dialect.head(node.state)) == Some(Role::Array))
    }

    fn objects(&mut self, pair: (usize, usize)) {
        let (Some(x), Some(y)) = (self.a.node(pair.0), self.b.node(pair.1)) else { return };
        let (Ok(old), Ok(new)) = (x.state.members(), y.state.members()) else {
            if x.state != y.state {
                let (old, new) = (Some(x.state.as_str().to_owned()), Some(y.state.as_str().to_owned()));
                self.notes.push(Note::Within { kind: Kind::Value, pair, place: String::new(), old, new });
            }
            return;
        };
        let dialect = self.a.scene.dialect();
        let strict = self.options.strict;
        let mut skipped: Vec<&str> = Vec::new();
        if self.is_array(self.a, pair.0) {
            skipped.extend(dialect.array_properties());
            let found = arrays::compare((self.a.scene, x.state), (self.b.scene, y.state), &self.options.tolerance);
            if let Some(change) = found {
                if self.options.across_versions && change.same_values() && change.same_layout() {
                    self.hidden += 1;
                } else if !dialect.array_properties().iter().any(|name| self.is_ignored(pair, &[name])) {
                    self.notes.push(Note::Array { pair, change: Box::new(change) });
                }
            }
        }
        let (old, new) = (by_name(&old), by_name(&new));
        let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for key in keys {
            let noise = !strict && (key == dialect.class_property() || dialect.is_noise(&x.class, key));
            if noise || skipped.contains(&key) || self.is_ignored(pair, &[key]) {
                continue;
            }
            let mut place = Where { pair, hops: vec![key.to_owned()] };
            match (old.get(key).copied(), new.get(key).copied()) {
                (Some(old), Some(new)) => self.values(&mut place, old, new),
                (Some(old), None) => self.one_sided(&place, old, false),
                (None, Some(new)) => self.one_sided(&place, new, true),
                (None, None) => {}
            }
        }
    }

    fn is_ignored(&self, pair: (usize, usize), place: &[&str]) -> bool {
        let in_a = || self.a.node(pair.0).is_some_and(|node| self.a.ignored.place(node.id, place));
        let in_b = || self.b.node(pair.1).is_some_and(|node| self.b.ignored.place(node.id, place));
        in_a() || in_b()
    }

    /// A property that only one side has.
    fn one_sided(&mut self, place: &Where, value: &str, came: bool) {
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

    /// Notes that a reference came or went; false where the value is none.
    fn refers(&mut self, place: &Where, value: &str, came: bool) -> bool {
        let index = if came { self.b } else { self.a };
        let target = index.scene.dialect().as_reference(value).and_then(|id| index.graph.position(&id));
        let Some(object) = target else { return false };
        if index.node(object).is_some_and(|node| index.ignored.object(node.id)) {
            return true;
        }
        let (owner, place) = (Some(place.pair), place.dotted());
        self.notes.push(if came { Note::Came { object, owner, place } } else { Note::Went { object, owner, place } });
        true
    }

    fn note(&mut self, kind: Kind, place: &Where, old: Option<String>, new: Option<String>) {
        self.notes.push(Note::Within { kind, pair: place.pair, place: place.dotted(), old, new });
    }

    fn values(&mut self, place: &mut Where, old: &str, new: &str) {
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
            (JsonKind::Text, JsonKind::Text) if raw::text(old) == raw::text(new) => {}
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
            |k| olds.get(k).map(|element| features::of_element(a, element)).unwrap_or_default(),
            |k| news.get(k).map(|element| features::of_element(b, element)).unwrap_or_default(),
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
                    self.notes.push(Note::Moved { object: (from, to), owner: place.pair, place: place.dotted() });
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
                JsonKind::Text => JsonKind::of(new) == JsonKind::Text && raw::text(old) == raw::text(new),
                _ => self.same_number(old, new),
            }
    }

    fn same_number(&self, old: &str, new: &str) -> bool {
        let (old, new) = (old.trim(), new.trim());
        if let (Ok(x), Ok(y)) = (old.parse::<i128>(), new.parse::<i128>()) {
            return self.options.tolerance.same_integer(x, y);
        }
        matches!((old.parse(), new.parse()), (Ok(x), Ok(y)) if self.options.tolerance.same(x, y))
    }
}

/// A place in a pair of objects' states.
struct Where {
    pair: (usize, usize),
    hops: Vec<String>,
}

impl Where {
    fn texts(&self) -> Vec<&str> {
        self.hops.iter().map(String::as_str).collect()
    }

    fn dotted(&self) -> String {
        crate::scene::Path(self.hops.iter().cloned().map(crate::scene::Segment).collect()).to_string()
    }
}

/// An element of a list, ready for matching.
fn item(index: &Index<'_>, element: &str) -> Item {
    let kind = |name: &[u8]| xxh3_64(name);
    match index.scene.dialect().as_reference(element) {
        Some(id) => match index.graph.position(&id).and_then(|at| index.node(at)) {
            // Arrays of any type are one kind: their type may be what changed.
            Some(node) if index.scene.dialect().role(&index.scene.dialect().head(node.state)) == Some(Role::Array) => {
                Item { token: node.fingerprint, kind: kind(b"array") }
            }
            Some(node) => Item { token: node.fingerprint, kind: kind(node.class.as_bytes()) },
            None => Item { token: kind(b"missing"), kind: kind(b"missing") },
        },
        // Servers write null or {} for what they have no serializer for.
        None if is_no_object(element) => Item { token: kind(b"null"), kind: kind(b"null") },
        None => Item { token: index.token(element), kind: kind(JsonKind::of(element).noun().as_bytes()) },
    }
}

/// Properties by name; the last one counts where a name is repeated. A hostile state may have many.
fn by_name<'m>(members: &'m Members<'_>) -> HashMap<&'m str, &'m str> {
    members.iter().map(|(key, value)| (key.as_ref(), *value)).collect()
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

fn refers_to_anything(index: &Index<'_>, value: &str) -> bool {
    let mut any = false;
    index.scene.dialect().reference_spans(value, &mut |_, _| any = true);
    any
}

/// True where a value refers to objects in a circle, whose fingerprints do not tell all.
fn leads_round(index: &Index<'_>, value: &str) -> bool {
    let mut any = false;
    index.scene.dialect().reference_spans(value, &mut |_, id| {
        let target = index.graph.position(&id).and_then(|at| index.node(at));
        any |= target.is_some_and(|target| target.circle.is_some());
    });
    any
}

fn same_json(a: &str, b: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    a == b || parse(a).is_some_and(|a| Some(a) == parse(b))
}

fn known_properties(index: &Index<'_>) -> HashSet<(u64, u64)> {
    let mut known = HashSet::new();
    for (_, node) in index.nodes() {
        for (key, _) in node.state.members().unwrap_or_default() {
            known.insert(known_key(&node.class, &key));
        }
    }
    known
}

/// The version of the software that made a scene, to be compared with another.
fn versions(index: &Index<'_>) -> Option<Vec<u64>> {
    index.scene.producer.as_ref()?.split('.').map(|part| part.parse().ok()).collect()
}

fn known_key(class: &str, property: &str) -> (u64, u64) {
    (xxh3_64(class.as_bytes()), xxh3_64(property.as_bytes()))
}
