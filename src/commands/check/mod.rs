//! `check` and `accept`: many scenes against accepted baselines.

mod accept;
mod junit;
mod report;
mod scenes;
mod verdict;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::{Context, Outcome};
use crate::cli::CheckArgs;
use crate::render::{count, note};
use crate::snapshot::{AtomicFile, baseline};
use scenes::Pair;
use verdict::{Status, Verdict};

pub(super) use accept::run as accept;

/// Some scenes could not be compared; which ones is on stdout.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be checked", count(*.0 as u64, "scene"))]
pub(super) struct NotChecked(usize);

pub(super) fn run(context: &mut Context, args: CheckArgs) -> Result<Outcome> {
    let started = Instant::now();
    let options = super::diff::options(&args.options)?;
    let options = crate::analysis::diff::Options { reachable_only: true, ..options };
    let pairs = scenes::find(&args.run, &args.baseline)?;
    let mut verdicts = judge(&pairs, &options, args.details);
    if args.interactive {
        accept::ask(&mut verdicts, &options, args.blobs)?;
    }
    if args.update {
        update(&mut verdicts, &args)?;
    }
    report::print(context, &verdicts, &args, started.elapsed())?;
    if let Some(path) = &args.junit {
        let text = junit::document(&verdicts)?;
        let mut file = AtomicFile::create(path, true)?;
        std::io::Write::write_all(&mut file, text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        file.commit()?;
    }
    let failed = verdicts.iter().filter(|verdict| matches!(verdict.status, Status::Failed(_))).count();
    if failed > 0 {
        return Err(NotChecked(failed).into());
    }
    Ok(if verdicts.iter().all(Verdict::is_well) { Outcome::Done } else { Outcome::No })
}

/// Compares all scenes, as many at a time as there are processors.
fn judge(pairs: &[Pair], options: &crate::analysis::diff::Options, details: usize) -> Vec<Verdict> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(pairs.len().max(1));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((k, pair)) = {
            let k = next.fetch_add(1, Ordering::Relaxed);
            pairs.get(k).map(|pair| (k, pair))
        } {
            done.push((k, verdict::of(pair, options, details)));
        }
        done
    };
    let mut done: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let finished =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        finished.flatten().collect()
    });
    done.sort_by_key(|(k, _)| *k);
    done.into_iter().map(|(_, verdict)| verdict).collect()
}

/// Writes the baselines of what is new or differs.
fn update(verdicts: &mut [Verdict], args: &CheckArgs) -> Result<()> {
    for verdict in verdicts {
        match (&verdict.status, &verdict.run) {
            (Status::New | Status::Differs(_), Some(run)) => {
                let scene = crate::snapshot::read(run)?;
                baseline::write(&scene, &verdict.baseline, args.blobs)?;
                verdict.status = Status::Accepted;
            }
            (Status::Missing, _) if args.prune => {
                remove(&verdict.baseline)?;
                verdict.status = Status::Removed;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Removes a baseline, and nothing else that may lie there.
fn remove(folder: &Path) -> Result<()> {
    let file = folder.join(baseline::FILE);
    std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
    let blobs = folder.join("blobs");
    if blobs.is_dir() {
        std::fs::remove_dir_all(&blobs).with_context(|| format!("cannot remove {}", blobs.display()))?;
    }
    // A folder that holds other things stays.
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

/// A word on stderr, unless nobody wants one.
fn say(context: &Context, text: &str) {
    if !context.global.quiet {
        note(text);
    }
}
