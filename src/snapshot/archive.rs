//! The zip form.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchive};

use super::manifest::{self, KITWARE, OURS};
use super::names::LongIds;
use super::zip::{self, Entry};
use super::{MOST_STATE_BYTES, SnapshotError, WriteOptions, foreign, names};
use crate::scene::{Blob, BlobData, ObjectId, Scene, State};

/// What trame-vtklocal's `export` calls its only entry.
const INDEX: &str = "index.json";
/// Text that deflates better than this is no state: real ones reach a fortieth.
const MOST_RATIO: u64 = 200;
/// So much text may inflate from however little.
const UNSUSPECTED_STATE_BYTES: u64 = 32 << 20;
/// A manifest is a few lines.
const MOST_MANIFEST_BYTES: u64 = 16 << 20;
/// A deflated blob is inflated in one go; stored ones may be larger.
const MOST_INFLATED_BYTES: u64 = 8 << 30;
/// A deflated blob of so many bytes may inflate from however little: arrays of zeros do.
const UNSUSPECTED_BLOB_BYTES: u64 = 1 << 30;
/// Stored entries that lie this near to each other are read together.
const READ_TOGETHER: u64 = 8 << 20;

/// Where an entry's data is, and what the directory says of it.
#[derive(Clone, Debug)]
struct Place {
    name: String,
    header: u64,
    stored: u64,
    size: u64,
    crc: u32,
    deflated: bool,
}

/// Reads a zip that is open already; `path` is what errors call it.
pub(super) fn read_file(file: File, path: &Path) -> Result<Scene, SnapshotError> {
    let reader = Reader { file: Arc::new(file), path: path.to_owned() };
    let places = reader.directory()?;
    let find = |name: &str| places.iter().find(|place| place.name == name);
    for manifest in [KITWARE, OURS] {
        if places.iter().filter(|place| place.name == manifest).count() > 1 {
            return Err(reader.entry_error(manifest, "it is there twice"));
        }
    }
    if let (None, None, Some(index)) = (find(KITWARE), find(OURS), find(INDEX)) {
        return foreign::read_index(reader.stream(index)?, path, INDEX);
    }
    let small = |name: &str| find(name).map(|place| reader.small(place)).transpose();
    let (kitware, ours) = (small(KITWARE)?, small(OURS)?);
    if kitware.is_none() && ours.is_none() {
        let reason = format!("it is a zip, but has no entry {KITWARE} or {OURS}");
        return Err(SnapshotError::not_a_snapshot(path, reason));
    }
    let (mut scene, long_ids) = manifest::scene(path, kitware.as_deref(), ours.as_deref())?;
    reader.states(&places, &long_ids, &mut scene)?;
    reader.blobs(&places, &mut scene)?;
    Ok(scene)
}

struct Reader {
    file: Arc<File>,
    path: PathBuf,
}

impl Reader {
    fn entry_error(&self, entry: &str, reason: impl Into<String>) -> SnapshotError {
        SnapshotError::entry(&self.path, entry, reason)
    }

