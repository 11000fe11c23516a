//! `pull`: from a live server into memory, and into a snapshot.

mod report;
mod target;
mod watch;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;

use super::load::{bars, connect, connecting, outcome, source, warn_of_losses};
use super::signals::Interrupt;
use super::{Context, Outcome, Refused, UsageError};
use crate::cli::PullArgs;
use crate::protocol::{Client, ClientError, Loss, Update};
use crate::pull::{self, Events};
use crate::render::{Bars, warn};
use crate::scene::Scene;

use report::Report;
use target::Target;

pub(super) fn run(context: &mut Context, args: PullArgs) -> Result<Outcome> {
    let source = source(context, &args.source)?;
    if !source.is_live() {
        let text = format!("{} is a file: there is no server to pull from", args.source.source);
        let hint = Some("`scenectl convert IN OUT` makes another form of a file");
        return Err(UsageError { text, hint }.into());
    }
    if let Some(output) = &args.output.output {
        refuse_terminal(context, output)?;
    }
    let target = Target::new(&args)?;
    let how = connecting(&source, &args.source.connection)?;
    let start = Instant::now();
    let quiet = context.global.quiet;
    // The runtime only borrows what the future needs; the context prints in between.
    let runtime = context.runtime()?;
    let result = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let mut live = connect(&source, how, &mut interrupt).await?;
        let (bars, events) = bars(&mut live, quiet);
        let mut pull = Pull { args: &args, context, client: &mut *live.client, bars, events, target, interrupt };
        let outcome = pull.all(start).await;
        pull.bars.clear();
        if outcome.is_ok() {
            live.client.close().await;
        }
        live.give_back();
        // The process ends now: taking a large scene apart piece by piece would only take time.
        std::mem::forget(live);
        outcome
    });
    runtime.shutdown_background();
    result
}

/// Binary does not go to a terminal.
pub(super) fn refuse_terminal(context: &Context, output: &Path) -> Result<()> {
    if output == Path::new("-") && context.out.is_terminal {
        let text = String::from("that is binary: it is not written to a terminal");
        return Err(UsageError { text, hint: Some("redirect stdout, or name a file") }.into());
    }
    Ok(())
}

/// One run of `pull`.
struct Pull<'a> {
    args: &'a PullArgs,
    context: &'a mut Context,
    client: &'a mut dyn Client,
    bars: Arc<Bars>,
    events: Arc<dyn Events>,
    target: Target,
    interrupt: Interrupt,
}

impl Pull<'_> {
    async fn all(&mut self, start: Instant) -> Result<Outcome> {
        self.target.prepare(self.client)?;
        self.client.set_verify(self.is_verified());
        let updated = tokio::select! {
            updated = pull::update(self.client, self.args.retries, &self.events) => updated.map_err(anyhow::Error::from),
            () = self.interrupt.wanted() => Err(anyhow::anyhow!("interrupted")),
        };
        self.bars.clear();
        let update = match updated {
            Ok(update) => update,
            Err(error) if self.args.keep_partial => return self.keep_partial(&error).await,
            Err(error) if error.chain().any(|cause| matches!(cause.downcast_ref(), Some(ClientError::Store(_)))) => {
                let path = self.args.output.output.as_ref().or(self.args.blob_cache.as_ref());
                let path = path.map(|path| path.display().to_string()).unwrap_or_default();
                return Err(error.context(format!("cannot write {path}")));
            }
            Err(error) => return Err(error),
        };
        let hydrated = start.elapsed();
        let scene = self.client.scene();
        self.verify(&scene, &update)?;
        warn_of_losses(self.context, &update);
        let written = self.target.finish(&scene).await?;
        for note in self.target.take_notes() {
            self.context.warn(note);
        }
        self.client.set_store(self.target.store_for_updates());
        let report = Report {
            args: self.args,
            info: self.client.info(),
            scene: &scene,
            update: &update,
            written: &written,
            verified: self.is_verified(),
            hydrated,
            total: start.elapsed(),
        };
        report.print(self.context)?;
        let mut incomplete = update.losses.iter().any(Loss::is_damage);
        if self.args.watch {
            incomplete |= self.watch().await?;
        }
        Ok(outcome(incomplete))
    }

    /// What is written to a snapshot is compared with its names; what only passes through memory need not be.
    fn is_verified(&self) -> bool {
        self.args.verify || self.args.output.output.is_some() || self.args.blob_cache.is_some()
    }

    /// With `--verify`, content that does not belong to its name is an error; blobs that were here
    /// already are looked at, too.
    fn verify(&self, scene: &Scene, update: &Update) -> Result<()> {
        if !self.args.verify {
            return Ok(());
        }
        let mut wrong: Vec<String> = Vec::new();
        for loss in &update.losses {
            if let Loss::BlobContent { hash } = loss {
                wrong.push(hash.to_string());
            }
        }
        if update.reused_blobs > 0 {
            for (hash, blob) in scene.blobs() {
                if scene.dialect().verify(hash, &blob.pieces()?) == Some(false) && !wrong.iter().any(|w| **w == **hash)
                {
                    wrong.push(hash.to_string());
                }
            }
        }
        match wrong.first() {
            None => Ok(()),
            Some(first) => anyhow::bail!(
                "the content of {} does not belong to its name (the first is {first})",
                crate::render::count(wrong.len() as u64, "blob")
            ),
        }
    }

    /// Writes what has come of a pull that broke off.
    async fn keep_partial(&mut self, error: &anyhow::Error) -> Result<Outcome> {
        let scene = self.client.partial_scene();
        if scene.objects().len() == 0 {
            return Err(Refused { text: format!("{error:#}; nothing had come yet"), hint: None }.into());
        }
        self.target.write_partial(&scene).await?;
        warn(format!("{error:#}"));
        warn(format!("kept what has come: {} objects, {} blobs", scene.objects().len(), scene.blobs().len()));
        Ok(Outcome::Loss)
    }
}
