//! One update: status, plan, states, blobs, apply.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::try_join_all;

use super::fetch::{BLOBS_PER_BATCH, Done, Job, Pipeline, SMALL_BLOB, STATES_PER_BATCH, VerifiedBlob, verified};
use super::{Batch, FetchError, Fetchers, Held, Inner, Plan, Staged, lock};
use crate::protocol::vtklocal::status::Status;
use crate::protocol::{BlobStore, Loss, Progress, Update};
use crate::scene::{Dialect, ObjectId, Root, Scene, State};

use super::super::dialect::{VTK, check, is_registered};

/// Why an update did not come to its end.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SessionError {
    /// Something could not be fetched.
    #[error("{0}")]
    Fetch(#[from] FetchError),
    /// A blob could not be put where it should go.
    #[error("cannot keep a blob: {0}")]
    Store(Arc<std::io::Error>),
}

/// What a state is expected to weigh before the first ones have come.
const TYPICAL_STATE: u64 = 450;
/// What a blob is expected to weigh whose array does not tell.
const TYPICAL_BLOB: u64 = 64 << 10;

pub(super) async fn run(inner: &Arc<Inner>, roots: &[u64]) -> Result<Update, SessionError> {
    let start = Instant::now();
    let mut running = Running {
        fetchers: Arc::clone(&lock(&inner.fetchers)),
        verify: inner.verify.load(Ordering::Relaxed),
        inner: Arc::clone(inner),
        progress: Progress { active: true, ..Progress::default() },
        update: Update::default(),
        unreadable: BTreeMap::new(),
    };
    let outcome = running.all(roots, start).await;
    running.progress.active = false;
    running.tell();
    outcome.map(|()| running.update)
}

struct Running {
    fetchers: Arc<Fetchers>,
    inner: Arc<Inner>,
    verify: bool,
    progress: Progress,
    update: Update,
    /// States that came and could not be read, with the reason.
    unreadable: BTreeMap<u64, String>,
}

impl Running {
    async fn all(&mut self, roots: &[u64], start: Instant) -> Result<(), SessionError> {
        let mut statuses = self.statuses(roots).await?;
        self.update.status_time = start.elapsed();
        self.update.waiting = self.update.status_time;
        let mut plan = self.plan(&statuses);
        self.resume(&statuses);
        let states_start = Instant::now();
        let skipped = self.states(&plan, true).await?;
        if !skipped.is_empty() {
            // The scene moved on between the status and the states: ask once more what there is.
            statuses = self.statuses(roots).await?;
            plan = self.plan(&statuses);
            self.keep_staged(&plan, &statuses);
            let again = self.states(&plan, true).await?;
            let alone = Plan {
                states: plan.states.iter().filter(|(id, _)| again.contains(id)).map(|(&id, &t)| (id, t)).collect(),
                ..Plan::default()
            };
            self.states(&alone, false).await?;
        }
        self.update.states_time = states_start.elapsed();
        let blobs_start = Instant::now();
        self.blobs(&plan, &statuses).await?;
        self.update.blobs_time = blobs_start.elapsed();
        self.apply(&plan, statuses);
        Ok(())
    }

    async fn statuses(&mut self, roots: &[u64]) -> Result<BTreeMap<u64, Status>, FetchError> {
        self.update.requests += roots.len() as u64;
        let asked = roots.iter().map(|&root| {
            let status = self.fetchers.status(root);
            async move { status.await.map(|status| (root, status)) }
        });
        Ok(try_join_all(asked).await?.into_iter().collect())
    }

    fn plan(&self, statuses: &BTreeMap<u64, Status>) -> Plan {
        Plan::new(&lock(&self.inner.held), statuses)
    }

    /// Goes on with the states of an update that broke off, if nothing has changed since.
    fn resume(&mut self, statuses: &BTreeMap<u64, Status>) {
        let mut held = lock(&self.inner.held);
        if held.staged.statuses != *statuses {
            held.staged = Staged { statuses: statuses.clone(), ..Staged::default() };
        }
    }

