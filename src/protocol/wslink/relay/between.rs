//! The relay's half of one client's wslink connection.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::Hooks;
use super::arriving::{Answering, Arriving, What};
use super::readdress::readdress;
use crate::protocol::relay::{Ask, Between, FromClient, FromServer, Part, ToClient, Whole};
use crate::protocol::wslink::client::message_id;
use crate::protocol::wslink::frame::{self, DEFAULT_FRAME, HEADER_LEN, Header, Limits, Message, Reassembler};
use crate::protocol::wslink::message::{self, BinaryHead, Incoming, Payload, ReplyHead, Request, RpcError};
use crate::protocol::{Dropped, WsMessage};

/// Largest request of a client that has said a good hello.
const LARGEST_REQUEST: u32 = 64 << 20;
/// Largest hello. The server's own limit is 512 bytes unless it was told otherwise.
const LARGEST_HELLO: u32 = 64 << 10;
/// Messages of a server that may be unfinished at the same time.
const MOST_ARRIVING: usize = 256;
/// The error of calls whose answer was lost with the connection. Source: wslink's JavaScript client.
const LOST: i64 = -32099;
/// The id of the question that tells whether a server that came back is the same.
const IDENTITY: &str = "rpc:relay:0";

/// See the module.
pub struct WslinkBetween {
    hooks: Arc<dyn Hooks>,
    largest_shared: u64,
    largest_message: u32,
    requests: Reassembler,
    /// The frames of requests that are not complete, to be passed on as they came.
    frames: HashMap<u32, Vec<WsMessage>>,
    next_call: u64,
    /// Calls without an answer by their ids.
    pending: HashMap<String, Pending>,
    ids: HashMap<u64, String>,
    hello: Option<Vec<WsMessage>>,
    is_authenticated: bool,
    arriving: HashMap<u32, Arriving>,
    /// The server said something in text: it is wslink 1.
    is_text: bool,
    resuming: Option<Resuming>,
}

struct Pending {
    call: u64,
    request: Request,
}

/// A new connection after a lost one.
struct Resuming {
    hello: String,
    identity: Option<Bytes>,
}

impl WslinkBetween {
    /// At the start of a connection.
    pub fn new(hooks: Arc<dyn Hooks>, largest_shared: u64, largest_message: u32) -> Self {
        Self {
            hooks,
            largest_shared,
            largest_message,
            requests: Reassembler::new(Limits::for_messages(LARGEST_HELLO)),
            frames: HashMap::new(),
            next_call: 0,
            pending: HashMap::new(),
            ids: HashMap::new(),
            hello: None,
            is_authenticated: false,
            arriving: HashMap::new(),
            is_text: false,
            resuming: None,
        }
    }

    fn request(&mut self, messages: Vec<WsMessage>, request: Request, out: &mut Vec<FromClient>) {
        let Some(id) = request.id.clone() else {
            // Servers ignore calls without an id; one that did not must not stop for one either.
            if !stops_the_server(&request.method) {
                out.extend(messages.into_iter().map(FromClient::Pass));
            }
            return;
        };
        if stops_the_server(&request.method) {
            out.push(FromClient::Answer(vec![result(&id, &[0xc0])]));
            return;
        }
        if self.is_authenticated
            && let Some(answer) = self.hooks.intercept(&request)
        {
            out.push(FromClient::Answer(vec![match answer {
                Ok(msgpack) => result(&id, &msgpack),
                Err(error) => one(message::encode_error(&id, &error)),
            }]));
            return;
        }
        if self.pending.contains_key(&id) {
            // Two calls under one id: nobody can tell their answers apart.
            out.extend(messages.into_iter().map(FromClient::Pass));
            return;
        }
        let is_hello = id.starts_with("system:");
        if is_hello {
            self.hello = Some(messages.clone());
        }
        let sort = if is_hello { super::Sort::default() } else { self.hooks.sort(&request.method) };
        let question = (sort.is_shared && self.is_authenticated)
            .then(|| [request.method.as_bytes(), &[0], &request.args, &request.kwargs].concat().into());
        let call = self.next_call;
        self.next_call += 1;
        out.push(FromClient::Ask(Ask {
            call,
            messages,
            kind: request.method.as_str().into(),
            question,
            is_lasting: sort.is_lasting,
            is_repeatable: sort.is_shared,
            has_effect: !sort.is_read && !is_hello,
            superseded_by: None,
        }));
        self.ids.insert(call, id.clone());
        self.pending.insert(id, Pending { call, request });
    }

