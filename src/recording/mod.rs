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
use std::io::Read;
use std::path::Path;

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
    path.is_file() && (is_recording(path) || own::files_at(path).is_some())
}

/// True for a file that starts as an MCAP does, whatever it is called.
pub fn is_recording(path: &Path) -> bool {
    let mut start = [0; mcap::MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == mcap::MAGIC
}
