//! `replay`: be the fake server.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::load::{load, secret};
use super::signals::Interrupt;
use super::{Context, Outcome};
use crate::cli::ReplayArgs;
use crate::protocol::{ServerSettings, by_dialect};
use crate::render::{bytes, count, note};
use crate::replay::{Until, serve};
use crate::scene::{ObjectId, Scene};
use crate::snapshot;
use crate::source::{Source, demo_scene};
use crate::wire::Listener;

pub(super) fn run(context: &mut Context, args: ReplayArgs) -> Result<Outcome> {
    // The secret is the one that clients must know, not one to reach a source with.
    let settings = ServerSettings {
        secret: secret(&args.source.connection)?,
        max_frame: args.max_msg_size.and_then(|size| usize::try_from(size).ok()),
    };
    let scene: Arc<Scene> = match Source::parse(&args.source.source)? {
        Source::Demo => demo_scene()?,
        _ => Arc::new(load(context, &args.source)?.scene),
    };
    let protocol = by_dialect(scene.dialect().name()).context("this scene's protocol has no fake server")?;
    let roots: Vec<_> = scene.roots.iter().map(|root| root.id.clone()).collect();
    let server = protocol.server(scene, &settings);
    let until = Until { duration: args.duration, idle: args.until_idle, clients: args.clients };
    let runtime = context.runtime()?;
    let served = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let listener = Listener::bind(&args.listen, args.allow_remote).await?;
        let ready = Ready { url: format!("ws://{}{}", listener.address, server.path()), roots };
        let ready = serde_json::to_string(&ready)?;
        if let Some(path) = &args.ready_file {
            write_ready(path, &ready)?;
        }
        context.out.line(&ready)?;
        context.out.flush()?;
        let served = tokio::select! {
            served = serve(listener, server, until) => Some(served),
            () = interrupt.wanted() => None,
        };
        anyhow::Ok(served)
    });
    runtime.shutdown_background();
    if let Some(served) = served?
        && !context.global.quiet
    {
        note(format!(
            "served {}: {} in, {} out",
            count(served.clients, "client"),
            count(served.messages, "message"),
            bytes(served.bytes)
        ));
    }
    Ok(Outcome::Done)
}

/// The line that says that clients may come.
#[derive(Serialize)]
struct Ready {
    url: String,
    roots: Vec<ObjectId>,
}

/// Whoever waits for the file must never see half a line in it.
fn write_ready(path: &Path, ready: &str) -> Result<()> {
    Ok(snapshot::write_whole(path, format!("{ready}\n").as_bytes())?)
}
