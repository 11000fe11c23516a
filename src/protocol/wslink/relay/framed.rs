//! The relay's half of one client's connection that speaks wslink 2: frames of msgpack.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::Hooks;
use super::arriving::{Arriving, What};
use super::calls::{self, Answering, Calls, Course, LARGEST_HELLO, LARGEST_REQUEST};
use super::readdress::readdress;
use super::stray::stray_text;
use crate::protocol::relay::{Between, FromClient, FromServer, Part, ToClient, Whole};
use crate::protocol::wslink::client::message_id;
use crate::protocol::wslink::frame::{self, DEFAULT_FRAME, HEADER_LEN, Header, Limits, Message, Reassembler};
use crate::protocol::wslink::message::{self, BinaryHead, Incoming, Payload, ReplyHead, Request};
use crate::protocol::{Dropped, Outgoing, WsMessage};

/// Messages of a server that may be unfinished at the same time.
const MOST_ARRIVING: usize = 256;

/// See the module.
pub(super) struct Framed {
    calls: Calls,
    largest_shared: u64,
    largest_message: u32,
    requests: Reassembler,
    /// The frames of requests that are not complete, to be passed on as they came.
    frames: HashMap<u32, Vec<WsMessage>>,
    arriving: HashMap<u32, Arriving>,
    /// What a server says that has yet to say whether it knows us again.
    returning: Reassembler,
}

impl Framed {
    /// At the start of a connection.
    pub(super) fn new(hooks: Arc<dyn Hooks>, largest_shared: u64, largest_message: u32) -> Self {
        Self {
            calls: Calls::new(hooks, 2),
            largest_shared,
            largest_message,
            requests: Reassembler::new(Limits::for_messages(LARGEST_HELLO)),
            frames: HashMap::new(),
            arriving: HashMap::new(),
            returning: Reassembler::new(Limits::for_messages(largest_message)),
        }
    }

    /// What a server's message is, as its first frame tells, and whether it is kept until it is complete.
    fn sort_out(&mut self, start: &[u8], total: u32) -> (What, bool) {
        let Some(head) = ReplyHead::read(start) else { return (What::Other, false) };
        if message::topic(head.id).is_some() {
            return (What::Publish, false);
        }
        let Some(answering) = self.calls.answered(head.id, head.is_error) else { return (What::Other, false) };
        let keep = answering.is_held || (answering.is_shared && u64::from(total) <= self.largest_shared);
        (What::Answer(answering), keep)
    }

    /// The last frame of an answer has come.
    fn finish(&mut self, answering: &Answering, frames: Option<Vec<Bytes>>) -> (Vec<ToClient>, Option<Arc<Whole>>) {
        if self.calls.finish(answering) {
            self.requests.limits = Limits::for_messages(LARGEST_REQUEST);
        }
        let Some(frames) = frames else { return (Vec::new(), None) };
        let bytes = frames.iter().map(Bytes::len).sum::<usize>() as u64;
        // A server answers with nothing for a blob that it does not have yet: only what is there lasts.
        let whole = Whole { is_lasting: answering.is_lasting && is_data(&frames), messages: frames, bytes };
        let mut out = Vec::new();
        if answering.is_held {
            match self.rewritten(&answering.request, &answering.id, &whole) {
                Some(other) => out.push(other),
                None => {
                    out.extend(whole.messages.iter().cloned().map(|frame| ToClient::message(WsMessage::binary(frame))))
                }
            }
        }
        (out, answering.is_shared.then(|| Arc::new(whole)))
    }

    /// The answer as the hooks want it; `None` where it stays as it is.
    fn rewritten(&mut self, request: &Request, id: &str, whole: &Whole) -> Option<ToClient> {
        let parts = whole.messages.iter().map(|frame| frame.slice(HEADER_LEN.min(frame.len())..)).collect();
        let Ok(Incoming::Reply { outcome: Ok(Payload::Msgpack(found)), .. }) = Incoming::decode(Message { parts })
        else {
            return None;
        };
        let changed = self.calls.rewritten(request, &found)?;
        Some(one(calls::reply(id, &Ok(changed))))
    }

