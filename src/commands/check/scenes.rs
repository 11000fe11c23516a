//! Which scenes there are, and which baseline is whose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::commands::UsageError;
use crate::snapshot::{self, baseline};

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
    let mut scenes: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut whole = false;
    for path in run {
        let mut add = |name: String, path: PathBuf| match scenes.insert(name.clone(), path.clone()) {
            Some(other) if other != path => {
                let text = format!("two scenes are called {name}: {} and {}", other.display(), path.display());
                Err(UsageError { text, hint: Some("their baselines would be one") })
            }
            _ => Ok(()),
        };
        let kind = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        if !kind.is_dir() || is_scene(path) {
            add(name_of(path), path.clone())?;
            continue;
        }
        whole = true;
        let mut found = Vec::new();
        walk(path, "", 0, &is_scene, &mut found)?;
        for (name, path) in found {
            add(name, path)?;
        }
    }
    if scenes.is_empty() {
        let text = String::from("there is no snapshot in what is to be checked");
        return Err(
            UsageError { text, hint: Some("snapshots are .wazex, .vtk-wasm and .zip files, and folders") }.into()
        );
    }
    let mut pairs: BTreeMap<String, Pair> = scenes
        .into_iter()
        .map(|(name, run)| {
            let baseline = baselines.join(&name);
            (name.clone(), Pair { name, run: Some(run), baseline })
        })
        .collect();
    if whole && baselines.is_dir() {
        let mut found = Vec::new();
        walk(baselines, "", 0, &snapshot::is_baseline, &mut found)?;
        for (name, baseline) in found {
            pairs.entry(name.clone()).or_insert(Pair { name, run: None, baseline });
        }
    }
    Ok(pairs.into_values().collect())
}

/// `run/car.wazex` is `car`.
pub(super) fn name_of(path: &Path) -> String {
    let name =
        path.file_name().or_else(|| path.parent()?.file_name()).unwrap_or_default().to_string_lossy().into_owned();
    if path.is_dir() { name } else { without_extension(&name).to_owned() }
}

fn without_extension(name: &str) -> &str {
    EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or(name)
}

const EXTENSIONS: [&str; 3] = [".wazex", ".vtk-wasm", ".zip"];

fn is_scene(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.is_dir() {
        path.join("vtk-wasm.json").is_file() || path.join(baseline::FILE).is_file()
    } else {
        EXTENSIONS.iter().any(|extension| name.ends_with(extension))
    }
}

/// What `is_wanted` in a folder and those below, named by the way down. Links to folders are not followed.
fn walk(
    folder: &Path,
    above: &str,
    depth: usize,
    is_wanted: &dyn Fn(&Path) -> bool,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_wanted(&path) {
            let name = if is_folder { name.as_str() } else { without_extension(&name) };
            found.push((format!("{above}{name}"), path));
        } else if is_folder && depth < DEEPEST {
            walk(&path, &format!("{above}{name}/"), depth + 1, is_wanted, found)?;
        }
    }
    Ok(())
}
