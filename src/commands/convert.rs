//! `convert`: a scene from one form of snapshot into another.

use std::path::Path;

use anyhow::Result;

use super::load::{load_for, outcome};
use super::{Context, Outcome, UsageError, own};
use crate::cli::{ConvertArgs, SaveArgs};
use crate::protocol::{Written, files_of};
use crate::recording::At;
use crate::render::{count, note};
use crate::scene::Scene;
use crate::snapshot;
use crate::source::Source;

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
    let written = match (files_of(&args.to.output), &loaded.session) {
        // All of a session, unless one moment of it was named.
        (Some(_), Some((session, _))) if is_whole(&args.source.source) => session.chronicle.write(),
        _ => None,
    };
    let is_lossy = match written {
        Some(written) => write_own(context, &written.map_err(anyhow::Error::msg)?, &args.to)?,
        None => write(context, &loaded.scene, &args.to)?,
    };
    Ok(outcome(loaded.incomplete || is_lossy))
}

/// Refuses what cannot be written to before anything is read.
pub(super) fn check(context: &Context, to: &SaveArgs) -> Result<()> {
    own::check_output(&to.output, to.form.force)?;
    super::pull::refuse_terminal(context, &to.output)
}

/// True for a session that is named without a moment.
fn is_whole(source: &str) -> bool {
    match Source::parse(source) {
        Ok(Source::Stdin) => true,
        Ok(Source::Recording(path, At::End)) => path == Path::new(source),
        _ => false,
    }
}

/// Writes a file of a protocol's own; true where not all could be written.
fn write_own(context: &Context, written: &Written, to: &SaveArgs) -> Result<bool> {
    for note in own::write(written, &to.output, to.form.force)? {
        context.warn(note);
    }
    if !context.global.quiet {
        note(own::summary(written, &to.output));
    }
    Ok(!written.lost.is_empty())
}

/// Writes a scene to where [`check`] allows it, and says so; true where not all could be written.
pub(super) fn write(context: &Context, scene: &Scene, to: &SaveArgs) -> Result<bool> {
    if let Some(files) = files_of(&to.output) {
        return write_own(context, &own::of_scene(files, scene)?, to);
    }
    snapshot::write(scene, &to.output, &to.form.into())?;
    if !context.global.quiet {
        note(format!(
            "wrote {}: {}, {}",
            to.output.display(),
            count(scene.objects().len() as u64, "object"),
            count(scene.blobs().len() as u64, "blob")
        ));
    }
    Ok(false)
}
