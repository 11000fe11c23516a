//! What all clients of a shared connection share: what was said, who is there, and how far everybody is.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use super::again::catch_up;
use super::echo::Echoes;
use super::keyed::{Full, Keyed, Place, about};
use crate::faults::LostBlobs;
use crate::protocol::msgpack::{Reader, Token};
use crate::protocol::viser::dialect::content_hash;
use crate::protocol::viser::frame::{Frame, Limits};
use crate::protocol::viser::kinds::{self, is_said_once};
use crate::protocol::viser::message::Message;
use crate::protocol::viser::server::Versions;
use crate::protocol::viser::settling::Settling;
use crate::protocol::viser::words::plain;
use crate::protocol::{Dropped, Newcomer};

/// Frames up to this size go to clients that are up to date as they came, in bytes.
const LARGEST_FRAME: usize = 1 << 20;

/// So many of them are kept for that.
const MOST_FRAMES: usize = 32;

/// Ids of elements that are remembered.
const MOST_IDS: usize = 200_000;

/// Removals that may wait before it is looked who still has to hear them.
const FEW: usize = 64;

/// What was changed so lately may still come over another connection as it was before.
const LATELY: Duration = Duration::from_secs(2);

/// See the module.
pub(super) struct Hub {
    inner: Mutex<Inner>,
    /// Counts what is new.
    pub(super) news: watch::Sender<u64>,
    /// Clients have connections of their own, if they want.
    pub(super) alone: bool,
    pub(super) lost: LostBlobs,
    pub(super) limits: Limits,
    start: Instant,
}

/// A frame as it came.
struct Sent {
    first: u64,
    last: u64,
    data: Bytes,
}

/// A client.
pub(super) struct Client {
    pub(super) place: Place,
    /// The replay ends here; `None`: not all of it has come yet.
    pub(super) backlog: Option<u64>,
    /// It was told that it has ended.
    pub(super) is_replayed: bool,
    pub(super) refused: Option<Dropped>,
    pub(super) echoes: Echoes,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) keyed: Keyed,
    version: Option<String>,
    says_the_end: bool,
    /// All that was built before we came has come, at least once.
    is_hydrated: bool,
    /// What comes over a new connection, until all of it is there.
    again: Option<Keyed>,
    /// The shared connection is lost, and there is no new one yet.
    is_lost: bool,
    /// Finds the end of the replay where the server does not say it.
    settling: Settling,
    /// Counts frames.
    frame: u64,
    /// The server's clock, and what to add so that it never goes back.
    clock: f64,
    shift: f64,
    sent: VecDeque<Sent>,
    pub(super) clients: HashMap<u64, Client>,
    next_client: u64,
    /// Ids of elements that everybody has seen, some time.
    ids: HashSet<u64>,
    /// What was changed when, for keys that are nobody's own.
    changed: HashMap<u64, Instant>,
    /// When to look for removals that nobody has to hear any more.
    most_owed: usize,
}

/// What a client is to be sent.
pub(super) enum Next {
    /// A frame as it came.
    Frame(Bytes),
    /// These messages, at this time.
    Window(Vec<Message>, f64),
}

