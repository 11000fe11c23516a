//! One scene against its baseline.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::scenes::{self, Pair};
use crate::analysis::diff::{Diff, Options, diff};
use crate::render::differences::{self, Line};
use crate::scene::{Scene, SceneError};
use crate::snapshot;

/// How a scene compares.
#[derive(Clone, Debug)]
pub(super) enum Status {
    /// As the baseline has it.
    Equal,
    /// Otherwise.
    Differs(Box<Diff>),
    /// There is no baseline.
    New,
    /// There is a baseline, and no scene.
    Missing,
    /// Its baseline has just been written.
    Accepted,
    /// Its baseline has just been removed.
    Removed,
    /// It could not be compared.
    Failed(String),
}

/// What became of a scene after something was done about it.
pub(super) struct Changed {
    status: Status,
    /// What differs still.
    lines: Vec<Line>,
}

impl Changed {
    pub(super) fn to(status: Status) -> Self {
        Self { status, lines: Vec::new() }
    }

    /// A scene of which so much still differs.
    pub(super) fn left(left: Diff, scenes: (&Scene, &Scene)) -> Self {
        if left.is_equal() {
            return Self::to(Status::Accepted);
        }
        let lines = differences::lines(&left.changes, scenes, 0);
        Self { status: Status::Differs(Box::new(left)), lines }
    }
}

/// What came out for one scene.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) name: String,
    pub(super) run: Option<PathBuf>,
    pub(super) baseline: PathBuf,
    pub(super) status: Status,
    /// The differences, as lines, the first of them.
    pub(super) lines: Vec<Line>,
    /// How many lines there are besides.
    pub(super) more: usize,
    pub(super) time: Duration,
    /// `--only` names nothing in it.
    pub(super) unselected: bool,
}

impl Verdict {
    pub(super) fn is_well(&self) -> bool {
        matches!(self.status, Status::Equal | Status::Accepted | Status::Removed)
    }

    /// Does something about it, after which it has another status, where that works.
    pub(super) fn attempt(&mut self, details: usize, what: impl FnOnce(&Self) -> anyhow::Result<Option<Changed>>) {
        let changed = match what(self) {
            Ok(None) => return,
            Ok(Some(changed)) => changed,
            Err(error) => Changed::to(Status::Failed(words(&error))),
        };
        self.status = changed.status;
        self.show(changed.lines, details);
    }

    /// Keeps the first lines of what differs.
    pub(super) fn show(&mut self, mut lines: Vec<Line>, details: usize) {
        self.more = lines.len().saturating_sub(details);
        lines.truncate(details);
        self.lines = lines;
    }

    /// A word for it.
    pub(super) fn word(&self) -> &'static str {
        match self.status {
            Status::Equal => "equal",
            Status::Differs(_) => "differs",
            Status::New => "new",
            Status::Missing => "missing",
            Status::Accepted => "accepted",
            Status::Removed => "removed",
            Status::Failed(_) => "failed",
        }
    }

    /// What there is to say besides.
    pub(super) fn text(&self) -> String {
        match &self.status {
            Status::Differs(found) => differences::summary_line(found),
            Status::New => String::from("it has no baseline yet (--update accepts it)"),
            Status::Missing => String::from("its baseline has no scene in this run (--update --prune removes it)"),
            Status::Failed(reason) => reason.clone(),
            Status::Equal | Status::Accepted | Status::Removed => String::new(),
        }
    }
}

pub(super) fn of(pair: &Pair, options: &Options, details: usize) -> Verdict {
    let started = Instant::now();
    let mut verdict = Verdict {
        name: pair.name.clone(),
        run: pair.run.clone(),
        baseline: pair.baseline.clone(),
        status: Status::Missing,
        lines: Vec::new(),
        more: 0,
        time: Duration::ZERO,
        unselected: false,
    };
    verdict.status =
        compare(pair, options, details, &mut verdict).unwrap_or_else(|error| Status::Failed(words(&error)));
    verdict.time = started.elapsed();
    verdict
}

fn compare(pair: &Pair, options: &Options, details: usize, verdict: &mut Verdict) -> anyhow::Result<Status> {
    let Some(run) = &pair.run else {
        // A folder that nobody may look into is no missing scene.
        std::fs::read_dir(&pair.baseline).with_context(|| format!("cannot read {}", pair.baseline.display()))?;
        return Ok(Status::Missing);
    };
    let new = snapshot::read(run)?;
    if !scenes::is_name(&pair.name) {
        anyhow::bail!("{}: such a name is not possible for a baseline's folder", pair.name);
    }
    if !snapshot::is_baseline(&pair.baseline) {
        return Ok(Status::New);
    }
    let old = snapshot::read(&pair.baseline)?;
    let found = match diff(&old, &new, options) {
        Err(SceneError::InNeither(_)) => {
            verdict.unselected = true;
            return Ok(Status::Equal);
        }
        found => found?,
    };
    if found.is_equal() {
        return Ok(Status::Equal);
    }
    verdict.show(differences::lines(&found.changes, (&old, &new), 0), details);
    Ok(Status::Differs(Box::new(found)))
}

/// An error with its causes, on one line.
pub(super) fn words(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string).filter(|cause| !cause.is_empty()) {
        if !text.contains(&cause) {
            let colon = if text.is_empty() { "" } else { ": " };
            text = format!("{text}{colon}{cause}");
        }
    }
    text
}
