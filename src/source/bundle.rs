//! A client's bundle: which classes it can build. It is read as a stream; nothing is unpacked to disk.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::analysis::doctor::{ClientClasses, Rules};

/// What is read at most, unpacked. The largest bundle known has 150 MB.
const MOST_BYTES: u64 = 2 << 30;
/// How deep folders and archives in archives are followed.
const DEEPEST: usize = 3;
/// Files of a folder, or entries of an archive, that are looked at.
const MOST_ENTRIES: usize = 10_000;
/// Bytes that are looked at together.
const PART: usize = 1 << 20;
/// Bytes of a part that are looked at again with the next, so that no name is cut.
const OVERLAP: usize = 512;

/// A bundle that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It cannot be read.
    #[error("cannot read the bundle {}: {error}", path.display())]
    Io {
        /// The bundle.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// It names no classes.
    #[error("{} names no deserializers", path.display())]
    NoClasses {
        /// The bundle.
        path: PathBuf,
    },
}

impl BundleError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoClasses { .. } => Some(
                "give the .wasm file, a folder with it, or a tar.gz; a build without names in it tells nothing: \
                 leave --bundle out",
            ),
            Self::Io { .. } => None,
        }
    }
}

/// Reads the classes of a bundle: a `.wasm` file, a folder with some, or a `tar.gz`.
///
/// # Errors
/// [`BundleError`].
pub fn read_bundle(path: &Path, rules: &dyn Rules) -> Result<ClientClasses, BundleError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut reader =
        Reader { rules, left: MOST_BYTES, found: ClientClasses { name, is_given: true, ..Default::default() } };
    let io = |error| BundleError::Io { path: path.to_owned(), error };
    reader.path(path, 0).map_err(io)?;
    if reader.found.classes.is_empty() {
        return Err(BundleError::NoClasses { path: path.to_owned() });
    }
    Ok(reader.found)
}

struct Reader<'a> {
    rules: &'a dyn Rules,
    left: u64,
    found: ClientClasses,
}

impl Reader<'_> {
    fn path(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        if !path.is_dir() {
            return self.stream(&mut BufReader::new(File::open(path)?), depth);
        }
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(path)?.take(MOST_ENTRIES) {
            paths.push(entry?.path());
        }
        paths.sort_unstable();
        for path in paths.iter().filter(|path| path.is_dir() || is_wanted(path)) {
            if !path.is_dir() || depth < DEEPEST {
                self.path(path, depth + 1)?;
            }
        }
        Ok(())
    }

    /// A gzip is an archive; anything else is looked at as it is.
    fn stream(&mut self, reader: &mut dyn Read, depth: usize) -> io::Result<()> {
        let mut start = [0; 2];
        let mut length = 0;
        while let Some(rest) = start.get_mut(length..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest)? {
                0 => break,
                n => length += n,
            }
        }
        let mut whole = start.get(..length).unwrap_or_default().chain(reader);
        if start == [0x1f, 0x8b] { self.archive(&mut whole, depth) } else { self.scan(&mut whole) }
    }

    fn archive(&mut self, reader: &mut dyn Read, depth: usize) -> io::Result<()> {
        if depth > DEEPEST {
            return Ok(());
        }
        // What is skipped is unpacked, too: it counts.
        let unpacked = MultiGzDecoder::new(reader).take(self.left);
        let mut archive = tar::Archive::new(unpacked);
        for entry in archive.entries()?.take(MOST_ENTRIES) {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            if entry.header().entry_type().is_file() && is_wanted(&path) {
                self.stream(&mut entry, depth + 1)?;
            }
        }
        Ok(())
    }

    fn scan(&mut self, reader: &mut dyn Read) -> io::Result<()> {
        let mut buffer = vec![0; PART];
        let mut kept = 0;
        loop {
            let length = reader.read(buffer.get_mut(kept..).unwrap_or_default())?;
            self.left = self.left.checked_sub(length as u64).ok_or_else(too_large)?;
            let end = kept + length;
            let is_full = end == buffer.len();
            if length == 0 || is_full {
                self.rules.read_client(buffer.get(..end).unwrap_or_default(), &mut self.found);
            }
            if length == 0 {
                return Ok(());
            }
            kept = if is_full { OVERLAP } else { end };
            if is_full {
                buffer.copy_within(end - OVERLAP..end, 0);
            }
        }
    }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is larger than 2 GiB")
}

fn is_wanted(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    [".wasm", ".tar.gz", ".tgz"].iter().any(|extension| name.ends_with(extension))
}
