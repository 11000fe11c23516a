//! Files that a protocol has of its own, as sessions.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;

use super::{End, Header, RecordingError, Session};
use crate::protocol::{self, Files, Protocol};

/// Larger files are not read: all of one is in memory.
const LARGEST: u64 = 4 << 30;

/// The protocol and files of a file, by its name or its start.
pub(super) fn files_of(path: &Path, start: &[u8]) -> Option<(&'static dyn Protocol, &'static dyn Files)> {
    let files = protocol::files_of(path).or_else(|| protocol::files_like(start))?;
    let is_its = |protocol: &&&dyn Protocol| protocol.files().is_some_and(|own| own.extension() == files.extension());
    Some((*protocol::ALL.iter().find(is_its)?, files))
}

/// Reads one.
pub(super) fn read(
    file: File,
    path: &Path,
    protocol: &'static dyn Protocol,
    files: &'static dyn Files,
) -> Result<Session, RecordingError> {
    let reason = |reason: String| RecordingError::NotAFile { path: path.to_owned(), kind: files.extension(), reason };
    let mut data = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut data).map_err(RecordingError::io(path, "read"))?;
    if data.len() as u64 > LARGEST {
        return Err(reason(String::from("it has more than 4 GiB")));
    }
    let told = files.read(Bytes::from(data)).map_err(reason)?;
    Ok(Session {
        path: path.to_owned(),
        header: Header { protocol: protocol.name().to_owned(), program: told.program, start: None },
        end: End::Complete,
        length: told.length,
        connections: 1,
        messages: told.messages,
        bytes: told.bytes,
        chronicle: told.chronicle,
    })
}
