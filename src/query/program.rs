//! The jq engine (jaq), on one thread.

use std::cell::RefCell;
use std::io;

use bytes::Bytes;
use jaq_core::data::JustLut;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Native, Vars, native};
use jaq_json::{Map, Val};

use super::parse::parse;
use super::{Program, words};

type Data = JustLut<Val>;

/// Takes what a program says on the way.
type Note = Box<dyn FnMut(&str)>;

thread_local! {
    /// jaq's own functions are plain pointers: what they say needs a place that they find.
    static NOTE: RefCell<Option<Note>> = const { RefCell::new(None) };
}

/// Where `debug` and `stderr` of programs on this thread go.
pub(super) fn on_note(note: impl FnMut(&str) + 'static) {
    NOTE.set(Some(Box::new(note)));
}

fn say(text: &str) {
    NOTE.with_borrow_mut(|note| note.iter_mut().for_each(|note| note(text)));
}

/// A compiled program.
pub(super) struct Compiled {
    filter: Filter<Data>,
    variables: Vec<Val>,
}

/// How a program ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It gave all its answers.
    End,
    /// With an error, in words.
    Failed(String),
    /// It stopped itself, with this code.
    Halted(i32),
    /// Nobody listens to its answers any more.
    Unheard,
}

impl Compiled {
    /// Compiles; what is wrong, in words, where it cannot.
    pub(super) fn new(program: &Program) -> Result<Self, String> {
        let (names, variables) = variables(program)?;
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        // The environment holds secrets; what an answer says is printed.
        let replaced = ["env", "debug_empty", "stderr_empty"];
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let funs = funs.filter(|(name, ..)| !replaced.contains(name)).chain(speaking());
        let arena = Arena::default();
        let file = File { code: program.text.as_str(), path: () };
        let loaded = Loader::new(defs).load(&arena, file);
        let modules = loaded.map_err(|errors| words::unread(&program.text, errors))?;
        let compiler = Compiler::default().with_funs(funs).with_global_vars(names.iter().map(String::as_str));
        let compiled = compiler.compile(modules);
        let filter = compiled.map_err(|errors| words::undefined(&program.text, errors))?;
        Ok(Self { filter, variables })
    }

    /// Tells all answers for an input.
    pub(super) fn run(&self, input: Val, each: &mut dyn FnMut(&Val) -> io::Result<()>) -> Stop {
        let context = Ctx::<Data>::new(&self.filter.lut, Vars::new(self.variables.clone()));
        for answer in self.filter.id.run((context, input)) {
            match answer {
                Ok(answer) if each(&answer).is_err() => return Stop::Unheard,
                Ok(_) => {}
                Err(stop) => {
                    return match stop.get_err() {
                        Ok(error) => Stop::Failed(error.to_string()),
                        Err(stop) => stop.get_halt().map_or_else(
                            |_| Stop::Failed(String::from("a `break` has nothing to break out of")),
                            Stop::Halted,
                        ),
                    };
                }
            }
        }
        Stop::End
    }
}

/// The names of the variables and their values: those that were given, and `$ARGS`, which holds them, as in jq.
fn variables(program: &Program) -> Result<(Vec<String>, Vec<Val>), String> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut named = Map::default();
    for (name, json) in &program.variables {
        let value = parse(&Bytes::from(json.clone())).map_err(|error| format!("${name} is not JSON: {error}"))?;
        named.insert(Val::from(name.clone()), value.clone());
        names.push(format!("${name}"));
        values.push(value);
    }
    let given = [(Val::from(String::from("positional")), Val::Arr(Vec::new().into()))];
    let given = given.into_iter().chain([(Val::from(String::from("named")), Val::obj(named))]).collect();
    names.push(String::from("$ARGS"));
    values.push(Val::obj(given));
    Ok((names, values))
}

/// What `debug` and `stderr` are made of.
fn speaking() -> [native::Filter<Native<Data>>; 2] {
    let debug = native::run::<Data>(("debug_empty", native::v(0), |(_, value)| {
        say(&format!("[\"DEBUG:\",{value}]"));
        Box::new(std::iter::empty())
    }));
    let stderr = native::run::<Data>(("stderr_empty", native::v(0), |(_, value)| {
        match &value {
            Val::TStr(text) => say(&String::from_utf8_lossy(text)),
            other => say(&other.to_string()),
        }
        Box::new(std::iter::empty())
    }));
    [debug, stderr]
}
