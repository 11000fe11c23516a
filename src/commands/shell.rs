//! `shell`: a scene that stays in memory.

mod editor;
mod find;
mod help;
mod live;
mod script;
mod session;
mod stop;

use std::fs::File;
use std::io::{BufReader, IsTerminal};
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::ColorChoice;

use super::load::{secrets, source};
use super::{Context, Outcome, UsageError};
use crate::cli::ShellArgs;
use crate::shell::{ScriptError, lines};
use crate::source::Source;
use session::Session;
use stop::Stop;

pub(super) fn run(context: &mut Context, args: ShellArgs) -> Result<Outcome> {
    let source = source(context, &args.source)?;
    let input = input(&args, &source)?;
    let is_terminal = matches!(input, Input::Terminal);
    if !is_terminal && context.global.color != ColorChoice::Always {
        context.out.colored = false;
    }
    let runtime = context.runtime()?;
    let stop = Stop::new(&context.stop);
    if is_terminal || source.is_live() {
        stop.listen(&runtime, is_terminal);
    }
    let mut session = Session::open(context, &source, &args.source.connection, runtime, stop)?;
    let ended = match input {
        Input::Terminal => {
            let secrets = secrets(&args.source.source, &args.source.connection)?;
            editor::run(context, &mut session, &secrets)
        }
        Input::Lines(lines) => script::run(context, &mut session, lines, args.keep_going),
    };
    session.close();
    ended
}

/// Where commands come from.
enum Input {
    Terminal,
    Lines(Box<dyn Iterator<Item = Result<String, ScriptError>>>),
}

fn input(args: &ShellArgs, source: &Source) -> Result<Input> {
    if !args.command.is_empty() {
        let all: Vec<String> = args.command.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
        return Ok(Input::Lines(Box::new(all.into_iter().map(Ok))));
    }
    match &args.file {
        Some(path) if path != Path::new("-") => {
            let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(Input::Lines(Box::new(lines(BufReader::new(file)))))
        }
        _ if *source == Source::Stdin => {
            let text = String::from("the scene comes from stdin, and so would the commands");
            Err(UsageError { text, hint: Some("-c COMMANDS or -f SCRIPT says what to do") }.into())
        }
        None if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() => Ok(Input::Terminal),
        _ => Ok(Input::Lines(Box::new(lines(BufReader::new(std::io::stdin()))))),
    }
}
