//! What can go wrong with recordings.

use std::io;
use std::path::{Path, PathBuf};

use mcap::McapError;

/// Errors of reading and writing recordings.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
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
    /// Something is there already.
    #[error("{} exists already", .path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// Somebody else writes to it.
    #[error("{} is being recorded to by another process", .path.display())]
    InUse {
        /// The path.
        path: PathBuf,
    },
    /// More came than could be written.
    #[error("{} cannot be written as fast as the session goes: the recording ends early", .path.display())]
    TooSlow {
        /// The path.
        path: PathBuf,
    },
    /// It is no recording.
    #[error("{} is not a recording: {reason}", .path.display())]
    NotARecording {
        /// The path.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It is not what it is called.
    #[error("{} is not a .{kind} file that can be read: {reason}", .path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is called.
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// It ends too early.
    #[error("{} ends before a scene had come{}", .path.display(), .why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    NoScene {
        /// The path.
        path: PathBuf,
        /// Why, where that is known.
        why: Option<String>,
    },
    /// There is no such moment in it.
    #[error("{}: {reason}", .path.display())]
    NoSuchMoment {
        /// The path.
        path: PathBuf,
        /// What was asked for, and what there is.
        reason: String,
    },
}

impl RecordingError {
    pub(crate) fn io(path: &Path, verb: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { verb, path, source }
    }

    pub(super) fn mcap(path: &Path, verb: &'static str) -> impl FnOnce(McapError) -> Self {
        let path = path.to_owned();
        move |error| match error {
            McapError::Io(source) => Self::Io { verb, path, source },
            other => Self::Io { verb, path, source: io::Error::other(other) },
        }
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Exists { .. } => "--force overwrites it",
            Self::InUse { .. } => "give each recorder a file of its own",
            Self::TooSlow { .. } => "what came until then can be read; record to a faster disk",
            Self::NotARecording { .. } => "recordings are the .mcap files that `scenectl record` writes",
            Self::NotAFile { .. } => "is it whole? docs/protocol-support.md says which versions are read",
            Self::NoScene { .. } => "`scenectl info FILE` says what is in it; it needs to be recorded for longer",
            Self::NoSuchMoment { .. } => "`scenectl info FILE` says how long it is and how many updates it has",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => "check the path for typing errors",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "the disk is full; what was written until then can be read"
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => "may you write there?",
            Self::Io { .. } => return None,
        })
    }

    /// True when the command line, not the world, is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Exists { .. } | Self::NoSuchMoment { .. })
    }
}
