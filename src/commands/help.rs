//! `help`: a verb, or a topic.

use anyhow::Result;
use clap::{CommandFactory, Parser};

use super::{Context, Outcome, UsageError};
use crate::cli::{Cli, HelpArgs, TOPICS};

pub(super) fn run(context: &mut Context, args: &HelpArgs) -> Result<Outcome> {
    let about = args.about.as_deref();
    if let Some(topic) = TOPICS.iter().find(|topic| Some(topic.name) == about) {
        context.out.text(topic.text)?;
        return Ok(Outcome::Done);
    }
    if let Some(name) = about.filter(|name| Cli::command().find_subcommand(name).is_none()) {
        let topics: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
        let text = format!("there is no verb and no topic `{name}`; the topics are {}", topics.join(", "));
        return Err(UsageError { text, hint: Some("`scenectl help` lists all verbs") }.into());
    }
    // What the option of the same name prints, since it is that option.
    let asked = ["scenectl"].into_iter().chain(about).chain(["--help"]);
    if let Err(help) = Cli::try_parse_from(asked) {
        help.print()?;
    }
    Ok(Outcome::Done)
}
