//! An object's properties, exactly as the server sent them.

use bytes::Bytes;

use super::SceneError;
use super::raw;

/// The JSON text of one object's state. The bytes are kept as they came; parsing is on demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(Bytes);

impl State {
    /// Takes JSON text. Only that it is UTF-8 is checked here; [`State::members`] parses.
    ///
    /// # Errors
    /// [`SceneError::NotUtf8`] with the offset of the first bad byte.
    pub fn new(text: impl Into<Bytes>) -> Result<Self, SceneError> {
        let text = text.into();
        match std::str::from_utf8(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(SceneError::NotUtf8 { at: error.valid_up_to() }),
        }
    }

    /// The text, byte for byte.
    pub fn as_str(&self) -> &str {
        // `new` is the only door in, so the fallback is never taken; it avoids a second, unchecked path.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The same buffer, shared.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Length of the text in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
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
