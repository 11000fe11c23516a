//! `record`: keep a session with a live server.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use super::follow::{Deadline, print_update};
use super::load::{self, bars, connect, connecting, outcome, secrets, warn_of_losses};
use super::pull::refuse_terminal;
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError, own};
use crate::cli::RecordArgs;
use crate::protocol::{Client, ForgettingStore, Loss, Tap};
use crate::pull::{self, Events};
use crate::recording::{Recorder, RecorderOptions, Summary};
use crate::render::{Bars, bytes, count, note, seconds};

pub(super) fn run(context: &mut Context, args: RecordArgs) -> Result<Outcome> {
    let source = load::source(context, &args.source)?;
    if !source.is_live() {
        let text = format!("{} is a file: there is no session to record", args.source.source);
        return Err(UsageError { text, hint: Some("give a server's address as SOURCE") }.into());
    }
    refuse_terminal(context, &args.output)?;
    own::refuse_session(&args.output)?;
    if args.output == Path::new("-") && args.json {
        let text = String::from("--json and the recording cannot both go to stdout");
        return Err(UsageError { text, hint: Some("name a file with -o") }.into());
    }
    let secrets = secrets(&args.source.source, &args.source.connection)?;
    let mut how = connecting(&source, &args.source.connection)?;
    let options = RecorderOptions { force: args.force, protocol: None, secrets };
    let recorder = Recorder::create(&args.output, options)?;
    how.tap = Some(Arc::clone(&recorder) as Arc<dyn Tap>);
    let start = Instant::now();
    let quiet = context.global.quiet;
    let runtime = context.runtime()?;
    let recorded = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let mut live = connect(&source, how, &mut interrupt).await?;
        let (bars, events) = bars(&mut live, quiet);
        // Only the traffic is wanted: neither are blobs kept nor compared with their names.
        live.client.set_store(Arc::new(ForgettingStore { tap: Arc::clone(&recorder) as Arc<dyn Tap> }));
        live.client.set_verify(false);
        let mut recording = Recording {
            args: &args,
            context,
            client: &mut *live.client,
            recorder: &recorder,
            bars,
            events,
            interrupt,
            updates: 0,
            has_scene: false,
            incomplete: false,
        };
        let ended = recording.all().await;
        recording.bars.clear();
        let (updates, has_scene, incomplete) = (recording.updates, recording.has_scene, recording.incomplete);
        live.client.close().await;
        Ok((ended, updates, has_scene, incomplete))
    });
    runtime.shutdown_background();
    let (ended, updates, has_scene, mut incomplete) = match recorded {
        Ok(recorded) => recorded,
        Err(error) => {
            let _ = recorder.discard();
            return Err(error);
        }
    };
    if ended.is_ok() && recorder.messages() == 0 {
        recorder.discard()?;
        anyhow::bail!("nothing came before it ended: there is no recording");
    }
    // What breaks off the recording is the first thing to say; then what broke off the session.
    let summary = recorder.finish()?;
    if let Err(error) = ended {
        if summary.messages == 0 {
            return Err(error);
        }
        context.warn(format!("the session broke off: {error:#}"));
        incomplete = true;
    } else if !has_scene {
        context.warn("it ends before all of a scene had come");
        incomplete = true;
    }
    report(context, &args, summary, updates, start)?;
    Ok(outcome(incomplete))
}

fn report(context: &mut Context, args: &RecordArgs, summary: Summary, updates: u64, start: Instant) -> Result<()> {
    if args.json {
        let line = json!({
            "recording": args.output.display().to_string(),
            "updates": updates,
            "messages": summary.messages,
            "bytes": summary.bytes,
            "file_bytes": summary.file_bytes,
            "seconds": (start.elapsed().as_secs_f64() * 1e3).round() / 1e3,
        });
        context.out.line(line.to_string())?;
    } else if !context.global.quiet {
        let text = format!(
            "recorded {}: {}, {}, {} ({} in the file)",
            seconds(start.elapsed()),
            count(updates, "update"),
            count(summary.messages, "message"),
            bytes(summary.bytes),
            bytes(summary.file_bytes),
        );
        if args.output == Path::new("-") { note(text) } else { context.out.line(text)? }
    }
    Ok(())
}

/// One run of `record`.
struct Recording<'a> {
    args: &'a RecordArgs,
    context: &'a mut Context,
    client: &'a mut dyn Client,
    recorder: &'a Recorder,
    bars: Arc<Bars>,
    events: Arc<dyn Events>,
    interrupt: Interrupt,
    updates: u64,
    has_scene: bool,
    incomplete: bool,
}

impl Recording<'_> {
    /// Hydrates and follows until it is time to stop.
    async fn all(&mut self) -> Result<()> {
        let deadline = Deadline::after(self.args.duration);
        loop {
            let over = deadline.over();
            let start = Instant::now();
            let (recorder, retries) = (self.recorder, self.args.retries);
            let next = async {
                let update = pull::update(self.client, retries, &self.events).await?;
                let scene = self.client.scene();
                Ok::<_, pull::PullError>((update, scene))
            };
            tokio::pin!(over);
            let (update, scene) = tokio::select! {
                next = next => next?,
                () = &mut over => return Ok(()),
                () = self.interrupt.wanted() => return Ok(()),
                () = recorder.broken() => return Ok(()),
            };
            self.bars.clear();
            self.has_scene = true;
            warn_of_losses(self.context, &update);
            self.incomplete |= update.losses.iter().any(Loss::is_damage);
            let silent = self.args.output == Path::new("-");
            if !silent {
                print_update(self.context, self.args.json, self.updates, &update, &scene, start.elapsed())?;
            }
            if self.args.updates.is_some_and(|most| self.updates >= most) {
                return Ok(());
            }
            let so_far = format!(
                "{}, {} recorded; waiting for the next (Ctrl-C ends)",
                count(self.updates, "update"),
                bytes(self.recorder.bytes())
            );
            let _waiting = self.bars.wait(so_far);
            self.updates += tokio::select! {
                heard = pull::changed(self.client, retries, &self.events) => heard?,
                () = &mut over => return Ok(()),
                () = self.interrupt.wanted() => return Ok(()),
                () = recorder.broken() => return Ok(()),
            };
        }
    }
}
