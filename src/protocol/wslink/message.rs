//! Messages: requests, replies, errors and what is published, as msgpack maps. No I/O.
//!
//! ```text
//! request  {"wslink":"1.0","id":ID,"method":M,"args":[…],"kwargs":{…}}
//! reply    {"wslink":"1.0","id":ID,"result":ANY}
//! error    {"wslink":"1.0","id":ID,"error":{"code":INT,"message":STR[,"data":ANY]}}
//! publish  {"wslink":"1.0","id":"publish:TOPIC:0","result":DATA}
//! ```
//! Source: wslink 2.6.0, `wslink/protocol.py` and `wslink/publish.py`.

use std::fmt;

use bytes::Bytes;

use super::frame::{self, Message};
use super::json::{self, Unspeakable};
use crate::protocol::msgpack::{MsgpackError, Reader, Token};

/// Error codes that wslink uses.
pub mod code {
    /// The secret is wrong, or there was no hello yet.
    pub const AUTHENTICATION: i64 = -32000;
    /// The handler raised an exception.
    pub const EXCEPTION: i64 = -32001;
    /// Nobody registered such a method.
    pub const METHOD_NOT_FOUND: i64 = -32601;
}

/// An error as a server gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// See [`code`].
    pub code: i64,
    /// What wslink says.
    pub message: String,
    /// What the handler says, as JSON text: for an exception `{method, exception, trace}`.
    pub data: Option<String>,
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)?;
        let Some(data) = &self.data else { return Ok(()) };
        match serde_json::from_str(data) {
            Ok(serde_json::Value::Object(map)) => {
                map.get("exception").and_then(|e| e.as_str()).map_or(Ok(()), |exception| write!(f, ": {exception}"))
            }
            Ok(serde_json::Value::String(text)) => write!(f, ": {text}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for RpcError {}

/// What came in reply to a call, or was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// One msgpack value.
    Msgpack(Bytes),
    /// Binary data, in the pieces in which it arrived: never copied together.
    Binary(Vec<Bytes>),
}

impl Payload {
    /// The value as JSON text.
    ///
    /// # Errors
    /// When it is not valid msgpack.
    pub fn json(&self) -> Result<String, MsgpackError> {
        let Self::Msgpack(bytes) = self else { return Ok(String::from("null")) };
        let mut text = String::with_capacity(bytes.len() * 2);
        json::push_json(&mut Reader::new(bytes), &mut text, Unspeakable::Null)?;
        Ok(text)
    }

    /// Appends the value, as it was.
    pub fn push_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Msgpack(bytes) => out.extend_from_slice(bytes),
            Self::Binary(parts) => {
                json::push_bin_len(out, parts.iter().map(Bytes::len).sum());
                parts.iter().for_each(|part| out.extend_from_slice(part));
            }
        }
    }

    /// The pieces of a binary value.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn binary(self) -> Result<Vec<Bytes>, MsgpackError> {
        match self {
            Self::Binary(parts) => Ok(parts),
            Self::Msgpack(bytes) => {
                let mut reader = Reader::new(&bytes);
                match reader.token()? {
                    Token::Binary(data) => Ok(vec![bytes.slice_ref(data)]),
                    _ => Err(MsgpackError { at: 0, what: "binary data is wanted here" }),
                }
            }
        }
    }
}

/// What a client receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The answer to a call of ours.
    Reply {
        /// The id of the call.
        id: String,
        /// The result, or the server's error.
        outcome: Result<Payload, RpcError>,
    },
    /// Something published.
    Publish {
        /// The topic.
        topic: String,
        /// The data.
        data: Payload,
    },
}

/// What a server receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whatever the client chose; `None` where it wants no answer.
    pub id: Option<String>,
    /// The method.
    pub method: String,
    /// The arguments: a msgpack array.
    pub args: Bytes,
    /// The keyword arguments: a msgpack map.
    pub kwargs: Bytes,
}

