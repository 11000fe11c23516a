//! Which props stay, and which windows, renderers and lists lead to them.

use std::collections::HashSet;

use crate::analysis::Stage;
use crate::scene::{Graph, ObjectId, Role, Scene};

/// What stays.
pub(super) struct Keep<'a> {
    pub(super) stage: Stage<'a>,
    /// The props that stay.
    pub(super) props: HashSet<&'a ObjectId>,
    /// What leads to them.
    pub(super) leads: HashSet<&'a ObjectId>,
}

impl<'a> Keep<'a> {
    pub(super) fn new(scene: &'a Scene, graph: &Graph<'a>, selected: &[ObjectId]) -> Self {
        let mut keep = Self { stage: Stage::new(scene, graph), props: HashSet::new(), leads: HashSet::new() };
        let chosen = keep.choose(graph, selected);
        keep.complete(graph, chosen);
        keep.climb(scene);
        keep
    }

    /// Mappers, data and arrays are below these; cameras are not anybody's.
    fn is_closed(&self, id: &ObjectId) -> bool {
        self.stage.frame.contains(id) || self.stage.cameras.contains(id)
    }

    /// The props that selected objects stand for.
    fn choose(&self, graph: &Graph<'a>, selected: &[ObjectId]) -> Vec<&'a ObjectId> {
        let mut chosen = self.stage.held(graph, selected.iter().filter_map(|id| self.stage.frame.get(id).copied()));
        let mut seen: HashSet<&ObjectId> = HashSet::new();
        let mut stack: Vec<&ObjectId> = selected.iter().filter(|id| !self.is_closed(id)).collect();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.stage.props.get(id) {
                Some(prop) => chosen.push(prop),
                None => stack.extend(self.stage.above(id).iter().filter(|holder| !self.is_closed(holder))),
            }
        }
        chosen
    }

    /// Some props with those in them (an assembly's parts) and around them (the assembly).
    fn complete(&mut self, graph: &Graph<'a>, chosen: Vec<&'a ObjectId>) {
        let mut seen: HashSet<&'a ObjectId> = chosen.iter().copied().collect();
        let mut stack = chosen.clone();
        while let Some(id) = stack.pop() {
            stack.extend(graph.targets(id).filter(|target| !self.is_closed(target) && seen.insert(target)));
        }
        self.props = seen.into_iter().filter(|id| self.stage.props.contains(id)).collect();
        let mut passed = HashSet::new();
        for prop in chosen {
            let mut at = prop;
            while passed.insert(at)
                && let Some(parent) = graph.parent(at)
            {
                self.props.extend(self.stage.props.get(parent));
                at = parent;
            }
        }
    }

    /// Everything that holds a kept prop, up to the roots.
    fn climb(&mut self, scene: &'a Scene) {
        let mut stack: Vec<&'a ObjectId> = self.props.iter().copied().collect();
        while let Some(id) = stack.pop() {
            if self.leads.insert(id) {
                let is_other = |holder: &ObjectId| self.stage.props.contains(holder) && !self.props.contains(holder);
                stack.extend(self.stage.holders(id).filter(|holder| !is_other(holder)));
            }
        }
        // What shows without a window (a widget that is registered by itself) needs one all the same.
        let is_window =
            |id: &ObjectId| scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Root));
        if !self.leads.iter().any(|id| is_window(id)) {
            self.leads.extend(&self.stage.frame);
        }
    }
}
