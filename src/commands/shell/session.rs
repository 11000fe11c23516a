//! The scene of a shell, and what its commands do with it.

use anyhow::Result;
use clap::Parser;
use clap::error::ErrorKind;
use tokio::runtime::Runtime;

use super::live::LiveScene;
use super::stop::Stop;
use super::{find, help};
use crate::cli::{ConnectionArgs, SaveArgs, ShellCommand, ShellLine, ShellSetArgs, UpdateArgs};
use crate::commands::load::{Loaded, load_and_stay, outcome};
use crate::commands::{Context, Outcome, Refused, UsageError};
use crate::commands::{convert, doctor, get, info, ls, query, set, top, tree};
use crate::scene::{EditOptions, Selector};
use crate::source::Source;

/// A scene, and the connection that it came over, where it did.
pub(super) struct Session {
    /// What to call the source.
    pub(super) name: String,
    pub(super) loaded: Loaded,
    pub(super) live: Option<LiveScene>,
    /// Something was set and not saved.
    pub(super) is_changed: bool,
    pub(super) stop: Stop,
    runtime: Runtime,
}

/// What comes after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The next one.
    Next(Outcome),
    /// Nothing: somebody leaves.
    Leave,
}

impl Session {
    /// Reads a file, or connects and stays connected.
    pub(super) fn open(
        context: &Context,
        source: &Source,
        connection: &ConnectionArgs,
        runtime: Runtime,
        stop: Stop,
    ) -> Result<Self> {
        let opened = load_and_stay(context, source, connection, &runtime, stop.wanted());
        let (loaded, connection) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let live = connection.map(|connection| LiveScene::new(connection, &loaded.scene, &stop.connection));
        stop.begin();
        Ok(Self { name: source.name(), loaded, live, is_changed: false, stop, runtime })
    }

    /// Says goodbye to a server.
    pub(super) fn close(self) {
        if let Some(live) = &self.live {
            live.close(&self.runtime);
        }
        self.runtime.shutdown_background();
    }

    /// Does what a command's words say.
    pub(super) fn run(&mut self, context: &mut Context, words: &[String]) -> Result<Then> {
        self.stop.begin();
        let line = match ShellLine::try_parse_from(words) {
            Ok(line) => line,
            Err(error) => return not_understood(context, &error),
        };
        let quiet = context.global.quiet;
        context.global.quiet |= line.quiet;
        let done = self.dispatch(context, line.command);
        context.global.quiet = quiet;
        let done = match done {
            Err(_) if context.is_stopped() => Err(anyhow::anyhow!("interrupted")),
            done => done,
        };
        let flushed = context.out.flush();
        let then = done?;
        flushed?;
        Ok(then)
    }

    fn dispatch(&mut self, context: &mut Context, command: ShellCommand) -> Result<Then> {
        let (scene, incomplete) = (&self.loaded.scene, self.loaded.incomplete);
        let outcome = match command {
            ShellCommand::Info(what) => info::show(context, &self.loaded, self.name.clone(), &what),
            ShellCommand::Ls(what) => ls::list(context, scene, incomplete, what),
            ShellCommand::Tree(what) => tree::show(context, scene, incomplete, &what),
            ShellCommand::Get(what) => {
                get::check(context, &what)?;
                get::print(context, scene, incomplete, &what)
            }
            ShellCommand::Find(args) => find::run(context, scene, incomplete, &args),
            ShellCommand::Query(what) => query::run_with(context, scene, incomplete, &what),
            ShellCommand::Doctor(what) => doctor::show(context, &self.loaded, &self.name, &what),
            ShellCommand::Top(what) => top::show(context, &self.loaded, &self.name, &what),
            ShellCommand::Set(args) => self.set(context, &args),
            ShellCommand::Update(args) => self.update(context, &args),
            ShellCommand::Save(to) => self.save(context, &to),
            ShellCommand::New(args) => {
                context.warn(format!("no {} was created: a session does not support creating objects", args.class));
                Ok(Outcome::No)
            }
            ShellCommand::Delete(args) => self.delete(context, &args.selector),
            ShellCommand::Help(args) => help::run(context, args.command.as_deref()),
            ShellCommand::Quit => return Ok(Then::Leave),
        };
        outcome.map(Then::Next)
    }

    fn set(&mut self, context: &mut Context, args: &ShellSetArgs) -> Result<Outcome> {
        let changed = set::change(&self.loaded.scene, &args.what, EditOptions { force: args.force })?;
        let mut written = String::from("in memory only: `save OUT` keeps it");
        if let Some(live) = &mut self.live {
            live.journal.note(&changed.ids, &args.what.assignments, &changed.edits);
            written.push_str(", and the live server is left untouched");
        }
        self.is_changed |= changed.count() > 0;
        // What was done is done, also where nobody wants to read of it.
        self.loaded.scene.clone_from(&changed.scene);
        changed.tell(context, args.what.json, None, &written)?;
        Ok(Outcome::Done)
    }

    fn save(&mut self, context: &Context, to: &SaveArgs) -> Result<Outcome> {
        convert::check(context, to)?;
        convert::write(context, &self.loaded.scene, to)?;
        self.is_changed = false;
        Ok(outcome(self.loaded.incomplete))
    }

    fn delete(&self, context: &Context, selector: &Selector) -> Result<Outcome> {
        for id in self.loaded.scene.select_some(selector)? {
            let described = self.loaded.scene.describe(&id);
            context.warn(format!("{described} stays: a session does not support deleting objects"));
        }
        Ok(Outcome::No)
    }

    fn update(&mut self, context: &mut Context, args: &UpdateArgs) -> Result<Outcome> {
        let Some(live) = &mut self.live else {
            let text = format!("{} is no live server: nothing new comes from it", self.name);
            return Err(Refused { text, hint: Some("what is in the file now, a new shell reads") }.into());
        };
        let updated = live.update(context, &self.runtime, &self.stop, args)?;
        self.is_changed &= updated.has_local;
        self.loaded.incomplete |= updated.is_damaged;
        self.loaded.scene = updated.scene;
        Ok(outcome(self.loaded.incomplete || updated.has_lost))
    }
}

/// Help that was asked for, or why a line is none.
fn not_understood(context: &mut Context, error: &clap::Error) -> Result<Then> {
    if error.kind() == ErrorKind::DisplayHelp {
        help::print(context, &error.render())?;
        context.out.flush()?;
        return Ok(Then::Next(Outcome::Done));
    }
    let text = help::plain(&error.render());
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    // How to call a command that there is not helps nobody.
    let end = if error.kind() == ErrorKind::InvalidSubcommand { "\n\nUsage:" } else { "\n\nFor more information" };
    let text = text.split(end).next().unwrap_or(text).trim_end().to_owned();
    // What reads selectors and paths has hints of its own.
    let has_hint = text.contains("\nhint: ");
    let hint = (!has_hint).then_some("`help` lists the commands, `help COMMAND` explains one");
    Err(UsageError { text, hint }.into())
}
