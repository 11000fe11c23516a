//! `.viser` files: what `server.get_scene_serializer()` writes, and viser's own page plays (`?playbackPath=URL`).
//!
//! ```text
//! u64 LE   bytes when inflated
//! ..       zstd of   u64 LE   bytes M of the msgpack
//!                    M bytes  {"durationSeconds", "messages": [[seconds, {…}], …], "viserVersion", "binaryBufferLengths"}
//!                    ..       each buffer from the next multiple of 8 on, counted from these 8 bytes' start
//! ```
//! That is viser 1.0.25 and later. 1.0.17 to 1.0.24 had `u64 LE` and zstd of the msgpack alone, and earlier ones gzip of
//! it, with arrays as plain bytes. Seen in `viser/infra/_infra.py` of these versions.

mod read;
mod write;

use bytes::Bytes;

use super::encode::say;
use super::frame::ZSTD_MAGIC;
use crate::protocol::{Files, Told, Written};
use crate::scene::Scene;

pub(super) use write::write_story;

/// viser's files.
pub(super) struct ViserFiles;

impl Files for ViserFiles {
    fn extension(&self) -> &'static str {
        "viser"
    }

    fn recognises(&self, start: &[u8]) -> bool {
        start.get(8..12) == Some(&ZSTD_MAGIC)
    }

    fn read(&self, data: Bytes) -> Result<Told, String> {
        read::read(&data)
    }

    fn write_scene(&self, scene: &Scene) -> Result<Written, String> {
        write::write_scene(scene, say(scene))
    }
}
