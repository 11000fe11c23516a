//! The jq engine (jaq), on one thread.

use jaq_core::data::JustLut;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars};
use jaq_json::{Val, read};

use super::{Answer, MOST_ANSWERS, QueryError};

/// A compiled program.
pub(super) struct Program(Filter<JustLut<Val>>);

impl Program {
    /// Compiles; what is wrong, in words, where it cannot.
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        // The environment holds secrets; what an answer says is printed.
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let funs = funs.filter(|(name, ..)| *name != "env");
        let arena = Arena::default();
        let loaded = Loader::new(defs).load(&arena, File { code: text, path: () });
        let modules =
            loaded.map_err(|errors| errors.into_iter().map(|(_, error)| in_words(error)).collect::<String>())?;
        let compiled = Compiler::default().with_funs(funs).compile(modules);
        compiled.map(Self).map_err(|errors| {
            let undefined = errors.into_iter().flat_map(|(_, errors)| errors);
            let words: Vec<String> =
                undefined.map(|(name, kind)| format!("there is no {} {name}", kind.as_str())).collect();
            words.join(", ")
        })
    }

    /// All answers for an input.
    pub(super) fn run(&self, input: &str) -> Answer {
        let failed = |text: String| QueryError::Failed(text);
        let input = read::parse_single(input.as_bytes()).map_err(|error| failed(error.to_string()))?;
        let context = Ctx::<JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let mut answers = Vec::new();
        for answer in self.0.id.run((context, input)) {
            let answer = answer.map_err(|stop| match stop.get_err() {
                Ok(error) => failed(error.to_string()),
                Err(_) => failed(String::from("it stopped itself")),
            })?;
            if answers.len() == MOST_ANSWERS {
                return Err(QueryError::TooMany);
            }
            // jq has numbers that JSON has no word for.
            answers.push(serde_json::from_str(&answer.to_string()).unwrap_or_default());
        }
        Ok(answers)
    }
}

fn in_words(error: load::Error<&str>) -> String {
    let shown = |rest: &str| {
        if rest.is_empty() {
            String::from("the end")
        } else {
            format!("`{}`", rest.chars().take(20).collect::<String>())
        }
    };
    let first = |found: Option<(&str, &str)>| match found {
        Some((wanted, rest)) => format!("{wanted} is wanted at {}", shown(rest)),
        None => String::from("it cannot be read"),
    };
    match error {
        load::Error::Io(_) => String::from("modules are not read"),
        load::Error::Lex(errors) => first(errors.first().map(|(wanted, rest)| (wanted.as_str(), *rest))),
        load::Error::Parse(errors) => first(errors.first().map(|(wanted, rest)| (wanted.as_str(), *rest))),
    }
}
