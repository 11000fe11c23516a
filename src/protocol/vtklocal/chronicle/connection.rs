//! What one client of a recorded session asked and was told.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::super::rpc;
use super::super::status::Status;
use super::super::{arguments::Arguments, discover};
use super::{Change, Kept, Published, TapedCall, Told};
use crate::protocol::msgpack::{Reader, Token};
use crate::protocol::wslink::message::{Payload, Request, RpcError};
use crate::protocol::wslink::transcript::{Answered, Asked, Said};
use crate::protocol::{Keeper, Moment};
use crate::scene::{Dialect, State};

const APPLICATION: &str = "trame.state.get";
const HELLO: &str = "wslink.hello";

/// A client, as far as its session has come.
pub(super) struct Connection {
    number: u32,
    states: BTreeMap<u64, State>,
    without: BTreeSet<u64>,
    statuses: BTreeMap<u64, Arc<Status>>,
    /// Calls for parts of the scene that nobody has answered yet.
    outstanding: u64,
    /// Updates announced so far.
    announced: u64,
    update: Option<Update>,
    /// When the update that is still to be asked for was announced.
    waiting: Option<Duration>,
}

/// An update that is going on.
#[derive(Default)]
struct Update {
    from: Duration,
    last: Duration,
    /// Updates announced when it was asked for.
    number: u64,
    changed: BTreeSet<u64>,
    without: BTreeSet<u64>,
    is_asked: bool,
    /// A status came: before, nothing is known.
    has_status: bool,
}

