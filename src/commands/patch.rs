//! `patch`: a scene changed as a JSON Patch says.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::load::{load_for, outcome};
use super::{Context, Outcome, UsageError, own};
use crate::analysis::patch;
use crate::cli::PatchArgs;
use crate::render::{count, note};
use crate::scene::Scene;

pub(super) fn run(context: &mut Context, args: PatchArgs) -> Result<Outcome> {
    own::check_output(&args.output, args.form.force)?;
    super::pull::refuse_terminal(context, &args.output)?;
    let stdin = Path::new("-");
    if args.patch == stdin && args.source.source == "-" {
        let text = String::from("only one of scene and patch can come from stdin");
        return Err(UsageError { text, hint: None }.into());
    }
    let mut text = String::new();
    let read = if args.patch == stdin {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::File::open(&args.patch).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read the patch {}", args.patch.display()))?;
    let operations = patch::read(&text)?;
    let loaded = load_for(context, &args.source, true)?;
    let patched = patch::apply(&loaded.scene, &operations)?;
    warn_of_blobs(context, &loaded.scene, &patched)?;
    let is_lossy = own::save(context, &patched, &args.output, args.form)?;
    if !context.global.quiet && args.output != stdin {
        let steps = count(operations.len() as u64, "step");
        note(format!("{steps} done; wrote {}", args.output.display()));
    }
    Ok(outcome(loaded.incomplete || is_lossy))
}

/// Says which of the new blobs are not what their names say.
fn warn_of_blobs(context: &Context, before: &Scene, after: &Scene) -> Result<()> {
    for (hash, blob) in after.blobs().filter(|(hash, _)| before.blob(hash).is_none()) {
        if after.dialect().verify(hash, &blob.pieces()?) == Some(false) {
            context.warn(format!("blob {hash}: its content does not belong to its name"));
        }
    }
    Ok(())
}
