//! Two scenes side by side, down from the roots.
//!
//! Pairs of objects wait in a queue; what differs in a pair is noted, and what it refers to on both
//! sides is the next pair. Pairs with the same fingerprint are done.

mod values;

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use xxhash_rust::xxh3::xxh3_64;

use super::align::{self, Item};
use super::change::Kind;
use super::features::Limits;
use super::index::Index;
use super::note::Note;
use super::options::Options;
use super::{arrays, features, reunion};
use crate::scene::raw::{self, Members};
use crate::scene::{Blob, Scene, State};

/// An object that is shared may be compared with several others, so long as that is not much more work
/// than reading both scenes; a hostile scene could ask for all with all.
const PATIENCE: u64 = 16;

/// Bytes that are read to match elements of lists that have no equal ones; where everything changed, an honest
/// scene of 38,000 objects needs a tenth.
const CURIOSITY: usize = 192 << 20;

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
    /// Bytes that may still be read to match elements of lists.
    curiosity: Cell<usize>,
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
            curiosity: Cell::new(CURIOSITY),
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
        self.queued();
        let found = reunion::reunite(self.a, self.b, &self.notes);
        self.moved(&found);
        self.queued();
    }

    fn queued(&mut self) {
        while let Some(pair) = self.queue.pop_front() {
            self.objects(pair);
        }
    }

    /// Takes what went and what came (the numbers of the notes that say so) for one object that moved.
    fn moved(&mut self, found: &[(usize, usize)]) {
        let mut gone = BTreeSet::new();
        for &(went, came) in found {
            let (
                Some(Note::Went { object: x, owner: Some(from), place: before }),
                Some(Note::Came { object: y, owner: Some(owner), place }),
            ) = (self.notes.get(went), self.notes.get(came))
            else {
                continue;
            };
            let (pair, from) = ((*x, *y), Some((from.0, before.clone())));
            let moved = Note::Moved { object: pair, owner: *owner, place: place.clone(), from };
            if let Some(note) = self.notes.get_mut(came) {
                *note = moved;
                gone.insert(went);
            }
            self.pair(pair.0, pair.1, None);
        }
        let mut number = 0;
        self.notes.retain(|_| {
            number += 1;
            !gone.contains(&(number - 1))
        });
    }

    /// Objects that nothing above refers to: the roots, and what no root leads to.
    fn starts(&mut self, a: &[(usize, u64)], b: &[(usize, u64)]) {
        let items = |index: &Index<'_>, starts: &[(usize, u64)]| -> Vec<Item> {
            let item =
                |&(at, kind): &(usize, u64)| Item { token: index.node(at).map_or(0, |node| node.fingerprint), kind };
            starts.iter().map(item).collect()
        };
        let features = |index: &Index<'_>, starts: &[(usize, u64)], k: usize, most: usize| {
            starts.get(k).map(|&(at, _)| features::of_object(index, at, &self.limits(most))).unwrap_or_default()
        };
        let (left, right) = (self.a, self.b);
        let found = align::align(
            &items(left, a),
            &items(right, b),
            |k, most| features(left, a, k, most),
            |k, most| features(right, b, k, most),
        );
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
        let other_class = node_x.class != node_y.class && !(self.a.is_array(x) && self.b.is_array(y));
        if !other_class {
            self.matched.push((x, y));
        }
        let known = self.partners.contains_key(&x);
        // What goes up again in a circle is not in the fingerprints above it: one has to look.
        let same = !self.options.strict && node_x.fingerprint == node_y.fingerprint;
        let done = same && (known || !node_x.round);
        if done || self.a.ignored.object(node_x.id) || self.b.ignored.object(node_y.id) || !self.seen.insert((x, y)) {
            return;
        }
        let again = known || self.partners_b.contains_key(&y);
        self.partners.entry(x).or_insert(y);
        self.partners_b.entry(y).or_insert(x);
        if again {
            let bytes = |(scene, state): (&Scene, &State)| {
                let blob =
                    scene.dialect().blob_use(state).and_then(|found| scene.blob(&found.hash)).map_or(0, Blob::len);
                state.len() as u64 + blob
            };
            let cost = bytes((self.a.scene, node_x.state)) + bytes((self.b.scene, node_y.state));
            self.patience = self.patience.saturating_sub(cost);
        }
        if other_class || (again && self.patience == 0) {
            let owner = from.map(|from| from.pair);
            let place = from.map(Where::dotted).unwrap_or_default();
            self.notes.push(Note::Replaced { pair: (x, y), owner, place });
        } else {
            self.queue.push_back((x, y));
        }
    }

    fn limits(&self, most: usize) -> Limits<'_> {
        Limits { most, left: &self.curiosity }
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
        if self.a.is_array(pair.0) {
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
            let within = if strict { &[] } else { dialect.noise_within(&x.class, key) };
            let [old, new] = [&old, &new].map(|side| side.get(key).map(|value| raw::without(value, within)));
            match (old, new) {
                (Some(old), Some(new)) => self.values(&mut place, &old, &new),
                (Some(old), None) => self.one_sided(&place, &old, false),
                (None, Some(new)) => self.one_sided(&place, &new, true),
                (None, None) => {}
            }
        }
    }

    fn is_ignored(&self, pair: (usize, usize), place: &[&str]) -> bool {
        let in_a = || self.a.node(pair.0).is_some_and(|node| self.a.ignored.place(node.id, place));
        let in_b = || self.b.node(pair.1).is_some_and(|node| self.b.ignored.place(node.id, place));
        in_a() || in_b()
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

fn known_properties(index: &Index<'_>) -> HashSet<(u64, u64)> {
    let mut known = HashSet::new();
    for (_, node) in index.nodes() {
        for (key, _) in node.state.members().unwrap_or_default() {
            known.insert(known_key(&node.class, &key));
        }
    }
    known
}

fn known_key(class: &str, property: &str) -> (u64, u64) {
    (xxh3_64(class.as_bytes()), xxh3_64(property.as_bytes()))
}

/// Properties by name; the last one counts where a name is repeated. A hostile state may have many.
pub(in crate::analysis) fn by_name<'m>(members: &'m Members<'_>) -> HashMap<&'m str, &'m str> {
    members.iter().map(|(key, value)| (key.as_ref(), *value)).collect()
}

fn refers_to_anything(index: &Index<'_>, value: &str) -> bool {
    let mut any = false;
    index.scene.dialect().reference_spans(value, &mut |_, _| any = true);
    any
}

/// True where a value leads to objects in a circle: fingerprints do not tell all of them.
fn leads_round(index: &Index<'_>, value: &str) -> bool {
    let mut any = false;
    index.scene.dialect().reference_spans(value, &mut |_, id| {
        let target = index.graph.position(&id).and_then(|at| index.node(at));
        any |= target.is_some_and(|target| target.round);
    });
    any
}
