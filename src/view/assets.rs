//! The viewer's script and VTK's WebAssembly: found in folders, in packages (`.tgz`), and in packages within packages.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use super::{Settings, ViewError, fetch};

/// What people can do who have neither.
#[cfg(not(any(windows, target_os = "macos")))]
pub(super) const INSTALL: &str = "\
    this fetches both packages to where scenectl finds them from then on:\n        \
    npm install --prefix ~/.local/share/scenectl @kitware/vtk-wasm@3 @pyvista-wasm/vtk-wasm-binary@9.6.20260228\n      \
    or say where you have them: --viewer DIR|FILE|URL, --wasm DIR|TGZ|URL";
#[cfg(target_os = "macos")]
pub(super) const INSTALL: &str = "\
    this fetches both packages to where scenectl finds them from then on:\n        \
    npm install --prefix ~/Library/Application\\ Support/scenectl @kitware/vtk-wasm@3 \
    @pyvista-wasm/vtk-wasm-binary@9.6.20260228\n      \
    or say where you have them: --viewer DIR|FILE|URL, --wasm DIR|TGZ|URL";
#[cfg(windows)]
pub(super) const INSTALL: &str = "\
    this fetches both packages to where scenectl finds them from then on:\n        \
    npm install --prefix %APPDATA%\\scenectl @kitware/vtk-wasm@3 @pyvista-wasm/vtk-wasm-binary@9.6.20260228\n      \
    or say where you have them: --viewer DIR|FILE|URL, --wasm DIR|TGZ|URL";

/// What is taken of an archive at most, unpacked, in bytes. The largest bundle known has 150 MB.
const MOST_BYTES: u64 = 1 << 30;
/// How deep folders, and archives in archives, are followed.
const DEEPEST: usize = 6;
const DEEPEST_ARCHIVE: usize = 2;
/// Entries of a folder or an archive that are looked at.
const MOST_ENTRIES: usize = 20_000;

/// Files by name, for the page.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// `viewer.umd.js` and `viewer.css`.
    pub viewer: BTreeMap<String, Bytes>,
    /// `vtkWebAssembly.mjs`, `.wasm` and their relatives.
    pub wasm: BTreeMap<String, Bytes>,
}

/// One of the two.
struct Kind {
    what: &'static str,
    package: &'static str,
    /// Files that belong to it.
    is_wanted: fn(&str) -> bool,
    /// The one that it is nothing without.
    main: fn(&str) -> bool,
}

const VIEWER: Kind = Kind {
    what: "viewer.umd.js",
    package: "the npm package @kitware/vtk-wasm",
    is_wanted: |name| matches!(name, "viewer.umd.js" | "viewer.css"),
    main: |name| name == "viewer.umd.js",
};
const WASM: Kind = Kind {
    what: "WebAssembly of VTK",
    package: "the npm package @pyvista-wasm/vtk-wasm-binary",
    is_wanted: |name| {
        matches!(name, "vtk-methods.json")
            || (name.starts_with("vtkWebAssembly") && (name.ends_with(".mjs") || name.ends_with(".wasm")))
    },
    main: |name| name == "vtkWebAssembly.wasm",
};

type Files = BTreeMap<String, Bytes>;

impl Assets {
    /// Reads both from where settings say, or from where [`INSTALL`] puts them. URLs are fetched once, and kept.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn find(settings: &Settings) -> Result<Self, ViewError> {
        Ok(Self {
            viewer: one(settings.viewer.as_deref(), &VIEWER).await?,
            wasm: one(settings.wasm.as_deref(), &WASM).await?,
        })
    }
}

async fn one(place: Option<&str>, kind: &Kind) -> Result<Files, ViewError> {
    let path = match place {
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => fetch::kept(url).await?,
        Some(path) => PathBuf::from(path),
        None => {
            let installed = dirs::data_dir().map(|data| data.join("scenectl"));
            let installed = installed.filter(|folder| folder.is_dir());
            return installed
                .and_then(|folder| read(&folder, kind).ok().flatten())
                .ok_or(ViewError::Missing { what: kind.what, package: kind.package });
        }
    };
    let found = read(&path, kind).map_err(|source| ViewError::Io { path: path.clone(), source })?;
    found.ok_or_else(|| ViewError::NotThere { what: kind.what, place: place.unwrap_or_default().to_owned() })
}

fn read(path: &Path, kind: &Kind) -> io::Result<Option<Files>> {
    if fs::metadata(path)?.is_dir() { folder(path, kind) } else { file(path, kind) }
}

