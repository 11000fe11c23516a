//! Snapshots in zips: arbitrary bytes, and zips with good checksums around arbitrary entries.
//!
//! Input: a byte, then: if it is 0, a whole zip; else entries, each as a byte with the name's length, two
//! bytes with the content's length (little endian), the name, the content.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use scenectl::scene::Scene;
use scenectl::snapshot;

fuzz_target!(|data: &[u8]| {
    let [kind, rest @ ..] = data else { return };
    let read = match kind {
        0 => snapshot::read_from(Cursor::new(rest), "fuzz"),
        _ => snapshot::read_from(Cursor::new(zip(rest)), "fuzz"),
    };
    match read {
        Ok(scene) => look_at(&scene),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

fn look_at(scene: &Scene) {
    for (id, state) in scene.objects() {
        let _ = state.members();
        let _ = scene.describe(id);
        let _ = scene.edges(id);
    }
    for (_, blob) in scene.blobs() {
        if let Ok(bytes) = blob.read() {
            assert_eq!(bytes.len() as u64, blob.len(), "a blob has the size that it says");
        }
        let parts: Result<Vec<_>, _> = blob.clone().parts(100).collect();
        if let (Ok(parts), Ok(whole)) = (parts, blob.read()) {
            assert_eq!(parts.concat(), whole);
        }
    }
}

/// A zip of stored entries.
fn zip(mut data: &[u8]) -> Vec<u8> {
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    while let [name_len, low, high, rest @ ..] = data {
        let (name, rest) = rest.split_at(usize::from(*name_len).min(rest.len()));
        let (content, rest) = rest.split_at(usize::from(u16::from_le_bytes([*low, *high])).min(rest.len()));
        data = rest;
        let mut record = Vec::new();
        record.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        record.extend(crc32fast::hash(content).to_le_bytes());
        record.extend([content.len() as u32; 2].map(u32::to_le_bytes).concat());
        record.extend((name.len() as u16).to_le_bytes());
        record.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&record);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name);
        out.extend(b"PK\x03\x04");
        out.extend(&record);
        out.extend(name);
        out.extend(content);
        count += 1;
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count; 2].map(u16::to_le_bytes).concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}
