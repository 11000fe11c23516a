//! What a server says of a scene to somebody who has just come: parents before their children, and what was set after
//! what it is set of.

use std::collections::HashSet;
use std::sync::Arc;

use crate::protocol::viser::dialect::ROOT;
use crate::protocol::viser::kinds;
use crate::protocol::viser::model::{DERIVED, MAIN_PANEL};
use crate::scene::raw::{self, Members};
use crate::scene::{ObjectId, Scene, State};

/// One message, with JSON texts for its values, as states have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its type.
    pub kind: String,
    /// Its fields, in the order in which they are sent, without the type.
    pub fields: Vec<(String, Arc<str>)>,
}

/// Who counts the changes of a panel from our fake server's start.
const RUN: &str = "\"scenectl\"";

/// All messages of a scene, in the order in which they can be applied.
pub fn say(scene: &Scene) -> Vec<Said> {
    let mut speech = Speech { scene, said: Vec::new(), seen: HashSet::new() };
    let root = ObjectId::parse(ROOT);
    speech.object(&root);
    // What a broken or hand-made snapshot has, and its root does not lead to.
    let all: Vec<ObjectId> = scene.objects().map(|(id, _)| id.clone()).collect();
    all.iter().for_each(|id| speech.object(id));
    speech.said
}

struct Speech<'a> {
    scene: &'a Scene,
    said: Vec<Said>,
    seen: HashSet<ObjectId>,
}

impl Speech<'_> {
    /// Says an object, and all that its state leads to. Not by recursion: names may be deep.
    fn object(&mut self, from: &ObjectId) {
        let mut waiting = vec![from.clone()];
        while let Some(id) = waiting.pop() {
            if !self.seen.insert(id.clone()) {
                continue;
            }
            let Some(state) = self.scene.state(&id) else { continue };
            let Ok(members) = state.members() else {
                tracing::warn!(%id, "a state that cannot be read is not served");
                continue;
            };
            self.one(&id, &members);
            waiting.extend(self.below(state).into_iter().rev());
        }
    }

    /// What a state refers to, apart from arrays.
    fn below(&self, state: &State) -> Vec<ObjectId> {
        let mut found = Vec::new();
        self.scene.dialect().references(state, &mut |id| found.push(id));
        found.retain(|id| self.scene.array(id).is_none());
        found
    }

    fn one(&mut self, id: &ObjectId, members: &Members<'_>) {
        let Some(kind) = raw::member(members, "type").and_then(raw::text) else { return };
        match &*kind {
            "Scene" => self.pose("\"\"", "\"\"", members),
            "ControlPanel" => self.panel(&serde_json::Value::from(MAIN_PANEL).to_string(), members),
            "Missing" | "Array" | "Bytes" => {}
            _ => {
                let known = kinds::kind(&kind);
                // What a third party makes a node with is kept as one; anything else of it is a message.
                let is_message = matches!(id, ObjectId::Name(id) if id.starts_with("message:"));
                let is_node = known.map_or(!is_message, |kind| kind.fields.contains(&"virtual"));
                let is_gui = known.is_some_and(|kind| kind.entity == Some(kinds::Entity::Gui));
                // Settings and messages have all that they have by themselves.
                let has_derived = is_node || known.is_some_and(|kind| kind.entity.is_some());
                let is_own = |name: &str| name != "type" && !(has_derived && DERIVED.contains(&name));
                // What begins with a `$`, or would be one of ours, has one more.
                let mut fields: Vec<(&str, &str)> = members
                    .iter()
                    .filter(|(name, _)| is_own(name))
                    .map(|(name, value)| (name.strip_prefix('$').unwrap_or(name), *value))
                    .collect();
                // As real servers send them; what is not known comes last.
                let place = |name: &str| {
                    known.and_then(|kind| kind.fields.iter().position(|field| *field == name)).unwrap_or(usize::MAX)
                };
                fields.sort_by_key(|(name, _)| place(name));
                self.tell(&kind, &fields);
                if is_node {
                    let (name, owner) = (raw::member(members, "name"), raw::member(members, "owner"));
                    self.pose(name.unwrap_or("\"\""), owner.unwrap_or("\"\""), members);
                } else if is_gui && let Some(uuid) = raw::member(members, "uuid") {
                    self.panel(uuid, members);
                }
            }
        }
    }

    fn tell(&mut self, kind: &str, fields: &[(&str, &str)]) {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), Arc::from(*value))).collect();
        self.said.push(Said { kind: kind.to_owned(), fields });
    }

    fn pose(&mut self, name: &str, owner: &str, members: &Members<'_>) {
        for (property, kind, field) in [
            ("wxyz", "SetOrientationMessage", "wxyz"),
            ("position", "SetPositionMessage", "position"),
            ("visible", "SetSceneNodeVisibilityMessage", "visible"),
            ("clickBindings", "SetSceneNodeClickBindingsMessage", "bindings"),
            ("dragBindings", "SetSceneNodeDragBindingsMessage", "bindings"),
        ] {
            if let Some(value) = raw::member(members, property) {
                self.tell(kind, &[("name", name), (field, value), ("owner", owner)]);
            }
        }
        let bones = raw::member(members, "bones").and_then(|bones| raw::members(bones).ok()).unwrap_or_default();
        for (index, bone) in &bones {
            let bone = raw::members(bone).unwrap_or_default();
            for (property, kind) in [("wxyz", "SetBoneOrientationMessage"), ("position", "SetBonePositionMessage")] {
                if let Some(value) = raw::member(&bone, property) {
                    self.tell(kind, &[("name", name), ("bone_index", index), (property, value), ("owner", owner)]);
                }
            }
        }
    }

    fn panel(&mut self, uuid: &str, members: &Members<'_>) {
        for (property, kind) in [
            ("position", "GuiSetPanelPositionMessage"),
            ("width", "GuiSetPanelWidthMessage"),
            ("height", "GuiSetPanelHeightMessage"),
            ("collapsed", "GuiSetPanelCollapsedMessage"),
        ] {
            if let Some(value) = raw::member(members, property) {
                self.tell(kind, &[("uuid", uuid), (property, value), ("counter", "1"), ("run_id", RUN)]);
            }
        }
    }
}
