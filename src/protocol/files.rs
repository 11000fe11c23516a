//! Files that a protocol has of its own: what its own tools write and play.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{ALL, Chronicle};
use crate::scene::Scene;

/// Bytes of a file's start that tell what it is.
pub const START: usize = 16;

/// The files of a protocol.
pub trait Files: Send + Sync {
    /// What they are called, behind the dot.
    fn extension(&self) -> &'static str;

    /// True for a file that starts like one, whatever it is called; at least [`START`] bytes of it, where it has as many.
    fn recognises(&self, start: &[u8]) -> bool;

    /// Reads a whole file.
    ///
    /// # Errors
    /// In words: why it is none.
    fn read(&self, data: Bytes) -> Result<Told, String>;

    /// A file of a scene at rest.
    ///
    /// # Errors
    /// In words: why it cannot be written.
    fn write_scene(&self, scene: &Scene) -> Result<Written, String>;
}

/// What a file of a protocol's own tells: a session, also where nothing happens in it.
pub struct Told {
    /// What wrote it.
    pub program: String,
    /// How long the session is.
    pub length: Duration,
    /// Messages in it.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The session.
    pub chronicle: Arc<dyn Chronicle>,
}

/// A file that was made.
pub struct Written {
    /// All of it.
    pub data: Vec<u8>,
    /// Messages in it.
    pub messages: u64,
    /// What such files have no room for: what, and how many.
    pub without: Vec<(String, u64)>,
    /// What could not be written, and why.
    pub lost: Vec<String>,
    /// What whoever opens it should know before.
    pub warning: Option<&'static str>,
}

/// The files that a path is called like.
pub fn files_of(path: &Path) -> Option<&'static dyn Files> {
    let extension = path.extension()?;
    all().find(|files| extension.eq_ignore_ascii_case(files.extension()))
}

/// The files that start like this.
pub fn files_like(start: &[u8]) -> Option<&'static dyn Files> {
    all().find(|files| files.recognises(start))
}

fn all() -> impl Iterator<Item = &'static dyn Files> {
    ALL.iter().filter_map(|protocol| protocol.files())
}
