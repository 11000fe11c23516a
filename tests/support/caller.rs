//! Another client beside the one under test, which calls what it is told to.

use std::io::Write;
use std::process::{ChildStdin, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::peers::Peer;
use super::process::{Lines, Process};

/// A connected Python client, see `tests/peers/trigger.py`.
pub(crate) struct Caller {
    stdin: ChildStdin,
    lines: Lines,
    _process: Process,
}

impl Caller {
    /// Connects to a server.
    pub(crate) fn connect(python: &Peer, url: &str) -> Self {
        let mut command = python.script("trigger.py");
        let mut process = Process::start(command.arg(url).stdin(Stdio::piped()).stdout(Stdio::piped()));
        Self { stdin: process.stdin(), lines: Lines::of(process.stdout()), _process: process }
    }

    /// Calls a method: the first element is its name, the others are its arguments.
    #[track_caller]
    pub(crate) fn call(&mut self, call: &Value) -> Value {
        writeln!(self.stdin, "{call}").unwrap();
        let line = self.lines.next(Duration::from_secs(60)).expect("an answer");
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        assert!(answer.get("error").is_none(), "{call}: {answer}");
        answer["result"].take()
    }
}