impl Connection {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            states: BTreeMap::new(),
            without: BTreeSet::new(),
            statuses: BTreeMap::new(),
            outstanding: 0,
            announced: 0,
            update: None,
            waiting: None,
        }
    }

    /// Something was said as a whole.
    pub(super) fn hear(&mut self, time: Duration, said: Said, told: &mut Told, keep: Keeper<'_>) -> io::Result<()> {
        match said {
            Said::Asked(asked) => self.asked(time, &asked.request, told),
            Said::Answered { asked: Some(asked), answer: Answered::Whole(answer), .. } => {
                return self.answered(time, asked, answer, told, keep);
            }
            Said::Published { topic, data: Some(data), .. } => return self.published(time, topic, data, told, keep),
            Said::Unreadable(reason) => {
                told.unreadable.entry(self.number).or_insert((time, reason));
            }
            Said::Answered { .. } | Said::Published { .. } => {}
        }
        Ok(())
    }

    /// The session ends: what has come is the last moment, if it is complete.
    pub(super) fn end(&mut self, told: &mut Told) {
        let is_complete = self.outstanding == 0 && self.has_all(told);
        if is_complete || told.moments.is_empty() {
            self.complete(told, !is_complete);
        }
    }

    fn asked(&mut self, time: Duration, request: &Request, told: &mut Told) {
        match request.method.as_str() {
            rpc::STATUS => {
                if self.outstanding == 0 && self.update.as_ref().is_some_and(|update| update.has_status) {
                    self.complete(told, false);
                }
                let (from, number) = (self.waiting.take().unwrap_or(time), self.announced);
                let update = self.update.get_or_insert_default();
                // What came before the first status (a look for windows, say) belongs to it.
                if !update.is_asked {
                    *update = Update { from, last: time, number, is_asked: true, ..std::mem::take(update) };
                }
            }
            rpc::STATE | rpc::HASH | rpc::BATCH => {}
            _ => return,
        }
        self.outstanding += 1;
    }

    fn answered(
        &mut self,
        time: Duration,
        asked: Asked,
        answer: Result<Payload, RpcError>,
        told: &mut Told,
        keep: Keeper<'_>,
    ) -> io::Result<()> {
        let request = &asked.request;
        match (request.method.as_str(), answer) {
            (HELLO, _) => return Ok(()),
            (APPLICATION, Ok(Payload::Msgpack(reply))) => {
                told.applications.push((time, reply));
                return Ok(());
            }
            (rpc::STATUS, Ok(Payload::Msgpack(reply))) => self.status(request, &reply),
            (rpc::STATE, Ok(Payload::Msgpack(reply))) => self.state(request, &reply),
            (rpc::HASH, Ok(payload)) => self.hash(request, payload, told, keep)?,
            (rpc::BATCH, Ok(Payload::Msgpack(reply))) => self.batch(request, &reply, told, keep)?,
            // A server without batches is asked again in another way.
            (rpc::STATUS | rpc::STATE | rpc::HASH | rpc::BATCH, _) => {}
            (_, answer) => {
                let answer = match answer {
                    Ok(payload) => Ok(Kept::new(payload, keep)?),
                    Err(error) => Err(error),
                };
                told.calls.push(TapedCall::new(asked, answer));
                return Ok(());
            }
        }
        self.outstanding = self.outstanding.saturating_sub(1);
        if let Some(update) = &mut self.update {
            update.last = time;
        }
        Ok(())
    }

    fn status(&mut self, request: &Request, reply: &Bytes) {
        let Ok(arguments) = Arguments::read(rpc::STATUS, &["obj_id"], &request.args, &request.kwargs) else { return };
        let (Ok(window), Ok(status)) = (arguments.number(0, ""), Status::read(reply)) else { return };
        self.statuses.insert(window, Arc::new(status));
        if let Some(update) = &mut self.update {
            update.has_status = true;
        }
    }

    fn state(&mut self, request: &Request, reply: &Bytes) {
        let Ok(arguments) = Arguments::read(rpc::STATE, &["obj_id"], &request.args, &request.kwargs) else { return };
        let Ok(id) = arguments.number(0, "") else { return };
        match Reader::new(reply).token() {
            Ok(Token::Text(text)) => self.learn(id, Some(reply.slice_ref(text))),
            _ => self.learn(id, None),
        }
    }

    fn hash(&mut self, request: &Request, reply: Payload, told: &mut Told, keep: Keeper<'_>) -> io::Result<()> {
        let arguments = Arguments::read(rpc::HASH, &["hash"], &request.args, &request.kwargs);
        let Ok(hash) = arguments.as_ref().map_err(String::clone).and_then(|given| given.text(0, "")) else {
            return Ok(());
        };
        let Ok(parts) = reply.binary() else { return Ok(()) };
        told.keep_blob(hash.into(), parts, keep)
    }

    fn batch(&mut self, request: &Request, reply: &Bytes, told: &mut Told, keep: Keeper<'_>) -> io::Result<()> {
        let parameters = &["state_ids", "hash_keys"];
        let Ok(arguments) = Arguments::read(rpc::BATCH, parameters, &request.args, &request.kwargs) else {
            return Ok(());
        };
        let ids = arguments.list(0, |reader| reader.count().map_err(|error| error.to_string())).unwrap_or_default();
        let Ok(batch) = rpc::read_batch(reply) else { return Ok(()) };
        if !batch.skip {
            for (id, text) in ids.into_iter().zip(batch.states) {
                self.learn(id, text);
            }
        }
        for (hash, parts) in batch.blobs {
            told.keep_blob(hash, parts, keep)?;
        }
        Ok(())
    }

    fn learn(&mut self, id: u64, text: Option<Bytes>) {
        let state = text.filter(|text| !text.is_empty()).and_then(|text| State::new(text).ok());
        let state = state.filter(|state| !state.is_null());
        let update = self.update.get_or_insert_default();
        match state {
            Some(state) => {
                self.without.remove(&id);
                update.without.remove(&id);
                if self.states.get(&id) != Some(&state) {
                    update.changed.insert(id);
                    self.states.insert(id, state);
                }
            }
            None => {
                self.without.insert(id);
                update.without.insert(id);
            }
        }
    }

    fn published(
        &mut self,
        time: Duration,
        topic: String,
        data: Payload,
        told: &mut Told,
        keep: Keeper<'_>,
    ) -> io::Result<()> {
        let announces = discover::announces_update(&topic, &data, |_| true);
        if announces {
            self.announced += 1;
            self.waiting.get_or_insert(time);
        }
        let data = Kept::new(data, keep)?;
        told.published.push(Published { time, connection: self.number, topic, data, announces });
        Ok(())
    }

    /// True where every object has a state (or none, as the server says), and every blob came.
    fn has_all(&self, told: &Told) -> bool {
        let ids = self.statuses.values().flat_map(|status| &status.ids).map(|(id, _)| id);
        let mut known = true;
        for id in ids {
            let Some(state) = self.states.get(id) else {
                known &= self.without.contains(id);
                continue;
            };
            let found = super::super::dialect::VTK.blob_use(state);
            known &= found.is_none_or(|found| told.blobs.contains_key(found.hash.as_ref()));
        }
        known
    }

    fn complete(&mut self, told: &mut Told, is_partial: bool) {
        let Some(update) = self.update.take().filter(|update| update.has_status) else { return };
        let states: Vec<(u64, State)> =
            update.changed.iter().filter_map(|id| Some((*id, self.states.get(id)?.clone()))).collect();
        let reached: BTreeSet<u64> = self.statuses.values().flat_map(|status| &status.ids).map(|(id, _)| *id).collect();
        self.states.retain(|id, _| reached.contains(id));
        self.without.retain(|id| reached.contains(id));
        told.moments.push(Moment {
            from: update.from,
            time: update.last,
            update: update.number,
            states: states.len() as u64,
            is_partial,
        });
        told.changes.push(Change {
            connection: self.number,
            states,
            without: update.without.into_iter().collect(),
            statuses: Arc::new(self.statuses.clone()),
        });
    }
}
