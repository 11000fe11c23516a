//! Which scenes there are, and which baseline is whose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::commands::UsageError;
use crate::snapshot;

/// A scene and its baseline, one of which may not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// What both are called.
    pub(super) name: String,
    /// The snapshot.
    pub(super) run: Option<PathBuf>,
    /// The baseline's folder.
    pub(super) baseline: PathBuf,
}

/// Folders in folders, so deep.
const DEEPEST: usize = 16;

/// Every scene of the run, and, where a whole folder is checked, every baseline without one.
pub(super) fn find(run: &[PathBuf], baselines: &Path) -> Result<Vec<Pair>> {
    if baselines.exists() && !baselines.is_dir() {
        let text = format!("--baseline {}: that is no folder", baselines.display());
        return Err(
            UsageError { text, hint: Some("it is the folder of all baselines, with a folder for each scene") }.into()
        );
    }
    let mut scenes: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut whole = false;
    for path in run {
        let mut add = |name: String, path: PathBuf| match scenes.insert(name.clone(), path.clone()) {
            Some(other) if !is_same(&other, &path) => {
                let text = format!("two scenes are called {name}: {} and {}", other.display(), path.display());
                Err(UsageError { text, hint: Some("their baselines would be one") })
            }
            _ => Ok(()),
        };
        // What is not there is reported as that scene's failure.
        if !path.is_dir() || is_scene(path) {
            add(name_of(path), path.clone())?;
            continue;
        }
        whole = true;
        // Baselines may lie in the folder that is checked: they are no scenes of it.
        let is_other = |folder: &Path| is_same(folder, baselines);
        let all = Walk { wanted: &is_scene, skipped: &is_other, into: false }.all(path);
        for (name, path) in all {
            add(name, path)?;
        }
    }
    if scenes.is_empty() {
        let text = String::from("there is no snapshot in what is to be checked");
        return Err(
            UsageError { text, hint: Some("snapshots are .wazex, .vtk-wasm and .zip files, and folders") }.into()
        );
    }
    for name in scenes.keys() {
        let mut outer =
            name.match_indices("/blobs").filter(|(at, _)| is_among_blobs(name.get(*at..).unwrap_or_default()));
        let outer = outer.find_map(|(at, _)| name.get(..at).filter(|outer| scenes.contains_key(*outer)));
        if let Some(outer) = outer {
            let text = format!("{name} cannot have a baseline: there are the blobs of {outer}");
            return Err(UsageError { text, hint: Some("give one of the two another name") }.into());
        }
    }
    let mut pairs: BTreeMap<String, Pair> = scenes
        .into_iter()
        .map(|(name, run)| {
            let baseline = baselines.join(&name);
            (name.clone(), Pair { name, run: Some(run), baseline })
        })
        .collect();
    if whole && baselines.is_dir() {
        // A baseline's folder may hold those of other scenes: `a` and `a/b`.
        let all = Walk { wanted: &snapshot::is_baseline, skipped: &|_| false, into: true }.all(baselines);
        for (name, baseline) in all {
            pairs.entry(name.clone()).or_insert(Pair { name, run: None, baseline });
        }
    }
    Ok(pairs.into_values().collect())
}

/// What follows a scene's name in the name of one that would lie among its blobs.
fn is_among_blobs(rest: &str) -> bool {
    rest == "/blobs" || rest.starts_with("/blobs/")
}

fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// `run/car.wazex` is `car`.
pub(super) fn name_of(path: &Path) -> String {
    // `.` and `..` have names, too.
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name(path).or_else(|| name(&path.canonicalize().ok()?)).unwrap_or_default();
    if path.is_dir() { name } else { snapshot::stem(&name).to_owned() }
}

/// True for a name that leads to a folder of its own below that of the baselines.
pub(super) fn is_name(name: &str) -> bool {
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'))
}

fn is_scene(path: &Path) -> bool {
    snapshot::is_snapshot(path) || snapshot::is_baseline(path)
}

/// How to look for scenes, or for baselines, in a folder and those below.
struct Walk<'a> {
    wanted: &'a dyn Fn(&Path) -> bool,
    skipped: &'a dyn Fn(&Path) -> bool,
    /// Whether to look into what was found, too.
    into: bool,
}

impl Walk<'_> {
    /// What there is, named by the way down, and the folders that cannot be looked into. Links to folders
    /// are not followed.
    fn all(&self, folder: &Path) -> Vec<(String, PathBuf)> {
        let mut found = Vec::new();
        self.walk(folder, "", 0, &mut found);
        found
    }

    fn walk(&self, folder: &Path, above: &str, depth: usize, found: &mut Vec<(String, PathBuf)>) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            let name = if above.is_empty() { name_of(folder) } else { above.trim_end_matches('/').to_owned() };
            found.push((name, folder.to_owned()));
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if name.starts_with('.') || (is_folder && (self.skipped)(&path)) {
                continue;
            }
            let is_wanted = (self.wanted)(&path);
            if is_wanted {
                let name = if is_folder { name.as_str() } else { snapshot::stem(&name) };
                found.push((format!("{above}{name}"), path.clone()));
            }
            if is_folder && (self.into || !is_wanted) && depth < DEEPEST {
                self.walk(&path, &format!("{above}{name}/"), depth + 1, found);
            }
        }
    }
}