impl Incoming {
    /// Reads a message that a server sent.
    ///
    /// # Errors
    /// When it is not a msgpack map with an id and a result or an error.
    pub fn decode(message: Message) -> Result<Self, MsgpackError> {
        let payload = match binary_result(&message) {
            Some((id, parts)) => return Ok(Self::sorted(id, Ok(Payload::Binary(parts)))),
            None => message.joined(),
        };
        let mut reader = Reader::new(&payload);
        let (mut id, mut outcome) = (None, None);
        for _ in 0..reader.map()? {
            match reader.text()? {
                "id" => id = Some(reader.text()?.to_owned()),
                "result" => outcome = Some(Ok(Payload::Msgpack(payload.slice(reader.skip()?)))),
                "error" => outcome = Some(Err(read_error(&mut reader)?)),
                _ => {
                    reader.skip()?;
                }
            }
        }
        match (id, outcome) {
            (Some(id), Some(outcome)) => Ok(Self::sorted(id, outcome)),
            (None, _) => Err(reader.error("a message without an id")),
            (_, None) => Err(reader.error("a message with neither result nor error")),
        }
    }

    fn sorted(id: String, outcome: Result<Payload, RpcError>) -> Self {
        match (topic(&id), outcome) {
            (Some(topic), Ok(data)) => Self::Publish { topic: topic.to_owned(), data },
            (_, outcome) => Self::Reply { id, outcome },
        }
    }
}

/// The topic in the id of a published message; `None` for other ids.
pub fn topic(id: &str) -> Option<&str> {
    id.strip_prefix("publish:")?.rsplit_once(':').map(|(topic, _)| topic)
}

/// The head of what a server sent, read from the start of a message that need not be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyHead<'a> {
    /// The id.
    pub id: &'a str,
    /// An error follows, and not a result.
    pub is_error: bool,
    /// Where in the message the id starts, its own head included, and where it ends.
    pub id_at: (usize, usize),
}

impl<'a> ReplyHead<'a> {
    /// Reads the head; `None` where the id does not come before the result, as wslink puts it.
    pub fn read(start: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(start);
        let mut found = None;
        for _ in 0..reader.map().ok()? {
            match reader.text().ok()? {
                "id" => {
                    let from = reader.position();
                    let id = reader.text().ok()?;
                    found = Some((id, (from, reader.position())));
                }
                key @ ("result" | "error") => {
                    return found.map(|(id, id_at)| Self { id, is_error: key == "error", id_at });
                }
                _ => {
                    reader.skip().ok()?;
                }
            }
        }
        None
    }
}

/// The head of a reply whose result is binary data that goes on to the end of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinaryHead {
    /// The id of the call.
    pub id: String,
    /// Where the data starts in the message.
    pub start: usize,
    /// Bytes of data.
    pub len: u32,
}

impl BinaryHead {
    /// Reads the head from the first slice of a message of `total` bytes; `None` for any other message.
    pub fn read(first: &[u8], total: usize) -> Option<Self> {
        let mut reader = Reader::new(first);
        let mut id = None;
        for _ in 0..reader.map().ok()? {
            match reader.text().ok()? {
                "id" => id = Some(reader.text().ok()?.to_owned()),
                "result" => {
                    let at = reader.position();
                    let (head, len) = match first.get(at..)? {
                        [0xc5, a, b, ..] => (3, u32::from_be_bytes([0, 0, *a, *b])),
                        [0xc6, a, b, c, d, ..] => (5, u32::from_be_bytes([*a, *b, *c, *d])),
                        _ => return None,
                    };
                    let start = at + head;
                    let ends = start + usize::try_from(len).ok()? == total;
                    return ends.then_some(Self { id: id?, start, len });
                }
                _ => {
                    reader.skip().ok()?;
                }
            }
        }
        None
    }
}

