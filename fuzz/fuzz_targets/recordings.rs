//! Recordings: arbitrary bytes as an MCAP file, which is read to wherever it ends. Input: a byte whose lowest bit says
//! that the rest is the whole file, and not what follows our metadata and channels.

#![no_main]

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scenectl::recording::{Events, Session, is_recording};

/// A good start: magic, header, our metadata and our channels, from 1 on.
static START: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let options = mcap::WriteOptions::new().use_chunks(false);
    let mut writer = options.create(Cursor::new(Vec::new())).expect("memory takes it");
    let words = [("format", "1"), ("protocol", "vtklocal"), ("start", "1")];
    let metadata = BTreeMap::from(words.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let metadata = mcap::records::Metadata { name: String::from("scenectl"), metadata };
    writer.write_metadata(&metadata).expect("memory takes it");
    let frames = ["/frames/c2s", "/frames/s2c"];
    let channels = frames.iter().flat_map(|topic| ["websocket-binary", "websocket-text"].map(|kind| (*topic, kind)));
    for (topic, kind) in channels.chain([("/events", "json")]) {
        writer.add_channel(0, topic, kind, &BTreeMap::new()).expect("memory takes it");
    }
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
