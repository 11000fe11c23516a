//! A patch that makes B of A, in A's ids.
//!
//! Every object of B is given an id: that of the object of A it was matched with, else a new one. The
//! patch is then what differs between A's states and B's states written with those ids; so it makes B
//! whatever the matching found, and a good matching only makes it short.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::index::Index;
use crate::analysis::patch::{Document, Operation, apply, same_value};
use crate::scene::{Graph, ObjectId, Root, Scene, raw};

pub(super) fn operations(a: &Index<'_>, b: &Index<'_>, matched: &[(usize, usize)]) -> Vec<Operation> {
    let names = Names::new(a, b, matched);
    let mut operations = Vec::new();
    // What only something ignored leads to is left alone.
    let hidden = b.behind_ignored();
    let shown = b.reach(b.roots().into_iter().chain(b.orphans.iter().copied()).map(|(at, _)| at), &|_, _| false);
    let is_hidden = |y: usize| hidden.contains(&y) && shown.get(y) != Some(&true);
    for (hash, blob) in b.scene.blobs() {
        // A damaged blob has the name of the sound one, and another length.
        if a.scene.blob(hash).is_none_or(|there| there.len() != blob.len()) {
            operations.push(Operation::AddBlob { hash: hash.to_string(), blob: blob.clone() });
        }
    }
    let newest = a.nodes().filter_map(|(_, node)| a.scene.dialect().head(node.state).mtime).max().unwrap_or_default();
    let mut clock = newest;
    let mut kept: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut changed: BTreeMap<&ObjectId, Vec<Operation>> = BTreeMap::new();
    for (y, node) in b.nodes() {
        let Some(id) = names.objects.get(&y) else { continue };
        match names.partners.get(&y).and_then(|&x| a.node(x)) {
            None => operations.push(Operation::Add {
                path: Document::state_pointer(id),
                value: names.own_id(b, node.state.as_str(), id),
            }),
            Some(_) if is_hidden(y) => {}
            Some(old) => {
                kept.insert(old.id);
                let mut found = state_operations(a, b, old, node, &names);
                if found.is_empty() {
                    continue;
                }
                if let Some(property) = a.scene.dialect().mtime_property() {
                    // Clients take it for newer than what they have. `add` also where there is none yet.
                    clock = clock.saturating_add(1);
                    let path = Document::property_pointer(old.id, property);
                    found.retain(|operation| operation.path() != path);
                    found.push(Operation::Add { path, value: clock.to_string() });
                }
                changed.insert(old.id, found);
            }
        }
    }
    operations.extend(changed.into_values().flatten());
    let roots: Vec<Root> =
        b.scene.roots.iter().map(|root| Root { id: names.of(b, &root.id), name: root.name.clone() }).collect();
    if roots != a.scene.roots {
        operations.push(Operation::Replace { path: Document::ROOTS.to_owned(), value: Document::roots_text(&roots) });
    }
    let without: BTreeSet<ObjectId> = b.scene.without_state.iter().map(|id| names.of(b, id)).collect();
    if without != a.scene.without_state {
        let value = serde_json::to_string(&without).unwrap_or_default();
        operations.push(Operation::Replace { path: Document::WITHOUT_STATE.to_owned(), value });
    }
    let used = if a.ignored.is_empty() && b.ignored.is_empty() {
        let gone = a.nodes().filter(|(_, node)| !kept.contains(node.id));
        operations.extend(gone.map(|(_, node)| Operation::Remove { path: Document::state_pointer(node.id) }));
        HashSet::new()
    } else {
        settle(a, b, &names, &kept, &mut operations)
    };
    for (hash, _) in a.scene.blobs() {
        if b.scene.blob(hash).is_none() && !used.contains(hash.as_ref()) {
            operations.push(Operation::Remove { path: Document::blob_pointer(hash) });
        }
    }
    operations
}

/// Which object of A (position) each object of B (position) is.
pub(super) fn partners(a: &Index<'_>, b: &Index<'_>, matched: &[(usize, usize)]) -> HashMap<usize, usize> {
    Matching::new(a, b, matched).partners
}

