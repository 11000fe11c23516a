//! The ways down to objects, as selectors that name them.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::select::{quoted_id, quoted_name};
use super::{Dialect, Graph, ObjectId, Path, Scene, Segment};

/// Scenes are some ten objects deep. The ways down a chain of 100,000 would fill the memory.
const DEEPEST: usize = 256;

/// Where an object stands in the state above it: as it is shown, and as steps of a selector.
type Place = (Rc<str>, Rc<str>);

/// Finds ways down; what it has read of one object's state serves all objects below.
pub struct Paths<'a> {
    scene: &'a Scene,
    graph: &'a Graph<'a>,
    places: RefCell<HashMap<&'a ObjectId, HashMap<ObjectId, Place>>>,
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
            return quoted_id(id);
        }
        let mut hops = Vec::new();
        let mut at = id;
        while let Some((parent, (_, steps))) = self.up(at) {
            if hops.len() == DEEPEST || self.deep.borrow().contains(at) {
                self.deep.borrow_mut().insert(id.clone());
                return quoted_id(id);
            }
            hops.push(steps);
            at = parent;
        }
        let start = match self.scene.roots.as_slice() {
            [_] if hops.is_empty() => String::from("/"),
            [_] => String::new(),
            _ => quoted_id(at),
        };
        hops.iter().rev().fold(start, |path, hop| path + &**hop)
    }

    /// Where an object stands in the state of the one above it: `Connectivity`, `Items.2`. Empty for a root.
    pub fn place(&self, id: &ObjectId) -> String {
        self.up(id).map(|(_, (place, _))| place.to_string()).unwrap_or_default()
    }

    fn up(&self, id: &ObjectId) -> Option<(&'a ObjectId, Place)> {
        let parent = self.graph.parent(id).filter(|parent| *parent != id)?;
        let mut places = self.places.borrow_mut();
        let places = places.entry(parent).or_insert_with(|| {
            let mut found = HashMap::new();
            for edge in self.scene.edges(parent) {
                found.entry(edge.target).or_insert_with(|| {
                    let steps = steps(self.scene.dialect(), &edge.place);
                    (edge.place.into(), steps.into())
                });
            }
            found
        });
        Some((parent, places.get(id).cloned().unwrap_or_else(|| (Rc::from(""), Rc::from("")))))
    }
}

impl Scene {
    /// Where a reference stands in a state, as the steps of a selector: `ViewProps.Items.2` is `/ViewProps/2`.
    pub fn steps(&self, place: &str) -> String {
        steps(self.dialect(), place)
    }
}

/// A place in a state as the steps of a selector: `ViewProps.Items.2` is `/ViewProps/2`.
fn steps(dialect: &dyn Dialect, place: &str) -> String {
    let hops = hops(dialect, place);
    hops.iter().fold(String::new(), |path, name| path + "/" + &quoted_name(name))
}

/// The names in a place in a state, without those that may be left out.
pub fn hops(dialect: &dyn Dialect, place: &str) -> Vec<String> {
    // Places are written by us, as paths.
    let hops = place.parse::<Path>().unwrap_or_default().0;
    let mut above_items = true;
    let hops = hops.into_iter().filter_map(|Segment(name)| {
        // What is behind the items is a name, whatever it is.
        let is_left_out = above_items && dialect.is_items(&name);
        above_items = !is_left_out;
        (!is_left_out).then_some(name)
    });
    hops.collect()
}
