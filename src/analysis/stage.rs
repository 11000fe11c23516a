//! What props stand on: the windows, renderers and lists through which roots lead to them.

use std::collections::{HashMap, HashSet};

use crate::scene::{Graph, ObjectId, Role, Scene};

/// The props of a scene, and what holds them.
pub struct Stage<'a> {
    /// What shows.
    pub props: HashSet<&'a ObjectId>,
    /// The roots, and all that holds props. What is inside of a prop (the list of an assembly's parts) is not meant.
    pub frame: HashSet<&'a ObjectId>,
    /// From where one looks.
    pub cameras: HashSet<&'a ObjectId>,
    /// Who refers to an object.
    above: HashMap<&'a ObjectId, Vec<&'a ObjectId>>,
    /// How far an object is from the roots.
    depths: HashMap<&'a ObjectId, usize>,
}

impl<'a> Stage<'a> {
    /// Finds them by the roles of objects.
    pub fn new(scene: &'a Scene, graph: &Graph<'a>) -> Self {
        let dialect = scene.dialect();
        Self::of_roles(graph, scene.objects().map(|(id, state)| (id, dialect.role(&dialect.head(state)))))
    }

    /// As [`Stage::new`], where the roles of all objects are known already.
    pub(super) fn of_roles(graph: &Graph<'a>, roles: impl Iterator<Item = (&'a ObjectId, Option<Role>)>) -> Self {
        let (props, cameras, depths) = (HashSet::new(), HashSet::new(), HashMap::new());
        let mut stage = Self { props, frame: HashSet::new(), cameras, above: HashMap::new(), depths };
        for (id, role) in roles {
            match role {
                Some(Role::Prop) => _ = stage.props.insert(id),
                Some(Role::Root) => _ = stage.frame.insert(id),
                Some(Role::Camera) => _ = stage.cameras.insert(id),
                _ => {}
            }
            if graph.is_reachable(id) {
                stage.measure(graph, id);
                for target in graph.targets(id) {
                    stage.above.entry(target).or_default().push(id);
                }
            }
        }
        let mut inside = HashMap::new();
        let mut seen: HashSet<&ObjectId> = HashSet::new();
        let mut stack: Vec<&ObjectId> = stage.props.iter().copied().collect();
        while let Some(id) = stack.pop() {
            for holder in stage.holders(id).filter(|holder| !stage.props.contains(holder)) {
                if seen.insert(holder) {
                    stack.push(holder);
                }
            }
        }
        seen.retain(|id| !stage.is_inside(graph, id, &mut inside));
        stage.frame.extend(seen);
        stage
    }

    /// What refers to an object and may be said to hold it: a renderer refers to its window, but does not hold it.
    pub fn holders(&self, id: &'a ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        self.above.get(id).into_iter().flatten().copied().filter(|holder| self.holds(holder, id))
    }

    /// The props that something holds, at any depth.
    pub fn held(&self, graph: &Graph<'a>, by: impl Iterator<Item = &'a ObjectId>) -> Vec<&'a ObjectId> {
        let mut stack: Vec<&ObjectId> = by.collect();
        let mut seen: HashSet<&ObjectId> = stack.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(id) = stack.pop() {
            for target in graph.targets(id).filter(|target| self.holds(id, target)) {
                if seen.insert(target) {
                    if self.props.contains(target) {
                        found.push(target);
                    } else if self.frame.contains(target) {
                        stack.push(target);
                    }
                }
            }
        }
        found
    }

    /// Of two objects of which one refers to the other.
    fn holds(&self, holder: &ObjectId, id: &ObjectId) -> bool {
        let depth = |id: &ObjectId| self.depths.get(id).copied().unwrap_or(usize::MAX);
        self.props.contains(id) || depth(holder) <= depth(id)
    }

    /// Who refers to an object, of those that a root leads to.
    pub fn above(&self, id: &ObjectId) -> &[&'a ObjectId] {
        self.above.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Notes how far an object is from its root.
    fn measure(&mut self, graph: &Graph<'a>, id: &'a ObjectId) {
        let way = way_up(graph, id, |at| self.depths.contains_key(at));
        let known = way.last().and_then(|top| graph.parent(top)).and_then(|parent| self.depths.get(parent));
        let first = known.map_or(0, |depth| depth + 1);
        self.depths.extend(way.into_iter().rev().zip(first..));
    }

    /// True for a prop, and for what the roots lead to only through one, by the shortest way.
    fn is_inside(&self, graph: &Graph<'a>, id: &'a ObjectId, known: &mut HashMap<&'a ObjectId, bool>) -> bool {
        let way = way_up(graph, id, |at| known.contains_key(at));
        let above = way.last().and_then(|top| graph.parent(top)).and_then(|parent| known.get(parent));
        let mut inside = above.copied().unwrap_or_default();
        for node in way.into_iter().rev() {
            inside |= self.props.contains(node);
            known.insert(node, inside);
        }
        known.get(id).copied().unwrap_or_default()
    }
}

/// An object and those above it, up to a root or to what is known.
fn way_up<'a>(graph: &Graph<'a>, id: &'a ObjectId, is_known: impl Fn(&ObjectId) -> bool) -> Vec<&'a ObjectId> {
    let mut way = Vec::new();
    let mut at = id;
    while !is_known(at) {
        way.push(at);
        match graph.parent(at) {
            Some(parent) if parent != at => at = parent,
            _ => break,
        }
    }
    way
}