    fn one_message(&mut self, frame: Bytes, slice: &Bytes, out: &mut Vec<FromServer>) {
        let total = u32::try_from(slice.len()).unwrap_or(u32::MAX);
        match self.sort_out(slice, total) {
            (What::Other, _) => out.push(FromServer::Pass(WsMessage::binary(frame))),
            (What::Publish, _) => {
                let superseded_by = match Incoming::decode(Message { parts: vec![slice.clone()] }) {
                    Ok(Incoming::Publish { topic, data: Payload::Msgpack(data) }) => {
                        self.calls.hooks.published(&topic, &data)
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
                return Err(Dropped::new("too many messages of the server are unfinished"));
            }
            let (what, keep) = self.sort_out(&slice, header.total);
            self.arriving.insert(header.message, Arriving::new(what, header.total, keep));
        }
        let Some(arriving) = self.arriving.get_mut(&header.message) else { return Ok(()) };
        let is_last = arriving.add(header, &frame);
        if arriving.is_in_crumbs() {
            return Err(Dropped::new("a message of the server comes in frames of a few bytes each"));
        }
        let bytes = frame.len() as u64;
        let message = WsMessage::binary(frame);
        let (call, is_held) = match &arriving.what {
            What::Other | What::Publish => {
                out.push(match arriving.what {
                    What::Publish => FromServer::Publish(ToClient::message(message)),
                    _ => FromServer::Pass(message),
                });
                if is_last {
                    self.arriving.remove(&header.message);
                }
                return Ok(());
            }
            What::Answer(answering) => (answering.call, answering.is_held),
        };
        if is_held && !arriving.is_kept() {
            return Err(Dropped::new("the frames of an answer do not fit together"));
        }
        if self.arriving.values().map(Arriving::kept).sum::<u64>() > u64::from(self.largest_message) * 2 {
            return Err(Dropped::new("unfinished messages of the server hold too much"));
        }
        let mut to_client = if is_held { Vec::new() } else { vec![ToClient::message(message)] };
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
}

impl Between for Framed {
    fn client_says(&mut self, message: WsMessage, out: &mut Vec<FromClient>) -> Result<(), Dropped> {
        let dropped = |error: &dyn std::fmt::Display| Dropped::new(error.to_string());
        if message.is_text {
            out.extend(stray_text(message));
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
        match self.calls.ask(messages, request) {
            Course::Pass(messages) => out.extend(messages.into_iter().map(FromClient::Pass)),
            Course::Stop => {}
            Course::Answer(id, answer) => out.push(FromClient::Answer(vec![one(calls::reply(&id, &answer))])),
            Course::Ask(ask) => out.push(FromClient::Ask(ask)),
        }
        Ok(())
    }

    fn server_says(&mut self, message: WsMessage, out: &mut Vec<FromServer>) -> Result<(), Dropped> {
        if self.calls.is_resuming() {
            let dropped = |error: &dyn std::fmt::Display| Dropped::new(error.to_string());
            if !message.is_text
                && let Some(whole) = self.returning.push(message.data).map_err(|error| dropped(&error))?
                && let Ok(said) = Incoming::decode(whole)
            {
                out.extend(self.calls.resumed(said).map(FromServer::Resumed));
            }
            return Ok(());
        }
        let header = match Header::read(&message.data) {
            Ok(header) if !message.is_text => header,
            _ => {
                out.push(FromServer::Pass(message));
                return Ok(());
            }
        };
        let frame = message.data;
        let slice = frame.slice(HEADER_LEN..);
        if header.total > self.largest_message {
            return Err(Dropped::new(format!("the server announces a message of {} bytes", header.total)));
        }
        if slice.len() as u64 == u64::from(header.total) && !self.arriving.contains_key(&header.message) {
            self.one_message(frame, &slice, out);
            return Ok(());
        }
        self.a_frame(header, frame, out)
    }

    fn answer(&mut self, call: u64, whole: &Whole) -> Vec<ToClient> {
        let Some((id, request)) = self.calls.take(call) else { return Vec::new() };
        let held = self.calls.hooks.holds(&request.method);
        let changed = if held { self.rewritten(&request, &id, whole) } else { None };
        vec![changed.or_else(|| readdress(whole, &id)).unwrap_or_else(|| one(calls::lost(&id)))]
    }

    fn fail(&mut self, call: u64) -> Vec<ToClient> {
        self.calls.take(call).map(|(id, _)| one(calls::lost(&id))).into_iter().collect()
    }

    fn news(&mut self) -> Vec<ToClient> {
        let news = self.calls.news();
        news.map(|(message, superseded_by)| ToClient { superseded_by, ..one(message) }).into_iter().collect()
    }

    fn resume(&mut self) -> Option<Vec<WsMessage>> {
        for (_, cut) in self.arriving.drain() {
            if let What::Answer(answering) = cut.what {
                self.calls.put_back(answering);
            }
        }
        self.returning = Reassembler::new(Limits::for_messages(self.largest_message));
        let (mut messages, question) = self.calls.resume()?;
        if let Some(question) = question {
            let mut say = |frame| messages.push(WsMessage::binary(frame));
            frame::finish_message(message_id(), question, DEFAULT_FRAME, &mut say);
        }
        Some(messages)
    }
}

/// True for an answer that is some binary data.
fn is_data(frames: &[Bytes]) -> bool {
    let total = frames.iter().map(|frame| frame.len().saturating_sub(HEADER_LEN)).sum();
    let first = frames.first().and_then(|frame| frame.get(HEADER_LEN..)).unwrap_or_default();
    // Small data has a short head, which `BinaryHead` leaves to others.
    BinaryHead::read(first, total).map_or_else(
        || {
            let only = Message { parts: vec![Bytes::copy_from_slice(first)] };
            matches!(Incoming::decode(only), Ok(Incoming::Reply { outcome: Ok(payload), .. }) if calls::is_data(&payload))
        },
        |head| head.len > 0,
    )
}

/// A message from a buffer that leaves room for its header, in as many frames as it takes.
fn one(buffer: Vec<u8>) -> ToClient {
    let mut messages = Vec::new();
    frame::finish_message(message_id(), buffer, DEFAULT_FRAME, |frame| messages.push(WsMessage::binary(frame)));
    let bytes = messages.iter().map(|message| message.data.len() as u64).sum();
    let mut messages = messages.into_iter();
    let outgoing = match (messages.len(), messages.next()) {
        (1, Some(only)) => Outgoing::Ready(only),
        (_, first) => Outgoing::Many(Box::new(first.into_iter().chain(messages).map(|message| Ok(message.data)))),
    };
    ToClient { outgoing, bytes, superseded_by: None }
}
