//! The way down to an object, for many objects: each parent's references are looked up once.

use std::collections::HashMap;

use crate::scene::{Graph, ObjectId, Scene, selector_steps};

/// A way down that is longer than this helps nobody; the object is named by its id instead.
const LONGEST: usize = 64;

/// Looks up places, and remembers what it has read on the way.
pub(super) struct Places<'a> {
    scene: &'a Scene,
    graph: &'a Graph<'a>,
    steps: HashMap<&'a ObjectId, HashMap<ObjectId, String>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(scene: &'a Scene, graph: &'a Graph<'a>) -> Self {
        Self { scene, graph, steps: HashMap::new() }
    }

    /// A selector that names the object, and the place in its state.
    pub(super) fn of(&mut self, id: Option<&ObjectId>, place: &str) -> String {
        let Some(id) = id else { return String::from("/") };
        let path = self.down_to(id) + &selector_steps(self.scene.dialect(), place);
        if path.is_empty() { String::from("/") } else { path }
    }

    /// As [`Graph::path_to`].
    fn down_to(&mut self, id: &ObjectId) -> String {
        if !self.graph.is_reachable(id) {
            return id.to_string();
        }
        let mut steps = Vec::new();
        let mut at = id;
        while let Some(parent) = self.graph.parent(at).filter(|parent| *parent != at) {
            if steps.len() == LONGEST {
                return id.to_string();
            }
            steps.push(self.step(parent, at));
            at = parent;
        }
        let start = if self.scene.roots.len() > 1 { at.to_string() } else { String::new() };
        steps.iter().rev().fold(start, |path, step| path + step)
    }

    fn step(&mut self, parent: &'a ObjectId, child: &ObjectId) -> String {
        let scene = self.scene;
        let steps = self.steps.entry(parent).or_insert_with(|| {
            let mut steps = HashMap::new();
            for edge in scene.edges(parent) {
                steps.entry(edge.target).or_insert_with(|| selector_steps(scene.dialect(), &edge.place));
            }
            steps
        });
        steps.get(child).cloned().unwrap_or_default()
    }
}
