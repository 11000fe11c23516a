//! Where people have the viewer and the WebAssembly: said once, remembered from then on.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::snapshot::{SnapshotError, write_whole};

/// The largest settings that are read, in bytes.
const LARGEST: u64 = 1 << 20;

/// `view.json` in the folder for settings (`~/.config/scenectl` on Linux).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The viewer: a file, a folder or a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<String>,
    /// The WebAssembly: a folder, an archive or a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wasm: Option<String>,
}

impl Settings {
    /// Where they are kept, where this machine has such a place.
    pub fn path() -> Option<PathBuf> {
        Some(dirs::config_dir()?.join("scenectl").join("view.json"))
    }

    /// What is remembered; nothing where nothing is, or where it cannot be read.
    pub fn read(path: &Path) -> Self {
        let is_small = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= LARGEST);
        let text = if is_small { std::fs::read_to_string(path).unwrap_or_default() } else { String::new() };
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Remembers.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), SnapshotError> {
        if let Some(folder) = path.parent() {
            // What is wrong with the folder, writing into it tells.
            let _ = std::fs::create_dir_all(folder);
        }
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_whole(path, format!("{text}\n").as_bytes())
    }
}
