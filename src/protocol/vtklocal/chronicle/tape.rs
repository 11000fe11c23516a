//! The calls of a session that are not the scene's, and what they were answered: an application's triggers,
//! state updates, anything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::Answer;
use crate::protocol::wslink::transcript::Asked;
use crate::protocol::{Body, Miss, PlayReport, binary_placeholder};

/// Calls that clients make as they come and go: that one is not in a recording says nothing.
const ORDINARY: [&str; 5] =
    ["trame.lifecycle.update", "trame.error.client", "trame.state.update", "trame.force.push", "trame.state.get"];

/// A call and its answer.
#[derive(Clone, Debug)]
pub(super) struct TapedCall {
    pub(super) method: String,
    /// Arguments as JSON, keywords sorted: what equal calls have in common.
    pub(super) args: String,
    pub(super) answer: Answer,
}

impl TapedCall {
    pub(super) fn new(asked: Asked, answer: Answer) -> Self {
        let args = normalised(&asked.request);
        Self { method: asked.request.method, args, answer }
    }
}

/// Arguments in one spelling: keys sorted, no spaces.
pub(super) fn normalised(request: &dyn Body) -> String {
    let text = request.to_json(&mut |pieces| binary_placeholder(pieces)).unwrap_or_default();
    let value: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    value.map_or(text, |value| value.to_string())
}

/// The calls of a session, to be answered again.
pub(super) struct Tape {
    calls: Vec<TapedCall>,
    /// Indexes of calls by method and arguments.
    by_args: HashMap<(String, String), Vec<usize>>,
    by_method: HashMap<String, Vec<usize>>,
    played: Mutex<Played>,
    miss: Miss,
}

#[derive(Default)]
struct Played {
    /// How often each call's answer was given.
    counts: Vec<u64>,
    /// How often each spelling was asked.
    asked: HashMap<(String, String), usize>,
    hits: u64,
    misses: Vec<Missed>,
}

/// A call that is not in the session.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Missed {
    method: String,
    args: String,
    nearest: Option<String>,
}

/// Misses that are remembered one by one.
const MOST_MISSES: usize = 1000;

/// What is to be answered.
pub(super) enum Found<'a> {
    Answer(&'a Answer),
    Null,
    Unknown,
}

impl Tape {
    pub(super) fn new(calls: Vec<TapedCall>, miss: Miss) -> Self {
        let mut by_args: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_method: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, call) in calls.iter().enumerate() {
            by_args.entry((call.method.clone(), call.args.clone())).or_default().push(index);
            by_method.entry(call.method.clone()).or_default().push(index);
        }
        let played = Mutex::new(Played { counts: vec![0; calls.len()], ..Played::default() });
        Self { calls, by_args, by_method, played, miss }
    }

    /// The answer to a call: each time the next of those recorded for its arguments, then the last again.
    pub(super) fn answer(&self, method: &str, args: String) -> Found<'_> {
        let key = (method.to_owned(), args);
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let nth = {
            let asked = played.asked.entry(key.clone()).or_default();
            *asked += 1;
            *asked - 1
        };
        if let Some(indexes) = self.by_args.get(&key)
            && let Some(&index) = indexes.get(nth).or(indexes.last())
        {
            return self.play(&mut played, index);
        }
        if ORDINARY.contains(&method) {
            return Found::Null;
        }
        let nearest = self.nearest(&key);
        let describe = |index: usize| self.calls.get(index).map(|call| format!("{} {}", call.method, call.args));
        let missed = Missed { method: key.0, args: key.1, nearest: nearest.and_then(describe) };
        tracing::warn!(
            "no recorded call {} {}; nearest: {}",
            missed.method,
            missed.args,
            missed.nearest.as_deref().unwrap_or("none")
        );
        if played.misses.len() < MOST_MISSES {
            played.misses.push(missed);
        }
        match (self.miss, nearest) {
            (Miss::Nearest, Some(index)) => self.play(&mut played, index),
            (Miss::Null, _) => Found::Null,
            (Miss::Error | Miss::Nearest, _) => Found::Unknown,
        }
    }

    fn play(&self, played: &mut Played, index: usize) -> Found<'_> {
        played.hits += 1;
        if let Some(count) = played.counts.get_mut(index) {
            *count += 1;
        }
        self.calls.get(index).map_or(Found::Unknown, |call| Found::Answer(&call.answer))
    }

    /// The recorded call of the same method whose arguments share the most with those given.
    fn nearest(&self, (method, args): &(String, String)) -> Option<usize> {
        let indexes = self.by_method.get(method)?;
        let likeness = |other: &str| {
            let same = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            let reversed = |text: &str| text.bytes().rev().collect::<Vec<u8>>();
            let ends = reversed(args).iter().zip(&reversed(other)).take_while(|(a, b)| a == b).count();
            same(args, other) + ends
        };
        indexes.iter().copied().max_by_key(|&index| {
            let args = self.calls.get(index).map(|call| call.args.as_str()).unwrap_or_default();
            (likeness(args), std::cmp::Reverse(index))
        })
    }

    /// What was played and what was not.
    pub(super) fn report(&self) -> PlayReport {
        let played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let unplayed = self.calls.iter().zip(&played.counts).filter(|(_, count)| **count == 0);
        PlayReport {
            calls: self.calls.len() as u64,
            hits: played.hits,
            misses: played.misses.iter().map(|missed| missed.describe()).collect(),
            unplayed: unplayed.map(|(call, _)| format!("{} {}", call.method, call.args)).collect(),
        }
    }
}

impl Missed {
    fn describe(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("{} {} (nearest: {nearest})", self.method, self.args),
            None => format!("{} {}", self.method, self.args),
        }
    }
}
