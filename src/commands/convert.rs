//! `convert`: a scene from one form of snapshot into another.

use anyhow::Result;

use super::load::{load_for, outcome};
use super::{Context, Outcome};
use crate::cli::{ConvertArgs, FormArgs};
use crate::render::{count, note};
use crate::snapshot::{self, WriteOptions};

pub(super) fn run(context: &mut Context, args: ConvertArgs) -> Result<Outcome> {
    snapshot::check_output(&args.output, args.form.force)?;
    super::pull::refuse_terminal(context, &args.output)?;
    let loaded = load_for(context, &args.source, true)?;
    snapshot::write(&loaded.scene, &args.output, &options(args.form))?;
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

fn options(form: FormArgs) -> WriteOptions {
    WriteOptions { force: form.force, compress: form.compress, pretty: form.pretty, provenance: None }
}