    /// The central directory, checked: no two entries may share bytes of the file.
    fn directory(&self) -> Result<Vec<Place>, SnapshotError> {
        let broken = |error: rawzip::Error| {
            let io = matches!(error.kind(), rawzip::ErrorKind::IO(_));
            let reason = if io { error.to_string() } else { format!("it is no zip, or a damaged one ({error})") };
            SnapshotError::not_a_snapshot(&self.path, reason)
        };
        let len = self.file.metadata().map_err(SnapshotError::io(&self.path, "read"))?.len();
        let file = self.file.try_clone().map_err(SnapshotError::io(&self.path, "read"))?;
        let mut buffer = vec![0; 1 << 20];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(broken)?;
        let announced = archive.entries_hint();
        let mut entries = archive.entries(&mut buffer);
        let mut places: Vec<Place> = Vec::new();
        while let Some(entry) = entries.next_entry().map_err(broken)? {
            let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
            let deflated = match entry.compression_method() {
                CompressionMethod::STORE => false,
                CompressionMethod::DEFLATE => true,
                other => {
                    let reason = format!("compressed by method {}; only stored and deflated are read", other.as_u16());
                    return Err(self.entry_error(&name, reason));
                }
            };
            if entry.flags().is_encrypted() {
                return Err(self.entry_error(&name, "it is encrypted"));
            }
            let place = Place {
                header: entry.local_header_offset(),
                stored: entry.compressed_size_hint(),
                size: entry.uncompressed_size_hint(),
                crc: entry.crc32(),
                deflated,
                name,
            };
            if !deflated && place.stored != place.size {
                return Err(self.entry_error(&place.name, "stored, but with two different sizes"));
            }
            if place.header.saturating_add(30).saturating_add(place.stored) > len {
                return Err(self.entry_error(&place.name, "it goes beyond the end of the file"));
            }
            places.push(place);
        }
        if places.len() as u64 != announced {
            let reason = format!("its directory announces {announced} entries and has {}", places.len());
            return Err(SnapshotError::not_a_snapshot(&self.path, reason));
        }
        let mut by_place: Vec<&Place> = places.iter().collect();
        by_place.sort_by_key(|place| place.header);
        for pair in by_place.windows(2) {
            if let [before, after] = pair
                && before.header + 30 + before.name.len() as u64 + before.stored > after.header
            {
                return Err(self.entry_error(&after.name, format!("it overlaps with entry {}", before.name)));
            }
        }
        Ok(places)
    }

