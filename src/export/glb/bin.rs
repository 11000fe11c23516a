//! The binary part of a file, written to a file of its own while nobody knows yet what is to be said of it.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use super::GlbError;
use super::json::BufferView;

/// The largest that a GLB file can be: its header has 32 bits for that.
pub(super) const LARGEST: u64 = u32::MAX as u64;

/// See the module.
pub(super) struct Bin {
    file: BufWriter<File>,
    len: u64,
    pub(super) views: Vec<BufferView>,
}

/// What a part of the binary data is for, as glTF counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Vertices,
    Indices,
    Image,
}

impl Bin {
    pub(super) fn new() -> Result<Self, GlbError> {
        let file = tempfile::tempfile().map_err(GlbError::Spool)?;
        Ok(Self { file: BufWriter::with_capacity(1 << 20, file), len: 0, views: Vec::new() })
    }

    /// Adds a part that starts at a multiple of four, and gives its number; `write` writes it.
    pub(super) fn add(
        &mut self,
        target: Target,
        write: impl FnOnce(&mut dyn Write) -> io::Result<u64>,
    ) -> Result<usize, GlbError> {
        let length = write(&mut self.file).map_err(GlbError::Spool)?;
        let target = match target {
            Target::Vertices => Some(34_962),
            Target::Indices => Some(34_963),
            Target::Image => None,
        };
        self.views.push(BufferView { buffer: 0, byte_offset: self.len, byte_length: length, target });
        let padding = padding(length);
        self.file.write_all([0; 3].get(..padding).unwrap_or_default()).map_err(GlbError::Spool)?;
        self.len += length + padding as u64;
        if self.len > LARGEST { Err(GlbError::TooLarge) } else { Ok(self.views.len() - 1) }
    }

    /// Adds bytes as they are.
    pub(super) fn add_bytes(&mut self, target: Target, bytes: &[u8]) -> Result<usize, GlbError> {
        self.add(target, |out| out.write_all(bytes).map(|()| bytes.len() as u64))
    }

    /// How long it is: a multiple of four.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Reads it all again, into `out`.
    pub(super) fn copy_to(self, out: &mut dyn Write) -> Result<(), GlbError> {
        let mut file = self.file.into_inner().map_err(|error| GlbError::Spool(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(GlbError::Spool)?;
        let mut block = vec![0; 1 << 20];
        loop {
            let count = match file.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(GlbError::Spool(error)),
            };
            out.write_all(block.get(..count).unwrap_or_default()).map_err(GlbError::Write)?;
        }
    }
}

/// Bytes that lack to a multiple of four.
pub(super) fn padding(length: u64) -> usize {
    (length.wrapping_neg() % 4) as usize
}
