//! One object's state, while it is written.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::containers::{Containers, containers_of};
use super::names::Named;
use super::pose::PARTS;
use super::{Entity, Family, Model, node_id};
use crate::protocol::msgpack::Reader;
use crate::protocol::state_text::push_string;
use crate::protocol::viser::dialect::ROOT;
use crate::protocol::viser::message::{Message, Value, placeholder};
use crate::protocol::viser::shape::item_bytes;
use crate::protocol::viser::text::{Part, Writer};
use crate::scene::State;

/// Properties of nodes and of what is in panels that are no fields of the message that made them.
pub const DERIVED: [&str; 13] = [
    "children",
    "items",
    "tabs",
    "shadowed",
    "wxyz",
    "position",
    "visible",
    "clickBindings",
    "dragBindings",
    "bones",
    "width",
    "height",
    "collapsed",
];

/// Properties that were set after something was made, by name.
type Overlay<'a> = HashMap<&'a str, Value<'a>>;

/// A state that was written.
pub(super) struct Written {
    pub(super) state: State,
    pub(super) parts: Vec<Part>,
    pub(super) unreadable: Option<String>,
}

pub(super) fn write(model: &Model, containers: &Containers<'_>, id: &Arc<str>) -> Written {
    let entity = model.entities.get(id);
    let class = entity.map(|entity| class(entity.kind())).unwrap_or_default();
    let mut writer = Writer::new(id, class);
    let mut page = Page { model, containers, writer: &mut writer, unreadable: None };
    match entity {
        _ if **id == *ROOT => page.root(),
        Some(entity) => page.entity(entity),
        None => page.stand_in(id),
    }
    let unreadable = page.unreadable.take();
    Written { state: State::from(writer.out.as_str()), parts: writer.parts, unreadable }
}

/// A type without the `Message` behind it.
pub(super) fn class(kind: &str) -> &str {
    kind.strip_suffix("Message").unwrap_or(kind)
}

/// One state while it is written.
struct Page<'w, 'a, 'm> {
    model: &'m Model,
    containers: &'m Containers<'m>,
    writer: &'w mut Writer<'a>,
    unreadable: Option<String>,
}

