//! `top`: what makes a scene big.

mod json;
pub(super) mod table;

use anyhow::Result;

use super::load::{Loaded, load, outcome};
use super::{Context, Outcome};
use crate::analysis::usage::Usage;
use crate::cli::{TopArgs, TopWhat};
use crate::render::{bytes, note};
use crate::source::Source;

/// Rows that fit a screen.
const ROWS: usize = 20;

pub(super) fn run(context: &mut Context, args: TopArgs) -> Result<Outcome> {
    let loaded = load(context, &args.source)?;
    show(context, &loaded, &Source::parse(&args.source.source)?.name(), &args.what)
}

/// What makes a scene big; `source` is what to call where it is from.
pub(super) fn show(context: &mut Context, loaded: &Loaded, source: &str, args: &TopWhat) -> Result<Outcome> {
    let usage = Usage::new(&loaded.scene, !args.no_inspect);
    if args.json {
        let document = json::document(&usage, source, args);
        context.out.line(document.to_string())?;
    } else {
        let most = if args.all { usize::MAX } else { args.rows.unwrap_or(ROWS) };
        table::print(&mut context.out, &usage, args.by, most)?;
    }
    let total = usage.totals.bytes();
    if let Some(budget) = args.budget.filter(|budget| total > *budget) {
        context.out.flush()?;
        note(format!(
            "over budget: {} ({total} bytes), where {} ({budget} bytes) are allowed",
            bytes(total),
            bytes(budget)
        ));
        return Ok(Outcome::No);
    }
    Ok(outcome(loaded.incomplete))
}
