//! What props stand on: the windows, renderers and lists through which roots lead to them.

use std::collections::{HashMap, HashSet};

use crate::scene::{Graph, ObjectId, Role, Scene};

/// The props of a scene, and what holds them.
pub struct Stage<'a> {
    /// What shows, by id.
    pub props: Vec<&'a ObjectId>,
    /// The roots, and all that stands between a root and a prop. What is inside of a prop (the list of an assembly's
    /// parts) does not belong to it.
    pub frame: HashSet<&'a ObjectId>,
    /// From where one looks.
    pub cameras: HashSet<&'a ObjectId>,
}

impl<'a> Stage<'a> {
    /// Finds them by the roles of objects.
    pub fn new(scene: &'a Scene, graph: &Graph<'a>) -> Self {
        let role = |(id, state)| Some((id, scene.dialect().role(&scene.dialect().head(state))?));
        Self::of_roles(graph, scene.objects().filter_map(role))
    }

    /// As [`Stage::new`], where the roles are known already.
    pub(super) fn of_roles(graph: &Graph<'a>, roles: impl Iterator<Item = (&'a ObjectId, Role)>) -> Self {
        let (mut props, mut roots, mut cameras) = (Vec::new(), Vec::new(), HashSet::new());
        for (id, role) in roles {
            match role {
                Role::Prop => props.push(id),
                Role::Root => roots.push(id),
                Role::Camera => _ = cameras.insert(id),
                _ => {}
            }
        }
        let are_props: HashSet<&ObjectId> = props.iter().copied().collect();
        // For what was met on a way up: whether it is a prop or inside of one.
        let mut inside: HashMap<&ObjectId, bool> = HashMap::new();
        for &prop in &props {
            let mut way = Vec::new();
            let mut at = prop;
            while !inside.contains_key(at) {
                way.push(at);
                match graph.parent(at) {
                    Some(parent) if parent != at => at = parent,
                    _ => break,
                }
            }
            let mut is_inside = inside.get(at).copied().unwrap_or_default();
            for node in way.into_iter().rev() {
                is_inside |= are_props.contains(node);
                inside.insert(node, is_inside);
            }
        }
        let between = inside.into_iter().filter(|(_, inside)| !inside).map(|(id, _)| id);
        Self { frame: between.chain(roots).collect(), props, cameras }
    }
}
