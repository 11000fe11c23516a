//! From the model to a scene: the states of what has changed, and the arrays in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use super::{Entity, Family, MAIN_CONTAINER, MAIN_PANEL, Model, node_id};
use crate::parallel;
use crate::protocol::viser::dialect::{ROOT, content_hash};
use crate::protocol::viser::message::{Message, Value};
use crate::protocol::viser::shape::item_bytes;
use crate::protocol::viser::text::{Part, Writer, part_id, part_state};
use crate::scene::{ObjectId, State};

/// Whether an object is one of these, or an array of one of them.
fn belongs_to(id: &ObjectId, owners: &HashSet<&str>) -> bool {
    let ObjectId::Name(name) = id else { return false };
    let starts = name.match_indices('#').filter_map(|(at, _)| name.get(..at));
    starts.chain(std::iter::once(&**name)).any(|start| owners.contains(start))
}

/// What has more bytes in its arrays takes too long to hash ahead of time.
const LARGE: u64 = 64 << 10;

/// States that are written ahead of time at once.
const AT_ONCE: usize = 512;

/// States that a thread writes before it takes more.
const AT_A_TIME: usize = 256;

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

/// Writes states, and remembers which arrays belong to whom.
#[derive(Default)]
pub struct Builder {
    /// The arrays of each object, by their places.
    parts: HashMap<Arc<str>, Vec<Known>>,
    /// How many arrays use a blob.
    uses: HashMap<Arc<str>, u64>,
    /// What was built ahead of time.
    ahead: Built,
    /// Changed objects that could not be, when it was last done.
    left: usize,
}

/// An array that was built.
struct Known {
    place: String,
    hash: Arc<str>,
    /// The values, where they were: the same memory has the same hash.
    bytes: Bytes,
}

/// What changed since it was asked for.
#[derive(Default)]
pub struct Built {
    /// States that are new, or others.
    pub states: BTreeMap<ObjectId, State>,
    /// Objects that are gone.
    pub removed: Vec<ObjectId>,
    /// Blobs that were not there before.
    pub blobs: BTreeMap<Arc<str>, Bytes>,
    /// Blobs that nothing uses any longer.
    pub unused: Vec<Arc<str>>,
    /// Objects with a property that could not be read, and why.
    pub unreadable: Vec<(ObjectId, String)>,
}

impl Builder {
    /// Writes some of what has changed already now, while more is on its way: nodes with nothing below them, which are most
    /// and rarely change again. It takes some milliseconds at most. What cannot be built yet is looked through each time:
    /// nothing is done before `worth` more have changed.
    pub fn build_ahead(&mut self, model: &mut Model, worth: usize) {
        if model.changes() < self.left.saturating_add(worth) {
            return;
        }
        let is_leaf = |id: &Arc<str>| {
            let entity = model.entities.get(id).filter(|entity| entity.family == Family::Node);
            entity.is_some_and(|entity| {
                let name = entity.name();
                !name.is_empty()
                    && model.names.owners(name).len() == 1
                    && model.names.children(name).next().is_none()
                    && !entity.is_container_node()
                    && entity.made_by.as_ref().is_some_and(|message| message.len() < LARGE)
            })
        };
        let leaves: Vec<Arc<str>> = model.changed.iter().filter(|id| is_leaf(id)).take(AT_ONCE).cloned().collect();
        let containers = Containers::default();
        let mut built = std::mem::take(&mut self.ahead);
        for id in leaves {
            model.changed.remove(&id);
            self.take(&id, write(model, &containers, &id), &mut built);
        }
        self.ahead = built;
        self.left = model.changes();
    }

