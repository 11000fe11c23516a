//! `tree`: objects as the tree they own each other in.

use anyhow::Result;
use serde_json::json;

use super::load::{load, outcome};
use super::{Context, Outcome};
use crate::cli::{TreeArgs, TreeWhat};
use crate::render::print_tree;
use crate::scene::Scene;

pub(super) fn run(context: &mut Context, args: TreeArgs) -> Result<Outcome> {
    let loaded = load(context, &args.source)?;
    show(context, &loaded.scene, loaded.incomplete, &args.what)
}

/// Shows objects of a scene.
pub(super) fn show(context: &mut Context, scene: &Scene, incomplete: bool, args: &TreeWhat) -> Result<Outcome> {
    let from = match &args.selector {
        Some(selector) => scene.select_some(selector)?,
        None => scene.roots.iter().map(|root| root.id.clone()).collect(),
    };
    let visits = scene.tree(&from, args.depth.unwrap_or(usize::MAX));
    if args.json {
        for visit in &visits {
            let head = scene.head(&visit.id);
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
        }
    } else {
        print_tree(&mut context.out, scene, &visits)?;
    }
    Ok(outcome(incomplete))
}
