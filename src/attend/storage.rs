//! What a browser stores for a page: texts by key, in memory or in a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::snapshot::write_whole;

/// Bytes of all keys and values: what browsers let a page have.
const ROOM: usize = 5 << 20;

/// Why what is stored cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The file.
    #[error("cannot read {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What is in it.
    #[error("{} is not a JSON object of texts: {reason}", path.display())]
    NotTexts {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Texts by key.
#[derive(Debug, Default)]
pub struct Storage {
    values: Mutex<BTreeMap<String, String>>,
    file: Option<PathBuf>,
}

impl Storage {
    /// What is in a JSON file, which is written whenever something changes. It need not be there yet.
    ///
    /// # Errors
    /// Where it cannot be read, or holds something else.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let values = match std::fs::read(path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| StorageError::NotTexts { path: path.to_owned(), reason: error.to_string() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(source) => return Err(StorageError::Io { path: path.to_owned(), source }),
        };
        Ok(Self { values: Mutex::new(values), file: Some(path.to_owned()) })
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn set(&self, key: &str, value: Option<&str>) -> Result<(), String> {
        self.change(|values| match value {
            None => Ok(values.remove(key).is_some()),
            Some(value) => {
                let others = values.iter().filter(|(other, _)| *other != key);
                let used: usize = others.map(|(key, value)| key.len() + value.len()).sum();
                if used + key.len() + value.len() > ROOM {
                    return Err(String::from("there is no room for it: 5 MiB are stored at most"));
                }
                Ok(values.insert(key.to_owned(), value.to_owned()).as_deref() != Some(value))
            }
        })
    }

    pub(super) fn clear(&self) -> Result<(), String> {
        self.change(|values| {
            let had = !values.is_empty();
            values.clear();
            Ok(had)
        })
    }

    /// Changes something; `how` says whether it did.
    fn change(&self, how: impl FnOnce(&mut BTreeMap<String, String>) -> Result<bool, String>) -> Result<(), String> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = how(&mut values)?;
        let Some(path) = self.file.as_ref().filter(|_| changed) else { return Ok(()) };
        let mut text = serde_json::to_string_pretty(&*values).map_err(|error| error.to_string())?;
        text.push('\n');
        write_whole(path, text.as_bytes()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stored.json");
        let storage = Storage::open(&path).unwrap();
        storage.set("k", Some("v")).unwrap();
        storage.set("gone", Some("x")).unwrap();
        storage.set("gone", None).unwrap();
        assert!(storage.set("big", Some(&"x".repeat(ROOM))).unwrap_err().contains("5 MiB"));
        let again = Storage::open(&path).unwrap();
        assert_eq!((again.get("k").as_deref(), again.get("gone")), (Some("v"), None));
        again.clear().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
        std::fs::write(&path, "[1]").unwrap();
        assert!(Storage::open(&path).unwrap_err().to_string().contains("not a JSON object of texts"));
    }
}
