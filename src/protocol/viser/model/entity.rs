//! One thing that messages are about: what made it, and the last of each kind that changed it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::pose::{self, Set};
use crate::protocol::viser::kinds::{Entity as About, Phase, redundancy_key};
use crate::protocol::viser::message::{Message, Value};

/// What kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// A node of the scene.
    Node,
    /// A part of a panel.
    Gui,
    /// A command.
    Command,
    /// A window in front.
    Modal,
    /// A notification.
    Notification,
    /// A setting of the whole scene.
    Setting,
    /// A message that nobody understands.
    Message,
}

impl From<About> for Family {
    fn from(about: About) -> Self {
        match about {
            About::Node => Self::Node,
            About::Gui => Self::Gui,
            About::Command => Self::Command,
            About::Modal => Self::Modal,
            About::Notification => Self::Notification,
        }
    }
}

/// One thing.
#[derive(Clone, Debug)]
pub struct Entity {
    /// What kind of thing.
    pub family: Family,
    /// What made it; nothing for the root and the main panel, which are there from the start.
    pub made_by: Option<Message>,
    /// When it was made, in messages.
    pub since: u64,
    /// What [`pose::PARTS`] were set to.
    pose: [Option<Set>; pose::PARTS.len()],
    /// The last message of each other kind that changed it, sorted by key.
    updates: Vec<Change>,
    /// The model's [`Model::round`](super::Model) in which it was noted that this has changed.
    pub(super) noted: u64,
}

#[derive(Clone, Debug)]
struct Change {
    key: Cow<'static, str>,
    /// When it came, in messages.
    at: u64,
    message: Message,
}

/// Kinds of changes of one thing that are kept: two for each bone of a skeleton, and some more. Changes are told apart by
/// the names of properties, and a hostile server may think of any number.
const MOST_CHANGES: usize = 4_096;

/// Properties that say where parts of panels are.
const ARRANGING: [&str; 3] = ["order", "_tab_container_ids", "container_uuid"];

impl Entity {
    pub(super) fn new(family: Family, made_by: Message, since: u64) -> Self {
        Self { made_by: Some(made_by), since, ..Self::unmade(family) }
    }

    /// What is there without a message that makes it.
    pub(super) fn unmade(family: Family) -> Self {
        Self { family, made_by: None, since: 0, pose: [None; pose::PARTS.len()], updates: Vec::new(), noted: 0 }
    }

    /// The type of what made it.
    pub fn kind(&self) -> &str {
        match &self.made_by {
            Some(message) => message.kind(),
            None if self.family == Family::Gui => "ControlPanel",
            None => "Scene",
        }
    }

    /// The client that it is for; empty for all.
    pub fn owner(&self) -> &str {
        self.made_by.as_ref().and_then(|message| message.text("owner")).unwrap_or_default()
    }

    /// The name of a node, the uuid of anything else.
    pub fn name(&self) -> &str {
        let message = self.made_by.as_ref();
        message.and_then(|message| message.text("name").or_else(|| message.text("uuid"))).unwrap_or_default()
    }

    /// True for a frame that stands in for a parent that nobody made.
    pub fn is_virtual(&self) -> bool {
        self.made_by.as_ref().and_then(|message| message.flag("virtual")) == Some(true)
    }

    /// True for a node that parts of panels are in.
    pub(super) fn is_container_node(&self) -> bool {
        self.family == Family::Node && matches!(self.kind(), "Gui3DMessage" | "Gui3D")
    }

    /// True for a change after which parts of panels are elsewhere, or in another order.
    pub(super) fn is_arranged_by(&self, change: &Message) -> bool {
        let is_part = matches!(self.family, Family::Gui | Family::Modal) || self.is_container_node();
        is_part && change.members("updates").any(|(name, _)| ARRANGING.contains(&name))
    }

