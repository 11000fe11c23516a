//! jq: questions to JSON, in the language that people know.
//!
//! A program is compiled once and runs in a process of its own (where [`be_worker`] was called, else on a thread): one
//! that recurses without end takes down what it runs in, one that takes all memory dies of its limit (on Linux), and
//! one that runs for ever is ended after a while. It cannot see the environment, and reads no files.

mod error;
mod frames;
mod json;
mod keeper;
mod parse;
mod program;
mod words;
mod worker;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::QueryError;
use keeper::Keeper;
pub use keeper::be_worker;

/// Answers that are taken of one program for one input, where they are taken together.
const MOST_ANSWERS: usize = 100_000;

/// How answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Strings as they are, without quotes.
    pub raw: bool,
    /// A value a line, indented.
    pub pretty: bool,
}

/// What to compile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The jq.
    pub text: String,
    /// Names, without `$`, and values as JSON.
    pub variables: Vec<(String, String)>,
    /// How its answers are written.
    pub form: Form,
}

/// What a program says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// An answer.
    Answer {
        /// As it is to be written.
        text: Vec<u8>,
        /// It is neither false nor null.
        holds: bool,
    },
    /// What `debug` and `stderr` say on the way.
    Note(String),
}

/// A compiled jq program.
pub struct Query {
    text: String,
    worker: Mutex<Result<Keeper, QueryError>>,
}

impl Query {
    /// Compiles a program.
    ///
    /// # Errors
    /// [`QueryError::Syntax`], and what keeps it from running at all.
    pub fn compile(text: &str) -> Result<Self, QueryError> {
        Self::of(&Program { text: text.to_owned(), ..Program::default() })
    }

    /// As [`Query::compile`], with variables and a form for its answers.
    ///
    /// # Errors
    /// As [`Query::compile`].
    pub fn of(program: &Program) -> Result<Self, QueryError> {
        let mut worker = Keeper::start()?;
        let program_json = serde_json::to_vec(program).map_err(|error| QueryError::NotStarted(error.to_string()))?;
        worker.tell(frames::PROGRAM, &program_json)?;
        match worker.hear(None)? {
            Some((frames::WRONG, reason)) => {
                Err(QueryError::Syntax { text: program.text.clone(), reason: words_of(reason) })
            }
            _ => Ok(Self { text: program.text.clone(), worker: Mutex::new(Ok(worker)) }),
        }
    }

    /// The program.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All its answers for an input. One that takes longer than `limit` is ended, and answers nothing more.
    ///
    /// # Errors
    /// [`QueryError`], where one of the answers is an error, too.
    pub fn run(&self, input: &Value, limit: Duration) -> Result<Vec<Value>, QueryError> {
        let mut answers = Vec::new();
        let code = self.ask(input.to_string().as_bytes(), Some(limit), &mut |said| match said {
            Said::Note(_) => Ok(()),
            Said::Answer { .. } if answers.len() == MOST_ANSWERS => Err(QueryError::TooMany),
            Said::Answer { text, .. } => {
                answers.push(serde_json::from_slice(&text).unwrap_or_default());
                Ok(())
            }
        })?;
        match code {
            None => Ok(answers),
            Some(_) => Err(QueryError::Failed(String::from("it stopped itself"))),
        }
    }

    /// Tells all its answers for an input, which is JSON, as they come; and the code that it wants to end with, where it
    /// stops itself (`halt`). One that takes longer than `limit`, or whose answers nobody wants (an error of `each`),
    /// is ended, and answers nothing more.
    ///
    /// # Errors
    /// [`QueryError`], and those of `each`.
    pub fn ask<E: From<QueryError>>(
        &self,
        input: &[u8],
        limit: Option<Duration>,
        each: &mut dyn FnMut(Said) -> Result<(), E>,
    ) -> Result<Option<i32>, E> {
        let mut kept = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = kept.as_mut().map_err(|error| error.clone())?;
        exchange(worker, input, limit, each).map_err(|Broken { error, is_over }| {
            if is_over {
                *kept = Err(QueryError::Over);
            }
            error
        })
    }
}

struct Broken<E> {
    error: E,
    /// The worker is of no more use.
    is_over: bool,
}

