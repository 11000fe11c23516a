//! Differences taken over, one by one or by their paths.

use std::io::{self, BufRead};

use anyhow::Result;
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde_json::json;

use super::scenes;
use super::verdict::{Changed, Status, Verdict};
use crate::analysis::diff::{Change, Diff, Options, diff, merge};
use crate::cli::{AcceptArgs, CheckArgs};
use crate::commands::{Context, Outcome, UsageError};
use crate::render::differences::{self, Line};
use crate::render::{count, note};
use crate::scene::Scene;
use crate::snapshot::{self, baseline};

pub(crate) fn run(context: &mut Context, args: AcceptArgs) -> Result<Outcome> {
    let options = Options { reachable_only: true, ..super::super::diff::options(&args.options)? };
    let globs = globs(&args.paths)?;
    let name = args.name.clone().unwrap_or_else(|| scenes::name_of(&args.scene));
    if !scenes::is_name(&name) {
        let text = format!("{name}: that cannot be the name of a folder below {}", args.baseline.display());
        return Err(UsageError { text, hint: Some("--name gives another, for instance --name views/car") }.into());
    }
    // The baseline itself may be named, or the folder of all baselines.
    let folder = if snapshot::is_baseline(&args.baseline) { args.baseline.clone() } else { args.baseline.join(&name) };
    let new = snapshot::read(&args.scene)?;
    let mut chooser = Chooser::new();
    if !snapshot::is_baseline(&folder) {
        if !args.paths.is_empty() {
            let text = format!("{name} has no baseline in {} yet", args.baseline.display());
            return Err(UsageError { text, hint: Some("accept all of it first: without --path") }.into());
        }
        let wanted = !args.interactive || chooser.put(&format!("{name}: a new scene"));
        if wanted {
            baseline::write(&new, &folder, args.blobs)?;
        }
        return told_of_new(context, &args, &name, wanted);
    }
    let old = snapshot::read(&folder)?;
    let found = diff(&old, &new, &options)?;
    let accepted: Vec<&Change> = found
        .changes
        .iter()
        .filter(|change| match (&globs, args.interactive) {
            (Some(globs), _) => matches(globs, change),
            (None, true) => chooser.ask(&name, change, (&old, &new)),
            (None, false) => true,
        })
        .collect();
    let left = take_over(&folder, (&old, &new), &options, (&found, &accepted), args.blobs)?;
    told(context, &args, &name, accepted.len(), &left.diff)
}

fn told_of_new(context: &mut Context, args: &AcceptArgs, name: &str, accepted: bool) -> Result<Outcome> {
    if args.json {
        let document = json!({"version": 1, "name": name, "new": accepted, "accepted": 0, "remaining": 0});
        context.out.line(document.to_string())?;
    } else {
        let not = if accepted { "" } else { "not " };
        context.out.line(format!("{name}: a new scene, {not}accepted"))?;
    }
    Ok(if accepted { Outcome::Done } else { Outcome::No })
}

fn told(context: &mut Context, args: &AcceptArgs, name: &str, accepted: usize, left: &Diff) -> Result<Outcome> {
    let remaining = left.changes.len();
    if args.json {
        let document = json!({"version": 1, "name": name, "new": false, "accepted": accepted, "remaining": remaining});
        context.out.line(document.to_string())?;
    } else {
        let rest = if remaining > 0 { differences::summary_line(left) + " left" } else { String::from("nothing left") };
        context.out.line(format!("{name}: {} accepted, {rest}", count(accepted as u64, "difference")))?;
    }
    let nothing = accepted == 0 && remaining > 0;
    if nothing && !args.paths.is_empty() {
        super::say(context, "hint: paths are those that `scenectl diff` prints; * stands for anything, / included");
    }
    Ok(if nothing { Outcome::No } else { Outcome::Done })
}

