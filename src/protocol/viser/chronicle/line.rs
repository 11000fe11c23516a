//! What a server said over one connection, and the scene at each point of it.

use std::time::Duration;

use super::said::{Kept, Said};
use crate::protocol::Moment;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::model::{Applied, Model};
use crate::protocol::viser::settling::Settling;

/// Messages between two models that are kept, at least: going on from one to a moment costs as much at most.
const BETWEEN_MARKS: u64 = 100_000;
/// The same for a large scene, in messages for each of its objects.
const PER_OBJECT: u64 = 20;

/// One connection.
pub(in crate::protocol::viser) struct Line {
    /// When it was opened.
    opened: Duration,
    /// All that was said, in order.
    pub(in crate::protocol::viser) said: Vec<Said>,
    /// With which of it all had come that was built before.
    pub(in crate::protocol::viser) hydrated: Option<usize>,
    /// The scene now and then: how much of what was said is in it.
    marks: Vec<(usize, Model)>,
    since_mark: u64,
    /// The scene after what was said so far.
    pub(super) model: Model,
    /// The session ended before all had come.
    is_partial: bool,
    /// From when on it is not understood, and why.
    pub(super) unreadable: Option<(Duration, String)>,
}

impl Line {
    pub(in crate::protocol::viser) fn new(opened: Duration) -> Self {
        Self {
            opened,
            said: Vec::new(),
            hydrated: None,
            marks: Vec::new(),
            since_mark: 0,
            model: Model::default(),
            is_partial: false,
            unreadable: None,
        }
    }

    /// These messages came at once.
    pub(in crate::protocol::viser) fn hear(&mut self, time: Duration, messages: Vec<Message>, kept: Kept) {
        let count = messages.len();
        self.since_mark += count as u64;
        let mut is_done = false;
        for message in messages {
            is_done |= self.model.apply(message) == Applied::ReplayDone;
        }
        self.said.push(Said { time, messages: count, changes: self.model.take_changes(), kept });
        if is_done {
            self.hydrated.get_or_insert(self.said.len() - 1);
        }
        if self.since_mark > BETWEEN_MARKS.max(self.model.objects() as u64 * PER_OBJECT) {
            self.marks.push((self.said.len(), self.model.clone()));
            self.since_mark = 0;
        }
    }

    /// It ended, or the session did.
    pub(in crate::protocol::viser) fn end(&mut self, time: Duration) {
        if self.hydrated.is_none() {
            let mut settling = Settling::default();
            let next = self.said.iter().skip(1).map(|said| said.time).chain([time]);
            self.hydrated = self.said.iter().zip(next).position(|(said, next)| {
                settling.frame(said.time, said.messages);
                settling.is_over(next)
            });
            if self.hydrated.is_none() && !self.said.is_empty() {
                self.is_partial = true;
                self.hydrated = Some(self.said.len() - 1);
            }
        }
    }

    /// The moments at which its scene is known.
    pub(super) fn moments(&self) -> impl Iterator<Item = Moment> {
        let hydrated = self.hydrated.unwrap_or(usize::MAX);
        let first: u64 = self.said.iter().take(hydrated.saturating_add(1)).map(|said| said.changes).sum();
        self.said.iter().enumerate().skip(hydrated).map(move |(k, said)| {
            let is_first = k == hydrated;
            Moment {
                from: if is_first { self.opened } else { said.time },
                time: said.time,
                update: (k - hydrated) as u64,
                states: if is_first { first } else { said.changes },
                is_partial: self.is_partial,
            }
        })
    }

    /// The scene after something that was said.
    pub(super) fn model_at(&self, index: usize) -> Model {
        let mark = self.marks.iter().rev().find(|(in_it, _)| *in_it <= index + 1);
        let (next, mut model) = mark.map(|(in_it, model)| (*in_it, model.clone())).unwrap_or_default();
        for said in self.said.get(next..=index).unwrap_or_default() {
            match said.kept.messages() {
                Ok(messages) => messages.into_iter().for_each(|message| {
                    model.apply(message);
                }),
                Err(error) => tracing::warn!(error, "a part of the session cannot be read"),
            }
        }
        model
    }
}
