//! An [`Ear`] for wslink: a transcript per connection.

use std::time::Duration;

use super::transcript::{Answered, Said};
use super::transcripts::Transcripts;
use crate::protocol::{Body, Direction, Ear, Heard, Keep, Kind, WsMessage};

/// The call that carries the secret.
const HELLO: &str = "wslink.hello";

/// Listens to wslink connections.
pub struct WslinkEar {
    transcripts: Transcripts,
}

impl WslinkEar {
    /// Has heard nothing yet.
    pub fn new(keep: Keep) -> Self {
        Self { transcripts: Transcripts::new(keep) }
    }
}

impl Ear for WslinkEar {
    fn hear(
        &mut self,
        time: Duration,
        connection: u32,
        direction: Direction,
        message: &WsMessage,
        each: &mut dyn FnMut(Heard),
    ) {
        let heard =
            |kind, name, id, bytes| Heard { connection, direction, kind, name, id, bytes, took: None, body: None };
        let Some(said) = self.transcripts.hear(time, connection, direction, message) else { return };
        each(match said {
            Said::Asked(asked) => {
                let request = asked.request;
                let mut heard = heard(Kind::Call, request.method.clone(), request.id.clone(), asked.bytes);
                // What a hello says is a secret.
                heard.body = (request.method != HELLO).then(|| Box::new(request) as Box<dyn Body>);
                heard
            }
            Said::Answered { id, asked, answer, bytes } => {
                let took = asked.as_ref().map(|asked| time.saturating_sub(asked.time));
                let name = asked.map(|asked| asked.request.method).unwrap_or_default();
                let (kind, body) = match answer {
                    Answered::Whole(Ok(payload)) => (Kind::Answer, Some(Box::new(payload) as Box<dyn Body>)),
                    Answered::Whole(Err(error)) => (Kind::Error, Some(Box::new(error) as Box<dyn Body>)),
                    Answered::Passing { is_error: false } => (Kind::Answer, None),
                    Answered::Passing { is_error: true } => (Kind::Error, None),
                };
                Heard { took, body, ..heard(kind, name, Some(id), bytes) }
            }
            Said::Published { topic, data, bytes } => {
                let body = data.map(|data| Box::new(data) as Box<dyn Body>);
                Heard { body, ..heard(Kind::Push, topic, None, bytes) }
            }
            Said::Unreadable(reason) => heard(Kind::Unreadable, reason, None, message.data.len() as u64),
        })
    }

    fn closed(&mut self, connection: u32) {
        self.transcripts.closed(connection);
    }

    fn unanswered(&self) -> usize {
        self.transcripts.unanswered()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::binary_placeholder;
    use crate::protocol::wslink::{frame, json, message};
    use bytes::Bytes;

    fn framed(buffer: Vec<u8>) -> WsMessage {
        let mut frames: Vec<Bytes> = Vec::new();
        frame::finish_message(7, buffer, frame::DEFAULT_FRAME, |frame| frames.push(frame));
        WsMessage::binary(frames.remove(0))
    }

    #[test]
    fn it_tells_calls_answers_and_pushes_apart_and_keeps_the_secret() {
        let mut ear = WslinkEar::new(Keep::Heads);
        let mut hear = |ms, direction, buffer| {
            let mut heard = None;
            ear.hear(Duration::from_millis(ms), 3, direction, &framed(buffer), &mut |said| heard = Some(said));
            heard.expect("a message")
        };
        let args = |text: &'static str| move |out: &mut Vec<u8>| json::push_msgpack(text, out).unwrap();
        let hello = message::encode_request("system:c0:0", HELLO, args(r#"[{"secret":"s3cret"}]"#));
        let hello = hear(0, Direction::ToServer, hello);
        assert!(hello.body.is_none() && hello.kind == Kind::Call && hello.name == HELLO);
        let call = hear(10, Direction::ToServer, message::encode_request("rpc:c:1", "m", args("[1]")));
        let body = call.body.unwrap().to_json(&mut |pieces| binary_placeholder(pieces)).unwrap();
        assert_eq!((call.connection, body.as_str()), (3, r#"{"args":[1],"kwargs":{}}"#));
        let mut reply = message::start_reply("rpc:c:1", 0);
        json::push_bin_len(&mut reply, 2);
        reply.extend(b"xy");
        let reply = hear(25, Direction::ToClient, reply);
        assert_eq!((reply.kind, reply.name.as_str(), reply.took), (Kind::Answer, "m", Some(Duration::from_millis(15))));
        assert_eq!(reply.body.unwrap().as_binary().unwrap().concat(), b"xy");
        let mut push = message::start_publish("topic");
        json::push_uint(&mut push, 1);
        let push = hear(30, Direction::ToClient, push);
        assert_eq!((push.kind, push.name.as_str(), push.id), (Kind::Push, "topic", None));
        assert_eq!(ear.unanswered(), 1);
        ear.closed(3);
        assert_eq!(ear.unanswered(), 0);
    }
}