    /// After a second status: keeps the states that are still wanted and still as new.
    fn keep_staged(&mut self, plan: &Plan, statuses: &BTreeMap<u64, Status>) {
        let mut held = lock(&self.inner.held);
        held.staged.statuses = statuses.clone();
        held.staged.states.retain(|id, state| plan.states.get(id).is_some_and(|&time| state.0 >= time));
    }

    /// Fetches the plan's states that are not staged yet. Gives the ids that a batch skipped; one by one
    /// (`in_batches` false) nothing is skipped: what is not there has no state.
    async fn states(&mut self, plan: &Plan, in_batches: bool) -> Result<BTreeSet<u64>, SessionError> {
        let wanted: Vec<u64> = {
            let held = lock(&self.inner.held);
            plan.states.keys().copied().filter(|id| !held.staged.states.contains_key(id)).collect()
        };
        self.progress.state.total = self.progress.state.current + wanted.len() as u64;
        self.progress.blob.total = plan.blobs.len() as u64;
        self.tell();
        let mut pipeline = Pipeline::new(Arc::clone(&self.fetchers), self.verify);
        if in_batches && self.fetchers.has_batch() {
            for ids in wanted.chunks(STATES_PER_BATCH) {
                self.push_states(&mut pipeline, ids.to_vec());
            }
        } else {
            self.push_single_states(&mut pipeline, &wanted);
        }
        let mut skipped = BTreeSet::new();
        while let Some(done) = pipeline.next(&mut self.update.waiting).await {
            match done {
                Done::State(id, answer) => self.single_state(id, answer)?,
                Done::Batch(ids, _, Ok(batch)) if batch.skip => skipped.extend(ids),
                Done::Batch(ids, _, Ok(batch)) => self.state_batch(&ids, batch, &mut pipeline),
                Done::Batch(ids, _, Err(FetchError::Unsupported(_))) => self.push_single_states(&mut pipeline, &ids),
                // Up to VTK 9.6 a missing state makes the server's handler fail instead of skip.
                Done::Batch(ids, _, Err(FetchError::Refused(_))) => skipped.extend(ids),
                // An answer that cannot be read may still hold states that can, one by one.
                Done::Batch(ids, _, Err(FetchError::Invalid(_))) => self.push_single_states(&mut pipeline, &ids),
                Done::Batch(_, _, Err(error)) => return Err(error.into()),
                Done::Blob(..) => {}
            }
        }
        Ok(skipped)
    }

    fn push_states(&mut self, pipeline: &mut Pipeline, ids: Vec<u64>) {
        self.update.requests += 1;
        let cost = ids.len() as u64 * TYPICAL_STATE;
        pipeline.push(Job::Batch(ids, Vec::new()), cost);
    }

    fn push_single_states(&mut self, pipeline: &mut Pipeline, ids: &[u64]) {
        self.update.requests += ids.len() as u64;
        ids.iter().for_each(|&id| pipeline.push(Job::State(id), TYPICAL_STATE));
    }

    fn state_batch(&mut self, ids: &[u64], batch: Batch, pipeline: &mut Pipeline) {
        let mut unread = Vec::new();
        for (k, &id) in ids.iter().enumerate() {
            match batch.states.get(k) {
                Some(Some(text)) if self.stage(id, text.clone()).is_ok() => self.progress.state.current += 1,
                _ => unread.push(id),
            }
        }
        // What is put off must become less, or it is asked for one by one: nobody may keep us asking.
        if let Some((mut states, _)) = batch.next.filter(|(states, _)| states.len() < ids.len()) {
            states.retain(|id| unread.contains(id));
            unread.retain(|id| !states.contains(id));
            if !states.is_empty() {
                self.push_states(pipeline, states);
            }
        }
        self.push_single_states(pipeline, &unread);
        self.tell();
    }

    fn single_state(&mut self, id: u64, answer: Result<Bytes, FetchError>) -> Result<(), SessionError> {
        match answer {
            Ok(text) if text.is_empty() || text.as_ref() == b"null" => {}
            Ok(text) => {
                if let Err(reason) = self.stage(id, text) {
                    self.unreadable.insert(id, reason);
                }
            }
            Err(FetchError::Refused(reason) | FetchError::Unsupported(reason) | FetchError::Invalid(reason)) => {
                self.unreadable.insert(id, reason);
            }
            Err(error) => return Err(error.into()),
        }
        self.progress.state.current += 1;
        self.tell();
        Ok(())
    }

