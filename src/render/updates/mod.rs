//! Updates of a live scene: for people and for programs.

mod json;
mod text;

use std::time::Duration;

pub use json::{start, summary, update};
pub use text::{growth, kept, page, rates, update_lines};

use crate::analysis::changes::Changes;
use crate::protocol::{ServerInfo, Update};
use crate::scene::Scene;
use crate::watch::{Gone, Leaks, Row};

/// How large a scene is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Size {
    /// Bytes of its blobs.
    pub blob_bytes: u64,
    /// Blobs.
    pub blobs: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of their states.
    pub state_bytes: u64,
}

impl Size {
    /// Of a scene.
    pub fn of(scene: &Scene) -> Self {
        Self {
            blob_bytes: scene.blob_bytes(),
            blobs: scene.blobs().len() as u64,
            objects: scene.objects().len() as u64,
            state_bytes: scene.state_bytes(),
        }
    }
}

/// One update.
pub struct Step<'a> {
    /// Updates that the server has announced so far; those that come together are one step.
    pub number: u64,
    /// Since the start, when it was announced.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
    /// Bytes that came over the wire for it.
    pub received: u64,
    /// What was fetched.
    pub update: &'a Update,
    /// What changed.
    pub changes: &'a Changes,
    /// How large the scene is now.
    pub scene: Size,
    /// What is left behind, where it is looked for, and the blobs that left with this update.
    pub leaks: Option<(&'a Leaks, &'a [Gone])>,
}

/// All of it, in the end or so far.
pub struct Summary<'a> {
    /// The server.
    pub server: &'a ServerInfo,
    /// Updates that were announced.
    pub announced: u64,
    /// Updates that were followed.
    pub updates: u64,
    /// Since the start.
    pub time: Duration,
    /// Bytes that came over the wire.
    pub received: u64,
    /// How large the scene is.
    pub scene: Size,
    /// What was heard, by method and topic.
    pub rows: &'a [Row],
    /// What is left behind, where it is looked for, and the first blobs that left and are still served.
    pub leaks: Option<(&'a Leaks, &'a [Gone])>,
    /// The assertion that did not hold, and what it yielded.
    pub failed: Option<(&'a str, &'a str)>,
}
