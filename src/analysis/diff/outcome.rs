//! From what was noted to what is said.
//!
//! A reference that came may lead to a new object, to one that was elsewhere before, or to one that is
//! there anyway. That can be told only when all has been compared.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::change::{Change, Diff, Kind, Place, Summary};
use super::index::Index;
use super::note::Note;
use super::options::{self, Options};
use super::unmatched::{Reference, Unmatched, sortable};
use crate::scene::{ObjectId, Paths, SceneError, shortened};

pub(super) fn outcome(
    a: &Index<'_>,
    b: &Index<'_>,
    notes: Vec<Note>,
    hidden: u64,
    options: &Options,
) -> Result<Diff, SceneError> {
    let mut teller = Teller { a: Side::new(a), b: Side::new(b), changes: Vec::new() };
    let (went, came) = (Unmatched::went(a, &notes), Unmatched::came(b, &notes));
    for note in notes {
        match note {
            Note::Within { kind, pair, place, old, new } => teller.within(kind, pair, place, old, new),
            Note::Array { pair, change } => {
                teller.within(Kind::Array, pair, String::new(), None, None);
                if let Some(last) = teller.changes.last_mut() {
                    last.array = Some(*change);
                }
            }
            Note::Replaced { pair, owner, place } => teller.replaced(pair, owner, place),
            Note::Moved { object, owner, place, from } => {
                teller.elsewhere(Kind::ObjectMoved, object, Some(owner), place);
                teller.from(from);
            }
            Note::Came { .. } | Note::Went { .. } => {}
        }
    }
    teller.references(&came, &went);
    let mut changes = teller.changes;
    if !options.only.is_empty() {
        let in_a = options::only(a.scene, &a.graph, options)?;
        let in_b = options::only(b.scene, &b.graph, options)?;
        let kept = |place: Option<&Place>, ids: &std::collections::HashSet<ObjectId>| {
            place.is_some_and(|place| ids.contains(&place.id))
        };
        changes.retain(|change| kept(change.a.as_ref(), &in_a) || kept(change.b.as_ref(), &in_b));
    }
    changes.sort_by_cached_key(|change| {
        let path = change.place().map(|place| place.path.clone()).unwrap_or_default();
        (sortable(&path), change.kind, sortable(&change.property))
    });
    let summary = summary(&changes, hidden);
    Ok(Diff { changes, summary })
}

fn summary(changes: &[Change], hidden: u64) -> Summary {
    let mut summary = Summary { hidden, ..Summary::default() };
    let mut objects: BTreeSet<(Option<&ObjectId>, Option<&ObjectId>)> = BTreeSet::new();
    for change in changes {
        match change.kind {
            Kind::ObjectAdded => summary.objects_added += 1,
            Kind::ObjectRemoved => summary.objects_removed += 1,
            Kind::ObjectMoved => summary.objects_moved += 1,
            _ => {
                summary.values_changed += 1;
                objects.insert((change.a.as_ref().map(|a| &a.id), change.b.as_ref().map(|b| &b.id)));
            }
        }
    }
    summary.objects_changed = objects.len() as u64;
    summary
}

/// Characters of an object's name that are told with each of its changes.
const LONGEST_NAME: usize = 256;

/// One scene, with the ways down in it.
struct Side<'i, 'a> {
    index: &'i Index<'a>,
    paths: Paths<'i>,
    /// Many changes may be of one object.
    places: RefCell<HashMap<usize, Place>>,
}

impl<'i, 'a> Side<'i, 'a> {
    fn new(index: &'i Index<'a>) -> Self {
        Self { index, paths: Paths::new(index.scene, &index.graph), places: RefCell::default() }
    }

    fn place(&self, at: usize) -> Option<Place> {
        if let Some(known) = self.places.borrow().get(&at) {
            return Some(known.clone());
        }
        let node = self.index.node(at)?;
        let head = self.index.scene.dialect().head(node.state);
        let place = Place {
            id: node.id.clone(),
            class: head.class.into_owned(),
            name: head.name.map(|name| shortened(&name, LONGEST_NAME).into_owned()),
            path: self.paths.to(node.id),
        };
        self.places.borrow_mut().insert(at, place.clone());
        Some(place)
    }

    /// Bytes of an object's state and of a blob that the other scene does not have.
    fn bytes(&self, at: usize, other: &Index<'_>, counted: &mut BTreeSet<String>) -> u64 {
        let Some(node) = self.index.node(at) else { return 0 };
        let blob = self.index.scene.dialect().blob_use(node.state).map_or(0, |found| {
            let new = other.scene.blob(&found.hash).is_none() && counted.insert(found.hash.clone().into_owned());
            if new { self.index.scene.blob(&found.hash).map_or(0, crate::scene::Blob::len) } else { 0 }
        });
        node.state.len() as u64 + blob
    }
}

struct Teller<'i, 'a> {
    a: Side<'i, 'a>,
    b: Side<'i, 'a>,
    changes: Vec<Change>,
}

