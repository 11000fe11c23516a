//! What a status announced and nobody fetched: states and blobs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rpc::{BATCH, HASH, STATE, STATUS};
use crate::protocol::{Audit, Heard, Kind, Unasked, binary_placeholder};

/// Names that are remembered of each kind.
const MOST: usize = 1_000_000;
/// Names that are told.
const FIRST: usize = 5;

/// Compares statuses with calls.
#[derive(Default)]
pub(super) struct VtkAudit {
    states: Announced<u64>,
    blobs: Announced<String>,
}

#[derive(Default)]
struct Announced<T> {
    announced: BTreeSet<T>,
    asked: BTreeSet<T>,
}

impl<T: Ord + ToString> Announced<T> {
    fn announce(&mut self, names: impl Iterator<Item = T>) {
        let room = MOST.saturating_sub(self.announced.len());
        self.announced.extend(names.take(room));
    }

    fn ask(&mut self, names: impl Iterator<Item = T>) {
        let room = MOST.saturating_sub(self.asked.len());
        self.asked.extend(names.take(room));
    }

    fn unasked(&self, what: &'static str) -> Unasked {
        let missing = || self.announced.difference(&self.asked);
        Unasked {
            what,
            announced: self.announced.len() as u64,
            unasked: missing().count() as u64,
            first: missing().take(FIRST).map(ToString::to_string).collect(),
        }
    }
}

impl Audit for VtkAudit {
    fn hear(&mut self, heard: &Heard) {
        let is_wanted = match heard.kind {
            Kind::Answer => heard.name == STATUS,
            Kind::Call => [STATE, HASH, BATCH].contains(&heard.name.as_str()),
            Kind::Error | Kind::Push | Kind::Unreadable => false,
        };
        let Some(body) = heard.body.as_ref().filter(|_| is_wanted) else { return };
        let text = body.to_json(&mut |pieces| binary_placeholder(pieces)).unwrap_or_default();
        let Ok(said) = serde_json::from_str::<Value>(&text) else { return };
        if heard.kind == Kind::Answer {
            // Pairs of an id and a time.
            self.states.announce(list(said.get("ids")).filter_map(|pair| pair.get(0)?.as_u64()));
            self.blobs.announce(strings(said.get("hashes")));
            return;
        }
        // Arguments by place or by name.
        let named = said.get("kwargs").and_then(Value::as_object).into_iter().flatten().map(|(_, value)| value);
        let arguments: Vec<&Value> = list(said.get("args")).chain(named).collect();
        for argument in arguments {
            match argument {
                Value::Array(_) => {
                    self.states.ask(list(Some(argument)).filter_map(Value::as_u64));
                    self.blobs.ask(strings(Some(argument)));
                }
                Value::String(hash) => self.blobs.ask(std::iter::once(hash.clone())),
                other => self.states.ask(other.as_u64().into_iter()),
            }
        }
    }

    fn unasked(&self) -> Vec<Unasked> {
        vec![self.states.unasked("state"), self.blobs.unasked("blob")]
    }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn strings(value: Option<&Value>) -> impl Iterator<Item = String> {
    list(value).filter_map(|value| Some(value.as_str()?.to_owned()))
}
