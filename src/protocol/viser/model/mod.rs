//! What the messages add up to: nodes, panels, settings, each with the last message of every kind about it.
//!
//! Applying a message is cheap, and is done by the task that reads the socket: a server's updates are merged here
//! however slowly they are looked at. States are written only for what changed, when somebody asks ([`build`]).

mod build;
mod containers;
mod difference;
mod entity;
mod names;
mod page;
mod pose;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::dialect::ROOT;
use super::kinds::{Entity as About, Kind, Phase, is_said_once};
use super::message::Message;

pub use build::{Builder, Built};
pub use entity::{Entity, Family};
pub use page::DERIVED;

use names::Names;

/// The panel that is always there.
pub const MAIN_PANEL: &str = "viser-control-panel";
/// What is in the main panel says so.
const MAIN_CONTAINER: &str = "root";

/// Messages of unknown types, and programs, that are kept; a server that sends more of them loses the oldest.
const MOST_MESSAGES: usize = 1_000;

/// Bytes of a node's name, and parts of it: a long one makes a stand-in for each of its parts.
const LONGEST_NAME: usize = 4_096;
const DEEPEST_NAME: usize = 256;

/// Objects that are kept: nobody has as many, and a hostile server may claim them.
const MOST_ENTITIES: usize = 10_000_000;

/// What a message was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It is part of the scene now.
    Kept,
    /// It is said once, to whoever is there: a download, a request, a command to the camera.
    Passing,
    /// All that was built so far has come.
    ReplayDone,
}

type Ids = HashSet<Arc<str>, RandomState>;

/// The scene, as messages tell it. A copy shares the messages.
#[derive(Clone, Default)]
pub struct Model {
    entities: HashMap<Arc<str>, Box<Entity>, RandomState>,
    names: Names,
    /// Ids of what has to be written anew.
    changed: Ids,
    /// Ids of what is gone, since it was asked for.
    removed: Ids,
    /// How often it was asked what has changed. What was noted as changed in this round need not be noted again.
    round: u64,
    /// Empty between messages.
    touched: Vec<Arc<str>>,
    /// Counts messages.
    clock: u64,
    /// Ids of messages of unknown types, by their numbers, and the last number.
    unknown: BTreeMap<u64, Arc<str>>,
    unknown_so_far: u64,
    /// Programs that the server wanted to be run.
    pub programs: u64,
    /// Something could not be kept, because there is too much of it.
    pub overflowed: bool,
}

impl Model {
    /// Takes a message of the server.
    pub fn apply(&mut self, message: Message) -> Applied {
        self.clock += 1;
        match message.known_kind() {
            Some(kind) => self.known(kind, message),
            None => self.third_party(message),
        }
    }

    /// How many objects there are, apart from arrays.
    pub fn objects(&self) -> usize {
        self.entities.len()
    }

    /// Ids of what has changed and of what is gone, since this was asked.
    fn take_changed(&mut self) -> (Ids, Ids) {
        self.round += 1;
        (std::mem::take(&mut self.changed), std::mem::take(&mut self.removed))
    }

    /// Forgets everything, as a client does that has lost its server.
    pub fn reset(&mut self) {
        let ids: Vec<Arc<str>> = self.entities.keys().cloned().collect();
        self.removed.extend(ids);
        self.removed.extend(self.names.stand_ins().map(|name| Arc::from(node_id(name, ""))));
        self.removed.remove(ROOT);
        self.entities.clear();
        self.changed.clear();
        self.names = Names::default();
        self.unknown.clear();
        self.unknown_so_far = 0;
        self.touch(ROOT);
    }

    fn known(&mut self, kind: &'static Kind, message: Message) -> Applied {
        match (kind.name, kind.entity, kind.phase) {
            ("ReplayDoneMessage", ..) => Applied::ReplayDone,
            ("RunJavascriptMessage", ..) => {
                self.programs += 1;
                self.keep_unknown(message)
            }
            ("SetSceneNodeClickBindingsMessage" | "SetSceneNodeDragBindingsMessage", ..)
            | ("SetBoneOrientationMessage" | "SetBonePositionMessage", ..) => self.update(About::Node, message),
            (_, Some(about), Some(Phase::Create)) => self.create(about, message),
            (_, Some(about), Some(Phase::Remove)) => self.remove(about, &message),
            (_, Some(about), _) => self.update(about, message),
            // What is said once to one client.
            _ if is_passing(&message) => Applied::Passing,
            _ => self.setting(message),
        }
    }

