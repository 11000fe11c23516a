//! The calls of one client that have no answer yet, in whichever version of wslink it speaks.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use bytes::Bytes;

use super::{Hooks, Sort};
use crate::protocol::WsMessage;
use crate::protocol::relay::Ask;
use crate::protocol::wslink::message::{self, Incoming, Payload, Request, RpcError};

/// Largest request of a client that has said a good hello.
pub(super) const LARGEST_REQUEST: u32 = 64 << 20;
/// Largest hello. The server's own limit is 512 bytes unless it was told otherwise.
pub(super) const LARGEST_HELLO: u32 = 64 << 10;
/// Kinds of calls are remembered, under names of so many bytes at most.
const LONGEST_KIND: usize = 128;
/// The error of calls whose answer was lost with the connection. Source: wslink's JavaScript client.
const LOST: i64 = -32099;
/// The id of the question that tells whether a server that came back is the same.
const IDENTITY: &str = "rpc:relay:0";

/// See the module.
pub(super) struct Calls {
    pub(super) hooks: Arc<dyn Hooks>,
    /// Which version of wslink it is: clients of one are not given the bytes of another.
    version: u8,
    next: u64,
    /// Calls without an answer by their ids.
    pending: HashMap<String, Pending>,
    ids: HashMap<u64, String>,
    /// The hello's id, and the messages that said it.
    hello: Option<(String, Vec<WsMessage>)>,
    is_authenticated: bool,
    /// The last call whose result tells this client's server from others, and the result.
    identity: Option<(Request, Bytes)>,
    resuming: Option<Resuming>,
}

struct Pending {
    call: u64,
    request: Request,
}

/// A new connection after a lost one.
struct Resuming {
    hello: String,
    /// What the server that was lost had answered.
    before: Option<Bytes>,
}

/// What becomes of a request.
pub(super) enum Course {
    /// It goes on, and nobody looks at what comes back.
    Pass(Vec<WsMessage>),
    /// It goes nowhere.
    Stop,
    /// The relay answers itself, under this id.
    Answer(String, Result<Vec<u8>, RpcError>),
    /// It is a call.
    Ask(Ask),
}

/// An answer on its way.
pub(super) struct Answering {
    pub(super) call: u64,
    /// The id, to find the call again.
    pub(super) id: String,
    pub(super) request: Request,
    /// Nothing goes to the client before it is whole.
    pub(super) is_held: bool,
    /// Others may have it, too.
    pub(super) is_shared: bool,
    /// It never changes, if it is any data at all.
    pub(super) is_lasting: bool,
    is_error: bool,
}

impl Calls {
    /// At the start of a connection.
    pub(super) fn new(hooks: Arc<dyn Hooks>, version: u8) -> Self {
        Self {
            hooks,
            version,
            next: 0,
            pending: HashMap::new(),
            ids: HashMap::new(),
            hello: None,
            is_authenticated: false,
            identity: None,
            resuming: None,
        }
    }

    /// Takes a request, which these messages said.
    pub(super) fn ask(&mut self, messages: Vec<WsMessage>, request: Request) -> Course {
        let Some(id) = request.id.clone() else {
            // Servers ignore calls without an id; one that did not must not stop for one either.
            return if stops_the_server(&request.method) { Course::Stop } else { Course::Pass(messages) };
        };
        if stops_the_server(&request.method) {
            return Course::Answer(id, Ok(vec![0xc0]));
        }
        // Also before the hello has its answer: what is sent right behind it is answered, too.
        if let Some(answer) = self.hooks.intercept(&request) {
            return Course::Answer(id, answer);
        }
        if self.pending.contains_key(&id) {
            // Two calls under one id: nobody can tell their answers apart.
            return Course::Pass(messages);
        }
        let is_hello = id.starts_with("system:");
        if is_hello {
            self.hello = Some((id.clone(), messages.clone()));
        }
        let sort = if is_hello { Sort::default() } else { self.hooks.sort(&request.method) };
        let question = (sort.is_shared && self.is_authenticated).then(|| {
            [&[self.version], request.method.as_bytes(), &[0], &request.args, &request.kwargs].concat().into()
        });
        let call = self.next;
        self.next += 1;
        let ask = Ask {
            call,
            messages,
            kind: request.method.get(..request.method.floor_char_boundary(LONGEST_KIND)).unwrap_or_default().into(),
            question,
            is_lasting: sort.is_lasting,
            is_repeatable: sort.is_shared,
            has_effect: !sort.is_read && !is_hello,
            superseded_by: None,
        };
        self.ids.insert(call, id.clone());
        self.pending.insert(id, Pending { call, request });
        Course::Ask(ask)
    }

