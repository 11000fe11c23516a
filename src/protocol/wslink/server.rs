//! The server's half of wslink for one client, without I/O: websocket messages in, websocket messages out.
//!
//! A client's first message tells which version it speaks: 1.x begins with text. What the methods do is not known here: a [`Handler`] answers them.

use bytes::{Bytes, BytesMut};

use super::client::message_id;
use super::frame::{self, DEFAULT_FRAME, Limits, Message, Reassembler, UNAUTHENTICATED_MESSAGE};
use super::json;
use super::message::{self, Request, RpcError, code};
use super::v1::{Decoder, Encoder};
use crate::protocol::msgpack::Reader;
use crate::protocol::{Dropped, Outgoing, WsMessage};

/// Requests are small; a client that sends more than this is none.
const LARGEST_REQUEST: u32 = 64 << 20;

/// The same before a good hello in wslink 1.x, which itself has no such limit.
const UNAUTHENTICATED_TEXT: u64 = 4096;

/// What a method gives back.
pub enum Answer {
    /// One msgpack value, appended behind a reply's head that the handler was given.
    Value(Vec<u8>),
    /// A reply's head (with the head of binary data), how many bytes of data there are, and the data in parts.
    Binary(Vec<u8>, usize, Box<dyn Iterator<Item = Bytes> + Send>),
    /// An error.
    Error(RpcError),
}

/// Answers the methods of one client.
pub trait Handler {
    /// Answers a request. `head` is the reply up to where the result goes: append to it.
    fn call(&mut self, method: &str, args: &[u8], kwargs: &[u8], head: Vec<u8>) -> Answer;
}

/// What a fake server needs to know about its clients.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// The secret a hello must carry, as JSON text.
    pub secret: String,
    /// Largest frame we send, header included; clients are told.
    pub max_frame: usize,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { secret: serde_json::Value::from(super::DEFAULT_SECRET).to_string(), max_frame: DEFAULT_FRAME }
    }
}

/// How the client speaks.
enum Speech {
    /// wslink 1.x.
    One(Box<(Decoder, Encoder)>),
    /// wslink 2.x.
    Two(Box<Reassembler>),
}

impl Speech {
    /// As the first message shows it.
    fn of(first: &WsMessage) -> Self {
        if first.is_text {
            Self::One(Box::new((Decoder::new(UNAUTHENTICATED_TEXT), Encoder::new())))
        } else {
            Self::Two(Box::new(Reassembler::new(Limits::for_messages(UNAUTHENTICATED_MESSAGE))))
        }
    }

    /// A whole message as msgpack, when this was the last piece of one.
    fn take(&mut self, message: WsMessage) -> Result<Option<Bytes>, Dropped> {
        match self {
            Self::One(codec) => codec.0.push(&message).map_err(|error| Dropped::new(error.to_string())),
            Self::Two(_) if message.is_text => Ok(None), // the real one does not answer it either
            Self::Two(reassembler) => {
                let whole = reassembler.push(message.data).map_err(|error| Dropped::new(error.to_string()))?;
                Ok(whole.map(Message::joined))
            }
        }
    }

    /// After a good hello, a client may say more.
    fn trust(&mut self) {
        match self {
            Self::One(codec) => codec.0.set_largest(LARGEST_REQUEST.into()),
            Self::Two(reassembler) => reassembler.limits = Limits::for_messages(LARGEST_REQUEST),
        }
    }

    /// Says an answer.
    fn say(&mut self, answer: Answer, id: &str, max: usize, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        let buffer = match answer {
            Answer::Value(buffer) => buffer,
            Answer::Error(error) => message::encode_error(id, &error),
            Answer::Binary(head, len, data) => {
                self.say_binary(head, (len, data), id, max, out);
                return Ok(());
            }
        };
        match self {
            Self::One(codec) => {
                let said = codec.1.encode(buffer.get(frame::HEADER_LEN..).unwrap_or_default());
                out.extend(said.map_err(|error| Dropped::new(error.to_string()))?.into_iter().map(Outgoing::Ready));
            }
            Self::Two(_) => frame::finish_message(message_id(), buffer, max, |frame| {
                out.push(Outgoing::Ready(WsMessage::binary(frame)));
            }),
        }
        Ok(())
    }

    /// Says binary data, in pieces that are made when it is their turn.
    fn say_binary(
        &mut self,
        head: Vec<u8>,
        (len, data): (usize, Box<dyn Iterator<Item = Bytes> + Send>),
        id: &str,
        max: usize,
        out: &mut Vec<Outgoing>,
    ) {
        let unreadable = || Dropped::new("what was asked for could not be read");
        match self {
            Self::One(codec) => {
                let (header, last) = codec.1.encode_binary_reply(id);
                let whole = move || {
                    let mut whole = BytesMut::with_capacity(len);
                    data.for_each(|part| whole.extend_from_slice(&part));
                    if whole.len() == len { Ok(whole.freeze()) } else { Err(unreadable()) }
                };
                out.push(Outgoing::Ready(header));
                // An attachment is one websocket message.
                out.push(Outgoing::Many(Box::new(std::iter::once_with(whole))));
                out.push(Outgoing::Ready(last));
            }
            Self::Two(_) => {
                let head = Bytes::from(head).slice(frame::HEADER_LEN..);
                let total = head.len() + len;
                let parts = std::iter::once(head).chain(data);
                let mut frames = frame::frames(message_id(), total, parts, max);
                let mut ended = false;
                out.push(Outgoing::Many(Box::new(std::iter::from_fn(move || match frames.next() {
                    Some(frame) => Some(Ok(frame)),
                    None if ended || frames.is_complete() => None,
                    None => {
                        ended = true;
                        Some(Err(unreadable()))
                    }
                }))));
            }
        }
    }
}