    /// Keeps a state that came, if it is one.
    fn stage(&mut self, id: u64, text: Bytes) -> Result<(), String> {
        let state = State::new(text).map_err(|error| error.to_string())?;
        let mtime = check(&state)?;
        self.update.fetched_states += 1;
        let mut held = lock(&self.inner.held);
        if is_registered(&state) {
            held.registered.insert(id);
        }
        held.staged.states.insert(id, (mtime, state));
        Ok(())
    }

    async fn blobs(&mut self, plan: &Plan, statuses: &BTreeMap<u64, Status>) -> Result<(), SessionError> {
        let store = Arc::clone(&lock(&self.inner.store));
        let sizes = lock(&self.inner.held).expected_sizes();
        if store.plans() {
            let scene = lock(&self.inner.held).candidate(statuses);
            let all: BTreeSet<&Arc<str>> = statuses.values().flat_map(|status| &status.hashes).collect();
            let all: Vec<(Arc<str>, Option<u64>)> =
                all.into_iter().map(|hash| (Arc::clone(hash), sizes.get(hash).copied())).collect();
            store.expect(&scene, &all).map_err(|error| SessionError::Store(Arc::new(error)))?;
        }

        let mut wanted: Vec<(Arc<str>, Option<u64>)> = Vec::new();
        for hash in &plan.blobs {
            let expected = sizes.get(hash).copied();
            match store.have(hash, expected) {
                Some(blob) => {
                    self.update.reused_blobs += 1;
                    lock(&self.inner.held).scene.insert_blob(Arc::clone(hash), blob);
                }
                None => wanted.push((Arc::clone(hash), expected)),
            }
        }
        // Largest first: what must still be done when the last one has come is then little.
        wanted.sort_by_key(|(hash, size)| (std::cmp::Reverse(size.unwrap_or(u64::MAX)), Arc::clone(hash)));
        self.progress.blob.total = wanted.len() as u64;
        self.progress.bytes.total = wanted.iter().filter_map(|(_, size)| *size).sum();
        self.tell();

        let mut pipeline = Pipeline::new(Arc::clone(&self.fetchers), self.verify);
        let is_small = |size: &Option<u64>| size.is_some_and(|size| size <= SMALL_BLOB);
        let batched = self.fetchers.has_batch();
        let first_small = if batched { wanted.partition_point(|(_, size)| !is_small(size)) } else { wanted.len() };
        let (large, small) = wanted.split_at(first_small);
        for (hash, size) in large {
            self.push_blob(&mut pipeline, hash, *size);
        }
        for group in small.chunks(BLOBS_PER_BATCH) {
            let hashes = group.iter().map(|(hash, _)| Arc::clone(hash)).collect();
            self.push_blob_batch(&mut pipeline, hashes, &sizes);
        }
        while let Some(done) = pipeline.next(&mut self.update.waiting).await {
            match done {
                Done::Blob(hash, Ok(blob)) => self.blob(&*store, &hash, blob, &sizes).await?,
                Done::Blob(hash, Err(FetchError::Refused(reason) | FetchError::Invalid(reason))) => {
                    self.lose(Loss::BlobMissing { hash, reason: Some(reason) });
                }
                Done::Blob(_, Err(error)) => return Err(error.into()),
                Done::Batch(_, hashes, Ok(mut batch)) => {
                    let next = batch.next.take().map(|(_, next)| next).unwrap_or_default();
                    let mut came: HashMap<Arc<str>, Vec<Bytes>> = batch.blobs.into_iter().collect();
                    for hash in hashes.iter().filter(|hash| !next.contains(hash)) {
                        match came.remove(hash) {
                            Some(parts) => {
                                let blob = verified(hash, parts.into(), self.verify).await;
                                self.blob(&*store, hash, blob, &sizes).await?;
                            }
                            // A batch that skips sends no blobs either: each is asked for by itself.
                            None => self.push_blob(&mut pipeline, hash, sizes.get(hash).copied()),
                        }
                    }
                    if !next.is_empty() && next.len() < hashes.len() {
                        self.push_blob_batch(&mut pipeline, next, &sizes);
                    } else {
                        for hash in next.iter().filter(|hash| hashes.contains(hash)) {
                            self.push_blob(&mut pipeline, hash, sizes.get(hash).copied());
                        }
                    }
                }
                Done::Batch(
                    _,
                    _,
                    Err(error @ (FetchError::Lost(_) | FetchError::Broken(_) | FetchError::TooLarge(_))),
                ) => {
                    return Err(error.into());
                }
                Done::Batch(_, hashes, Err(_)) => {
                    for hash in &hashes {
                        self.push_blob(&mut pipeline, hash, sizes.get(hash).copied());
                    }
                }
                Done::State(..) => {}
            }
        }
        Ok(())
    }

