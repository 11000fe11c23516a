//! Commands from a pipe, a file or the command line.

use anyhow::Result;

use super::session::{Session, Then};
use crate::commands::load::outcome;
use crate::commands::{Context, Outcome, Told};
use crate::render::{exit_code, is_broken_pipe, note, report};
use crate::shell::{ScriptError, commands};

/// Runs all of it, or up to the first command that fails.
pub(super) fn run(
    context: &mut Context,
    session: &mut Session,
    lines: impl Iterator<Item = Result<String, ScriptError>>,
    keep_going: bool,
) -> Result<Outcome> {
    let mut worst = Ok(outcome(session.loaded.incomplete));
    for (number, line) in (1_u64..).zip(lines) {
        let can_go_on = line.as_ref().err().is_none_or(ScriptError::is_of_one_line);
        let words = line.map_err(anyhow::Error::from).and_then(|line| Ok(commands(&line)?));
        let commands = match words {
            Ok(commands) => commands.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        for command in commands {
            let done = match command.and_then(|words| session.run(context, &words)) {
                Ok(Then::Leave) => return worst,
                Ok(Then::Next(outcome)) => Ok(outcome),
                Err(error) if is_broken_pipe(&error) => return Err(error),
                Err(error) => Err(error.context(format!("line {number}"))),
            };
            let is_failure = !matches!(done, Ok(Outcome::Done | Outcome::Loss));
            if is_failure && !(keep_going && can_go_on) {
                if done.is_ok() && !context.global.quiet {
                    note(format!("line {number}: the answer is no; --keep-going goes on"));
                }
                return worse(worst, done);
            }
            let done = done.map_err(|error| {
                report(&error);
                anyhow::Error::from(Told(error))
            });
            worst = worse(worst, done);
        }
    }
    worst
}

/// The worse of two ends; the first of two that are as bad.
fn worse(a: Result<Outcome>, b: Result<Outcome>) -> Result<Outcome> {
    let badness = |end: &Result<Outcome>| match exit_code(end) {
        0 => 0,
        3 => 1,
        1 => 2,
        2 => 3,
        _ => 4,
    };
    if badness(&b) > badness(&a) { b } else { a }
}
