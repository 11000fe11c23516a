//! Listening to any number of connections, within one bound of memory. No I/O.

use std::collections::HashMap;
use std::time::Duration;

use super::transcript::{LARGEST_REPLY, LARGEST_REQUEST, Said, Transcript};
use crate::protocol::{Direction, Keep, WsMessage};

/// What all connections may hold together: one answer of the largest, and what is asked meanwhile.
const MOST_HELD: u64 = LARGEST_REPLY as u64 + 2 * LARGEST_REQUEST as u64;

/// Listens to any number of connections.
pub struct Transcripts {
    keep: Keep,
    connections: HashMap<u32, Transcript>,
    held: u64,
}

impl Transcripts {
    /// Has heard nothing yet.
    pub fn new(keep: Keep) -> Self {
        Self { keep, connections: HashMap::new(), held: 0 }
    }

    /// Listens to a websocket message of a connection; gives what was said as a whole by it.
    pub fn hear(&mut self, time: Duration, connection: u32, direction: Direction, message: &WsMessage) -> Option<Said> {
        let keep = self.keep;
        let transcript = self.connections.entry(connection).or_insert_with(|| Transcript::new(keep));
        let others = self.held.saturating_sub(transcript.held());
        let mut said = transcript.hear(time, direction, message);
        if others + transcript.held() > MOST_HELD {
            said = Some(transcript.lose(format!("unfinished messages hold more than {MOST_HELD} bytes")));
        }
        self.held = others + transcript.held();
        said
    }

    /// A connection ended: what it held is forgotten.
    pub fn closed(&mut self, connection: u32) {
        if let Some(transcript) = self.connections.remove(&connection) {
            self.held = self.held.saturating_sub(transcript.held());
        }
    }

    /// Calls that nobody has answered yet.
    pub fn unanswered(&self) -> usize {
        self.connections.values().map(Transcript::unanswered).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a message that does not end; pushed again and again, it costs no memory here.
    fn endless(message: u32, total: u32) -> WsMessage {
        let mut frame = [message, 0, total].map(u32::to_le_bytes).concat();
        frame.resize(64 << 20, 0);
        WsMessage::binary(frame)
    }

    #[test]
    fn what_is_held_has_bounds() {
        let mut transcripts = Transcripts::new(Keep::Whole);
        let mut hear = |connection, message: &WsMessage| {
            transcripts.hear(Duration::ZERO, connection, Direction::ToClient, message)
        };
        let too_large = hear(9, &endless(1, LARGEST_REPLY + 1));
        assert!(matches!(too_large, Some(Said::Unreadable(_))), "{too_large:?}");
        let frame = endless(1, LARGEST_REPLY);
        let rounds = MOST_HELD / frame.data.len() as u64 / 3;
        let mut said: Vec<Option<Said>> = Vec::new();
        for _ in 0..=rounds {
            (0..3).for_each(|connection| said.push(hear(connection, &frame)));
        }
        let lost = said.iter().flatten().count();
        assert_eq!(lost, 1, "one gives way, and the others go on");
        assert!(transcripts.held <= MOST_HELD);
        (0..10).for_each(|connection| transcripts.closed(connection));
        assert_eq!(transcripts.held, 0);
    }
}