/// Asks for every difference of every scene that differs.
pub(super) fn ask(verdicts: &mut [Verdict], options: &Options, args: &CheckArgs) {
    let mut chooser = Chooser::new();
    for verdict in verdicts {
        verdict.attempt(args.details, |verdict| {
            let Some(run) = &verdict.run else { return Ok(None) };
            match &verdict.status {
                Status::New if chooser.put(&format!("{}: a new scene", verdict.name)) => {
                    baseline::write(&snapshot::read(run)?, &verdict.baseline, args.blobs)?;
                    Ok(Some(Changed::to(Status::Accepted)))
                }
                Status::Differs(found) => {
                    let (old, new) = (snapshot::read(&verdict.baseline)?, snapshot::read(run)?);
                    let chosen = found.changes.iter().filter(|change| chooser.ask(&verdict.name, change, (&old, &new)));
                    let accepted: Vec<&Change> = chosen.collect();
                    let scenes = (&old, &new);
                    let left = take_over(&verdict.baseline, scenes, options, (found, &accepted), args.blobs)?;
                    Ok(Some(left.into()))
                }
                _ => Ok(None),
            }
        });
    }
}

/// A baseline as it is now, and what still differs from it.
pub(super) struct Left {
    baseline: Scene,
    new: Scene,
    diff: Diff,
}

impl From<Left> for Changed {
    fn from(left: Left) -> Self {
        Self::left(left.diff, (&left.baseline, &left.new))
    }
}

/// Writes the baseline with those of the differences that were accepted, and says what still differs.
pub(super) fn take_over(
    folder: &std::path::Path,
    (old, new): (&Scene, &Scene),
    options: &Options,
    (found, accepted): (&Diff, &[&Change]),
    blobs: bool,
) -> Result<Left> {
    if accepted.is_empty() {
        return Ok(Left { baseline: old.clone(), new: new.clone(), diff: found.clone() });
    }
    // What was not looked at is not accepted with the rest.
    let everything = accepted.len() == found.changes.len() && !options.is_limited();
    let merged = if everything { new.clone() } else { merge(old, new, options, accepted)? };
    let diff = diff(&merged, new, options)?;
    // Blobs stay beside a baseline that had them.
    baseline::write(&merged, folder, blobs || !old.without_blobs)?;
    Ok(Left { baseline: merged, new: new.clone(), diff })
}

/// Asks at the terminal.
struct Chooser {
    all: Option<bool>,
}

impl Chooser {
    fn new() -> Self {
        Self { all: None }
    }

    fn ask(&mut self, name: &str, change: &Change, scenes: (&Scene, &Scene)) -> bool {
        let plain = |line: &Line| line.iter().map(|(text, _)| text.as_str()).collect::<String>();
        let lines: Vec<String> =
            differences::lines(std::slice::from_ref(change), scenes, 0).iter().map(plain).collect();
        self.put(&format!("{name}:\n{}", lines.join("\n")))
    }

    /// True for yes. At the end of the input, everything else is refused.
    fn put(&mut self, text: &str) -> bool {
        if let Some(all) = self.all {
            return all;
        }
        loop {
            note(text);
            note("accept? [y]es, [n]o, [a]ll, [q]uit");
            let mut answer = String::new();
            let read = io::stdin().lock().read_line(&mut answer).unwrap_or(0);
            match answer.trim() {
                "y" | "yes" => return true,
                "n" | "no" => return false,
                "a" | "all" => {
                    self.all = Some(true);
                    return true;
                }
                "q" | "quit" => {
                    self.all = Some(false);
                    return false;
                }
                _ if read == 0 => {
                    self.all = Some(false);
                    return false;
                }
                _ => {}
            }
        }
    }
}

fn globs(paths: &[String]) -> Result<Option<GlobSet>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for path in paths {
        let usage = |error: globset::Error| UsageError {
            text: format!("--path {path}: {}", error.kind()),
            hint: Some("for instance --path '*/LookupTable*'"),
        };
        set.add(Glob::new(path).map_err(usage)?);
    }
    Ok(Some(set.build()?))
}

/// True where a pattern stands for the object or the property.
fn matches(globs: &GlobSet, change: &Change) -> bool {
    let first = change.property.split('.').next().unwrap_or_default();
    let properties = [first, &change.property, &change.property.replace('.', "/")];
    let places = [change.a.as_ref(), change.b.as_ref()];
    places.into_iter().flatten().any(|place| {
        let above = place.path.trim_end_matches('/');
        globs.is_match(&place.path) || properties.iter().any(|property| globs.is_match(format!("{above}/{property}")))
    })
}