    /// What an entry holds, a part at a time; its checksum is not looked at.
    fn stream(&self, place: &Place) -> Result<Box<dyn Read + '_>, SnapshotError> {
        let io = || SnapshotError::io(&self.path, "read");
        let header = read_at_most(&self.file, place.header, 30).map_err(io())?;
        let start =
            data_start(&header, place).ok_or_else(|| self.entry_error(&place.name, "its local header is damaged"))?;
        let stored = FilePart { file: &self.file, at: start, left: place.stored };
        Ok(if place.deflated { Box::new(DeflateDecoder::new(stored).take(place.size)) } else { Box::new(stored) })
    }

    fn small(&self, place: &Place) -> Result<Bytes, SnapshotError> {
        if place.size > MOST_MANIFEST_BYTES {
            return Err(self.entry_error(&place.name, format!("{} bytes are too many for it", place.size)));
        }
        self.one(place)
    }

    fn one(&self, place: &Place) -> Result<Bytes, SnapshotError> {
        read_place(&self.file, place).map_err(|error| self.entry_error(&place.name, error.to_string()))
    }

    fn states(&self, places: &[Place], long_ids: &LongIds, scene: &mut Scene) -> Result<(), SnapshotError> {
        let mut wanted: Vec<(&Place, ObjectId)> = Vec::new();
        let (mut total, mut stored) = (0_u64, 0_u64);
        for place in places {
            let Some(name) = place.name.strip_prefix("states/").filter(|name| !name.is_empty()) else { continue };
            let id = long_ids.decode(name).ok_or_else(|| self.entry_error(&place.name, "such a name is not safe"))?;
            total = total.saturating_add(place.size);
            if total > MOST_STATE_BYTES {
                return Err(self.entry_error(&place.name, "the states take more than 2 GiB: this is no scene"));
            }
            stored = stored.saturating_add(place.stored);
            if total > UNSUSPECTED_STATE_BYTES && total / MOST_RATIO > stored {
                let reason = format!("{total} bytes of states in {stored} bytes of the file: this is no scene");
                return Err(self.entry_error(&place.name, reason));
            }
            let is_bomb = place.size > (1 << 20) && place.size / MOST_RATIO > place.stored;
            if place.size > State::LONGEST as u64 || is_bomb {
                let reason = format!("{} bytes for one state: this is no scene", place.size);
                return Err(self.entry_error(&place.name, reason));
            }
            wanted.push((place, ObjectId::parse(&id)));
        }
        wanted.sort_by_key(|(place, _)| place.header);
        let mut rest = wanted.as_slice();
        while let Some(((first, _), _)) = rest.split_first() {
            // Neighbours are read with one system call: there are tens of thousands of states.
            let start = first.header;
            let near = rest.partition_point(|(place, _)| place.header + place.stored <= start + READ_TOGETHER).max(1);
            let (run, after) = rest.split_at(near);
            rest = after;
            let last = run.last().map_or(start, |(place, _)| place.header + place.stored);
            /// Room for the last entry's header: 30 bytes, its name, extra fields.
            const HEADER_ROOM: u64 = 4 << 10;
            let buffer = read_at_most(&self.file, start, last - start + HEADER_ROOM)
                .map_err(SnapshotError::io(&self.path, "read"))?;
            for (place, id) in run {
                let text = match within(&buffer, start, place) {
                    Some(stored) => check(place, stored).map_err(|e| self.entry_error(&place.name, e.to_string()))?,
                    None => self.one(place)?,
                };
                let state = State::new(text).map_err(|error| SnapshotError::State {
                    path: self.path.clone(),
                    id: id.to_string(),
                    source: Box::new(error),
                })?;
                if scene.state(id).is_some() {
                    return Err(self.entry_error(&place.name, "it is there twice"));
                }
                if state.is_null() {
                    scene.without_state.insert(id.clone());
                } else {
                    scene.insert(id.clone(), state);
                }
            }
        }
        Ok(())
    }

    /// Blobs stay in the file. Kitware's exporter writes a blob once per array that uses it, so equal
    /// duplicates are normal.
    fn blobs(&self, places: &[Place], scene: &mut Scene) -> Result<(), SnapshotError> {
        let mut seen: HashMap<String, (u64, u32)> = HashMap::new();
        for place in places {
            let Some(name) = place.name.strip_prefix("blobs/").filter(|name| !name.is_empty()) else { continue };
            let hash = names::decode(name).ok_or_else(|| self.entry_error(&place.name, "such a name is not safe"))?;
            let is_bomb = place.size > UNSUSPECTED_BLOB_BYTES && place.size / MOST_RATIO > place.stored;
            if place.deflated && (place.size > MOST_INFLATED_BYTES || is_bomb) {
                let reason = format!("it would inflate from {} bytes to {}", place.stored, place.size);
                return Err(self.entry_error(&place.name, reason));
            }
            match seen.get(&hash) {
                Some(first) if *first == (place.size, place.crc) => continue,
                Some(_) => return Err(self.entry_error(&place.name, "it is there twice, with different content")),
                None => {}
            }
            seen.insert(hash.clone(), (place.size, place.crc));
            let stored = StoredBlob { file: Arc::clone(&self.file), place: place.clone() };
            scene.insert_blob(hash, Blob::Stored(Arc::new(stored)));
        }
        Ok(())
    }
}

/// A part of a file as a stream; the file's own position does not matter.
struct FilePart<'f> {
    file: &'f File,
    at: u64,
    left: u64,
}

