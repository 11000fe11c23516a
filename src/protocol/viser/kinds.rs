//! What there is to know of each type of message before it is read: whose it is, what it replaces.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::message::Message;

/// Of viser 1.1.1; see the file's head.
const TABLE: &str = include_str!("messages.txt");

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Clients.
    Client,
    /// The server.
    Server,
    /// Both.
    Both,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// A node of the scene, by name and owner.
    Node,
    /// A part of the panels.
    Gui,
    /// A command of the palette.
    Command,
    /// A window in front of everything.
    Modal,
    /// A notification.
    Notification,
}

/// What a message does with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is there from now on.
    Create,
    /// It is gone.
    Remove,
    /// Some of its properties, by name, are others.
    UpdateDict,
    /// Something else of it is another.
    Update,
}

/// A type of message.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Who sends it.
    pub sender: Sender,
    /// What it is about; nothing for settings and for what is said once.
    pub entity: Option<Entity>,
    /// What it does with that.
    pub phase: Option<Phase>,
    /// Recordings (`.viser`) keep it.
    pub is_recorded: bool,
    /// Its redundancy key with `{fields}` in it; nothing where a message replaces no other.
    key: Option<&'static str>,
    /// Its fields, in the order in which they are sent.
    pub fields: Vec<&'static str>,
}

static KINDS: LazyLock<HashMap<&'static str, Kind, foldhash::fast::RandomState>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(read).map(|kind| (kind.name, kind)).collect()
});

fn read(line: &'static str) -> Option<Kind> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let sender = match words.next()? {
        "c2s" => Sender::Client,
        "both" => Sender::Both,
        _ => Sender::Server,
    };
    let entity = match words.next()? {
        "scene" => Some(Entity::Node),
        "gui" => Some(Entity::Gui),
        "command" => Some(Entity::Command),
        "modal" => Some(Entity::Modal),
        "notification" => Some(Entity::Notification),
        _ => None,
    };
    let phase = match words.next()? {
        "create" => Some(Phase::Create),
        "remove" => Some(Phase::Remove),
        "update_dict" => Some(Phase::UpdateDict),
        "update_simple" => Some(Phase::Update),
        _ => None,
    };
    let is_recorded = words.next()? == "rec";
    let key = words.next().filter(|key| *key != "-");
    let fields = words.next()?.split(',').filter(|field| *field != "-").collect();
    Some(Kind { name, sender, entity, phase, is_recorded, key, fields })
}

/// What is known of a type; nothing for one that viser 1.1.1 does not have.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.get(name)
}

/// True for what is said once, to whoever is there: files, requests, commands to the camera.
pub fn is_said_once(message: &Message) -> bool {
    let kind = message.kind();
    ["FileTransfer", "GetRender", "LocalStorage", "ShareUrl"].iter().any(|start| kind.starts_with(start))
        || (kind.starts_with("SetCamera") && message.flag("initial") == Some(false))
}

/// The key that a later message with the same one makes this one needless by; nothing where none does. It has the
/// message's owner in it: a server has one buffer for each.
pub fn redundancy_key(message: &Message) -> Option<String> {
    let name = message.kind();
    let Some(kind) = message.known_kind() else {
        // What a third party adds: its last word on whatever it names.
        let what = message.text("name").or_else(|| message.text("uuid"))?;
        return Some(format!("{name}:{what}"));
    };
    let mut key = String::from(message.text("owner").unwrap_or_default());
    let mut rest = kind.key?;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}')?;
        key.push_str(before);
        key.push_str(&field_text(message, field));
        rest = after;
    }
    key.push_str(rest);
    Some(key)
}

fn field_text<'a>(message: &'a Message, field: &str) -> Cow<'a, str> {
    if field == "updates" {
        let mut names: Vec<&str> = message.members(field).map(|(name, _)| name).collect();
        names.sort_unstable();
        return Cow::Owned(names.join(","));
    }
    match message.text(field) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(message.count(field).map(|count| count.to_string()).unwrap_or_default()),
    }
}
