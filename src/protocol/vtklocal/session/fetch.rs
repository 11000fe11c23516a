//! Fetching many things at a time: as many requests as the window has bytes for.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use super::super::hash::content_hash;
use super::{Batch, FetchError, FetchedBlob, Fetchers};

/// How many bytes of answers may be outstanding. By bytes and not by a count, so that a long round
/// trip costs one round trip; not more, so that the server can attend to others in between.
pub(super) const WINDOW: u64 = 32 << 20;

/// Requests that are under way whatever they weigh: while the last of one blob is verified and the next
/// arrives, the server must already have another to work on, or it idles for a round trip.
const ALWAYS: usize = 3;

/// States in one request for a batch: few enough that the server answers others in between.
pub(super) const STATES_PER_BATCH: usize = 256;

/// Blobs in one request for a batch, and how large one may be to go into one: small blobs cost the
/// server more by the request than by the byte.
pub(super) const BLOBS_PER_BATCH: usize = 64;
/// See [`BLOBS_PER_BATCH`].
pub(super) const SMALL_BLOB: u64 = 16 << 10;

/// A larger blob is verified on a thread that may block.
const VERIFY_INLINE: usize = 64 << 10;

/// One request.
#[derive(Debug)]
pub(super) enum Job {
    State(u64),
    Blob(Arc<str>),
    Batch(Vec<u64>, Vec<Arc<str>>),
}

/// One request and what came of it.
#[derive(Debug)]
pub(super) enum Done {
    State(u64, Result<Bytes, FetchError>),
    Blob(Arc<str>, Result<VerifiedBlob, FetchError>),
    Batch(Vec<u64>, Vec<Arc<str>>, Result<Batch, FetchError>),
}

#[derive(Debug)]
pub(super) struct VerifiedBlob {
    pub(super) parts: Vec<Bytes>,
    /// Whether the content hashes to the blob's name; `None` where the name is no such hash.
    pub(super) verified: Option<bool>,
}

/// Requests that wait, and requests that are under way.
pub(super) struct Pipeline {
    fetchers: Arc<Fetchers>,
    verify: bool,
    waiting: VecDeque<(Job, u64)>,
    running: FuturesUnordered<BoxFuture<'static, (Done, u64)>>,
    outstanding: u64,
}

impl Pipeline {
    pub(super) fn new(fetchers: Arc<Fetchers>, verify: bool) -> Self {
        Self { fetchers, verify, waiting: VecDeque::new(), running: FuturesUnordered::new(), outstanding: 0 }
    }

    /// Queues a request whose answer is expected to have so many bytes.
    pub(super) fn push(&mut self, job: Job, expected_bytes: u64) {
        /// What a request costs besides its answer.
        const OVERHEAD: u64 = 128;
        self.waiting.push_back((job, expected_bytes + OVERHEAD));
    }

    /// Sends what the window has room for and waits for the next answer; `None` when all are in. Adds
    /// the time in which there was nothing to do to `waiting`.
    pub(super) async fn next(&mut self, waiting: &mut Duration) -> Option<Done> {
        while let Some((_, cost)) = self.waiting.front()
            && (self.running.len() < ALWAYS || self.outstanding + cost <= WINDOW)
        {
            let Some((job, cost)) = self.waiting.pop_front() else { break };
            self.outstanding += cost;
            self.running.push(start(&self.fetchers, job, cost, self.verify));
        }
        let (start, mut busy) = (Instant::now(), Duration::ZERO);
        let next = poll_fn(|context| {
            let start = Instant::now();
            let polled = self.running.poll_next_unpin(context);
            busy += start.elapsed();
            polled
        });
        let (done, cost) = next.await?;
        *waiting += start.elapsed().saturating_sub(busy);
        self.outstanding = self.outstanding.saturating_sub(cost);
        Some(done)
    }
}

fn start(fetchers: &Arc<Fetchers>, job: Job, cost: u64, verify: bool) -> BoxFuture<'static, (Done, u64)> {
    match job {
        Job::State(id) => {
            let state = fetchers.state(id);
            Box::pin(async move { (Done::State(id, state.await), cost) })
        }
        Job::Blob(hash) => {
            let blob = fetchers.blob(Arc::clone(&hash));
            Box::pin(async move {
                let fetched = match blob.await {
                    Ok(blob) => Ok(verified(&hash, blob, verify).await),
                    Err(error) => Err(error),
                };
                (Done::Blob(hash, fetched), cost)
            })
        }
        Job::Batch(ids, hashes) => {
            let batch = fetchers.batch(ids.clone(), hashes.clone());
            Box::pin(async move {
                let answer = match batch {
                    Some(batch) => batch.await,
                    None => Err(FetchError::Unsupported(String::from("there is no batch fetcher"))),
                };
                (Done::Batch(ids, hashes, answer), cost)
            })
        }
    }
}

/// Compares a blob's content with its name, away from the tasks that serve the socket.
pub(super) async fn verified(hash: &str, fetched: FetchedBlob, verify: bool) -> VerifiedBlob {
    let FetchedBlob { parts, hash: known } = fetched;
    let Some(wanted) = hash.parse::<u64>().ok().filter(|_| verify) else {
        return VerifiedBlob { parts, verified: None };
    };
    let found = match known {
        Some(known) => Some(known),
        None if parts.iter().map(Bytes::len).sum::<usize>() <= VERIFY_INLINE => Some(content_hash(&parts)),
        None => {
            let pieces = parts.clone();
            tokio::task::spawn_blocking(move || content_hash(&pieces)).await.ok()
        }
    };
    VerifiedBlob { parts, verified: found.map(|found| found == wanted) }
}