impl Read for FilePart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = read_at(self.file, buffer.get_mut(..wanted).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// A blob in a zip.
struct StoredBlob {
    file: Arc<File>,
    place: Place,
}

impl BlobData for StoredBlob {
    fn len(&self) -> u64 {
        self.place.size
    }

    fn read(&self) -> io::Result<Bytes> {
        read_place(&self.file, &self.place)
    }

    fn read_part(&self, offset: u64, len: usize) -> Option<io::Result<Bytes>> {
        if self.place.deflated {
            return None;
        }
        let header = match read_at_most(&self.file, self.place.header, 30) {
            Ok(header) => header,
            Err(error) => return Some(Err(error)),
        };
        let start = data_start(&header, &self.place)?;
        Some(read_exactly(&self.file, start + offset, len as u64))
    }
}

/// Reads so many bytes, and not fewer.
pub(super) fn read_exactly(file: &File, offset: u64, len: u64) -> io::Result<Bytes> {
    let data = read_at_most(file, offset, len)?;
    if data.len() as u64 == len { Ok(data) } else { Err(invalid("the file ends within it")) }
}

fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

fn read_place(file: &File, place: &Place) -> io::Result<Bytes> {
    let header = read_at_most(file, place.header, 30)?;
    let start = data_start(&header, place).ok_or_else(|| invalid("its local header is damaged"))?;
    let stored = read_at_most(file, start, place.stored)?;
    if stored.len() as u64 != place.stored {
        return Err(invalid("the file ends within it"));
    }
    check(place, stored)
}

/// Where an entry's data starts, by its local header.
fn data_start(header: &[u8], place: &Place) -> Option<u64> {
    let number = |at: usize| Some(u64::from(u16::from_le_bytes(header.get(at..at + 2)?.try_into().ok()?)));
    header.starts_with(b"PK\x03\x04").then_some(())?;
    Some(place.header + 30 + number(26)? + number(28)?)
}

/// An entry's data within a larger piece of the file, if it is whole in it.
fn within(buffer: &Bytes, buffer_start: u64, place: &Place) -> Option<Bytes> {
    let at = usize::try_from(place.header.checked_sub(buffer_start)?).ok()?;
    let start = usize::try_from(data_start(buffer.get(at..)?, place)?.checked_sub(buffer_start)?).ok()?;
    let end = start.checked_add(usize::try_from(place.stored).ok()?)?;
    (end <= buffer.len()).then(|| buffer.slice(start..end))
}

/// Inflates where needed, and checks size and checksum.
fn check(place: &Place, stored: Bytes) -> io::Result<Bytes> {
    let data = if place.deflated {
        if place.size > MOST_INFLATED_BYTES {
            return Err(invalid(format!("it would inflate to {} bytes", place.size)));
        }
        // The claimed size is only a hint for the first allocation, and a limit for the rest.
        let first = usize::try_from(place.size.min(64 << 20)).unwrap_or_default();
        let mut data = Vec::with_capacity(first);
        DeflateDecoder::new(stored.as_ref()).take(place.size + 1).read_to_end(&mut data)?;
        Bytes::from(data)
    } else {
        stored
    };
    if data.len() as u64 != place.size {
        return Err(invalid(format!("it has not the {} bytes that the directory says", place.size)));
    }
    if crc32fast::hash(&data) != place.crc {
        return Err(invalid("its checksum is wrong"));
    }
    Ok(data)
}

/// Reads up to `len` bytes from a place in a file, fewer at its end; the file's position does not matter.
pub(super) fn read_at_most(file: &File, offset: u64, len: u64) -> io::Result<Bytes> {
    let left = file.metadata()?.len().saturating_sub(offset);
    let mut data = vec![0; usize::try_from(len.min(left)).map_err(|_| invalid("too large for this machine"))?];
    let mut filled = 0;
    while let Some(rest) = data.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read_at(file, rest, offset + filled as u64)? {
            0 => break,
            n => filled += n,
        }
    }
    data.truncate(filled);
    Ok(data.into())
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// What an entry before the blobs holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Text(String),
    State(State),
}

impl Content {
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::State(state) => state.as_str().as_bytes(),
        }
    }
}

/// What a zip of a scene holds, before its blobs: name and content.
pub(super) fn head_entries(scene: &Scene, options: &WriteOptions) -> Vec<(String, Content)> {
    let long_ids = LongIds::of(scene);
    let files = manifest::files(scene, &long_ids, options.provenance.as_ref());
    let mut entries: Vec<_> = files.into_iter().map(|(name, text)| (name.to_owned(), Content::Text(text))).collect();
    entries.push((String::from("states/"), Content::Text(String::new())));
    for (id, state) in scene.objects() {
        entries.push((state_entry(&long_ids, id), Content::State(state.clone())));
    }
    entries.push((String::from("blobs/"), Content::Text(String::new())));
    entries
}

