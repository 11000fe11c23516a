//! `completions`: generated from the command line itself.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::{Shell as Generated, generate};

use super::{Context, Outcome};
use crate::cli::{Cli, CompletionsArgs, Shell};

pub(super) fn run(context: &mut Context, args: &CompletionsArgs) -> Result<Outcome> {
    let shell = match args.shell {
        Shell::Bash => Generated::Bash,
        Shell::Zsh => Generated::Zsh,
        Shell::Fish => Generated::Fish,
        Shell::PowerShell => Generated::PowerShell,
        Shell::Elvish => Generated::Elvish,
    };
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "scenectl", &mut script);
    context.out.text(script)?;
    Ok(Outcome::Done)
}
