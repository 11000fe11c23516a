//! What passes over a connection, told to people: a line for each type of message in a frame.

use std::time::Duration;

use super::super::ear::messages;
use super::super::message::Message;
use crate::protocol::relay::{Hearing, Spoken, SpokenKind};
use crate::protocol::{Body, Direction, WsMessage, binary_placeholder};

/// Listens to one connection.
pub(super) struct ViserHearing {
    pub(super) with_bodies: bool,
}

impl Hearing for ViserHearing {
    fn hear(&mut self, _time: Duration, direction: Direction, message: &WsMessage) -> Vec<Spoken> {
        match messages(direction, message) {
            Ok(messages) => messages.iter().map(|message| self.spoken(direction, message)).collect(),
            Err(reason) => vec![Spoken {
                kind: SpokenKind::Unreadable,
                name: reason,
                id: None,
                request_bytes: None,
                answer_bytes: Some(message.data.len() as u64),
                time: None,
                body: None,
            }],
        }
    }
}

impl ViserHearing {
    fn spoken(&self, direction: Direction, message: &Message) -> Spoken {
        Spoken {
            kind: SpokenKind::Publish,
            name: message.kind().to_owned(),
            id: message.text("name").or_else(|| message.text("uuid")).map(str::to_owned),
            request_bytes: (direction == Direction::ToServer).then(|| message.len()),
            answer_bytes: (direction == Direction::ToClient).then(|| message.len()),
            time: None,
            body: if self.with_bodies { message.to_json(&mut binary_placeholder).ok() } else { None },
        }
    }
}
