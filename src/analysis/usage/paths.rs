//! Ways down to many objects, without reading a collection's state again for each of its items.

use std::collections::HashMap;

use crate::scene::{Graph, ObjectId, Scene, selector_steps};

/// Hops that a way may have.
const LONGEST: usize = 64;

/// As [`Graph::path_to`], for many objects of one scene.
pub struct Paths<'g, 'a> {
    scene: &'a Scene,
    graph: &'g Graph<'a>,
    places: HashMap<&'a ObjectId, HashMap<ObjectId, String>>,
}

impl<'g, 'a> Paths<'g, 'a> {
    pub(super) fn new(scene: &'a Scene, graph: &'g Graph<'a>) -> Self {
        Self { scene, graph, places: HashMap::new() }
    }

    /// The way down to an object, as a selector that names it: its id, where it is longer than any server's.
    pub fn to(&mut self, id: &ObjectId) -> String {
        if !self.graph.is_reachable(id) {
            return id.to_string();
        }
        let dialect = self.scene.dialect();
        let mut hops = Vec::new();
        let mut at = id;
        while let Some((parent, place)) = self.up(at) {
            if hops.len() >= LONGEST {
                return id.to_string();
            }
            hops.push(selector_steps(dialect, place));
            at = parent;
        }
        let start = if self.scene.roots.len() > 1 { at.to_string() } else { String::new() };
        hops.into_iter().rev().fold(start, |path, hop| path + &hop)
    }

    /// Where an object stands in the state of the one above it: `Connectivity`.
    pub fn place(&mut self, id: &ObjectId) -> &str {
        self.up(id).map(|(_, place)| place).unwrap_or_default()
    }

    fn up(&mut self, id: &ObjectId) -> Option<(&'a ObjectId, &str)> {
        let (scene, graph) = (self.scene, self.graph);
        let parent = graph.parent(id).filter(|parent| *parent != id)?;
        let places = self.places.entry(parent).or_insert_with(|| {
            let mut places = HashMap::new();
            for edge in scene.edges(parent) {
                places.entry(edge.target).or_insert(edge.place);
            }
            places
        });
        Some((parent, places.get(id).map(String::as_str).unwrap_or_default()))
    }
}
