//! What has to be said to somebody who knows one state of a scene, so that they know another one.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Entity, Family, Model};
use crate::protocol::viser::message::Message;
use crate::protocol::viser::words::{removal_of, untouched};

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
        let nodes = gone.iter().filter(|entity| entity.family == Family::Node && entity.made_by.is_some());
        let cut: HashSet<(&str, &str)> = nodes.map(|entity| (entity.owner(), entity.name())).collect();
        let is_cut = |entity: &Entity| {
            let ancestors = entity.name().rmatch_indices('/').filter_map(|(at, _)| entity.name().get(..at));
            entity.family == Family::Node && ancestors.into_iter().any(|name| cut.contains(&(entity.owner(), name)))
        };
        for entity in gone {
            match &entity.made_by {
                _ if matches!(entity.family, Family::Setting | Family::Message) => {}
                Some(created) => said.extend(removal_of(created)),
                // The root stays, as nobody set it.
                None if entity.family == Family::Node => {
                    said.extend(entity.untouched(|kind| entity.last(kind).is_some()));
                }
                None => {}
            }
        }
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
                said.extend(entity.untouched(|kind| known.posed(kind).is_some() && entity.posed(kind).is_none()));
            }
            said.extend(entity.updates());
        }
        said
    }
}

impl Entity {
    /// A node as nobody set it, as far as that is wanted.
    fn untouched(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Message> {
        let owner = self.made_by.as_ref().map_or(Some(""), |created| created.text("owner"));
        untouched(self.name(), owner, is_wanted)
    }
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
                                .replace(",\"wxyz\":[1.0,0.0,0.0,0.0]", "")
                                .replace(",\"position\":[0.0,0.0,0.0]", "")
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
