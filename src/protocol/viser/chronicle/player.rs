//! One client that a session is played to, on a clock of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::compact::compact;
use super::said::Kept;
use super::server::{Tape, Window};
use super::story::Step;
use crate::protocol::viser::frame::with_timestamp;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::server::{MOST_MESSAGES, hear};
use crate::protocol::{Dropped, Outgoing, Peer, WsMessage};

/// Bytes that are said, or read, before the client is looked at again.
const AT_ONCE: u64 = 1 << 20;
/// Moments that are read before the client is looked at again, however little happens at each.
const MOMENTS_AT_ONCE: usize = 500;
/// Messages that a late client missed and that are held before it is looked which of them still matter.
const MOST_MISSED: usize = 100_000;
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
    missed: Option<Missed>,
    /// What is to be said before anything else.
    waiting: VecDeque<Message>,
}

/// What a late client was not told, read in portions: other clients have their turn in between.
struct Missed {
    /// The moment that it is told next as it happens.
    until: usize,
    messages: Vec<Message>,
    /// When there are so many messages, it is looked which of them still matter.
    most: usize,
}

impl Player {
    pub(super) fn new(tape: Arc<Tape>, refused: Option<Dropped>) -> Self {
        let now = Instant::now();
        let is_fresh = (tape.playing.speed - 1.0).abs() > f64::EPSILON || tape.first > 0;
        Self {
            next: tape.first + 1,
            tape,
            refused,
            begun: 0,
            start: now,
            came: now,
            is_fresh,
            missed: None,
            waiting: VecDeque::new(),
        }
    }

    fn due_at(&self) -> Option<Instant> {
        let after = self.tape.due(self.next).or_else(|| self.tape.length())?;
        self.start.checked_add(after)
    }

    /// The server's clock for this client.
    fn timestamp(&self) -> f64 {
        self.tape.timestamp + self.came.elapsed().as_secs_f64()
    }

    /// Says what waits, up to a good part.
    fn say(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        let mut bytes = 0;
        while !self.waiting.is_empty() && bytes < AT_ONCE {
            let many = self.waiting.len().min(MOST_MESSAGES);
            let window = Window::made(self.waiting.drain(..many).collect(), self.timestamp());
            bytes += window.len();
            out.push(window.outgoing()?);
        }
        Ok(())
    }

    /// What happens at a moment, as messages.
    fn messages(&self, moment: usize) -> Result<Vec<Message>, Dropped> {
        match self.tape.story.step(moment) {
            Some(Step::Said(said)) => said.kept.messages().map_err(Dropped::new),
            Some(Step::Again(messages)) => Ok(messages),
            Some(Step::First) | None => Ok(Vec::new()),
        }
    }

    /// Says what happens at a moment, as it was recorded where that can be; what cannot waits to be said.
    fn one(&mut self, moment: usize, out: &mut Vec<Outgoing>) -> Result<u64, Dropped> {
        let blob = match self.tape.story.step(moment) {
            Some(Step::Said(said)) => match &said.kept {
                Kept::Frame(blob) => Some(blob.clone()),
                Kept::Loose(..) => None,
            },
            _ => None,
        };
        let Some(blob) = blob else {
            self.waiting.extend(self.messages(moment)?);
            return Ok(0);
        };
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
            self.missed = Some(Missed { until: due, messages: Vec::new(), most: MOST_MISSED });
            self.read_on()?;
            return self.say(out);
        }
        let mut bytes = 0;
        while self.next < due && bytes < AT_ONCE && self.waiting.is_empty() {
            bytes += self.one(self.next, out)?;
            self.next += 1;
        }
        self.say(out)
    }

    /// Reads on in what was missed; what of it matters waits to be said when all of it is read.
    fn read_on(&mut self) -> Result<(), Dropped> {
        let Some(mut missed) = self.missed.take() else { return Ok(()) };
        let (mut bytes, most) = (0, missed.until.min(self.next + MOMENTS_AT_ONCE));
        while self.next < most && bytes < AT_ONCE {
            let messages = self.messages(self.next)?;
            bytes += messages.iter().map(Message::len).sum::<u64>();
            missed.messages.extend(messages);
            self.next += 1;
        }
        let is_over = self.next >= missed.until;
        // What was said of one thing again and again is not held.
        if is_over || missed.messages.len() > missed.most {
            missed.messages = compact(missed.messages);
            missed.most = MOST_MISSED.max(2 * missed.messages.len());
        }
        if is_over {
            self.is_fresh = true;
            self.waiting.extend(missed.messages);
        } else {
            self.missed = Some(missed);
        }
        Ok(())
    }
}

impl Peer for Player {
    fn receive(&mut self, message: WsMessage, _out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        hear(&message).map(drop)
    }

    fn due(&self) -> Option<Instant> {
        let is_busy = self.begun < self.tape.beginning.len() || self.missed.is_some() || !self.waiting.is_empty();
        if self.refused.is_some() || is_busy {
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
        if bytes > 0 {
            return Ok(());
        }
        if self.missed.is_some() || !self.waiting.is_empty() {
            self.read_on()?;
            return self.say(out);
        }
        if self.due_at().is_none_or(|due| due > Instant::now()) {
            return Ok(());
        }
        if self.next < self.tape.story.moments.len() {
            return self.go_on(out);
        }
        self.is_fresh = true;
        self.start = Instant::now();
        self.next = self.tape.first + 1;
        let tape = Arc::clone(&self.tape);
        self.waiting.extend(tape.again().iter().cloned());
        self.say(out)
    }
}