fn exchange<E: From<QueryError>>(
    worker: &mut Keeper,
    input: &[u8],
    limit: Option<Duration>,
    each: &mut dyn FnMut(Said) -> Result<(), E>,
) -> Result<Option<i32>, Broken<E>> {
    let over = |error: QueryError| Broken { error: E::from(error), is_over: true };
    let until = limit.map(|limit| Instant::now() + limit);
    worker.tell(frames::INPUT, input).map_err(over)?;
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let Some((kind, bytes)) = worker.hear(left).map_err(over)? else {
            return Err(over(QueryError::TookTooLong(limit.unwrap_or_default())));
        };
        let said = match kind {
            frames::YES | frames::NO => Said::Answer { text: bytes, holds: kind == frames::YES },
            frames::NOTE => Said::Note(words_of(bytes)),
            frames::END => return Ok(None),
            frames::HALTED => return Ok(Some(words_of(bytes).parse().unwrap_or_default())),
            _ => return Err(Broken { error: QueryError::failed(&words_of(bytes)).into(), is_over: false }),
        };
        each(said).map_err(|error| Broken { error, is_over: true })?;
    }
}

fn words_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LIMIT: Duration = Duration::from_secs(20);

    fn run(text: &str, input: &Value) -> Result<Vec<Value>, QueryError> {
        Query::compile(text)?.run(input, LIMIT)
    }

    #[test]
    fn questions_have_answers() {
        let input = json!({"a": [1, 2.5, 3], "b": {"c": "x"}, "big": 9_007_199_254_740_993_u64});
        assert_eq!(run(".a | map(. * 2)", &input).unwrap(), [json!([2, 5.0, 6])]);
        assert_eq!(run(".a[]", &input).unwrap(), [json!(1), json!(2.5), json!(3)]);
        assert_eq!(run(".b.c == \"x\" and .nothing == null", &input).unwrap(), [json!(true)]);
        assert_eq!(run(".big", &input).unwrap(), [json!(9_007_199_254_740_993_u64)]);
        assert_eq!(run("empty", &input).unwrap(), Vec::<Value>::new());
        let query = Query::compile(".n + 1").unwrap();
        for n in 0..100 {
            assert_eq!(query.run(&json!({"n": n}), LIMIT).unwrap(), [json!(n + 1)]);
        }
    }

    #[test]
    fn what_is_wrong_is_an_error() {
        for bad in ["", ".a |", "foo", "$x", "((", "\"", "import \"x\" as y; 1", "include \"/etc/passwd\"; 1"] {
            assert!(matches!(Query::compile(bad), Err(QueryError::Syntax { .. })), "{bad}");
        }
        for failing in [".a", "error(\"x\")", "halt", "1, error", "input", "break $x", "env.HOME"] {
            let outcome = run(failing, &json!([1]));
            assert!(outcome.is_err(), "{failing}: {outcome:?}");
        }
        let where_is = |text: &str| Query::compile(text).err().unwrap().to_string();
        assert!(where_is("1 + foo(2)").contains("foo (character 5)"), "{}", where_is("1 + foo(2)"));
        assert!(where_is(".a |\n  $x").contains("$x (line 2, character 3)"), "{}", where_is(".a |\n  $x"));
        assert!(where_is("[1, 2").contains("the end"), "{}", where_is("[1, 2"));
        assert!(where_is(".a )").contains("`)` (character 4)"), "{}", where_is(".a )"));
    }

    /// A failure is of one input; the next has its own answers.
    #[test]
    fn after_a_failure_it_goes_on() {
        let query = Query::compile(".a").unwrap();
        assert!(matches!(query.run(&json!([1]), LIMIT), Err(QueryError::Failed(_))));
        assert_eq!(query.run(&json!({"a": 1}), LIMIT).unwrap(), [json!(1)]);
    }

    #[test]
    fn what_never_ends_is_given_up_on() {
        let query = Query::compile("def f: f; f").unwrap();
        let limit = Duration::from_millis(100);
        assert_eq!(query.run(&json!(1), limit), Err(QueryError::TookTooLong(limit)));
        assert_eq!(query.run(&json!(1), limit), Err(QueryError::Over));
        assert_eq!(run("repeat(1)", &json!(1)), Err(QueryError::TooMany));
    }

    #[test]
    fn answers_come_as_they_are_to_be_written() {
        let program = Program {
            text: String::from("$x, $y.a, $ARGS.named.x, (debug | empty), null, (\"said\" | halt_error(7))"),
            variables: vec![("x".into(), "\"a b\"".into()), ("y".into(), "{\"a\": 1e-05}".into())],
            form: Form { raw: true, pretty: false },
        };
        let mut said = Vec::new();
        let code = Query::of(&program).unwrap().ask(b"[2]", Some(LIMIT), &mut |what| {
            said.push(match what {
                Said::Answer { text, holds } => format!("{holds} {}", String::from_utf8(text).unwrap()),
                Said::Note(text) => text,
            });
            Ok::<_, QueryError>(())
        });
        assert_eq!(code, Ok(Some(7)));
        assert_eq!(said, ["true a b", "true 1e-05", "true a b", "[\"DEBUG:\",[2]]", "false null", "said"]);
    }
}
