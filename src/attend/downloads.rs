//! Files that a server sends: where they go, and how large they may be.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::names::{harmless, numbered};
use crate::protocol::Receiving;
use crate::snapshot::{AtomicFile, SnapshotError};

/// Files of one name in a folder.
const MOST_OF_A_NAME: u32 = 10_000;

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
    /// Names that files have which are not there yet.
    taken: Mutex<HashSet<PathBuf>>,
}

/// A file while it comes. It has no name before it is complete.
struct Coming(AtomicFile);

impl Downloads {
    /// Keeps files.
    pub fn to(keeping: Keeping) -> Self {
        Self { keeping: Some(keeping), taken: Mutex::default() }
    }

    pub(super) fn receive(&self, name: &str, size: u64) -> Result<Option<Box<dyn Receiving>>, String> {
        let Some(keeping) = &self.keeping else { return Ok(None) };
        if size > keeping.largest {
            let largest = keeping.largest;
            return Err(format!("it has {size} bytes, and at most {largest} are taken (--max-download)"));
        }
        let path = self.place(keeping, &harmless(name))?;
        let file = AtomicFile::create(&path, keeping.force).map_err(with_cause)?;
        Ok(Some(Box::new(Coming(file))))
    }

    /// A name that nothing has yet.
    fn place(&self, keeping: &Keeping, name: &str) -> Result<PathBuf, String> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let names = std::iter::once(name.to_owned()).chain((1..MOST_OF_A_NAME).map(|number| numbered(name, number)));
        let mut paths = names.map(|name| keeping.folder.join(name));
        let free = paths.find(|path| keeping.force || !is_there(path) && !taken.contains(path));
        let free = free.ok_or_else(|| format!("there are too many files called {name}"))?;
        taken.insert(free.clone());
        Ok(free)
    }
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
        self.0.write_all(bytes)
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, String> {
        let path = self.0.path().to_owned();
        self.0.commit().map_err(with_cause)?;
        Ok(path)
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
}