    /// Messages of types that viser does not have: those that look as if they make a node do so.
    fn third_party(&mut self, message: Message) -> Applied {
        let is_node = message.text("name").is_some_and(|name| name.starts_with('/')) && message.raw("props").is_some();
        if is_node { self.create(About::Node, message) } else { self.keep_unknown(message) }
    }

    fn keep_unknown(&mut self, message: Message) -> Applied {
        self.unknown_so_far += 1;
        let id: Arc<str> = format!("message:{}", self.unknown_so_far).into();
        self.unknown.insert(self.unknown_so_far, Arc::clone(&id));
        self.insert(id, Entity::new(Family::Message, message, self.clock));
        if self.unknown.len() > MOST_MESSAGES
            && let Some((_, oldest)) = self.unknown.pop_first()
        {
            self.forget(&oldest);
            self.overflowed = true;
        }
        self.touch(ROOT);
        Applied::Kept
    }

    fn setting(&mut self, message: Message) -> Applied {
        let key = ["event_type", "key"].into_iter().find_map(|field| message.text(field));
        let id: Arc<str> = match key {
            Some(key) => format!("setting:{}:{key}", message.kind()).into(),
            None => format!("setting:{}", message.kind()).into(),
        };
        self.insert(id, Entity::new(Family::Setting, message, self.clock));
        self.touch(ROOT);
        Applied::Kept
    }

    fn create(&mut self, about: About, message: Message) -> Applied {
        let Some(id) = id_of(about, &message).map(Arc::<str>::from) else { return self.keep_unknown(message) };
        let entity = Entity::new(about.into(), message.clone(), self.clock);
        if !self.insert(Arc::clone(&id), entity) {
            return Applied::Kept;
        }
        if about != About::Node {
            self.touch(ROOT);
            return Applied::Kept;
        }
        let name = message.text("name").unwrap_or_default();
        // The id of most is their name: they share it.
        let name = if *id == *name { id } else { name.into() };
        let mut touched = std::mem::take(&mut self.touched);
        self.names.add(&name, message.text("owner").unwrap_or_default(), &mut touched);
        self.overflowed |= self.names.is_full();
        self.touch_nodes(&mut touched);
        Applied::Kept
    }

    fn update(&mut self, about: About, message: Message) -> Applied {
        let Some(id) = id_of(about, &message) else { return self.keep_unknown(message) };
        if let Some(entity) = self.entities.get_mut(&*id) {
            let arranges = entity.is_arranged_by(&message);
            if entity.noted == self.round {
                self.overflowed |= !entity.update(message, self.clock);
            } else {
                entity.noted = self.round;
                let Some((id, _)) = self.entities.get_key_value(&*id) else { return Applied::Kept };
                let id = Arc::clone(id);
                self.overflowed |= !self.entities.get_mut(&id).is_none_or(|entity| entity.update(message, self.clock));
                self.changed.insert(id);
            }
            if arranges {
                self.touch(ROOT);
            }
        } else if &*id == ROOT || message.text("uuid") == Some(MAIN_PANEL) {
            // The root and the main panel are there from the start.
            let id = Arc::from(id);
            let mut entity = Entity::unmade(about.into());
            entity.update(message, self.clock);
            self.insert(id, entity);
            self.touch(ROOT);
        }
        // Anything else is about what is not there (any more): real clients drop it, too.
        Applied::Kept
    }

    fn remove(&mut self, about: About, message: &Message) -> Applied {
        let Some(id) = id_of(about, message) else { return Applied::Passing };
        if about == About::Node {
            let owner = message.text("owner").unwrap_or_default();
            let (gone, mut touched) = self.names.remove(message.text("name").unwrap_or_default(), owner);
            gone.iter().for_each(|name| self.forget(&node_id(name, owner)));
            self.touch_nodes(&mut touched);
        } else {
            self.forget(&id);
            self.touch(ROOT);
        }
        Applied::Kept
    }

