//! What is on its way between one client and the server: requests that wait, answers that are owed, what is queued.
//! No I/O and no waiting: [`super::link`] does that.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::Relay;
use super::gate::{Due, Gate};
use super::queue::{self, Queue};
use crate::protocol::relay::{Ask, Between, Part, ToClient, Whole};
use crate::protocol::{Dropped, WsMessage};

/// What may be queued beyond what was asked of the server: published messages, and the relay's own answers.
const MOST_UNASKED: u64 = 64 << 20;

/// Requests that may wait before a client is not read any longer …
const MOST_WAITING: usize = 64;
/// … and bytes of them.
const MOST_WAITING_BYTES: usize = 16 << 20;
/// Bytes of requests that may be without an answer: they are kept until there is one.
const MOST_ASKED_BYTES: u64 = 64 << 20;

/// See the module.
pub(super) struct Ledger {
    pub(super) between: Box<dyn Between>,
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) queue: Queue,
    gate: Gate,
    pub(super) owed: BTreeMap<u64, Owed>,
    due: Due,
    asked_bytes: u64,
    unasked: u64,
}

/// A client's message on its way to the server.
pub(super) enum Waiting {
    /// As it is.
    Pass(WsMessage),
    /// A call; `alone` when its answer must be this connection's own.
    Ask { ask: Ask, alone: bool },
}

/// An answer that a client waits for.
pub(super) struct Owed {
    pub(super) ask: Ask,
    /// Bytes that are still to come, as far as one knows.
    expected: u64,
    has_begun: bool,
    /// Others wait for the same answer under this number.
    pub(super) flight: Option<u64>,
    /// It was asked over this connection.
    pub(super) is_asked: bool,
}

impl Waiting {
    /// Bytes of it.
    fn len(&self) -> usize {
        match self {
            Self::Pass(message) => message.data.len(),
            Self::Ask { ask, .. } => ask.len(),
        }
    }
}

/// An answer for others, too.
pub(super) struct Landed {
    pub(super) flight: u64,
    pub(super) whole: Option<Arc<Whole>>,
}

impl Ledger {
    /// At the start of a connection.
    pub(super) fn new(between: Box<dyn Between>) -> Self {
        Self {
            between,
            waiting: VecDeque::new(),
            queue: Queue::default(),
            gate: Gate::new(),
            owed: BTreeMap::new(),
            due: Due::default(),
            asked_bytes: 0,
            unasked: 0,
        }
    }

    /// True while so much waits that the client is not to be read.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= MOST_WAITING || self.waiting.iter().map(Waiting::len).sum::<usize>() >= MOST_WAITING_BYTES
    }

    /// The next message for the server, when there is one and the client has room for its answer.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        let is_open = match self.waiting.front()? {
            Waiting::Pass(_) => true,
            Waiting::Ask { ask, .. } => {
                let asked = self.asked_bytes.saturating_add(ask.len() as u64);
                (asked <= MOST_ASKED_BYTES || self.owed.is_empty())
                    && self.gate.is_open(self.queue.bytes(), self.due, self.owed.len(), ask.has_effect)
            }
        };
        if is_open { self.waiting.pop_front() } else { None }
    }

    /// The client is owed an answer, of about so many bytes.
    pub(super) fn owe(&mut self, ask: Ask, expected: u64) {
        self.settle(ask.call);
        let expected = self.due.expect(ask.has_effect, expected);
        self.asked_bytes = self.asked_bytes.saturating_add(ask.len() as u64);
        self.owed.insert(ask.call, Owed { ask, expected, has_begun: false, flight: None, is_asked: true });
    }

    /// It is not owed any longer.
    pub(super) fn settle(&mut self, call: u64) -> Option<Owed> {
        let owed = self.owed.remove(&call)?;
        self.due.remove(owed.ask.has_effect, owed.expected);
        self.asked_bytes = self.asked_bytes.saturating_sub(owed.ask.len() as u64);
        Some(owed)
    }

    /// The client took in so much.
    pub(super) fn sent(&mut self, bytes: u64) {
        self.queue.sent(bytes);
        self.gate.sent(bytes);
        self.unasked = self.unasked.min(self.queue.bytes());
        self.gate.note(self.queue.bytes());
    }

    /// A call waits; an earlier one that it makes needless does not any longer.
    pub(super) fn wait(&mut self, ask: Ask) {
        if let Some(key) = &ask.superseded_by {
            let earlier = self.waiting.iter().position(
                |waiting| matches!(waiting, Waiting::Ask { ask, .. } if ask.superseded_by.as_ref() == Some(key)),
            );
            if let Some(Waiting::Ask { ask, .. }) = earlier.and_then(|at| self.waiting.remove(at)) {
                let answers = self.between.fail(ask.call);
                self.send(answers);
            }
        }
        self.waiting.push_back(Waiting::Ask { ask, alone: false });
    }

    /// Queues something for the client.
    pub(super) fn send(&mut self, answers: Vec<ToClient>) {
        for answer in answers {
            self.queue.push(answer);
        }
        self.gate.note(self.queue.bytes());
    }

    /// Queues what the client did not ask for, while that is not too much.
    pub(super) fn push_unasked(&mut self, message: ToClient) -> Result<(), Dropped> {
        self.unasked = self.unasked.saturating_add(queue::cost(&message));
        self.queue.push(message);
        self.unasked = self.unasked.min(self.queue.bytes());
        self.gate.note(self.queue.bytes());
        if self.unasked > MOST_UNASKED {
            return Err(Dropped::new("the client does not take in what it is sent"));
        }
        Ok(())
    }

    /// A part of an answer came; gives what others wait for, when it was the last.
    pub(super) fn part(&mut self, part: Part, relay: &Relay) -> Option<Landed> {
        self.send(part.out);
        let owed = self.owed.get_mut(&part.call)?;
        if !owed.has_begun {
            owed.has_begun = true;
            relay.sizes.learn(&owed.ask.kind, part.total);
            self.due.remove(owed.ask.has_effect, owed.expected);
            self.due.add(owed.ask.has_effect, part.total);
            owed.expected = part.total;
        }
        let came = part.bytes.min(owed.expected);
        owed.expected -= came;
        self.due.remove(owed.ask.has_effect, came);
        if !part.is_last {
            return None;
        }
        let owed = self.settle(part.call)?;
        if owed.ask.has_effect {
            relay.sharing.something_changed();
        }
        owed.flight.map(|flight| Landed { flight, whole: part.whole })
    }
}
