//! `watch`: what changes in a live scene, how fast, and what it leaves behind.

mod assertion;
mod follow;
mod notices;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use super::call::live;
use super::follow::{Deadline, no_scene};
use super::load::{connect, connecting, warn_of_losses};
use super::signals::Interrupt;
use super::{Context, Outcome};
use crate::cli::WatchArgs;
use crate::protocol::{Client, Loss};
use crate::pull::{self, Events};
use crate::render::{Bars, updates};
use crate::watch::{Leaks, Meter};

use assertion::Assertion;
use follow::Watch;
use notices::Notices;

pub(super) fn run(context: &mut Context, args: WatchArgs) -> Result<Outcome> {
    let source = live(context, &args.source, &args.connection, "watch")?;
    let assertions = args.assert.iter().map(|text| Assertion::new(text)).collect::<Result<Vec<_>>>()?;
    let mut how = connecting(&source, &args.connection)?;
    let meter = Arc::new(Meter::default());
    how.tap = Some(Arc::clone(&meter) as _);
    let quiet = context.global.quiet;
    let runtime = context.runtime()?;
    let result = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let mut live = connect(&source, how, &mut interrupt).await?;
        let deadline = Deadline::after(args.duration);
        let bars = Bars::new(quiet, live.client.received());
        let events: Arc<dyn Events> = Arc::clone(&bars) as _;
        // The bars are for the first hydration only; later they would stand in the page.
        let (for_bars, hydrated) = (Arc::clone(&events), Arc::new(AtomicBool::new(false)));
        let is_over = Arc::clone(&hydrated);
        live.client.on_progress(Arc::new(move |progress| {
            if !is_over.load(Ordering::Relaxed) {
                for_bars.progress(progress);
            }
        }));
        live.client.set_verify(false);
        let first = tokio::select! {
            first = pull::update(&mut *live.client, args.retries, &events) => first.map_err(anyhow::Error::from),
            () = interrupt.wanted() => Err(anyhow::anyhow!("interrupted")),
            () = deadline.over() => Err(no_scene()),
        };
        hydrated.store(true, Ordering::Relaxed);
        bars.clear();
        let first = first?;
        warn_of_losses(context, &first);
        let scene = live.client.scene();
        if args.json {
            let received = received(&*live.client);
            let took = meter.start().elapsed();
            let size = updates::Size::of(&scene);
            context.out.line(updates::start(live.client.info(), &first, took, received, size)?)?;
            context.out.flush()?;
        }
        let leaks = args.leaks.then(Leaks::default);
        let notices = Arc::new(Notices::new(context.out.is_terminal && !args.json, quiet));
        let mut watch = Watch::new(&args, context, &meter, assertions, notices, scene, leaks);
        watch.lost = first.losses.iter().any(Loss::is_damage);
        let outcome = watch.all(&mut *live.client, &mut interrupt, deadline).await;
        live.client.close().await;
        live.give_back();
        std::mem::forget(live);
        outcome
    });
    runtime.shutdown_background();
    result
}

fn received(client: &dyn Client) -> u64 {
    client.received().load(Ordering::Relaxed)
}