/// The name of a state's entry.
pub(super) fn state_entry(long_ids: &LongIds, id: &ObjectId) -> String {
    format!("states/{}", long_ids.encode(id))
}

/// The name of a blob's entry.
pub(super) fn blob_entry(hash: &str) -> String {
    format!("blobs/{}", names::encode(hash))
}

/// Writes a scene from start to end.
pub(super) fn write(scene: &Scene, out: &mut impl Write, options: &WriteOptions) -> Result<(), WriteError> {
    write_with(scene, &[], out, options)
}

/// As [`write`], with more entries at the start, which readers of snapshots ignore.
pub(super) fn write_with(
    scene: &Scene,
    more: &[(String, Vec<u8>)],
    out: &mut impl Write,
    options: &WriteOptions,
) -> Result<(), WriteError> {
    let mut writer = Writer { out, entries: Vec::new(), at: 0, compress: options.compress };
    for (name, content) in more {
        writer.add(name.clone(), &[content])?;
    }
    for (name, content) in head_entries(scene, options) {
        writer.add(name, &[content.as_bytes()])?;
    }
    for (hash, blob) in scene.blobs() {
        let name = blob_entry(hash);
        let pieces = blob.pieces().map_err(|source| WriteError { entry: name.clone(), source })?;
        writer.add(name, &pieces)?;
    }
    writer.finish()
}

/// Why writing failed, and at which entry.
#[derive(Debug)]
pub(super) struct WriteError {
    pub(super) entry: String,
    pub(super) source: io::Error,
}

impl WriteError {
    pub(super) fn at(self, path: &Path) -> SnapshotError {
        match self.source.kind() {
            io::ErrorKind::InvalidData => SnapshotError::entry(path, self.entry, self.source.to_string()),
            _ => SnapshotError::Io { verb: "write", path: path.to_owned(), source: self.source },
        }
    }
}

struct Writer<'o, W> {
    out: &'o mut W,
    entries: Vec<Entry>,
    at: u64,
    compress: bool,
}

impl<W: Write> Writer<'_, W> {
    /// Adds an entry; a name that no file may have is refused rather than left out.
    fn add(&mut self, name: String, pieces: &[impl AsRef<[u8]>]) -> Result<(), WriteError> {
        names::check(&name).map_err(|source| WriteError { entry: name.clone(), source })?;
        let size: u64 = pieces.iter().map(|piece| piece.as_ref().len() as u64).sum();
        let crc = checksum(pieces);
        let deflated =
            if self.compress && size > 0 { deflate(pieces).filter(|data| (data.len() as u64) < size) } else { None };
        let entry = Entry {
            deflated: deflated.is_some(),
            crc,
            stored: deflated.as_ref().map_or(size, |data| data.len() as u64),
            size,
            offset: self.at,
            name,
        };
        let written = self.out.write_all(&entry.local_header()).and_then(|()| match &deflated {
            Some(data) => self.out.write_all(data),
            None => pieces.iter().try_for_each(|piece| self.out.write_all(piece.as_ref())),
        });
        written.map_err(|source| WriteError { entry: entry.name.clone(), source })?;
        self.at = entry.end();
        self.entries.push(entry);
        Ok(())
    }

    fn finish(self) -> Result<(), WriteError> {
        let end = zip::directory(&self.entries, self.at);
        let written = self.out.write_all(&end).and_then(|()| self.out.flush());
        written.map_err(|source| WriteError { entry: String::from("directory"), source })
    }
}

pub(super) fn checksum(pieces: &[impl AsRef<[u8]>]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    pieces.iter().for_each(|piece| crc.update(piece.as_ref()));
    crc.finalize()
}

fn deflate(pieces: &[impl AsRef<[u8]>]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    pieces.iter().try_for_each(|piece| encoder.write_all(piece.as_ref())).ok()?;
    encoder.finish().ok()
}
