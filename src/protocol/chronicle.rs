//! What a recorded session tells: the scene at each moment, and what else was said.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::{Server, ServerSettings, Traffic, Written};
use crate::scene::{Blob, Scene};

/// A moment at which all that an update brought had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When the update was announced; for the first hydration, when it was asked for.
    pub from: Duration,
    /// When all of it had come.
    pub time: Duration,
    /// How many updates had been announced until then.
    pub update: u64,
    /// States that are new in it.
    pub states: u64,
    /// Something is missing: the session ended before all had come.
    pub is_partial: bool,
}

/// Takes blobs as they come by.
pub type Keeper<'a> = &'a mut dyn FnMut(Vec<Bytes>) -> io::Result<Blob>;

/// Listens to a session from its start.
pub trait Chronicler: Send {
    /// Takes what happened next.
    ///
    /// # Errors
    /// When a blob cannot be kept.
    fn hear(&mut self, traffic: Traffic, keep: Keeper<'_>) -> io::Result<()>;

    /// No more comes.
    fn end(self: Box<Self>) -> Arc<dyn Chronicle>;
}

/// A session as a whole.
pub trait Chronicle: Send + Sync {
    /// The moments at which the scene is known, in order.
    fn moments(&self) -> &[Moment];

    /// The scene at a moment; nothing for an index beyond them.
    fn scene(&self, moment: usize) -> Option<Scene>;

    /// When a client's part of the session stopped to make sense, and why, if one did.
    fn not_understood(&self) -> Option<(Duration, &str)>;

    /// The session as a file of the protocol's own; nothing where it has none for sessions.
    fn write(&self) -> Option<Result<Written, String>> {
        None
    }

    /// A fake server for the session.
    fn server(self: Arc<Self>, settings: &ServerSettings, playing: &Playing) -> Arc<dyn Server>;
}

/// How a session is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Playing {
    /// Faster or slower than it was; 1 is as it was.
    pub speed: f64,
    /// Where to start.
    pub at: Duration,
    /// From the start again at the end.
    pub repeats: bool,
    /// Updates come only when a client calls `scenectl.step`.
    pub by_step: bool,
    /// What to answer to what was never asked in the session.
    pub miss: Miss,
}

/// What to answer to a call that is not in a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Miss {
    /// An error, as for an unknown method.
    #[default]
    Error,
    /// Nothing (null).
    Null,
    /// What the nearest recorded call of the same method was answered.
    Nearest,
}

/// What of a session was played.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlayReport {
    /// Recorded calls that are not the scene's.
    pub calls: u64,
    /// Calls that were answered from the recording.
    pub hits: u64,
    /// Calls that are not in it.
    pub misses: Vec<String>,
    /// Recorded calls that nobody made.
    pub unplayed: Vec<String>,
}
