//! An object's properties, exactly as the server sent them.

use std::sync::Arc;

use super::SceneError;
use super::raw;

/// The JSON text of one object's state, shared. The text is kept as it came; parsing is on demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(Arc<str>);

impl From<&str> for State {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl State {
    /// The longest that is read, written or made, in bytes; real ones are some kilobytes.
    pub const LONGEST: usize = 64 << 20;

    /// Takes JSON text. Only that it is UTF-8 is checked here; [`State::members`] parses.
    ///
    /// # Errors
    /// [`SceneError::NotUtf8`] with the offset of the first bad byte.
    pub fn new(text: impl AsRef<[u8]>) -> Result<Self, SceneError> {
        match std::str::from_utf8(text.as_ref()) {
            Ok(text) => Ok(Self(text.into())),
            Err(error) => Err(SceneError::NotUtf8 { at: error.valid_up_to() }),
        }
    }

    /// The text, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Length of the text in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for what VTK 9.7 gives for an id that it has no state for; its exporters write it into files.
    pub fn is_null(&self) -> bool {
        self.0.trim() == "null"
    }

    /// True for a state without any text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The properties, in the order the server wrote them, each value as raw JSON text.
    ///
    /// # Errors
    /// [`SceneError::NotJson`] when the text is not a JSON object.
    pub fn members(&self) -> Result<raw::Members<'_>, SceneError> {
        raw::members(self.as_str())
    }
}
