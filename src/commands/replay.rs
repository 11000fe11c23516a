//! `replay`: be the fake server.

use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::load::{load, secret};
use super::ready::Ready;
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::cli::ReplayArgs;
use crate::protocol::{ServerSettings, by_dialect};
use crate::render::{bytes, count, note};
use crate::replay::{Until, serve};
use crate::scene::Scene;
use crate::source::{Source, demo_scene};
use crate::wire::Listener;

pub(super) fn run(context: &mut Context, args: ReplayArgs) -> Result<Outcome> {
    // The secret is the one that clients must know, not one to reach a source with.
    let settings = ServerSettings {
        secret: secret(&args.source.connection)?,
        max_frame: args.max_msg_size.and_then(|size| usize::try_from(size).ok()),
        lost: args.faults.lost_blobs().map_err(|text| UsageError { text, hint: None })?,
    };
    let scene: Arc<Scene> = match Source::parse(&args.source.source)? {
        Source::Demo => demo_scene()?,
        _ => Arc::new(load(context, &args.source)?.scene),
    };
    let protocol = by_dialect(scene.dialect().name()).context("this scene's protocol has no fake server")?;
    let roots: Vec<_> = scene.roots.iter().map(|root| root.id.clone()).collect();
    let server = protocol.server(scene, &settings);
    let serving = &args.serving;
    let until = Until { duration: serving.duration, idle: serving.until_idle, clients: serving.clients };
    let faults = args.faults.faults();
    let runtime = context.runtime()?;
    let served = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let listener = Listener::bind(&serving.listen, serving.allow_remote).await?;
        let url = format!("ws://{}{}", listener.address, server.path());
        Ready { url, roots: Some(roots), control: None }.say(context, serving.ready_file.as_deref())?;
        let served = tokio::select! {
            served = serve(listener, server, until, faults) => Some(served),
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
