//! `find` within a shell.

use anyhow::Result;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::analysis::find::find;
use crate::cli::FindArgs;
use crate::commands::load::outcome;
use crate::commands::{Context, Outcome};
use crate::render::{Table, note};
use crate::scene::{ObjectId, Scene, Selector, shortened, without_controls};

/// Characters of a value that are shown.
const LONGEST: usize = 60;

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a ObjectId,
    class: &'a str,
    name: Option<&'a str>,
    path: &'a str,
    value: &'a RawValue,
}

pub(super) fn run(context: &mut Context, scene: &Scene, incomplete: bool, args: &FindArgs) -> Result<Outcome> {
    let selector = args.selector.clone().unwrap_or_else(Selector::all);
    let ids = scene.select(&selector)?;
    let mut table = Table::new(["ID", "CLASS", "NAME", "WHERE", "VALUE"], &[]).with_ids(0, ids.iter());
    let mut is_found = false;
    for id in &ids {
        find(scene, id, &args.text, &mut |hit| {
            is_found = true;
            let head = scene.head(id).unwrap_or_default();
            if args.json {
                let (class, name) = (&*head.class, head.name.as_deref());
                let value: &RawValue = serde_json::from_str(hit.value)?;
                let line = Line { id, class, name, path: &hit.path, value };
                context.out.line(serde_json::to_string(&line)?)?;
            } else {
                table.row([
                    without_controls(&id.to_string()).into_owned(),
                    without_controls(&head.class).into_owned(),
                    without_controls(head.name_beside(id).unwrap_or_default()).into_owned(),
                    without_controls(&hit.path).into_owned(),
                    without_controls(&shortened(hit.value, LONGEST)).into_owned(),
                ]);
            }
            anyhow::Ok(())
        })?;
    }
    if is_found && !args.json {
        table.hiding_empty(&[2]).print(&mut context.out)?;
    }
    if !is_found && !context.global.quiet {
        note(format!("`{}` is nowhere in these objects", args.text));
    }
    Ok(if !is_found && args.exit_status { Outcome::No } else { outcome(incomplete) })
}
