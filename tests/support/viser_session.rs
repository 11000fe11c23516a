//! Sessions with viser servers, made of the frames that a real one sent.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::json;

use super::{fixture, scenectl};

/// The frames of `fixtures/viser/NAME.raw`: before each stand its time (f64, seconds) and its length (u64).
pub(crate) fn frames(name: &str) -> Vec<(f64, Vec<u8>)> {
    let data = std::fs::read(fixture(&format!("viser/{name}.raw"))).unwrap();
    let (mut rest, mut frames) = (&data[..], Vec::new());
    while !rest.is_empty() {
        let (head, more) = rest.split_at(16);
        let time = f64::from_le_bytes(head[..8].try_into().unwrap());
        let (frame, more) = more.split_at(u64::from_le_bytes(head[8..].try_into().unwrap()) as usize);
        frames.push((time, frame.to_vec()));
        rest = more;
    }
    frames
}

/// A recording of these frames, imported from lines that somebody else wrote.
pub(crate) fn recording(name: &str, folder: &Path) -> PathBuf {
    let line = |(time, frame): (f64, Vec<u8>)| {
        json!({"t": time, "conn": 1, "dir": "s2c", "type": "binary", "b64": BASE64.encode(&frame)}).to_string()
    };
    let lines: Vec<String> = frames(name).into_iter().map(line).collect();
    let [captured, path] = ["frames.jsonl", "mcap"].map(|end| folder.join(format!("{name}.{end}")));
    std::fs::write(&captured, lines.join("\n")).unwrap();
    scenectl().arg("import").arg(&captured).args(["-q", "-f", "-o"]).arg(&path).run().ok();
    path
}
