//! jq: questions to JSON, in the language that people know.
//!
//! A program is compiled once and runs on a thread of its own, since nothing else can end one that runs for
//! ever: after a while nobody waits for it any more. It cannot see the environment, and reads no files.

mod program;

use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use serde_json::Value;

use program::Program;

/// Answers that are taken of one program for one input.
const MOST_ANSWERS: usize = 100_000;

/// jq recurses on the stack.
const STACK: usize = 64 << 20;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is no jq.
    #[error("`{text}` is not jq: {reason}")]
    Syntax {
        /// The program.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// It failed.
    #[error("jq: {0}")]
    Failed(String),
    /// It took too long.
    #[error("jq: no answer within {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// There is no end to its answers.
    #[error("jq: more than {MOST_ANSWERS} answers")]
    TooMany,
}

impl QueryError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Syntax { .. } => Some("put the whole expression in single quotes, such as '.ms < 100'"),
            Self::Failed(_) => Some("`.a?` and `//` are for what may not be there"),
            Self::TimedOut(_) | Self::TooMany => Some("does it come to an end?"),
        }
    }

    /// True when the command line, not the world, is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Syntax { .. })
    }
}

type Answer = Result<Vec<Value>, QueryError>;

/// A compiled jq program.
pub struct Query {
    text: String,
    /// One question at a time: an input, and where its answer goes.
    asked: Mutex<SyncSender<(String, SyncSender<Answer>)>>,
}

impl Query {
    /// Compiles a program.
    ///
    /// # Errors
    /// [`QueryError::Syntax`].
    pub fn compile(text: &str) -> Result<Self, QueryError> {
        let syntax = |reason: String| QueryError::Syntax { text: text.to_owned(), reason };
        let (asked, questions) = sync_channel::<(String, SyncSender<Answer>)>(1);
        let (tell, compiled) = sync_channel(1);
        let source = text.to_owned();
        let work = move || {
            let program = match Program::compile(&source) {
                Ok(program) => program,
                Err(reason) => return drop(tell.send(Err(reason))),
            };
            let _ = tell.send(Ok(()));
            while let Ok((input, answer)) = questions.recv() {
                let _ = answer.send(program.run(&input));
            }
        };
        let thread = std::thread::Builder::new().name(String::from("jq")).stack_size(STACK).spawn(work);
        thread.map_err(|error| QueryError::Failed(error.to_string()))?;
        match compiled.recv() {
            Ok(Ok(())) => Ok(Self { text: text.to_owned(), asked: Mutex::new(asked) }),
            Ok(Err(reason)) => Err(syntax(reason)),
            Err(_) => Err(syntax(String::from("it cannot be compiled"))),
        }
    }

    /// The program.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All its answers for an input. One that takes longer than `limit` is given up on, and answers nothing more.
    ///
    /// # Errors
    /// [`QueryError`], where one of the answers is an error, too.
    pub fn run(&self, input: &Value, limit: Duration) -> Answer {
        let (give, answer) = sync_channel(1);
        let asked = self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The thread takes one question at a time; where it still works on an earlier one, that one ran for ever.
        asked.try_send((input.to_string(), give)).map_err(|_| QueryError::TimedOut(limit))?;
        match answer.recv_timeout(limit) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(QueryError::TimedOut(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(QueryError::Failed(String::from("it broke off"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LIMIT: Duration = Duration::from_secs(20);

    fn run(text: &str, input: &Value) -> Answer {
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
    }

    #[test]
    fn what_never_ends_is_given_up_on() {
        let query = Query::compile("def f: f; f").unwrap();
        let limit = Duration::from_millis(100);
        assert_eq!(query.run(&json!(1), limit), Err(QueryError::TimedOut(limit)));
        assert_eq!(run("repeat(1)", &json!(1)), Err(QueryError::TooMany));
    }
}
