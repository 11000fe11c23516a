//! Scenes in files: Kitware's zip (`.wazex`, `.vtk-wasm`) and the same names as plain files in a folder.
//!
//! ```text
//! vtk-wasm.json    {"vtk": "9.7.2", "ids": [1]}       version and roots; of VTK's scenes only
//! scenectl.json    what others need not know: dialect, names of roots, ids without a state
//! states/ID        a state, as the server sent it
//! blobs/HASH       a blob, raw
//! ```
//! The same scene always gives the same bytes: entries in this order, states by id, blobs by name, times fixed.

mod archive;
pub mod baseline;
mod error;
mod folder;
mod foreign;
mod manifest;
mod names;
mod output;
mod part;
mod stream;
mod zip;

use std::fs::File;
use std::io::Seek;
use std::path::{Path, PathBuf};

pub use error::SnapshotError;
pub use manifest::Provenance;
pub use output::{AtomicFile, write_whole};
pub use stream::{ArchiveStore, ReusingStore};

use crate::scene::Scene;

/// The forms of snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A zip: `.wazex`, `.vtk-wasm`, `.zip`.
    Archive,
    /// A folder.
    Folder,
}

impl Form {
    /// The form that a path to write to asks for: a known extension is a zip; an existing folder, a
    /// trailing slash or no extension at all a folder.
    ///
    /// # Errors
    /// [`SnapshotError::UnknownForm`] for other extensions.
    pub fn of_output(path: &Path) -> Result<Self, SnapshotError> {
        let text = path.to_string_lossy();
        if path.is_dir() || text.ends_with(std::path::MAIN_SEPARATOR) || text.ends_with('/') {
            Ok(Self::Folder)
        } else if stem(&text) != text || text == "-" {
            Ok(Self::Archive)
        } else if path.extension().is_none() && !path.is_file() {
            Ok(Self::Folder)
        } else {
            Err(SnapshotError::UnknownForm { path: path.to_owned() })
        }
    }
}

/// The extensions of zips that are snapshots.
const EXTENSIONS: [&str; 3] = [".wazex", ".vtk-wasm", ".zip"];

/// A file's name without a snapshot's extension, in whatever case.
pub fn stem(name: &str) -> &str {
    let stem = |extension: &&str| {
        let (stem, end) = name.split_at_checked(name.len().checked_sub(extension.len())?)?;
        end.eq_ignore_ascii_case(extension).then_some(stem)
    };
    EXTENSIONS.iter().find_map(stem).unwrap_or(name)
}

/// True for what is called like a snapshot, or is a folder with one.
pub fn is_snapshot(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.is_dir() { manifest::is_in(path) } else { stem(&name) != name }
}

/// All states of one snapshot together, in bytes; a million objects are some 400 MB. More is a bomb.
const MOST_STATE_BYTES: u64 = 2 << 30;

/// How to write a snapshot.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// Replace what is there.
    pub force: bool,
    /// Deflate the entries of a zip.
    pub compress: bool,
    /// Indent the states of a folder.
    pub pretty: bool,
    /// Where and when the scene was pulled.
    pub provenance: Option<Provenance>,
}

/// Reads a snapshot in any form. Blobs stay in the file until somebody asks for them.
///
/// # Errors
/// [`SnapshotError`], with the entry it is about.
pub fn read(path: &Path) -> Result<Scene, SnapshotError> {
    let metadata = std::fs::metadata(path).map_err(SnapshotError::io(path, "read"))?;
    let scene = match metadata.is_dir() {
        true if is_baseline(path) => baseline::read(path),
        true => folder::read(path),
        false => File::open(path).map_err(SnapshotError::io(path, "read")).and_then(|file| foreign::read(file, path)),
    }?;
    checked(scene, path)
}

/// True for a folder that holds a baseline and not a snapshot.
pub fn is_baseline(path: &Path) -> bool {
    path.join(baseline::FILE).is_file() && !manifest::is_in(path)
}

/// A scene starts somewhere that is there, or that the server itself had nothing for.
fn checked(scene: Scene, path: &Path) -> Result<Scene, SnapshotError> {
    let is_there = |id| scene.state(id).is_some() || scene.without_state.contains(id);
    match scene.roots.iter().find(|root| !is_there(&root.id)) {
        Some(root) => Err(SnapshotError::not_a_snapshot(path, format!("the root {} has no state", root.id))),
        None => Ok(scene),
    }
}

/// Reads a file of any form from anything that can be read, such as stdin; `name` is what errors call it.
///
/// # Errors
/// [`SnapshotError`], with the entry it is about.
pub fn read_from(reader: impl std::io::Read, name: &str) -> Result<Scene, SnapshotError> {
    let path = Path::new(name);
    read_file(keep(reader, path)?, path)
}

/// As [`read_from`], from a file that is open already.
///
/// # Errors
/// As [`read_from`].
pub fn read_file(file: File, path: &Path) -> Result<Scene, SnapshotError> {
    checked(foreign::read(file, path)?, path)
}

