//! The relay's half of one client's connection that speaks wslink 1: JSON text with attachments before it.
//!
//! Messages are read as msgpack, like those of wslink 2, but pass as they came: text is written anew only where it is
//! changed. Attachments are kept until the message that uses them is there, so that both go together or not at all.

use std::sync::Arc;

use bytes::Bytes;

use super::Hooks;
use super::calls::{self, Calls, Course, LARGEST_HELLO, LARGEST_REQUEST};
use super::readdress::{can_be_readdressed, is_text, readdress_text};
use crate::protocol::relay::{Between, FromClient, FromServer, Part, ToClient, Whole};
use crate::protocol::wslink::frame::{HEADER_LEN, Message};
use crate::protocol::wslink::message::{Incoming, Payload, Request, RpcError};
use crate::protocol::wslink::v1::{self, Decoder, Encoder, V1Error};
use crate::protocol::{Dropped, WsMessage};

/// See the module.
pub(super) struct Texts {
    calls: Calls,
    largest_shared: u64,
    largest_message: u32,
    from_client: Decoder,
    from_server: Decoder,
    /// Says what is not the server's own.
    to_client: Encoder,
    /// The server speaks in text, so that binary messages are nothing but attachments to it.
    is_answered: bool,
}

impl Texts {
    /// At the start of a connection.
    pub(super) fn new(hooks: Arc<dyn Hooks>, largest_shared: u64, largest_message: u32) -> Self {
        Self {
            calls: Calls::new(hooks, 1),
            largest_shared,
            largest_message,
            from_client: Decoder::new(LARGEST_HELLO.into()),
            from_server: Decoder::new(largest_message.into()),
            to_client: Encoder::new(),
            is_answered: false,
        }
    }

    /// A message from a buffer that leaves room for a header, which this version does not need.
    fn say(&mut self, buffer: &[u8]) -> Result<Vec<ToClient>, V1Error> {
        let said = self.to_client.encode(buffer.get(HEADER_LEN..).unwrap_or_default())?;
        Ok(said.into_iter().map(ToClient::message).collect())
    }

    /// As [`Texts::say`], for what the relay says itself.
    fn say_own(&mut self, buffer: &[u8]) -> Vec<ToClient> {
        self.say(buffer).unwrap_or_else(|error| {
            tracing::debug!(%error, "something that cannot be said in wslink 1");
            Vec::new()
        })
    }

    /// The answer as the hooks want it; `None` where it stays as it is.
    fn rewritten(&mut self, request: &Request, id: &str, payload: &Payload) -> Option<Vec<ToClient>> {
        let Payload::Msgpack(found) = payload else { return None };
        let changed = self.calls.rewritten(request, found)?;
        self.say(&calls::reply(id, &Ok(changed))).ok()
    }

    fn replied(
        &mut self,
        id: &str,
        outcome: Result<Payload, RpcError>,
        said: Vec<WsMessage>,
        out: &mut Vec<FromServer>,
    ) {
        let Some(answering) = self.calls.answered(id, outcome.is_err()) else {
            out.extend(said.into_iter().map(FromServer::Pass));
            return;
        };
        if self.calls.finish(&answering) {
            self.from_client.set_largest(LARGEST_REQUEST.into());
        }
        let bytes = said.iter().map(|message| message.data.len() as u64).sum();
        let is_shared = answering.is_shared && bytes <= self.largest_shared && can_be_readdressed(&said);
        let whole = is_shared.then(|| {
            // A server answers with nothing for a blob that it does not have yet: only what is there lasts.
            let is_lasting = answering.is_lasting && outcome.as_ref().is_ok_and(calls::is_data);
            Arc::new(Whole { messages: said.iter().map(|message| message.data.clone()).collect(), bytes, is_lasting })
        });
        let changed = match &outcome {
            Ok(payload) if answering.is_held => self.rewritten(&answering.request, id, payload),
            _ => None,
        };
        let messages = changed.unwrap_or_else(|| said.into_iter().map(ToClient::message).collect());
        let call = answering.call;
        out.push(FromServer::Answer(Part { call, out: messages, bytes, total: bytes, is_last: true, whole }));
    }
}

