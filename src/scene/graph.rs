//! The object graph: who refers to whom, what is reachable, and the way down from the roots.

use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;

use super::path::quoted_hop;
use super::raw::{self, Kind};
use super::{ObjectId, Scene, shortened};

/// A reference with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The path in the referring object's state, dotted: `ViewProps` or `Items.2`; it reads as a [`super::Path`], so long
    /// as no name in it was cut.
    pub place: String,
    /// It is an element of a list: the last part of the place is its number there, and no name.
    pub in_list: bool,
    /// The object it points to.
    pub target: ObjectId,
}

/// Who refers to whom, computed once for a scene.
pub struct Graph<'a> {
    ids: Vec<&'a ObjectId>,
    index: HashMap<&'a ObjectId, usize>,
    edges: Vec<Vec<usize>>,
    /// Breadth-first parent from the roots; a root is its own parent; `None` where nothing reaches.
    parents: Vec<Option<usize>>,
    dangling: Vec<(&'a ObjectId, ObjectId)>,
    /// When a walk down the breadth-first tree enters and leaves each object: what is entered while another
    /// is open is below it.
    walked: OnceLock<Vec<(u32, u32)>>,
}

/// One line of a tree walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// How deep, from 0 at the top.
    pub depth: usize,
    /// The place in the parent's state, empty at the top.
    pub place: String,
    /// The object.
    pub id: ObjectId,
    /// It was shown before (it is shared, or refers back up): its children are not repeated.
    pub repeated: bool,
    /// It is the last child of its parent.
    pub last: bool,
}

impl<'a> Graph<'a> {
    /// Reads every state's references.
    pub fn new(scene: &'a Scene) -> Self {
        let ids: Vec<&ObjectId> = scene.objects().map(|(id, _)| id).collect();
        let index: HashMap<&ObjectId, usize> = ids.iter().enumerate().map(|(k, id)| (*id, k)).collect();
        let mut dangling = Vec::new();
        let edges: Vec<Vec<usize>> = scene
            .objects()
            .map(|(id, state)| {
                let mut targets = Vec::new();
                scene.dialect().references(state, &mut |target| match index.get(&target) {
                    Some(&k) => targets.push(k),
                    None => dangling.push((id, target)),
                });
                targets
            })
            .collect();
        let mut graph = Self { parents: vec![None; ids.len()], ids, index, edges, dangling, walked: OnceLock::new() };
        graph.descend(scene.roots.iter().map(|root| &root.id));
        graph
    }

    fn descend<'b>(&mut self, roots: impl Iterator<Item = &'b ObjectId>) {
        let mut queue: VecDeque<usize> = roots.filter_map(|id| self.index.get(id).copied()).collect();
        for &root in &queue {
            set(&mut self.parents, root, root);
        }
        while let Some(k) = queue.pop_front() {
            for &target in self.edges.get(k).into_iter().flatten() {
                if self.parents.get(target).is_some_and(Option::is_none) {
                    set(&mut self.parents, target, k);
                    queue.push_back(target);
                }
            }
        }
    }

    /// How many objects there are; each has a position below this, in the order of their ids.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True for a scene without objects.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// An object's position.
    pub fn position(&self, id: &ObjectId) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The object at a position.
    pub fn id_at(&self, position: usize) -> Option<&'a ObjectId> {
        self.ids.get(position).copied()
    }

    /// References to objects that the scene does not have: (who refers, to what).
    pub fn dangling(&self) -> &[(&'a ObjectId, ObjectId)] {
        &self.dangling
    }

    /// The objects that an object refers to, in text order, as often as it does.
    pub fn targets(&self, id: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        let edges = self.index.get(id).and_then(|&k| self.edges.get(k));
        edges.into_iter().flatten().filter_map(|&k| self.ids.get(k).copied())
    }

    /// True where the roots lead to an object.
    pub fn is_reachable(&self, id: &ObjectId) -> bool {
        self.index.get(id).and_then(|&k| self.parents.get(k)).is_some_and(Option::is_some)
    }

    /// The object through which the roots reach this one by the shortest way; itself for a root.
    pub fn parent(&self, id: &ObjectId) -> Option<&'a ObjectId> {
        let k = *self.index.get(id)?;
        self.parents.get(k).copied().flatten().and_then(|parent| self.ids.get(parent).copied())
    }

    /// The way down to an object; [`super::Paths`] is quicker for many.
    pub fn path_to(&self, scene: &Scene, id: &ObjectId) -> String {
        super::Paths::new(scene, self).to(id)
    }

    /// Everything that can be reached from some objects, sorted by id, without them.
    pub fn reachable(&self, from: &[ObjectId]) -> Vec<&'a ObjectId> {
        self.walk(from, |_, _| true)
    }

    /// Everything below some objects: what they reach without going back up to one of their own
    /// ancestors (a renderer refers to its window, but the window is not below it).
    pub fn below(&self, from: &[ObjectId], itself: bool) -> Vec<ObjectId> {
        let mut found = self.walk(from, |k, target| !self.is_ancestor(target, k));
        if itself {
            found.extend(from.iter().filter_map(|id| self.index.get(id).and_then(|&k| self.ids.get(k)).copied()));
        } else {
            found.retain(|id| !from.contains(id));
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().cloned().collect()
    }

    fn walk(&self, from: &[ObjectId], follow: impl Fn(usize, usize) -> bool) -> Vec<&'a ObjectId> {
        let mut seen = vec![false; self.ids.len()];
        let mut stack: Vec<usize> = from.iter().filter_map(|id| self.index.get(id).copied()).collect();
        for &k in &stack {
            set(&mut seen, k, true);
        }
        let mut found = Vec::new();
        while let Some(k) = stack.pop() {
            for &target in self.edges.get(k).into_iter().flatten() {
                if seen.get(target) == Some(&false) && follow(k, target) {
                    set(&mut seen, target, true);
                    found.extend(self.ids.get(target).copied());
                    stack.push(target);
                }
            }
        }
        found.sort_unstable();
        found
    }

    fn is_ancestor(&self, candidate: usize, of: usize) -> bool {
        let times = self.walked.get_or_init(|| self.walk_down());
        match (times.get(candidate), times.get(of)) {
            (Some((enter, leave)), Some((at, _))) => candidate != of && enter < at && at < leave,
            _ => false,
        }
    }

    fn walk_down(&self) -> Vec<(u32, u32)> {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.ids.len()];
        let mut roots = Vec::new();
        for (k, parent) in self.parents.iter().enumerate() {
            match *parent {
                Some(parent) if parent == k => roots.push(k),
                Some(parent) => children.get_mut(parent).into_iter().for_each(|list| list.push(k)),
                None => {}
            }
        }
        // Objects that nothing reaches are above and below nothing.
        let mut times = vec![(0_u32, 0_u32); self.ids.len()];
        let mut clock = 0;
        let mut stack: Vec<(usize, bool)> = roots.into_iter().map(|root| (root, true)).collect();
        while let Some((k, enters)) = stack.pop() {
            clock += 1;
            let Some(time) = times.get_mut(k) else { continue };
            if enters {
                time.0 = clock;
                stack.push((k, false));
                stack.extend(children.get(k).into_iter().flatten().map(|&child| (child, true)));
            } else {
                time.1 = clock;
            }
        }
        times
    }
}

