//! What the verbs do: one file each, `run(context, args)` giving an [`Outcome`].

mod binaries;
mod call;
mod check;
mod completions;
mod context;
mod convert;
mod diff;
mod doctor;
mod export;
mod extract;
mod follow;
mod get;
mod help;
mod import;
mod info;
mod load;
mod ls;
mod man;
mod own;
mod patch;
mod ping;
mod pull;
mod query;
mod ready;
mod record;
mod relay;
mod relay_set;
mod replay;
mod report;
mod set;
mod shell;
mod signals;
mod sub;
mod top;
mod tree;
mod view;
mod watch;

pub use context::Context;

use crate::cli::{Cli, Command};

/// How a command ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// The answer is no.
    No,
    /// Done, but something was lost.
    Loss,
}

/// The command line asks for something that makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct UsageError {
    /// What.
    pub text: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

/// The answer is no: what was asked for is not possible.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Refused {
    /// What.
    pub text: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

/// What went wrong was told already; its exit code is that of its cause.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Told(pub anyhow::Error);

/// Runs a command line.
///
/// # Errors
/// Whatever keeps the command from its answer; [`crate::render::report`] prints it.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let mut context = Context::new(cli.global);
    let outcome = match cli.command {
        Command::Pull(args) => pull::run(&mut context, args),
        Command::Info(args) => info::run(&mut context, args),
        Command::Ls(args) => ls::run(&mut context, args),
        Command::Tree(args) => tree::run(&mut context, args),
        Command::Get(args) => get::run(&mut context, args),
        Command::Query(args) => query::run(&mut context, args),
        Command::Set(args) => set::run(&mut context, args),
        Command::Shell(args) => shell::run(&mut context, *args),
        Command::Convert(args) => convert::run(&mut context, args),
        Command::Diff(args) => diff::run(&mut context, args),
        Command::Patch(args) => patch::run(&mut context, args),
        Command::Check(args) => check::run(&mut context, args),
        Command::Accept(args) => check::accept(&mut context, args),
        Command::Report(args) => report::run(&mut context, args),
        Command::Record(args) => record::run(&mut context, args),
        Command::Import(args) => import::run(&mut context, args),
        Command::Replay(args) => replay::run(&mut context, args),
        Command::Relay(args) => relay::run(&mut context, *args),
        Command::RelaySet(args) => relay_set::run(&mut context, args),
        Command::Top(args) => top::run(&mut context, args),
        Command::Export(args) => export::run(&mut context, args),
        Command::Extract(args) => extract::run(&mut context, args),
        Command::Watch(args) => watch::run(&mut context, args),
        Command::View(args) => view::run(&mut context, *args),
        Command::Ping(args) => ping::run(&mut context, args),
        Command::Call(args) => call::run(&mut context, args),
        Command::Sub(args) => sub::run(&mut context, args),
        Command::Completions(args) => completions::run(&mut context, &args),
        Command::Help(args) => help::run(&mut context, &args),
        Command::Man(args) => man::run(&mut context, &args),
        Command::Doctor(args) => doctor::run(&mut context, args),
    }?;
    context.out.flush()?;
    Ok(outcome)
}
