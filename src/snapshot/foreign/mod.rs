//! Containers of scenes that others write, and that are only read here. What a file is, its first bytes tell.
//!
//! | first bytes | what it is |
//! |---|---|
//! | `PK` | a zip: a snapshot, or trame-vtklocal's `export` with an `index.json` |
//! | `{` | JSON of `vtkObjectManager.Export`, or of trame-vtklocal's `export` |
//! | a map of CBOR | `vtkObjectManager.ExportToBytes` |
//! | `<` | a page of trame-vtklocal's `export_html` |

mod assembly;
mod cbor;
mod html;
mod json;

use std::fs::File;
use std::path::Path;

use super::archive::{self, read_at_most};
use super::{Scene, SnapshotError};

pub(in crate::snapshot) use json::read_index;

/// Bytes that are looked at to find out what a file is.
const LOOKED_AT: u64 = 4 << 10;

/// Reads whatever file holds a scene; `path` is what errors call it.
pub(super) fn read(file: File, path: &Path) -> Result<Scene, SnapshotError> {
    let start = read_at_most(&file, 0, LOOKED_AT).map_err(SnapshotError::io(path, "read"))?;
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => json::read(file, path),
        _ if text.trim_ascii() == b"null" => json::read(file, path),
        Some(b'<') => html::read(file, path),
        _ if is_cbor_map(&start) => cbor::read(file, path),
        _ => archive::read_file(file, path),
    }
}

/// True for a map of few entries, or of an unknown number, whose first key is a text: RFC 8949, sections 3 and 3.2.
fn is_cbor_map(start: &[u8]) -> bool {
    matches!(start, [0xa1..=0xa8 | 0xbf, 0x60..=0x7b, ..])
}
