//! Making sense of a connection's traffic from outside: who asked what, what came back, what was published.
//!
//! Recorder, relay, `watch` and the readers of recordings listen with it, most of them to several connections
//! ([`super::transcripts`]). No I/O.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;

use super::frame::{FrameError, HEADER_LEN, Header, Limits, Message, Reassembler};
use super::message::{self, Incoming, Payload, ReplyHead, Request, RpcError};
use super::v1::Decoder;
use crate::protocol::msgpack::MsgpackError;
use crate::protocol::{Direction, WsMessage};

pub use crate::protocol::Keep;

/// Calls that may be without an answer at a time, and their bytes; no more are remembered then.
const MOST_PENDING: usize = 100_000;
const MOST_PENDING_BYTES: u64 = 256 << 20;

/// A call as it was seen on its way to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What was asked.
    pub request: Request,
    /// When.
    pub time: Duration,
    /// Bytes of the message.
    pub bytes: u64,
}

/// What is known of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// All of it.
    Whole(Result<Payload, RpcError>),
    /// Only that it is there: it came in many frames, of which only the first was looked at.
    Passing {
        /// It is an error.
        is_error: bool,
    },
}

/// Something that was said as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A client asked.
    Asked(Asked),
    /// The server answered.
    Answered {
        /// The id of the call.
        id: String,
        /// The call, if it was seen.
        asked: Option<Asked>,
        /// The answer.
        answer: Answered,
        /// Bytes of the message.
        bytes: u64,
    },
    /// The server published.
    Published {
        /// The topic.
        topic: String,
        /// The data; nothing where it was only passing.
        data: Option<Payload>,
        /// Bytes of the message.
        bytes: u64,
    },
    /// Something that is not wslink; what follows on this connection is not understood either.
    Unreadable(String),
}

/// Largest message of a client that is looked at.
pub(super) const LARGEST_REQUEST: u32 = 256 << 20;

/// Largest message of a server: what clients take, too, unless they are told otherwise.
pub(super) const LARGEST_REPLY: u32 = 2 << 30;

/// Listens to one connection, in either version of wslink: one that begins with text is 1.x.
pub struct Transcript {
    to_server: Reassembler,
    to_client: Side,
    /// What puts messages of 1.x together, for each direction; unknown before the first message.
    text: Option<Option<Box<Decoders>>>,
    pending: HashMap<String, Asked>,
    pending_bytes: u64,
    is_lost: bool,
}

struct Decoders {
    to_server: Decoder,
    to_client: Decoder,
}

enum Side {
    Whole(Reassembler),
    Heads(HashMap<u32, Passing>),
}

struct Passing {
    first: Option<Bytes>,
    received: u64,
}

impl Transcript {
    /// At the start of a connection.
    pub fn new(keep: Keep) -> Self {
        Self {
            to_server: Reassembler::new(Limits::for_messages(LARGEST_REQUEST)),
            to_client: match keep {
                Keep::Whole => Side::Whole(Reassembler::new(Limits::for_messages(LARGEST_REPLY))),
                Keep::Heads => Side::Heads(HashMap::new()),
            },
            text: None,
            pending: HashMap::new(),
            pending_bytes: 0,
            is_lost: false,
        }
    }

    /// Listens to a websocket message; gives what was said as a whole by it.
    pub fn hear(&mut self, time: Duration, direction: Direction, message: &WsMessage) -> Option<Said> {
        if self.is_lost {
            return None;
        }
        let decoders = self.text.get_or_insert_with(|| {
            message.is_text.then(|| {
                let (to_server, to_client) = (LARGEST_REQUEST.into(), LARGEST_REPLY.into());
                Box::new(Decoders { to_server: Decoder::new(to_server), to_client: Decoder::new(to_client) })
            })
        });
        let heard = match (decoders, direction) {
            (Some(decoders), Direction::ToServer) => match decoders.to_server.push(message) {
                Ok(Some(whole)) => self.asked(time, whole).map(Some),
                other => other.map(|_| None).map_err(|error| error.to_string()),
            },
            (Some(decoders), Direction::ToClient) => match decoders.to_client.push(message) {
                Ok(Some(whole)) => {
                    self.whole(Message { parts: vec![whole] }).map(Some).map_err(|error| error.to_string())
                }
                other => other.map(|_| None).map_err(|error| error.to_string()),
            },
            (None, _) if message.is_text => return None, // neither end of 2.x listens to it
            (None, Direction::ToServer) => self.request(time, message.data.clone()),
            (None, Direction::ToClient) => self.reply(message.data.clone()),
        };
        heard.unwrap_or_else(|reason| Some(self.lose(reason)))
    }

