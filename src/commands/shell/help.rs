//! `help` within a shell.

use anyhow::Result;
use clap::CommandFactory;
use clap::builder::StyledStr;

use crate::cli::ShellLine;
use crate::commands::{Context, Outcome, UsageError};

/// The commands, ready to be asked about.
pub(super) fn commands() -> clap::Command {
    let mut commands = ShellLine::command();
    commands.build();
    commands
}

pub(super) fn run(context: &mut Context, name: Option<&str>) -> Result<Outcome> {
    let mut commands = commands();
    let Some(name) = name else {
        for command in commands.get_subcommands() {
            let names: Vec<&str> = command.get_name_and_visible_aliases();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            context.out.line(format!("{:<12} {about}", names.join(", ")))?;
        }
        context.out.line("\nCommands on one line are separated by `;`. Ctrl-C clears a line or stops a command.")?;
        return Ok(Outcome::Done);
    };
    let Some(command) = commands.find_subcommand_mut(name) else {
        let text = format!("there is no command `{name}`");
        return Err(UsageError { text, hint: Some("`help` lists the commands") }.into());
    };
    print(context, &command.render_long_help())?;
    Ok(Outcome::Done)
}

/// Prints what clap says.
pub(super) fn print(context: &mut Context, text: &StyledStr) -> Result<()> {
    let text = if context.out.colored { without_gap(&text.ansi().to_string()) } else { plain(text) };
    Ok(context.out.line(text.trim_end())?)
}

/// What clap says, without colours.
pub(super) fn plain(text: &StyledStr) -> String {
    without_gap(&text.to_string())
}

/// Commands of a shell have no program's name before them, and clap leaves room for it.
fn without_gap(text: &str) -> String {
    let Some((before, usage)) = text.split_once("Usage:") else { return text.to_owned() };
    let gap = usage.find(' ').filter(|at| usage.get(at + 1..).is_some_and(|rest| rest.starts_with(' ')));
    match gap {
        Some(at) => {
            let (styles, rest) = usage.split_at(at);
            format!("{before}Usage:{styles}{}", rest.strip_prefix(' ').unwrap_or(rest))
        }
        None => text.to_owned(),
    }
}