    /// The server answers a call; `None` where there is no such call.
    pub(super) fn answered(&mut self, id: &str, is_error: bool) -> Option<Answering> {
        let (id, Pending { call, request }) = self.pending.remove_entry(id)?;
        self.ids.remove(&call);
        let sort = self.hooks.sort(&request.method);
        Some(Answering {
            call,
            is_held: !is_error && self.hooks.holds(&request.method),
            is_shared: !is_error && sort.is_shared,
            is_lasting: sort.is_lasting,
            is_error,
            id,
            request,
        })
    }

    /// The answer will not be completed: its call has none, as before it began. What the client has got of it already
    /// stays a message without an end; the whole answer, or an error, comes under the same id in another one.
    pub(super) fn put_back(&mut self, answering: Answering) {
        let Answering { call, id, request, .. } = answering;
        // Unless the client has used the id again meanwhile.
        if let Entry::Vacant(place) = self.pending.entry(id) {
            self.ids.insert(call, place.key().clone());
            place.insert(Pending { call, request });
        }
    }

    /// The answer is complete: true when it lets the client in.
    pub(super) fn finish(&mut self, answering: &Answering) -> bool {
        let lets_in = answering.request.method == "wslink.hello" && !answering.is_error;
        self.is_authenticated |= lets_in;
        lets_in
    }

    /// The result of a call as the hooks want it; `None` where it stays as it is.
    pub(super) fn rewritten(&mut self, request: &Request, result: &Bytes) -> Option<Vec<u8>> {
        if self.hooks.tells_identity(&request.method) {
            self.identity = Some((request.clone(), result.clone()));
        }
        self.hooks.answered(request, result)
    }

    /// A call that gets its answer from somewhere else, with its id.
    pub(super) fn take(&mut self, call: u64) -> Option<(String, Request)> {
        let id = self.ids.remove(&call)?;
        let pending = self.pending.remove(&id)?;
        Some((id, pending.request))
    }

    /// What tells a client that something is new, in a buffer that leaves room for its header, and what supersedes it.
    pub(super) fn news(&self) -> Option<(Vec<u8>, Option<Bytes>)> {
        let (topic, data) = if self.is_authenticated { self.hooks.news() } else { None }?;
        let mut message = message::start_publish(&topic);
        message.extend_from_slice(&data);
        Some((message, self.hooks.published(&topic, &data.into())))
    }

    /// What is said on a new connection after a lost one, where that is possible: the hello, and the message (in a
    /// buffer that leaves room for its header) that asks whether it is still the same server.
    pub(super) fn resume(&mut self) -> Option<(Vec<WsMessage>, Option<Vec<u8>>)> {
        let (hello, messages) = self.hello.clone().filter(|_| self.is_authenticated)?;
        let question = self.identity.as_ref().map(|(Request { method, args, kwargs, .. }, _)| {
            let (args, kwargs) =
                (|out: &mut Vec<u8>| out.extend_from_slice(args), |out: &mut Vec<u8>| out.extend_from_slice(kwargs));
            message::encode_request_with(IDENTITY, method, args, kwargs)
        });
        let before = self.identity.as_ref().map(|(_, result)| result.clone());
        self.resuming = Some(Resuming { hello, before });
        Some((messages, question))
    }

    /// True until the server of a new connection has said whether it knows us.
    pub(super) fn is_resuming(&self) -> bool {
        self.resuming.is_some()
    }

    /// What a server says meanwhile; gives its verdict. What is published before we are known again is not missed:
    /// what it announces is asked for.
    pub(super) fn resumed(&mut self, said: Incoming) -> Option<bool> {
        let resuming = self.resuming.as_ref()?;
        let Incoming::Reply { id, outcome } = said else { return None };
        let verdict = match (&resuming.before, outcome) {
            (None, _) | (_, Err(_)) => Some(false),
            (Some(_), Ok(_)) if id == resuming.hello => None,
            (Some(before), Ok(Payload::Msgpack(now))) if id == IDENTITY => Some(self.hooks.is_same(before, &now)),
            _ => None,
        };
        if verdict.is_some() {
            self.resuming = None;
        }
        verdict
    }
}

/// The error of a call whose answer was lost with the connection.
pub(super) fn lost(id: &str) -> Vec<u8> {
    let message = String::from("The connection to the server was lost");
    message::encode_error(id, &RpcError { code: LOST, message, data: None })
}

/// An answer of the relay itself, in a buffer that leaves room for its header.
pub(super) fn reply(id: &str, answer: &Result<Vec<u8>, RpcError>) -> Vec<u8> {
    match answer {
        Ok(msgpack) => {
            let mut reply = message::start_reply(id, msgpack.len());
            reply.extend_from_slice(msgpack);
            reply
        }
        Err(error) => message::encode_error(id, error),
    }
}

/// True for an answer that is some binary data.
pub(super) fn is_data(payload: &Payload) -> bool {
    payload.clone().binary().is_ok_and(|parts| parts.iter().any(|part| !part.is_empty()))
}

/// Both of them end the server's process; nobody may do that through a relay.
pub(super) fn stops_the_server(method: &str) -> bool {
    method.starts_with("application.exit")
}
