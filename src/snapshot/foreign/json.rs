//! The JSON containers, read as streams.
//!
//! `vtkObjectManager.Export(NAME)` writes two files: `NAME.states.json`, `{"ID": {state}, …}`, and `NAME.blobs.json`,
//! `{"HASH": {"bytes": [0, 255, …], "subtype": null}, …}`. trame-vtklocal's `export` puts both into one document (alone, or
//! as `index.json` in a zip), `{"version": "9.7.2", "states": {…}, "blobs": {"HASH": "base64", …}}`, by way of Python's
//! json, which prints other text for the same numbers.

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::assembly::Assembly;
use crate::limited::{Allowance, Limited};
use crate::protocol::state_text::push_map;
use crate::scene::{Scene, State};
use crate::snapshot::SnapshotError;

/// The ends of the names that `Export` gives its two files.
const STATES: &str = ".states.json";
const BLOBS: &str = ".blobs.json";

/// The longest key, and the longest version.
const LONGEST_NAME: u64 = 1 << 20;
/// The longest blob in base64.
const LONGEST_BASE64: u64 = 8 << 30;
/// Bytes of a blob that are kept together.
const PART: usize = 1 << 20;

/// Reads a JSON document: either of `Export`'s files, which leads to the other, or trame-vtklocal's.
pub(super) fn read(file: File, path: &Path) -> Result<Scene, SnapshotError> {
    let mut found = Found::new(path)?;
    found.document(file, path)?;
    if found.has(Content::States) && found.has(Content::Blobs) {
        return found.finish(path);
    }
    // The blobs of a scene without any are `null`, or an object without members.
    let (there, other) = if found.has(Content::States) { (STATES, BLOBS) } else { (BLOBS, STATES) };
    let partner = beside(path, there, other);
    let missing = |name: String| {
        let what = if other == BLOBS { "blobs" } else { "states" };
        SnapshotError::not_a_snapshot(path, format!("the {what} are not in it, but in {name}, which is not there"))
    };
    match partner {
        Some(partner) => match File::open(&partner) {
            Ok(file) => found.document(file, &partner)?,
            Err(_) => return Err(missing(partner.display().to_string())),
        },
        None => return Err(missing(format!("a file *{other}; this one would be called *{there}"))),
    }
    if !found.has(Content::States) {
        let reason = "neither it nor the file beside it holds states";
        return Err(SnapshotError::not_a_snapshot(path, reason));
    }
    found.finish(path)
}

/// Reads trame-vtklocal's document from a zip's entry.
pub(in crate::snapshot) fn read_index(reader: impl Read, path: &Path, entry: &str) -> Result<Scene, SnapshotError> {
    let mut found = Found::new(path)?;
    found.stream(reader).map_err(|error| SnapshotError::entry(path, entry, error.to_string()))?;
    found.finish(path)
}

/// The other file of the two, by its name.
fn beside(path: &Path, there: &str, other: &str) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    Some(path.with_file_name(format!("{}{other}", name.strip_suffix(there)?)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    States,
    Blobs,
}

/// What was found so far.
struct Found {
    assembly: RefCell<Assembly>,
    contents: RefCell<Vec<Content>>,
    version: RefCell<Option<String>>,
    allowance: Allowance,
}

impl Found {
    fn new(path: &Path) -> Result<Self, SnapshotError> {
        Ok(Self {
            assembly: RefCell::new(Assembly::new(path)?),
            contents: RefCell::default(),
            version: RefCell::default(),
            allowance: Allowance::default(),
        })
    }

    fn has(&self, content: Content) -> bool {
        self.contents.borrow().contains(&content)
    }

    fn finish(self, path: &Path) -> Result<Scene, SnapshotError> {
        self.assembly.into_inner().finish(path, self.version.into_inner())
    }

    fn document(&mut self, file: File, path: &Path) -> Result<(), SnapshotError> {
        self.stream(file).map_err(|error| match error.io_error_kind() {
            Some(kind) if kind != std::io::ErrorKind::Other => SnapshotError::io(path, "read")(error.into()),
            _ => SnapshotError::not_a_snapshot(path, error.to_string()),
        })
    }

    fn stream(&mut self, reader: impl Read) -> Result<(), serde_json::Error> {
        let mut reader = BufReader::with_capacity(256 << 10, Limited { reader, allowance: &self.allowance });
        // Editors put a mark before a text that they take for Unicode.
        if reader.fill_buf().map_err(serde_json::Error::io)?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        let mut json = serde_json::Deserializer::from_reader(reader);
        Document(self).deserialize(&mut json)?;
        json.end()
    }

    fn key<'de, A: MapAccess<'de>>(&self, map: &mut A) -> Result<Option<String>, A::Error> {
        self.allowance.within(LONGEST_NAME, || map.next_key())
    }

    fn note(&self, content: Content) {
        self.contents.borrow_mut().push(content);
    }
}

/// The outermost object. What its first key's value is, tells which document it is.
struct Document<'f>(&'f Found);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of states or of blobs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let found = self.0;
        while let Some(key) = found.key(&mut map)? {
            match key.as_str() {
                "version" => {
                    let version: Option<String> = found.allowance.within(LONGEST_NAME, || map.next_value())?;
                    *found.version.borrow_mut() = version;
                }
                "states" => map.next_value_seed(States(found))?,
                "blobs" => map.next_value_seed(Base64Blobs(found))?,
                key if is_whole(key) => map.next_value_seed(Entry { found, key })?,
                other => {
                    let reason =
                        format!("`{other}` is neither an id, nor a blob's name, nor `states`, `blobs` or `version`");
                    return Err(A::Error::custom(reason));
                }
            }
        }
        Ok(())
    }
}

