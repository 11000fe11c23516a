//! Between whoever hears something and the thread that writes it: bounded by bytes, and never waited for by
//! those who read sockets.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::protocol::Traffic;

/// Bytes that may wait to be written.
const MOST: u64 = 512 << 20;
/// What an item costs besides its data.
const ITEM: u64 = 256;

/// While things go on, writing waits for a moment of calm: compressing takes a processor from those who hydrate.
const CALM: Duration = Duration::from_millis(30);
/// It does not wait longer than this.
const LATEST: Duration = Duration::from_millis(800);
/// Nor while more than this waits.
const CROWD: u64 = MOST / 16 * 7;

/// What waits to be written.
pub(super) struct Queue {
    inner: Mutex<Inner>,
    filled: Condvar,
    drained: Condvar,
    room: Notify,
}

#[derive(Default)]
struct Inner {
    items: VecDeque<(Traffic, u64)>,
    bytes: u64,
    /// When the last item came, and when the first of those that wait did.
    last: Option<Instant>,
    first: Option<Instant>,
    /// No more comes.
    finished: bool,
    /// Nobody writes any more.
    abandoned: bool,
}

impl Inner {
    /// True while more comes all the time, and there is room for it.
    fn is_busy(&self) -> bool {
        let is_new = self.last.is_some_and(|last| last.elapsed() < CALM);
        let is_waiting = self.first.is_some_and(|first| first.elapsed() < LATEST);
        is_new && is_waiting && !self.finished && self.bytes < CROWD
    }
}

/// What the writing thread is to do next.
pub(super) enum Next {
    Write(Traffic),
    /// Nothing came for a while.
    Idle,
    Finish,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self { inner: Mutex::default(), filled: Condvar::new(), drained: Condvar::new(), room: Notify::new() }
    }

    /// Adds something without waiting; false where there is no room for it.
    pub(super) fn push(&self, traffic: Traffic, data: usize) -> bool {
        let mut inner = self.lock();
        let cost = data as u64 + ITEM;
        if inner.abandoned || inner.finished {
            return true; // why it ended is known elsewhere
        }
        if inner.bytes + cost > MOST && !inner.items.is_empty() {
            return false;
        }
        let now = Instant::now();
        inner.last = Some(now);
        inner.first.get_or_insert(now);
        inner.bytes += cost;
        inner.items.push_back((traffic, cost));
        drop(inner);
        self.filled.notify_one();
        true
    }

    /// Adds something as soon as there is room: for those who have the time.
    pub(super) fn push_waiting(&self, traffic: Traffic, data: usize) {
        let mut inner = self.lock();
        let cost = data as u64 + ITEM;
        while inner.bytes + cost > MOST / 8 && !inner.items.is_empty() && !inner.abandoned {
            inner = self.drained.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        drop(inner);
        self.push(traffic, data);
    }

    /// Takes the next item, waiting for it at most so long.
    pub(super) fn next(&self, patience: Duration) -> Next {
        let mut inner = self.lock();
        while inner.is_busy() {
            drop(inner);
            std::thread::sleep(CALM);
            inner = self.lock();
        }
        if inner.items.is_empty() && !inner.finished {
            inner = self.filled.wait_timeout(inner, patience).unwrap_or_else(PoisonError::into_inner).0;
        }
        match inner.items.pop_front() {
            Some((traffic, cost)) => {
                inner.bytes -= cost;
                if inner.items.is_empty() {
                    inner.first = None;
                }
                let half = inner.bytes < MOST / 2;
                drop(inner);
                self.drained.notify_one();
                if half {
                    self.room.notify_waiters();
                }
                Next::Write(traffic)
            }
            None if inner.finished => Next::Finish,
            None => Next::Idle,
        }
    }

    /// Waits until less than half of what may wait does.
    pub(super) async fn room(&self) {
        loop {
            let woken = self.room.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            {
                let inner = self.lock();
                if inner.bytes < MOST / 2 || inner.abandoned {
                    return;
                }
            }
            woken.await;
        }
    }

    /// No more comes.
    pub(super) fn finish(&self) {
        self.lock().finished = true;
        self.filled.notify_all();
    }

    /// Nobody writes any more: what waits is let go, and nobody waits for room.
    pub(super) fn abandon(&self) {
        let mut inner = self.lock();
        inner.abandoned = true;
        inner.items.clear();
        inner.bytes = 0;
        drop(inner);
        self.drained.notify_all();
        self.room.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
