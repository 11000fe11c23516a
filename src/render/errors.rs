//! Errors for people, and the one place that turns an outcome into an exit code.

use std::io;

use crate::analysis::patch::PatchError;
use crate::commands::{Outcome, Refused, Told, UsageError};
use crate::export::glb::GlbError;
use crate::ping::Failure;
use crate::protocol::{ClientError, ConnectError};
use crate::pull::PullError;
use crate::query::QueryError;
use crate::recording::RecordingError;
use crate::replay::{ClientFolderError, VerifyError};
use crate::scene::SceneError;
use crate::shell::{LineError, ScriptError};
use crate::snapshot::SnapshotError;
use crate::source::capture::CaptureError;
use crate::source::{BundleError, LauncherError, LiveError, SourceError};
use crate::view::ViewError;
use crate::wire::WireError;

use super::out::note;

/// The exit code of what could not be done.
pub const COULD_NOT: u8 = 4;

/// What the process leaves behind: 0 done, 1 no, 2 usage, 3 done with loss, 4 could not.
pub fn exit_code(result: &anyhow::Result<Outcome>) -> u8 {
    let error = match result {
        Ok(Outcome::Done) => return 0,
        Ok(Outcome::No) => return 1,
        Ok(Outcome::Loss) => return 3,
        Err(error) => error,
    };
    if is_broken_pipe(error) {
        return 0;
    }
    let find = |is: fn(&(dyn std::error::Error + 'static)) -> bool| causes(error).any(is);
    let usage = find(|cause| {
        cause.is::<UsageError>()
            || matches!(cause.downcast_ref(), Some(SourceError::Moment { .. }))
            || matches!(cause.downcast_ref::<LauncherError>(), Some(LauncherError::BadAddress { .. }))
            || cause.downcast_ref::<SceneError>().is_some_and(SceneError::is_usage)
            || cause.downcast_ref::<SnapshotError>().is_some_and(SnapshotError::is_usage)
            || cause.downcast_ref::<RecordingError>().is_some_and(RecordingError::is_usage)
            || cause.downcast_ref::<QueryError>().is_some_and(QueryError::is_usage)
            || cause.is::<LineError>()
            || cause.downcast_ref::<ScriptError>().is_some_and(ScriptError::is_usage)
            || matches!(
                cause.downcast_ref::<WireError>(),
                Some(
                    WireError::BadAddress { .. }
                        | WireError::NothingThere { .. }
                        | WireError::NotLoopback { .. }
                        | WireError::BadListen { .. }
                )
            )
    });
    let no = find(|cause| {
        cause.is::<Refused>()
            || cause.downcast_ref::<PatchError>().is_some_and(PatchError::is_no)
            || cause.downcast_ref::<SceneError>().is_some_and(SceneError::is_no)
    });
    if usage {
        2
    } else if no {
        1
    } else {
        COULD_NOT
    }
}

/// Longer errors say nothing more: so many characters of their start and of their end do.
const START_OF_ERROR: usize = 1_500;
const END_OF_ERROR: usize = 300;

/// Prints `error: …` with its causes and, where there is one, `hint: …`. A closed pipe is no news.
pub fn report(error: &anyhow::Error) {
    if is_broken_pipe(error) || error.is::<Told>() {
        return;
    }
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // Many errors repeat their cause in their own words.
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    // What a file or a server says may be anything, and as long as it likes.
    let text: String = text.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }).collect();
    note(format!("error: {}", without_middle(&text)));
    if let Some(hint) = hint(error) {
        note(format!("hint: {hint}"));
    }
}

/// A text without its middle, where it is long.
fn without_middle(text: &str) -> String {
    let length = text.chars().count();
    if length <= START_OF_ERROR + END_OF_ERROR {
        return text.to_owned();
    }
    let start: String = text.chars().take(START_OF_ERROR).collect();
    let end: String = text.chars().skip(length - END_OF_ERROR).collect();
    format!("{start} … {end}")
}

/// The first hint that an error or one of its causes has.
pub fn hint(error: &anyhow::Error) -> Option<&str> {
    causes(error).find_map(|cause| {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Some(failure.hint.as_str()).filter(|hint| !hint.is_empty());
        }
        let scene = cause.downcast_ref::<SceneError>().and_then(SceneError::hint);
        let snapshot = || cause.downcast_ref::<SnapshotError>().and_then(SnapshotError::hint);
        let recording = || cause.downcast_ref::<RecordingError>().and_then(RecordingError::hint);
        let pull = || cause.downcast_ref::<PullError>().and_then(PullError::hint);
        let connect = || cause.downcast_ref::<ConnectError>().and_then(ConnectError::hint);
        let live = || cause.downcast_ref::<LiveError>().and_then(LiveError::hint);
        let launcher = || cause.downcast_ref::<LauncherError>().and_then(LauncherError::hint);
        let client = || cause.downcast_ref::<ClientError>().and_then(ClientError::hint);
        let wire = || cause.downcast_ref::<WireError>().and_then(WireError::hint);
        let patch = || cause.downcast_ref::<PatchError>().and_then(PatchError::hint);
        let usage = || cause.downcast_ref::<UsageError>().and_then(|error| error.hint);
        let refused = || cause.downcast_ref::<Refused>().and_then(|error| error.hint);
        let bundle = || cause.downcast_ref::<BundleError>().and_then(BundleError::hint);
        let capture = || cause.downcast_ref::<CaptureError>().and_then(CaptureError::hint);
        let query = || cause.downcast_ref::<QueryError>().and_then(QueryError::hint);
        let folder = || cause.downcast_ref::<ClientFolderError>().and_then(ClientFolderError::hint);
        let glb = || cause.downcast_ref::<GlbError>().and_then(GlbError::hint);
        let view = || cause.downcast_ref::<ViewError>().and_then(ViewError::hint);
        scene
            .or_else(snapshot)
            .or_else(view)
            .or_else(folder)
            .or_else(glb)
            .or_else(recording)
            .or_else(query)
            .or_else(capture)
            .or_else(bundle)
            .or_else(pull)
            .or_else(connect)
            .or_else(live)
            .or_else(launcher)
            .or_else(client)
            .or_else(wire)
            .or_else(patch)
            .or_else(usage)
            .or_else(refused)
    })
}

/// An error and its causes; one that only stands for another is that one.
fn causes(error: &anyhow::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    error.chain().map(|cause| {
        let source = cause.downcast_ref::<SourceError>().map(SourceError::inner);
        let verify = || cause.downcast_ref::<VerifyError>().map(VerifyError::inner);
        source.or_else(verify).unwrap_or(cause)
    })
}

/// Nobody reads stdout any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}