    /// What follows is not understood, and what came is of no more use.
    pub(super) fn lose(&mut self, reason: String) -> Said {
        *self = Self { is_lost: true, ..Self::new(Keep::Heads) };
        Said::Unreadable(reason)
    }

    /// Bytes that wait for more.
    pub(super) fn held(&self) -> u64 {
        let frames = match &self.to_client {
            Side::Whole(reassembler) => reassembler.held(),
            Side::Heads(_) => 0, // few, and small
        };
        let decoders = self.text.iter().flatten();
        let attachments: u64 = decoders.map(|both| both.to_server.held().1 + both.to_client.held().1).sum();
        self.to_server.held() + frames + attachments + self.pending_bytes
    }

    fn request(&mut self, time: Duration, frame: Bytes) -> Result<Option<Said>, String> {
        let Some(message) = self.to_server.push(frame).map_err(text)? else { return Ok(None) };
        self.asked(time, message.joined()).map(Some)
    }

    fn asked(&mut self, time: Duration, message: Bytes) -> Result<Said, String> {
        let bytes = message.len() as u64;
        let request = Request::decode(message).map_err(|error| error.to_string())?;
        let asked = Asked { request, time, bytes };
        if let Some(id) = &asked.request.id
            && self.pending.len() < MOST_PENDING
            && self.pending_bytes + bytes <= MOST_PENDING_BYTES
        {
            self.pending_bytes += bytes;
            let before = self.pending.insert(id.clone(), asked.clone());
            self.pending_bytes -= before.map_or(0, |before| before.bytes);
        }
        Ok(Said::Asked(asked))
    }

    fn answered(&mut self, id: &str) -> Option<Asked> {
        let asked = self.pending.remove(id)?;
        self.pending_bytes -= asked.bytes;
        Some(asked)
    }

    fn reply(&mut self, frame: Bytes) -> Result<Option<Said>, String> {
        let passing = match &mut self.to_client {
            Side::Whole(reassembler) => {
                let Some(message) = reassembler.push(frame).map_err(text)? else { return Ok(None) };
                return self.whole(message).map(Some).map_err(|error| error.to_string());
            }
            Side::Heads(passing) => passing,
        };
        let header = Header::read(&frame).map_err(text)?;
        let slice = frame.slice(HEADER_LEN..);
        if slice.len() as u64 == u64::from(header.total) {
            return self.whole(Message { parts: vec![slice] }).map(Some).map_err(|error| error.to_string());
        }
        if passing.len() > 1024 {
            return Err(String::from("too many messages are unfinished"));
        }
        let entry = passing.entry(header.message).or_insert(Passing { first: None, received: 0 });
        entry.received += slice.len() as u64;
        if header.offset == 0 {
            // What a head needs; the rest of the frame is not held.
            entry.first = Some(Bytes::copy_from_slice(slice.get(..256).unwrap_or(&slice)));
        }
        if entry.received < u64::from(header.total) {
            return Ok(None);
        }
        let head = passing.remove(&header.message).and_then(|done| done.first);
        let Some(head) = head.as_deref().and_then(ReplyHead::read) else { return Ok(None) };
        let bytes = u64::from(header.total);
        Ok(Some(match message::topic(head.id) {
            Some(topic) => Said::Published { topic: topic.to_owned(), data: None, bytes },
            None => Said::Answered {
                id: head.id.to_owned(),
                asked: self.answered(head.id),
                answer: Answered::Passing { is_error: head.is_error },
                bytes,
            },
        }))
    }

