//! What real servers sent, for tests: `fixtures/viser/*.raw`.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;

/// The frames of a file, with their times: before each stand its time (f64, seconds) and its length (u64).
pub(super) fn timed_frames(name: &str) -> Vec<(Duration, Bytes)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/viser").join(name);
    let mut data = Bytes::from(std::fs::read(path).unwrap());
    let mut frames = Vec::new();
    while !data.is_empty() {
        let head = data.split_to(16);
        let time = f64::from_le_bytes(head[..8].try_into().unwrap());
        let len = u64::from_le_bytes(head[8..].try_into().unwrap());
        frames.push((Duration::from_secs_f64(time), data.split_to(len as usize)));
    }
    frames
}

/// The frames of a file.
pub(super) fn frames(name: &str) -> Vec<Bytes> {
    timed_frames(name).into_iter().map(|(_, frame)| frame).collect()
}
