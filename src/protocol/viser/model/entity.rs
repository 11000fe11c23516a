//! One thing that messages are about: what made it, and the last of each kind that changed it.

use std::borrow::Cow;
use std::collections::HashMap;

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
    /// The last message of each kind that changed it, sorted by key.
    updates: Vec<Change>,
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
        Self { family, made_by: Some(made_by), since, updates: Vec::new() }
    }

    /// What is there without a message that makes it.
    pub(super) fn unmade(family: Family) -> Self {
        Self { family, made_by: None, since: 0, updates: Vec::new() }
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
        is_part && change.members("updates").iter().any(|(name, _)| ARRANGING.contains(&name.as_str()))
    }

    /// Takes a change that came at some time, in messages. False where there is no room for it.
    pub(super) fn update(&mut self, message: Message, at: u64) -> bool {
        let key = match message.known_kind() {
            // There is one of these at most: the type says it all.
            Some(kind)
                if kind.entity.is_some()
                    && kind.phase == Some(Phase::Update)
                    && !kind.fields.contains(&"bone_index") =>
            {
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

    /// The messages that changed it, oldest first.
    pub fn updates(&self) -> impl Iterator<Item = &Message> {
        let mut changes: Vec<&Change> = self.updates.iter().collect();
        changes.sort_unstable_by_key(|change| change.at);
        changes.into_iter().map(|change| &change.message)
    }

    /// The properties that were set by name after it was made, each as it was set last.
    pub fn overlay(&self) -> HashMap<String, Value> {
        self.updates().flat_map(|message| message.members("updates")).collect()
    }

    /// The last message of a type.
    pub fn last(&self, kind: &str) -> Option<&Message> {
        let changes = self.updates.iter().filter(|change| change.message.kind() == kind);
        changes.max_by_key(|change| change.at).map(|change| &change.message)
    }
}
