//! Telling people of a live server's updates, one by one.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::Context;
use crate::protocol::Update;
use crate::render::{bytes, count, seconds};
use crate::scene::Scene;

/// Prints what an update brought: a line for people, or an object.
pub(super) fn print_update(
    context: &mut Context,
    as_json: bool,
    number: u64,
    update: &Update,
    scene: &Scene,
    took: Duration,
) -> Result<()> {
    if as_json {
        let line = json!({
            "update": number,
            "fetched_states": update.fetched_states,
            "fetched_blobs": update.fetched_blobs,
            "fetched_bytes": update.fetched_bytes,
            "changed": update.changed,
            "removed": update.removed,
            "states": scene.objects().len(),
            "blobs": scene.blobs().len(),
            "ms": (took.as_secs_f64() * 1e6).round() / 1e3,
        });
        context.out.line(line.to_string())?;
    } else if !context.global.quiet {
        context.out.line(format!(
            "update {number}: {} changed, {} gone, {} fetched ({}), {}",
            count(update.changed.len() as u64, "object"),
            update.removed.len(),
            count(update.fetched_blobs, "blob"),
            bytes(update.fetched_bytes),
            seconds(took),
        ))?;
    }
    context.out.flush()?;
    Ok(())
}
