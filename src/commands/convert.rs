//! `convert`: a scene from one form of snapshot into another.

use anyhow::Result;

use super::load::{load_for, outcome};
use super::{Context, Outcome, UsageError};
use crate::cli::{ConvertArgs, SaveArgs};
use crate::render::{count, note};
use crate::scene::Scene;
use crate::snapshot;

pub(super) fn run(context: &mut Context, args: ConvertArgs) -> Result<Outcome> {
    check(context, &args.to)?;
    let mut loaded = load_for(context, &args.source, true)?;
    match (&loaded.scene.producer, args.vtk) {
        (Some(said), Some(vtk)) if *said != vtk => {
            let text = format!("--vtk {vtk} is not what the scene says of itself: {said}");
            return Err(UsageError { text, hint: Some("leave --vtk out") }.into());
        }
        (None, vtk) => loaded.scene.producer = vtk,
        _ => {}
    }
    write(context, &loaded.scene, &args.to)?;
    Ok(outcome(loaded.incomplete))
}

/// Refuses what cannot be written to before anything is read.
pub(super) fn check(context: &Context, to: &SaveArgs) -> Result<()> {
    snapshot::check_output(&to.output, to.form.force)?;
    super::pull::refuse_terminal(context, &to.output)
}

/// Writes a scene to where [`check`] allows it, and says so.
pub(super) fn write(context: &Context, scene: &Scene, to: &SaveArgs) -> Result<()> {
    snapshot::write(scene, &to.output, &to.form.into())?;
    if !context.global.quiet {
        note(format!(
            "wrote {}: {}, {}",
            to.output.display(),
            count(scene.objects().len() as u64, "object"),
            count(scene.blobs().len() as u64, "blob")
        ));
    }
    Ok(())
}
