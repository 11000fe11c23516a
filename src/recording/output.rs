//! The file of a recording: it has its name from the start, and only one recorder.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::RecordingError;

/// Small records are gathered.
const BUFFER: usize = 1 << 20;

/// Where the bytes go.
pub(super) struct Output {
    pub(super) file: File,
    /// There is something in it that is to be overwritten.
    pub(super) is_old: bool,
    /// Nothing was there before.
    pub(super) is_new: bool,
}

/// A handle of its own for stdout: the usual one is locked by whoever prints answers.
#[cfg(unix)]
fn stdout() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdout().as_handle().try_clone_to_owned().map(File::from)
}

impl Output {
    pub(super) fn open(path: &Path, force: bool) -> Result<Self, RecordingError> {
        if path == Path::new("-") {
            let stdout = stdout().map_err(RecordingError::io(path, "write"))?;
            return Ok(Self { file: stdout, is_old: false, is_new: false });
        }
        let existed = path.exists();
        let io = |error| RecordingError::io(path, "write")(error);
        let file = File::options().write(true).create(true).truncate(false).open(path).map_err(io)?;
        let is_file = file.metadata().map_err(io)?.is_file();
        if !is_file {
            return Ok(Self { file, is_old: false, is_new: false });
        }
        match file.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => return Err(RecordingError::InUse { path: path.to_owned() }),
            // A file system without locks is no reason not to record.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => {}
        }
        if existed && !force {
            return Err(RecordingError::Exists { path: path.to_owned() });
        }
        Ok(Self { file, is_old: existed, is_new: !existed })
    }
}

/// Counts what goes through; one handle is the MCAP writer's, one is for the last flush.
#[derive(Clone)]
pub(super) struct Counted(Arc<Mutex<(io::BufWriter<File>, u64)>>);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (output, count) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = output.write(bytes)?;
        *count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.flush()
    }
}

impl Counted {
    pub(super) fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new((io::BufWriter::with_capacity(BUFFER, file), 0))))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}