/// Where something is ignored, what A has there stays, with everything behind it, and what B has there
/// stays out. Who is needed for that is seen when the other steps are done: removes the rest, and says
/// which blobs are used then.
fn settle(
    a: &Index<'_>,
    b: &Index<'_>,
    names: &Names,
    kept: &BTreeSet<&ObjectId>,
    operations: &mut Vec<Operation>,
) -> HashSet<String> {
    let Ok(patched) = apply(a.scene, operations) else { return HashSet::new() };
    let graph = Graph::new(&patched);
    let was_lost = |y: usize| b.node(y).is_some_and(|node| !b.graph.is_reachable(node.id));
    let lost: HashSet<&ObjectId> = names.objects.iter().filter(|(y, _)| was_lost(**y)).map(|(_, id)| id).collect();
    let is_gone = |id: &ObjectId| {
        let was_shown = a.graph.position(id).is_none() || a.graph.is_reachable(id);
        !graph.is_reachable(id) && !lost.contains(id) && (was_shown || !kept.contains(id))
    };
    let gone: BTreeSet<&ObjectId> = patched.objects().map(|(id, _)| id).filter(|id| is_gone(id)).collect();
    let paths: HashSet<String> = gone.iter().map(|id| Document::state_pointer(id)).collect();
    let is_of_gone = |path: &str| {
        let end = path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at);
        path.get(..end).is_some_and(|object| paths.contains(object))
    };
    operations.retain(|operation| !is_of_gone(&operation.path()));
    let removed = gone.iter().filter(|id| a.graph.position(id).is_some());
    operations.extend(removed.map(|id| Operation::Remove { path: Document::state_pointer(id) }));
    let blobs = |scene: &Scene, is_there: &dyn Fn(&ObjectId) -> bool| -> HashSet<String> {
        let uses = scene.objects().filter(|(id, _)| is_there(id));
        uses.filter_map(|(_, state)| scene.dialect().blob_use(state).map(|found| found.hash.into_owned())).collect()
    };
    let used = blobs(&patched, &|id| !gone.contains(id));
    let used_in_b = blobs(b.scene, &|_| true);
    operations.retain(|operation| match operation {
        Operation::AddBlob { hash, .. } => used.contains(hash) || !used_in_b.contains(hash),
        _ => true,
    });
    used
}

/// A property as B has it, with what is ignored within it as A has it.
fn with_ignored(a: &Index<'_>, id: &ObjectId, property: &str, old: &str, new: &str) -> Option<String> {
    let ignored = a.ignored.inside(id, property);
    if ignored.is_empty() {
        return None;
    }
    let old: serde_json::Value = serde_json::from_str(old).ok()?;
    let mut merged: serde_json::Value = serde_json::from_str(new).ok()?;
    for path in ignored {
        let pointer: String =
            path.0.iter().skip(1).map(|hop| format!("/{}", hop.0.replace('~', "~0").replace('/', "~1"))).collect();
        if let (Some(old), Some(place)) = (old.pointer(&pointer), merged.pointer_mut(&pointer)) {
            *place = old.clone();
        }
    }
    Some(merged.to_string())
}