    /// wslink 1 speaks JSON in text messages; only what would stop a server is looked for.
    fn text_request(&self, message: WsMessage) -> Option<FromClient> {
        #[derive(serde::Deserialize)]
        struct Call {
            id: Option<serde_json::Value>,
            method: Option<String>,
        }
        match serde_json::from_slice::<Call>(&message.data) {
            Ok(Call { id, method: Some(method) }) if stops_the_server(&method) => {
                let answer = serde_json::json!({"wslink": "1.0", "id": id, "result": null}).to_string();
                Some(FromClient::Answer(vec![ToClient::message(WsMessage::text(answer))]))
            }
            Ok(_) => Some(FromClient::Pass(message)),
            // Servers are less strict (a name may come twice): who knows what they would read in it.
            Err(error) => {
                tracing::debug!(%error, "a text message that is not passed on");
                None
            }
        }
    }

    /// What a server's message is, as its first frame tells.
    fn sort_out(&mut self, start: &[u8], total: u32) -> (What, bool) {
        let Some(head) = ReplyHead::read(start) else { return (What::Other, false) };
        if message::topic(head.id).is_some() {
            return (What::Publish, false);
        }
        let Some(pending) = self.pending.remove(head.id) else { return (What::Other, false) };
        self.ids.remove(&pending.call);
        let is_shared = !head.is_error && self.hooks.sort(&pending.request.method).is_shared;
        let is_held = !head.is_error && self.hooks.holds(&pending.request.method);
        let keep = is_held || (is_shared && u64::from(total) <= self.largest_shared);
        let answering =
            Answering { call: pending.call, request: pending.request, is_held, is_error: head.is_error, is_shared };
        (What::Answer(answering), keep)
    }

    /// The last frame of an answer has come.
    fn finish(&mut self, answering: &Answering, frames: Option<Vec<Bytes>>) -> (Vec<ToClient>, Option<Arc<Whole>>) {
        if answering.request.method == "wslink.hello" && !answering.is_error {
            self.is_authenticated = true;
            self.requests.limits = Limits::for_messages(LARGEST_REQUEST);
        }
        let Some(frames) = frames else { return (Vec::new(), None) };
        let bytes = frames.iter().map(Bytes::len).sum::<usize>() as u64;
        // A server answers with nothing for a blob that it does not have yet: only what is there lasts.
        let is_lasting = self.hooks.sort(&answering.request.method).is_lasting && is_data(&frames);
        let whole = Whole { messages: frames, bytes, is_lasting };
        let mut out = Vec::new();
        if answering.is_held {
            let id = answering.request.id.as_deref().unwrap_or_default();
            match self.rewritten(&answering.request, id, &whole) {
                Some(other) => out.push(other),
                None => {
                    out.extend(whole.messages.iter().cloned().map(|frame| ToClient::message(WsMessage::binary(frame))))
                }
            }
        }
        (out, answering.is_shared.then(|| Arc::new(whole)))
    }

    /// The answer as the hooks want it; `None` where it stays as it is.
    fn rewritten(&self, request: &Request, id: &str, whole: &Whole) -> Option<ToClient> {
        let parts = whole.messages.iter().map(|frame| frame.slice(HEADER_LEN.min(frame.len())..)).collect();
        let Ok(Incoming::Reply { outcome: Ok(Payload::Msgpack(found)), .. }) = Incoming::decode(Message { parts })
        else {
            return None;
        };
        let changed = self.hooks.answered(request, &found)?;
        Some(result(id, &changed))
    }

    fn one_message(&mut self, frame: Bytes, slice: &Bytes, out: &mut Vec<FromServer>) {
        let total = u32::try_from(slice.len()).unwrap_or(u32::MAX);
        if self.resuming.is_some() {
            self.resumed(slice, out);
            return;
        }
        match self.sort_out(slice, total) {
            (What::Other, _) => out.push(FromServer::Pass(WsMessage::binary(frame))),
            (What::Publish, _) => {
                let superseded_by = match Incoming::decode(Message { parts: vec![slice.clone()] }) {
                    Ok(Incoming::Publish { topic, data: Payload::Msgpack(data) }) => {
                        self.hooks.published(&topic, &data)
                    }
                    _ => None,
                };
                let message = ToClient::message(WsMessage::binary(frame));
                out.push(FromServer::Publish(ToClient { superseded_by, ..message }));
            }
            (What::Answer(answering), keep) => {
                let bytes = frame.len() as u64;
                let (mut changed, whole) = self.finish(&answering, keep.then(|| vec![frame.clone()]));
                if !answering.is_held {
                    changed = vec![ToClient::message(WsMessage::binary(frame))];
                }
                let call = answering.call;
                out.push(FromServer::Answer(Part { call, out: changed, bytes, total: bytes, is_last: true, whole }));
            }
        }
    }

