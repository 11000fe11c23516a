//! Where findings are, as selectors.

use crate::scene::{Graph, ObjectId, Paths, Scene};

/// A way down that is longer than this helps nobody; the object is named by its id instead.
const LONGEST: usize = 64;

/// Looks up places.
pub(super) struct Places<'a> {
    scene: &'a Scene,
    graph: &'a Graph<'a>,
    paths: Paths<'a>,
}

impl<'a> Places<'a> {
    pub(super) fn new(scene: &'a Scene, graph: &'a Graph<'a>) -> Self {
        Self { scene, graph, paths: Paths::new(scene, graph) }
    }

    /// A selector that names the object, and the place in its state.
    pub(super) fn of(&self, id: Option<&ObjectId>, place: &str) -> String {
        let Some(id) = id else { return String::from("/") };
        let path = if self.is_deep(id) { id.to_string() } else { self.paths.to(id) };
        let steps = self.scene.steps(place);
        if steps.is_empty() { path } else { path.trim_end_matches('/').to_owned() + &steps }
    }

    fn is_deep(&self, id: &ObjectId) -> bool {
        let way = std::iter::successors(Some(id), |at| self.graph.parent(at).filter(|parent| parent != at));
        way.take(LONGEST + 1).count() > LONGEST
    }
}