impl Between for Texts {
    fn client_says(&mut self, message: WsMessage, out: &mut Vec<FromClient>) -> Result<(), Dropped> {
        if !message.is_text && !self.is_answered {
            // To a server of wslink 2, which ignores text, it would be a call that nobody has looked at.
            return Err(Dropped::new("binary data before the server has answered in text"));
        }
        let whole = match self.from_client.push_whole(&message) {
            Ok(Some(whole)) => whole,
            Ok(None) => return Ok(()),
            Err(error) if error.is_nonsense() => {
                // Servers are less strict: who knows what they would read in it.
                tracing::debug!(%error, "not passed on");
                return Ok(());
            }
            Err(error) => return Err(Dropped::new(error.to_string())),
        };
        // What has no id, servers do not look at.
        let Some(Ok(request)) = whole.message.map(Request::decode) else { return Ok(()) };
        match self.calls.ask(with_attachments(whole.attachments, message), request) {
            Course::Pass(messages) => out.extend(messages.into_iter().map(FromClient::Pass)),
            Course::Stop => {}
            Course::Answer(id, answer) => {
                out.push(FromClient::Answer(self.say_own(&calls::reply(&id, &answer))));
            }
            Course::Ask(ask) => out.push(FromClient::Ask(ask)),
        }
        Ok(())
    }

    fn server_says(&mut self, message: WsMessage, out: &mut Vec<FromServer>) -> Result<(), Dropped> {
        self.is_answered |= message.is_text;
        let whole = match self.from_server.push_whole(&message) {
            Ok(Some(whole)) => whole,
            Ok(None) => return Ok(()),
            Err(error) if error.is_nonsense() => {
                out.push(FromServer::Pass(message));
                return Ok(());
            }
            Err(error) => return Err(Dropped::new(error.to_string())),
        };
        let incoming = whole.message.and_then(|msgpack| Incoming::decode(Message { parts: vec![msgpack] }).ok());
        if self.calls.is_resuming() {
            out.extend(incoming.and_then(|said| self.calls.resumed(said)).map(FromServer::Resumed));
            return Ok(());
        }
        let said = with_attachments(whole.attachments, message);
        match incoming {
            None => out.extend(said.into_iter().map(FromServer::Pass)),
            Some(Incoming::Reply { id, outcome }) => self.replied(&id, outcome, said, out),
            Some(Incoming::Publish { topic, data }) => {
                let superseded_by = match &data {
                    // One that has attachments is several messages, which stay together.
                    Payload::Msgpack(data) if said.len() == 1 => self.calls.hooks.published(&topic, data),
                    _ => None,
                };
                out.extend(said.into_iter().map(|message| {
                    let superseded_by = superseded_by.clone();
                    FromServer::Publish(ToClient { superseded_by, ..ToClient::message(message) })
                }));
            }
        }
        Ok(())
    }

    fn answer(&mut self, call: u64, whole: &Whole) -> Vec<ToClient> {
        let Some((id, request)) = self.calls.take(call) else { return Vec::new() };
        let changed = match self.calls.hooks.holds(&request.method).then(|| payload(whole)).flatten() {
            Some(payload) => self.rewritten(&request, &id, &payload),
            None => None,
        };
        changed.or_else(|| readdress_text(whole, &id)).unwrap_or_else(|| self.say_own(&calls::lost(&id)))
    }

    fn fail(&mut self, call: u64) -> Vec<ToClient> {
        let lost = self.calls.take(call).map(|(id, _)| calls::lost(&id));
        lost.map(|lost| self.say_own(&lost)).unwrap_or_default()
    }

    fn news(&mut self) -> Vec<ToClient> {
        let Some((message, superseded_by)) = self.calls.news() else { return Vec::new() };
        let said = self.say_own(&message);
        said.into_iter().map(|said| ToClient { superseded_by: superseded_by.clone(), ..said }).collect()
    }

    fn resume(&mut self) -> Option<Vec<WsMessage>> {
        // What was announced on the old connection does not come on the new one.
        self.from_server = Decoder::new(self.largest_message.into());
        let (mut messages, question) = self.calls.resume()?;
        if let Some(question) = question {
            messages.extend(Encoder::new().encode(question.get(HEADER_LEN..).unwrap_or_default()).ok()?);
        }
        Some(messages)
    }
}

/// A message behind the attachments that it uses.
fn with_attachments(attachments: Vec<(Box<str>, Bytes)>, text: WsMessage) -> Vec<WsMessage> {
    let before = attachments.into_iter().flat_map(|(name, data)| [v1::announcement(&name), WsMessage::binary(data)]);
    before.chain([text]).collect()
}

/// What another connection was answered.
fn payload(whole: &Whole) -> Option<Payload> {
    let mut decoder = Decoder::new(u32::MAX.into());
    let mut last = None;
    for (k, data) in whole.messages.iter().enumerate() {
        let message = if is_text(k) { WsMessage::text(data.clone()) } else { WsMessage::binary(data.clone()) };
        last = decoder.push(&message).ok()?;
    }
    match Incoming::decode(Message { parts: vec![last?] }).ok()? {
        Incoming::Reply { outcome, .. } => outcome.ok(),
        Incoming::Publish { .. } => None,
    }
}
