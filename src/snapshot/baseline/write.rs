//! Writing a baseline.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::paths::paths;
use super::{FILE, FORMAT, STATISTICS, VERSION};
use crate::scene::{ObjectId, Scene, Values, raw};
use crate::snapshot::{AtomicFile, SnapshotError, names};

/// Writes a scene as a baseline into a folder, over what was there. Blobs that it no longer needs go.
///
/// # Errors
/// [`SnapshotError`].
pub fn write(scene: &Scene, folder: &Path, blobs: bool) -> Result<(), SnapshotError> {
    let text = text(scene, &super::read::statistics(folder));
    fs::create_dir_all(folder).map_err(SnapshotError::io(folder, "make"))?;
    let beside = folder.join("blobs");
    if blobs {
        fs::create_dir_all(&beside).map_err(SnapshotError::io(&beside, "make"))?;
        for (hash, blob) in scene.blobs() {
            let path = beside.join(names::encode(hash));
            // Not a link: reading does not follow them.
            if fs::symlink_metadata(&path).is_ok_and(|there| there.is_file() && there.len() == blob.len()) {
                continue;
            }
            let mut file = AtomicFile::create(&path, true)?;
            let written = blob
                .pieces()
                .and_then(|pieces| pieces.iter().try_for_each(|piece| io::Write::write_all(&mut file, piece)));
            written.map_err(SnapshotError::io(&path, "write"))?;
            file.commit()?;
        }
    }
    let mut file = AtomicFile::create(&folder.join(FILE), true)?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(SnapshotError::io(folder, "write"))?;
    file.commit()?;
    sweep(scene, &beside, blobs);
    Ok(())
}

/// Removes blobs of what was there before. That some stay behind is no reason to fail.
fn sweep(scene: &Scene, folder: &Path, keep: bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().ok();
        let hash = name.as_deref().and_then(names::decode);
        let wanted = keep && hash.is_some_and(|hash| scene.blob(&hash).is_some());
        if !wanted && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

fn text(scene: &Scene, known: &HashMap<String, String>) -> String {
    let paths = paths(scene);
    let by_id: HashMap<&ObjectId, &str> = paths.iter().map(|(path, id)| (id, path.as_str())).collect();
    let mut classes: BTreeMap<String, Value> = BTreeMap::new();
    let mut objects = Vec::with_capacity(paths.len());
    for (path, id) in &paths {
        let Some(head) = scene.head(id) else { continue };
        let class = scene.dialect().canonical_class(&head.class).into_owned();
        classes.entry(class.clone()).or_insert_with(|| json!(head.ancestors));
        objects.push(format!("{}: {}", Value::from(path.as_str()), object(scene, id, &class, &by_id, known)));
    }
    let roots: Vec<Value> = scene
        .roots
        .iter()
        .filter_map(|root| by_id.get(&root.id).map(|path| json!({"path": path, "name": root.name})))
        .collect();
    let classes: Vec<String> =
        classes.iter().map(|(class, ancestors)| format!("{}: {ancestors}", json!(class))).collect();
    format!(
        "{{\n\"format\": \"{FORMAT}\", \"version\": {VERSION}, \"dialect\": {}, \"producer\": {},\n\"roots\": {},\n\"classes\": {{\n{}\n}},\n\"objects\": {{\n{}\n}}\n}}\n",
        json!(scene.dialect().name()),
        json!(scene.producer),
        Value::from(roots),
        classes.join(",\n"),
        objects.join(",\n"),
    )
}

/// One object on one line: its properties without noise, sorted.
fn object(
    scene: &Scene,
    id: &ObjectId,
    class: &str,
    paths: &HashMap<&ObjectId, &str>,
    known: &HashMap<String, String>,
) -> String {
    let dialect = scene.dialect();
    let Some(state) = scene.state(id) else { return String::from("{}") };
    let mut members: Vec<(String, String)> = Vec::new();
    for (key, value) in state.members().unwrap_or_default() {
        if key == dialect.class_property() {
            members.push((key.into_owned(), json!(class).to_string()));
        } else if !dialect.is_noise(class, &key) {
            let mut value = with_paths(scene, &raw::compact(value), paths);
            if dialect.is_unordered(class, &key) {
                let mut elements = raw::elements(&value).unwrap_or_default();
                elements.sort_unstable();
                value = format!("[{}]", elements.join(","));
            }
            members.push((key.into_owned(), value));
        }
    }
    members.extend(statistics(scene, id, known).map(|text| (STATISTICS.to_owned(), text)));
    members.sort();
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
    format!("{{{}}}", members.join(","))
}

/// References as `{"@": PATH}`.
fn with_paths(scene: &Scene, value: &str, paths: &HashMap<&ObjectId, &str>) -> String {
    let mut text = String::with_capacity(value.len());
    let mut at = 0;
    scene.dialect().reference_spans(value, &mut |span, id| {
        text.push_str(value.get(at..span.start).unwrap_or_default());
        text.push_str(&json!({"@": paths.get(&id)}).to_string());
        at = span.end;
    });
    text.push_str(value.get(at..).unwrap_or_default());
    text
}

/// What there is to say of an array's values, for whoever reads the difference. Where the blob is not at
/// hand, what the baseline said before is still true.
fn statistics(scene: &Scene, id: &ObjectId, known: &HashMap<String, String>) -> Option<String> {
    let found = scene.dialect().blob_use(scene.state(id)?)?;
    let Some(blob) = scene.blob(&found.hash) else { return known.get(found.hash.as_ref()).cloned() };
    let mut facts: BTreeMap<&str, Value> = BTreeMap::new();
    facts.insert("bytes", json!(blob.len()));
    facts.insert("shape", json!([found.tuples, found.components]));
    if let Some(element) = found.element {
        facts.insert("type", json!(element.name()));
        if let Ok(bytes) = blob.read() {
            let stats = Values::new(bytes, element, found.tuples.saturating_mul(found.components)).stats();
            facts.extend([("min", json!(stats.min)), ("max", json!(stats.max)), ("mean", json!(stats.mean))]);
            if stats.nan > 0 {
                facts.insert("nan", json!(stats.nan));
            }
        }
    }
    Some(json!(facts).to_string())
}