impl Page<'_, '_, '_> {
    fn property(&mut self, key: &str, value: Value<'_>, values_of: &dyn Fn(&str) -> Option<u64>) {
        if let Err(error) = self.writer.property(key, &value, values_of) {
            self.unreadable.get_or_insert(format!("{key}: {error}"));
        }
    }

    fn field(&mut self, key: &str, message: Option<&Message>, field: &str) {
        if let Some(value) = message.and_then(|message| message.field(field)) {
            self.property(key, value, &|_| None);
        }
    }

    fn references<'i>(&mut self, key: &str, ids: impl IntoIterator<Item = &'i Arc<str>>) {
        self.writer.key(key);
        self.writer.out.push('[');
        for (k, id) in ids.into_iter().enumerate() {
            if k > 0 {
                self.writer.out.push(',');
            }
            self.reference(id);
        }
        self.writer.out.push(']');
    }

    fn reference(&mut self, id: &str) {
        self.writer.out.push_str("{\"$id\":");
        push_string(&mut self.writer.out, id);
        self.writer.out.push('}');
    }

    fn root(&mut self) {
        self.writer.out.push('{');
        self.writer.text("type", "Scene");
        if let Some(root) = self.model.entities.get(ROOT) {
            self.pose(root);
        }
        if let Some(here) = self.model.names.get("") {
            self.children(here);
        }
        let outside: Vec<Arc<str>> = self.containers.outside.iter().map(|id| Arc::clone(id)).collect();
        self.references("gui", &outside);
        let mut settings: BTreeMap<&str, &Arc<str>> = BTreeMap::new();
        for (id, entity) in &self.model.entities {
            if entity.family == Family::Setting {
                let key = id.strip_prefix("setting:").unwrap_or(id);
                settings.insert(key, id);
            }
        }
        self.writer.key("settings");
        self.writer.out.push('{');
        for (key, id) in settings {
            self.writer.key(&key.replacen("Message", "", 1));
            self.reference(id);
        }
        self.writer.out.push('}');
        for (key, family) in [
            ("commands", Family::Command),
            ("modals", Family::Modal),
            ("notifications", Family::Notification),
            ("messages", Family::Message),
        ] {
            let mut ids: Vec<(u64, &Arc<str>)> = Vec::new();
            for (id, entity) in &self.model.entities {
                if entity.family == family {
                    ids.push((entity.since, id));
                }
            }
            if !ids.is_empty() {
                ids.sort_unstable();
                self.references(key, ids.into_iter().map(|(_, id)| id));
            }
        }
        self.writer.out.push('}');
    }

    /// A name that nobody has, and that something is below.
    fn stand_in(&mut self, id: &str) {
        // A name of nothing but slashes has one more in its id.
        let name = id.strip_prefix('/').filter(|rest| rest.bytes().all(|byte| byte == b'/')).unwrap_or(id);
        self.writer.out.push('{');
        self.writer.text("type", "Missing");
        self.writer.text("name", name);
        if let Some(here) = self.model.names.get(name) {
            self.children(here);
        }
        self.writer.out.push('}');
    }

    fn entity(&mut self, entity: &Entity) {
        self.writer.out.push('{');
        self.writer.text("type", entity.kind());
        let overlay = entity.overlay();
        if let Some(message) = &entity.made_by {
            let values_of = |property: &str| values_in(message, property);
            for (name, value) in message.fields() {
                match name {
                    "type" => {}
                    "props" => {
                        // An update of a notification is all of it anew.
                        let update = entity.last("NotificationUpdateMessage");
                        let value = update.and_then(|message| message.field("props")).unwrap_or(value);
                        self.props(value, &overlay, &values_of);
                    }
                    // A value is set as properties are.
                    "value" => self.property(name, overlay.get(name).copied().unwrap_or(value), &values_of),
                    // A third party's field of a name that is ours.
                    _ if DERIVED.contains(&name) && !matches!(entity.family, Family::Setting | Family::Message) => {
                        if let Err(error) = self.writer.marked(name, &value, &values_of) {
                            self.unreadable.get_or_insert(format!("{name}: {error}"));
                        }
                    }
                    _ => self.property(name, value, &values_of),
                }
            }
        }
        match entity.family {
            Family::Node => {
                self.pose(entity);
                self.bones(entity);
                self.below(entity);
                if entity.is_container_node() && entity.prop("container_uuid").is_some() {
                    self.items(entity);
                }
            }
            Family::Gui | Family::Modal => {
                self.panel(entity);
                self.items(entity);
            }
            _ => {}
        }
        self.writer.out.push('}');
    }

    fn props(&mut self, made: Value<'_>, overlay: &Overlay<'_>, values_of: &dyn Fn(&str) -> Option<u64>) {
        self.writer.key("props");
        self.writer.out.push('{');
        let before = self.writer.enter("props");
        for (name, value) in made.members() {
            self.property(name, overlay.get(name).copied().unwrap_or(value), values_of);
        }
        let is_new = |name: &str| name != "value" && !made.members().any(|(known, _)| known == name);
        let mut new: Vec<(&str, Value<'_>)> = overlay.iter().map(|(name, value)| (*name, *value)).collect();
        new.retain(|(name, _)| is_new(name));
        new.sort_by_key(|(name, _)| *name);
        for (name, value) in new {
            self.property(name, value, values_of);
        }
        self.writer.leave(before);
        self.writer.out.push('}');
    }

    fn pose(&mut self, entity: &Entity) {
        for (kind, field) in PARTS {
            if let Some(value) = entity.posed(kind) {
                self.property(field, value, &|_| None);
            }
        }
        self.field("clickBindings", entity.last("SetSceneNodeClickBindingsMessage"), "bindings");
        self.field("dragBindings", entity.last("SetSceneNodeDragBindingsMessage"), "bindings");
    }

    fn bones(&mut self, entity: &Entity) {
        let mut bones: BTreeMap<u64, [Option<Value<'_>>; 2]> = BTreeMap::new();
        for message in entity.changes() {
            let place = match message.kind() {
                "SetBoneOrientationMessage" => 0,
                "SetBonePositionMessage" => 1,
                _ => continue,
            };
            let bone = bones.entry(message.count("bone_index").unwrap_or_default()).or_default();
            if let Some(slot) = bone.get_mut(place) {
                *slot = message.field(if place == 0 { "wxyz" } else { "position" });
            }
        }
        if bones.is_empty() {
            return;
        }
        self.writer.key("bones");
        self.writer.out.push('{');
        for (index, [wxyz, position]) in bones {
            self.writer.key(&index.to_string());
            self.writer.out.push('{');
            for (key, value) in [("wxyz", wxyz), ("position", position)] {
                if let Some(value) = value {
                    self.property(key, value, &|_| None);
                }
            }
            self.writer.out.push('}');
        }
        self.writer.out.push('}');
    }

    /// What is below a node, and whom it hides.
    fn below(&mut self, entity: &Entity) {
        let name = entity.name();
        let Some(here) = self.model.names.get(name) else { return };
        let shown = shown_among(self.model, name, &here.owners);
        if shown.is_some_and(|shown| **shown != *entity.owner()) {
            return;
        }
        let hidden = here.owners.iter().filter(|owner| Some(*owner) != shown);
        let hidden: Vec<Arc<str>> = hidden.map(|owner| node_id(name, owner).into()).collect();
        if !hidden.is_empty() {
            self.references("shadowed", &hidden);
        }
        self.children(here);
    }

    fn children(&mut self, of: &Named) {
        if of.children.is_empty() {
            return;
        }
        self.writer.key("children");
        self.writer.out.push('{');
        for child in &of.children {
            let last = child.rsplit('/').next().unwrap_or_default();
            if last.starts_with('$') {
                self.writer.key(&format!("${last}"));
            } else {
                self.writer.key(last);
            }
            let owners = self.model.names.owners(child);
            self.reference(&node_id(child, shown_among(self.model, child, owners).map_or("", |owner| owner)));
        }
        self.writer.out.push('}');
    }

    /// What was set of a panel.
    fn panel(&mut self, entity: &Entity) {
        for (kind, key) in [
            ("GuiSetPanelPositionMessage", "position"),
            ("GuiSetPanelWidthMessage", "width"),
            ("GuiSetPanelHeightMessage", "height"),
            ("GuiSetPanelCollapsedMessage", "collapsed"),
        ] {
            self.field(key, entity.last(kind), key);
        }
    }

    /// What is in a panel, a folder, a form, or the tabs of a group.
    fn items(&mut self, entity: &Entity) {
        let containers = containers_of(entity);
        let inside = |container: &String| self.containers.inside.get(container).cloned().unwrap_or_default();
        if class(entity.kind()) == "GuiTabGroup" {
            let tabs: Vec<Vec<&Arc<str>>> = containers.iter().map(inside).collect();
            self.writer.key("tabs");
            self.writer.out.push('[');
            for (k, tab) in tabs.into_iter().enumerate() {
                if k > 0 {
                    self.writer.out.push(',');
                }
                self.writer.out.push('{');
                self.references("items", tab);
                self.writer.out.push('}');
            }
            self.writer.out.push(']');
        } else if !containers.is_empty() {
            let items: Vec<&Arc<str>> = containers.iter().flat_map(inside).collect();
            self.references("items", items);
        }
    }
}

/// Who stands at a name where several do: a real node before one that stands in for a parent, a client's before that
/// of all.
fn shown_among<'m>(model: &Model, name: &str, owners: &'m [Arc<str>]) -> Option<&'m Arc<str>> {
    if let [only] = owners {
        return Some(only);
    }
    owners.iter().min_by_key(|owner| {
        let entity = model.entities.get(&*node_id(name, owner));
        (entity.is_none_or(|entity| entity.is_virtual()), owner.is_empty(), Arc::clone(owner))
    })
}

/// How many values a property has that is an array.
fn values_in(message: &Message, property: &str) -> Option<u64> {
    let (_, value) = message.members("props").find(|(name, _)| *name == property)?;
    let found = placeholder(&mut Reader::new(value.data))?;
    let len = value.buffer(found.index)?.len() as u64;
    Some(len / item_bytes(found.dtype) as u64)
}
