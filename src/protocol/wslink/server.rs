//! The server's half of wslink for one client, without I/O: frames in, frames out.
//!
//! What the methods do is not known here: a [`Handler`] answers them.

use bytes::Bytes;

use super::client::message_id;
use super::frame::{self, DEFAULT_FRAME, Limits, Reassembler, UNAUTHENTICATED_MESSAGE};
use super::json;
use super::message::{self, Request, RpcError, code};
use super::msgpack::Reader;
use crate::protocol::{Dropped, Outgoing, WsMessage};

/// Requests are small; a client that sends more than this is none.
const LARGEST_REQUEST: u32 = 64 << 20;

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

/// The server's half of one connection.
pub struct ServerHalf {
    options: ServerOptions,
    reassembler: Reassembler,
    client_id: String,
    authenticated: bool,
}

impl ServerHalf {
    /// For a client that just connected.
    pub fn new(options: ServerOptions, client_number: u64) -> Self {
        Self {
            options,
            reassembler: Reassembler::new(Limits::for_messages(UNAUTHENTICATED_MESSAGE)),
            client_id: format!("c{client_number:032x}"),
            authenticated: false,
        }
    }

    /// True after a good hello.
    pub fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// Takes a frame and gives the frames of the reply, in the order in which they are to be sent.
    ///
    /// # Errors
    /// [`Dropped`] where the real server drops the connection: cut or invalid frames and messages.
    pub fn receive(
        &mut self,
        message: WsMessage,
        handler: &mut dyn Handler,
        out: &mut Vec<Outgoing>,
    ) -> Result<(), Dropped> {
        if message.is_text {
            return Ok(()); // as wslink 2: it is not answered
        }
        let message = self.reassembler.push(message.data).map_err(|error| Dropped(error.to_string()))?;
        let Some(message) = message else { return Ok(()) };
        let request = Request::decode(message.joined()).map_err(|error| Dropped(error.to_string()))?;
        let Some(id) = request.id else { return Ok(()) };
        let answer = self.answer(&id, &request.method, &request.args, &request.kwargs, handler);
        let max = self.options.max_frame;
        let buffer = match answer {
            Answer::Value(buffer) => buffer,
            Answer::Error(error) => message::encode_error(&id, &error),
            Answer::Binary(head, len, data) => {
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
                        Some(Err(Dropped(String::from("what was asked for could not be read"))))
                    }
                }))));
                return Ok(());
            }
        };
        frame::finish_message(message_id(), buffer, max, |frame| out.push(Outgoing::Ready(WsMessage::binary(frame))));
        Ok(())
    }

    /// Publishes something, to a client that is let in. `write` appends one msgpack value.
    pub fn publish(&mut self, topic: &str, write: impl FnOnce(&mut Vec<u8>), out: &mut Vec<Outgoing>) {
        if !self.authenticated {
            return;
        }
        let mut buffer = message::start_publish(topic);
        write(&mut buffer);
        let max = self.options.max_frame;
        frame::finish_message(message_id(), buffer, max, |frame| out.push(Outgoing::Ready(WsMessage::binary(frame))));
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
            self.reassembler.limits = Limits::for_messages(LARGEST_REQUEST);
            let mut reply = message::start_reply(id, 80);
            json::push_map_len(&mut reply, 2);
            json::push_str(&mut reply, "clientID");
            json::push_str(&mut reply, &self.client_id);
            json::push_str(&mut reply, "maxMsgSize");
            json::push_uint(&mut reply, self.options.max_frame as u64);
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