fn is_whole(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// The states of trame-vtklocal's document, by id.
struct States<'f>(&'f Found);

impl<'de> DeserializeSeed<'de> for States<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.note(Content::States);
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for States<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("states by id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = self.0.key(&mut map)? {
            map.next_value_seed(Entry { found: self.0, key: &key })?;
        }
        Ok(())
    }
}

/// A state, or one of `Export`'s blobs: `bytes` is no property of VTK's, whose names begin in upper case.
struct Entry<'f> {
    found: &'f Found,
    key: &'f str,
}

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.found.allowance.within(State::LONGEST as u64, || deserializer.deserialize_any(self))
    }
}

impl<'de> Visitor<'de> for Entry<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a state or a blob for {}", self.key)
    }

    /// VTK 9.7 has no state for some ids.
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.found.assembly.borrow_mut().state(self.key, "null").map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { found, key: name } = self;
        let mut first = map.next_key::<String>()?;
        if !matches!(first.as_deref(), Some("bytes" | "subtype")) {
            let mut text = String::new();
            push_map(&mut text, first.as_deref(), map)?;
            found.note(Content::States);
            return found.assembly.borrow_mut().state(name, &text).map_err(A::Error::custom);
        }
        let mut parts = None;
        while let Some(key) = first {
            if key == "bytes" {
                parts = Some(found.allowance.within(None, || map.next_value_seed(ByteList))?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            first = map.next_key()?;
        }
        let parts = parts.ok_or_else(|| A::Error::custom(format!("blob {name} has no `bytes`")))?;
        found.note(Content::Blobs);
        found.assembly.borrow_mut().blob(name, parts).map_err(A::Error::custom)
    }
}

/// A blob as a list of numbers.
struct ByteList;

impl<'de> DeserializeSeed<'de> for ByteList {
    type Value = Vec<Bytes>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ByteList {
    type Value = Vec<Bytes>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of bytes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::new();
        let mut part = BytesMut::new();
        while let Some(byte) = seq.next_element::<u8>()? {
            if part.len() == PART {
                parts.push(part.split().freeze());
            }
            part.extend_from_slice(&[byte]);
        }
        parts.push(part.freeze());
        Ok(parts)
    }
}

/// The blobs of trame-vtklocal's document, by name.
struct Base64Blobs<'f>(&'f Found);

impl<'de> DeserializeSeed<'de> for Base64Blobs<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.note(Content::Blobs);
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Base64Blobs<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("blobs in base64 by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let found = self.0;
        while let Some(hash) = found.key(&mut map)? {
            let data = found.allowance.within(LONGEST_BASE64, || map.next_value_seed(Base64))?;
            let data = data.map_err(|error| A::Error::custom(format!("blob {hash} is no base64: {error}")))?;
            found.assembly.borrow_mut().blob(&hash, vec![data]).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Bytes in base64, decoded where they were read.
struct Base64;

impl<'de> DeserializeSeed<'de> for Base64 {
    type Value = Result<Bytes, data_encoding::DecodeError>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Base64 {
    type Value = Result<Bytes, data_encoding::DecodeError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(data_encoding::BASE64.decode(text.as_bytes()).map(Bytes::from))
    }
}