/// What makes the new state of the old one, property by property; noise stays as it is.
fn state_operations(
    a: &Index<'_>,
    b: &Index<'_>,
    old: &super::index::Node<'_>,
    new: &super::index::Node<'_>,
    names: &Names,
) -> Vec<Operation> {
    let dialect = a.scene.dialect();
    let wanted = names.rewrite(b, new.state.as_str());
    let (Ok(before), Ok(after)) = (old.state.members(), raw::members(&wanted)) else {
        let same = old.state.as_str() == wanted;
        return if same {
            Vec::new()
        } else {
            vec![Operation::Replace { path: Document::state_pointer(old.id), value: wanted }]
        };
    };
    if old.class != new.class {
        // An array of another type: its class is a part of it.
        let value = names.own_id(b, new.state.as_str(), old.id);
        return vec![Operation::Replace { path: Document::state_pointer(old.id), value }];
    }
    let skip = |key: &str| {
        key == dialect.class_property()
            || dialect.is_noise(&old.class, key)
            || a.ignored.place(old.id, &[key])
            || b.ignored.place(new.id, &[key])
    };
    let same = |key: &str, x: &str, y: &str| {
        same_value(x, y)
            || (dialect.is_unordered(&old.class, key)
                && super::index::elements_sorted(x) == super::index::elements_sorted(y))
    };
    let mut found = Vec::new();
    for (key, value) in after.iter().filter(|(key, _)| !skip(key)) {
        let path = Document::property_pointer(old.id, key);
        let merged = raw::member(&before, key).and_then(|before| with_ignored(a, old.id, key, before, value));
        let value = merged.as_deref().unwrap_or(value);
        match raw::member(&before, key) {
            None => found.push(Operation::Add { path, value: value.to_owned() }),
            Some(old) if !same(key, old, value) => found.push(Operation::Replace { path, value: value.to_owned() }),
            Some(_) => {}
        }
    }
    for (key, _) in before.iter().filter(|(key, _)| !skip(key)) {
        if raw::member(&after, key).is_none() {
            found.push(Operation::Remove { path: Document::property_pointer(old.id, key) });
        }
    }
    found
}

/// Which id in A each object of B has.
struct Names {
    /// By position in B.
    objects: HashMap<usize, ObjectId>,
    /// The object of A (position) that an object of B (position) is.
    partners: HashMap<usize, usize>,
    /// Ids in B that no state belongs to.
    others: HashMap<ObjectId, ObjectId>,
}

impl Names {
    fn new(a: &Index<'_>, b: &Index<'_>, matched: &[(usize, usize)]) -> Self {
        let partners = by_name(a, b, Matching::new(a, b, matched).partners);
        let mut fresh = Fresh::new(a);
        let objects = b.nodes().map(|(y, node)| {
            let partner = partners.get(&y).and_then(|&x| a.node(x)).map(|node| node.id.clone());
            (y, partner.unwrap_or_else(|| fresh.like(node.id)))
        });
        let objects = objects.collect();
        let mut names = Self { objects, partners, others: HashMap::new() };
        // What leads nowhere must go on leading nowhere.
        let dangling = b.graph.dangling().iter().map(|(_, target)| target);
        for id in dangling.chain(&b.scene.without_state).chain(b.scene.roots.iter().map(|root| &root.id)) {
            if b.graph.position(id).is_none() && !names.others.contains_key(id) {
                let name = if fresh.leads_nowhere(id) || fresh.take(id) { id.clone() } else { fresh.like(id) };
                names.others.insert(id.clone(), name);
            }
        }
        names
    }

    /// The id in A of an id in B.
    fn of(&self, b: &Index<'_>, id: &ObjectId) -> ObjectId {
        let object = b.graph.position(id).and_then(|at| self.objects.get(&at));
        object.or_else(|| self.others.get(id)).unwrap_or(id).clone()
    }

    /// A state of B with A's ids in its references.
    fn rewrite(&self, b: &Index<'_>, state: &str) -> String {
        let dialect = b.scene.dialect();
        let mut text = String::with_capacity(state.len());
        let mut at = 0;
        dialect.reference_spans(state, &mut |span, id| {
            text.push_str(state.get(at..span.start).unwrap_or_default());
            text.push_str(&dialect.reference_text(&self.of(b, &id)));
            at = span.end;
        });
        text.push_str(state.get(at..).unwrap_or_default());
        text
    }

    /// As [`Self::rewrite`], with the object's own id as well.
    fn own_id(&self, b: &Index<'_>, state: &str, id: &ObjectId) -> String {
        let mut text = self.rewrite(b, state);
        let property = b.scene.dialect().id_property();
        let place = property.and_then(|property| {
            let members = raw::members(&text).ok()?;
            raw::member(&members, property).and_then(|value| raw::span(&text, value))
        });
        if let (Some(place), Ok(id)) = (place, serde_json::to_string(id)) {
            text.replace_range(place, &id);
        }
        text
    }
}

/// Which object of A (position) each object of B (position) is, no two the same.
struct Matching<'i, 'a> {
    a: &'i Index<'a>,
    b: &'i Index<'a>,
    taken: Vec<bool>,
    partners: HashMap<usize, usize>,
}

