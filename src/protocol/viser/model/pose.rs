//! Where a node is and whether it is shown: most of what servers say, and so kept in as little room as possible.

use crate::protocol::viser::message::Message;
use crate::protocol::viser::words::{Field, of_node};

/// The longest value that is kept here: msgpack of a quaternion of doubles has 37 bytes.
const LONGEST: usize = 39;

/// The messages that set it, and the fields in which they do.
pub(super) const PARTS: [(&str, &str); 3] = [
    ("SetOrientationMessage", "wxyz"),
    ("SetPositionMessage", "position"),
    ("SetSceneNodeVisibilityMessage", "visible"),
];

/// The part that a type of message sets.
pub(super) fn part(kind: &str) -> Option<usize> {
    PARTS.iter().position(|(known, _)| *known == kind)
}

/// A part of it, as it was set last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
    /// When that was, in messages.
    pub(super) at: u64,
    len: u8,
    value: [u8; LONGEST],
}

impl Set {
    /// What a message sets a part to; nothing for values that have no room, or are elsewhere.
    pub(super) fn by(part: usize, message: &Message, at: u64) -> Option<Self> {
        let (_, field) = PARTS.get(part)?;
        let value = message.raw(field).filter(|_| message.arrays().next().is_none())?;
        let mut set = Self { at, len: u8::try_from(value.len()).ok()?, value: [0; LONGEST] };
        set.value.get_mut(..value.len())?.copy_from_slice(value);
        Some(set)
    }

    /// The value, as msgpack.
    pub(super) fn value(&self) -> &[u8] {
        self.value.get(..self.len.into()).unwrap_or_default()
    }

    /// The message that sets a part of somebody's node to this.
    pub(super) fn message(&self, part: usize, name: &str, owner: Option<&str>) -> Option<Message> {
        let (kind, field) = PARTS.get(part)?;
        of_node(kind, name, owner, Some((field, Field::Packed(self.value()))))
    }
}
