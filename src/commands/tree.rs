//! `tree`: objects as the tree they own each other in.

use anyhow::Result;
use console::Style;
use serde_json::json;

use super::load::{load, outcome};
use super::{Context, Outcome};
use crate::cli::TreeArgs;
use crate::render::branches;
use crate::scene::without_controls;

pub(super) fn run(context: &mut Context, args: TreeArgs) -> Result<Outcome> {
    let loaded = load(context, &args.source)?;
    let scene = &loaded.scene;
    let from = match &args.selector {
        Some(selector) => scene.select_some(selector)?,
        None => scene.roots.iter().map(|root| root.id.clone()).collect(),
    };
    let visits = scene.tree(&from, args.depth.unwrap_or(usize::MAX));
    for (visit, branch) in visits.iter().zip(branches(&visits)) {
        let head = scene.head(&visit.id);
        if args.json {
            let line = json!({
                "depth": visit.depth,
                "place": visit.place,
                "id": visit.id,
                "class": head.as_ref().map(|head| &head.class),
                "name": head.as_ref().and_then(|head| head.name.as_ref()),
                "repeated": visit.repeated,
                "missing": head.is_none(),
            });
            context.out.line(line.to_string())?;
            continue;
        }
        let out = &mut context.out;
        let branch = out.paint(&branch, Style::new().dim());
        let place = if visit.place.is_empty() { String::new() } else { format!("{} ", visit.place) };
        let what = match head {
            None => out.paint(&format!("#{} (not in this scene)", visit.id), Style::new().red()),
            Some(head) => {
                let name = head.name.map(|name| format!(" {name:?}")).unwrap_or_default();
                let class = out.paint(&without_controls(&head.class), Style::new().cyan());
                format!("{class} #{}{name}", visit.id)
            }
        };
        let repeated = if visit.repeated { out.paint(" (see above)", Style::new().dim()) } else { String::new() };
        out.line(format!("{branch}{place}{what}{repeated}"))?;
    }
    Ok(outcome(loaded.incomplete))
}
