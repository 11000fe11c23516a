//! Which props stay, and which windows, renderers and lists lead to them.

use std::collections::{HashMap, HashSet};

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
        let stage = Stage::new(scene, graph);
        let mut keep = Self { stage, props: HashSet::new(), leads: HashSet::new() };
        let above = above(scene, graph);
        keep.choose(graph, &above, selected);
        keep.climb(scene, graph, &above);
        keep
    }

    /// The props that selected objects stand for, with those in them and around them.
    fn choose(&mut self, graph: &Graph<'a>, above: &HashMap<&'a ObjectId, Vec<&'a ObjectId>>, selected: &[ObjectId]) {
        let all: HashSet<&ObjectId> = self.stage.props.iter().copied().collect();
        let is_closed = |id: &ObjectId| self.stage.frame.contains(id) || self.stage.cameras.contains(id);
        let mut chosen: Vec<&'a ObjectId> = Vec::new();
        let holders: Vec<ObjectId> = selected.iter().filter(|id| self.stage.frame.contains(*id)).cloned().collect();
        if !holders.is_empty() {
            let below: HashSet<ObjectId> = graph.below(&holders, false).into_iter().collect();
            chosen.extend(all.iter().filter(|prop| below.contains(**prop)));
        }
        // Upwards from mappers, data and arrays to the nearest props.
        let mut seen: HashSet<&ObjectId> = HashSet::new();
        let mut stack: Vec<&ObjectId> = selected.iter().filter(|id| !is_closed(id)).collect();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match all.get(id) {
                Some(prop) => chosen.push(prop),
                None => stack.extend(above.get(id).into_iter().flatten().filter(|holder| !is_closed(holder))),
            }
        }
        let mut stack = chosen.clone();
        let mut seen: HashSet<&ObjectId> = stack.iter().copied().collect();
        while let Some(id) = stack.pop() {
            let next = graph.targets(id).filter(|target| !is_closed(target) && seen.insert(target));
            stack.extend(next);
        }
        let mut props: HashSet<&'a ObjectId> = seen.into_iter().filter(|id| all.contains(id)).collect();
        let mut passed = HashSet::new();
        for prop in chosen {
            let mut at = prop;
            while passed.insert(at)
                && let Some(parent) = graph.parent(at)
            {
                props.extend(all.get(parent));
                at = parent;
            }
        }
        self.props = props;
    }

    /// Everything that holds a kept prop, up to the roots.
    fn climb(&mut self, scene: &'a Scene, graph: &Graph<'a>, above: &HashMap<&'a ObjectId, Vec<&'a ObjectId>>) {
        let depths = depths(scene, graph);
        let depth = |id: &ObjectId| depths.get(id).copied().unwrap_or(usize::MAX);
        let other: HashSet<&ObjectId> =
            self.stage.props.iter().copied().filter(|prop| !self.props.contains(prop)).collect();
        let mut stack: Vec<&'a ObjectId> = self.props.iter().copied().collect();
        while let Some(id) = stack.pop() {
            if !self.leads.insert(id) {
                continue;
            }
            // A renderer refers to its window, and does not hold it.
            let refers_up = |holder: &ObjectId| self.stage.frame.contains(id) && depth(holder) > depth(id);
            let holders = above.get(id).into_iter().flatten();
            stack.extend(holders.filter(|holder| !other.contains(**holder) && !refers_up(holder)));
        }
        // What shows without a window (a widget that is registered by itself) needs one all the same.
        let is_window =
            |id: &ObjectId| scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Root));
        if !self.leads.iter().any(|id| is_window(id)) {
            self.leads.extend(&self.stage.frame);
        }
    }
}

/// Who refers to an object.
fn above<'a>(scene: &'a Scene, graph: &Graph<'a>) -> HashMap<&'a ObjectId, Vec<&'a ObjectId>> {
    let mut above: HashMap<&ObjectId, Vec<&ObjectId>> = HashMap::new();
    for (id, _) in scene.objects().filter(|(id, _)| graph.is_reachable(id)) {
        for target in graph.targets(id) {
            above.entry(target).or_default().push(id);
        }
    }
    above
}

/// How far each object is from the roots.
fn depths<'a>(scene: &'a Scene, graph: &Graph<'a>) -> HashMap<&'a ObjectId, usize> {
    let mut depths: HashMap<&ObjectId, usize> = HashMap::new();
    for (id, _) in scene.objects().filter(|(id, _)| graph.is_reachable(id)) {
        let mut way = Vec::new();
        let mut at = id;
        while !depths.contains_key(at) {
            way.push(at);
            match graph.parent(at) {
                Some(parent) if parent != at => at = parent,
                _ => break,
            }
        }
        let first = depths.get(at).map_or(0, |depth| depth + 1);
        depths.extend(way.into_iter().rev().zip(first..));
    }
    depths
}
