//! Writing a baseline.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::paths::paths;
use super::{BLOBS, FILE, FORMAT, STATISTICS, VERSION};
use crate::scene::{ObjectId, Scene, raw};
use crate::snapshot::manifest::{KITWARE, OURS};
use crate::snapshot::{AtomicFile, SnapshotError, names, write_whole};

/// What keeps git from taking blobs for text, and their bytes for ends of lines.
const ATTRIBUTES: &str = ".gitattributes";
const BINARY: &[u8] = b"* binary\n";

/// Writes a scene as a baseline into a folder, over the baseline that was there. Blobs that only that one
/// named go; whatever else lies there stays.
///
/// # Errors
/// [`SnapshotError`]; also where the folder holds a snapshot.
pub fn write(scene: &Scene, folder: &Path, blobs: bool) -> Result<(), SnapshotError> {
    if let Some(name) = [KITWARE, OURS].into_iter().find(|name| folder.join(name).exists()) {
        let reason = "it is a snapshot's; a baseline has a folder of its own";
        return Err(SnapshotError::entry(folder, name, reason));
    }
    let known = super::read::blobs(folder);
    let text = text(scene, &known);
    fs::create_dir_all(folder).map_err(SnapshotError::io(folder, "make"))?;
    let beside = folder.join(BLOBS);
    if is_link(&beside) {
        return Err(SnapshotError::entry(
            folder,
            BLOBS,
            "it is a link; a baseline's blobs lie in a folder of their own",
        ));
    }
    if blobs {
        fs::create_dir_all(&beside).map_err(SnapshotError::io(&beside, "make"))?;
        if !beside.join(ATTRIBUTES).exists() {
            write_whole(&beside.join(ATTRIBUTES), BINARY)?;
        }
        let used: HashSet<String> = scene
            .objects()
            .filter_map(|(_, state)| scene.dialect().blob_use(state).map(|found| found.hash.into_owned()))
            .collect();
        // What nothing names now would be nobody's to remove later.
        for (hash, blob) in scene.blobs().filter(|(hash, _)| used.contains(hash.as_ref())) {
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
    write_whole(&folder.join(FILE), text.as_bytes())?;
    sweep(&beside, known.keys().filter(|hash| !(blobs && scene.blob(hash).is_some())));
    Ok(())
}

/// Removes a baseline, and nothing else that may lie in its folder.
///
/// # Errors
/// [`SnapshotError`].
pub fn remove(folder: &Path) -> Result<(), SnapshotError> {
    if is_link(folder) {
        return Err(SnapshotError::not_a_snapshot(folder, "it is a link: remove it yourself"));
    }
    let known = super::read::blobs(folder);
    let file = folder.join(FILE);
    fs::remove_file(&file).map_err(SnapshotError::io(&file, "remove"))?;
    sweep(&folder.join(BLOBS), known.keys());
    // A folder that holds other things stays.
    let _ = fs::remove_dir(folder);
    Ok(())
}

/// Removes blobs that the baseline before named. That some stay behind is no reason to fail.
fn sweep<'h>(folder: &Path, hashes: impl Iterator<Item = &'h String>) {
    if is_link(folder) {
        return;
    }
    for hash in hashes {
        let _ = fs::remove_file(folder.join(names::encode(hash)));
    }
    let is_attributes = |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|entry| entry.file_name() == ATTRIBUTES);
    if fs::read_dir(folder).is_ok_and(|mut left| left.all(is_attributes)) {
        let _ = fs::remove_file(folder.join(ATTRIBUTES));
    }
    let _ = fs::remove_dir(folder);
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink())
}

fn text(scene: &Scene, known: &HashMap<String, Option<String>>) -> String {
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
    known: &HashMap<String, Option<String>>,
) -> String {
    let dialect = scene.dialect();
    let Some(state) = scene.state(id) else { return String::from("{}") };
    let mut members: Vec<(String, String)> = Vec::new();
    for (key, value) in state.members().unwrap_or_default() {
        if key == dialect.class_property() {
            members.push((key.into_owned(), json!(class).to_string()));
        } else if !dialect.is_noise(class, &key) {
            let value = raw::without(value, dialect.noise_within(class, &key));
            let mut value = with_paths(scene, &raw::compact(&value), paths);
            if dialect.is_unordered(class, &key)
                && let Ok(mut elements) = raw::elements(&value)
            {
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
fn statistics(scene: &Scene, id: &ObjectId, known: &HashMap<String, Option<String>>) -> Option<String> {
    let found = scene.dialect().blob_use(scene.state(id)?)?;
    let Some(blob) = scene.blob(&found.hash) else { return known.get(found.hash.as_ref()).cloned().flatten() };
    let mut facts: BTreeMap<&str, Value> = BTreeMap::new();
    facts.insert("bytes", json!(blob.len()));
    facts.insert("shape", json!([found.tuples, found.components]));
    if let Some(element) = found.element {
        facts.insert("type", json!(element.name()));
        if let Ok(values) = scene.values(&found) {
            // All components together: one line in the file.
            let stats = values.stats(1);
            let column = stats.columns.first().filter(|column| column.range.is_some());
            let range = column.map(|column| column.range);
            facts.insert("min", json!(range.map(|range| range.min)));
            facts.insert("max", json!(range.map(|range| range.max)));
            facts.insert("mean", json!(column.and_then(|column| column.mean)));
            if stats.nan > 0 {
                facts.insert("nan", json!(stats.nan));
            }
        }
    }
    Some(json!(facts).to_string())
}
