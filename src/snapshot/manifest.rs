//! The two small files of a snapshot: Kitware's `vtk-wasm.json`, which only scenes of VTK have, and our `scenectl.json`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::SnapshotError;
use super::names::LongIds;
use crate::protocol;
use crate::scene::{Dialect, ObjectId, Root, Scene};

pub(super) const KITWARE: &str = "vtk-wasm.json";
pub(super) const OURS: &str = "scenectl.json";

/// The dialect of snapshots that others wrote, and the only one whose snapshots have Kitware's file.
pub(super) const DEFAULT_DIALECT: &str = "vtklocal";

/// Where and when a scene was pulled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The server, without user names, passwords and queries.
    pub url: String,
    /// Seconds since 1970-01-01 UTC.
    pub time: u64,
    /// The program and version that pulled it.
    pub by: String,
}

#[derive(Deserialize)]
struct KitwareManifest {
    #[serde(default)]
    vtk: Option<String>,
    ids: Vec<serde_json::Value>,
}

/// Version 1 of `scenectl.json`. Keys that a later version adds are ignored by an earlier one.
#[derive(Serialize, Deserialize)]
struct OurManifest {
    version: u32,
    dialect: String,
    /// The software that made the scene; Kitware's file has it where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    producer: Option<String>,
    roots: Vec<NamedRoot>,
    without_state: Vec<serde_json::Value>,
    #[serde(default, skip_serializing_if = "LongIds::is_empty")]
    long_ids: LongIds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provenance: Option<Provenance>,
}

#[derive(Serialize, Deserialize)]
struct NamedRoot {
    id: serde_json::Value,
    #[serde(default)]
    name: Option<String>,
}

fn to_id(value: &serde_json::Value) -> Option<ObjectId> {
    match value {
        serde_json::Value::Number(number) => number.as_u64().map(ObjectId::Number),
        serde_json::Value::String(text) => Some(ObjectId::parse(text)),
        _ => None,
    }
}

fn to_json(id: &ObjectId) -> serde_json::Value {
    serde_json::to_value(id).unwrap_or_default()
}

/// The dialect of this name.
pub(super) fn by_name(dialect: &str) -> Option<&'static dyn Dialect> {
    protocol::by_dialect(dialect).map(|protocol| protocol.dialect())
}

/// True for a folder with a snapshot in it.
pub(super) fn is_in(folder: &Path) -> bool {
    [KITWARE, OURS].iter().any(|name| folder.join(name).is_file())
}

/// True for a scene whose snapshots have Kitware's file.
fn is_kitwares(scene: &Scene) -> bool {
    scene.dialect().name() == DEFAULT_DIALECT
}

/// The small files of a scene's snapshot: name and text.
pub(super) fn files(scene: &Scene, long_ids: &LongIds, provenance: Option<&Provenance>) -> Vec<(&'static str, String)> {
    let ours = (OURS, ours(scene, long_ids, provenance));
    if is_kitwares(scene) { vec![(KITWARE, kitware(scene)), ours] } else { vec![ours] }
}

/// `vtk-wasm.json`, spaced as Python's json writes it.
fn kitware(scene: &Scene) -> String {
    let ids: Vec<String> = scene.roots.iter().map(|root| to_json(&root.id).to_string()).collect();
    let version = serde_json::Value::from(scene.producer.as_deref().unwrap_or_default());
    format!("{{\"vtk\": {version}, \"ids\": [{}]}}", ids.join(", "))
}

/// `scenectl.json`.
fn ours(scene: &Scene, long_ids: &LongIds, provenance: Option<&Provenance>) -> String {
    let manifest = OurManifest {
        version: 1,
        dialect: scene.dialect().name().to_owned(),
        producer: scene.producer.clone().filter(|_| !is_kitwares(scene)),
        roots: scene.roots.iter().map(|root| NamedRoot { id: to_json(&root.id), name: root.name.clone() }).collect(),
        without_state: scene.without_state.iter().map(to_json).collect(),
        long_ids: long_ids.clone(),
        provenance: provenance.cloned(),
    };
    // Plain strings and numbers always serialize.
    serde_json::to_string(&manifest).unwrap_or_default() + "\n"
}

/// An empty scene with the manifests' roots, names and version, and its long ids. One of the two files must be there.
pub(super) fn scene(
    path: &Path,
    kitware: Option<&[u8]>,
    ours: Option<&[u8]>,
) -> Result<(Scene, LongIds), SnapshotError> {
    let bad = |entry: &str| {
        let entry = entry.to_owned();
        move |error: serde_json::Error| SnapshotError::entry(path, entry, error.to_string())
    };
    let kitware: Option<KitwareManifest> = kitware.map(serde_json::from_slice).transpose().map_err(bad(KITWARE))?;
    let ours: Option<OurManifest> = ours.map(serde_json::from_slice).transpose().map_err(bad(OURS))?;
    if let Some(OurManifest { version: version @ 2.., .. }) = ours {
        let reason = format!("version {version} is newer than this scenectl reads (1)");
        return Err(SnapshotError::entry(path, OURS, reason));
    }
    let dialect = ours.as_ref().map_or(DEFAULT_DIALECT, |ours| &ours.dialect);
    let dialect = by_name(dialect)
        .ok_or_else(|| SnapshotError::entry(path, OURS, format!("the dialect `{dialect}` is unknown")))?;
    let mut scene = Scene::new(dialect);
    let named = |id: &ObjectId| {
        let roots = ours.iter().flat_map(|ours| &ours.roots);
        roots.filter(|root| to_id(&root.id).as_ref() == Some(id)).find_map(|root| root.name.clone())
    };
    let (entry, producer, ids): (_, _, Vec<&serde_json::Value>) = match &kitware {
        Some(kitware) => (KITWARE, kitware.vtk.as_ref(), kitware.ids.iter().collect()),
        None => {
            let roots = ours.iter().flat_map(|ours| &ours.roots);
            (OURS, ours.as_ref().and_then(|ours| ours.producer.as_ref()), roots.map(|root| &root.id).collect())
        }
    };
    scene.producer = producer.filter(|version| !version.is_empty()).cloned();
    for id in ids {
        let id = to_id(id).ok_or_else(|| SnapshotError::entry(path, entry, format!("{id} is no id")))?;
        if !scene.roots.iter().any(|root| root.id == id) {
            scene.roots.push(Root { name: named(&id), id });
        }
    }
    scene.without_state = ours.iter().flat_map(|ours| &ours.without_state).filter_map(to_id).collect();
    Ok((scene, ours.map(|ours| ours.long_ids).unwrap_or_default()))
}
