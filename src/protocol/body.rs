//! What a message says, decoded when somebody wants to know.

use bytes::Bytes;

/// What a message says is not what its protocol promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what came cannot be read: {0}")]
pub struct BodyError(pub String);

/// A value that went over the wire: JSON, with binary data anywhere in it.
pub trait Body: Send + Sync {
    /// The data in the pieces in which it came, where the value is binary data and nothing else.
    fn as_binary(&self) -> Option<Vec<Bytes>>;

    /// The value as compact JSON text, keys in the order in which they were sent. `binary` says, as JSON text,
    /// what stands there for binary data.
    ///
    /// # Errors
    /// When it cannot be read.
    fn to_json(&self, binary: &mut dyn FnMut(&[Bytes]) -> String) -> Result<String, BodyError>;
}

/// What stands in JSON for binary data that is not shown: `{"$binary":{"bytes":N}}`.
pub fn binary_placeholder(pieces: &[Bytes]) -> String {
    let bytes: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
    format!("{{\"$binary\":{{\"bytes\":{bytes}}}}}")
}