/// The fast way for large blobs: a message of several parts whose last and largest value is binary
/// data is taken apart at its head; the data stays in the pieces in which it came.
fn binary_result(message: &Message) -> Option<(String, Vec<Bytes>)> {
    let (first, rest) = message.parts.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let BinaryHead { id, start, .. } = BinaryHead::read(first, message.len())?;
    let mut parts = vec![first.slice(start..)];
    parts.extend(rest.iter().cloned());
    Some((id, parts))
}

fn read_error(reader: &mut Reader<'_>) -> Result<RpcError, MsgpackError> {
    let mut error = RpcError { code: 0, message: String::new(), data: None };
    let here = reader.clone();
    let len = match reader.token()? {
        Token::Map(len) => len,
        Token::Text(text) => {
            error.message = String::from_utf8_lossy(text).into_owned();
            0
        }
        _ => return Err(here.error("an error that is not a map")),
    };
    for _ in 0..len {
        match reader.text()? {
            "code" => {
                error.code = match reader.token()? {
                    Token::Negative(n) => n,
                    Token::Unsigned(n) => i64::try_from(n).unwrap_or(i64::MAX),
                    _ => 0,
                }
            }
            "message" => error.message = reader.text()?.to_owned(),
            "data" => {
                let mut data = String::new();
                json::push_json(reader, &mut data, Unspeakable::Null)?;
                error.data = Some(data);
            }
            _ => {
                reader.skip()?;
            }
        }
    }
    Ok(error)
}

impl Request {
    /// Reads a message that a client sent.
    ///
    /// # Errors
    /// When it is not a msgpack map with a method, or its id is not a string.
    pub fn decode(message: Bytes) -> Result<Self, MsgpackError> {
        let mut reader = Reader::new(&message);
        let (mut id, mut method, mut args, mut kwargs) = (None, None, None, None);
        for _ in 0..reader.map()? {
            match reader.text()? {
                "id" => id = Some(reader.text()?.to_owned()),
                "method" => method = Some(reader.text()?.to_owned()),
                "args" => args = Some(message.slice(reader.skip()?)),
                "kwargs" => kwargs = Some(message.slice(reader.skip()?)),
                _ => {
                    reader.skip()?;
                }
            }
        }
        Ok(Self {
            id,
            method: method.ok_or_else(|| reader.error("a request without a method"))?,
            args: args.unwrap_or(Bytes::from_static(&[0x90])),
            kwargs: kwargs.unwrap_or(Bytes::from_static(&[0x80])),
        })
    }
}

/// A request, in a buffer that leaves room for the frame's header.
pub fn encode_request(id: &str, method: &str, write_args: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    encode_request_with(id, method, write_args, no_kwargs)
}

/// Appends that there are no keyword arguments.
pub fn no_kwargs(out: &mut Vec<u8>) {
    json::push_map_len(out, 0);
}

/// A request with keyword arguments: `write_kwargs` appends one msgpack map.
pub fn encode_request_with(
    id: &str,
    method: &str,
    write_args: impl FnOnce(&mut Vec<u8>),
    write_kwargs: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    let mut out = frame::start_message(64 + id.len() + method.len());
    json::push_map_len(&mut out, 5);
    push_version_and_id(&mut out, id);
    json::push_str(&mut out, "method");
    json::push_str(&mut out, method);
    json::push_str(&mut out, "args");
    write_args(&mut out);
    json::push_str(&mut out, "kwargs");
    write_kwargs(&mut out);
    out
}

/// A reply up to where its result goes.
pub fn start_reply(id: &str, capacity: usize) -> Vec<u8> {
    let mut out = frame::start_message(capacity + 40 + id.len());
    json::push_map_len(&mut out, 3);
    push_version_and_id(&mut out, id);
    json::push_str(&mut out, "result");
    out
}

