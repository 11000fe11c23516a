//! Telling people of a live server's updates, one by one.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use tokio::time::{Instant, sleep_until};

use super::Context;
use crate::protocol::Update;
use crate::render::{bytes, count, seconds};
use crate::scene::Scene;

/// When `--for` is over. It counts from when this is made: as soon as there is a connection.
#[derive(Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    pub(super) fn after(duration: Option<Duration>) -> Self {
        Self(duration.map(|duration| Instant::now() + duration))
    }

    /// Waits for it, for ever where there is none.
    pub(super) async fn over(self) {
        match self.0 {
            Some(end) => sleep_until(end).await,
            None => std::future::pending().await,
        }
    }
}

/// The time was over before there was anything to follow.
pub(super) fn no_scene() -> anyhow::Error {
    anyhow::anyhow!("no scene had come when --for was over")
}

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
