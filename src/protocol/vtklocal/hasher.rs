//! Hashing large blobs while they arrive, on a thread of its own.
//!
//! VTK's hash is a chain of four dependent operations a byte, so one blob is hashed at some 700 MB/s
//! however wide the processor is. Two things make that bearable: a blob is hashed slice by slice as it
//! comes, so that little is left to do at its end; and several blobs are hashed in lockstep, which
//! costs hardly more than one. The thread steps back where others want the processor: the task that
//! reads the socket, and the server, which is often on the same machine.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::hash::{fold, fold_four, fold_two, seed};

/// Slices that may wait. A blob that comes faster than that is hashed when it is whole.
const WAITING: usize = 1024;
/// So many bytes that wait are too many to let them wait.
const FAR_AHEAD: usize = 32 << 20;
/// Bytes that are hashed before new work is looked for.
const STRIDE: usize = 64 << 10;

/// A handle to the thread. It ends with the last handle.
#[derive(Clone, Debug)]
pub(super) struct Hasher {
    work: SyncSender<Work>,
}

/// A blob that is being hashed.
#[derive(Debug)]
pub(super) struct Stream {
    work: SyncSender<Work>,
    blob: u64,
    /// Bytes that are still to come; `None` when some could not be taken.
    left: Option<u64>,
}

#[derive(Debug)]
enum Work {
    Begin(u64, u64),
    Slice(u64, Bytes),
    End(u64, oneshot::Sender<u64>),
    GiveUp(u64),
}

struct Lane {
    blob: u64,
    seed: u64,
    slices: VecDeque<Bytes>,
    end: Option<oneshot::Sender<u64>>,
}

impl Hasher {
    pub(super) fn start() -> Self {
        let (work, waiting) = sync_channel(WAITING);
        std::thread::spawn(move || {
            crate::wire::step_back();
            run(&waiting);
        });
        Self { work }
    }

    /// Starts a blob of so many bytes; `None` where there is too much to do already.
    pub(super) fn begin(&self, blob: u64, len: u64) -> Option<Stream> {
        self.work.try_send(Work::Begin(blob, len)).ok()?;
        Some(Stream { work: self.work.clone(), blob, left: Some(len) })
    }
}

impl Stream {
    /// Takes the next slice. Never waits: what reads the socket must not.
    pub(super) fn slice(&mut self, slice: Bytes) {
        self.left = self.left.and_then(|left| left.checked_sub(slice.len() as u64));
        if self.left.is_some() && self.work.try_send(Work::Slice(self.blob, slice)).is_err() {
            self.left = None;
        }
    }

    /// The hash of all slices; `None` where some are missing.
    pub(super) async fn hash(self) -> Option<u64> {
        let (end, hash) = oneshot::channel();
        self.left.filter(|left| *left == 0)?;
        self.work.try_send(Work::End(self.blob, end)).ok()?;
        hash.await.ok()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // After an end this finds nothing to give up.
        let _ = self.work.try_send(Work::GiveUp(self.blob));
    }
}

fn run(waiting: &Receiver<Work>) {
    let mut lanes: Vec<Lane> = Vec::new();
    loop {
        let idle = !is_worth_a_stride(&lanes);
        let work = if idle { waiting.recv().map_err(|_| TryRecvError::Disconnected) } else { waiting.try_recv() };
        match work {
            Ok(work) => take(&mut lanes, work),
            Err(TryRecvError::Disconnected) => return,
            Err(_) => {
                stride(&mut lanes);
                // The task that reads the socket may be waiting for this very processor.
                std::thread::yield_now();
            }
        }
        lanes.retain_mut(|lane| {
            let done = lane.slices.is_empty() && lane.end.is_some();
            if let Some(end) = lane.end.take_if(|_| done) {
                let _ = end.send(lane.seed);
            }
            !done
        });
    }
}

