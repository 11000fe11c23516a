//! Writing files that a protocol has of its own.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Context, UsageError};
use crate::cli::FormArgs;
use crate::protocol::{Files, Written, by_dialect, files_of};
use crate::render::count;
use crate::scene::Scene;
use crate::snapshot::{self, AtomicFile, SnapshotError};

/// The kinds of things that are named, of those that a file has no room for.
const NAMED: usize = 6;

/// The files that a path to write to asks for.
///
/// # Errors
/// Where something is there already.
pub(super) fn asked_for(path: &Path, force: bool) -> Result<Option<&'static dyn Files>> {
    let files = files_of(path);
    if files.is_some() && path.exists() && !force {
        return Err(SnapshotError::Exists { path: path.to_owned() }.into());
    }
    Ok(files)
}

/// Refuses what a scene cannot be written to, before anything is read.
pub(super) fn check_output(path: &Path, force: bool) -> Result<()> {
    if asked_for(path, force)?.is_none() {
        snapshot::check_output(path, force)?;
    }
    Ok(())
}

/// Writes a scene in the form that the path asks for; true where not all of it could be written.
pub(super) fn save(context: &Context, scene: &Scene, path: &Path, form: FormArgs) -> Result<bool> {
    let Some(files) = files_of(path) else {
        snapshot::write(scene, path, &form.into())?;
        return Ok(false);
    };
    let written = of_scene(files, scene)?;
    write(&written, path, form.force)?.into_iter().for_each(|note| context.warn(note));
    Ok(!written.lost.is_empty())
}

/// Refuses to put a session of any protocol into a file that is called like one of a protocol's own.
pub(super) fn refuse_session(path: &Path) -> Result<()> {
    let Some(files) = files_of(path) else { return Ok(()) };
    let text = format!("{}: a session is recorded as .mcap, and .{} holds less", path.display(), files.extension());
    let hint = "-o session.mcap records it; `scenectl convert session.mcap OUT` makes another form of it";
    Err(UsageError { text, hint: Some(hint) }.into())
}

/// A scene as such a file.
pub(super) fn of_scene(files: &'static dyn Files, scene: &Scene) -> Result<Written> {
    let own = by_dialect(scene.dialect().name()).and_then(|protocol| protocol.files());
    if own.is_none_or(|own| own.extension() != files.extension()) {
        let text = format!("a scene of {} cannot be written as .{}", scene.dialect().name(), files.extension());
        return Err(UsageError { text, hint: Some("write it as .wazex, .zip or into a folder") }.into());
    }
    files.write_scene(scene).map_err(anyhow::Error::msg)
}

/// Puts a file where it belongs, whole or not at all, and gives what there is to say of it.
pub(super) fn write(written: &Written, path: &Path, force: bool) -> Result<Vec<String>> {
    let mut file = AtomicFile::create(path, force)?;
    file.write_all(&written.data).with_context(|| format!("cannot write {}", path.display()))?;
    file.commit()?;
    let mut notes: Vec<String> =
        written.warning.map(|warning| format!("{}: {warning}", path.display())).into_iter().collect();
    if !written.without.is_empty() {
        let mut named: Vec<String> =
            written.without.iter().take(NAMED).map(|(what, many)| format!("{many} {what}")).collect();
        if written.without.len() > NAMED {
            let more = written.without.get(NAMED..).unwrap_or_default();
            let things = more.iter().map(|(_, many)| *many).sum::<u64>();
            named.push(format!("and {things} of {}", count_more(more.len())));
        }
        notes.push(format!("such files hold the scene only; left out: {}", named.join(", ")));
    }
    notes.extend(written.lost.iter().take(NAMED).map(|lost| format!("not written: {lost}")));
    if written.lost.len() > NAMED {
        notes.push(format!("not written: {} more", written.lost.len() - NAMED));
    }
    Ok(notes)
}

/// `3 more kinds`
fn count_more(kinds: usize) -> String {
    if kinds == 1 { String::from("1 more kind") } else { format!("{kinds} more kinds") }
}

/// What was written, for people.
pub(super) fn summary(written: &Written, path: &Path) -> String {
    let bytes = crate::render::bytes(written.data.len() as u64);
    format!("wrote {}: {}, {bytes}", path.display(), count(written.messages, "message"))
}