/// Puts a value where there is a place for it.
fn set<T>(slice: &mut [impl From<T>], at: usize, value: T) {
    if let Some(place) = slice.get_mut(at) {
        *place = value.into();
    }
}

impl Scene {
    /// The references in an object's state with their places, in text order.
    pub fn edges(&self, id: &ObjectId) -> Vec<Edge> {
        let mut found = Vec::new();
        if let Some(state) = self.state(id) {
            self.collect_edges(state.as_str(), &mut String::new(), (0, false), &mut found);
        }
        found
    }

    fn collect_edges(&self, text: &str, place: &mut String, (depth, in_list): (usize, bool), found: &mut Vec<Edge>) {
        /// States are a few levels deep; what is deeper is hostile, and has its references by the fast way.
        const DEEPEST: usize = 64;
        /// Characters of a property's name.
        const LONGEST: usize = 256;
        let kind = Kind::of(text);
        if depth > DEEPEST || !matches!(kind, Kind::Object | Kind::Array) {
            return;
        }
        if depth > 0
            && let Some(target) = self.dialect().as_reference(text)
        {
            found.push(Edge { place: place.clone(), in_list, target });
            return;
        }
        let parts: Vec<(String, &str)> = if kind == Kind::Object {
            let members = raw::members(text).unwrap_or_default();
            members.into_iter().map(|(key, value)| (key.into_owned(), value)).collect()
        } else {
            let elements = raw::elements(text).unwrap_or_default();
            elements.into_iter().enumerate().map(|(k, value)| (k.to_string(), value)).collect()
        };
        for (name, value) in parts {
            let before = place.len();
            if before > 0 {
                place.push('.');
            }
            // A hostile name would be there once for each reference.
            place.push_str(&quoted_hop(&shortened(&name, LONGEST)));
            self.collect_edges(value, place, (depth + 1, kind == Kind::Array), found);
            place.truncate(before);
        }
    }

    /// Walks down from some objects, depth first, each object's children shown once.
    pub fn tree(&self, from: &[ObjectId], deepest: usize) -> Vec<Visit> {
        let mut seen = std::collections::HashSet::new();
        let mut lines = Vec::new();
        let mut stack: Vec<(usize, String, ObjectId, bool)> =
            from.iter().enumerate().rev().map(|(k, id)| (0, String::new(), id.clone(), k + 1 == from.len())).collect();
        while let Some((depth, place, id, last)) = stack.pop() {
            let repeated = !seen.insert(id.clone());
            if !repeated && depth < deepest {
                let edges = self.edges(&id);
                for (k, edge) in edges.iter().enumerate().rev() {
                    stack.push((depth + 1, edge.place.clone(), edge.target.clone(), k + 1 == edges.len()));
                }
            }
            lines.push(Visit { depth, place, id, repeated, last });
        }
        lines
    }
}
