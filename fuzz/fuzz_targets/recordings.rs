//! Recordings: arbitrary bytes as an MCAP file behind our metadata, which is read to wherever it ends.

#![no_main]

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scenectl::recording::{Events, Session, is_recording};

/// A good start: magic, header and our metadata.
static START: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut writer = mcap::WriteOptions::new().create(Cursor::new(Vec::new())).expect("memory takes it");
    let metadata = BTreeMap::from([("protocol", "vtklocal"), ("start", "1")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    let metadata = mcap::records::Metadata { name: String::from("scenectl"), metadata };
    writer.write_metadata(&metadata).expect("memory takes it");
    writer.flush().expect("memory takes it");
    writer.into_inner().into_inner()
});

fuzz_target!(|data: &[u8]| {
    let mut file = tempfile::NamedTempFile::new_in(scratch()).expect("there is room");
    let [switch, rest @ ..] = data else { return };
    if switch & 1 == 0 {
        file.write_all(&START).expect("there is room");
    }
    file.write_all(rest).expect("there is room");
    is_recording(file.path());
    if let Ok(mut events) = Events::open(file.path()) {
        while let Ok(Some(_)) = events.next_traffic() {}
    }
    let _ = Session::read(file.path());
});

/// Memory, where there is such a folder.
fn scratch() -> &'static str {
    if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "." }
}
