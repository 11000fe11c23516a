//! A tap that adds up rates.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::protocol::{Direction, Ear, Tap, WsMessage};

use super::{Rates, Row};

/// Listens to connections. Only heads of messages are read, so whoever reads the socket hardly waits.
pub struct Meter {
    start: Instant,
    connections: AtomicU32,
    heard: Mutex<(Box<dyn Ear>, Rates)>,
}

impl Meter {
    /// From now on.
    pub fn new(ear: Box<dyn Ear>) -> Self {
        Self { start: Instant::now(), connections: AtomicU32::new(0), heard: Mutex::new((ear, Rates::default())) }
    }

    /// When it began to listen.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// What was heard so far, by method and topic.
    pub fn rows(&self) -> Vec<Row> {
        self.heard().1.rows(self.start.elapsed())
    }

    fn heard(&self) -> MutexGuard<'_, (Box<dyn Ear>, Rates)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap for Meter {
    fn opened(&self, _: &str) -> u32 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    fn message(&self, connection: u32, direction: Direction, message: &WsMessage) {
        let time = self.start.elapsed();
        let mut heard = self.heard();
        let (ear, rates) = &mut *heard;
        if let Some(said) = ear.hear(time, connection, direction, message) {
            rates.add(time, &said);
        }
    }

    fn closed(&self, connection: u32, _: &str) {
        self.heard().0.closed(connection);
    }
}
