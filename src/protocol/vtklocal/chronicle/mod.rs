//! A recorded session, told by what its clients asked and were answered.
//!
//! An update of a client starts with its question for the status, and is over when all that it asked for has
//! come and it asks for the status again (or the session ends). That is a moment: the states that came are
//! noted with it, so that the scene can be had at any moment.

mod connection;
mod kept;
mod known;
mod play;
mod selection;
mod server;
mod tape;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::discover;
use super::status::Status;
use crate::protocol::wslink::message::RpcError;
use crate::protocol::wslink::transcripts::Transcripts;
use crate::protocol::{
    Chronicle, Chronicler, Happening, Keep, Keeper, Moment, Playing, Server, ServerSettings, Traffic,
};
use crate::scene::{Blob, ObjectId, Scene, State};
use connection::Connection;
use kept::Kept;
use known::Known;
use tape::TapedCall;

/// What came with a moment.
#[derive(Clone, Debug)]
struct Change {
    /// The connection it came over: each client has a scene of its own.
    connection: u32,
    states: Vec<(u64, State)>,
    /// Ids without a state.
    without: Vec<u64>,
    /// All statuses known at that moment.
    statuses: Arc<BTreeMap<u64, Arc<Status>>>,
}

/// Listens to a session.
pub(super) struct Listening {
    transcripts: Transcripts,
    connections: HashMap<u32, Connection>,
    told: Told,
}

impl Default for Listening {
    fn default() -> Self {
        Self { transcripts: Transcripts::new(Keep::Whole), connections: HashMap::new(), told: Told::default() }
    }
}

/// What the session told so far.
#[derive(Default)]
struct Told {
    moments: Vec<Moment>,
    changes: Vec<Change>,
    /// Every blob that came; nothing for those the server had not.
    blobs: HashMap<Arc<str>, Option<Blob>>,
    /// What `trame.state.get` was answered, and when.
    applications: Vec<(Duration, Bytes)>,
    /// What was published, over the connection that it came over.
    published: Vec<Published>,
    /// Every other call, in order.
    calls: Vec<TapedCall>,
    /// Connections that could not be understood from some time on, and why.
    unreadable: BTreeMap<u32, (Duration, String)>,
}

/// Something that was published.
#[derive(Clone, Debug)]
struct Published {
    time: Duration,
    connection: u32,
    topic: String,
    data: Kept,
    /// It announces that a window has something new.
    announces: bool,
}

/// What was answered.
type Answer = Result<Kept, RpcError>;

impl Chronicler for Listening {
    fn hear(&mut self, traffic: Traffic, keep: Keeper<'_>) -> io::Result<()> {
        let Traffic { time, connection: number, what } = traffic;
        match what {
            Happening::Opened { .. } => {
                self.transcripts.closed(number);
                self.connections.insert(number, Connection::new(number));
                Ok(())
            }
            Happening::Message(direction, message) => {
                let connection = self.connections.entry(number).or_insert_with(|| Connection::new(number));
                match self.transcripts.hear(time, number, direction, &message) {
                    Some(said) => connection.hear(time, said, &mut self.told, keep),
                    None => Ok(()),
                }
            }
            Happening::Closed { .. } => {
                self.transcripts.closed(number);
                if let Some(mut connection) = self.connections.remove(&number) {
                    connection.end(&mut self.told);
                }
                Ok(())
            }
        }
    }

    fn end(mut self: Box<Self>) -> Arc<dyn Chronicle> {
        let mut open: Vec<(u32, Connection)> = self.connections.drain().collect();
        open.sort_unstable_by_key(|(number, _)| *number);
        for (_, mut connection) in open {
            connection.end(&mut self.told);
        }
        Arc::new(Session::new(self.told))
    }
}

/// A session as a whole.
struct Session {
    told: Told,
}

impl Session {
    fn new(mut told: Told) -> Self {
        // A capture may hold one connection after the other.
        told.applications.sort_by_key(|(said, _)| *said);
        told.select();
        Self { told }
    }

    fn told(&self) -> &Told {
        &self.told
    }
}

impl Chronicle for Session {
    fn moments(&self) -> &[Moment] {
        &self.told.moments
    }

    fn scene(&self, moment: usize) -> Option<Scene> {
        self.told.scene(moment)
    }

    fn not_understood(&self) -> Option<(Duration, &str)> {
        self.told.unreadable.values().next().map(|(time, reason)| (*time, reason.as_str()))
    }

    fn server(self: Arc<Self>, settings: &ServerSettings, playing: &Playing) -> Arc<dyn Server> {
        Arc::new(server::TapeServer::new(self, settings, playing))
    }
}

impl Told {
    /// The scene at a moment, as the client of its connection had it.
    pub(super) fn scene(&self, moment: usize) -> Option<Scene> {
        self.scene_from(moment, &mut Known::default())
    }

    /// The same from what was known at a moment before, which becomes what is known now.
    pub(super) fn scene_from(&self, moment: usize, known: &mut Known) -> Option<Scene> {
        let last = self.changes.get(moment)?;
        known.go_to(&self.changes, moment);
        let mut scene = Scene::new(&super::dialect::VTK);
        let statuses = last.statuses.values();
        for (id, _) in statuses.flat_map(|status| &status.ids) {
            match known.states.get(id) {
                Some(state) => scene.insert(ObjectId::Number(*id), state.clone()),
                None if known.without.contains(id) => drop(scene.without_state.insert(ObjectId::Number(*id))),
                None => {}
            }
        }
        for hash in last.statuses.values().flat_map(|status| &status.hashes) {
            if let Some(Some(blob)) = self.blobs.get(hash) {
                scene.insert_blob(Arc::clone(hash), blob.clone());
            }
        }
        let application = self.application(self.moments.get(moment)?.time).map(discover::application_of);
        discover::describe(&mut scene, last.statuses.keys().copied(), application);
        Some(scene)
    }

    /// What the application said of itself at a time: what was said last, or else first.
    pub(super) fn application(&self, time: Duration) -> Option<&Bytes> {
        let before = self.applications.partition_point(|(said, _)| *said <= time);
        self.applications.get(before.saturating_sub(1)).map(|(_, application)| application)
    }
}

impl Told {
    /// Keeps a blob that came, the first time; the server answers an unknown name with no bytes.
    fn keep_blob(&mut self, hash: Arc<str>, parts: Vec<Bytes>, keep: Keeper<'_>) -> io::Result<()> {
        if matches!(self.blobs.get(&hash), Some(Some(_))) {
            return Ok(());
        }
        let is_empty = parts.iter().all(Bytes::is_empty);
        let blob = if is_empty { None } else { Some(keep(parts)?) };
        self.blobs.insert(hash, blob);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
