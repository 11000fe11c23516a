//! Some of the differences taken over: what `accept` makes of a baseline.

use std::collections::{HashMap, HashSet};

use super::change::{Change, Kind};
use super::compare::Comparison;
use super::index::Index;
use super::options::Options;
use super::{indexes, make};
use crate::analysis::patch::{self, Document, Operation, PatchError};
use crate::scene::{Graph, ObjectId, Scene, SceneError};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The scenes cannot be compared.
    #[error("the scenes cannot be compared")]
    Compare(#[from] SceneError),
    /// The differences do not fit together.
    #[error("the differences cannot be taken over")]
    Patch(#[from] PatchError),
}

/// The first scene with some of its differences from the second taken over. What belongs to one
/// property (all that came and went in one list, say) is taken over together.
///
/// # Errors
/// [`MergeError`].
pub fn merge(a: &Scene, b: &Scene, options: &Options, accepted: &[&Change]) -> Result<Scene, MergeError> {
    let mut units = Units::new(accepted);
    let (left, right) = indexes(a, b, options)?;
    let mut comparison = Comparison::new(&left, &right, options);
    comparison.run();
    units.referrers(&left, &right, &make::partners(&left, &right, &comparison.matched), accepted);
    let mut operations = make::operations(&left, &right, &comparison.matched);
    operations.retain(|operation| units.hold(operation));
    Ok(reachable(&patch::apply(a, &operations)?))
}

/// A scene without what no root leads to, and without the blobs that nothing refers to then.
pub fn reachable(scene: &Scene) -> Scene {
    let graph = Graph::new(scene);
    let lost: Vec<ObjectId> = scene.objects().map(|(id, _)| id).filter(|id| !graph.is_reachable(id)).cloned().collect();
    let mut kept = scene.clone();
    for id in &lost {
        kept.remove(id);
    }
    let used: HashSet<String> = kept
        .objects()
        .filter_map(|(_, state)| kept.dialect().blob_use(state).map(|found| found.hash.into_owned()))
        .collect();
    kept.retain_blobs(|hash| used.contains(hash));
    kept
}

/// The properties that are taken over.
#[derive(Default)]
struct Units {
    properties: HashMap<String, HashSet<String>>,
    objects: HashSet<String>,
    roots: bool,
}

impl Units {
    fn new(accepted: &[&Change]) -> Self {
        let mut units = Self::default();
        for change in accepted {
            if let Some((id, place)) = &change.from {
                units.property(id, place);
            }
            let own = change.a.as_ref().map(|place| &place.id);
            let owner = change.owner.as_ref().map(|(a, _)| a);
            let holder = if matches!(change.kind, Kind::Array) {
                own
            } else {
                owner.or(own.filter(|_| change.kind.is_within()))
            };
            let Some(id) = holder else {
                units.roots = true;
                continue;
            };
            if change.kind == Kind::Array || change.property.is_empty() {
                units.objects.insert(Document::state_pointer(id));
            }
            units.property(id, &change.property);
        }
        units
    }

    /// An object that is used in several places may differ in one of them from the object that is there on the
    /// other side: then what changes is not the object, but who refers to it.
    fn referrers(&mut self, a: &Index<'_>, b: &Index<'_>, partners: &HashMap<usize, usize>, accepted: &[&Change]) {
        let mut others: HashSet<usize> = HashSet::new();
        for (old, new) in accepted.iter().filter_map(|change| Some((change.a.as_ref()?, change.b.as_ref()?))) {
            if let (Some(x), Some(y)) = (a.graph.position(&old.id), b.graph.position(&new.id))
                && partners.get(&y) != Some(&x)
            {
                others.insert(x);
            }
        }
        if others.is_empty() {
            return;
        }
        let dialect = a.scene.dialect();
        let leads_there = |value: &str| {
            let mut any = false;
            dialect.reference_spans(value, &mut |_, id| {
                any |= a.graph.position(&id).is_some_and(|at| others.contains(&at));
            });
            any
        };
        for (at, node) in a.nodes() {
            if a.children(at).any(|child| others.contains(&child)) {
                let members = node.state.members().unwrap_or_default();
                for (key, _) in members.iter().filter(|(_, value)| leads_there(value)) {
                    let property = Document::property_pointer(node.id, key);
                    self.properties.entry(Document::state_pointer(node.id)).or_default().insert(property);
                }
            }
        }
    }

    fn property(&mut self, id: &ObjectId, place: &str) {
        let Ok(path) = place.parse::<crate::scene::Path>() else { return };
        if let Some(first) = path.0.first() {
            let property = Document::property_pointer(id, &first.0);
            self.properties.entry(Document::state_pointer(id)).or_default().insert(property);
        }
    }

    fn hold(&self, operation: &Operation) -> bool {
        let path = operation.path();
        if path == Document::ROOTS || path == Document::WITHOUT_STATE {
            return self.roots;
        }
        match operation {
            Operation::AddBlob { .. } => true,
            // What is not needed any more is left out in the end.
            Operation::Remove { .. } if path.starts_with("/blobs/") || path.matches('/').count() == 2 => false,
            // New objects; those that nothing accepted refers to are left out in the end, too.
            Operation::Add { .. } if path.matches('/').count() == 2 => true,
            _ => {
                let object = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
                self.objects.contains(&object)
                    || self.properties.get(&object).is_some_and(|properties| properties.contains(&path))
            }
        }
    }
}
