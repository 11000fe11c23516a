//! `set`: properties of existing objects, into a new snapshot.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::load::load;
use super::{Context, Outcome, Refused};
use crate::cli::{SetArgs, SetWhat};
use crate::protocol;
use crate::render::{count, note};
use crate::scene::{EditOptions, Edited, ObjectId, Scene};
use crate::snapshot;
use crate::source::Source;

pub(super) fn run(context: &mut Context, args: SetArgs) -> Result<Outcome> {
    let source = Source::parse(&args.source.source)?;
    if source.is_live() {
        let hint = protocol::ALL.first().map(|protocol| protocol.live_set_advice());
        let text = format!("nothing is set on {}: the live server would be left untouched", source.name());
        return Err(Refused { text, hint }.into());
    }
    snapshot::check_output(&args.output, args.form.force)?;
    super::pull::refuse_terminal(context, &args.output)?;
    let loaded = load(context, &args.source)?;
    let changed = change(&loaded.scene, &args.what, EditOptions { force: args.form.force })?;
    snapshot::write(&changed.scene, &args.output, &args.form.into())?;
    if args.output == Path::new("-") {
        return Ok(Outcome::Done); // stdout is the snapshot
    }
    let written = format!("wrote {}", args.output.display());
    changed.tell(context, args.what.json, Some(&args.output), &written)?;
    Ok(Outcome::Done)
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