/// While a blob rushes in, the processor is left to who reads it; servers pause between blobs. A blob that is
/// complete, or far ahead, must be hashed, and then the others go along.
fn is_worth_a_stride(lanes: &[Lane]) -> bool {
    let waits = |lane: &Lane| lane.end.is_some() && !lane.slices.is_empty();
    let queued: usize = lanes.iter().flat_map(|lane| &lane.slices).map(Bytes::len).sum();
    queued >= FAR_AHEAD || lanes.iter().any(waits)
}

fn take(lanes: &mut Vec<Lane>, work: Work) {
    let find = |lanes: &mut Vec<Lane>, blob| lanes.iter().position(|lane| lane.blob == blob);
    match work {
        Work::Begin(blob, len) => {
            lanes.push(Lane { blob, seed: seed(len), slices: VecDeque::new(), end: None });
        }
        Work::Slice(blob, slice) => {
            if let Some(lane) = find(lanes, blob).and_then(|at| lanes.get_mut(at)) {
                lane.slices.push_back(slice);
            }
        }
        Work::End(blob, end) => {
            if let Some(lane) = find(lanes, blob).and_then(|at| lanes.get_mut(at)) {
                lane.end = Some(end);
            }
        }
        Work::GiveUp(blob) => lanes.retain(|lane| lane.blob != blob),
    }
}

/// Hashes a stride of up to four blobs that have something to hash.
fn stride(lanes: &mut [Lane]) {
    static ZEROS: [u8; STRIDE] = [0; STRIDE];
    let mut busy: Vec<&mut Lane> = lanes.iter_mut().filter(|lane| !lane.slices.is_empty()).take(4).collect();
    let shortest = busy.iter().filter_map(|lane| lane.slices.front()).map(Bytes::len).min().unwrap_or_default();
    let len = shortest.min(STRIDE);
    let blocks: Vec<Bytes> = busy.iter_mut().map(|lane| lane.take_block(len)).collect();
    let seeds: Vec<u64> = busy.iter().map(|lane| lane.seed).collect();
    let hashed = match (seeds.as_slice(), blocks.as_slice()) {
        ([a], [x]) => vec![fold(*a, x)],
        ([a, b], [x, y]) => fold_two([*a, *b], [x, y]).to_vec(),
        ([a, b, c], [x, y, z]) => fold_four([*a, *b, *c, 0], [x, y, z, &ZEROS]).to_vec(),
        ([a, b, c, d], [x, y, z, w]) => fold_four([*a, *b, *c, *d], [x, y, z, w]).to_vec(),
        _ => Vec::new(),
    };
    busy.iter_mut().zip(hashed).for_each(|(lane, seed)| lane.seed = seed);
}

impl Lane {
    fn take_block(&mut self, len: usize) -> Bytes {
        let block = self.slices.front_mut().map(|slice| slice.split_to(len)).unwrap_or_default();
        if self.slices.front().is_some_and(Bytes::is_empty) {
            self.slices.pop_front();
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::content_hash;
    use super::*;

    #[tokio::test]
    async fn blobs_in_slices_and_side_by_side_have_their_own_hashes() {
        let hasher = Hasher::start();
        let blobs: Vec<Vec<Bytes>> = (0_u8..7)
            .map(|n| (0..=n).map(|k| Bytes::from(vec![n ^ k; 70_000 * usize::from(n) + 13])).collect())
            .collect();
        let mut streams: Vec<Stream> = blobs
            .iter()
            .zip(0..)
            .map(|(slices, id)| hasher.begin(id, slices.iter().map(|s| s.len() as u64).sum()).unwrap())
            .collect();
        for k in 0..7 {
            for (stream, slices) in streams.iter_mut().zip(&blobs) {
                if let Some(slice) = slices.get(k) {
                    stream.slice(slice.clone());
                }
            }
        }
        for (stream, slices) in streams.into_iter().zip(&blobs) {
            assert_eq!(stream.hash().await, Some(content_hash(slices)));
        }
    }
}
