//! `extract`: the smallest scene that still shows some objects.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::load::{load_for, outcome};
use super::{Context, Outcome, Refused};
use crate::analysis::extract::extract;
use crate::cli::ExtractArgs;
use crate::render::{bytes, note};
use crate::scene::Scene;
use crate::snapshot::{self, WriteOptions};

pub(super) fn run(context: &mut Context, args: ExtractArgs) -> Result<Outcome> {
    snapshot::check_output(&args.output, args.form.force)?;
    super::pull::refuse_terminal(context, &args.output)?;
    let loaded = load_for(context, &args.source, true)?;
    if loaded.scene.without_blobs {
        let text = format!("{} is a baseline without its blobs: nothing would show", args.source.source);
        return Err(Refused { text, hint: Some("extract from the scene itself, or accept it with --blobs") }.into());
    }
    let selected = loaded.scene.select_some(&args.selector)?;
    let extracted = extract(&loaded.scene, &selected).map_err(|error| Refused {
        text: format!("nothing to extract for `{}`: {error}", args.selector),
        hint: Some(
            "select actors, or what belongs to them: a mapper, its data, an array; `scenectl tree SOURCE` shows them",
        ),
    })?;
    let form = WriteOptions::from(args.form);
    snapshot::write(&extracted.scene, &args.output, &form)?;
    let (all, kept) = (&loaded.scene, &extracted.scene);
    if args.json && args.output != Path::new("-") {
        let counts = |scene: &Scene| {
            json!({
                "objects": scene.objects().len(),
                "state_bytes": scene.state_bytes(),
                "blobs": scene.blobs().len(),
                "blob_bytes": scene.blob_bytes(),
            })
        };
        let roots: Vec<_> = kept.roots.iter().map(|root| &root.id).collect();
        let document = json!({
            "version": 1,
            "selected": selected.len(),
            "props": extracted.props,
            "roots": roots,
            "kept": counts(kept),
            "of": counts(all),
            "output": args.output,
        });
        context.out.line(document.to_string())?;
    }
    if !context.global.quiet {
        let total = |scene: &Scene| bytes(scene.state_bytes().saturating_add(scene.blob_bytes()));
        note(format!(
            "kept {} of {} objects, {} of {} blobs ({} of {}); wrote {}",
            kept.objects().len(),
            all.objects().len(),
            kept.blobs().len(),
            all.blobs().len(),
            total(kept),
            total(all),
            args.output.display()
        ));
    }
    Ok(outcome(loaded.incomplete))
}