/// A file by itself: an archive, or the script under whatever name.
fn file(path: &Path, kind: &Kind) -> io::Result<Option<Files>> {
    let mut start = [0; 2];
    let is_archive = File::open(path)?.read_exact(&mut start).is_ok() && start == [0x1f, 0x8b];
    if is_archive {
        return archive(&mut File::open(path)?, kind, 0);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    if (kind.is_wanted)(&name) {
        return beside(parent, kind);
    }
    let is_script = name.ends_with(".js") && (kind.main)("viewer.umd.js");
    Ok(is_script.then(|| capped(path)).transpose()?.map(|data| BTreeMap::from([(String::from("viewer.umd.js"), data)])))
}

/// The first folder, from the top, that has it; else the first archive that has it.
fn folder(top: &Path, kind: &Kind) -> io::Result<Option<Files>> {
    let mut left = MOST_ENTRIES;
    let mut queue = VecDeque::from([(top.to_owned(), 0)]);
    let mut archives = Vec::new();
    while let Some((folder, depth)) = queue.pop_front() {
        if let Some(files) = beside(&folder, kind)? {
            return Ok(Some(files));
        }
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&folder)?.take(left).filter_map(|entry| Some(entry.ok()?.path())).collect();
        left -= entries.len();
        entries.sort_unstable();
        for path in entries {
            if path.is_dir() && depth < DEEPEST {
                queue.push_back((path, depth + 1));
            } else if is_archive_name(&path.to_string_lossy()) {
                archives.push(path);
            }
        }
    }
    for path in archives {
        if let Ok(Some(files)) = archive(&mut File::open(path)?, kind, 0) {
            return Ok(Some(files));
        }
    }
    Ok(None)
}

/// What a folder itself has, if the main file is there.
fn beside(folder: &Path, kind: &Kind) -> io::Result<Option<Files>> {
    let mut files = Files::new();
    for entry in fs::read_dir(folder)?.take(MOST_ENTRIES) {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if (kind.is_wanted)(&name) && path.is_file() {
            files.insert(name, capped(&path)?);
        }
    }
    Ok(files.keys().any(|name| (kind.main)(name)).then_some(files))
}

fn archive(reader: &mut dyn Read, kind: &Kind, depth: usize) -> io::Result<Option<Files>> {
    let unpacked = MultiGzDecoder::new(reader).take(MOST_BYTES);
    let mut archive = tar::Archive::new(unpacked);
    let mut files = Files::new();
    for entry in archive.entries()?.take(MOST_ENTRIES) {
        let mut entry = entry?;
        let name = entry.path()?.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !entry.header().entry_type().is_file() {
            continue;
        }
        if (kind.is_wanted)(&name) {
            let mut data = Vec::new();
            entry.read_to_end(&mut data)?;
            files.entry(name).or_insert_with(|| data.into());
        } else if is_archive_name(&name)
            && depth < DEEPEST_ARCHIVE
            && let Some(found) = self::archive(&mut entry, kind, depth + 1)?
        {
            return Ok(Some(found));
        }
    }
    Ok(files.keys().any(|name| (kind.main)(name)).then_some(files))
}

fn is_archive_name(name: &str) -> bool {
    name.ends_with(".tgz") || name.ends_with(".tar.gz")
}

fn capped(path: &Path) -> io::Result<Bytes> {
    let mut data = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut data)?;
    Ok(data.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, data) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, *data).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn it_is_found_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, data: &[u8]| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, data).unwrap();
            path
        };
        let bundle = packed(&[("./vtkWebAssembly.mjs", b"m"), ("./vtkWebAssembly.wasm", b"w"), ("./other.txt", b"o")]);
        let package = packed(&[("package/package.json", b"{}"), ("package/vtk-wasm32-emscripten.tar.gz", &bundle)]);
        put("modules/node_modules/@x/wasm/vtk-wasm32-emscripten.tar.gz", &bundle);
        put("modules/node_modules/@x/viewer/dist/umd/viewer.umd.js", b"v");
        put("modules/node_modules/@x/viewer/dist/umd/viewer.css", b"c");
        put("plain/vtkWebAssembly.wasm", b"w");
        put("plain/vtkWebAssembly.mjs", b"m");
        for path in [
            put("bundle.tgz", &bundle),
            put("package.tgz", &package),
            folder.path().join("modules"),
            folder.path().join("plain"),
        ] {
            let files = read(&path, &WASM).unwrap().unwrap();
            let names: Vec<&str> = files.keys().map(String::as_str).collect();
            assert_eq!(names, ["vtkWebAssembly.mjs", "vtkWebAssembly.wasm"], "{}", path.display());
        }
        let viewer = read(&folder.path().join("modules"), &VIEWER).unwrap().unwrap();
        assert_eq!(viewer.len(), 2);
        let named = read(&put("my-viewer.js", b"v"), &VIEWER).unwrap().unwrap();
        assert_eq!(named["viewer.umd.js"], "v");
        for nothing in [put("empty.tgz", &packed(&[])), put("text.txt", b"hello"), folder.path().join("plain")] {
            assert!(read(&nothing, &VIEWER).unwrap().is_none(), "{}", nothing.display());
        }
        assert!(read(&put("cut.tgz", &package[..package.len() / 2]), &WASM).is_err());
    }
}
