//! From the model to a scene: the states of what has changed, and the arrays in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use foldhash::fast::RandomState;

use super::Model;
use super::containers::Containers;
use super::page::write;
use crate::parallel;
use crate::protocol::viser::dialect::{ROOT, content_hash};
use crate::protocol::viser::text::{Part, part_id, part_state};
use crate::scene::{ObjectId, State};

/// States that a thread writes before it takes more.
const AT_A_TIME: usize = 256;

/// Writes states, and remembers which arrays belong to whom.
#[derive(Default)]
pub struct Builder {
    /// The arrays of each object, by their places.
    parts: HashMap<Arc<str>, Vec<Known>, RandomState>,
    /// How many arrays use a blob.
    uses: HashMap<Arc<str>, u64>,
}

/// An array that was built.
struct Known {
    place: String,
    hash: Arc<str>,
    /// The values, where they were: the same memory has the same hash.
    bytes: Bytes,
}

/// What changed since it was asked for.
#[derive(Default)]
pub struct Built {
    /// States that are new, or others, sorted by id.
    pub states: Vec<(ObjectId, State)>,
    /// Objects that are gone.
    pub removed: Vec<ObjectId>,
    /// Blobs that were not there before.
    pub blobs: BTreeMap<Arc<str>, Bytes>,
    /// Blobs that nothing uses any longer.
    pub unused: Vec<Arc<str>>,
    /// Objects with a property that could not be read, and why.
    pub unreadable: Vec<(ObjectId, String)>,
}

impl Built {
    fn is_written(&self, id: &ObjectId) -> bool {
        self.states.binary_search_by(|(known, _)| known.cmp(id)).is_ok()
    }
}

impl Builder {
    /// Writes all that has changed in the model since this was called last.
    pub fn build(&mut self, model: &mut Model) -> Built {
        let mut built = Built::default();
        let (changed, removed) = model.take_changed();
        let mut changed: Vec<Arc<str>> = changed.into_iter().collect();
        changed.sort_unstable();
        let mut removed: Vec<Arc<str>> = removed.into_iter().collect();
        removed.sort_unstable();
        for id in removed {
            self.replace_parts(&id, Vec::new(), &mut built);
            built.removed.push(ObjectId::from(id));
        }
        let root_changed = changed.iter().any(|id| **id == *ROOT);
        let has_panels = |id: &Arc<str>| !id.starts_with('/') && !id.starts_with(|c: char| c.is_ascii_digit());
        let is_3d = |id: &Arc<str>| model.entities.get(id).is_some_and(|entity| entity.is_container_node());
        // Most updates move nodes: those need not know who is in which panel.
        let concerns_panels = root_changed || changed.iter().any(|id| has_panels(id) || is_3d(id));
        let containers = if concerns_panels { Containers::of(model) } else { Containers::default() };
        if root_changed {
            // What is in a panel is written in it.
            let others = containers.holders.iter().filter(|id| changed.binary_search(id).is_err()).cloned();
            let others: Vec<Arc<str>> = others.collect();
            changed.extend(others);
        }
        let written = parallel::map(&changed, AT_A_TIME, |id| write(model, &containers, id));
        built.states.reserve(written.len());
        for (id, written) in changed.into_iter().zip(written) {
            self.replace_parts(&id, written.parts, &mut built);
            let id = ObjectId::from(id);
            built.unreadable.extend(written.unreadable.map(|reason| (id.clone(), reason)));
            built.states.push((id, written.state));
        }
        // They are nearly so: arrays come before what they belong to.
        built.states.sort_by(|(a, _), (b, _)| a.cmp(b));
        built.states.dedup_by(|(later, _), (earlier, _)| later == earlier);
        let removed = std::mem::take(&mut built.removed);
        built.removed = removed.into_iter().filter(|id| !built.is_written(id)).collect();
        built
    }

    fn replace_parts(&mut self, id: &Arc<str>, parts: Vec<Part>, built: &mut Built) {
        let before = self.parts.remove(id).unwrap_or_default();
        if before.is_empty() && parts.is_empty() {
            return;
        }
        let place = |bytes: &Bytes| (bytes.as_ptr(), bytes.len());
        let known: HashMap<_, &Arc<str>> = before.iter().map(|known| (place(&known.bytes), &known.hash)).collect();
        let mut now = Vec::with_capacity(parts.len());
        for part in parts {
            let known = known.get(&place(&part.bytes)).map(|hash| Arc::clone(hash));
            let hash = known.unwrap_or_else(|| content_hash(std::slice::from_ref(&part.bytes)).into());
            let uses = self.uses.entry(Arc::clone(&hash)).or_default();
            *uses += 1;
            if *uses == 1 {
                built.blobs.insert(Arc::clone(&hash), part.bytes.clone());
            }
            let state = State::from(part_state(&part, &hash).as_str());
            built.states.push((ObjectId::parse(&part_id(id, &part.place)), state));
            now.push(Known { place: part.place, hash, bytes: part.bytes });
        }
        let places: HashSet<&str> = now.iter().map(|part: &Known| part.place.as_str()).collect();
        for known in before {
            if !places.contains(known.place.as_str()) {
                built.removed.push(ObjectId::parse(&part_id(id, &known.place)));
            }
            if let Some(uses) = self.uses.get_mut(&known.hash) {
                *uses -= 1;
                if *uses == 0 {
                    self.uses.remove(&known.hash);
                    built.blobs.remove(&known.hash);
                    built.unused.push(known.hash);
                }
            }
        }
        if !now.is_empty() {
            self.parts.insert(Arc::clone(id), now);
        }
    }
}