    fn a_frame(&mut self, header: Header, frame: Bytes, out: &mut Vec<FromServer>) -> Result<(), Dropped> {
        let slice = frame.slice(HEADER_LEN.min(frame.len())..);
        if !self.arriving.contains_key(&header.message) {
            if self.arriving.len() >= MOST_ARRIVING {
                return Err(Dropped(String::from("too many messages of the server are unfinished")));
            }
            let (what, keep) = self.sort_out(&slice, header.total);
            self.arriving.insert(header.message, Arriving::new(what, header.total, keep));
        }
        let Some(arriving) = self.arriving.get_mut(&header.message) else { return Ok(()) };
        let is_last = arriving.add(header, &frame);
        let bytes = frame.len() as u64;
        let message = ToClient::message(WsMessage::binary(frame));
        let (call, is_held) = match &arriving.what {
            What::Other => {
                if let crate::protocol::Outgoing::Ready(message) = message.outgoing {
                    out.push(FromServer::Pass(message));
                }
                if is_last {
                    self.arriving.remove(&header.message);
                }
                return Ok(());
            }
            What::Publish => {
                out.push(FromServer::Publish(message));
                if is_last {
                    self.arriving.remove(&header.message);
                }
                return Ok(());
            }
            What::Answer(answering) => (answering.call, answering.is_held),
        };
        let mut to_client = if is_held { Vec::new() } else { vec![message] };
        let mut shared = None;
        if is_last
            && let Some(done) = self.arriving.remove(&header.message)
            && let (What::Answer(answering), frames) = done.into_frames()
        {
            let (changed, whole) = self.finish(&answering, frames);
            to_client.extend(changed);
            shared = whole;
        }
        let total = u64::from(header.total);
        out.push(FromServer::Answer(Part { call, out: to_client, bytes, total, is_last, whole: shared }));
        Ok(())
    }

    /// An answer to what was said on a new connection after a lost one.
    fn resumed(&mut self, slice: &Bytes, out: &mut Vec<FromServer>) {
        let Some(resuming) = &self.resuming else { return };
        let Ok(Incoming::Reply { id, outcome }) = Incoming::decode(Message { parts: vec![slice.clone()] }) else {
            return; // What is published before we are known again is not missed: what it announces is asked for.
        };
        let verdict = match (&resuming.identity, outcome) {
            (None, _) | (_, Err(_)) => Some(false),
            (Some(_), Ok(_)) if id == resuming.hello => None,
            (Some(question), Ok(Payload::Msgpack(result))) if id == IDENTITY => {
                Some(self.hooks.is_same(question, &result))
            }
            _ => None,
        };
        if let Some(verdict) = verdict {
            self.resuming = None;
            out.push(FromServer::Resumed(verdict));
        }
    }
}

impl Between for WslinkBetween {
    fn client_says(&mut self, message: WsMessage, out: &mut Vec<FromClient>) -> Result<(), Dropped> {
        let dropped = |error: &dyn std::fmt::Display| Dropped(error.to_string());
        if message.is_text {
            out.extend(self.text_request(message));
            return Ok(());
        }
        if self.is_text {
            // The bytes of an attachment. A server that reads calls in binary messages never spoke in text.
            out.push(FromClient::Pass(message));
            return Ok(());
        }
        let header = Header::read(&message.data).map_err(|error| dropped(&error))?;
        let whole = self.requests.push(message.data.clone()).map_err(|error| dropped(&error))?;
        let Some(whole) = whole else {
            self.frames.entry(header.message).or_default().push(message);
            return Ok(());
        };
        let mut messages = self.frames.remove(&header.message).unwrap_or_default();
        messages.push(message);
        let request = Request::decode(whole.joined()).map_err(|error| dropped(&error))?;
        self.request(messages, request, out);
        Ok(())
    }

