//! What a server has said to everybody, as far as it still counts: for each key the last message.
//!
//! As viser's own buffer (`viser/infra/_async_message_buffer.py`): a message takes the place of the one with the same
//! key, a removal takes away what was said about what it removes, and a node that is made anew takes away what was said
//! about the old one. Clients have places in it. Whoever is slow finds only what still counts when its turn comes, so
//! memory is bounded by the scene, however slowly clients read.
//!
//! A removal stays while there is a client that knows what it removes and has not heard of it: see [`Keyed::forget`].

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use crate::protocol::viser::kinds::{self, Entity, Phase};
use crate::protocol::viser::message::Message;
use crate::protocol::viser::words;

/// As many messages as real servers put into one window.
pub(super) const MOST_MESSAGES: usize = 128;

/// A window that has so many bytes is not made any larger by what came in another frame.
const ENOUGH: u64 = 4 << 20;

/// Messages without a key, and those that are said once, that are kept. More of them push out the oldest.
const MOST_UNKEYED: usize = 4_096;

/// Messages that are kept: nobody has as many, and a hostile server may send them.
const MOST: usize = 8_000_000;

/// Bytes that are kept, those of buffers included.
const MOST_BYTES: u64 = 16 << 30;

/// The server says more than can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scene is larger than a relay keeps")]
pub(super) struct Full;

/// A message, and what it stands for.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) message: Message,
    key: Option<Arc<str>>,
    /// What it is about.
    about: Option<Arc<str>>,
    life: Life,
    /// The frame that it came in.
    frame: u64,
    /// Who does not get it.
    except: Option<u64>,
}

/// How long a message counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Until another one takes its place.
    Stays,
    /// For clients that may know what it removes: those that had come this far.
    Removes { since: u64 },
    /// For those who are there when it comes.
    Passes,
}

/// What is known of one node or element.
#[derive(Debug, Default)]
struct Thing {
    /// Where its creation or removal is.
    place: Option<u64>,
    /// The first place at which somebody may have heard of it.
    since: u64,
    /// Where the messages about it are.
    state: BTreeSet<u64>,
}

/// Where a client is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// It was here when it came.
    pub(super) joined: u64,
    /// It has all up to here.
    pub(super) at: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    /// By their numbers, from 1 on.
    slots: BTreeMap<u64, Slot>,
    by_key: HashMap<Arc<str>, u64>,
    things: HashMap<Arc<str>, Thing>,
    /// Nodes that were made and not removed, in an order that has those below a node together.
    nodes: BTreeSet<Arc<str>>,
    removals: BTreeSet<u64>,
    /// Without a key, or said once.
    loose: VecDeque<u64>,
    last: u64,
    bytes: u64,
}

/// What a message is about, in its owner's scene: `node OWNER NAME`, `gui UUID`.
pub(super) fn about(message: &Message) -> Option<Arc<str>> {
    let kind = kinds::kind(message.kind());
    let entity = match kind {
        Some(kind) => kind.entity,
        // Of a third party: as the model takes it.
        None => (message.text("name").is_some() && message.raw("props").is_some()).then_some(Entity::Node),
    };
    let owner = message.text("owner").unwrap_or_default();
    match (entity, message.text("name"), message.text("uuid")) {
        (Some(Entity::Node), Some(name), _) => Some(format!("node\0{owner}\0{name}").into()),
        (Some(entity), _, Some(uuid)) => Some(format!("{entity:?}\0{uuid}").into()),
        // Bindings and bones: they have no phase, and a node's name.
        (None, Some(name), _) if kind.is_some() => Some(format!("node\0{owner}\0{name}").into()),
        _ => None,
    }
}

/// What a message does with what it is about.
pub(super) fn phase(message: &Message) -> Option<Phase> {
    match kinds::kind(message.kind()) {
        Some(kind) => kind.phase,
        None => about(message).map(|_| Phase::Create),
    }
}

impl Keyed {
    /// The number of the last message.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// True where this message is the last word.
    pub(super) fn has(&self, message: &Message) -> bool {
        let same = |at: &u64| self.slots.get(at).is_some_and(|slot| slot.message.is_same(message));
        match kinds::redundancy_key(message) {
            Some(key) => self.by_key.get(&*key).is_some_and(same),
            None => self.loose.iter().any(same),
        }
    }