    /// Writes all that has changed in the model since this was called last.
    pub fn build(&mut self, model: &mut Model) -> Built {
        let mut built = std::mem::take(&mut self.ahead);
        self.left = 0;
        let mut changed: Vec<Arc<str>> = std::mem::take(&mut model.changed).into_iter().collect();
        changed.sort_unstable();
        let mut removed: Vec<Arc<str>> = std::mem::take(&mut model.removed).into_iter().collect();
        removed.sort_unstable();
        // What was written ahead of time may be gone by now.
        let gone: HashSet<&str> = removed.iter().map(|id| &**id).collect();
        if !gone.is_empty() {
            built.states.retain(|id, _| !belongs_to(id, &gone));
        }
        for id in &removed {
            self.replace_parts(id, Vec::new(), &mut built);
            built.removed.push(ObjectId::parse(id));
        }
        let root_changed = changed.iter().any(|id| **id == *ROOT);
        let has_panels = |id: &Arc<str>| !id.starts_with('/') && !id.starts_with(|c: char| c.is_ascii_digit());
        let is_3d = |id: &Arc<str>| model.entities.get(id).is_some_and(Entity::is_container_node);
        // Most updates move nodes: those need not know who is in which panel.
        let concerns_panels = root_changed || changed.iter().any(|id| has_panels(id) || is_3d(id));
        let containers = if concerns_panels { Containers::of(model) } else { Containers::default() };
        if root_changed {
            // What is in a panel is written in it.
            let others = containers.holders.iter().filter(|id| changed.binary_search(id).is_err()).cloned();
            let others: Vec<Arc<str>> = others.collect();
            changed.extend(others);
        }
        let written = parallel::map(&changed, AT_A_TIME, |id| write(model, &containers, id));
        for (id, written) in changed.iter().zip(written) {
            self.take(id, written, &mut built);
        }
        built.removed.retain(|id| !built.states.contains_key(id));
        built
    }

    fn take(&mut self, id: &Arc<str>, written: Written, built: &mut Built) {
        let object = ObjectId::parse(id);
        built.unreadable.extend(written.unreadable.map(|reason| (object.clone(), reason)));
        built.states.extend(written.state.map(|state| (object, state)));
        self.replace_parts(id, written.parts, built);
    }

    fn replace_parts(&mut self, id: &Arc<str>, parts: Vec<Part>, built: &mut Built) {
        let before = self.parts.remove(id).unwrap_or_default();
        if before.is_empty() && parts.is_empty() {
            return;
        }
        let place = |bytes: &Bytes| (bytes.as_ptr(), bytes.len());
        let known: HashMap<_, &Arc<str>> = before.iter().map(|known| (place(&known.bytes), &known.hash)).collect();
        let mut now = Vec::with_capacity(parts.len());
        for part in parts {
            let known = known.get(&place(&part.bytes)).map(|hash| Arc::clone(hash));
            let hash = known.unwrap_or_else(|| content_hash(std::slice::from_ref(&part.bytes)).into());
            let uses = self.uses.entry(Arc::clone(&hash)).or_default();
            *uses += 1;
            if *uses == 1 {
                built.blobs.insert(Arc::clone(&hash), part.bytes.clone());
            }
            if let Ok(state) = State::new(part_state(&part, &hash)) {
                built.states.insert(ObjectId::parse(&part_id(id, &part.place)), state);
            }
            now.push(Known { place: part.place, hash, bytes: part.bytes });
        }
        let places: HashSet<&str> = now.iter().map(|part: &Known| part.place.as_str()).collect();
        for known in before {
            if !places.contains(known.place.as_str()) {
                let part = ObjectId::parse(&part_id(id, &known.place));
                built.states.remove(&part);
                built.removed.push(part);
            }
            if let Some(uses) = self.uses.get_mut(&known.hash) {
                *uses -= 1;
                if *uses == 0 {
                    self.uses.remove(&known.hash);
                    built.blobs.remove(&known.hash);
                    built.unused.push(known.hash);
                }
            }
        }
        if !now.is_empty() {
            self.parts.insert(Arc::clone(id), now);
        }
    }
}

/// A state that was written.
struct Written {
    state: Option<State>,
    parts: Vec<Part>,
    unreadable: Option<String>,
}

fn write(model: &Model, containers: &Containers<'_>, id: &Arc<str>) -> Written {
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
    Written { state: State::new(&writer.out).ok(), parts: writer.parts, unreadable }
}

/// A type without the `Message` behind it.
fn class(kind: &str) -> &str {
    kind.strip_suffix("Message").unwrap_or(kind)
}

/// Which parts of panels are in which, in the order in which they are shown.
#[derive(Default)]
struct Containers<'a> {
    /// What is in each container, by the container's uuid.
    inside: HashMap<String, Vec<&'a Arc<str>>>,
    /// Ids of what has containers.
    holders: Vec<Arc<str>>,
    /// What is in none that is there.
    outside: Vec<&'a Arc<str>>,
}

