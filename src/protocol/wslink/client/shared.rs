//! What the two tasks of a connection and its callers share.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, broadcast, oneshot};

use super::super::message::{Incoming, Payload};
use super::{CallError, Closed, Published, SliceSink};

/// Published messages that a slow listener may be behind before it misses some.
const PUBLISHED: usize = 256;

pub(super) struct Shared {
    pub(super) pending: Mutex<HashMap<String, Pending>>,
    pub(super) closed: Mutex<Option<Closed>>,
    pub(super) ended: Notify,
    pub(super) published: broadcast::Sender<Published>,
    pub(super) received: Arc<AtomicU64>,
}

/// A call that the server owes an answer to.
pub(super) struct Pending {
    pub(super) reply: oneshot::Sender<Result<Payload, CallError>>,
    pub(super) sink: Option<Box<dyn SliceSink>>,
}

/// Takes a call off the list of those that wait, however it ends.
pub(super) struct Owed<'a> {
    pub(super) shared: &'a Shared,
    pub(super) id: &'a str,
}

impl Drop for Owed<'_> {
    fn drop(&mut self) {
        lock(&self.shared.pending).remove(self.id);
    }
}

impl Shared {
    pub(super) fn new(received: Arc<AtomicU64>) -> Self {
        Self {
            pending: Mutex::default(),
            closed: Mutex::default(),
            ended: Notify::new(),
            published: broadcast::channel(PUBLISHED).0,
            received,
        }
    }

    /// Ends the connection for everybody who waits for something.
    pub(super) fn end(&self, reason: Closed) {
        lock(&self.closed).get_or_insert(reason);
        lock(&self.pending).clear();
        self.ended.notify_waiters();
    }

    /// Why the connection ended, if it did.
    pub(super) fn closed(&self) -> Option<Closed> {
        lock(&self.closed).clone()
    }

    pub(super) fn reason(&self) -> Closed {
        lock(&self.closed).clone().unwrap_or(Closed::ByUs)
    }

    pub(super) fn deliver(&self, incoming: Incoming) {
        match incoming {
            Incoming::Reply { id, outcome } => {
                let waiting = lock(&self.pending).remove(&id);
                if let Some(waiting) = waiting {
                    let outcome = outcome.map_err(|error| CallError::Refused { method: String::new(), error });
                    let _ = waiting.reply.send(outcome);
                }
            }
            Incoming::Publish { topic, data } => {
                let _ = self.published.send(Published { topic, data });
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
