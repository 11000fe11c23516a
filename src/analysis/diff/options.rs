//! What counts as a difference.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Tolerance;
use crate::scene::{Graph, ObjectId, Path, Role, Scene, SceneError, Segment, Selector};

/// What to compare, and how closely.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// When numbers are the same.
    pub tolerance: Tolerance,
    /// Noise, too: ids, counts of changes, platforms' class names, times.
    pub strict: bool,
    /// Leave out what only one side's software knows of: properties that no object of the class has on
    /// the other side, where their value is nothing or the default; other types of equal values.
    pub across_versions: bool,
    /// Leave out what no root leads to.
    pub reachable_only: bool,
    /// Leave out cameras.
    pub ignore_camera: bool,
    /// Leave out these properties (`*`: whole objects).
    pub ignore: Vec<(Selector, Path)>,
    /// Only these objects and what is below them.
    pub only: Vec<Selector>,
}

impl Options {
    /// True where parts of the scenes are not compared at all.
    pub fn is_limited(&self) -> bool {
        self.ignore_camera || !self.ignore.is_empty() || !self.only.is_empty()
    }
}

/// What is left out in one scene.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    whole: HashSet<ObjectId>,
    properties: HashMap<ObjectId, BTreeSet<Path>>,
}

impl Ignored {
    pub(super) fn new(scene: &Scene, options: &Options) -> Result<Self, SceneError> {
        let mut ignored = Self::default();
        if options.ignore_camera {
            let is_camera =
                |id: &&ObjectId| scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Camera));
            ignored.whole.extend(scene.objects().map(|(id, _)| id).filter(is_camera).cloned());
        }
        for (selector, path) in &options.ignore {
            for id in selected(scene, selector)? {
                ignored.add(scene, id, path);
            }
        }
        Ok(ignored)
    }

    fn add(&mut self, scene: &Scene, id: ObjectId, path: &Path) {
        if matches!(path.0.as_slice(), [Segment(all)] if all == "*") {
            self.whole.insert(id);
            return;
        }
        // The property may be another object's: `vtkActor Property.Color`.
        for split in (0..path.0.len()).rev() {
            let (front, back) = path.0.split_at(split);
            let Ok(found) = scene.lookup(&id, &Path(front.to_vec())) else { continue };
            if let Some(owner) = found.object {
                let mut back = back.to_vec();
                // As it is spelled in the state.
                if let (Some(first), Ok(members)) = (back.first_mut(), crate::scene::raw::members(&found.value)) {
                    let spellings = scene.dialect().spellings(&first.0);
                    let known = spellings.iter().find(|name| members.iter().any(|(key, _)| key == *name));
                    if let Some(known) = known.map(|name| name.clone().into_owned()) {
                        first.0 = known;
                    }
                }
                self.properties.entry(owner).or_default().insert(Path(back));
                return;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.properties.is_empty()
    }

    pub(super) fn object(&self, id: &ObjectId) -> bool {
        self.whole.contains(id)
    }

    /// Places within a property that are left out, where not all of it is.
    pub(super) fn inside(&self, id: &ObjectId, property: &str) -> Vec<&Path> {
        let paths = self.properties.get(id).into_iter().flatten();
        let is_inside = |path: &&Path| path.0.len() > 1 && path.0.first().is_some_and(|first| first.0 == property);
        paths.filter(is_inside).collect()
    }

    /// True where this place in a state, or one above it, is left out.
    pub(super) fn place(&self, id: &ObjectId, place: &[&str]) -> bool {
        self.object(id)
            || self.properties.get(id).is_some_and(|paths| {
                paths.iter().any(|path| {
                    path.0.len() <= place.len() && path.0.iter().zip(place).all(|(Segment(name), part)| name == part)
                })
            })
    }
}

/// What a selector names in one of the scenes; an id need not be in both.
fn selected(scene: &Scene, selector: &Selector) -> Result<Vec<ObjectId>, SceneError> {
    match scene.select(selector) {
        Err(error) if error.is_no() => Ok(Vec::new()),
        found => found,
    }
}

/// The objects that `only` leaves: those selected and what is below them.
pub(super) fn only(scene: &Scene, graph: &Graph<'_>, options: &Options) -> Result<HashSet<ObjectId>, SceneError> {
    let mut kept = HashSet::new();
    for selector in &options.only {
        kept.extend(graph.below(&selected(scene, selector)?, true));
    }
    Ok(kept)
}

/// A selector of `only` that names nothing at all is a mistake: to call the scenes equal would hide it.
pub(super) fn check(a: &Scene, b: &Scene, options: &Options) -> Result<(), SceneError> {
    for selector in &options.only {
        if selected(a, selector)?.is_empty() && selected(b, selector)?.is_empty() {
            return Err(SceneError::InNeither(selector.to_string()));
        }
    }
    Ok(())
}