    fn push_blob(&mut self, pipeline: &mut Pipeline, hash: &Arc<str>, size: Option<u64>) {
        self.update.requests += 1;
        pipeline.push(Job::Blob(Arc::clone(hash)), size.unwrap_or(TYPICAL_BLOB));
    }

    fn push_blob_batch(&mut self, pipeline: &mut Pipeline, hashes: Vec<Arc<str>>, sizes: &HashMap<Arc<str>, u64>) {
        self.update.requests += 1;
        let cost = hashes.iter().map(|hash| sizes.get(hash).copied().unwrap_or(TYPICAL_BLOB)).sum();
        pipeline.push(Job::Batch(Vec::new(), hashes), cost);
    }

    async fn blob(
        &mut self,
        store: &dyn BlobStore,
        hash: &Arc<str>,
        fetched: VerifiedBlob,
        sizes: &HashMap<Arc<str>, u64>,
    ) -> Result<(), SessionError> {
        let len = fetched.parts.iter().map(|part| part.len() as u64).sum();
        let expected = sizes.get(hash).copied();
        if len == 0 && expected != Some(0) {
            // The server answers an unknown name with no bytes and no error.
            self.lose(Loss::BlobMissing { hash: Arc::clone(hash), reason: None });
            return Ok(());
        }
        if let Some(expected) = expected.filter(|expected| *expected != len) {
            self.update.losses.push(Loss::BlobSize { hash: Arc::clone(hash), expected, len });
        }
        if fetched.verified == Some(false) {
            self.update.losses.push(Loss::BlobContent { hash: Arc::clone(hash) });
        }
        let put = store.put(Arc::clone(hash), fetched.parts).await;
        let blob = put.map_err(|error| SessionError::Store(Arc::new(error)))?;
        lock(&self.inner.held).scene.insert_blob(Arc::clone(hash), blob);
        self.update.fetched_blobs += 1;
        self.update.fetched_bytes += len;
        self.progress.bytes.current += len;
        self.progress.bytes.total = self.progress.bytes.total.max(self.progress.bytes.current);
        self.progress.blob.current += 1;
        self.tell();
        Ok(())
    }

    fn lose(&mut self, loss: Loss) {
        self.update.losses.push(loss);
        self.progress.blob.current += 1;
        self.tell();
    }

    /// Makes what was fetched the session's scene, and frees what nobody reaches any more.
    fn apply(&mut self, plan: &Plan, statuses: BTreeMap<u64, Status>) {
        let mut guard = lock(&self.inner.held);
        let held = &mut *guard;
        let staged = std::mem::take(&mut held.staged);
        for (&id, &time) in plan.states.iter().filter(|(id, _)| !staged.states.contains_key(id)) {
            held.without_state.insert(id, time);
        }
        for (id, (mtime, state)) in staged.states {
            held.mtimes.insert(id, mtime);
            held.without_state.remove(&id);
            let key = ObjectId::Number(id);
            if held.scene.state(&key) != Some(&state) {
                self.update.changed.push(key.clone());
                held.scene.insert(key, state);
            }
        }
        held.statuses.extend(statuses);
        let reached = reached(held.statuses.values());
        let gone = unreached(&held.scene, &reached);
        gone.iter().for_each(|id| drop(held.scene.remove(id)));
        self.update.removed = gone;
        held.mtimes.retain(|id, _| reached.binary_search(id).is_ok());
        held.without_state.retain(|id, _| reached.binary_search(id).is_ok());
        held.registered.retain(|id| reached.binary_search(id).is_ok());
        for &id in held.without_state.keys() {
            let reason = self.unreadable.remove(&id);
            self.update.losses.push(Loss::NoState { id: ObjectId::Number(id), reason });
        }
        held.free_blobs();
    }

