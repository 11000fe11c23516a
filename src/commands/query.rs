//! `query`: jq over the whole scene.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::load::{Loaded, load, outcome, source};
use super::{Context, Outcome, UsageError};
use crate::analysis::document::document;
use crate::cli::{QueryArgs, QueryWhat};
use crate::query::{Form, Program, Query, QueryError, Said};
use crate::render::note;
use crate::scene::{Scene, without_controls};

/// A program is some lines; what is larger is something else.
const LONGEST: u64 = 16 << 20;

/// Objects without a readable state that are named.
const MOST_NAMED: usize = 8;

pub(super) fn run(context: &mut Context, args: QueryArgs) -> Result<Outcome> {
    let (query, loaded) = prepare(context, &args)?;
    let (document, incomplete) = read(context, &loaded.scene, loaded.incomplete);
    drop(loaded.scene);
    ask(context, query, &document, incomplete, args.what.exit_status)
}

/// Asks a scene that stays.
pub(super) fn run_with(context: &mut Context, scene: &Scene, incomplete: bool, args: &QueryWhat) -> Result<Outcome> {
    let query = compile(args)?;
    let (document, incomplete) = read(context, scene, incomplete);
    ask(context, query, &document, incomplete, args.exit_status)
}

/// The document, and whether something is missing in it.
fn read(context: &Context, scene: &Scene, mut incomplete: bool) -> (Vec<u8>, bool) {
    let document = document(scene);
    if !document.unreadable.is_empty() {
        incomplete = true;
        let mut named: Vec<String> = document.unreadable.iter().take(MOST_NAMED).map(|id| scene.describe(id)).collect();
        named.extend((document.unreadable.len() > MOST_NAMED).then(|| String::from("…")));
        context.warn(format!("the state of {} cannot be read: it is null here", named.join(", ")));
    }
    (document.text.into(), incomplete)
}

fn ask(context: &mut Context, query: Query, document: &[u8], incomplete: bool, exit_status: bool) -> Result<Outcome> {
    let mut last_holds = false;
    let code = query.ask(document, None, &mut |said| {
        match said {
            Said::Nothing if context.is_stopped() => anyhow::bail!("interrupted"),
            Said::Nothing => {}
            Said::Note(text) if context.global.quiet => drop(text),
            Said::Note(text) => note(text),
            Said::Answer { text, holds } => {
                last_holds = holds;
                print(context, &text)?;
            }
        }
        anyhow::Ok(())
    })?;
    if let Some(code) = code.filter(|code| *code != 0) {
        anyhow::bail!("jq: it stopped itself, with code {code}");
    }
    Ok(if exit_status && !last_holds { Outcome::No } else { outcome(incomplete) })
}

/// Compiles, and loads: a file meanwhile, but nobody connects to a server for what is no jq.
fn prepare(context: &mut Context, args: &QueryArgs) -> Result<(Query, Loaded)> {
    let is_file = source(context, &args.source).is_ok_and(|source| !source.is_live());
    if !is_file {
        return Ok((compile(&args.what)?, load(context, &args.source)?));
    }
    std::thread::scope(|scope| {
        let compiled = scope.spawn(|| compile(&args.what));
        let loaded = load(context, &args.source);
        let compiled = compiled.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((compiled?, loaded?))
    })
}

fn print(context: &mut Context, text: &[u8]) -> Result<()> {
    if !context.out.is_terminal {
        context.out.text(text)?;
        return Ok(context.out.line("")?);
    }
    for line in String::from_utf8_lossy(text).split('\n') {
        context.out.line(without_controls(line))?;
    }
    Ok(context.out.flush()?)
}

fn compile(args: &QueryWhat) -> Result<Query> {
    let form = Form { raw: args.raw, pretty: !args.compact };
    let variables = variables(args)?;
    let Some(file) = &args.from_file else {
        let text = args.jq.clone().unwrap_or_default();
        return Ok(Query::of(&Program { text, variables, form })?);
    };
    let could_not = || format!("cannot read {}", file.display());
    let size = std::fs::metadata(file).with_context(could_not)?.len();
    if size > LONGEST {
        let text = format!("{}: {size} bytes are too many for a jq program", file.display());
        return Err(UsageError { text, hint: None }.into());
    }
    let text = std::fs::read_to_string(file).with_context(could_not)?;
    Query::of(&Program { text, variables, form }).map_err(|error| match error {
        QueryError::Syntax { reason, .. } => QueryError::Syntax { text: file.display().to_string(), reason }.into(),
        other => other.into(),
    })
}

/// Names and values as JSON; of two with the same name the first counts, as in jq.
fn variables(args: &QueryWhat) -> Result<Vec<(String, String)>> {
    let usage = |text: String| UsageError { text, hint: None };
    let mut found: Vec<(String, String)> = Vec::new();
    let texts = args.arg.chunks(2).map(|pair| (pair, false));
    for (pair, is_json) in texts.chain(args.argjson.chunks(2).map(|pair| (pair, true))) {
        let [name, value] = pair else { continue };
        let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if !name.chars().all(is_word) || name.chars().next().is_none_or(|c| c.is_ascii_digit()) {
            return Err(usage(format!("`{name}` cannot be a variable's name: letters, digits and _ can")).into());
        }
        let value = if is_json {
            let parsed = serde_json::from_str::<Value>(value);
            parsed.map_err(|error| usage(format!("--argjson {name}: `{value}` is not JSON ({error})")))?;
            value.clone()
        } else {
            Value::from(value.as_str()).to_string()
        };
        if !found.iter().any(|(other, _)| other == name) {
            found.push((name.clone(), value));
        }
    }
    Ok(found)
}
