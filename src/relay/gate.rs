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
/// What a call that does something is expected to bring at most, however much others of its kind brought.
const MOST_OF_ACT: u64 = LARGEST / 16;
/// Answers that one client may be owed.
const MOST_OWED: usize = 4096;
/// What an answer is expected to be before there was one of its kind.
const UNKNOWN: u64 = 256 << 10;
/// Kinds that sizes are remembered for.
const MOST_KINDS: usize = 1024;

/// Bytes of answers that a client is owed, as far as one knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Due {
    /// To calls that only read.
    reads: u64,
    /// To calls that do something. When they are answered is not the server's doing alone: one may go on until
    /// another one stops it.
    acts: u64,
}

impl Due {
    /// Before the answer has begun; gives what is expected.
    pub(super) fn expect(&mut self, is_act: bool, expected: u64) -> u64 {
        let expected = if is_act { expected.min(MOST_OF_ACT) } else { expected };
        self.add(is_act, expected);
        expected
    }

    pub(super) fn add(&mut self, is_act: bool, bytes: u64) {
        let sum = self.of(is_act);
        *sum = sum.saturating_add(bytes);
    }

    pub(super) fn remove(&mut self, is_act: bool, bytes: u64) {
        let sum = self.of(is_act);
        *sum = sum.saturating_sub(bytes);
    }

    fn of(&mut self, is_act: bool) -> &mut u64 {
        if is_act { &mut self.acts } else { &mut self.reads }
    }
}

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

    /// Whether another request may go on; `is_act` where it does not only read.
    pub(super) fn is_open(&mut self, queued: u64, due: Due, answers: usize, is_act: bool) -> bool {
        if self.behind.is_some_and(|since| since.elapsed() > PATIENCE) {
            self.window = (self.window / 2).max(SMALLEST);
            self.behind = Some(Instant::now());
        }
        if answers >= MOST_OWED {
            return false;
        }
        // It may be what the server waits for before it answers others: only the client can be too slow for it.
        if is_act && queued < BEHIND / 2 && due.acts <= LARGEST {
            return true;
        }
        // What does something may be answered much later, and must not keep the client from looking meanwhile.
        let owed = due.reads.saturating_add(if is_act { due.acts } else { 0 });
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
        let reads = |reads| Due { reads, acts: 0 };
        let is_open = |gate: &mut Gate, queued, owed, answers| gate.is_open(queued, reads(owed), answers, false);
        assert!(is_open(&mut gate, 0, 1 << 20, 3) && !is_open(&mut gate, 0, 2 << 20, 3), "nobody knows the client yet");
        gate.sent(31 << 20);
        assert!(is_open(&mut gate, 0, 20 << 20, 3), "the server is slow, not the client");
        assert!(!is_open(&mut gate, 0, 33 << 20, 3), "but not without end");
        assert!(is_open(&mut gate, 0, 33 << 20, 1), "one ahead, if it keeps up");
        assert!(!is_open(&mut gate, 13 << 20, 33 << 20, 1));
        gate.note(40 << 20);
        std::thread::sleep(PATIENCE * 2);
        for _ in 0..8 {
            assert!(!is_open(&mut gate, 40 << 20, 0, 0));
            gate.behind = Some(Instant::now() - PATIENCE * 2);
        }
        assert!(!is_open(&mut gate, 2 << 20, 0, 0));
        assert!(is_open(&mut gate, 1 << 19, 1 << 18, 0) && !is_open(&mut gate, 0, 0, MOST_OWED));
    }

    #[test]
    fn what_does_something_waits_for_the_client_only() {
        let (mut gate, mut due) = (Gate::new(), Due::default());
        for _ in 0..15 {
            due.expect(true, 60 << 20);
        }
        due.add(false, 4 << 20);
        assert!(gate.is_open(0, due, 20, true), "others have no answer yet");
        assert!(!gate.is_open(1 << 20, due, 20, true), "the client does not keep up");
        assert!(!gate.is_open(0, due, 20, false), "reads wait for reads");
        due.remove(false, 4 << 20);
        assert!(gate.is_open(0, due, 20, false), "but not for others");
        for _ in 0..10 {
            due.expect(true, 60 << 20);
        }
        assert!(!gate.is_open(0, due, 20, true), "not without end");
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
