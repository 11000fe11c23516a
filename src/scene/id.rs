//! How objects are named.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::without_controls;

/// The name of one object in one scene, unique there.
///
/// VTK numbers its objects; other protocols name them. Numbers sort before names and numerically.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectId {
    /// A number, as VTK's object manager hands out (from 1 on).
    Number(u64),
    /// A name, as protocols without numbers use.
    Name(Arc<str>),
}

impl ObjectId {
    /// Reads an id as a person types it: digits are a number, anything else a name. What is shown of an id (its
    /// `Display`) is read as that id: `+5` and `007` are names.
    pub fn parse(text: &str) -> Self {
        as_number(text).map_or_else(|| Self::Name(text.into()), Self::Number)
    }

    /// What stands behind a class for people to read: `#12`, and a name as it is. What would steer a terminal is shown
    /// as a box.
    pub fn label(&self) -> String {
        match self {
            Self::Number(n) => format!("#{n}"),
            Self::Name(name) => without_controls(name).into_owned(),
        }
    }

    /// True where the id says the name already: it is the name, or the name of one kind (`3:/robot`, `setting:Fog`). Then it
    /// need not be shown a second time.
    pub fn says(&self, name: &str) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Name(id) => id.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(':')),
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Name(_) => None,
        }
    }
}

/// The number that an id of digits is.
fn as_number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_number)
}

impl From<Arc<str>> for ObjectId {
    /// As [`ObjectId::parse`] reads it; a name is shared.
    fn from(text: Arc<str>) -> Self {
        as_number(&text).map_or(Self::Name(text), Self::Number)
    }
}

impl From<u64> for ObjectId {
    fn from(n: u64) -> Self {
        Self::Number(n)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(n) => serializer.serialize_u64(*n),
            Self::Name(name) => serializer.serialize_str(name),
        }
    }
}
