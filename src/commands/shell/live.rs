//! A shell's live server: `update`.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tokio::runtime::Runtime;

use super::stop::{Shared, Stop};
use crate::analysis::changes::changes;
use crate::cli::UpdateArgs;
use crate::commands::Context;
use crate::commands::load::{Connection, RETRIES, warn_of_losses};
use crate::protocol::{Loss, Update};
use crate::pull;
use crate::render::updates::{self, Size, Step};
use crate::render::{count, note};
use crate::scene::Scene;
use crate::shell::{Journal, Merged};

/// Conflicts that are told of in words.
const MOST: usize = 20;

/// The connection, and what was set here meanwhile.
pub(super) struct LiveScene {
    pub(super) journal: Journal,
    connection: Shared,
    /// The scene as the server had it last.
    server: Scene,
    start: Instant,
    number: u64,
    /// An update was broken off: what is on its way over this connection belongs to nobody.
    is_broken: bool,
}

/// What an update did.
pub(super) struct Updated {
    pub(super) scene: Scene,
    /// Something is set that the server does not have.
    pub(super) has_local: bool,
    /// Something that was set is gone.
    pub(super) has_lost: bool,
    /// Something of the server's scene did not come.
    pub(super) is_damaged: bool,
}

/// What came from the server.
struct Fetched {
    scene: Scene,
    update: Update,
    received: u64,
    took: Duration,
}

impl LiveScene {
    pub(super) fn new(connection: Connection, scene: &Scene, shared: &Shared) -> Self {
        if let Ok(mut place) = shared.try_lock() {
            *place = Some(connection);
        }
        Self {
            journal: Journal::default(),
            connection: Arc::clone(shared),
            server: scene.clone(),
            start: Instant::now(),
            number: 0,
            is_broken: false,
        }
    }

    /// Says goodbye, and gives a launched session back.
    pub(super) fn close(&self, runtime: &Runtime) {
        runtime.block_on(async {
            if let Some(mut connection) = self.connection.lock().await.take() {
                connection.live.client.close().await;
                connection.live.give_back();
            }
        });
    }

    /// Fetches what is new and sets again what was set here.
    pub(super) fn update(
        &mut self,
        context: &mut Context,
        runtime: &Runtime,
        stop: &Stop,
        args: &UpdateArgs,
    ) -> Result<Updated> {
        let at = self.start.elapsed();
        let is_broken = std::mem::replace(&mut self.is_broken, true);
        let Fetched { scene, update, received, took } = runtime.block_on(async {
            tokio::select! {
                fetched = fetch(&self.connection, is_broken) => fetched,
                () = stop.wanted() => anyhow::bail!("interrupted"),
            }
        })?;
        self.is_broken = false;
        self.number += 1;
        let changes = changes(&self.server, &scene, &update.changed, &update.removed);
        self.server = scene;
        let step = Step {
            number: self.number,
            at,
            took,
            received,
            update: &update,
            changes: &changes,
            scene: Size::of(&self.server),
            leaks: None,
        };
        let discarded = if args.discard { std::mem::take(&mut self.journal).len() } else { 0 };
        let (scene, merged) = self.journal.apply(&self.server);
        let updated = Updated {
            has_local: !self.journal.is_empty(),
            has_lost: !merged.lost.is_empty(),
            is_damaged: update.losses.iter().any(Loss::is_damage),
            scene,
        };
        warn_of_losses(context, &update);
        if args.json {
            context.out.line(updates::update(&step)?)?;
            if merged != Merged::default() || discarded > 0 {
                context.out.line(local_json(&merged, discarded))?;
            }
        } else if !context.global.quiet {
            for line in updates::update_lines(&step) {
                context.out.line(line)?;
            }
            if discarded > 0 {
                note(format!("forgot what was set here: {}", count(discarded as u64, "value")));
            }
        }
        context.out.flush()?;
        if !args.json {
            tell(context, &updated.scene, &merged);
        }
        Ok(updated)
    }
}

async fn fetch(connection: &Shared, is_broken: bool) -> Result<Fetched> {
    let mut connection = connection.lock().await;
    let Some(Connection { live, bars, events }) = connection.as_mut() else { anyhow::bail!("interrupted") };
    if is_broken {
        live.client.reconnect().await?;
    }
    let counter = live.client.received();
    let (before, start) = (counter.load(Ordering::Relaxed), Instant::now());
    let updated = pull::update(&mut *live.client, RETRIES, events).await;
    bars.clear();
    Ok(Fetched {
        update: updated?,
        scene: live.client.scene(),
        received: counter.load(Ordering::Relaxed) - before,
        took: start.elapsed(),
    })
}

/// What became of what was set here.
fn tell(context: &Context, scene: &Scene, merged: &Merged) {
    for lost in &merged.lost {
        context.warn(format!("{}={} of object {} is lost: {}", lost.path, lost.here, lost.id, lost.reason));
    }
    if merged.kept == 0 || context.global.quiet {
        return;
    }
    for conflict in merged.conflicts.iter().take(MOST) {
        let place = scene.describe(&conflict.id);
        context.warn(format!(
            "{place} {}: the server has {} now, {} is kept",
            conflict.path, conflict.server, conflict.here
        ));
    }
    if merged.conflicts.len() > MOST {
        context.warn(format!("… and {} more like these", merged.conflicts.len() - MOST));
    }
    let kept = count(merged.kept as u64, "value");
    note(format!("kept what was set here: {kept}; `update --discard` forgets it"));
}

fn local_json(merged: &Merged, discarded: usize) -> String {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
    let conflicts = merged.conflicts.iter().map(|conflict| {
        json!({
            "id": conflict.id,
            "path": conflict.path,
            "server": value(&conflict.server),
            "here": value(&conflict.here),
        })
    });
    let lost = merged
        .lost
        .iter()
        .map(|lost| json!({"id": lost.id, "path": lost.path, "here": value(&lost.here), "reason": lost.reason}));
    let document = json!({
        "type": "local",
        "kept": merged.kept,
        "discarded": discarded,
        "conflicts": conflicts.collect::<Vec<_>>(),
        "lost": lost.collect::<Vec<_>>(),
    });
    document.to_string()
}
