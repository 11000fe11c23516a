//! Blobs on their way out of a file that is read as a stream: in memory while they are few, in a file without a name from
//! then on.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::in_memory;
use crate::scene::{Blob, BlobData};

/// Bytes kept in memory.
const IN_MEMORY: u64 = 256 << 20;

/// Takes blobs and gives them back when they are asked for.
#[derive(Default)]
pub struct Spool {
    held: u64,
    file: Option<(Arc<Mutex<File>>, u64)>,
}

struct Spooled {
    file: Arc<Mutex<File>>,
    offset: u64,
    len: u64,
}

impl Spool {
    /// Keeps a blob.
    ///
    /// # Errors
    /// When there is no room for it on the disk either.
    pub fn keep(&mut self, parts: Vec<Bytes>) -> io::Result<Blob> {
        let len: u64 = parts.iter().map(|part| part.len() as u64).sum();
        if self.held + len <= IN_MEMORY {
            self.held += len;
            return Ok(in_memory(parts));
        }
        if self.file.is_none() {
            self.file = Some((Arc::new(Mutex::new(tempfile::tempfile()?)), 0));
        }
        let Some((file, end)) = &mut self.file else { return Ok(in_memory(parts)) };
        let offset = *end;
        {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))?;
            parts.iter().try_for_each(|part| file.write_all(part))?;
        }
        *end += len;
        Ok(Blob::Stored(Arc::new(Spooled { file: Arc::clone(file), offset, len })))
    }
}

impl BlobData for Spooled {
    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self) -> io::Result<Bytes> {
        let len = usize::try_from(self.len).map_err(io::Error::other)?;
        self.read_part(0, len).unwrap_or_else(|| Ok(Bytes::new()))
    }

    fn read_part(&self, offset: u64, len: usize) -> Option<io::Result<Bytes>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut read = || {
            let mut part = vec![0; len];
            file.seek(SeekFrom::Start(self.offset + offset))?;
            file.read_exact(&mut part)?;
            Ok(part.into())
        };
        Some(read())
    }
}
