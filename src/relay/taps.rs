//! Whoever listens to what passes: a recorder, a person's terminal.

use std::sync::Arc;

use crate::protocol::{Direction, Tap, WsMessage};

/// One client's connection, as all listeners call it.
pub(super) struct Connection(Vec<(Arc<dyn Tap>, u32)>);

impl Connection {
    pub(super) fn open(taps: &[Arc<dyn Tap>], url: &str) -> Self {
        Self(taps.iter().map(|tap| (Arc::clone(tap), tap.opened(url))).collect())
    }

    /// Nobody listens.
    pub(super) fn is_deaf(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn hear(&self, direction: Direction, message: &WsMessage) {
        for (tap, number) in &self.0 {
            tap.message(*number, direction, message);
        }
    }

    pub(super) fn close(&self, reason: &str) {
        for (tap, number) in &self.0 {
            tap.closed(*number, reason);
        }
    }

    /// Waits until all of them have room for more.
    pub(super) async fn room(&self) {
        for (tap, _) in &self.0 {
            tap.room().await;
        }
    }
}
