//! What passes over a connection, told to people: a line for each type of message in a frame.

use std::time::Duration;

use super::super::frame::{Frame, Limits};
use super::super::message::Message;
use crate::protocol::relay::{Hearing, Spoken, SpokenKind};
use crate::protocol::{Direction, WsMessage};

/// Listens to one connection.
pub(super) struct ViserHearing {
    pub(super) with_bodies: bool,
    pub(super) limits: Limits,
}

impl Hearing for ViserHearing {
    fn hear(&mut self, _time: Duration, direction: Direction, message: &WsMessage) -> Vec<Spoken> {
        let found = match direction {
            _ if message.is_text => Err(String::from("text")),
            Direction::ToServer => {
                Message::from_client(&message.data).map(|message| vec![message]).map_err(|error| error.to_string())
            }
            Direction::ToClient => {
                let frame = Frame::decode(&message.data, self.limits);
                frame.map(|frame| frame.messages).map_err(|error| error.to_string())
            }
        };
        match found {
            Ok(messages) => messages.iter().map(|message| self.spoken(message)).collect(),
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
    fn spoken(&self, message: &Message) -> Spoken {
        Spoken {
            kind: SpokenKind::Publish,
            name: message.kind().to_owned(),
            id: message.text("name").or_else(|| message.text("uuid")).map(str::to_owned),
            request_bytes: None,
            answer_bytes: Some(message.len()),
            time: None,
            body: None,
        }
    }
}