    fn tell(&self) {
        self.inner.listeners.tell(self.progress);
    }
}

impl Held {
    /// The scene as it will be when the blobs are here.
    pub(super) fn candidate(&self, statuses: &BTreeMap<u64, Status>) -> Scene {
        let mut scene = self.scene.clone();
        for (&id, (_, state)) in &self.staged.states {
            scene.insert(ObjectId::Number(id), state.clone());
        }
        let others = self.statuses.iter().filter(|(root, _)| !statuses.contains_key(root));
        let all: BTreeMap<u64, &Status> = others.chain(statuses).map(|(&root, status)| (root, status)).collect();
        let reached = reached(all.values().copied());
        unreached(&scene, &reached).iter().for_each(|id| drop(scene.remove(id)));
        self.describe(&mut scene, all.keys().copied());
        scene
    }

    /// How many bytes each blob must have, as far as the arrays that use it tell.
    fn expected_sizes(&self) -> HashMap<Arc<str>, u64> {
        let here = self.scene.objects().map(|(_, state)| state);
        let states = here.chain(self.staged.states.values().map(|(_, state)| state));
        let uses = states.filter_map(|state| VTK.blob_use(state));
        uses.filter_map(|found| Some((Arc::from(found.hash.as_ref()), found.expected_bytes()?))).collect()
    }

    /// Roots with their names, and ids without a state.
    pub(super) fn describe(&self, scene: &mut Scene, windows: impl Iterator<Item = u64>) {
        let name = |id: &ObjectId| self.scene.roots.iter().find(|root| root.id == *id)?.name.clone();
        let mut roots: Vec<ObjectId> = windows.map(ObjectId::Number).collect();
        // Widgets are registered beside the windows; VTK marks whatever was.
        let registered = self.registered.iter().map(|&id| ObjectId::Number(id));
        let widgets: Vec<ObjectId> = registered.filter(|id| !roots.contains(id) && scene.state(id).is_some()).collect();
        roots.extend(widgets);
        scene.roots = roots.into_iter().map(|id| Root { name: name(&id), id }).collect();
        scene.without_state = self.without_state.keys().map(|&id| ObjectId::Number(id)).collect();
    }

    /// Frees the blobs that were not used for longest until those that no window uses fit the cache.
    fn free_blobs(&mut self) {
        self.clock += 1;
        for hash in self.statuses.values().flat_map(|status| &status.hashes) {
            self.used.insert(Arc::clone(hash), self.clock);
        }
        let mut idle: Vec<(u64, Arc<str>, u64)> = self
            .scene
            .blobs()
            .map(|(hash, blob)| (self.used.get(hash).copied().unwrap_or_default(), Arc::clone(hash), blob.len()))
            .filter(|(used, _, _)| *used < self.clock)
            .collect();
        idle.sort_unstable();
        let mut bytes: u64 = idle.iter().map(|(_, _, len)| len).sum();
        for (_, hash, len) in idle {
            if bytes <= self.cache {
                break;
            }
            bytes -= len;
            self.scene.remove_blob(&hash);
            self.used.remove(&hash);
        }
    }
}

/// The objects that windows reach, sorted.
fn reached<'a>(statuses: impl Iterator<Item = &'a Status>) -> Vec<u64> {
    let mut reached: Vec<u64> = statuses.flat_map(|status| status.ids.iter().map(|(id, _)| *id)).collect();
    reached.sort_unstable();
    reached.dedup();
    reached
}

/// The objects that no window reaches any more.
fn unreached(scene: &Scene, reached: &[u64]) -> Vec<ObjectId> {
    let is_reached = |id: &ObjectId| id.number().is_some_and(|number| reached.binary_search(&number).is_ok());
    scene.objects().map(|(id, _)| id).filter(|id| !is_reached(id)).cloned().collect()
}
