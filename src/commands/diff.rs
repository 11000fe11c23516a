//! `diff`: what differs between two scenes.

use anyhow::Result;

use super::load::load_two;
use super::{Context, Outcome, UsageError};
use crate::analysis::diff::{Options, Tolerance, diff};
use crate::cli::{DiffArgs, DiffOptionArgs};
use crate::render::differences::{self, Names};
use crate::scene::Path;
use crate::source::Source;

pub(super) fn run(context: &mut Context, args: DiffArgs) -> Result<Outcome> {
    let options = options(&args.options)?;
    let (a, b) = load_two(context, &args.a, &args.b, &args.connection)?;
    let found = diff(&a.scene, &b.scene, &options)?;
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
        ignore_camera: args.ignore_camera,
        ignore,
        only: args.only.clone(),
    })
}
