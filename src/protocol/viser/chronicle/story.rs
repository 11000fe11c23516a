//! A session as a whole: which of its connections tell it, one after another, and what happens at each moment.

use std::time::Duration;

use super::line::Line;
use super::said::Said;
use crate::protocol::Moment;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::model::Model;

/// See the module.
pub(in crate::protocol::viser) struct Story {
    pub(in crate::protocol::viser) lines: Vec<Line>,
    pub(in crate::protocol::viser) moments: Vec<Moment>,
    /// For each moment its line, and what was said last.
    places: Vec<(usize, usize)>,
    /// When the session ended.
    pub(in crate::protocol::viser) end: Duration,
    /// What made the scene, where that is known.
    pub(in crate::protocol::viser) producer: Option<String>,
    pub(super) unreadable: Option<(Duration, String)>,
}

/// What happens at a moment.
pub(in crate::protocol::viser) enum Step<'a> {
    /// A client knows everything that was built before.
    First,
    /// Something was said.
    Said(&'a Said),
    /// The client has come back, and was told everything anew: what was other than before.
    Again(Vec<Message>),
}

impl Story {
    /// Of these connections: the one that saw most, and those before and after it. One beside it sees the same again.
    pub(in crate::protocol::viser) fn new(mut lines: Vec<Line>, end: Duration, producer: Option<String>) -> Self {
        let mut unreadable: Vec<(Duration, String)> = lines.iter().filter_map(|line| line.unreadable.clone()).collect();
        lines.retain(|line| line.hydrated.is_some());
        let span = |line: &Line| Some((line.said.first()?.time, line.said.last()?.time));
        lines.sort_by_key(|line| (std::cmp::Reverse(line.moments().count()), span(line)));
        let mut chosen: Vec<Line> = Vec::new();
        for line in lines {
            let Some((from, to)) = span(&line) else { continue };
            let is_apart = |other: &Line| span(other).is_none_or(|(start, end)| to < start || end < from);
            if chosen.iter().all(is_apart) {
                chosen.push(line);
            }
        }
        chosen.sort_by_key(span);
        if !chosen.is_empty() {
            // What others say beside the story is no loss; where there is no story, everything is.
            unreadable = chosen.iter().filter_map(|line| line.unreadable.clone()).collect();
        }
        let (mut moments, mut places, mut update) = (Vec::new(), Vec::new(), 0);
        for (k, line) in chosen.iter().enumerate() {
            for (moment, place) in line.moments().zip(line.hydrated.unwrap_or_default()..) {
                // Coming back is news, too: something may have changed unheard.
                moments.push(Moment { update, ..moment });
                places.push((k, place));
                update += 1;
            }
        }
        Self { lines: chosen, moments, places, end, producer, unreadable: unreadable.into_iter().next() }
    }

    /// All that is there at a moment.
    pub(in crate::protocol::viser) fn model_at(&self, moment: usize) -> Option<Model> {
        let (line, said) = *self.places.get(moment)?;
        Some(self.lines.get(line)?.model_at(said))
    }

    /// What a server said until the first moment, as it said it.
    pub(super) fn beginning(&self) -> &[Said] {
        let line = self.lines.first();
        line.and_then(|line| line.said.get(..=line.hydrated?)).unwrap_or_default()
    }

    /// What happens at a moment.
    pub(in crate::protocol::viser) fn step(&self, moment: usize) -> Option<Step<'_>> {
        let (line, said) = *self.places.get(moment)?;
        let told = self.lines.get(line)?;
        if told.hydrated != Some(said) {
            return told.said.get(said).map(Step::Said);
        }
        let Some(before) = moment.checked_sub(1) else { return Some(Step::First) };
        Some(Step::Again(self.model_at(before)?.difference(&told.model_at(said))))
    }

    /// Programs for the viewer's browser that it holds.
    pub(in crate::protocol::viser) fn programs(&self) -> u64 {
        self.lines.iter().map(|line| line.model.programs).sum()
    }
}
