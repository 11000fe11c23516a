//! A tap that adds up rates.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::protocol::{Direction, Ear, Keep, Protocol, Tap, WsMessage};

use super::{Rates, Row};

/// Listens to connections. Only heads of messages are read, so whoever reads the socket hardly waits.
pub struct Meter {
    start: Instant,
    connections: AtomicU32,
    /// What makes sense of the messages, once it is known what they are of.
    heard: Mutex<(Option<Box<dyn Ear>>, Rates)>,
}

impl Default for Meter {
    /// From now on.
    fn default() -> Self {
        Self { start: Instant::now(), connections: AtomicU32::new(0), heard: Mutex::default() }
    }
}

impl Meter {
    /// When it began to listen.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// What was heard so far, by method and topic.
    pub fn rows(&self) -> Vec<Row> {
        self.heard().1.rows(self.start.elapsed())
    }

    fn heard(&self) -> MutexGuard<'_, (Option<Box<dyn Ear>>, Rates)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap for Meter {
    fn speaks(&self, protocol: &'static dyn Protocol) {
        self.heard().0 = Some(protocol.ear(Keep::Heads));
    }

    fn opened(&self, _: &str) -> u32 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    fn message(&self, connection: u32, direction: Direction, message: &WsMessage) {
        self.message_at(Instant::now(), connection, direction, message);
    }

    fn message_at(&self, when: Instant, connection: u32, direction: Direction, message: &WsMessage) {
        let time = when.saturating_duration_since(self.start);
        let mut heard = self.heard();
        let (ear, rates) = &mut *heard;
        if let Some(ear) = ear {
            ear.hear(time, connection, direction, message, &mut |said| rates.add(time, &said));
        }
    }

    fn closed(&self, connection: u32, _: &str) {
        if let Some(ear) = &mut self.heard().0 {
            ear.closed(connection);
        }
    }
}
