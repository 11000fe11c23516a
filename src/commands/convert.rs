//! `convert`: a scene from one form of snapshot into another.

use anyhow::Result;

use super::load::{load_for, outcome};
use super::{Context, Outcome};
use crate::cli::ConvertArgs;
use crate::render::{count, note};
use crate::snapshot;

pub(super) fn run(context: &mut Context, args: ConvertArgs) -> Result<Outcome> {
    snapshot::check_output(&args.output, args.form.force)?;
    super::pull::refuse_terminal(context, &args.output)?;
    let loaded = load_for(context, &args.source, true)?;
    snapshot::write(&loaded.scene, &args.output, &args.form.into())?;
    if !context.global.quiet {
        let scene = &loaded.scene;
        note(format!(
            "wrote {}: {}, {}",
            args.output.display(),
            count(scene.objects().len() as u64, "object"),
            count(scene.blobs().len() as u64, "blob")
        ));
    }
    Ok(outcome(loaded.incomplete))
}
