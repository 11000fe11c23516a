//! viser's files: arbitrary bytes as one, and good containers around arbitrary msgpack.
//!
//! Input: a byte with the container, the number of bytes that are a buffer, then the bytes: a whole file (0), what is in one
//! of viser 1.0.17 and later (1), the array of messages and the buffer behind it in one of 1.0.25 and later (2), or what is
//! in one of earlier versions (3).
//!
//! Every moment of what is read has a scene, and it can be written and read again.

#![no_main]

use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use scenectl::protocol::viser::frame::compress;
use scenectl::protocol::{Told, files_of};

/// Moments whose scenes are looked at: each costs all that was said before.
const MOMENTS: usize = 8;

fuzz_target!(|data: &[u8]| {
    let [container, len, rest @ ..] = data else { return };
    let file = match container % 4 {
        0 => rest.to_vec(),
        1 => packed(rest),
        2 => {
            let at = rest.len() - usize::from(*len).min(rest.len());
            let (messages, buffer) = rest.split_at(at);
            packed(&inner(messages, buffer))
        }
        _ => {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(rest).expect("memory can be written");
            gzip.finish().expect("memory can be written")
        }
    };
    match read(file.into()) {
        Ok(told) => look_at(&told),
        Err(reason) => assert!(!reason.is_empty()),
    }
});

fn read(data: Bytes) -> Result<Told, String> {
    files_of(Path::new("a.viser")).expect("viser has files").read(data)
}

fn packed(inner: &[u8]) -> Vec<u8> {
    let mut file = (inner.len() as u64).to_le_bytes().to_vec();
    file.extend(compress(inner));
    file
}

/// `{"messages": …, "binaryBufferLengths": [n]}` behind its length, and the buffer.
fn inner(messages: &[u8], buffer: &[u8]) -> Vec<u8> {
    let mut inner = vec![0; 8];
    inner.extend([0x82, 0xa8]);
    inner.extend(b"messages");
    inner.extend(messages);
    inner.push(0xb3);
    inner.extend(b"binaryBufferLengths");
    inner.extend([0x91, 0xcc, buffer.len() as u8]);
    let len = (inner.len() as u64 - 8).to_le_bytes();
    inner[..8].copy_from_slice(&len);
    inner.resize(inner.len().next_multiple_of(8), 0);
    inner.extend(buffer);
    inner
}

fn look_at(told: &Told) {
    let moments = told.chronicle.moments();
    assert!(moments.is_sorted_by_key(|moment| moment.time), "times go back");
    assert!(moments.iter().all(|moment| moment.time <= told.length), "a moment is behind the end");
    assert!(told.chronicle.scene(moments.len()).is_none());
    let last = moments.len().checked_sub(1).expect("a file has a moment at least");
    for moment in (0..last.min(MOMENTS)).chain([last]) {
        assert!(told.chronicle.scene(moment).is_some(), "a moment has no scene");
    }
    let written = told.chronicle.write().expect("what is read can be written").expect("memory can be read");
    let again = read(written.data.into()).expect("our own file cannot be read");
    assert_eq!(again.messages, written.messages);
}
