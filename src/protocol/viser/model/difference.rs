//! What has to be said to somebody who knows one state of a scene, so that they know another one.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use rmp::encode;

use super::pose::PARTS;
use super::{Entity, Family, Model};
use crate::protocol::viser::message::Message;

/// What the parts of a node's pose are that nobody set. Creating a node anew does not reset it.
const DEFAULT_POSE: [&[u8]; PARTS.len()] = [b"\x94\xcb\x3f\xf0\0\0\0\0\0\0\0\0\0", b"\x93\0\0\0", b"\xc3"];

/// A message of nothing but some fields; nothing where they are no msgpack.
pub fn plain(kind: &str, fields: &[(&str, &[u8])]) -> Option<Message> {
    let mut map = Vec::new();
    // Writing to a vector cannot fail.
    let _ = encode::write_map_len(&mut map, fields.len() as u32 + 1);
    for (name, value) in fields {
        let _ = encode::write_str(&mut map, name);
        map.extend_from_slice(value);
    }
    let _ = encode::write_str(&mut map, "type");
    let _ = encode::write_str(&mut map, kind);
    Message::parse(Bytes::from(map), &[]).ok()
}

/// A text, as msgpack.
pub fn packed(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = encode::write_str(&mut out, text);
    out
}

impl Model {
    /// Everything will be written anew.
    pub fn touch_all(&mut self) {
        self.changed.extend(self.entities.keys().cloned());
        self.changed.extend(self.names.stand_ins().map(|name| Arc::from(super::node_id(name, ""))));
        self.touch(super::ROOT);
    }

    /// How many objects have changed since this was asked, or they were written; they count as written now.
    pub fn take_changes(&mut self) -> u64 {
        let (changed, removed) = self.take_changed();
        (changed.len() + removed.len()) as u64
    }

    /// The messages after which somebody who knows `self` knows `to`. What is the same is not said again.
    pub fn difference(&self, to: &Self) -> Vec<Message> {
        let mut said = Vec::new();
        let mut gone: Vec<&Entity> = self
            .entities
            .iter()
            .filter(|(id, _)| !to.entities.contains_key(*id))
            .map(|(_, entity)| &**entity)
            .collect();
        gone.sort_by_key(|entity| entity.since);
        // What is below a node goes with it, also what is to be there.
        let nodes = gone.iter().filter(|entity| entity.family == Family::Node);
        let cut: HashSet<(&str, &str)> = nodes.map(|entity| (entity.owner(), entity.name())).collect();
        let is_cut = |entity: &Entity| {
            let ancestors = entity.name().rmatch_indices('/').filter_map(|(at, _)| entity.name().get(..at));
            entity.family == Family::Node && ancestors.into_iter().any(|name| cut.contains(&(entity.owner(), name)))
        };
        said.extend(gone.iter().filter_map(|entity| removal(entity)));
        let mut wanted: Vec<_> = to.entities.iter().collect();
        wanted.sort_by_key(|(id, entity)| (entity.since, *id));
        for (id, entity) in wanted {
            let known = self.entities.get(id);
            if known.is_some_and(|known| known.is_same(entity)) && !is_cut(entity) {
                continue;
            }
            said.extend(entity.made_by.clone());
            // What is set is set after it was made: to what it is by itself, where it was something else.
            if entity.family == Family::Node
                && let Some(known) = known
            {
                let (name, owner) = (packed(entity.name()), packed(entity.owner()));
                for (part, ((kind, field), value)) in PARTS.into_iter().zip(DEFAULT_POSE).enumerate() {
                    if known.posed(part).is_some() && entity.posed(part).is_none() {
                        let fields = [("name", &name[..]), (field, value), ("owner", &owner[..])];
                        said.extend(plain(kind, &fields));
                    }
                }
            }
            said.extend(entity.updates());
        }
        said
    }
}

/// The message that takes something away; nothing for what cannot be.
fn removal(entity: &Entity) -> Option<Message> {
    let name = packed(entity.name());
    let kind = match entity.family {
        Family::Node => {
            let owner = packed(entity.owner());
            return plain("RemoveSceneNodeMessage", &[("name", &name), ("owner", &owner)]);
        }
        Family::Gui if entity.kind() == "GuiPanelMessage" => "GuiPanelRemoveMessage",
        Family::Gui => "GuiRemoveMessage",
        Family::Command => "RemoveCommandMessage",
        Family::Modal => "GuiCloseModalMessage",
        Family::Notification => "RemoveNotificationMessage",
        Family::Setting | Family::Message => return None,
    };
    plain(kind, &[("uuid", &name)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::viser::fixtures;
    use crate::protocol::viser::frame::{Frame, Limits};
    use crate::protocol::viser::model::Builder;

    fn states(mut model: Model) -> Vec<(String, String)> {
        model.touch_all();
        let built = Builder::default().build(&mut model);
        let mut states: Vec<_> =
            built.states.iter().map(|(id, state)| (id.to_string(), state.as_str().to_owned())).collect();
        states.sort();
        states
    }

    /// From the end of a session to any earlier state of it, and back.
    #[test]
    fn what_differs_is_enough() {
        for name in ["animated.raw", "gui.raw", "transform.raw", "scoped.raw", "nodes.raw"] {
            let mut models = vec![Model::default()];
            let mut model = Model::default();
            for frame in fixtures::frames(name) {
                let frame = Frame::decode(&frame, Limits::default()).unwrap();
                frame.messages.into_iter().for_each(|message| {
                    model.apply(message);
                });
                models.push(model.clone());
            }
            // What was set of the whole scene cannot be unset: nobody goes back to before it.
            let step = (models.len() / 5).max(1);
            for to in models.iter().skip(1).step_by(step) {
                for from in [&models[0], to, &model] {
                    let mut reached = from.clone();
                    from.difference(to).into_iter().for_each(|message| {
                        reached.apply(message);
                    });
                    let (reached, wanted) = (states(reached), states(to.clone()));
                    let settled = |states: &[(String, String)]| -> Vec<(String, String)> {
                        let poses = |text: &str| {
                            text.replace(",\"visible\":true", "")
                                .replace(",\"wxyz\":[1.0,0,0,0]", "")
                                .replace(",\"position\":[0,0,0]", "")
                        };
                        states.iter().map(|(id, state)| (id.clone(), poses(state))).collect()
                    };
                    assert!(settled(&reached) == settled(&wanted), "{name}");
                }
            }
            assert!(model.difference(&model.clone()).is_empty());
        }
    }
}
