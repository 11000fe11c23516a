//! Which props lead to which objects.

use std::collections::HashMap;

use crate::analysis::Stage;
use crate::scene::{Graph, ObjectId};

/// The props above each object.
///
/// From a prop it goes down to everything it refers to, but not into other props (the parts of an assembly are on their
/// own), not into cameras, and not into what holds props (a renderer).
pub struct Owners<'a> {
    of: HashMap<&'a ObjectId, Vec<&'a ObjectId>>,
}

/// Owners of one object that are remembered. With the limit, shared objects cannot make the work quadratic.
const MOST: usize = 16;

impl<'a> Owners<'a> {
    /// Walks down from every prop.
    pub(super) fn new(graph: &Graph<'a>, stage: &Stage<'a>) -> Self {
        let is_closed =
            |id: &ObjectId| stage.props.contains(id) || stage.frame.contains(id) || stage.cameras.contains(id);
        let mut of: HashMap<&ObjectId, Vec<&ObjectId>> = HashMap::new();
        let mut props: Vec<&ObjectId> = stage.props.iter().copied().collect();
        props.sort_unstable();
        for prop in props {
            let mut stack = vec![prop];
            of.entry(prop).or_default().push(prop);
            while let Some(at) = stack.pop() {
                for target in graph.targets(at).filter(|target| !is_closed(target)) {
                    let owners = of.entry(target).or_default();
                    // An object that has all it can remember has them from above: so have those below it.
                    if owners.len() < MOST && owners.last() != Some(&prop) {
                        owners.push(prop);
                        stack.push(target);
                    }
                }
            }
        }
        Self { of }
    }

    /// The props that lead to an object, by id; true where there may be more than these.
    pub fn of(&self, id: &ObjectId) -> (&[&'a ObjectId], bool) {
        let owners = self.of.get(id).map(Vec::as_slice).unwrap_or_default();
        (owners, owners.len() >= MOST)
    }
}