/// The server's half of one connection.
pub struct ServerHalf {
    options: ServerOptions,
    speech: Option<Speech>,
    client_id: String,
    authenticated: bool,
}

impl ServerHalf {
    /// For a client that just connected.
    pub fn new(options: ServerOptions, client_number: u64) -> Self {
        Self { options, speech: None, client_id: format!("c{client_number:032x}"), authenticated: false }
    }

    /// True after a good hello.
    pub fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// Takes a websocket message and gives those of the reply, in the order in which they are to be sent.
    ///
    /// # Errors
    /// [`Dropped`] where the real server drops the connection: cut or invalid frames and messages.
    pub fn receive(
        &mut self,
        message: WsMessage,
        handler: &mut dyn Handler,
        out: &mut Vec<Outgoing>,
    ) -> Result<(), Dropped> {
        let speech = self.speech.get_or_insert_with(|| Speech::of(&message));
        let Some(message) = speech.take(message)? else { return Ok(()) };
        let request = Request::decode(message).map_err(|error| Dropped::new(error.to_string()))?;
        let Some(id) = request.id else { return Ok(()) };
        let answer = self.answer(&id, &request.method, &request.args, &request.kwargs, handler);
        match &mut self.speech {
            Some(speech) => speech.say(answer, &id, self.options.max_frame, out),
            None => Ok(()),
        }
    }

    /// Publishes something, to a client that is let in. `write` appends one msgpack value.
    pub fn publish(&mut self, topic: &str, write: impl FnOnce(&mut Vec<u8>), out: &mut Vec<Outgoing>) {
        if !self.authenticated {
            return;
        }
        let mut buffer = message::start_publish(topic);
        write(&mut buffer);
        let max = self.options.max_frame;
        if let Some(speech) = &mut self.speech
            && let Err(error) = speech.say(Answer::Value(buffer), "", max, out)
        {
            tracing::warn!(%error, topic, "what is published cannot be said");
        }
    }

    fn answer(&mut self, id: &str, method: &str, args: &[u8], kwargs: &[u8], handler: &mut dyn Handler) -> Answer {
        let error = |code, message: &str, data| Answer::Error(RpcError { code, message: message.to_owned(), data });
        if id.starts_with("system:") {
            if method != "wslink.hello" {
                return error(code::METHOD_NOT_FOUND, "Unknown system method called", None);
            }
            if !self.is_secret(args) {
                return error(code::AUTHENTICATION, "Authentication failed", None);
            }
            self.authenticated = true;
            if let Some(speech) = &mut self.speech {
                speech.trust();
            }
            // wslink 1.x has no frames, and so no size of them to tell.
            let has_frames = matches!(self.speech, Some(Speech::Two(_)));
            let mut reply = message::start_reply(id, 80);
            json::push_map_len(&mut reply, 1 + usize::from(has_frames));
            json::push_str(&mut reply, "clientID");
            json::push_str(&mut reply, &self.client_id);
            if has_frames {
                json::push_str(&mut reply, "maxMsgSize");
                json::push_uint(&mut reply, self.options.max_frame as u64);
            }
            return Answer::Value(reply);
        }
        if !self.authenticated {
            return error(code::AUTHENTICATION, "Unauthorized: Skip message processing", None);
        }
        handler.call(method, args, kwargs, message::start_reply(id, 128))
    }

    /// Compares what the hello carries with what it must, in time that does not tell how much is right.
    fn is_secret(&self, args: &[u8]) -> bool {
        let mut given = String::new();
        let mut reader = Reader::new(args);
        let found = (|| {
            if reader.array()? == 0 {
                return Err(reader.error("no argument"));
            }
            for _ in 0..reader.map()? {
                if reader.text()? == "secret" {
                    return json::push_json(&mut reader, &mut given, json::Unspeakable::Refuse);
                }
                reader.skip()?;
            }
            Err(reader.error("no secret"))
        })();
        let wanted = self.options.secret.as_bytes();
        let differs =
            given.bytes().zip(wanted).fold(given.len() ^ wanted.len(), |sum, (a, b)| sum | usize::from(a ^ b));
        found.is_ok() && differs == 0
    }
}

/// The error of a method that nobody registered.
pub fn unknown_method(method: &str) -> Answer {
    Answer::Error(RpcError {
        code: code::METHOD_NOT_FOUND,
        message: String::from("Unregistered method called"),
        data: Some(serde_json::Value::from(method).to_string()),
    })
}

/// The error of a handler that raised an exception.
pub fn exception(method: &str, exception: &str) -> Answer {
    let data = serde_json::json!({"method": method, "exception": exception, "trace": format!("{exception}\n")});
    Answer::Error(RpcError {
        code: code::EXCEPTION,
        message: String::from("Exception raised"),
        data: Some(data.to_string()),
    })
}