impl<'i, 'a> Matching<'i, 'a> {
    fn new(a: &'i Index<'a>, b: &'i Index<'a>, matched: &[(usize, usize)]) -> Self {
        let mut matching = Self { a, b, taken: vec![false; a.graph.len()], partners: HashMap::new() };
        matched.iter().for_each(|&pair| matching.join(pair));
        // What moved from one place to another has the same content.
        let mut by_content: HashMap<u64, Vec<usize>> = HashMap::new();
        a.nodes().for_each(|(x, node)| by_content.entry(node.fingerprint).or_default().push(x));
        for (y, node) in b.nodes() {
            let Some(same) = by_content.get_mut(&node.fingerprint) else { continue };
            while !matching.partners.contains_key(&y)
                && let Some(x) = same.pop()
            {
                matching.join((x, y));
            }
        }
        matching
    }

    /// Takes two objects as one. Equal content was not looked into: what is below them goes by twos, too.
    fn join(&mut self, pair: (usize, usize)) {
        let mut pairs = vec![pair];
        while let Some((x, y)) = pairs.pop() {
            let Some(place @ false) = self.taken.get_mut(x).filter(|_| !self.partners.contains_key(&y)) else {
                continue;
            };
            *place = true;
            self.partners.insert(y, x);
            if let (Some(old), Some(new)) = (self.a.node(x), self.b.node(y))
                && old.fingerprint == new.fingerprint
            {
                pairs.extend(self.a.children(x).zip(self.b.children(y)));
            }
        }
    }
}

/// Names tell more than what was matched: where both scenes have one, an object of B is the object of A with the same
/// name, and no other. So what moved has the name it has in B, which may say where it is.
fn by_name(a: &Index<'_>, b: &Index<'_>, mut partners: HashMap<usize, usize>) -> HashMap<usize, usize> {
    let is_name = |index: &Index<'_>, at: usize| index.node(at).is_some_and(|node| node.id.number().is_none());
    let mut taken = HashSet::new();
    for (y, node) in b.nodes().filter(|(_, node)| node.id.number().is_none()) {
        if let Some(x) = a.graph.position(node.id) {
            partners.insert(y, x);
            taken.insert(x);
        } else if partners.get(&y).is_some_and(|&x| is_name(a, x)) {
            partners.remove(&y);
        }
    }
    partners.retain(|&y, x| !taken.contains(x) || is_name(b, y));
    partners
}

/// Ids that A does not have.
struct Fresh {
    next: u64,
    taken: BTreeSet<ObjectId>,
    /// What leads nowhere in A: no new object may have such an id, or it would lead there.
    nowhere: BTreeSet<ObjectId>,
}

impl Fresh {
    fn new(a: &Index<'_>) -> Self {
        let dangling = a.graph.dangling().iter().map(|(_, target)| target);
        let nowhere: BTreeSet<ObjectId> = dangling.chain(&a.scene.without_state).cloned().collect();
        let taken: BTreeSet<ObjectId> =
            a.nodes().map(|(_, node)| node.id.clone()).chain(nowhere.iter().cloned()).collect();
        let next = taken.iter().filter_map(ObjectId::number).max().unwrap_or_default().saturating_add(1);
        Self { next, taken, nowhere }
    }

    fn leads_nowhere(&self, id: &ObjectId) -> bool {
        self.nowhere.contains(id)
    }

    /// False where somebody has it.
    fn take(&mut self, id: &ObjectId) -> bool {
        self.taken.insert(id.clone())
    }

    fn like(&mut self, id: &ObjectId) -> ObjectId {
        loop {
            let candidate = match id {
                ObjectId::Number(_) => ObjectId::Number(self.next),
                ObjectId::Name(name) if self.taken.contains(id) => {
                    ObjectId::Name(format!("{name}~{}", self.next).into())
                }
                ObjectId::Name(_) => id.clone(),
            };
            // Past the largest number there is room at the start: no scene has all of them.
            self.next = self.next.checked_add(1).unwrap_or(1);
            if self.take(&candidate) {
                return candidate;
            }
        }
    }
}
