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
    /// The last message of each kind that changed it, oldest first.
    updates: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    key: Cow<'static, str>,
    message: Message,
}

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

    pub(super) fn update(&mut self, message: Message) {
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
        self.updates.retain(|change| change.key != key);
        self.updates.push(Change { key, message });
    }

    /// The messages that changed it, oldest first.
    pub fn updates(&self) -> impl Iterator<Item = &Message> {
        self.updates.iter().map(|change| &change.message)
    }

    /// The properties that were set by name after it was made, each as it was set last.
    pub fn overlay(&self) -> HashMap<String, Value> {
        self.updates().flat_map(|message| message.members("updates")).collect()
    }

    /// The last message of a type.
    pub fn last(&self, kind: &str) -> Option<&Message> {
        self.updates().filter(|message| message.kind() == kind).last()
    }
}
