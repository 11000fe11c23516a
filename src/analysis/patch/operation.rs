//! The steps of a patch.

use std::io::{self, Write};

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Document, PatchError};
use crate::scene::Blob;

/// One step. Paths are JSON pointers, values JSON text.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names are those of RFC 6902")]
pub enum Operation {
    Add {
        path: String,
        value: String,
    },
    Replace {
        path: String,
        value: String,
    },
    Remove {
        path: String,
    },
    Move {
        from: String,
        path: String,
    },
    Copy {
        from: String,
        path: String,
    },
    Test {
        path: String,
        value: String,
    },
    /// `add /blobs/HASH`: the bytes are turned into base64 only where they are written.
    AddBlob {
        hash: String,
        blob: Blob,
    },
}

impl Operation {
    /// Where it does something.
    pub fn path(&self) -> String {
        match self {
            Self::Add { path, .. }
            | Self::Replace { path, .. }
            | Self::Remove { path }
            | Self::Move { path, .. }
            | Self::Copy { path, .. }
            | Self::Test { path, .. } => path.clone(),
            Self::AddBlob { hash, .. } => Document::blob_pointer(hash),
        }
    }

    /// Writes the step as a JSON object.
    ///
    /// # Errors
    /// Those of writing, and of reading a blob.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        /// A multiple of 3, so that the parts of base64 can be put one behind the other.
        const PART: usize = 3 << 16;
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let path = quoted(&self.path());
        match self {
            Self::Add { value, .. } => write!(out, r#"{{"op":"add","path":{path},"value":{value}}}"#),
            Self::Replace { value, .. } => write!(out, r#"{{"op":"replace","path":{path},"value":{value}}}"#),
            Self::Test { value, .. } => write!(out, r#"{{"op":"test","path":{path},"value":{value}}}"#),
            Self::Remove { .. } => write!(out, r#"{{"op":"remove","path":{path}}}"#),
            Self::Move { from, .. } => write!(out, r#"{{"op":"move","from":{},"path":{path}}}"#, quoted(from)),
            Self::Copy { from, .. } => write!(out, r#"{{"op":"copy","from":{},"path":{path}}}"#, quoted(from)),
            Self::AddBlob { blob, .. } => {
                write!(out, r#"{{"op":"add","path":{path},"value":""#)?;
                for part in blob.read()?.chunks(PART) {
                    out.write_all(BASE64.encode(part).as_bytes())?;
                }
                out.write_all(b"\"}")
            }
        }
    }
}

#[derive(Deserialize)]
struct Entry<'a> {
    op: String,
    path: String,
    from: Option<String>,
    #[serde(borrow, default, deserialize_with = "present")]
    value: Option<&'a RawValue>,
}

/// `null` is a value, too.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads a patch: a JSON array of steps.
///
/// # Errors
/// [`PatchError::NotAPatch`]: for text that is no such array, and for steps that lack what their operation needs.
pub fn read(text: &str) -> Result<Vec<Operation>, PatchError> {
    let entries: Vec<Entry<'_>> =
        serde_json::from_str(text).map_err(|error| PatchError::NotAPatch { reason: error.to_string() })?;
    entries.into_iter().zip(1..).map(|(entry, number)| entry.operation(number)).collect()
}

impl Entry<'_> {
    fn operation(self, number: usize) -> Result<Operation, PatchError> {
        let Self { op, path, from, value } = self;
        let bad = |what: String| PatchError::NotAPatch { reason: format!("step {number} ({path}): {what}") };
        let value = || value.map(|value| value.get().to_owned()).ok_or_else(|| bad(format!("`{op}` needs a `value`")));
        let from = || from.ok_or_else(|| bad(format!("`{op}` needs a `from`")));
        Ok(match op.as_str() {
            "add" => Operation::Add { value: value()?, path },
            "replace" => Operation::Replace { value: value()?, path },
            "test" => Operation::Test { value: value()?, path },
            "remove" => Operation::Remove { path },
            "move" => Operation::Move { from: from()?, path },
            "copy" => Operation::Copy { from: from()?, path },
            other => return Err(bad(format!("there is no operation `{other}`"))),
        })
    }
}
