//! One client that a session is played to, on a clock of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::compact::compact;
use super::said::Kept;
use super::server::{Tape, Window, windows};
use super::story::Step;
use crate::protocol::viser::frame::with_timestamp;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::server::hear;
use crate::protocol::{Dropped, Outgoing, Peer, WsMessage};

/// Bytes that are said before the client is looked at again.
const AT_ONCE: u64 = 1 << 20;
/// A client that is so much later than it should be is told only what matters now.
const LATE: Duration = Duration::from_millis(250);

/// See the module.
pub(super) struct Player {
    tape: Arc<Tape>,
    refused: Option<Dropped>,
    /// Windows of the first state that were sent.
    begun: usize,
    /// The moment that comes next.
    next: usize,
    /// When the client, or this round, started.
    start: Instant,
    came: Instant,
    /// The recorded times are not those of this client any longer.
    is_fresh: bool,
}

impl Player {
    pub(super) fn new(tape: Arc<Tape>, refused: Option<Dropped>) -> Self {
        let now = Instant::now();
        let is_fresh = (tape.playing.speed - 1.0).abs() > f64::EPSILON || tape.first > 0;
        Self { next: tape.first + 1, tape, refused, begun: 0, start: now, came: now, is_fresh }
    }

    fn due_at(&self) -> Option<Instant> {
        let after = self.tape.due(self.next).or_else(|| self.tape.length())?;
        self.start.checked_add(after)
    }

    /// The server's clock for this client.
    fn timestamp(&self) -> f64 {
        self.tape.timestamp + self.came.elapsed().as_secs_f64()
    }

    fn say(&self, messages: &[Message], out: &mut Vec<Outgoing>) -> Result<u64, Dropped> {
        let mut bytes = 0;
        for window in windows(messages, self.timestamp()) {
            bytes += window.len();
            out.push(window.outgoing()?);
        }
        Ok(bytes)
    }

    /// What happens at a moment, as messages.
    fn messages(&self, moment: usize) -> Result<Vec<Message>, Dropped> {
        match self.tape.story.step(moment) {
            Some(Step::Said(said)) => said.kept.messages().map_err(Dropped::new),
            Some(Step::Again(messages)) => Ok(messages),
            Some(Step::First) | None => Ok(Vec::new()),
        }
    }

    /// Says what happens at a moment, as it was recorded where that can be.
    fn one(&self, moment: usize, out: &mut Vec<Outgoing>) -> Result<u64, Dropped> {
        let blob = match self.tape.story.step(moment) {
            Some(Step::Said(said)) => match &said.kept {
                Kept::Frame(blob) => Some(blob.clone()),
                Kept::Loose(..) => None,
            },
            _ => None,
        };
        let Some(blob) = blob else { return self.say(&self.messages(moment)?, out) };
        if !self.is_fresh {
            out.push(Window::Recorded(blob.clone()).outgoing()?);
            return Ok(blob.len());
        }
        let data = blob.read().map_err(|error| Dropped::new(format!("the recording cannot be read on: {error}")))?;
        out.push(Outgoing::Ready(WsMessage::binary(with_timestamp(&data, self.timestamp()).unwrap_or(data))));
        Ok(blob.len())
    }

    /// Says what is due, up to a good part; what should have been said long ago only as far as it matters now.
    fn go_on(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        let now = Instant::now();
        let mut due = self.next;
        while self.tape.due(due).and_then(|after| self.start.checked_add(after)).is_some_and(|due| due <= now) {
            due += 1;
        }
        let is_late = self.due_at().is_some_and(|at| now.saturating_duration_since(at) > LATE);
        if is_late && due > self.next + 1 {
            let mut messages = Vec::new();
            for moment in self.next..due {
                messages.extend(self.messages(moment)?);
                // What was said of one thing again and again is not held.
                if messages.len() > 100_000 {
                    messages = compact(messages);
                }
            }
            self.next = due;
            self.is_fresh = true;
            return self.say(&compact(messages), out).map(drop);
        }
        let mut bytes = 0;
        while self.next < due && bytes < AT_ONCE {
            bytes += self.one(self.next, out)?;
            self.next += 1;
        }
        Ok(())
    }
}

impl Peer for Player {
    fn receive(&mut self, message: WsMessage, _out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        hear(&message).map(drop)
    }

    fn due(&self) -> Option<Instant> {
        if self.refused.is_some() || self.begun < self.tape.beginning.len() {
            return Some(Instant::now());
        }
        self.due_at()
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let mut bytes = 0;
        while let Some(window) = self.tape.beginning.get(self.begun) {
            if bytes >= AT_ONCE {
                return Ok(());
            }
            out.push(window.outgoing()?);
            bytes += window.len();
            self.begun += 1;
        }
        if bytes > 0 || self.due_at().is_none_or(|due| due > Instant::now()) {
            return Ok(());
        }
        if self.next < self.tape.story.moments.len() {
            return self.go_on(out);
        }
        self.is_fresh = true;
        self.start = Instant::now();
        self.next = self.tape.first + 1;
        let tape = Arc::clone(&self.tape);
        self.say(tape.again(), out).map(drop)
    }
}
