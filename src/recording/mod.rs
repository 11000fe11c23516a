//! Recordings: a session in time, what was said both ways and when, in an MCAP file.
//!
//! ```text
//! metadata "scenectl"    format, program, protocol, start
//! /frames/c2s, /frames/s2c   raw websocket messages; a channel each for binary and for text
//! /rpc                   one JSON object per call and per published message, for other people's tools
//! /events                one JSON object per connection that was opened or ended
//! ```
//! A message's `sequence` is the number of its connection; its time is the wall clock's at the start of the
//! session, plus what a clock that never jumps has counted since. Chunks are compressed with zstd and written
//! after a second at the latest, so that a killed recorder loses no more than that. The file has its name from
//! the start; it can be read up to wherever it was cut. Format: <https://mcap.dev/spec>.

mod error;
mod output;
mod own;
mod queue;
mod reader;
mod recorder;
mod records;
mod rpc;
mod secrets;
mod session;
mod writer;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use crate::protocol;

pub use error::RecordingError;
pub use reader::{End, Events, Header};
pub use recorder::{Recorder, RecorderOptions, Summary};
pub use session::{At, Session};

/// The version of this layout, as the metadata says it.
const FORMAT: &str = "1";

/// The name of our metadata record.
const METADATA: &str = "scenectl";

const FRAMES_TO_SERVER: &str = "/frames/c2s";
const FRAMES_TO_CLIENT: &str = "/frames/s2c";
const EVENTS: &str = "/events";
const RPC: &str = "/rpc";

/// Encodings of the channels that hold websocket messages.
const BINARY: &str = "websocket-binary";
const TEXT: &str = "websocket-text";

/// True for a recording, and for a file of a protocol's own that tells a session.
pub fn is_session(path: &Path) -> bool {
    path.is_file() && File::open(path).is_ok_and(|mut file| tells_session(&mut file, path))
}

/// As [`is_session`], for a file that is open and is called so.
pub fn tells_session(file: &mut File, path: &Path) -> bool {
    start_of(file).is_ok_and(|start| start.starts_with(mcap::MAGIC) || own::files_of(path, &start).is_some())
}

/// True for a file that starts as an MCAP does, whatever it is called.
pub fn is_recording(path: &Path) -> bool {
    File::open(path).and_then(|mut file| start_of(&mut file)).is_ok_and(|start| start.starts_with(mcap::MAGIC))
}

/// As many bytes as tell what a file is; it is then where it was, at its start.
fn start_of(file: &mut File) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    file.take(protocol::START as u64).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start)
}
