//! Binary data in answers: to files, with a note of it in the JSON.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use crate::protocol::{Body, BodyError, binary_placeholder};
use crate::snapshot::{AtomicFile, SnapshotError};

/// Where binary data goes.
pub(super) struct Binaries {
    place: Option<Place>,
    force: bool,
    written: u64,
    failed: Option<SnapshotError>,
}

enum Place {
    File(PathBuf),
    Folder(PathBuf),
}

impl Binaries {
    /// Into a folder (that exists, or whose name ends with a slash) or to a file; nowhere without one. Makes the folder.
    pub(super) fn new(output: Option<&Path>, force: bool) -> Result<Self, SnapshotError> {
        let is_folder = |path: &Path| path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let place = match output {
            None => None,
            Some(path) if is_folder(path) => return Self::in_folder(Some(path), force),
            Some(path) if path.exists() && !force => return Err(SnapshotError::Exists { path: path.to_owned() }),
            Some(path) => Some(Place::File(path.to_owned())),
        };
        Ok(Self { place, force, written: 0, failed: None })
    }

    /// Into a folder; nowhere without one. Makes it.
    pub(super) fn in_folder(folder: Option<&Path>, force: bool) -> Result<Self, SnapshotError> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(|source| SnapshotError::Io {
                verb: "make",
                path: folder.to_owned(),
                source,
            })?;
        }
        let place = folder.map(|folder| Place::Folder(folder.to_owned()));
        Ok(Self { place, force, written: 0, failed: None })
    }

    /// How many files were written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// A value as JSON text; what is binary in it is written to files.
    pub(super) fn json(&mut self, body: &dyn Body) -> anyhow::Result<String> {
        let text = body.to_json(&mut |pieces| self.keep(pieces));
        match self.failed.take() {
            Some(error) => Err(error.into()),
            None => text.map_err(|error: BodyError| error.into()),
        }
    }

    /// Writes binary data; gives what stands for it in JSON.
    fn keep(&mut self, pieces: &[Bytes]) -> String {
        let Some(path) = self.next_path().filter(|_| self.failed.is_none()) else { return binary_placeholder(pieces) };
        match write(&path, pieces, self.force) {
            Ok(()) => self.written += 1,
            Err(error) => self.failed = Some(error),
        }
        let bytes: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
        json!({"$binary": {"bytes": bytes, "file": path.display().to_string()}}).to_string()
    }

    fn next_path(&self) -> Option<PathBuf> {
        let number = self.written + 1;
        Some(match self.place.as_ref()? {
            Place::Folder(folder) => folder.join(format!("{number:04}.bin")),
            Place::File(path) if number == 1 => path.clone(),
            Place::File(path) => {
                let mut name = path.clone().into_os_string();
                name.push(format!(".{number}"));
                name.into()
            }
        })
    }
}

fn write(path: &Path, pieces: &[Bytes], force: bool) -> Result<(), SnapshotError> {
    let mut file = AtomicFile::create(path, force)?;
    let written = pieces.iter().try_for_each(|piece| file.write_all(piece));
    written.map_err(|source| SnapshotError::Io { verb: "write", path: path.to_owned(), source })?;
    file.commit()
}