pub(super) fn hash(of: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// What cannot be taken, or kept.
fn broken(error: impl std::fmt::Display) -> Dropped {
    Dropped::closing(1011, error.to_string())
}

impl Hub {
    pub(super) fn new(alone: bool, lost: LostBlobs, limits: Limits) -> Self {
        Self { inner: Mutex::default(), news: watch::Sender::new(0), alone, lost, limits, start: Instant::now() }
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tell_news(&self) {
        self.news.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A shared connection was opened to a server of this version.
    pub(super) fn begin(&self, version: &str, says_the_end: bool) {
        {
            let mut inner = self.inner();
            if inner.version.as_deref().is_some_and(|known| known != version) {
                // Pages of one version are not served by servers of another.
                let dropped = Dropped::closing(1002, format!("Version mismatch. Client: unknown, Server: {version}"));
                inner.clients.values_mut().for_each(|client| client.refused = Some(dropped.clone()));
                (inner.keyed, inner.is_hydrated) = (Keyed::default(), false);
                inner.sent.clear();
            }
            inner.again = (inner.is_hydrated || inner.keyed.last() > 0).then(Keyed::default);
            inner.is_lost = false;
            (inner.version, inner.says_the_end) = (Some(version.to_owned()), says_the_end);
            inner.settling = Settling::default();
        }
        self.tell_news();
    }

    /// The shared connection is lost.
    pub(super) fn lose(&self) {
        self.inner().is_lost = true;
    }

    /// The server says what cannot be taken: all clients are sent away, and what came is forgotten.
    pub(super) fn give_up(&self, dropped: &Dropped) {
        {
            let mut inner = self.inner();
            inner.clients.values_mut().for_each(|client| client.refused = Some(dropped.clone()));
            (inner.keyed, inner.again, inner.is_hydrated) = (Keyed::default(), None, false);
            inner.sent.clear();
        }
        self.tell_news();
    }

    /// The version of the server, once it was reached.
    pub(super) fn version(&self) -> Option<String> {
        self.inner().version.clone()
    }

    /// Takes a frame of the shared connection.
    pub(super) fn hear(&self, data: &Bytes) -> Result<(), Dropped> {
        let frame = Frame::decode(data, self.limits).map_err(broken)?;
        let lost: Vec<bool> = frame.messages.iter().map(|message| self.is_lost(message)).collect();
        self.inner().take(frame, &lost, data, self.start.elapsed()).map_err(broken)?;
        self.tell_news();
        Ok(())
    }

    /// True for a message with an array that is to be lost.
    pub(super) fn is_lost(&self, message: &Message) -> bool {
        if self.lost.is_none() {
            return false;
        }
        let takes = |data: Bytes| self.lost.takes(&content_hash(&[data]));
        if message.arrays().any(|buffer| takes(buffer.clone())) {
            return true;
        }
        let mut reader = Reader::new(message.bytes());
        while let Ok(token) = reader.token() {
            if let Token::Binary(data) = token
                && takes(message.bytes().slice_ref(data))
            {
                return true;
            }
        }
        false
    }

    /// Nothing more comes for now: a server that does not say when all has come may have said it.
    ///
    /// # Errors
    /// Where the scene cannot be kept.
    pub(super) fn rest(&self) -> Result<(), Dropped> {
        let ended = {
            let mut inner = self.inner();
            let ends = inner.settles(self.start.elapsed());
            if ends {
                inner.end_replay().map_err(broken)?;
            }
            ends
        };
        if ended {
            self.tell_news();
        }
        Ok(())
    }
}

impl Inner {
    /// `now` is since any one moment.
    fn take(&mut self, frame: Frame, lost: &[bool], data: &Bytes, now: Duration) -> Result<(), Full> {
        self.settling.frame(now, frame.messages.len());
        if frame.timestamp + self.shift < self.clock {
            // A server that was started anew.
            self.shift = self.clock - frame.timestamp;
        }
        self.clock = frame.timestamp + self.shift;
        self.frame += 1;
        let (first, count) = (self.keyed.last() + 1, frame.messages.len() as u64);
        let (mut is_as_it_came, mut done) = (self.shift == 0.0 && self.again.is_none() && self.is_hydrated, false);
        for (message, is_lost) in frame.messages.into_iter().zip(lost) {
            if message.kind() == "ReplayDoneMessage" {
                done = true;
                continue;
            }
            if *is_lost {
                is_as_it_came = false;
                continue;
            }
            self.remember(&message);
            let mut except = None;
            for (id, client) in &mut self.clients {
                if except.is_some() {
                    client.echoes.contradict(&message);
                } else if client.echoes.take(&message) {
                    except = Some(*id);
                }
            }
            is_as_it_came &= except.is_none();
            match &mut self.again {
                Some(again) if !is_said_once(&message) => again.push(message, self.frame, None)?,
                _ => self.keyed.push(message, self.frame, except)?,
            }
        }
        if done || self.settles(now) {
            self.end_replay()?;
        }
        let last = self.keyed.last();
        if is_as_it_came && !done && count > 0 && last + 1 == first + count && data.len() <= LARGEST_FRAME {
            self.sent.push_back(Sent { first, last, data: data.clone() });
            if self.sent.len() > MOST_FRAMES {
                self.sent.pop_front();
            }
        }
        if self.keyed.owed() > self.most_owed.max(FEW) {
            let places: Vec<Place> = self.clients.values().map(|client| client.place).collect();
            self.keyed.forget(&places);
            self.most_owed = 2 * self.keyed.owed();
        }
        Ok(())
    }

    /// True where the replay has ended and the server does not say so.
    fn settles(&self, now: Duration) -> bool {
        !self.says_the_end && (!self.is_hydrated || self.again.is_some()) && self.settling.is_over(now)
    }

    /// All that was built before we came has come.
    fn end_replay(&mut self) -> Result<(), Full> {
        if let Some(now) = self.again.take() {
            self.frame += 1;
            catch_up(&mut self.keyed, &now, self.frame)?;
        }
        if !std::mem::replace(&mut self.is_hydrated, true) {
            let last = self.keyed.last();
            self.clients.values_mut().for_each(|client| client.backlog = Some(last));
        }
        Ok(())
    }

    /// True while all that everybody has is known: not before the first replay has ended, and not while a lost
    /// connection is missing or its replay comes anew.
    pub(super) fn is_whole(&self) -> bool {
        self.is_hydrated && self.again.is_none() && !self.is_lost
    }

    /// Notes what is everybody's, so that it is known when it comes over a client's own connection.
    fn remember(&mut self, message: &Message) {
        if let Some(id) = message.text("uuid") {
            if self.ids.len() >= MOST_IDS {
                self.ids.clear();
            }
            self.ids.insert(hash(id));
        } else if about(message).is_none() {
            let now = Instant::now();
            if self.changed.len() >= MOST_FRAMES * 32 {
                self.changed.retain(|_, time| now.duration_since(*time) < LATELY);
            }
            if let Some(key) = kinds::redundancy_key(message) {
                self.changed.insert(hash(&key), now);
            }
        }
    }

    /// True for an element that everybody has, or has had.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.ids.contains(&hash(id))
    }

    /// True where everybody was told this, or something else about the same just now.
    pub(super) fn has_said(&self, message: &Message) -> bool {
        let lately = kinds::redundancy_key(message).and_then(|key| self.changed.get(&hash(&key)));
        lately.is_some_and(|time| time.elapsed() < LATELY) || self.keyed.has(message)
    }

    /// A client has come.
    pub(super) fn open(&mut self, newcomer: &Newcomer) -> u64 {
        self.next_client += 1;
        let last = self.keyed.last();
        let versions = Versions { own: self.version.clone().unwrap_or_default(), exact: true };
        let client = Client {
            place: Place { joined: last, at: 0 },
            backlog: self.is_hydrated.then_some(last),
            is_replayed: false,
            refused: versions.refuse(newcomer),
            echoes: Echoes::default(),
        };
        self.clients.insert(self.next_client, client);
        self.next_client
    }

    /// What is next for a client; nothing while there is nothing new.
    pub(super) fn next(&mut self, number: u64) -> Result<Option<Next>, Dropped> {
        let Some(client) = self.clients.get_mut(&number) else { return Ok(None) };
        if let Some(refused) = &client.refused {
            return Err(refused.clone());
        }
        let last = self.keyed.last();
        if client.is_replayed
            && let Ok(at) = self.sent.binary_search_by_key(&(client.place.at + 1), |sent| sent.first)
            && let Some(sent) = self.sent.get(at)
        {
            client.place.at = sent.last;
            return Ok(Some(Next::Frame(sent.data.clone())));
        }
        let limit = if client.is_replayed { last } else { client.backlog.unwrap_or(last) };
        let (mut messages, end) = self.keyed.window(client.place, number, limit);
        client.place.at = end;
        if !client.is_replayed && client.backlog.is_some_and(|backlog| end >= backlog) {
            client.is_replayed = true;
            if self.says_the_end {
                messages.extend(plain("ReplayDoneMessage", &[]));
            }
        }
        Ok((!messages.is_empty()).then_some(Next::Window(messages, self.clock)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::viser::relay::testing::data;

    #[test]
    fn a_scene_of_an_older_server_that_never_rests_is_whole_with_a_window_that_is_not_full() {
        let hub = Hub::new(true, LostBlobs::default(), Limits::default());
        let window = |start: usize, count: usize| {
            let node = |at| json!({"name": format!("/n{at}"), "props": {"size": 1}, "type": "FrameMessage"});
            data(&(start..start + count).map(node).collect::<Vec<_>>())
        };
        for round in 0..2 {
            hub.begin("1.0.30", false);
            hub.hear(&window(0, 128)).unwrap();
            assert!(!hub.inner().is_whole(), "round {round}");
            // No silence: the next one is of an animation already.
            hub.hear(&window(128, 3 - round)).unwrap();
            assert!(hub.inner().is_whole(), "round {round}");
            assert_eq!(hub.inner().keyed.all().count(), 131 - round);
            hub.lose();
            assert!(!hub.inner().is_whole());
        }
    }
}
