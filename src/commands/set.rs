//! `set`: properties of existing objects, into a new snapshot.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::load::{load, outcome};
use super::{Context, Outcome, UsageError, own};
use crate::cli::{SetArgs, SetWhat};
use crate::render::{count, note};
use crate::scene::{EditOptions, Edited, ObjectId, Scene};
use crate::source::Source;

pub(super) fn run(context: &mut Context, args: SetArgs) -> Result<Outcome> {
    let source = Source::parse(&args.source.source)?;
    let Some(output) = &args.output else {
        if source.is_live() {
            return super::set_live::run(context, &source, &args);
        }
        let text =
            format!("{} is a file, which is never changed itself: where is the changed scene to go?", source.name());
        return Err(UsageError { text, hint: Some("-o OUT writes it; --force with it overwrites") }.into());
    };
    own::check_output(output, args.form.force)?;
    super::pull::refuse_terminal(context, output)?;
    let loaded = load(context, &args.source)?;
    let changed = change(&loaded.scene, &args.what, EditOptions { force: args.form.force })?;
    let is_lossy = own::save(context, &changed.scene, output, args.form)?;
    if output == Path::new("-") {
        return Ok(outcome(is_lossy)); // stdout is the snapshot
    }
    let written = format!("wrote {}", output.display());
    changed.tell(context, args.what.json, Some(output), &written)?;
    Ok(outcome(is_lossy))
}

/// A scene in which something was set, and what that was.
pub(super) struct Changed {
    pub(super) scene: Scene,
    pub(super) ids: Vec<ObjectId>,
    pub(super) edits: Vec<Edited>,
}

/// Sets properties in a copy of a scene.
pub(super) fn change(scene: &Scene, args: &SetWhat, options: EditOptions) -> Result<Changed> {
    let ids = scene.select_some(&args.selector)?;
    for (id, state) in ids.iter().filter_map(|id| Some((id, scene.state(id)?))) {
        state.members().with_context(|| format!("the state of object {id} cannot be read"))?;
    }
    let (scene, edits) = scene.edit(&ids, &args.assignments, options)?;
    Ok(Changed { scene, ids, edits })
}

impl Changed {
    /// Values that are now others than before.
    pub(super) fn count(&self) -> usize {
        self.edits.iter().filter(|edit| edit.old != edit.new).count()
    }

    /// Says what was changed, and what became of it: where the scene was written to.
    pub(super) fn tell(
        &self,
        context: &mut Context,
        as_json: bool,
        output: Option<&Path>,
        written: &str,
    ) -> Result<()> {
        let Self { scene, ids, edits } = self;
        let changed = self.count();
        if as_json {
            let list: Vec<_> = edits
                .iter()
                .map(|edit| {
                    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
                    json!({"id": edit.id, "path": edit.path, "old": value(&edit.old), "new": value(&edit.new)})
                })
                .collect();
            let document = json!({"objects": ids.len(), "changed": changed, "edits": list, "output": output});
            context.out.line(document.to_string())?;
        } else if !context.global.quiet {
            const SHOWN: usize = 20;
            for edit in edits.iter().take(SHOWN) {
                context.out.line(format!(
                    "{} {}: {} -> {}",
                    scene.describe(&edit.id),
                    edit.path,
                    edit.old,
                    edit.new
                ))?;
            }
            if edits.len() > SHOWN {
                context.out.line(format!("… and {} more", edits.len() - SHOWN))?;
            }
            let (ids, changed) = (count(ids.len() as u64, "object"), count(changed as u64, "value"));
            context.out.flush()?;
            note(format!("{ids} matched, {changed} changed; {written}"));
        }
        Ok(())
    }
}