/// Reads all that there is into a file without a name, and goes back to its start.
///
/// # Errors
/// [`SnapshotError::Io`].
pub fn keep(mut reader: impl std::io::Read, path: &Path) -> Result<File, SnapshotError> {
    let mut file = tempfile::tempfile().map_err(SnapshotError::io(path, "keep"))?;
    std::io::copy(&mut reader, &mut file).map_err(SnapshotError::io(path, "read"))?;
    file.rewind().map_err(SnapshotError::io(path, "read"))?;
    Ok(file)
}

/// Writes a snapshot in the form that the path asks for; nothing is there before all is.
///
/// # Errors
/// [`SnapshotError`]; then what was there before is unchanged.
pub fn write(scene: &Scene, path: &Path, options: &WriteOptions) -> Result<(), SnapshotError> {
    match Form::of_output(path)? {
        Form::Folder => folder::write(scene, path, options),
        Form::Archive if path == Path::new("-") => {
            let mut out = std::io::stdout().lock();
            archive::write(scene, &mut out, options).map_err(|error| error.at(path))
        }
        Form::Archive => {
            let mut file = AtomicFile::create(path, options.force)?;
            archive::write(scene, &mut file, options).map_err(|error| error.at(path))?;
            file.commit()
        }
    }
}

/// Writes a zip that is a snapshot and has more entries, which readers of snapshots ignore.
///
/// # Errors
/// As [`write`].
pub fn write_with(
    scene: &Scene,
    more: &[(String, Vec<u8>)],
    path: &Path,
    options: &WriteOptions,
) -> Result<(), SnapshotError> {
    let mut file = AtomicFile::create(path, options.force)?;
    archive::write_with(scene, more, &mut file, options).map_err(|error| error.at(path))?;
    file.commit()
}

/// Refuses early what could not be written in the end: a path that is taken.
///
/// # Errors
/// [`SnapshotError::Exists`] and [`SnapshotError::UnknownForm`].
pub fn check_output(path: &Path, force: bool) -> Result<(), SnapshotError> {
    Form::of_output(path)?;
    let taken = path != Path::new("-") && path.exists() && !is_empty_folder(path);
    if taken && !force { Err(SnapshotError::Exists { path: path.to_owned() }) } else { Ok(()) }
}

fn is_empty_folder(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// The folder that a file goes to.
fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::ObjectId;
    use crate::scene::named;

    /// In a dialect that snapshots may name.
    fn scene(ids: &[&str]) -> Scene {
        let named = named::scene(ids);
        let mut scene = Scene::new(crate::protocol::by_dialect("viser").unwrap().dialect());
        (scene.producer, scene.roots) = (named.producer.clone(), named.roots.clone());
        named.objects().for_each(|(id, state)| scene.insert(id.clone(), state.clone()));
        named.blobs().for_each(|(hash, blob)| scene.insert_blob(&**hash, blob.clone()));
        scene
    }

    /// Names that some file system would not take, or take for another.
    #[test]
    fn scenes_with_names_come_back() {
        let long = format!("/{}", "é".repeat(300));
        let scene = scene(&["/A", "/a", "/con", "/a.", "/a.json", "/..", "/\u{0}\n\\", &long, "/mesh"]);
        let folder = tempfile::tempdir().unwrap();
        for name in ["scene.zip", "scene"] {
            let path = folder.path().join(name);
            write(&scene, &path, &WriteOptions::default()).unwrap();
            let back = read(&path).unwrap();
            assert!(back.has_same_content(&scene), "{name}");
            assert!(is_snapshot(&path) && !is_baseline(&path), "{name}");
            assert!(write(&back, &path, &WriteOptions::default()).is_err());
            write(&back, &path, &WriteOptions { force: true, ..WriteOptions::default() }).unwrap();
        }
        let folder = folder.path().join("scene");
        assert!(!folder.join("vtk-wasm.json").exists());
        let ours = std::fs::read_to_string(folder.join("scenectl.json")).unwrap();
        assert!(ours.contains("\"producer\":\"named 1.0\"") && ours.contains("\"long_ids\":{\"~"), "{ours}");
        // A name that stands for another, and nothing says for which.
        std::fs::write(folder.join("states/~1"), "{}").unwrap();
        assert!(read(&folder).is_err());
    }

    #[test]
    fn baselines_of_scenes_with_names_come_back() {
        let scene = scene(&["/a/mesh", "/a.b/c d", "/e%/0"]);
        let folder = tempfile::tempdir().unwrap();
        baseline::write(&scene, folder.path(), true).unwrap();
        let text = std::fs::read_to_string(folder.path().join(baseline::FILE)).unwrap();
        for path in ["\"/a/mesh\": ", "\"/a.b/c d\": ", "\"/e%25/0\": ", "\"/a/mesh/props/points\": "] {
            assert!(text.contains(path), "{text}");
        }
        let back = read(folder.path()).unwrap();
        assert_eq!(back.objects().len(), scene.objects().len());
        let found = crate::analysis::diff::diff(&scene, &back, &crate::analysis::diff::Options::default()).unwrap();
        assert!(found.changes.is_empty(), "{:?}", found.changes);
        assert!(back.state(&ObjectId::from(1)).is_some());
    }
}
