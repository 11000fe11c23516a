//! How much one client may ask for: never more than it takes in.
//!
//! What a server sends is always read, so that no client makes it wait. What bounds memory is therefore what is
//! asked: a request goes on only while what is queued for the client and what it is owed fit a window.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The window of a client that is slow, or not known yet.
const SMALLEST: u64 = 1 << 20;
/// The window of one that keeps up.
const LARGEST: u64 = 32 << 20;
/// A client is behind that has more than this queued …
const BEHIND: u64 = 1 << 20;
/// … for so long.
const PATIENCE: Duration = Duration::from_millis(250);
/// A client that takes in a large answer has some frames of it queued all the time.
const AHEAD: u64 = 12 << 20;
/// Answers that one client may be owed.
const MOST_OWED: usize = 4096;
/// What an answer is expected to be before there was one of its kind.
const UNKNOWN: u64 = 256 << 10;
/// Kinds that sizes are remembered for.
const MOST_KINDS: usize = 1024;

/// One client's window.
#[derive(Debug)]
pub(super) struct Gate {
    window: u64,
    behind: Option<Instant>,
    /// Bytes that the client took in since the window last grew.
    taken: u64,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { window: SMALLEST, behind: None, taken: 0 }
    }

    /// Takes note of how much is queued for the client.
    pub(super) fn note(&mut self, queued: u64) {
        if queued <= BEHIND {
            self.behind = None;
        } else if self.behind.is_none() {
            self.behind = Some(Instant::now());
        }
    }

    /// The client took in so many bytes.
    pub(super) fn sent(&mut self, bytes: u64) {
        self.taken = self.taken.saturating_add(bytes);
    }

    /// Whether another request may go on.
    pub(super) fn is_open(&mut self, queued: u64, owed: u64, answers: usize) -> bool {
        if self.behind.is_some_and(|since| since.elapsed() > PATIENCE) {
            self.window = (self.window / 2).max(SMALLEST);
            self.behind = Some(Instant::now());
        }
        if answers >= MOST_OWED {
            return false;
        }
        // Where it is the server that is awaited and not the client, and the client has shown that it takes in a
        // window full, the window was too small.
        while queued.saturating_add(owed) > self.window
            && queued < BEHIND / 2
            && self.window < LARGEST
            && self.taken >= self.window
        {
            self.taken -= self.window;
            self.window = (self.window * 2).min(LARGEST);
        }
        // However large answers are: while one is on its way to a client that keeps up, the server need not wait for the
        // next question.
        let is_ahead = self.window == LARGEST && answers < 2 && queued <= AHEAD;
        is_ahead || queued.saturating_add(owed) <= self.window
    }
}

/// How large answers are, by kind of call.
#[derive(Debug, Default)]
pub(super) struct Sizes(Mutex<HashMap<Arc<str>, u64>>);

impl Sizes {
    /// What the next answer of a kind will take.
    pub(super) fn expected(&self, kind: &str) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(kind).copied().unwrap_or(UNKNOWN)
    }

    /// An answer had this size. Larger ones count at once, smaller ones by and by.
    pub(super) fn learn(&self, kind: &Arc<str>, bytes: u64) {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mean) = sizes.get_mut(kind) {
            *mean = if bytes > *mean { mean.midpoint(bytes) } else { *mean - (*mean - bytes) / 8 };
        } else if sizes.len() < MOST_KINDS {
            sizes.insert(Arc::clone(kind), bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_keeps_up_may_ask_for_more_and_who_does_not_may_not() {
        let mut gate = Gate::new();
        assert!(gate.is_open(0, 1 << 20, 3) && !gate.is_open(0, 2 << 20, 3), "nobody knows the client yet");
        gate.sent(31 << 20);
        assert!(gate.is_open(0, 20 << 20, 3), "the server is slow, not the client");
        assert!(!gate.is_open(0, 33 << 20, 3), "but not without end");
        assert!(gate.is_open(0, 33 << 20, 1) && !gate.is_open(13 << 20, 33 << 20, 1), "one ahead, if it keeps up");
        gate.note(40 << 20);
        std::thread::sleep(PATIENCE * 2);
        for _ in 0..8 {
            assert!(!gate.is_open(40 << 20, 0, 0));
            gate.behind = Some(Instant::now() - PATIENCE * 2);
        }
        assert!(!gate.is_open(2 << 20, 0, 0));
        assert!(gate.is_open(1 << 19, 1 << 18, 0) && !gate.is_open(0, 0, MOST_OWED));
    }

    #[test]
    fn sizes_are_learnt() {
        let (sizes, kind) = (Sizes::default(), Arc::from("a"));
        assert_eq!(sizes.expected("a"), UNKNOWN);
        sizes.learn(&kind, 100);
        sizes.learn(&kind, 1100);
        assert_eq!(sizes.expected("a"), 600);
        sizes.learn(&kind, 0);
        assert_eq!(sizes.expected("a"), 525);
    }
}