/// An error reply, whole.
pub fn encode_error(id: &str, error: &RpcError) -> Vec<u8> {
    let mut out = frame::start_message(256);
    json::push_map_len(&mut out, 3);
    push_version_and_id(&mut out, id);
    json::push_str(&mut out, "error");
    json::push_map_len(&mut out, 2 + usize::from(error.data.is_some()));
    json::push_str(&mut out, "code");
    let _ = rmp::encode::write_sint(&mut out, error.code);
    json::push_str(&mut out, "message");
    json::push_str(&mut out, &error.message);
    if let Some(data) = &error.data {
        json::push_str(&mut out, "data");
        let before = out.len();
        if json::push_msgpack(data, &mut out).is_err() {
            out.truncate(before);
            json::push_str(&mut out, data);
        }
    }
    out
}

/// A published message up to where its data goes.
pub fn start_publish(topic: &str) -> Vec<u8> {
    start_reply(&format!("publish:{topic}:0"), 64)
}

fn push_version_and_id(out: &mut Vec<u8>, id: &str) {
    json::push_str(out, "wslink");
    json::push_str(out, "1.0");
    json::push_str(out, "id");
    json::push_str(out, id);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::wslink::frame::HEADER_LEN;
    use proptest::prelude::*;

    fn body(buffer: Vec<u8>) -> Bytes {
        Bytes::from(buffer).slice(HEADER_LEN..)
    }

    #[test]
    fn hello_is_the_one_seen_on_the_wire() {
        let hello = encode_request("system:c0:0", "wslink.hello", |out| {
            json::push_array_len(out, 1);
            json::push_msgpack(r#"{"secret":"wslink-secret"}"#, out).unwrap();
        });
        let seen = b"\x85\xa6wslink\xa31.0\xa2id\xabsystem:c0:0\xa6method\xacwslink.hello\xa4args\x91\x81\xa6secret\
            \xadwslink-secret\xa6kwargs\x80";
        assert_eq!(body(hello).as_ref(), seen);
    }

    #[test]
    fn a_large_blob_is_not_copied_together() {
        let mut reply = start_reply("rpc:c:7", 0);
        json::push_bin_len(&mut reply, 70_000);
        let head = body(reply);
        let data = Bytes::from(vec![7; 70_000]);
        let parts = vec![head.clone(), data.slice(..30_000), data.slice(30_000..)];
        let Incoming::Reply { id, outcome } = Incoming::decode(Message { parts }).unwrap() else { panic!() };
        assert_eq!(id, "rpc:c:7");
        let Ok(Payload::Binary(pieces)) = outcome else { panic!() };
        assert_eq!(pieces.concat(), data);
        assert!(pieces.iter().any(|piece| piece.as_ptr() == data.as_ptr()));
    }

    #[test]
    fn errors_say_what_the_server_said() {
        let error = RpcError {
            code: code::EXCEPTION,
            message: String::from("Exception raised"),
            data: Some(String::from(r#"{"method":"m","exception":"KeyError('x')","trace":"…"}"#)),
        };
        let message = Message { parts: vec![body(encode_error("rpc:c:1", &error))] };
        let Incoming::Reply { outcome: Err(back), .. } = Incoming::decode(message).unwrap() else { panic!() };
        assert_eq!(back, error);
        assert_eq!(back.to_string(), "Exception raised (-32001): KeyError('x')");
    }

    #[test]
    fn published_messages_are_told_by_their_id() {
        let mut out = start_publish("trame.actions.topic");
        json::push_array_len(&mut out, 0);
        let incoming = Incoming::decode(Message { parts: vec![body(out)] }).unwrap();
        assert!(matches!(incoming, Incoming::Publish { topic, .. } if topic == "trame.actions.topic"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..120),
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = Bytes::from(bytes);
            let _ = Request::decode(bytes.clone());
            let at = cut.index(bytes.len() + 1);
            let _ = Incoming::decode(Message { parts: vec![bytes.slice(..at), bytes.slice(at..)] });
        }
    }
}
