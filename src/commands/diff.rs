//! `diff`: what differs between two scenes.

use anyhow::Result;

use super::load::load_two;
use super::{Context, Outcome, UsageError};
use crate::analysis::diff::{Diff, Options, Tolerance, diff, patch as make_patch};
use crate::cli::{DiffArgs, DiffOptionArgs};
use crate::render::differences::{self, Names};
use crate::render::warn;
use crate::scene::{Path, Scene};
use crate::source::Source;

pub(super) fn run(context: &mut Context, args: DiffArgs) -> Result<Outcome> {
    let options = options(&args.options)?;
    let (a, b) = load_two(context, &args.a, &args.b, &args.connection)?;
    if args.json_patch {
        let outcome = json_patch(context, (&a.scene, &b.scene), &options, args.exit_zero)?;
        let lossy = matches!(outcome, Outcome::Done) && (a.incomplete || b.incomplete);
        return Ok(if lossy { Outcome::Loss } else { outcome });
    }
    let found = diff(&a.scene, &b.scene, &options)?;
    if !context.global.quiet {
        unreadable(&found);
    }
    let names = Names { a: Source::parse(&args.a)?.name(), b: Source::parse(&args.b)?.name() };
    let out = &mut context.out;
    if args.json {
        differences::json(out, &names, &found)?;
    } else if args.markdown {
        differences::markdown(out, &names, &found)?;
    } else if args.stat {
        differences::stat(out, &found)?;
    } else if args.name_only {
        differences::names_only(out, &found)?;
    } else if args.summary {
        differences::summary(out, &found)?;
    } else {
        differences::text(out, &found, (&a.scene, &b.scene), args.context)?;
    }
    Ok(match (found.is_equal() || args.exit_zero, a.incomplete || b.incomplete) {
        (false, _) => Outcome::No,
        (true, true) => Outcome::Loss,
        (true, false) => Outcome::Done,
    })
}

/// A state that is no JSON is compared as a text.
fn unreadable(found: &Diff) {
    const TOLD: usize = 10;
    let places = found.changes.iter().flat_map(|change| [("A", &change.a), ("B", &change.b)]);
    let mut broken: Vec<String> = places
        .filter_map(|(side, place)| place.as_ref().filter(|place| place.class.is_empty()).map(|place| (side, place)))
        .map(|(side, place)| format!("the state of object {} in {side} names no class or cannot be read", place.id))
        .collect();
    broken.dedup();
    broken.iter().take(TOLD).for_each(warn);
}

/// A patch, a step a line.
fn json_patch(context: &mut Context, scenes: (&Scene, &Scene), options: &Options, exit_zero: bool) -> Result<Outcome> {
    if !options.only.is_empty() {
        let text = String::from("--json-patch makes the whole of B: --only has no meaning there");
        return Err(UsageError { text, hint: Some("--ignore leaves properties out") }.into());
    }
    if options.strict {
        let text = String::from("--json-patch keeps ids and counts of changes: --strict has no meaning there");
        return Err(UsageError { text, hint: None }.into());
    }
    let operations = make_patch(scenes.0, scenes.1, options)?;
    let out = &mut context.out;
    out.line("[")?;
    for (k, operation) in operations.iter().enumerate() {
        let comma = if k + 1 < operations.len() { "," } else { "" };
        operation.write(out.writer())?;
        out.line(comma)?;
    }
    out.line("]")?;
    Ok(if operations.is_empty() || exit_zero { Outcome::Done } else { Outcome::No })
}

/// What counts, from the command line.
pub(super) fn options(args: &DiffOptionArgs) -> Result<Options> {
    let mut ignore = Vec::new();
    for pair in args.ignore.chunks(2) {
        let [selector, path] = pair else {
            let text = String::from("--ignore takes a selector and a path");
            return Err(UsageError { text, hint: Some("for instance --ignore vtkCamera ClippingRange") }.into());
        };
        ignore.push((selector.parse()?, path.parse::<Path>()?));
    }
    Ok(Options {
        tolerance: Tolerance { ulp: args.ulp, rtol: args.rtol, atol: args.atol },
        strict: args.strict,
        across_versions: args.across_versions,
        reachable_only: false,
        ignore_camera: args.ignore_camera,
        ignore,
        only: args.only.clone(),
    })
}
