//! `ls`: objects as a table.

use anyhow::Result;
use serde_json::json;

use super::load::{load, outcome};
use super::{Context, Outcome};
use crate::cli::{LsArgs, LsWhat};
use crate::render::{Table, bytes, note};
use crate::scene::{Scene, Selector, without_controls};

pub(super) fn run(context: &mut Context, args: LsArgs) -> Result<Outcome> {
    let loaded = load(context, &args.source)?;
    list(context, &loaded.scene, loaded.incomplete, args.what)
}

/// Lists objects of a scene.
pub(super) fn list(context: &mut Context, scene: &Scene, incomplete: bool, args: LsWhat) -> Result<Outcome> {
    let selector = args.selector.unwrap_or_else(Selector::all);
    let ids = scene.select(&selector)?;
    let mut table = Table::new(["ID", "CLASS", "NAME", "STATE", "BLOB"], &[3, 4]).with_ids(0, ids.iter());
    for id in &ids {
        let Some(state) = scene.state(id) else { continue };
        let head = scene.dialect().head(state);
        let found = scene.dialect().blob_use(state);
        let blob = found.as_ref().and_then(|found| scene.blob(&found.hash));
        if args.json {
            let line = json!({
                "id": id,
                "class": head.class,
                "name": head.name,
                "mtime": head.mtime,
                "state_bytes": state.len(),
                "blob": found.as_ref().map(|found| &found.hash),
                "blob_bytes": blob.map(crate::scene::Blob::len),
                "shape": found.as_ref().map(|found| [found.tuples, found.components]),
                "type": found.as_ref().and_then(|found| found.element).map(crate::scene::Element::name),
            });
            context.out.line(line.to_string())?;
        } else {
            let size = match (&found, blob) {
                (None, _) => String::new(),
                (Some(_), None) => String::from("missing"),
                (Some(_), Some(blob)) => bytes(blob.len()),
            };
            table.row([
                without_controls(&id.to_string()).into_owned(),
                without_controls(&head.class).into_owned(),
                without_controls(head.name_beside(id).unwrap_or_default()).into_owned(),
                bytes(state.len() as u64),
                size,
            ]);
        }
    }
    if !args.json && !ids.is_empty() {
        table.hiding_empty(&[2]).print(&mut context.out)?;
    }
    if ids.is_empty() && !context.global.quiet {
        note(format!("nothing in this scene matches `{selector}`"));
    }
    Ok(if ids.is_empty() && args.exit_status { Outcome::No } else { outcome(incomplete) })
}
