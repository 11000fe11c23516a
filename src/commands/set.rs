//! `set`: properties of existing objects, into a new snapshot.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::load::load;
use super::{Context, Outcome, Refused};
use crate::cli::SetArgs;
use crate::protocol;
use crate::render::{count, note};
use crate::scene::EditOptions;
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
    let ids = loaded.scene.select_some(&args.selector)?;
    for (id, state) in ids.iter().filter_map(|id| Some((id, loaded.scene.state(id)?))) {
        state.members().with_context(|| format!("the state of object {id} cannot be read"))?;
    }
    let options = EditOptions { force: args.form.force };
    let (scene, edits) = loaded.scene.edit(&ids, &args.assignments, options)?;
    snapshot::write(&scene, &args.output, &args.form.into())?;
    let changed = edits.iter().filter(|edit| edit.old != edit.new).count();
    if args.output == Path::new("-") {
        return Ok(Outcome::Done); // stdout is the snapshot
    }
    if args.json {
        let list: Vec<_> = edits
            .iter()
            .map(|edit| {
                let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
                json!({"id": edit.id, "path": edit.path, "old": value(&edit.old), "new": value(&edit.new)})
            })
            .collect();
        let document = json!({"objects": ids.len(), "changed": changed, "edits": list, "output": args.output});
        context.out.line(document.to_string())?;
    } else if !context.global.quiet {
        const SHOWN: usize = 20;
        for edit in edits.iter().take(SHOWN) {
            context.out.line(format!("{} {}: {} -> {}", scene.describe(&edit.id), edit.path, edit.old, edit.new))?;
        }
        if edits.len() > SHOWN {
            context.out.line(format!("… and {} more", edits.len() - SHOWN))?;
        }
        note(format!(
            "{} matched, {} changed; wrote {}",
            count(ids.len() as u64, "object"),
            count(changed as u64, "value"),
            args.output.display()
        ));
    }
    Ok(Outcome::Done)
}
