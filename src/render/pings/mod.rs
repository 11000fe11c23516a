//! What `ping` finds, for people; [`json`] for programs.

pub mod json;

use std::collections::BTreeMap;
use std::io;

use console::Style;

use super::{Out, Table, seconds};
use crate::ping::{Round, Step, Times};
use crate::scene::without_controls;

/// What many rounds came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Rounds that were made.
    pub rounds: u64,
    /// Those that did not reach a scene.
    pub failed: u64,
    /// How often each cause was why.
    pub causes: BTreeMap<&'static str, u64>,
    /// The times of each step.
    pub times: Vec<Times>,
}

/// Prints one round with all its steps.
///
/// # Errors
/// As [`Out::line`].
pub fn print_round(out: &mut Out, round: &Round) -> io::Result<()> {
    let shown = shown(&round.steps);
    let width = |text: fn(&Step) -> usize| shown.iter().map(|step| text(step)).max().unwrap_or(0);
    let (names, times) = (width(|step| step.name.len()), width(|step| seconds(step.time).len()));
    let end = shown.len();
    for (index, step) in shown.into_iter().enumerate() {
        // What does not work need not be the end: there may be other addresses, paths and versions to try.
        let mark = match step.ok {
            true => out.paint("ok    ", Style::new().green()),
            false if index + 1 < end => String::from("no    "),
            false => out.paint("failed", Style::new().red()),
        };
        let line = format!(
            "{:names$}  {:>times$}  {mark}  {}: {}",
            step.name,
            seconds(step.time),
            without_controls(&step.subject),
            without_controls(&step.detail)
        );
        out.line(line.trim_end())?;
    }
    if let Some(server) = &round.server {
        let software: Vec<String> = server.software.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let software = without_controls(&software.join(", ")).into_owned();
        out.line(format!("reached {} in {}: {}, {software}", server.url, seconds(round.time), server.protocol))?;
    }
    for note in &round.notes {
        out.line(format!("note: {note}"))?;
    }
    Ok(())
}

/// Every path is tried over a connection of its own: what went well in the same way before is not shown again.
fn shown(steps: &[Step]) -> Vec<&Step> {
    let mut shown: Vec<&Step> = Vec::new();
    for step in steps {
        let is_way = matches!(step.name, "dns" | "tcp" | "tls") && step.ok;
        let was_seen = shown.iter().any(|seen| seen.ok && seen.name == step.name && seen.subject == step.subject);
        if !(is_way && was_seen) {
            shown.push(step);
        }
    }
    shown
}

/// Prints one of many rounds.
///
/// # Errors
/// As [`Out::line`].
pub fn print_line(out: &mut Out, number: u64, round: &Round) -> io::Result<()> {
    let time = seconds(round.time);
    let text = match (&round.failure, round.steps.last()) {
        (None, _) => out.paint("ok", Style::new().green()),
        (Some(failure), Some(step)) => {
            format!("{} at {}: {}", out.paint("failed", Style::new().red()), step.name, failure.cause)
        }
        (Some(failure), None) => format!("{}: {}", out.paint("failed", Style::new().red()), failure.cause),
    };
    out.line(format!("{number:>4}  {time:>9}  {text}"))
}

/// Prints what many rounds came to.
///
/// # Errors
/// As [`Out::line`].
pub fn print_summary(out: &mut Out, summary: &Summary) -> io::Result<()> {
    let mut table = Table::new(["STEP", "COUNT", "MIN", "MEDIAN", "MAX"], &[1, 2, 3, 4]);
    for times in &summary.times {
        table.row([
            times.name.to_owned(),
            times.count.to_string(),
            seconds(times.min),
            seconds(times.median),
            seconds(times.max),
        ]);
    }
    if !summary.times.is_empty() {
        table.print(out)?;
    }
    let causes: Vec<String> = summary.causes.iter().map(|(cause, n)| format!("{n} {cause}")).collect();
    let tries = if summary.rounds == 1 { String::from("1 try") } else { format!("{} tries", summary.rounds) };
    let causes = if causes.is_empty() { String::new() } else { format!(" ({})", causes.join(", ")) };
    out.line(format!("{tries}, {} failed{causes}", summary.failed))
}
