//! What passes, told to a person line by line.
//!
//! It listens where sockets are served and must never wait: lines go through a bounded channel to whoever prints
//! them, and are counted where they do not fit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::protocol::relay::{Hearing, Spoken, Stance};
use crate::protocol::{Direction, Tap, WsMessage};

/// Lines that may wait for a terminal.
const MOST_LINES: usize = 10_000;
/// The same where each may be long.
const MOST_LONG_LINES: usize = 100;
/// What is longer is cut, unless all of it is wanted.
const LONG: usize = 4096;
/// Methods, topics and ids that are longer are cut always.
const LONG_NAME: usize = 256;

/// What is told.
#[derive(Clone, Debug, Default)]
pub struct TalkOptions {
    /// Only these methods and topics, where there are any; `*` stands for anything.
    pub only: Vec<String>,
    /// What was said, too.
    pub with_bodies: bool,
    /// All of it, however long.
    pub in_full: bool,
}

/// A line to print.
#[derive(Clone, Debug)]
pub struct TalkLine {
    /// When.
    pub wall: SystemTime,
    /// Since the relay's start.
    pub time: Duration,
    /// Whose connection.
    pub connection: u32,
    /// Which way.
    pub direction: Direction,
    /// What.
    pub spoken: Spoken,
}

/// Makes sense of one connection.
type Listener = Arc<Mutex<Box<dyn Hearing>>>;

/// See the module.
pub struct Talk {
    stance: Stance,
    only: Option<GlobSet>,
    with_bodies: bool,
    in_full: bool,
    start: Instant,
    next: AtomicU32,
    connections: Mutex<HashMap<u32, Listener>>,
    lines: SyncSender<TalkLine>,
    missed: AtomicU64,
}

impl Talk {
    /// What listens, and the lines that come of it.
    ///
    /// # Errors
    /// When a pattern is not one.
    pub fn new(stance: Stance, options: &TalkOptions) -> Result<(Arc<Self>, Receiver<TalkLine>), String> {
        let mut only = GlobSetBuilder::new();
        for pattern in &options.only {
            let glob = GlobBuilder::new(pattern).literal_separator(false).build();
            only.add(glob.map_err(|error| format!("`{pattern}` is no pattern: {}", error.kind()))?);
        }
        let only = only.build().map_err(|error| error.to_string())?;
        let (sender, lines) = sync_channel(if options.in_full { MOST_LONG_LINES } else { MOST_LINES });
        let talk = Self {
            stance,
            only: (!options.only.is_empty()).then_some(only),
            with_bodies: options.with_bodies,
            in_full: options.in_full,
            start: Instant::now(),
            next: AtomicU32::new(1),
            connections: Mutex::new(HashMap::new()),
            lines: sender,
            missed: AtomicU64::new(0),
        };
        Ok((Arc::new(talk), lines))
    }

    /// Lines that were lost because nobody printed them in time, since the last time somebody asked.
    pub fn take_missed(&self) -> u64 {
        self.missed.swap(0, Ordering::Relaxed)
    }
}

impl Tap for Talk {
    fn opened(&self, _url: &str) -> u32 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let hearing = Arc::new(Mutex::new(self.stance.hearing(self.with_bodies)));
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).insert(number, hearing);
        number
    }

    fn message(&self, connection: u32, direction: Direction, message: &WsMessage) {
        let hearing = self.connections.lock().unwrap_or_else(PoisonError::into_inner).get(&connection).cloned();
        let Some(hearing) = hearing else { return };
        let time = self.start.elapsed();
        let spoken = hearing.lock().unwrap_or_else(PoisonError::into_inner).hear(time, direction, message);
        for spoken in spoken {
            if self.only.as_ref().is_none_or(|only| only.is_match(&spoken.name)) {
                self.tell(time, connection, direction, spoken);
            }
        }
    }

    fn closed(&self, connection: u32, _reason: &str) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).remove(&connection);
    }
}

impl Talk {
    fn tell(&self, time: Duration, connection: u32, direction: Direction, mut spoken: Spoken) {
        // Names are what a client likes, too.
        for name in [Some(&mut spoken.name), spoken.id.as_mut()].into_iter().flatten() {
            if name.len() > LONG_NAME {
                name.truncate(name.floor_char_boundary(LONG_NAME));
                name.push('…');
                name.shrink_to_fit();
            }
        }
        if let Some(body) = spoken.body.as_mut().filter(|body| body.len() > LONG && !self.in_full) {
            body.truncate(body.floor_char_boundary(LONG));
            body.push('…');
            body.shrink_to_fit();
        }
        let line = TalkLine { wall: SystemTime::now(), time, connection, direction, spoken };
        if self.lines.try_send(line).is_err() {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}
