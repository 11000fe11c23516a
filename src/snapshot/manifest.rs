//! The two small files of a snapshot: Kitware's `vtk-wasm.json` and our `scenectl.json`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::SnapshotError;
use crate::protocol;
use crate::scene::{ObjectId, Root, Scene};

pub(super) const KITWARE: &str = "vtk-wasm.json";
pub(super) const OURS: &str = "scenectl.json";

/// The dialect of snapshots that others wrote.
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
    roots: Vec<NamedRoot>,
    without_state: Vec<serde_json::Value>,
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

/// `vtk-wasm.json`, spaced as Python's json writes it.
pub(super) fn kitware(scene: &Scene) -> String {
    let ids: Vec<String> = scene.roots.iter().map(|root| to_json(&root.id).to_string()).collect();
    let version = serde_json::Value::from(scene.producer.as_deref().unwrap_or_default());
    format!("{{\"vtk\": {version}, \"ids\": [{}]}}", ids.join(", "))
}

/// `scenectl.json`.
pub(super) fn ours(scene: &Scene, provenance: Option<&Provenance>) -> String {
    let manifest = OurManifest {
        version: 1,
        dialect: scene.dialect().name().to_owned(),
        roots: scene.roots.iter().map(|root| NamedRoot { id: to_json(&root.id), name: root.name.clone() }).collect(),
        without_state: scene.without_state.iter().map(to_json).collect(),
        provenance: provenance.cloned(),
    };
    // Plain strings and numbers always serialize.
    serde_json::to_string(&manifest).unwrap_or_default() + "\n"
}

/// An empty scene with the manifests' roots, names and version.
pub(super) fn scene(path: &Path, kitware: &[u8], ours: Option<&[u8]>) -> Result<Scene, SnapshotError> {
    let bad = |entry: &str| {
        let entry = entry.to_owned();
        move |error: serde_json::Error| SnapshotError::entry(path, entry, error.to_string())
    };
    let kitware: KitwareManifest = serde_json::from_slice(kitware).map_err(bad(KITWARE))?;
    let ours: Option<OurManifest> = ours.map(serde_json::from_slice).transpose().map_err(bad(OURS))?;
    if let Some(OurManifest { version: version @ 2.., .. }) = ours {
        let reason = format!("version {version} is newer than this scenectl reads (1)");
        return Err(SnapshotError::entry(path, OURS, reason));
    }
    let dialect = ours.as_ref().map_or(DEFAULT_DIALECT, |ours| &ours.dialect);
    let protocol = protocol::by_dialect(dialect)
        .ok_or_else(|| SnapshotError::entry(path, OURS, format!("the dialect `{dialect}` is unknown")))?;
    let mut scene = Scene::new(protocol.dialect());
    scene.producer = kitware.vtk.filter(|version| !version.is_empty());
    let named = |id: &ObjectId| {
        let roots = ours.iter().flat_map(|ours| &ours.roots);
        roots.filter(|root| to_id(&root.id).as_ref() == Some(id)).find_map(|root| root.name.clone())
    };
    for id in &kitware.ids {
        let id = to_id(id).ok_or_else(|| SnapshotError::entry(path, KITWARE, format!("{id} is no id")))?;
        if !scene.roots.iter().any(|root| root.id == id) {
            scene.roots.push(Root { name: named(&id), id });
        }
    }
    scene.without_state = ours.iter().flat_map(|ours| &ours.without_state).filter_map(to_id).collect();
    Ok(scene)
}
