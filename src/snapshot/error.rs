//! What can go wrong with snapshots.

use std::io;
use std::path::{Path, PathBuf};

use crate::scene::SceneError;

/// Errors of reading and writing snapshots.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The system said no.
    #[error("cannot {verb} {}", .path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder to write into is not there.
    #[error("there is no folder {}", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// Something is there already.
    #[error("{} exists already", .path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// Something is there that a file cannot take the place of.
    #[error("{} is a device or a pipe, not a file", .path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The path's extension is none of a snapshot.
    #[error("{}: snapshots are written as .wazex, .vtk-wasm or .zip, or into a folder", .path.display())]
    UnknownForm {
        /// The path.
        path: PathBuf,
    },
    /// The file is no snapshot of any form that scenectl reads.
    #[error("{} is not a snapshot: {reason}", .path.display())]
    NotASnapshot {
        /// The file.
        path: PathBuf,
        /// What it looks like instead, or what is missing.
        reason: String,
    },
    /// An entry is not what it should be.
    #[error("{}: entry {entry}: {reason}", .path.display())]
    Entry {
        /// The snapshot.
        path: PathBuf,
        /// The entry.
        entry: String,
        /// What is wrong.
        reason: String,
    },
    /// A state cannot be read.
    #[error("{}: state of object {id}", .path.display())]
    State {
        /// The snapshot.
        path: PathBuf,
        /// The object.
        id: String,
        /// What is wrong.
        source: Box<SceneError>,
    },
}

impl SnapshotError {
    pub(crate) fn io(path: &Path, verb: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { verb, path, source }
    }

    pub(super) fn entry(path: &Path, entry: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Entry { path: path.to_owned(), entry: entry.into(), reason: reason.into() }
    }

    pub(super) fn not_a_snapshot(path: &Path, reason: impl Into<String>) -> Self {
        Self::NotASnapshot { path: path.to_owned(), reason: reason.into() }
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Exists { .. } => "--force overwrites it",
            Self::NoFolder { .. } => "make it first, or check the path for typing errors",
            Self::UnknownForm { .. } => "for a folder whose name has a dot, end it with /",
            Self::NotAFile { .. } => "`-o -` writes to stdout",
            Self::NotASnapshot { .. } => {
                "scenectl reads .wazex and .vtk-wasm files, their folder form, and what VTK and trame export: see `scenectl help formats`"
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => "check the path for typing errors",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "the disk is full; nothing was left behind"
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => "may you write there?",
            Self::Entry { .. } | Self::State { .. } => "the file is damaged or was not made by a scene tool",
            Self::Io { .. } => return None,
        })
    }

    /// True when the command line, not the world, is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Exists { .. } | Self::NotAFile { .. } | Self::UnknownForm { .. })
    }
}
