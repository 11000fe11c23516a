//! Files and folders of the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::zip;

/// An empty folder that goes with the test.
pub(crate) fn scratch() -> TempDir {
    tempfile::Builder::new().prefix("scenectl-test-").tempdir().unwrap()
}

/// A file under `fixtures/`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    assert!(path.exists(), "fixtures/{name} is missing");
    path
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

/// What a snapshot holds, by the names of its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// States by id.
    pub(crate) states: BTreeMap<u64, Vec<u8>>,
    /// Blobs by hash.
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    /// Entries at the top: `vtk-wasm.json`, …
    pub(crate) others: BTreeMap<String, Vec<u8>>,
}

impl Content {
    /// Reads a zip, or a folder with `states/ID` or `states/ID.json`.
    pub(crate) fn of(path: &Path) -> Self {
        let mut content = Self::default();
        if path.is_dir() {
            for folder in ["states", "blobs", "."] {
                for name in names(&path.join(folder)) {
                    let file = path.join(folder).join(&name);
                    if file.is_file() {
                        content.add(folder, &name, fs::read(file).unwrap());
                    }
                }
            }
        } else {
            for (name, data) in zip::read(&fs::read(path).unwrap()) {
                let (folder, name) = name.split_once('/').unwrap_or((".", &name));
                if !name.is_empty() {
                    content.add(folder, name, data);
                }
            }
        }
        content
    }

    fn add(&mut self, folder: &str, name: &str, data: Vec<u8>) {
        match folder {
            "states" => {
                let id = name.trim_end_matches(".json").parse().expect("the name of a state is its id");
                self.states.insert(id, data);
            }
            "blobs" => {
                self.blobs.insert(name.to_owned(), data);
            }
            _ => {
                self.others.insert(name.to_owned(), data);
            }
        }
    }

    /// A state as JSON.
    pub(crate) fn state(&self, id: u64) -> Value {
        serde_json::from_slice(&self.states[&id]).unwrap()
    }

    /// The ids of `vtk-wasm.json`.
    pub(crate) fn roots(&self) -> Vec<u64> {
        let about: Value = serde_json::from_slice(&self.others["vtk-wasm.json"]).unwrap();
        about["ids"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect()
    }

    /// States and blobs must be the same, byte for byte.
    #[track_caller]
    pub(crate) fn assert_same_bytes(&self, other: &Self) {
        assert_same("states", &self.states, &other.states, |bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_same("blobs", &self.blobs, &other.blobs, |bytes| format!("{} bytes", bytes.len()));
    }

    /// States must mean the same to JavaScript, which knows no `1.0`; blobs must be the same bytes.
    #[track_caller]
    pub(crate) fn assert_same_values(&self, other: &Self) {
        assert_same("states", &self.values(), &other.values(), Value::to_string);
        assert_same("blobs", &self.blobs, &other.blobs, |bytes| format!("{} bytes", bytes.len()));
    }

    fn values(&self) -> BTreeMap<u64, Value> {
        self.states.keys().map(|id| (*id, as_javascript(self.state(*id)))).collect()
    }

    /// The same where a property of all states is cut out of their texts.
    pub(crate) fn without_property(&self, name: &str) -> Self {
        let mut content = self.clone();
        for state in content.states.values_mut() {
            let text = String::from_utf8(std::mem::take(state)).unwrap();
            *state = match text.split_once(&format!("\"{name}\":")) {
                Some((before, after)) => [before, &after[after.find(',').unwrap() + 1..]].concat().into_bytes(),
                None => text.into_bytes(),
            };
        }
        content
    }
}

/// All numbers as the floats that JavaScript has.
fn as_javascript(value: Value) -> Value {
    match value {
        Value::Number(number) => (number.as_f64().unwrap() + 0.0).into(),
        Value::Array(values) => values.into_iter().map(as_javascript).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, as_javascript(value))).collect(),
        other => other,
    }
}

#[track_caller]
fn assert_same<K: Ord + std::fmt::Debug, V: PartialEq>(
    what: &str,
    ours: &BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
    show: impl Fn(&V) -> String,
) {
    let missing: Vec<_> = theirs.keys().filter(|key| !ours.contains_key(key)).collect();
    let extra: Vec<_> = ours.keys().filter(|key| !theirs.contains_key(key)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{what}: missing {missing:?}, too many {extra:?}");
    for (key, value) in ours {
        let other = &theirs[key];
        assert!(value == other, "{what}: {key:?} differs\nours:   {}\ntheirs: {}", show(value), show(other));
    }
}
