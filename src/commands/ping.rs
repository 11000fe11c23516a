//! `ping`: each step of reaching a server, and why it goes no further.

use std::collections::BTreeMap;

use anyhow::Result;

use super::call::live;
use super::load::connecting;
use super::signals::Interrupt;
use super::{Context, Outcome};
use crate::cli::PingArgs;
use crate::ping::{Attempt, Cause, Failure, Round, Statistics};
use crate::protocol::Connecting;
use crate::render::pings::{self, Summary};
use crate::source::{self, LiveError, Source};

pub(super) fn run(context: &mut Context, args: PingArgs) -> Result<Outcome> {
    let source = live(context, &args.source, &args.connection, "ping")?;
    let how = connecting(&source, &args.connection)?;
    let runtime = context.runtime()?;
    let summary = runtime.block_on(rounds(context, &args, &source, &how));
    runtime.shutdown_background();
    let (summary, last) = summary?;
    if args.count > 1 {
        if args.json {
            context.out.line(pings::json::summary(&summary).to_string())?;
        } else {
            pings::print_summary(&mut context.out, &summary)?;
        }
    }
    let Some(mut failure) = last else { return Ok(Outcome::Done) };
    if args.count > 1 {
        failure.text = format!("{} of {} tries failed; the last one: {}", summary.failed, summary.rounds, failure.text);
    }
    context.out.flush()?;
    Err(failure.into())
}

/// All rounds, each printed as soon as it is over; and the last failure.
async fn rounds(
    context: &mut Context,
    args: &PingArgs,
    source: &Source,
    how: &Connecting,
) -> Result<(Summary, Option<Failure>)> {
    let mut interrupt = Interrupt::listen();
    let mut summary = Summary::default();
    let (mut statistics, mut causes, mut last) = (Statistics::default(), BTreeMap::new(), None);
    for number in 1..=args.count {
        let round = tokio::select! {
            round = one(source, how) => round,
            () = interrupt.wanted() => {
                anyhow::ensure!(summary.rounds > 0, "interrupted");
                break;
            }
        };
        summary.rounds += 1;
        statistics.add(&round);
        if args.json {
            context.out.line(pings::json::round(number, &source.name(), &round).to_string())?;
        } else if args.count > 1 {
            pings::print_line(&mut context.out, number, &round)?;
        } else {
            pings::print_round(&mut context.out, &round)?;
        }
        context.out.flush()?;
        if let Some(failure) = round.failure {
            summary.failed += 1;
            *causes.entry(failure.cause.code()).or_default() += 1;
            last = Some(failure);
        }
        if number < args.count {
            tokio::select! {
                () = tokio::time::sleep(args.interval) => {}
                () = interrupt.wanted() => break,
            }
        }
    }
    summary.times = statistics.times();
    summary.causes = causes;
    Ok((summary, last))
}

async fn one(source: &Source, how: &Connecting) -> Round {
    let attempt = Attempt::new();
    let mut how = how.clone();
    how.wire.watch = attempt.watching();
    match source::reach(source, how).await {
        // What was started for us must live until the end.
        Ok((how, _served)) => attempt.go(&how).await,
        Err(error) => {
            let cause = if matches!(error, LiveError::Launcher(_)) { Cause::Launcher } else { Cause::Failed };
            attempt.fail(cause, &error, error.hint())
        }
    }
}
