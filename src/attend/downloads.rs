//! Files that a server sends: where they go, and how large they may be.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::names::{harmless, numbered};
use crate::protocol::Receiving;
use crate::snapshot::{AtomicFile, SnapshotError};

/// Files of one name in a folder.
const MOST_OF_A_NAME: u32 = 10_000;

/// Files that are not there yet have together at most so many times the bytes that one may have: they are on the disk
/// already.
const MOST_LARGEST: u64 = 4;

/// Where files are kept.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// The folder.
    pub folder: PathBuf,
    /// The largest that is taken, in bytes.
    pub largest: u64,
    /// What is there is overwritten.
    pub force: bool,
}

/// Files that a server sends; without a place for them none is kept.
#[derive(Debug, Default)]
pub struct Downloads {
    keeping: Option<Keeping>,
    unfinished: Arc<Mutex<Unfinished>>,
}

/// What files hold that are not there yet.
#[derive(Debug, Default)]
struct Unfinished {
    /// The names that they will have.
    taken: HashSet<PathBuf>,
    /// Bytes that they have when they are there.
    bytes: u64,
}

/// The place of one file that is not there yet; it is free again as soon as this is dropped.
struct Place {
    path: PathBuf,
    size: u64,
    unfinished: Arc<Mutex<Unfinished>>,
}

/// A file while it comes. It has no name before it is complete.
struct Coming {
    file: AtomicFile,
    place: Place,
}

impl Downloads {
    /// Keeps files.
    pub fn to(keeping: Keeping) -> Self {
        Self { keeping: Some(keeping), unfinished: Arc::default() }
    }

    pub(super) fn receive(&self, name: &str, size: u64) -> Result<Option<Box<dyn Receiving>>, String> {
        let Some(keeping) = &self.keeping else { return Ok(None) };
        let largest = keeping.largest;
        if size > largest {
            return Err(format!("it has {size} bytes, and at most {largest} are taken (--max-download)"));
        }
        let place = self.place(keeping, &harmless(name), size)?;
        let file = AtomicFile::create(&place.path, keeping.force).map_err(with_cause)?;
        Ok(Some(Box::new(Coming { file, place })))
    }

    /// A name that nothing has yet, and room for so many bytes.
    fn place(&self, keeping: &Keeping, name: &str, size: u64) -> Result<Place, String> {
        let mut unfinished = held(&self.unfinished);
        let (bytes, most) = (unfinished.bytes.saturating_add(size), keeping.largest.saturating_mul(MOST_LARGEST));
        if bytes > most {
            return Err(format!(
                "with it, files that are coming would have {bytes} bytes, and at most {most} are taken at a time \
                 ({MOST_LARGEST} times --max-download)"
            ));
        }
        let names = std::iter::once(name.to_owned()).chain((1..MOST_OF_A_NAME).map(|number| numbered(name, number)));
        let mut paths = names.map(|name| keeping.folder.join(name));
        // Two that come at a time are two files, even where what was there before is overwritten.
        let path = paths.find(|path| !unfinished.taken.contains(path) && (keeping.force || !is_there(path)));
        let path = path.ok_or_else(|| format!("there are too many files called {name}"))?;
        unfinished.taken.insert(path.clone());
        unfinished.bytes = bytes;
        Ok(Place { path, size, unfinished: Arc::clone(&self.unfinished) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut unfinished = held(&self.unfinished);
        unfinished.taken.remove(&self.path);
        unfinished.bytes = unfinished.bytes.saturating_sub(self.size);
    }
}

fn held(unfinished: &Mutex<Unfinished>) -> MutexGuard<'_, Unfinished> {
    unfinished.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `cannot write DIR/x: Permission denied (os error 13)`
fn with_cause(error: SnapshotError) -> String {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

/// A link that leads nowhere is there, too.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

impl Receiving for Coming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, String> {
        // The name is free again only when the file is there, or will never be.
        let Self { file, place } = *self;
        file.commit().map_err(with_cause)?;
        Ok(place.path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten_and_nothing_half_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let keeping = Keeping { folder: folder.path().to_owned(), largest: 10, force: false };
        let downloads = Downloads::to(keeping.clone());
        assert!(downloads.receive("x", 11).err().unwrap().contains("--max-download"));
        let mut first = downloads.receive("../a.txt", 2).unwrap().unwrap();
        let second = downloads.receive("a.txt", 2).unwrap().unwrap();
        first.write(b"hi").unwrap();
        drop(downloads.receive("gone.txt", 2).unwrap());
        assert_eq!(first.finish().unwrap(), folder.path().join("a.txt"));
        assert_eq!(second.finish().unwrap(), folder.path().join("a (1).txt"));
        let third = Downloads::to(keeping.clone()).receive("a.txt", 0).unwrap().unwrap();
        assert_eq!(third.finish().unwrap(), folder.path().join("a (2).txt"));
        let forced = Downloads::to(Keeping { force: true, ..keeping });
        assert_eq!(forced.receive("a.txt", 0).unwrap().unwrap().finish().unwrap(), folder.path().join("a.txt"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
        let nowhere = Downloads::to(Keeping { folder: folder.path().join("a.txt"), largest: 10, force: false });
        assert!(nowhere.receive("b", 1).is_err());
        let source = std::io::Error::other("no room");
        let error = SnapshotError::Io { verb: "write", path: "x".into(), source };
        assert_eq!(with_cause(error), "cannot write x: no room");
        assert!(Downloads::default().receive("a", 1).unwrap().is_none());
    }
    #[test]
    fn what_broke_off_takes_no_name_and_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let keeping = Keeping { folder: folder.path().to_owned(), largest: 10, force: false };
        let downloads = Downloads::to(keeping.clone());
        drop(downloads.receive("a.txt", 10).unwrap());
        let coming: Vec<_> = (0..MOST_LARGEST).map(|_| downloads.receive("a.txt", 10).unwrap().unwrap()).collect();
        assert!(downloads.receive("a.txt", 1).err().unwrap().contains("at a time"));
        let last = downloads.receive("empty", 0).unwrap().unwrap();
        drop(coming);
        let again = downloads.receive("a.txt", 10).unwrap().unwrap();
        assert_eq!(again.finish().unwrap(), folder.path().join("a.txt"));
        assert_eq!(last.finish().unwrap(), folder.path().join("empty"));
        let unfinished = held(&downloads.unfinished);
        assert!(unfinished.taken.is_empty() && unfinished.bytes == 0);
        let gone = Downloads::to(Keeping { folder: folder.path().join("gone"), ..keeping.clone() });
        assert!(gone.receive("a", 1).is_err() && held(&gone.unfinished).taken.is_empty());
        let forced = Downloads::to(Keeping { force: true, ..keeping });
        let [first, second] = [1, 2].map(|_| forced.receive("a.txt", 1).unwrap().unwrap());
        assert_eq!(second.finish().unwrap(), folder.path().join("a (1).txt"));
        assert_eq!(first.finish().unwrap(), folder.path().join("a.txt"));
    }
}
