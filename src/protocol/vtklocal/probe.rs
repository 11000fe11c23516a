//! What only a live server shows: what it sends again and again, makes anew, and keeps for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::doctor::codes::{MADE_ANEW, NEVER_SETTLES, STILL_SERVED};
use super::rpc;
use crate::analysis::doctor::Draft;
use crate::protocol::wslink::client::{CallError, Client};
use crate::scene::{ObjectId, Scene};

/// Blobs that are asked for again; more tell nothing new.
const ASKED: usize = 64;
/// Names that are remembered. A server that changes for hours has more.
const REMEMBERED: usize = 100_000;

/// What the statuses of a server said, one after another.
#[derive(Default)]
pub(super) struct Probe {
    /// Updates that were announced.
    pub(super) updates: u64,
    seen: BTreeSet<Arc<str>>,
    now: BTreeSet<Arc<str>>,
    /// Number of objects and highest id, at first and now.
    first: Option<(usize, u64)>,
    last: (usize, u64),
    mtimes: BTreeMap<u64, u64>,
}

impl Probe {
    /// Asks for the status of each window.
    pub(super) async fn look(&mut self, client: &Client, windows: &[u64]) -> Result<(), CallError> {
        self.now.clear();
        self.mtimes.clear();
        for &window in windows {
            let status = rpc::get_status(client, window).await?;
            self.now.extend(status.hashes);
            self.mtimes.extend(status.ids);
        }
        if self.seen.len() < REMEMBERED {
            self.seen.extend(self.now.iter().cloned());
        }
        self.last = (self.mtimes.len(), self.mtimes.keys().next_back().copied().unwrap_or_default());
        self.first.get_or_insert(self.last);
        Ok(())
    }

    /// Objects whose status is newer than the state that the server has just sent.
    pub(super) fn unsettled(&self, scene: &Scene) -> BTreeSet<u64> {
        let is_behind = |(id, mtime): (&u64, &u64)| {
            let known = scene.head(&ObjectId::Number(*id)).and_then(|head| head.mtime);
            known.is_some_and(|known| known < *mtime).then_some(*id)
        };
        self.mtimes.iter().filter_map(is_behind).collect()
    }

    /// Objects that are sent again although nothing happened.
    pub(super) fn never_settles(scene: &Scene, unsettled: &BTreeSet<u64>) -> Option<Draft> {
        let ids: Vec<ObjectId> = unsettled.iter().copied().map(ObjectId::Number).collect();
        let first = ids.first()?;
        let bytes: usize = ids.iter().filter_map(|id| scene.state(id)).map(crate::scene::State::len).sum();
        let objects = if ids.len() == 1 { String::from("1 object is") } else { format!("{} objects are", ids.len()) };
        let text = format!(
            "{objects} newer in every status than in the state that follows ({} the first): {bytes} bytes are sent \
             again with every update, without a change",
            scene.describe(first)
        );
        Some(Draft::of(&NEVER_SETTLES, first, text))
    }

    /// Ids that climb, while there are no more objects than before.
    pub(super) fn made_anew(&self) -> Option<Draft> {
        let (before, lowest) = self.first?;
        let (after, highest) = self.last;
        let more = (highest.saturating_sub(lowest)).saturating_sub(after.saturating_sub(before) as u64);
        if self.updates < 2 || more < self.updates {
            return None;
        }
        let text = format!(
            "in {} updates the newest id rose from {lowest} to {highest} (about {} per update), and the objects in \
             use went from {before} to {after}",
            self.updates,
            more / self.updates
        );
        Some(Draft::of_scene(&MADE_ANEW, text))
    }

    /// Asks for blobs that no window uses any more.
    pub(super) async fn still_served(&self, client: &Client) -> Result<Option<Draft>, CallError> {
        let gone = self.seen.difference(&self.now).count() as u64;
        let asked: Vec<Arc<str>> = self.seen.difference(&self.now).take(ASKED).cloned().collect();
        let sizes = served(client, &asked).await?;
        let (asked, bytes) = (sizes.len() as u64, sizes.iter().sum::<u64>());
        let served = sizes.iter().filter(|size| **size > 0).count();
        if served == 0 {
            return Ok(None);
        }
        let each = (bytes / asked).saturating_mul(gone) / self.updates.max(1);
        let text = format!(
            "{served} of {asked} blobs that left the scene are still served: the server keeps about {each} bytes per \
             update",
        );
        Ok(Some(Draft::of_scene(&STILL_SERVED, text)))
    }
}

/// Asks for blobs, whether a window uses them or not, and says how many bytes came for each. trame-vtklocal 1.8.0
/// answers with nothing for a name that it does not know.
pub(super) async fn served(client: &Client, blobs: &[Arc<str>]) -> Result<Vec<u64>, CallError> {
    let mut sizes = Vec::new();
    for hash in blobs {
        let blob = rpc::get_hash(client, None, hash).await?;
        sizes.push(blob.parts.iter().map(|part| part.len() as u64).sum());
    }
    Ok(sizes)
}