impl<'a> Containers<'a> {
    fn of(model: &'a Model) -> Self {
        let mut found: Vec<(f64, u64, String, &'a Arc<str>)> = Vec::new();
        let mut there: HashMap<String, &'a Arc<str>> = HashMap::new();
        let mut holders = Vec::new();
        for (id, entity) in &model.entities {
            if !matches!(entity.family, Family::Gui | Family::Modal) && !entity.is_container_node() {
                continue;
            }
            let own = containers_of(entity);
            if !own.is_empty() {
                holders.push(Arc::clone(id));
            }
            there.extend(own.into_iter().map(|container| (container, id)));
            let within = entity.made_by.as_ref().and_then(|message| message.text("container_uuid"));
            if entity.family == Family::Gui {
                found.push((order(entity), entity.since, within.unwrap_or_default().to_owned(), id));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.3.cmp(b.3)));
        let mut containers = Self { inside: HashMap::new(), holders, outside: Vec::new() };
        for (_, _, within, id) in found {
            // What is in itself, by a broken server, is in nothing.
            match there.get(&within) {
                Some(holder) if *holder != id => containers.inside.entry(within).or_default().push(id),
                _ => containers.outside.push(id),
            }
        }
        containers.holders.sort_unstable();
        containers
    }
}

/// The uuids of the containers that something is, or has.
fn containers_of(entity: &Entity) -> Vec<String> {
    let uuid = entity.name().to_owned();
    match class(entity.kind()) {
        "GuiFolder" | "GuiForm" | "GuiPanel" | "GuiModal" => vec![uuid],
        "ControlPanel" => vec![String::from(MAIN_CONTAINER), String::from(MAIN_PANEL)],
        "GuiTabGroup" => texts(prop(entity, "_tab_container_ids")),
        "Gui3D" => texts(prop(entity, "container_uuid")),
        _ => Vec::new(),
    }
}

fn prop(entity: &Entity, name: &str) -> Option<Value> {
    let set = entity.overlay().remove(name);
    let made = || entity.made_by.as_ref()?.members("props").into_iter().find(|(key, _)| key == name).map(|(_, v)| v);
    set.or_else(made)
}

/// A text, or the texts of a list.
fn texts(value: Option<Value>) -> Vec<String> {
    use crate::protocol::msgpack::{Reader, Token};
    let Some(value) = value else { return Vec::new() };
    let mut reader = Reader::new(&value.data);
    match reader.token() {
        Ok(Token::Text(text)) => vec![String::from_utf8_lossy(text).into_owned()],
        Ok(Token::Array(len)) => (0..len).map_while(|_| reader.text().ok().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn order(entity: &Entity) -> f64 {
    let value = prop(entity, "order");
    value
        .and_then(|value| super::super::frame::seconds(&mut crate::protocol::msgpack::Reader::new(&value.data)).ok())
        .unwrap_or_default()
}

/// One state while it is written.
struct Page<'w, 'a, 'm> {
    model: &'m Model,
    containers: &'m Containers<'m>,
    writer: &'w mut Writer<'a>,
    unreadable: Option<String>,
}

impl Page<'_, '_, '_> {
    fn property(&mut self, key: &str, value: &Value, values_of: &dyn Fn(&str) -> Option<u64>) {
        if let Err(error) = self.writer.property(key, value, values_of) {
            self.unreadable.get_or_insert(format!("{key}: {error}"));
        }
    }

    fn field(&mut self, key: &str, message: Option<&Message>, field: &str) {
        if let Some(value) = message.and_then(|message| message.field(field)) {
            self.property(key, &value, &|_| None);
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
        crate::protocol::state_text::push_string(&mut self.writer.out, id);
        self.writer.out.push('}');
    }

    fn root(&mut self) {
        self.writer.out.push('{');
        self.writer.text("type", "Scene");
        if let Some(root) = self.model.entities.get(ROOT) {
            self.pose(root);
        }
        self.children("");
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
        self.children(name);
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
                        self.props(&value, &overlay, &values_of);
                    }
                    // A value is set as properties are.
                    "value" => self.property(name, overlay.get(name).unwrap_or(&value), &values_of),
                    // A third party's field of a name that is ours.
                    _ if DERIVED.contains(&name) && !matches!(entity.family, Family::Setting | Family::Message) => {
                        if let Err(error) = self.writer.marked(name, &value, &values_of) {
                            self.unreadable.get_or_insert(format!("{name}: {error}"));
                        }
                    }
                    _ => self.property(name, &value, &values_of),
                }
            }
        }
        match entity.family {
            Family::Node => {
                self.pose(entity);
                self.bones(entity);
                self.below(entity);
                let container = prop(entity, "container_uuid").filter(|_| entity.is_container_node());
                if container.is_some() {
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

    fn props(&mut self, made: &Value, overlay: &HashMap<String, Value>, values_of: &dyn Fn(&str) -> Option<u64>) {
        self.writer.key("props");
        self.writer.out.push('{');
        let before = self.writer.enter("props");
        let made = made.members();
        for (name, value) in &made {
            self.property(name, overlay.get(name).unwrap_or(value), values_of);
        }
        let mut new: Vec<(&String, &Value)> = overlay
            .iter()
            .filter(|(name, _)| *name != "value" && !made.iter().any(|(known, _)| known == *name))
            .collect();
        new.sort_by_key(|(name, _)| *name);
        for (name, value) in new {
            self.property(name, value, values_of);
        }
        self.writer.leave(before);
        self.writer.out.push('}');
    }

    fn pose(&mut self, entity: &Entity) {
        self.field("wxyz", entity.last("SetOrientationMessage"), "wxyz");
        self.field("position", entity.last("SetPositionMessage"), "position");
        self.field("visible", entity.last("SetSceneNodeVisibilityMessage"), "visible");
        self.field("clickBindings", entity.last("SetSceneNodeClickBindingsMessage"), "bindings");
        self.field("dragBindings", entity.last("SetSceneNodeDragBindingsMessage"), "bindings");
    }

    fn bones(&mut self, entity: &Entity) {
        let mut bones: BTreeMap<u64, [Option<Value>; 2]> = BTreeMap::new();
        for message in entity.updates() {
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
                    self.property(key, &value, &|_| None);
                }
            }
            self.writer.out.push('}');
        }
        self.writer.out.push('}');
    }

    /// What is below a node, and whom it hides.
    fn below(&mut self, entity: &Entity) {
        let name = entity.name();
        let shown = shown_at(self.model, name);
        if shown.is_some_and(|shown| **shown != *entity.owner()) {
            return;
        }
        let hidden = self.model.names.owners(name).iter().filter(|owner| Some(*owner) != shown);
        let hidden: Vec<Arc<str>> = hidden.map(|owner| node_id(name, owner)).collect();
        if !hidden.is_empty() {
            self.references("shadowed", &hidden);
        }
        self.children(name);
    }

    fn children(&mut self, name: &str) {
        let children: Vec<&Arc<str>> = self.model.names.children(name).collect();
        if children.is_empty() {
            return;
        }
        self.writer.key("children");
        self.writer.out.push('{');
        for child in children {
            let last = child.rsplit('/').next().unwrap_or_default();
            if last.starts_with('$') {
                self.writer.key(&format!("${last}"));
            } else {
                self.writer.key(last);
            }
            self.reference(&node_id(child, shown_at(self.model, child).map_or("", |owner| owner)));
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
fn shown_at<'m>(model: &'m Model, name: &str) -> Option<&'m Arc<str>> {
    let owners = model.names.owners(name);
    if let [only] = owners {
        return Some(only);
    }
    owners.iter().min_by_key(|owner| {
        let entity = model.entities.get(&node_id(name, owner));
        (entity.is_none_or(Entity::is_virtual), owner.is_empty(), Arc::clone(owner))
    })
}

/// How many values a property has that is an array.
fn values_in(message: &Message, property: &str) -> Option<u64> {
    use crate::protocol::msgpack::Reader;
    let (_, value) = message.members("props").into_iter().find(|(name, _)| name == property)?;
    let found = super::super::message::placeholder(&mut Reader::new(&value.data))?;
    let len = value.buffer(found.index)?.len() as u64;
    Some(len / item_bytes(found.dtype) as u64)
}
