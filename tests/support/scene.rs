//! The scene of `fixtures/small`, small enough to know by heart, to be changed and written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::files::{Content, fixture};
use super::zip::{self, Entry};

/// The name of the one blob of the small scene: eight numbers of 64 bits.
pub(crate) const HASH: &str = "2565434097264444867";

/// States by id and blobs by hash.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) states: BTreeMap<u64, String>,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
}

impl Scene {
    /// A render window (1), its renderers (2), a renderer with a background (3), its props (4), an actor (5) with
    /// a property (6), a mapper (7), some data (8), and an array with a blob (9).
    pub(crate) fn small() -> Self {
        let Content { states, blobs, .. } = Content::of(&fixture("small"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { states: states.into_iter().map(|(id, bytes)| (id, text(bytes))).collect(), blobs }
    }

    /// The same with `count` more arrays (from id 100 on) of `bytes` each, all different.
    pub(crate) fn with_blobs(count: u64, bytes: usize) -> Self {
        let mut scene = Self::small();
        let mut items = vec![json!({"Id": 9})];
        for k in 0..count {
            let (id, data) = (100 + k, vec![k as u8; bytes]);
            let hash = content_hash(&data);
            scene.states.insert(
                id,
                format!(
                    r#"{{"ClassName":"vtkUnsignedCharArray","Hash":"{hash}","Id":{id},"MTime":{id},"NumberOfComponents":1,"NumberOfTuples":{bytes},"SuperClassNames":["vtkObjectBase","vtkObject","vtkAbstractArray","vtkDataArray"]}}"#
                ),
            );
            scene.blobs.insert(hash, data);
            items.push(json!({"Id": id}));
        }
        scene.edit(8, |state| state["Arrays"] = items.into());
        scene
    }

    /// Changes a state.
    pub(crate) fn edit(&mut self, id: u64, change: impl FnOnce(&mut Value)) {
        let mut state = serde_json::from_str(&self.states[&id]).unwrap();
        change(&mut state);
        self.states.insert(id, state.to_string());
    }

    /// The honest entries of a snapshot.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = vec![Entry::stored("vtk-wasm.json", r#"{"vtk": "9.7.2", "ids": [1]}"#)];
        entries.extend(self.states.iter().map(|(id, text)| Entry::deflated(format!("states/{id}"), text)));
        entries.extend(self.blobs.iter().map(|(hash, data)| Entry::stored(format!("blobs/{hash}"), data)));
        entries
    }

    /// Writes a snapshot into a folder and says where it is.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("small.wazex");
        std::fs::write(&path, zip::write(&self.entries())).unwrap();
        path
    }
}

/// VTK's name of a blob, as its sources compute it.
pub(crate) fn content_hash(data: &[u8]) -> String {
    fn mix(seed: u64, next: u64) -> u64 {
        seed ^ next.wrapping_add(0x9e37_79b9).wrapping_add(seed << 6).wrapping_add(seed >> 2)
    }
    let seed = mix(mix(mix(8, data.len() as u64), 0), u64::MAX);
    data.iter().fold(seed, |seed, byte| mix(seed, u64::from(*byte))).to_string()
}

#[test]
fn the_small_scene_is_sound() {
    let scene = Scene::small();
    assert_eq!(content_hash(&scene.blobs[HASH]), HASH);
    for (id, text) in &scene.states {
        assert_eq!(serde_json::from_str::<Value>(text).unwrap()["Id"], *id);
    }
}
