//! Binary data that objects refer to.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

/// Binary data that is somewhere else (in a file) until somebody asks for it.
pub trait BlobData: Send + Sync {
    /// Size in bytes, without reading anything.
    fn len(&self) -> u64;

    /// True for no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes.
    ///
    /// # Errors
    /// Whatever reading them gives; `InvalidData` where they are not what was promised.
    fn read(&self) -> io::Result<Bytes>;

    /// Some of the bytes, where that is possible without reading all; `None` where it is not.
    fn read_part(&self, offset: u64, len: usize) -> Option<io::Result<Bytes>> {
        let _ = (offset, len);
        None
    }
}

/// One blob: cheap to clone, and possibly not in memory.
#[derive(Clone)]
pub enum Blob {
    /// In memory, in one piece.
    Memory(Bytes),
    /// In memory, in the pieces in which it came over the wire.
    Parts(Arc<[Bytes]>),
    /// Elsewhere, read on demand.
    Stored(Arc<dyn BlobData>),
}

impl Blob {
    /// Size in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Parts(parts) => parts.iter().map(|part| part.len() as u64).sum(),
            Self::Stored(data) => data.len(),
        }
    }

    /// True for no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes in one piece.
    ///
    /// # Errors
    /// Only a stored blob can fail: see [`BlobData::read`].
    pub fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Parts(parts) => {
                let mut whole = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
                parts.iter().for_each(|part| whole.extend_from_slice(part));
                Ok(whole.freeze())
            }
            Self::Stored(data) => data.read(),
        }
    }

    /// The bytes in parts of about `size`, read only when it is their turn where that is possible.
    pub fn parts(self, size: usize) -> impl Iterator<Item = io::Result<Bytes>> + Send {
        let len = self.len();
        let mut at = 0;
        let mut whole: Option<std::vec::IntoIter<Bytes>> = None;
        std::iter::from_fn(move || {
            if whole.is_none()
                && let Self::Stored(data) = &self
            {
                let wanted = size.min(usize::try_from(len - at).unwrap_or(size));
                if wanted == 0 {
                    return None;
                }
                if let Some(part) = data.read_part(at, wanted) {
                    at += wanted as u64;
                    return Some(part);
                }
            }
            if whole.is_none() {
                match self.pieces() {
                    Ok(pieces) => whole = Some(pieces.iter().cloned().collect::<Vec<_>>().into_iter()),
                    Err(error) => return Some(Err(error)),
                }
            }
            whole.as_mut()?.find(|piece| !piece.is_empty()).map(Ok)
        })
    }

    /// The bytes in whatever pieces they are at hand, without joining them.
    ///
    /// # Errors
    /// See [`Blob::read`].
    pub fn pieces(&self) -> io::Result<Arc<[Bytes]>> {
        match self {
            Self::Parts(parts) => Ok(Arc::clone(parts)),
            Self::Memory(_) | Self::Stored(_) => Ok(Arc::new([self.read()?])),
        }
    }
}

impl From<Bytes> for Blob {
    fn from(bytes: Bytes) -> Self {
        Self::Memory(bytes)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Memory(_) => "memory",
            Self::Parts(_) => "parts",
            Self::Stored(_) => "stored",
        };
        write!(f, "Blob({kind}, {} bytes)", self.len())
    }
}
