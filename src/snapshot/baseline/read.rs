//! Reading a baseline as a scene: objects get numbers for ids, in the order of their paths.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{BLOBS, FILE, FORMAT, STATISTICS, VERSION};

use crate::scene::{Blob, Dialect, ObjectId, Root, Scene, State, raw};
use crate::snapshot::folder::{FileBlob, files};
use crate::snapshot::manifest::by_name;
use crate::snapshot::{SnapshotError, names};

#[derive(Deserialize)]
struct Baseline<'a> {
    format: String,
    version: u32,
    dialect: String,
    producer: Option<String>,
    roots: Vec<BaselineRoot>,
    classes: BTreeMap<String, Vec<String>>,
    #[serde(borrow)]
    objects: &'a RawValue,
}

#[derive(Deserialize)]
struct BaselineRoot {
    path: String,
    name: Option<String>,
}

pub(in crate::snapshot) fn read(folder: &Path) -> Result<Scene, SnapshotError> {
    let path = folder.join(FILE);
    let text = fs::read_to_string(&path).map_err(SnapshotError::io(&path, "read"))?;
    // Editors put a mark before a text that they take for Unicode.
    let text = text.trim_start_matches('\u{feff}');
    let bad = |reason: String| SnapshotError::entry(folder, FILE, reason);
    if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ")) {
        return Err(bad(format!("git left the marks of a conflict there, at line {}: take either side", line + 1)));
    }
    if !text.trim_start().starts_with('{') && !text.trim().is_empty() {
        return Err(SnapshotError::not_a_snapshot(folder, format!("its {FILE} is no baseline")));
    }
    let baseline: Baseline<'_> = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
    if baseline.format != FORMAT {
        return Err(SnapshotError::not_a_snapshot(folder, format!("its {FILE} is no baseline")));
    }
    if baseline.version > VERSION {
        let reason = format!("version {} is newer than this scenectl reads ({VERSION})", baseline.version);
        return Err(bad(reason));
    }
    let dialect =
        by_name(&baseline.dialect).ok_or_else(|| bad(format!("the dialect `{}` is unknown", baseline.dialect)))?;
    let objects = raw::members(baseline.objects.get()).map_err(|error| bad(error.to_string()))?;
    let ids: HashMap<&str, ObjectId> =
        (1..).zip(&objects).map(|(n, (path, _))| (path.as_ref(), ObjectId::Number(n))).collect();
    if ids.len() < objects.len() {
        // Both sides of a merge were kept.
        let mut seen = HashSet::new();
        let twice = objects.iter().map(|(path, _)| path.as_ref()).find(|path| !seen.insert(*path));
        return Err(bad(format!("{} is there twice", twice.unwrap_or_default())));
    }
    let mut scene = Scene::new(dialect);
    scene.producer = baseline.producer;
    for root in baseline.roots {
        let id = ids.get(root.path.as_str()).ok_or_else(|| bad(format!("there is no object {}", root.path)))?;
        scene.roots.push(Root { id: id.clone(), name: root.name });
    }
    let missing = ObjectId::Number(objects.len() as u64 + 1);
    for (path, object) in &objects {
        let Some(id) = ids.get(path.as_ref()) else { continue };
        let text = state(dialect, object, id, &ids, &missing, &baseline.classes);
        let text = text.map_err(|reason| bad(format!("{path}: {reason}")))?;
        scene.insert(id.clone(), State::new(text).map_err(|error| bad(error.to_string()))?);
    }
    let blobs = folder.join(BLOBS);
    scene.without_blobs = !blobs.is_dir();
    for (name, file) in files(&blobs)? {
        let hash =
            names::decode(&name).ok_or_else(|| SnapshotError::entry(folder, &name, "such a name is not safe"))?;
        let len = fs::metadata(&file).map_err(SnapshotError::io(&file, "read"))?.len();
        scene.insert_blob(hash, Blob::Stored(Arc::new(FileBlob { path: file, len })));
    }
    Ok(scene)
}

/// The blobs that a baseline names, each with what it says of their values; nothing where there is no baseline.
pub(super) fn blobs(folder: &Path) -> HashMap<String, Option<String>> {
    let Ok(text) = fs::read_to_string(folder.join(FILE)) else { return HashMap::new() };
    let Ok(baseline) = serde_json::from_str::<Baseline<'_>>(&text) else { return HashMap::new() };
    let Some(dialect) = by_name(&baseline.dialect) else { return HashMap::new() };
    let objects = raw::members(baseline.objects.get()).unwrap_or_default();
    let mut found: HashMap<String, Option<String>> = HashMap::new();
    for (_, object) in &objects {
        let Ok(state) = State::new(object) else { continue };
        let Some(hash) = dialect.blob_use(&state).map(|found| found.hash.into_owned()) else { continue };
        let members = raw::members(object).unwrap_or_default();
        let values = raw::member(&members, STATISTICS).map(str::to_owned);
        let known = found.entry(hash).or_default();
        *known = known.take().or(values);
    }
    found
}

/// A state as a server would write it.
fn state(
    dialect: &dyn Dialect,
    object: &str,
    id: &ObjectId,
    ids: &HashMap<&str, ObjectId>,
    missing: &ObjectId,
    classes: &BTreeMap<String, Vec<String>>,
) -> Result<String, String> {
    let members = raw::members(object).map_err(|error| error.to_string())?;
    let mut parts: Vec<(Cow<'_, str>, String)> = Vec::with_capacity(members.len() + 2);
    for (key, value) in &members {
        if key != STATISTICS {
            // Somebody's formatter may have been over it.
            parts.push((key.clone(), with_ids(dialect, &raw::compact(value), ids, missing)?));
        }
    }
    let class = raw::member(&members, dialect.class_property()).and_then(raw::text).unwrap_or_default();
    if let (Some(property), Some(ancestors)) = (dialect.ancestors_property(), classes.get(class.as_ref())) {
        parts.push((property.into(), serde_json::Value::from(ancestors.as_slice()).to_string()));
    }
    if let (Some(property), Ok(id)) = (dialect.id_property(), serde_json::to_string(id)) {
        parts.push((property.into(), id));
    }
    parts.sort();
    let parts: Vec<String> =
        parts.iter().map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key.as_ref()))).collect();
    Ok(format!("{{{}}}", parts.join(",")))
}

/// `{"@": PATH}` as references.
fn with_ids(
    dialect: &dyn Dialect,
    value: &str,
    ids: &HashMap<&str, ObjectId>,
    missing: &ObjectId,
) -> Result<String, String> {
    const MARK: &str = "{\"@\":";
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    // In well-formed JSON the mark cannot stand inside a string: its quotes would be escaped.
    while let Some((before, after)) = rest.split_once(MARK) {
        text.push_str(before);
        let mut paths = serde_json::Deserializer::from_str(after).into_iter::<Option<Cow<'_, str>>>();
        let path = paths.next().transpose().map_err(|error| error.to_string())?.flatten();
        let end = paths.byte_offset();
        let id = match path {
            None => missing,
            Some(path) => ids.get(path.as_ref()).ok_or_else(|| format!("there is no object {path}"))?,
        };
        text.push_str(&dialect.reference_text(id));
        rest =
            after.get(end..).unwrap_or_default().trim_start().strip_prefix('}').ok_or("a reference is not closed")?;
    }
    text.push_str(rest);
    Ok(text)
}