    /// All that counts about something: what made it first.
    pub(super) fn said_about(&self, about: &str) -> Vec<&Message> {
        let Some(thing) = self.things.get(about) else { return Vec::new() };
        let slots = thing.place.iter().chain(&thing.state).filter_map(|at| self.slots.get(at));
        slots.filter(|slot| slot.life == Life::Stays).map(|slot| &slot.message).collect()
    }

    /// All that was made and is there.
    pub(super) fn made(&self) -> impl Iterator<Item = (&Arc<str>, &Message)> {
        self.things.iter().filter_map(|(about, thing)| {
            let slot = self.slots.get(&thing.place?).filter(|slot| slot.life == Life::Stays)?;
            Some((about, &slot.message))
        })
    }

    /// All messages that count, in order: what a client that comes now is told.
    pub(super) fn all(&self) -> impl Iterator<Item = &Message> {
        self.slots.values().filter(|slot| slot.life == Life::Stays).map(|slot| &slot.message)
    }

    /// Takes a message that came in a frame of this number; `except` does not get it.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn push(&mut self, message: Message, frame: u64, except: Option<u64>) -> Result<(), Full> {
        let (about, phase) = (about(&message), phase(&message));
        if self.slots.len() >= MOST || self.bytes.saturating_add(message.len()) > MOST_BYTES {
            return Err(Full);
        }
        let is_node = about.as_ref().is_some_and(|about| about.starts_with("node\0"));
        match (&about, phase) {
            (Some(about), Some(Phase::Create)) => self.forget_state(&Arc::clone(about)),
            (Some(about), Some(Phase::Remove)) => {
                let about = Arc::clone(about);
                self.forget_state(&about);
                if is_node {
                    self.nodes.remove(&about);
                    self.remove_below(&about, &message, frame)?;
                }
                return self.remove(about, message, frame, except);
            }
            // What is said about a node that is not there (any more) means nothing to anybody. The root always is.
            (Some(about), _) if is_node && message.text("name") != Some("") && !self.is_there(about) => return Ok(()),
            _ => {}
        }
        let life = if kinds::is_said_once(&message) { Life::Passes } else { Life::Stays };
        let at = self.put(message, about.clone(), life, frame, except);
        if let Some(about) = about {
            if is_node && phase == Some(Phase::Create) {
                self.nodes.insert(Arc::clone(&about));
            }
            let thing = self.things.entry(about).or_default();
            if phase == Some(Phase::Create) {
                match thing.place.replace(at) {
                    None => thing.since = at,
                    // Of another type with another key.
                    Some(old) => self.take(old),
                }
            } else {
                thing.state.insert(at);
            }
        }
        Ok(())
    }

    fn is_there(&self, about: &str) -> bool {
        let place = self.things.get(about).and_then(|thing| thing.place);
        place.and_then(|at| self.slots.get(&at)).is_some_and(|slot| slot.life == Life::Stays)
    }

    /// Forgets what was said about something since it was made.
    fn forget_state(&mut self, about: &str) {
        let state = self.things.get_mut(about).map(|thing| std::mem::take(&mut thing.state)).unwrap_or_default();
        for at in state {
            self.take(at);
        }
    }

    /// Puts a removal where the creation was, for clients that have heard of that.
    fn remove(&mut self, about: Arc<str>, message: Message, frame: u64, except: Option<u64>) -> Result<(), Full> {
        let Some(since) = self.things.get(&about).filter(|thing| thing.place.is_some()).map(|thing| thing.since) else {
            // Nobody has heard of it.
            self.things.remove(&about);
            return Ok(());
        };
        let at = self.put(message, Some(Arc::clone(&about)), Life::Removes { since }, frame, except);
        self.removals.insert(at);
        if let Some(old) = self.things.get_mut(&about).and_then(|thing| thing.place.replace(at)) {
            self.take(old);
        }
        Ok(())
    }

    /// All of the same owner below a node goes with it. Real servers say so for each, and others may not.
    fn remove_below(&mut self, about: &Arc<str>, message: &Message, frame: u64) -> Result<(), Full> {
        let start: Arc<str> = format!("{about}/").into();
        let below = self.nodes.range(Arc::clone(&start)..).take_while(|id| id.starts_with(&*start));
        let below: Vec<Arc<str>> = below.map(Arc::clone).collect();
        let owner = message.text("owner");
        for id in below {
            self.nodes.remove(&id);
            let is_there = self.is_there(&id);
            self.forget_state(&id);
            let name = id.rsplit('\0').next().filter(|_| is_there);
            if let Some(removal) = name.and_then(|name| words::remove_node(name, owner)) {
                self.remove(Arc::clone(&id), removal, frame, None)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, message: Message, about: Option<Arc<str>>, life: Life, frame: u64, except: Option<u64>) -> u64 {
        self.last += 1;
        let at = self.last;
        let key: Option<Arc<str>> = kinds::redundancy_key(&message).map(Arc::from);
        match &key {
            Some(key) => {
                if let Some(old) = self.by_key.get(key).copied() {
                    self.take(old);
                }
                self.by_key.insert(Arc::clone(key), at);
            }
            None if life == Life::Stays => self.loose.push_back(at),
            None => {}
        }
        if life == Life::Passes {
            self.loose.push_back(at);
        }
        if self.loose.len() > MOST_UNKEYED
            && let Some(oldest) = self.loose.pop_front()
        {
            self.take(oldest);
        }
        self.bytes += message.len();
        self.slots.insert(at, Slot { message, key, about, life, frame, except });
        at
    }

    /// Takes a message out. What is known of the thing that it made or removed stays.
    fn take(&mut self, at: u64) {
        let Some(slot) = self.slots.remove(&at) else { return };
        self.bytes -= slot.message.len();
        if let Some(key) = &slot.key
            && self.by_key.get(key) == Some(&at)
        {
            self.by_key.remove(key);
        }
        self.removals.remove(&at);
        if let Some(about) = &slot.about
            && let Some(thing) = self.things.get_mut(about)
        {
            thing.state.remove(&at);
            if thing.place.is_none() && thing.state.is_empty() {
                self.things.remove(about);
            }
        }
    }

    /// Forgets removals, and what was said once, that none of these clients still has to hear.
    pub(super) fn forget(&mut self, clients: &[Place]) {
        let is_owed = |at: u64, since: u64| clients.iter().any(|client| since <= client.at && client.at < at);
        let over: Vec<u64> = self
            .removals
            .iter()
            .copied()
            .filter(|at| match self.slots.get(at).map(|slot| slot.life) {
                Some(Life::Removes { since }) => !is_owed(*at, since),
                _ => true,
            })
            .collect();
        for at in over {
            if let Some(about) = self.slots.get(&at).and_then(|slot| slot.about.clone()) {
                self.things.remove(&about);
            }
            self.take(at);
        }
        let passes = |slot: &Slot| slot.life == Life::Passes;
        let heard: Vec<u64> = (self.loose.iter().copied())
            .filter(|at| self.slots.get(at).is_none_or(|slot| passes(slot) && !is_owed(*at, 0)))
            .collect();
        if !heard.is_empty() {
            heard.iter().for_each(|at| self.take(*at));
            self.loose.retain(|at| self.slots.contains_key(at));
        }
    }

    /// How many removals wait for somebody.
    pub(super) fn owed(&self) -> usize {
        self.removals.len() + self.loose.len()
    }

    /// What a client is to be told next, up to a message: at most as much as fits a window, and where it is then. What
    /// came in one frame stays together where it fits.
    pub(super) fn window(&self, client: Place, number: u64, limit: u64) -> (Vec<Message>, u64) {
        let (mut taken, mut bytes, mut end) = (Vec::new(), 0, client.at);
        if limit <= client.at {
            return (taken, end);
        }
        // Where the frame began that the last message is of.
        let (mut frame, mut begun, mut before) = (None, 0, client.at);
        for (at, slot) in self.slots.range(client.at + 1..=limit) {
            let is_new = match slot.life {
                Life::Stays => true,
                Life::Removes { since } => client.joined < *at && since <= client.at,
                Life::Passes => client.joined < *at,
            };
            if !is_new || slot.except == Some(number) {
                end = *at;
                continue;
            }
            if frame != Some(slot.frame) {
                if bytes >= ENOUGH {
                    return (taken, end);
                }
                (frame, begun, before) = (Some(slot.frame), taken.len(), end);
            }
            if taken.len() == MOST_MESSAGES {
                if begun > 0 {
                    taken.truncate(begun);
                    end = before;
                }
                return (taken, end);
            }
            bytes += slot.message.len();
            taken.push(slot.message.clone());
            end = *at;
        }
        (taken, limit)
    }
}

#[cfg(test)]
mod tests;
