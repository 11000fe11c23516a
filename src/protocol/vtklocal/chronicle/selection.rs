//! Which of a recording's connections tell its story: one after another, never two at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Told;

/// A connection's part of the story.
#[derive(Clone, Copy, Debug)]
struct Part {
    connection: u32,
    moments: usize,
    from: Duration,
    to: Duration,
    updates: u64,
}

impl Told {
    /// Keeps the moments of the connection that saw most, and of those before and after it: a client that
    /// lost its connection and came back goes on with the story; one beside it sees the same again.
    pub(super) fn select(&mut self) {
        let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
        for (moment, change) in self.moments.iter().zip(&self.changes) {
            let connection = change.connection;
            let part = parts.entry(connection).or_insert(Part {
                connection,
                moments: 0,
                from: moment.from,
                to: moment.time,
                updates: 0,
            });
            part.moments += 1;
            part.to = part.to.max(moment.time);
            part.updates = part.updates.max(moment.update);
        }
        let mut by_length: Vec<Part> = parts.into_values().collect();
        by_length.sort_by_key(|part| (std::cmp::Reverse(part.moments), part.connection));
        let mut chosen: Vec<Part> = Vec::new();
        for part in by_length {
            if chosen.iter().all(|other| part.to < other.from || other.to < part.from) {
                chosen.push(part);
            }
        }
        chosen.sort_by_key(|part| part.from);
        // Coming back is news, too: something may have changed unheard.
        let mut before = 0;
        let mut offsets: BTreeMap<u32, u64> = BTreeMap::new();
        for part in &chosen {
            offsets.insert(part.connection, before);
            before += part.updates + 1;
        }
        let mut told: Vec<_> = std::mem::take(&mut self.moments)
            .into_iter()
            .zip(std::mem::take(&mut self.changes))
            .filter_map(|(mut moment, change)| {
                moment.update += offsets.get(&change.connection)?;
                Some((moment, change))
            })
            .collect();
        told.sort_by_key(|(moment, _)| moment.from);
        (self.moments, self.changes) = told.into_iter().unzip();
        let connections: BTreeSet<u32> = offsets.into_keys().collect();
        // What others say beside the story is no loss; where there is no story, everything is.
        self.unreadable.retain(|connection, _| connections.is_empty() || connections.contains(connection));
        self.published.retain(|published| connections.contains(&published.connection));
    }
}
