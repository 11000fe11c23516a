//! Pages that trame-vtklocal's `export_html` writes: the viewer, its WebAssembly and the scene, the latter as
//! ``const dataBase64 = `…` `` of a `.wazex`.
//!
//! The page is read as a stream. The scene goes to a file without a name, and is read from there like any other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

use memchr::memmem::Finder;

use crate::scene::Scene;
use crate::snapshot::{SnapshotError, archive};

/// The name that the scene's text has in the page.
const NAME: &[u8] = b"dataBase64";
/// Bytes of the page that are looked at together; a multiple of four, since they are also decoded together.
const PART: usize = 1 << 20;
/// The largest scene in a page: browsers take no text that is longer than a gigabyte.
const LARGEST: u64 = 8 << 30;

pub(super) fn read(file: File, path: &Path) -> Result<Scene, SnapshotError> {
    let mut reader = BufReader::with_capacity(PART, file);
    let mut scene = tempfile::tempfile().map_err(SnapshotError::io(path, "keep"))?;
    let is_there = find_scene(&mut reader).map_err(SnapshotError::io(path, "read"))?;
    if !is_there {
        let reason = "it is a page without a scene in it: `dataBase64` is missing (a viewer's page loads its scene from elsewhere)";
        return Err(SnapshotError::not_a_snapshot(path, reason));
    }
    decode(&mut reader, &mut scene).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => SnapshotError::not_a_snapshot(path, format!("the scene in the page: {error}")),
        _ => SnapshotError::io(path, "unpack")(error),
    })?;
    scene.rewind().map_err(SnapshotError::io(path, "read"))?;
    archive::read_file(scene, path)
}

/// Reads up to where the scene's base64 begins: `dataBase64`, `=`, and a quote of any kind.
fn find_scene(reader: &mut impl BufRead) -> io::Result<bool> {
    let finder = Finder::new(NAME);
    loop {
        if !pass(reader, &finder)? {
            return Ok(false);
        }
        if next_but_space(reader)? != Some(b'=') {
            continue;
        }
        reader.consume(1);
        if matches!(next_but_space(reader)?, Some(b'`' | b'"' | b'\'')) {
            reader.consume(1);
            return Ok(true);
        }
    }
}

/// Reads up to behind the next place of a text; false where there is none.
fn pass(reader: &mut impl BufRead, finder: &Finder<'_>) -> io::Result<bool> {
    let wanted = finder.needle().len();
    let mut kept: Vec<u8> = Vec::new();
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        // A name may lie across the end of what was looked at before.
        let before = kept.len();
        let seam = buffer.get(..buffer.len().min(wanted)).unwrap_or_default();
        kept.extend_from_slice(seam);
        if let Some(at) = finder.find(&kept).filter(|at| *at < before) {
            reader.consume(at + wanted - before);
            return Ok(true);
        }
        if let Some(at) = finder.find(buffer) {
            reader.consume(at + wanted);
            return Ok(true);
        }
        let len = buffer.len();
        kept.truncate(before);
        kept.extend_from_slice(buffer.get(len.saturating_sub(wanted - 1)..).unwrap_or_default());
        let surplus = kept.len().saturating_sub(wanted - 1);
        kept.drain(..surplus);
        reader.consume(len);
    }
}

/// The next byte that is no white space; it stays.
fn next_but_space(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        match reader.fill_buf()?.first() {
            Some(byte) if byte.is_ascii_whitespace() => reader.consume(1),
            other => return Ok(other.copied()),
        }
    }
}

/// Decodes base64 up to the quote that ends it.
fn decode(reader: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
    let invalid = |reason: &str| io::Error::new(io::ErrorKind::InvalidData, reason);
    let mut text = vec![0; PART];
    let mut data = vec![0; PART / 4 * 3];
    let mut written = 0_u64;
    loop {
        let mut filled = 0;
        while let Some(rest) = text.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest)? {
                0 => break,
                n => filled += n,
            }
        }
        let part = text.get(..filled).unwrap_or_default();
        let quote = part.iter().position(|byte| matches!(byte, b'`' | b'"' | b'\''));
        let part = part.get(..quote.unwrap_or(filled)).unwrap_or_default();
        let room = data.get_mut(..part.len().div_ceil(4) * 3).unwrap_or_default();
        let decoded = data_encoding::BASE64.decode_len(part.len()).ok().and_then(|len| room.get_mut(..len));
        let decoded = decoded.ok_or_else(|| invalid("its base64 is cut"))?;
        let len = data_encoding::BASE64.decode_mut(part, decoded).map_err(|_| invalid("it is no base64"))?;
        out.write_all(decoded.get(..len).unwrap_or_default())?;
        written += len as u64;
        if quote.is_some() {
            return Ok(());
        }
        if filled < PART {
            return Err(invalid("the page ends within it"));
        }
        if written > LARGEST {
            return Err(invalid("it is too large"));
        }
    }
}
