//! `view`: the real viewer on a page of this machine.

use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::load::{bars, connect, connecting, outcome, source, warn_of_losses};
use super::ready::Ready;
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::cli::ViewArgs;
use crate::protocol::{Loss, Protocol, by_dialect, spoken_by};
use crate::pull;
use crate::render::{bytes, note};
use crate::scene::Scene;
use crate::snapshot::AtomicFile;
use crate::source::{Live, Source};
use crate::view::{Assets, Settings, Shown, Wanted, find_browser, screenshot, serve};
use crate::wire::Listener;

/// How long what still runs in the end may take.
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(10);
/// How often a lost connection is set up again.
const RETRIES: u32 = 5;
/// What takes longer to say what it speaks is not asked any more.
const RECOGNISE: std::time::Duration = std::time::Duration::from_secs(3);

pub(super) fn run(context: &mut Context, args: ViewArgs) -> Result<Outcome> {
    // Made first: whoever waited for a picture wants to keep it.
    let mut output = args.screenshot.as_deref().map(|path| AtomicFile::create(path, args.force)).transpose()?;
    // Asked first: a long pull that ends with "there is no viewer" helps nobody.
    let browser = args.screenshot.is_some().then(|| find_browser(args.browser.as_deref())).transpose()?;
    let assets = match assets(context, &args) {
        Ok(assets) => assets,
        // Whoever installs a viewer for it should not find out then that it does not help.
        Err(error) => {
            let is_for_another = protocol_of(context, &args).map_or(Ok(()), refuse);
            return Err(is_for_another.err().unwrap_or(error));
        }
    };
    let runtime = context.runtime()?;
    let done = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let mut scene = Opened::open(context, &args, &mut interrupt).await?;
        by_dialect(scene.scene.dialect().name()).map_or(Ok(()), refuse)?;
        let shown = scene.shown(&args)?;
        let listener = Listener::bind(&args.listen, false).await?;
        let url = format!("http://{}/", listener.address);
        let serving = tokio::spawn(serve(listener, assets, Arc::clone(&shown)));
        let ended = match (&browser, output.take()) {
            (Some(browser), Some(file)) => {
                let wanted = Wanted { size: args.size, limit: args.wait };
                let picture = tokio::select! {
                    picture = screenshot(browser, &url, wanted) => picture?,
                    () = interrupt.wanted() => anyhow::bail!("interrupted"),
                };
                keep(context, &args, file, &picture)
            }
            _ => scene.watch(context, &args, &url, &shown, &mut interrupt).await,
        };
        serving.abort();
        scene.close().await;
        ended.map(|()| outcome(scene.is_incomplete))
    });
    // A browser that is just being started ends first, and its folders go.
    runtime.shutdown_timeout(GOODBYE);
    done
}

/// Refuses what the viewer cannot show.
fn refuse(protocol: &'static dyn Protocol) -> Result<()> {
    let Some(hint) = protocol.own_viewer() else { return Ok(()) };
    let text = format!("scenes of {} cannot be shown by VTK.wasm's viewer", protocol.name());
    Err(UsageError { text, hint: Some(hint) }.into())
}

/// What a source speaks, as far as that shows without much ado.
fn protocol_of(context: &mut Context, args: &ViewArgs) -> Option<&'static dyn Protocol> {
    let source = source(context, &args.source).ok()?;
    if let Source::Server(_) = source {
        let mut how = connecting(&source, &args.source.connection).ok()?;
        how.wire.timeout = how.wire.timeout.min(RECOGNISE);
        return context.runtime().ok()?.block_on(spoken_by(&how)).ok();
    }
    by_dialect(source.read().ok()??.scene.dialect().name())
}

/// The viewer from where the command line says, or where it said some time before. What worked is remembered.
fn assets(context: &Context, args: &ViewArgs) -> Result<Assets> {
    let path = Settings::path();
    let before = path.as_deref().map(Settings::read).unwrap_or_default();
    // What is remembered must mean the same from another folder.
    let absolute = |place: &String| match std::path::absolute(place) {
        Ok(path) if !place.contains("://") => path.display().to_string(),
        _ => place.clone(),
    };
    let viewer = args.viewer.as_ref().map(absolute).or_else(|| before.viewer.clone());
    let wasm = args.wasm.as_ref().map(absolute).or_else(|| before.wasm.clone());
    let now = Settings { viewer, wasm };
    let found = context.runtime()?.block_on(Assets::find(&now))?;
    if now != before
        && let Some(path) = path
        && let Err(error) = now.write(&path)
    {
        context.warn(format!("where the viewer is cannot be remembered: {error}"));
    }
    Ok(found)
}