impl Teller<'_, '_> {
    fn within(&mut self, kind: Kind, pair: (usize, usize), property: String, old: Option<String>, new: Option<String>) {
        let (a, b) = (self.a.place(pair.0), self.b.place(pair.1));
        self.changes.push(Change {
            kind,
            a,
            b,
            property,
            owner: None,
            from: None,
            old,
            new,
            array: None,
            objects: 0,
            bytes: 0,
        });
    }

    /// As [`Self::within`], where the property is another object's.
    fn elsewhere(&mut self, kind: Kind, pair: (usize, usize), owner: Option<(usize, usize)>, property: String) {
        self.within(kind, pair, property, None, None);
        let owner = self.owner(owner);
        if let Some(last) = self.changes.last_mut() {
            last.owner = owner;
        }
    }

    /// Another class; both are told.
    fn replaced(&mut self, pair: (usize, usize), owner: Option<(usize, usize)>, property: String) {
        self.elsewhere(Kind::ObjectReplaced, pair, owner, property);
        let class = |place: &Option<Place>| {
            place.as_ref().map(|place| serde_json::Value::from(place.class.as_str()).to_string())
        };
        if let Some(last) = self.changes.last_mut() {
            (last.old, last.new) = (class(&last.a), class(&last.b));
        }
    }

    fn owner(&self, pair: Option<(usize, usize)>) -> Option<(ObjectId, ObjectId)> {
        let (x, y) = pair?;
        Some((self.a.index.node(x)?.id.clone(), self.b.index.node(y)?.id.clone()))
    }

    /// Where the object that moved stood: another place than that of the last change's property.
    fn from(&mut self, place: Option<(usize, String)>) {
        let from = place.and_then(|(at, property)| Some((self.a.index.node(at)?.id.clone(), property)));
        if let Some(last) = self.changes.last_mut() {
            last.from = from;
        }
    }

    fn references(&mut self, came: &Unmatched, went: &Unmatched) {
        let new_extents = extents(&self.b, self.a.index, &came.alone);
        let gone_extents = extents(&self.a, self.b.index, &went.alone);

        // The same content went here and came there: it moved.
        let mut leavers: HashMap<u64, Vec<usize>> = HashMap::new();
        // What is still in the scene though nothing leads to it any more did not move: it went.
        for (k, it) in went.tops().rev().filter(|(_, it)| it.owner.is_some()) {
            let fingerprint = self.a.index.node(it.object).map_or(0, |node| node.fingerprint);
            leavers.entry(fingerprint).or_default().push(k);
        }
        let mut moved = BTreeSet::new();
        for (k, it) in came.references.iter().enumerate() {
            let top = came.is_top(k, it);
            let fingerprint = self.b.index.node(it.object).map_or(0, |node| node.fingerprint);
            let from = if top && it.owner.is_some() { leavers.get_mut(&fingerprint).and_then(Vec::pop) } else { None };
            if let Some((k, from)) = from.and_then(|from| went.references.get(from).map(|it| (from, it))) {
                moved.insert(k);
                self.elsewhere(Kind::ObjectMoved, (from.object, it.object), it.owner, it.place.clone());
                self.from(from.owner.map(|owner| (owner.0, from.place.clone())));
            } else if top {
                let place = self.b.place(it.object);
                self.lone(Kind::ObjectAdded, it, (None, place), new_extents.get(&k).copied());
            } else if let Some(pair) = it.owner {
                let new = self.b.reference(it.object);
                self.within(Kind::ReferenceAdded, pair, it.place.clone(), None, new);
            }
        }
        for (k, it) in went.references.iter().enumerate().filter(|(k, _)| !moved.contains(k)) {
            if went.is_top(k, it) {
                let place = self.a.place(it.object);
                self.lone(Kind::ObjectRemoved, it, (place, None), gone_extents.get(&k).copied());
            } else if let Some(pair) = it.owner {
                let old = self.a.reference(it.object);
                self.within(Kind::ReferenceRemoved, pair, it.place.clone(), old, None);
            }
        }
    }

    /// An object that only one side has.
    fn lone(
        &mut self,
        kind: Kind,
        from: &Reference,
        (a, b): (Option<Place>, Option<Place>),
        extent: Option<(u64, u64)>,
    ) {
        let owner = self.owner(from.owner);
        let property = from.place.clone();
        let (objects, bytes) = extent.unwrap_or_default();
        self.changes.push(Change {
            kind,
            a,
            b,
            property,
            owner,
            from: None,
            old: None,
            new: None,
            array: None,
            objects,
            bytes,
        });
    }
}

/// For each reference how many objects came with it, and how many bytes.
fn extents(side: &Side<'_, '_>, other: &Index<'_>, exclusive: &HashMap<usize, usize>) -> HashMap<usize, (u64, u64)> {
    let mut found: HashMap<usize, (u64, u64, BTreeSet<String>)> = HashMap::new();
    for (&at, &reference) in exclusive {
        let (objects, bytes, counted) = found.entry(reference).or_default();
        *objects += 1;
        *bytes += side.bytes(at, other, counted);
    }
    found.into_iter().map(|(reference, (objects, bytes, _))| (reference, (objects, bytes))).collect()
}

impl Side<'_, '_> {
    fn reference(&self, at: usize) -> Option<String> {
        self.index.node(at).map(|node| self.index.scene.dialect().reference_text(node.id))
    }
}
