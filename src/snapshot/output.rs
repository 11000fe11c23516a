//! Writing so that a file is there whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::{SnapshotError, parent_of};

/// A file that gets its name only when it is complete. On Linux it has none before, so that even a
/// killed program leaves nothing behind; elsewhere it is a temporary file beside the final one.
pub struct AtomicFile {
    writer: BufWriter<Handle>,
    pending: Pending,
    path: PathBuf,
    force: bool,
}

/// The file, shared with whoever reads from it already.
#[derive(Clone)]
struct Handle(Arc<File>);

impl Write for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Pending {
    #[cfg(target_os = "linux")]
    Unnamed,
    Named(NamedTempFile),
}

/// Large enough that a state is not a system call.
const BUFFER: usize = 1 << 20;

impl AtomicFile {
    /// Starts a file that will be at `path`.
    ///
    /// # Errors
    /// When its folder does not exist or may not be written to, or the file exists and `force` is not set.
    pub fn create(path: &Path, force: bool) -> Result<Self, SnapshotError> {
        if !force && path.exists() {
            return Err(SnapshotError::Exists { path: path.to_owned() });
        }
        if is_special(path) {
            // Its place would be taken by a file: `/dev/null` would be one.
            return Err(SnapshotError::NotAFile { path: path.to_owned() });
        }
        let folder = parent_of(path);
        if !folder.is_dir() {
            return Err(SnapshotError::NoFolder { folder });
        }
        let (file, pending) = open(&parent_of(path)).map_err(SnapshotError::io(path, "write"))?;
        let writer = BufWriter::with_capacity(BUFFER, Handle(Arc::new(file)));
        Ok(Self { writer, pending, path: path.to_owned(), force })
    }

    /// The file itself, to write to and read from at any place.
    pub fn file(&self) -> Arc<File> {
        Arc::clone(&self.writer.get_ref().0)
    }

    /// Where it will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When something is there meanwhile and `force` is not set, or the system says no.
    pub fn commit(mut self) -> Result<(), SnapshotError> {
        let named = self.writer.flush().and_then(|()| match self.pending {
            #[cfg(target_os = "linux")]
            Pending::Unnamed => unnamed::name(&self.writer.get_ref().0, &self.path, self.force),
            Pending::Named(file) => {
                let persisted = if self.force { file.persist(&self.path) } else { file.persist_noclobber(&self.path) };
                persisted.map(drop).map_err(|error| error.error)
            }
        });
        match named {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(SnapshotError::Exists { path: self.path })
            }
            other => other.map_err(SnapshotError::io(&self.path, "write")),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes a file, whole or not at all, over the one that was there; or into a device or a pipe.
///
/// # Errors
/// As [`AtomicFile::create`] and [`AtomicFile::commit`].
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), SnapshotError> {
    if is_special(path) {
        let written = File::options().append(true).open(path).and_then(|mut file| file.write_all(content));
        return written.map_err(SnapshotError::io(path, "write"));
    }
    let mut file = AtomicFile::create(path, true)?;
    file.write_all(content).map_err(SnapshotError::io(path, "write"))?;
    file.commit()
}

/// True for devices, pipes and sockets, and for the links to what a process has open.
fn is_special(path: &Path) -> bool {
    let is_open = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
    std::fs::metadata(path).is_ok_and(|there| is_open || !(there.is_file() || there.is_dir()))
}

fn open(folder: &Path) -> io::Result<(File, Pending)> {
    #[cfg(target_os = "linux")]
    if let Some(file) = unnamed::create(folder) {
        return Ok((file, Pending::Unnamed));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".scenectl-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let named = builder.tempfile_in(folder)?;
    Ok((named.as_file().try_clone()?, Pending::Named(named)))
}

#[cfg(target_os = "linux")]
mod unnamed {
    //! Files without a name (`O_TMPFILE`), which Linux gives one later.

    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};

    /// `None` where the file system has no such files.
    pub(super) fn create(folder: &Path) -> Option<File> {
        let mode = Mode::from_raw_mode(0o666);
        open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, mode).ok().map(File::from)
    }

    pub(super) fn name(file: &File, path: &Path, force: bool) -> io::Result<()> {
        let source = format!("/proc/self/fd/{}", file.as_raw_fd());
        let link = |to: &Path| linkat(CWD, source.as_str(), CWD, to, AtFlags::SYMLINK_FOLLOW);
        match link(path) {
            Err(rustix::io::Errno::EXIST) if force => {
                // A link cannot replace: link beside it, then rename over it.
                let folder = super::parent_of(path);
                let beside = folder.join(format!(".scenectl-{}-{}.tmp", std::process::id(), file.as_raw_fd()));
                let _ = std::fs::remove_file(&beside);
                link(&beside)?;
                std::fs::rename(&beside, path).inspect_err(|_| drop(std::fs::remove_file(&beside)))
            }
            other => Ok(other?),
        }
    }
}