/// The scene, and the connection that it is from.
struct Opened {
    scene: Scene,
    title: String,
    live: Option<Live>,
    events: Option<Arc<dyn pull::Events>>,
    is_incomplete: bool,
}

impl Opened {
    async fn open(context: &mut Context, args: &ViewArgs, interrupt: &mut Interrupt) -> Result<Self> {
        let source = source(context, &args.source)?;
        let title = source.name();
        if let Some(read) = source.read()? {
            let loss = read.loss();
            if let Some(loss) = &loss {
                context.warn(loss);
            }
            let is_incomplete = loss.is_some();
            return Ok(Self { scene: read.scene, title, live: None, events: None, is_incomplete });
        }
        let how = connecting(&source, &args.source.connection)?;
        let mut live = connect(&source, how, interrupt).await?;
        let (bars, events) = bars(&mut live, context.global.quiet);
        let updated = tokio::select! {
            updated = pull::update(&mut *live.client, RETRIES, &events) => updated,
            () = interrupt.wanted() => anyhow::bail!("interrupted"),
        };
        bars.clear();
        let update = updated?;
        warn_of_losses(context, &update);
        let is_incomplete = update.losses.iter().any(Loss::is_damage);
        let scene = live.client.scene();
        Ok(Self { scene, title, live: Some(live), events: Some(events), is_incomplete })
    }

    /// What is behind the page: the wanted root, else the first.
    fn shown(&mut self, args: &ViewArgs) -> Result<Arc<Shown>> {
        let empty = Scene::new(self.scene.dialect());
        let scene = std::mem::replace(&mut self.scene, empty);
        let root = match args.source.connection.root.first() {
            Some(wanted) => scene.root(wanted).ok_or_else(|| no_such_root(&scene, wanted))?.id.clone(),
            None => scene.roots.first().map(|root| root.id.clone()).context("the scene has no root to show")?,
        };
        let is_live = self.live.is_some() && args.screenshot.is_none();
        Ok(Arc::new(Shown::new(scene, &root, self.title.clone(), is_live)?))
    }

    /// Serves the page until somebody wants us to stop, and follows what the server announces.
    async fn watch(
        &mut self,
        context: &mut Context,
        args: &ViewArgs,
        url: &str,
        shown: &Shown,
        interrupt: &mut Interrupt,
    ) -> Result<()> {
        Ready { url: url.to_owned(), roots: None, control: None }.say(context, None)?;
        if !args.no_open {
            let opened = match &args.browser {
                Some(program) => open::with_detached(url, program.display().to_string()),
                None => open::that_detached(url),
            };
            if let Err(error) = opened {
                context.warn(format!("no browser can be opened ({error}): open {url} yourself"));
            } else if !context.global.quiet {
                note("the browser shows it; Ctrl-C ends it");
            }
        }
        let over = async {
            match args.duration {
                Some(duration) => tokio::time::sleep(duration).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            followed = self.follow(context, shown) => followed,
            () = over => Ok(()),
            () = interrupt.wanted() => Ok(()),
        }
    }

    async fn follow(&mut self, context: &Context, shown: &Shown) -> Result<()> {
        let (Some(live), Some(events)) = (&mut self.live, &self.events) else {
            std::future::pending::<()>().await;
            return Ok(());
        };
        loop {
            pull::changed(&mut *live.client, RETRIES, events).await?;
            let update = pull::update(&mut *live.client, RETRIES, events).await?;
            warn_of_losses(context, &update);
            shown.update(live.client.scene(), &update);
            tracing::info!(changed = update.changed.len(), "update");
        }
    }

    async fn close(&mut self) {
        if let Some(live) = &mut self.live {
            live.client.close().await;
            live.give_back();
        }
    }
}

fn no_such_root(scene: &Scene, wanted: &str) -> UsageError {
    let known: Vec<String> = scene.roots.iter().map(|root| root.id.to_string()).collect();
    UsageError {
        text: format!("there is no root `{wanted}`; there are {}", known.join(", ")),
        hint: Some("`scenectl info` shows the roots"),
    }
}

fn keep(context: &Context, args: &ViewArgs, mut file: AtomicFile, picture: &[u8]) -> Result<()> {
    std::io::Write::write_all(&mut file, picture)?;
    file.commit()?;
    if let Some(path) = args.screenshot.as_deref().filter(|_| !context.global.quiet) {
        note(format!("wrote {} ({})", path.display(), bytes(picture.len() as u64)));
    }
    Ok(())
}
