//! `convert`: a scene from one form of snapshot into another.

use anyhow::Result;

use super::load::{load_for, outcome};
use super::{Context, Outcome, UsageError};
use crate::cli::ConvertArgs;
use crate::render::{count, note};
use crate::snapshot;

pub(super) fn run(context: &mut Context, args: ConvertArgs) -> Result<Outcome> {
    snapshot::check_output(&args.output, args.form.force)?;
    super::pull::refuse_terminal(context, &args.output)?;
    let mut loaded = load_for(context, &args.source, true)?;
    match (&loaded.scene.producer, args.vtk) {
        (Some(said), Some(vtk)) if *said != vtk => {
            let text = format!("--vtk {vtk} is not what the scene says of itself: {said}");
            return Err(UsageError { text, hint: Some("leave --vtk out") }.into());
        }
        (None, vtk) => loaded.scene.producer = vtk,
        _ => {}
    }
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