    fn server_says(&mut self, message: WsMessage, out: &mut Vec<FromServer>) -> Result<(), Dropped> {
        if message.is_text {
            self.is_text = true;
            out.push(FromServer::Pass(message));
            return Ok(());
        }
        if self.is_text {
            out.push(FromServer::Pass(message));
            return Ok(());
        }
        let frame = message.data;
        let Ok(header) = Header::read(&frame) else {
            out.push(FromServer::Pass(WsMessage::binary(frame)));
            return Ok(());
        };
        let slice = frame.slice(HEADER_LEN..);
        if header.total > self.largest_message {
            return Err(Dropped(format!("the server announces a message of {} bytes", header.total)));
        }
        if slice.len() as u64 == u64::from(header.total) && !self.arriving.contains_key(&header.message) {
            self.one_message(frame, &slice, out);
            return Ok(());
        }
        self.a_frame(header, frame, out)
    }

    fn answer(&mut self, call: u64, whole: &Whole) -> Vec<ToClient> {
        let Some(id) = self.ids.remove(&call) else { return Vec::new() };
        let Some(pending) = self.pending.remove(&id) else { return Vec::new() };
        let held = self.hooks.holds(&pending.request.method);
        let changed = if held { self.rewritten(&pending.request, &id, whole) } else { None };
        changed.or_else(|| readdress(whole, &id)).into_iter().collect()
    }

    fn fail(&mut self, call: u64) -> Vec<ToClient> {
        let Some(id) = self.ids.remove(&call) else { return Vec::new() };
        self.pending.remove(&id);
        let message = String::from("The connection to the server was lost");
        vec![one(message::encode_error(&id, &RpcError { code: LOST, message, data: None }))]
    }

    fn news(&mut self) -> Vec<ToClient> {
        if !self.is_authenticated {
            return Vec::new();
        }
        let Some((topic, data)) = self.hooks.news() else { return Vec::new() };
        let mut message = message::start_publish(&topic);
        message.extend_from_slice(&data);
        let superseded_by = self.hooks.published(&topic, &data.into());
        vec![ToClient { superseded_by, ..one(message) }]
    }

    fn resume(&mut self) -> Option<Vec<WsMessage>> {
        self.arriving.clear();
        if !self.is_authenticated || self.is_text {
            return None;
        }
        let mut messages = self.hello.clone()?;
        let hello = {
            let first = messages.first()?.data.slice(HEADER_LEN.min(messages.first()?.data.len())..);
            Request::decode(first).ok()?.id?
        };
        let identity = self.hooks.identity();
        if let Some((method, args)) = &identity {
            let request = message::encode_request(IDENTITY, method, |out| out.extend_from_slice(args));
            frame::finish_message(message_id(), request, DEFAULT_FRAME, |frame| {
                messages.push(WsMessage::binary(frame))
            });
        }
        self.resuming = Some(Resuming { hello, identity: identity.map(|(_, args)| args) });
        Some(messages)
    }
}

/// Both of them end the server's process; nobody may do that through a relay.
fn stops_the_server(method: &str) -> bool {
    method.starts_with("application.exit")
}

/// True for an answer that is some binary data.
fn is_data(frames: &[Bytes]) -> bool {
    let total = frames.iter().map(|frame| frame.len().saturating_sub(HEADER_LEN)).sum();
    let first = frames.first().and_then(|frame| frame.get(HEADER_LEN..)).unwrap_or_default();
    // Small data has a short head, which `BinaryHead` leaves to others.
    BinaryHead::read(first, total).map_or_else(
        || matches!(Incoming::decode(Message { parts: vec![Bytes::copy_from_slice(first)] }),
            Ok(Incoming::Reply { outcome: Ok(payload), .. }) if payload.clone().binary().is_ok_and(|parts| parts.iter().any(|part| !part.is_empty()))),
        |head| head.len > 0,
    )
}

fn result(id: &str, msgpack: &[u8]) -> ToClient {
    let mut reply = message::start_reply(id, msgpack.len());
    reply.extend_from_slice(msgpack);
    one(reply)
}

/// A message from a buffer that leaves room for its header, in as many frames as it takes.
fn one(buffer: Vec<u8>) -> ToClient {
    let mut messages = Vec::new();
    frame::finish_message(message_id(), buffer, DEFAULT_FRAME, |frame| messages.push(WsMessage::binary(frame)));
    let bytes = messages.iter().map(|message| message.data.len() as u64).sum();
    let mut messages = messages.into_iter();
    let outgoing = match (messages.len(), messages.next()) {
        (1, Some(only)) => crate::protocol::Outgoing::Ready(only),
        (_, first) => {
            crate::protocol::Outgoing::Many(Box::new(first.into_iter().chain(messages).map(|message| Ok(message.data))))
        }
    };
    ToClient { outgoing, bytes, superseded_by: None }
}
