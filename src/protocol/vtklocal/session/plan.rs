//! What to fetch: only what is new or newer.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::status::Status;
use super::Held;

/// What an update has to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// States, by id, each with the time that the status gives.
    pub states: BTreeMap<u64, u64>,
    /// Blobs, by name, each once, sorted.
    pub blobs: Vec<Arc<str>>,
}

impl Plan {
    /// Compares statuses with what is here.
    ///
    /// - A state is needed when it is unknown, or older than the status says. Its own MTime counts, not
    ///   the time of the status it came with: the object may have changed since it was serialized.
    /// - An id in `force_push` is needed always; one in `ignore_ids` (a camera) only when unknown.
    /// - An id that had no state is asked for again only when its time changed.
    /// - A time below the known one means that the server was started anew: everything is needed.
    pub(super) fn new(held: &Held, statuses: &BTreeMap<u64, Status>) -> Self {
        let all = || statuses.values().flat_map(|status| status.ids.iter().copied());
        let restarted = all().any(|(id, time)| held.mtimes.get(&id).is_some_and(|&known| time < known));
        let forced: HashSet<u64> = collect(statuses, |status| &status.force_push);
        let ignored: HashSet<u64> = collect(statuses, |status| &status.ignore_ids);
        let mut states = BTreeMap::new();
        for (id, time) in all() {
            let needed = restarted
                || forced.contains(&id)
                || match held.mtimes.get(&id) {
                    _ if held.without_state.get(&id) == Some(&time) => false,
                    None => true,
                    Some(_) if ignored.contains(&id) => false,
                    Some(&known) => known < time,
                };
            if needed {
                states.insert(id, time);
            }
        }
        let mut blobs: Vec<Arc<str>> = statuses
            .values()
            .flat_map(|status| &status.hashes)
            .filter(|hash| held.scene.blob(hash).is_none())
            .cloned()
            .collect();
        blobs.sort_unstable();
        blobs.dedup();
        Self { states, blobs }
    }
}

fn collect(statuses: &BTreeMap<u64, Status>, ids: impl Fn(&Status) -> &Vec<u64>) -> HashSet<u64> {
    statuses.values().flat_map(|status| ids(status).iter().copied()).collect()
}