    /// False where there is no room for more.
    fn insert(&mut self, id: Arc<str>, mut entity: Entity) -> bool {
        let is_full = self.entities.len() >= MOST_ENTITIES || self.names.is_full();
        if is_full && !self.entities.contains_key(&id) {
            self.overflowed = true;
            return false;
        }
        self.removed.remove(&id);
        self.changed.insert(Arc::clone(&id));
        entity.noted = self.round;
        let is_container = entity.is_container_node();
        let before = self.entities.insert(id, Box::new(entity));
        // The root has what is in no container: that may have one now, or none any longer.
        if is_container || before.is_some_and(|before| before.is_container_node()) {
            self.touch(ROOT);
        }
        true
    }

    fn forget(&mut self, id: &str) {
        if let Some((id, entity)) = self.entities.remove_entry(id) {
            self.changed.remove(&id);
            self.removed.insert(id);
            if entity.is_container_node() {
                self.touch(ROOT);
            }
        }
    }

    fn touch(&mut self, id: &str) {
        if !self.changed.contains(id) {
            self.changed.insert(id.into());
        }
    }

    /// All that stand at some names have to be written anew: the same node of several owners, or a stand-in. The list is
    /// kept, for the next ones.
    fn touch_nodes(&mut self, touched: &mut Vec<Arc<str>>) {
        for name in touched.drain(..) {
            if name.is_empty() {
                self.touch(ROOT);
                continue;
            }
            // The usual case: it is there for all, under its own name.
            if matches!(self.names.owners(&name), [only] if only.is_empty()) && is_own_id(&name) {
                self.changed.insert(name);
                continue;
            }
            let owners: Vec<Arc<str>> = self.names.owners(&name).to_vec();
            owners.iter().for_each(|owner| self.touch(&node_id(&name, owner)));
            let stand_in = node_id(&name, "");
            if owners.is_empty() && self.names.contains(&name) {
                self.removed.remove(&*stand_in);
                self.touch(&stand_in);
            } else if !owners.iter().any(|owner| owner.is_empty()) {
                self.changed.remove(&*stand_in);
                self.removed.insert(stand_in.into());
            }
        }
        std::mem::swap(&mut self.touched, touched);
    }
}

/// What is no part of the scene.
fn is_passing(message: &Message) -> bool {
    let kind = message.kind();
    is_said_once(message) || kind.starts_with("GuiForm") || kind == "ResetGuiMessage"
}

/// True for a name that is the id of the node of all that has it.
fn is_own_id(name: &str) -> bool {
    name.bytes().any(|byte| byte != b'/')
}

/// The id of a node: its name, behind its owner where that is one client.
pub fn node_id<'a>(name: &'a str, owner: &str) -> Cow<'a, str> {
    match (name, owner) {
        ("", _) => ROOT.into(),
        // A name of nothing but slashes must not be the root's id.
        (name, owner) if !is_own_id(name) => format!("{owner}/{name}").into(),
        (name, "") => name.into(),
        (name, owner) => format!("{owner}:{name}").into(),
    }
}

/// The id of what a message is about.
pub fn id_of(about: About, message: &Message) -> Option<Cow<'_, str>> {
    if about == About::Node {
        let name = message.text("name").filter(|name| name.is_empty() || name.starts_with('/'))?;
        if name.len() > LONGEST_NAME || memchr::memchr_iter(b'/', name.as_bytes()).count() > DEEPEST_NAME {
            return None;
        }
        return Some(node_id(name, message.text("owner").unwrap_or_default()));
    }
    Some(format!("{}:{}", prefix(about), message.text("uuid")?).into())
}

/// What ids of a family begin with.
fn prefix(about: About) -> &'static str {
    match about {
        About::Node => "",
        About::Gui => "gui",
        About::Command => "command",
        About::Modal => "modal",
        About::Notification => "notification",
    }
}

#[cfg(test)]
mod tests;