    fn whole(&mut self, message: Message) -> Result<Said, MsgpackError> {
        let bytes = message.len() as u64;
        Ok(match Incoming::decode(message)? {
            Incoming::Reply { id, outcome } => {
                Said::Answered { asked: self.answered(&id), id, answer: Answered::Whole(outcome), bytes }
            }
            Incoming::Publish { topic, data } => Said::Published { topic, data: Some(data), bytes },
        })
    }

    /// Calls that nobody has answered yet.
    pub fn unanswered(&self) -> usize {
        self.pending.len()
    }
}

fn text(error: FrameError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::wslink::frame::finish_message;
    use crate::protocol::wslink::json;

    const HELLO: &str = r#"{"wslink":"1.0","id":"system:c0:0","method":"wslink.hello","args":[{"secret":"x"}]}"#;

    fn hear(transcript: &mut Transcript, direction: Direction, message: WsMessage) -> Option<Said> {
        transcript.hear(Duration::ZERO, direction, &message)
    }

    #[test]
    fn version_1_is_understood() {
        for keep in [Keep::Whole, Keep::Heads] {
            let mut transcript = Transcript::new(keep);
            let said = hear(&mut transcript, Direction::ToServer, WsMessage::text(HELLO));
            assert!(matches!(said, Some(Said::Asked(asked)) if asked.request.method == "wslink.hello"));
            let header = r#"{"wslink":"1.0","method":"wslink.binary.attachment","args":["wslink_bin0"]}"#;
            assert_eq!(hear(&mut transcript, Direction::ToClient, WsMessage::text(header)), None);
            assert_eq!(hear(&mut transcript, Direction::ToClient, WsMessage::binary(&b"data"[..])), None);
            let reply = r#"{"wslink": "1.0", "id": "system:c0:0", "result": "wslink_bin0"}"#;
            let said = hear(&mut transcript, Direction::ToClient, WsMessage::text(reply));
            let Some(Said::Answered { asked: Some(_), answer: Answered::Whole(Ok(payload)), .. }) = said else {
                panic!("{said:?}")
            };
            assert_eq!(payload.binary().unwrap().concat(), b"data");
            assert_eq!(transcript.unanswered(), 0);
            let publish = r#"{"wslink": "1.0", "id": "publish:a.topic:0", "result": 7}"#;
            let said = hear(&mut transcript, Direction::ToClient, WsMessage::text(publish));
            assert!(matches!(said, Some(Said::Published { topic, .. }) if topic == "a.topic"));
            let said = hear(&mut transcript, Direction::ToClient, WsMessage::text("what?"));
            assert!(matches!(said, Some(Said::Unreadable(_))));
        }
    }

    #[test]
    fn calls_without_an_answer_have_bounds() {
        let mut transcript = Transcript::new(Keep::Heads);
        let mut call = message::encode_request("rpc:c:1", "m", |out| {
            json::push_array_len(out, 1);
            json::push_bin_len(out, 100 << 20);
            out.resize(out.len() + (100 << 20), 0);
        });
        let at = memchr::memmem::find(&call, b"rpc:c:").unwrap() + 6;
        for id in *b"1112345" {
            call[at] = id;
            finish_message(1, call.clone(), usize::MAX, |frame| {
                let said = hear(&mut transcript, Direction::ToServer, WsMessage::binary(frame));
                assert!(matches!(said, Some(Said::Asked(_))));
            });
        }
        assert_eq!(transcript.unanswered(), 2);
        assert!(transcript.held() <= MOST_PENDING_BYTES);
    }

    #[test]
    fn text_between_frames_means_nothing() {
        let mut transcript = Transcript::new(Keep::Whole);
        let call = message::encode_request("rpc:c:1", "m", |out| json::push_array_len(out, 0));
        let mut frames = Vec::new();
        finish_message(1, call, 1 << 20, |frame| frames.push(WsMessage::binary(frame)));
        for frame in frames {
            assert!(matches!(hear(&mut transcript, Direction::ToServer, frame), Some(Said::Asked(_))));
        }
        assert_eq!(hear(&mut transcript, Direction::ToServer, WsMessage::text("hello")), None);
        assert_eq!(transcript.unanswered(), 1);
    }
}
