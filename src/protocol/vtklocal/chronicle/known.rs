//! What a client knew at a moment: going on from moment to moment costs only what is new.

use std::collections::{BTreeMap, BTreeSet};

use super::Change;
use crate::scene::State;

/// All that a connection's client was told until a moment.
#[derive(Default)]
pub(super) struct Known {
    connection: Option<u32>,
    /// Changes before this one are in it.
    next: usize,
    pub(super) states: BTreeMap<u64, State>,
    /// Ids without a state.
    pub(super) without: BTreeSet<u64>,
}

impl Known {
    /// Goes to a moment. Only back, and to another connection, is the way from the start.
    pub(super) fn go_to(&mut self, changes: &[Change], moment: usize) {
        let Some(last) = changes.get(moment) else { return };
        if self.connection != Some(last.connection) || self.next > moment {
            *self = Self { connection: Some(last.connection), ..Self::default() };
        }
        let new = changes.get(self.next..=moment).unwrap_or_default().iter();
        new.filter(|change| change.connection == last.connection).for_each(|change| self.apply(change));
        self.next = moment + 1;
    }

    fn apply(&mut self, change: &Change) {
        self.states.extend(change.states.iter().map(|(id, state)| (*id, state.clone())));
        self.without.extend(change.without.iter().copied());
        for (id, _) in &change.states {
            self.without.remove(id);
        }
    }
}
