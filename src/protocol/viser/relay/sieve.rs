//! What of a client's own connection is for that client alone.
//!
//! A server says over it what it says to everybody, too, which the client has over the shared connection. viser has one
//! buffer for everybody and one for each client, and each frame is of one of them: one message that tells is enough for
//! a frame. Where none does, it is waited a moment for the shared connection to show the same.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::hub::{Hub, hash};
use super::keyed::{about, phase};
use crate::protocol::viser::frame::Frame;
use crate::protocol::viser::kinds::{Entity, Phase, is_said_once};
use crate::protocol::viser::message::Message;
use crate::protocol::viser::model::MAIN_PANEL;
use crate::protocol::viser::words;

/// So long the shared connection may be behind a client's own one.
const MOMENT: Duration = Duration::from_millis(400);

/// Things of one client alone that are remembered, to be removed when the server is lost.
const MOST: usize = 100_000;

/// See the module.
#[derive(Default)]
pub(super) struct Sieve {
    /// Ids of elements that only this client has.
    own: HashSet<u64>,
    /// What removes what only this client has.
    removals: HashMap<Arc<str>, Message>,
}

/// Whose a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The client's alone, as all of its frame.
    Own,
    /// Everybody's, as all of its frame.
    All,
    /// It does not tell.
    Unclear,
}

/// What a message tells by itself.
pub(super) fn by_itself(message: &Message) -> Whose {
    match message.text("owner") {
        Some("") => return Whose::All,
        Some(_) => return Whose::Own,
        None => {}
    }
    let is_notification = message.known_kind().is_some_and(|kind| kind.entity == Some(Entity::Notification));
    match message.kind() {
        "ReplayDoneMessage" | "ShareUrlUpdated" => Whose::All,
        // Of whoever uploads; where the panel is everybody's, all are told.
        "FileTransferPartAck" => Whose::Unclear,
        _ if message.flag("initial") == Some(true) => Whose::All,
        _ if is_notification || is_said_once(message) => Whose::Own,
        _ => Whose::Unclear,
    }
}

/// The id of the element that a message is about; the main panel is everybody's and each client's.
fn element(message: &Message) -> Option<&str> {
    let id = message.text("uuid").or_else(|| message.text("source_component_uuid"));
    id.filter(|id| *id != MAIN_PANEL)
}

/// True for what a server before 1.1.0 says about a node: whose it is cannot be found out, since a node that all have
/// comes and goes under the same name. It is never guessed to be the client's.
fn is_ownerless_node(message: &Message) -> bool {
    message.text("owner").is_none() && about(message).is_some_and(|about| about.starts_with("node\0"))
}

impl Sieve {
    /// What of a frame is for the client. Waits until that is clear.
    pub(super) async fn sift(&mut self, hub: &Hub, frame: Frame) -> Vec<Message> {
        let mut news = hub.news.subscribe();
        let mut deadline = Instant::now() + MOMENT;
        loop {
            news.borrow_and_update();
            let is_late = Instant::now() >= deadline;
            if let Some(found) = self.look(hub, &frame, is_late) {
                found.iter().for_each(|message| self.note(message));
                return found;
            }
            // Until all that everybody has is known, there is nothing to compare with.
            if hub.inner().is_whole() {
                let _ = timeout_at(deadline, news.changed()).await;
            } else {
                let _ = news.changed().await;
                deadline = Instant::now() + MOMENT;
            }
        }
    }

    /// What of a frame is for the client, as far as that is clear; if it is late, that is what nobody else was told.
    fn look(&mut self, hub: &Hub, frame: &Frame, is_late: bool) -> Option<Vec<Message>> {
        let inner = hub.inner();
        let mut whose = |message: &Message| match (by_itself(message), element(message)) {
            // First: it may have come over the shared connection after it was taken for the client's own.
            (Whose::Unclear, Some(id)) if inner.knows(id) => {
                self.own.remove(&hash(id));
                about(message).and_then(|about| self.removals.remove(&about));
                Whose::All
            }
            (Whose::Unclear, Some(id)) if self.own.contains(&hash(id)) => Whose::Own,
            (whose, _) => whose,
        };
        let found: Vec<Whose> = frame.messages.iter().map(&mut whose).collect();
        if found.contains(&Whose::All) {
            return Some(Vec::new());
        }
        if found.contains(&Whose::Own) {
            return Some(frame.messages.clone());
        }
        if !inner.is_whole() {
            return None;
        }
        let is_unknown = |message: &&Message| !is_ownerless_node(message) && !inner.has_said(message);
        let unknown: Vec<Message> = frame.messages.iter().filter(is_unknown).cloned().collect();
        (is_late || unknown.is_empty()).then_some(unknown)
    }

    fn note(&mut self, message: &Message) {
        if self.own.len() >= MOST || self.removals.len() >= MOST {
            return;
        }
        if let Some(id) = element(message) {
            self.own.insert(hash(id));
        }
        match (about(message), phase(message)) {
            _ if is_ownerless_node(message) => {}
            (Some(about), Some(Phase::Create)) => {
                if let Some(removal) = words::removal_of(message) {
                    self.removals.insert(about, removal);
                }
            }
            (Some(about), Some(Phase::Remove)) => drop(self.removals.remove(&about)),
            _ => {}
        }
    }

    /// The connection is lost: what takes away all that the client had over it.
    pub(super) fn forget(&mut self, hub: &Hub) -> Vec<Message> {
        self.own.clear();
        let inner = hub.inner();
        let is_own = |removal: &Message| element(removal).is_none_or(|id| !inner.knows(id));
        self.removals.drain().map(|(_, removal)| removal).filter(is_own).collect()
    }
}

#[cfg(test)]
mod tests;
