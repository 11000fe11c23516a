//! `sub`: what a server publishes, a line a message.

use std::time::Instant;

use anyhow::{Context as _, Result};
use globset::{Glob, GlobSet, GlobSetBuilder};
use tokio::time::sleep_until;

use super::binaries::Binaries;
use super::call::live;
use super::load::connecting;
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::cli::SubArgs;
use crate::protocol::{ClientError, Connecting, Pushed};
use crate::pull::Backoff;
use crate::scene::without_controls;
use crate::source::{LiveCaller, Source};

pub(super) fn run(context: &mut Context, args: SubArgs) -> Result<Outcome> {
    let source = live(context, &args.source, &args.connection, "sub")?;
    let how = connecting(&source, &args.connection)?;
    let topics = topics(&args.topics)?;
    let binaries = Binaries::in_folder(args.output.as_deref(), args.force)?;
    let runtime = context.runtime()?;
    let mut sub = Sub { args: &args, context, topics, binaries, start: Instant::now(), printed: 0 };
    let outcome = runtime.block_on(sub.all(&source, &how));
    runtime.shutdown_background();
    outcome
}

fn topics(globs: &[String]) -> Result<Option<GlobSet>> {
    if globs.is_empty() {
        return Ok(None);
    }
    let bad = |glob: &str, error: globset::Error| UsageError {
        text: format!("topic `{glob}`: {}", error.kind()),
        hint: Some("write a topic's name, with * for any part of it"),
    };
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(Glob::new(glob).map_err(|error| bad(glob, error))?);
    }
    Ok(Some(set.build().map_err(|error| bad("", error))?))
}

/// One run of `sub`.
struct Sub<'a> {
    args: &'a SubArgs,
    context: &'a mut Context,
    topics: Option<GlobSet>,
    binaries: Binaries,
    start: Instant,
    printed: u64,
}

impl Sub<'_> {
    /// Listens until it is time to stop, over as many connections as that takes.
    async fn all(&mut self, source: &Source, how: &Connecting) -> Result<Outcome> {
        let mut interrupt = Interrupt::listen();
        let end = self.args.duration.map(|duration| tokio::time::Instant::now() + duration);
        let over = async {
            tokio::select! {
                () = interrupt.wanted() => {}
                () = async { match end {
                    Some(end) => sleep_until(end).await,
                    None => std::future::pending().await,
                } } => {}
            }
        };
        tokio::pin!(over);
        let mut line = tokio::select! {
            line = LiveCaller::connect(source, how.clone()) => line?,
            () = &mut over => return Ok(self.outcome()),
        };
        loop {
            let lost = tokio::select! {
                lost = self.listen(&line) => lost?,
                () = &mut over => None,
            };
            let Some(lost) = lost else {
                line.caller.close().await;
                return Ok(self.outcome());
            };
            line = tokio::select! {
                line = self.reconnect(source, how, lost) => line?,
                () = &mut over => return Ok(self.outcome()),
            };
        }
    }

    /// Prints what comes; why the connection was lost, or nothing when enough came.
    async fn listen(&mut self, line: &LiveCaller) -> Result<Option<ClientError>> {
        let mut subscription = line.caller.subscribe();
        while self.args.count.is_none_or(|count| self.printed < count) {
            match subscription.next().await {
                Ok(Ok(pushed)) => self.print(&pushed)?,
                Ok(Err(missed)) => self.context.warn(format!("{missed} messages came too fast and were missed")),
                Err(error) if error.is_lost() => return Ok(Some(error)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    async fn reconnect(&mut self, source: &Source, how: &Connecting, lost: ClientError) -> Result<LiveCaller> {
        let mut last = anyhow::Error::from(lost.clone());
        for (attempt, wait) in Backoff::new(self.args.retries) {
            let seconds = wait.as_secs_f64();
            self.context.warn(format!("{lost}; attempt {attempt} to connect again in {seconds:.1} s"));
            tokio::time::sleep(wait).await;
            match LiveCaller::connect(source, how.clone()).await {
                Ok(line) => return Ok(line),
                Err(error) => last = error.into(),
            }
        }
        Err(last).context("the connection was lost and could not be set up again")
    }

    fn print(&mut self, pushed: &Pushed) -> Result<()> {
        if self.topics.as_ref().is_some_and(|topics| !topics.is_match(&pushed.topic)) {
            return Ok(());
        }
        let topic = serde_json::Value::from(pushed.topic.as_str());
        let data = self.binaries.json(&*pushed.body)?;
        let t = self.start.elapsed().as_secs_f64();
        let bytes = pushed.bytes;
        let line = format!("{{\"t\":{t:.3},\"topic\":{topic},\"bytes\":{bytes},\"data\":{data}}}");
        // What a server publishes may not steer a terminal.
        let line = if self.context.out.is_terminal { without_controls(&line) } else { line.as_str().into() };
        self.context.out.line(line)?;
        self.context.out.flush()?;
        self.printed += 1;
        Ok(())
    }

    fn outcome(&self) -> Outcome {
        if self.args.exit_status && self.printed == 0 { Outcome::No } else { Outcome::Done }
    }
}
