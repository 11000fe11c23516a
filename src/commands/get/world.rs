//! Where objects are in the world.

use anyhow::Result;
use serde_json::json;

use crate::commands::{Context, Refused};
use crate::scene::{ObjectId, Scene};

/// Prints the place of each object that has one.
pub(super) fn print(context: &mut Context, scene: &Scene, ids: &[ObjectId], as_json: bool) -> Result<()> {
    let mut found_any = false;
    for id in ids {
        let Some(world) = scene.dialect().world(scene, id) else { continue };
        found_any = true;
        // What is no number is null.
        let value = json!({"position": world.position, "wxyz": world.wxyz, "visible": world.is_visible});
        if as_json {
            let class = scene.head(id).map(|head| head.class.into_owned());
            context.out.line(json!({"id": id, "class": class, "path": "", "world": value}).to_string())?;
        } else if ids.len() > 1 {
            context.out.line(format!("{}\t{value}", scene.describe(id)))?;
        } else {
            context.out.line(value.to_string())?;
        }
    }
    if found_any {
        return Ok(());
    }
    let text = String::from("nothing of what was selected has a place in the world");
    Err(Refused { text, hint: Some("nodes of viser's scenes have one") }.into())
}
