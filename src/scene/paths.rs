//! The ways down to objects, as selectors that name them.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::{Dialect, Graph, ObjectId, Scene};

/// Scenes are some ten objects deep. The ways down a chain of 100,000 would fill the memory.
const DEEPEST: usize = 256;

/// Finds ways down; what it has read of one object's state serves all objects below.
pub struct Paths<'a> {
    scene: &'a Scene,
    graph: &'a Graph<'a>,
    places: RefCell<HashMap<&'a ObjectId, HashMap<ObjectId, String>>>,
    deep: RefCell<HashSet<ObjectId>>,
}

impl<'a> Paths<'a> {
    /// Reads nothing yet.
    pub fn new(scene: &'a Scene, graph: &'a Graph<'a>) -> Self {
        Self { scene, graph, places: RefCell::default(), deep: RefCell::default() }
    }

    /// The shortest way down to an object: `/Renderers/0/ViewProps/2`. With several roots it starts with
    /// the root's id; an object that no root leads to is its own id, and so is one that is hopelessly deep.
    pub fn to(&self, id: &ObjectId) -> String {
        if !self.graph.is_reachable(id) {
            return id.to_string();
        }
        let mut hops = Vec::new();
        let mut at = id;
        while let Some(parent) = self.graph.parent(at).filter(|parent| *parent != at) {
            if hops.len() == DEEPEST || self.deep.borrow().contains(at) {
                self.deep.borrow_mut().insert(id.clone());
                return id.to_string();
            }
            hops.push(self.hop(parent, at));
            at = parent;
        }
        let start = match self.scene.roots.as_slice() {
            [_] if hops.is_empty() => String::from("/"),
            [_] => String::new(),
            _ => at.to_string(),
        };
        hops.iter().rev().fold(start, |path, hop| path + hop)
    }

    /// Where a parent refers to its child, as steps.
    fn hop(&self, parent: &'a ObjectId, child: &ObjectId) -> String {
        let mut places = self.places.borrow_mut();
        let places = places.entry(parent).or_insert_with(|| {
            let mut found = HashMap::new();
            for edge in self.scene.edges(parent) {
                found.entry(edge.target).or_insert_with(|| steps(self.scene.dialect(), &edge.place));
            }
            found
        });
        places.get(child).cloned().unwrap_or_default()
    }
}

/// A place in a state as the steps of a selector: `ViewProps.Items.2` is `/ViewProps/2`.
fn steps(dialect: &dyn Dialect, place: &str) -> String {
    let steps = place.split('.').filter(|name| !name.is_empty() && !dialect.is_items(name));
    steps.fold(String::new(), |path, name| path + "/" + name)
}
