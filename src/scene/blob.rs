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