    /// Takes a change that came at some time, in messages. False where there is no room for it.
    pub(super) fn update(&mut self, message: Message, at: u64) -> bool {
        if let Some(part) = pose::part(message.kind()).filter(|_| self.family == Family::Node) {
            let is_ours = message.text("owner").unwrap_or_default() == self.owner();
            let set = Set::by(part, &message, at).filter(|_| is_ours);
            let is_set = set.is_some();
            if let Some(place) = self.pose.get_mut(part) {
                *place = set;
            }
            if is_set {
                // It may have been too long before.
                self.updates.retain(|change| change.key != message.kind());
                return true;
            }
        }
        let key = match message.known_kind() {
            // There is one of these at most: the type says it all.
            Some(kind) if kind.phase != Some(Phase::UpdateDict) && !kind.fields.contains(&"bone_index") => {
                Cow::Borrowed(kind.name)
            }
            _ => Cow::Owned(redundancy_key(&message).unwrap_or_else(|| message.kind().to_owned())),
        };
        match self.updates.binary_search_by(|change| change.key.cmp(&key)) {
            Ok(known) => {
                if let Some(change) = self.updates.get_mut(known) {
                    (change.at, change.message) = (at, message);
                }
            }
            Err(_) if self.updates.len() >= MOST_CHANGES => return false,
            Err(place) => self.updates.insert(place, Change { key, at, message }),
        }
        true
    }

    /// Messages that change it to what it is from what it was when it was made, oldest first.
    pub fn updates(&self) -> Vec<Message> {
        let owner = self.made_by.as_ref().map_or(Some(""), |message| message.text("owner"));
        let pose = self.pose.iter().enumerate();
        let pose =
            pose.filter_map(|(part, set)| Some((set.as_ref()?.at, set.as_ref()?.message(part, self.name(), owner)?)));
        let others = self.updates.iter().map(|change| (change.at, change.message.clone()));
        let mut said: Vec<(u64, Message)> = pose.chain(others).collect();
        said.sort_by_key(|(at, _)| *at);
        said.into_iter().map(|(_, message)| message).collect()
    }

    /// The messages that changed anything but its pose, oldest first.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Message> {
        let mut changes: Vec<&Change> = self.updates.iter().collect();
        changes.sort_unstable_by_key(|change| change.at);
        changes.into_iter().map(|change| &change.message)
    }

    /// What the part of its pose that a type of message sets was set to.
    pub(super) fn posed(&self, kind: &str) -> Option<Value<'_>> {
        let part = pose::part(kind)?;
        let set = self.pose.get(part)?.as_ref().map(|set| Value::alone(set.value()));
        set.or_else(|| self.last(kind)?.field(pose::PARTS.get(part)?.1))
    }

    /// True for one that was made and set by messages that say the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_made_so = match (&self.made_by, &other.made_by) {
            (Some(a), Some(b)) => a.is_same(b),
            (None, None) => true,
            _ => false,
        };
        is_made_so
            && self.pose.iter().zip(&other.pose).all(|(a, b)| a.as_ref().map(Set::value) == b.as_ref().map(Set::value))
            && self.updates.len() == other.updates.len()
            && self.changes().zip(other.changes()).all(|(a, b)| a.is_same(b))
    }

    /// The properties that were set by name after it was made, each as it was set last.
    pub fn overlay(&self) -> HashMap<&str, Value<'_>> {
        let is_by_name =
            |change: &&Change| change.message.known_kind().is_some_and(|kind| kind.phase == Some(Phase::UpdateDict));
        let mut changes: Vec<&Change> = self.updates.iter().filter(is_by_name).collect();
        changes.sort_unstable_by_key(|change| change.at);
        changes.into_iter().flat_map(|change| change.message.members("updates")).collect()
    }

    /// A property: as it was set last, or as it was made.
    pub fn prop(&self, name: &str) -> Option<Value<'_>> {
        let made = || self.made_by.as_ref()?.members("props").find(|(key, _)| *key == name).map(|(_, value)| value);
        self.overlay().remove(name).or_else(made)
    }

    /// The last message of a type that changes one thing: there is one at most.
    pub fn last(&self, kind: &str) -> Option<&Message> {
        let at = self.updates.binary_search_by(|change| change.key.as_ref().cmp(kind));
        at.ok().and_then(|at| self.updates.get(at)).map(|change| &change.message)
    }
}
