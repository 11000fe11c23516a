//! A state's properties, as those look at them who know what they mean.

use serde_json::{Map, Value};

use crate::scene::State;

/// The properties of one object.
pub(super) struct Properties(Map<String, Value>);

impl Properties {
    /// Those of a state; `None` where it is none.
    pub(super) fn read(state: &State) -> Option<Self> {
        serde_json::from_str(state.as_str()).ok().map(Self)
    }

    /// A property of the state itself.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// One of its `props`.
    pub(super) fn prop(&self, name: &str) -> Option<&Value> {
        self.0.get("props")?.get(name)
    }

    /// A number among its `props`.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.prop(name)?.as_f64()
    }
}
