//! A person at a terminal.

use std::cell::RefCell;

use anyhow::Result;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Editor, Helper};

use super::help;
use super::session::{Session, Then};
use crate::commands::load::outcome;
use crate::commands::{Context, Outcome};
use crate::render::{bytes, count, is_broken_pipe, note, report, warn};
use crate::scene::{shortened, without_controls};
use crate::shell::{self, MOST_LINES, complete, history_file, is_kept};

/// Characters of the source's name in the prompt.
const LONGEST_NAME: usize = 40;

/// Reads and does commands until somebody leaves.
pub(super) fn run(context: &mut Context, session: &mut Session, secrets: &[String]) -> Result<Outcome> {
    if !context.global.quiet {
        let scene = &session.loaded.scene;
        let objects = count(scene.objects().len() as u64, "object");
        let blobs = count(scene.blobs().len() as u64, "blob");
        let size = bytes(scene.blob_bytes());
        note(format!("{}: {objects}, {blobs} ({size}). `help` lists the commands, Tab completes.", session.name));
    }
    let session = RefCell::new(session);
    let typing = Typing { commands: help::commands(), session: &session };
    let config = Config::builder()
        .max_history_size(MOST_LINES)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .build();
    let mut editor: Editor<Typing<'_, '_>, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(typing));
    let history = history_file();
    if let Some(path) = &history {
        // There is none at first.
        let _ = editor.load_history(path);
    }
    let mut was_told = false;
    loop {
        context.out.flush()?;
        let prompt = prompt(&session.borrow());
        match editor.readline(&prompt) {
            Ok(line) => {
                if is_kept(&line, secrets) && editor.add_history_entry(line.as_str()).unwrap_or_default() {
                    remember(&mut editor, history.as_deref());
                }
                if run_lines(context, &mut session.borrow_mut(), &line)? == Then::Leave {
                    if may_leave(&session.borrow(), &mut was_told) {
                        break;
                    }
                    continue;
                }
                was_told = false;
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => {
                if may_leave(&session.borrow(), &mut was_told) {
                    break;
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    let incomplete = session.borrow().loaded.incomplete;
    Ok(outcome(incomplete))
}

/// What is lost is told of once.
fn may_leave(session: &Session, was_told: &mut bool) -> bool {
    if session.is_changed && !std::mem::replace(was_told, true) {
        warn("what was set is not saved: `save OUT` does that, leaving once more loses it");
        return false;
    }
    true
}

/// Does what was typed or pasted, up to the first command that fails.
fn run_lines(context: &mut Context, session: &mut Session, lines: &str) -> Result<Then> {
    for line in lines.lines() {
        let then = run_line(context, session, line)?;
        if then != Then::Next(Outcome::Done) {
            return Ok(then);
        }
    }
    Ok(Then::Next(Outcome::Done))
}

/// One line of it; the answer is no where something fails.
fn run_line(context: &mut Context, session: &mut Session, line: &str) -> Result<Then> {
    let commands = match shell::commands(line) {
        Ok(commands) => commands,
        Err(error) => {
            report(&error.into());
            return Ok(Then::Next(Outcome::No));
        }
    };
    for words in commands {
        match session.run(context, &words) {
            Ok(Then::Leave) => return Ok(Then::Leave),
            Ok(Then::Next(_)) => {}
            Err(error) if is_broken_pipe(&error) => return Err(error),
            Err(error) => {
                report(&error);
                return Ok(Then::Next(Outcome::No));
            }
        }
    }
    Ok(Then::Next(Outcome::Done))
}

/// Keeps the last line; where that is not possible, it is only remembered until the end.
fn remember(editor: &mut Editor<Typing<'_, '_>, FileHistory>, path: Option<&std::path::Path>) {
    if let Some(path) = path {
        if let Some(folder) = path.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        let _ = editor.append_history(path);
    }
}

/// `scene.wazex> `, and with a star where something is not saved.
fn prompt(session: &Session) -> String {
    let name = session.name.split_once("://").map_or(session.name.as_str(), |(_, rest)| rest);
    let is_live = session.live.is_some();
    let short =
        if is_live { name.split(['/', '?']).next() } else { name.trim_end_matches('/').rsplit(['/', '\\']).next() };
    let short = without_controls(short.unwrap_or(name));
    let mark = if session.is_changed { "*" } else { "" };
    format!("{}{mark}> ", shortened(&short, LONGEST_NAME))
}

/// What helps while a line is typed.
struct Typing<'a, 's> {
    commands: clap::Command,
    session: &'a RefCell<&'s mut Session>,
}

impl Completer for Typing<'_, '_> {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &rustyline::Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let session = self.session.borrow();
        let completion = complete(line.get(..pos).unwrap_or_default(), &self.commands, &session.loaded.scene);
        let pairs = completion.candidates.into_iter();
        let pairs = pairs.map(|candidate| Pair { display: candidate.display, replacement: candidate.text });
        Ok((completion.start, pairs.collect()))
    }
}

impl Hinter for Typing<'_, '_> {
    type Hint = String;
}

impl Highlighter for Typing<'_, '_> {}
impl Validator for Typing<'_, '_> {}
impl Helper for Typing<'_, '_> {}
