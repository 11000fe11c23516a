//! A blob within a larger file, as it is.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::archive::read_exactly;
use crate::scene::BlobData;

/// See the module. Read only when somebody asks for it.
pub(super) struct BlobInFile {
    pub(super) file: Arc<File>,
    pub(super) offset: u64,
    pub(super) len: u64,
}

impl BlobData for BlobInFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self) -> io::Result<Bytes> {
        read_exactly(&self.file, self.offset, self.len)
    }

    fn read_part(&self, offset: u64, len: usize) -> Option<io::Result<Bytes>> {
        Some(read_exactly(&self.file, self.offset + offset, len as u64))
    }
}
