//! The folder form: the same names as plain files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::archive::{WriteError, blob_entry, state_entry};
use super::manifest::{self, KITWARE, OURS};
use super::names::LongIds;
use super::{SnapshotError, WriteOptions, is_empty_folder, names, parent_of};
use crate::scene::{Blob, BlobData, ObjectId, Scene, State, raw};

pub(super) fn read(path: &Path) -> Result<Scene, SnapshotError> {
    let small = |name: &str| {
        let file = path.join(name);
        file.is_file().then(|| fs::read(&file).map_err(SnapshotError::io(&file, "read"))).transpose()
    };
    let (kitware, ours) = (small(KITWARE)?, small(OURS)?);
    if kitware.is_none() && ours.is_none() {
        return Err(SnapshotError::not_a_snapshot(path, format!("the folder has no {KITWARE} or {OURS}")));
    }
    let (mut scene, long_ids) = manifest::scene(path, kitware.as_deref(), ours.as_deref())?;
    for (name, file) in files(&path.join("states"))? {
        let name = name.strip_suffix(".json").unwrap_or(&name);
        let id = long_ids.decode(name).ok_or_else(|| SnapshotError::entry(path, name, "such a name is not safe"))?;
        let bytes = fs::read(&file).map_err(SnapshotError::io(&file, "read"))?;
        let state = State::new(undo_pretty(bytes)).map_err(|error| SnapshotError::State {
            path: path.to_owned(),
            id: id.clone(),
            source: Box::new(error),
        })?;
        let id = ObjectId::parse(&id);
        if scene.state(&id).is_some() {
            return Err(SnapshotError::entry(path, format!("states/{name}"), "this object is there twice"));
        }
        if state.is_null() {
            scene.without_state.insert(id);
        } else {
            scene.insert(id, state);
        }
    }
    for (name, file) in files(&path.join("blobs"))? {
        let hash = names::decode(&name).ok_or_else(|| SnapshotError::entry(path, &name, "such a name is not safe"))?;
        let len = fs::metadata(&file).map_err(SnapshotError::io(&file, "read"))?.len();
        scene.insert_blob(hash, Blob::Stored(Arc::new(FileBlob { path: file, len })));
    }
    Ok(scene)
}

/// A state that was indented for reading gets its one line back: servers send no white space.
fn undo_pretty(bytes: Vec<u8>) -> Bytes {
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.starts_with("{\n") => raw::compact(text).into(),
        _ => bytes.into(),
    }
}

/// The plain files in a folder, by name; links are not followed out of it.
pub(super) fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>, SnapshotError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(SnapshotError::io(folder, "read"))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(SnapshotError::io(folder, "read"))?;
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if let (true, Ok(name)) = (is_file, entry.file_name().into_string())
            && !name.starts_with('.')
        {
            found.push((name, entry.path()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// A blob in a file of its own.
pub(super) struct FileBlob {
    pub(super) path: PathBuf,
    pub(super) len: u64,
}

impl BlobData for FileBlob {
    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self) -> io::Result<Bytes> {
        fs::read(&self.path).map(Bytes::from)
    }
}

/// Writes everything into a folder beside the final one, which then takes its place.
pub(super) fn write(scene: &Scene, path: &Path, options: &WriteOptions) -> Result<(), SnapshotError> {
    let occupied = path.exists() && !is_empty_folder(path);
    if occupied && !options.force {
        return Err(SnapshotError::Exists { path: path.to_owned() });
    }
    if occupied && !holds_only_a_snapshot(path) {
        // --force is for snapshots: it must not sweep away somebody's home.
        return Err(SnapshotError::not_a_snapshot(path, "the folder holds other things, so it is not overwritten"));
    }
    let fail = |verb| SnapshotError::io(path, verb);
    let parent = parent_of(path);
    if !parent.is_dir() {
        return Err(SnapshotError::NoFolder { folder: parent });
    }
    let temporary =
        tempfile::Builder::new().prefix(".scenectl-").suffix(".tmp").tempdir_in(&parent).map_err(fail("write"))?;
    fill(scene, temporary.path(), options).map_err(|error| error.at(path))?;
    make_readable(temporary.path());
    if path.exists() {
        let old = tempfile::Builder::new().prefix(".scenectl-old-").tempdir_in(&parent).map_err(fail("write"))?;
        fs::rename(path, old.path().join("snapshot")).map_err(fail("replace"))?;
        if let Err(error) = fs::rename(temporary.path(), path) {
            let _ = fs::rename(old.path().join("snapshot"), path);
            return Err(fail("replace")(error));
        }
    } else {
        fs::rename(temporary.path(), path).map_err(fail("write"))?;
    }
    let _ = temporary.keep();
    Ok(())
}

/// True for a folder with nothing in it but what we would write.
fn holds_only_a_snapshot(path: &Path) -> bool {
    let ours = |name: &std::ffi::OsStr| [KITWARE, OURS, "states", "blobs"].iter().any(|known| name == *known);
    manifest::is_in(path)
        && fs::read_dir(path)
            .is_ok_and(|entries| entries.into_iter().all(|entry| entry.is_ok_and(|entry| ours(&entry.file_name()))))
}

fn fill(scene: &Scene, folder: &Path, options: &WriteOptions) -> Result<(), WriteError> {
    let put = |entry: String, content: &[&[u8]]| {
        let write = || {
            names::check(&entry)?;
            let mut file = fs::File::create(folder.join(&entry))?;
            content.iter().try_for_each(|piece| io::Write::write_all(&mut file, piece))
        };
        write().map_err(|source| WriteError { entry: entry.clone(), source })
    };
    let long_ids = LongIds::of(scene);
    for (name, text) in manifest::files(scene, &long_ids, options.provenance.as_ref()) {
        put(name.to_owned(), &[text.as_bytes()])?;
    }
    for name in ["states", "blobs"] {
        fs::create_dir(folder.join(name)).map_err(|source| WriteError { entry: name.to_owned(), source })?;
    }
    for (id, state) in scene.objects() {
        let entry = state_entry(&long_ids, id);
        if options.pretty {
            put(entry, &[raw::pretty(state.as_str()).as_bytes(), b"\n"])?;
        } else {
            put(entry, &[state.as_str().as_bytes()])?;
        }
    }
    for (hash, blob) in scene.blobs() {
        let entry = blob_entry(hash);
        let pieces = blob.pieces().map_err(|source| WriteError { entry: entry.clone(), source })?;
        put(entry, &pieces.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Temporary folders are private; a snapshot is as readable as other folders one makes.
fn make_readable(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o755));
    }
    #[cfg(not(unix))]
    let _ = folder;
}
