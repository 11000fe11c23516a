//! `check` and `accept`: many scenes against accepted baselines.

mod accept;
mod junit;
mod report;
mod scenes;
mod verdict;

use std::time::Instant;

use anyhow::Result;

use super::{Context, Outcome, UsageError};
use crate::analysis::diff::Options;
use crate::cli::CheckArgs;
use crate::parallel;
use crate::render::{count, note};
use crate::snapshot::{self, baseline};
use verdict::{Changed, Status, Verdict};

pub(super) use accept::run as accept;

/// Some scenes could not be compared; which ones is on stdout.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be checked", count(*.0 as u64, "scene"))]
pub(super) struct NotChecked(usize);

pub(super) fn run(context: &mut Context, args: CheckArgs) -> Result<Outcome> {
    let started = Instant::now();
    let options = super::diff::options(&args.options)?;
    let options = Options { reachable_only: true, ..options };
    let pairs = scenes::find(&args.run, &args.baseline)?;
    let mut verdicts = parallel::map(&pairs, 1, |pair| verdict::of(pair, &options, args.details));
    if verdicts.iter().all(|verdict| verdict.unselected) {
        let text = String::from("--only names nothing in any of the scenes");
        return Err(UsageError { text, hint: Some("`scenectl ls SCENE` lists a scene's objects") }.into());
    }
    if args.interactive {
        accept::ask(&mut verdicts, &options, &args);
    }
    if args.update {
        verdicts
            .iter_mut()
            .for_each(|verdict| verdict.attempt(args.details, |verdict| update(verdict, &options, &args)));
    }
    report::print(context, &verdicts, &args, started.elapsed())?;
    if let Some(path) = &args.junit {
        let text = junit::document(&verdicts)?;
        snapshot::write_whole(path, text.as_bytes())?;
    }
    let failed = verdicts.iter().filter(|verdict| matches!(verdict.status, Status::Failed(_))).count();
    if failed > 0 {
        return Err(NotChecked(failed).into());
    }
    Ok(if verdicts.iter().all(Verdict::is_well) { Outcome::Done } else { Outcome::No })
}

/// Writes the baseline of what is new or differs; removes that of what is missing.
fn update(verdict: &Verdict, options: &Options, args: &CheckArgs) -> Result<Option<Changed>> {
    Ok(match (&verdict.status, &verdict.run) {
        (Status::New, Some(run)) => {
            baseline::write(&snapshot::read(run)?, &verdict.baseline, args.blobs)?;
            Some(Changed::to(Status::Accepted))
        }
        (Status::Differs(found), Some(run)) => {
            let (old, new) = (snapshot::read(&verdict.baseline)?, snapshot::read(run)?);
            let all: Vec<_> = found.changes.iter().collect();
            Some(accept::take_over(&verdict.baseline, (&old, &new), options, (found, &all), args.blobs)?.into())
        }
        (Status::Missing, _) if args.prune => {
            baseline::remove(&verdict.baseline)?;
            Some(Changed::to(Status::Removed))
        }
        _ => None,
    })
}

/// A word on stderr, unless nobody wants one.
fn say(context: &Context, text: &str) {
    if !context.global.quiet {
        note(text);
    }
}
