//! An [`Ear`] for viser: every message of a frame is something that was pushed, and so is what clients say, since nobody
//! answers anything.

use std::collections::HashSet;
use std::time::Duration;

use super::frame::{Frame, Limits};
use super::message::Message;
use crate::protocol::{Body, Direction, Ear, Heard, Kind, WsMessage};

/// Listens to viser's connections.
#[derive(Default)]
pub(super) struct ViserEar {
    /// Connections on which something was not understood.
    deaf: HashSet<u32>,
}

/// What a websocket message says.
pub(super) fn messages(direction: Direction, message: &WsMessage) -> Result<Vec<Message>, String> {
    if message.is_text {
        return Err(String::from("viser sends no text"));
    }
    match direction {
        Direction::ToClient => match Frame::decode(&message.data, Limits::default()) {
            Ok(frame) => Ok(frame.messages),
            Err(error) => Err(error.to_string()),
        },
        Direction::ToServer => {
            let message = Message::from_client(&message.data).map_err(|error| error.to_string())?;
            Ok(vec![message])
        }
    }
}

impl Ear for ViserEar {
    fn hear(
        &mut self,
        _time: Duration,
        connection: u32,
        direction: Direction,
        message: &WsMessage,
        each: &mut dyn FnMut(Heard),
    ) {
        if self.deaf.contains(&connection) {
            return;
        }
        let heard =
            |kind, name, bytes, body| Heard { connection, direction, kind, name, id: None, bytes, took: None, body };
        match messages(direction, message) {
            Ok(messages) => messages.into_iter().for_each(|message| {
                let (name, bytes) = (message.kind().to_owned(), message.len());
                each(heard(Kind::Push, name, bytes, Some(Box::new(message) as Box<dyn Body>)));
            }),
            Err(reason) => {
                self.deaf.insert(connection);
                each(heard(Kind::Unreadable, reason, message.data.len() as u64, None));
            }
        }
    }

    fn closed(&mut self, connection: u32) {
        self.deaf.remove(&connection);
    }

    fn unanswered(&self) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::binary_placeholder;

    /// A frame of a real server, as `fixtures/viser/*.raw` hold them: a length (u32 LE) before each.
    fn frames(name: &str) -> Vec<WsMessage> {
        crate::protocol::viser::fixtures::frames(name).into_iter().map(WsMessage::binary).collect()
    }

    #[test]
    fn each_message_of_a_frame_is_heard() {
        let mut ear = ViserEar::default();
        let mut heard = Vec::new();
        for frame in frames("points.raw") {
            ear.hear(Duration::ZERO, 1, Direction::ToClient, &frame, &mut |said| heard.push(said));
        }
        let cloud = heard.iter().find(|said| said.name == "PointCloudMessage").unwrap();
        assert_eq!((cloud.kind, heard.last().unwrap().name.as_str()), (Kind::Push, "ReplayDoneMessage"));
        let body = cloud.body.as_ref().unwrap().to_json(&mut |pieces| binary_placeholder(pieces)).unwrap();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["type"], "PointCloudMessage");
        let points = &body["props"]["points"]["$array"];
        assert!(points["dtype"] == "<f4" && points["data"]["$binary"]["bytes"].as_u64() > Some(1000), "{body}");
        assert!(body.to_string().len() < 2000, "{body}");
    }

    #[test]
    fn clients_push_and_what_is_not_understood_is_told_once() {
        let mut ear = ViserEar::default();
        let mut heard = Vec::new();
        let said = WsMessage::binary(&b"\x82\xa4type\xb6ViewerSomethingMessage\xa1x\x01"[..]);
        ear.hear(Duration::ZERO, 1, Direction::ToServer, &said, &mut |said| heard.push(said));
        for _ in 0..2 {
            ear.hear(Duration::ZERO, 1, Direction::ToClient, &said, &mut |said| heard.push(said));
        }
        ear.hear(Duration::ZERO, 2, Direction::ToClient, &WsMessage::text("{}"), &mut |said| heard.push(said));
        let told: Vec<_> = heard.iter().map(|said| (said.kind, said.direction, said.name.as_str())).collect();
        assert_eq!(told[0], (Kind::Push, Direction::ToServer, "ViewerSomethingMessage"));
        assert_eq!((told.len(), told[1].0, told[2].0), (3, Kind::Unreadable, Kind::Unreadable));
    }
}
