//! Running the binary.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::process::{Process, collect};

/// A command line of `scenectl`, in a plain environment: no terminal, 100 columns, no settings of the user.
pub(crate) fn scenectl() -> Scenectl {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scenectl"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SCENECTL_") {
            command.env_remove(name);
        }
    }
    command.env("COLUMNS", "100").env_remove("NO_COLOR").env_remove("RUST_LOG");
    // Nothing that the user has, or has said before.
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env(name, "/dev/null");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Scenectl { command, limit: Duration::from_secs(180), input: Vec::new() }
}

/// A command line of `scenectl` that has not been started.
pub(crate) struct Scenectl {
    command: Command,
    limit: Duration,
    input: Vec<u8>,
}

impl Scenectl {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn current_dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// How long it may take before the test fails.
    pub(crate) fn limit(mut self, seconds: u64) -> Self {
        self.limit = Duration::from_secs(seconds);
        self
    }

    /// What it reads from stdin.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = bytes.into();
        self
    }

    /// Runs it under a shell that first does `setup`, such as `ulimit`.
    pub(crate) fn after(mut self, setup: &str) -> Self {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("{setup}\nexec \"$@\"")).arg("sh");
        shell.arg(self.command.get_program()).args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        if let Some(folder) = self.command.get_current_dir() {
            shell.current_dir(folder);
        }
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command = shell;
        self
    }

    /// Runs it to its end. It must not panic, whatever the test is about.
    pub(crate) fn run(self) -> Output {
        self.start().finish()
    }

    /// Starts it and leaves it running.
    pub(crate) fn start(mut self) -> Running {
        let mut process = Process::start(&mut self.command);
        if !self.input.is_empty() {
            let (mut stdin, input) = (process.stdin(), self.input);
            thread::spawn(move || stdin.write_all(&input));
        }
        let stderr = collect(process.stderr());
        Running { process, stderr, limit: self.limit, started: Instant::now() }
    }
}

/// A running `scenectl`, killed when it is dropped. Whoever wants its stdout while it runs takes it from the process.
pub(crate) struct Running {
    pub(crate) process: Process,
    stderr: JoinHandle<Vec<u8>>,
    limit: Duration,
    started: Instant,
}

impl Running {
    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Output {
        let stdout = collect(self.process.stdout());
        self.finish_with(stdout)
    }

    /// Waits for its end, when stdout was taken before.
    pub(crate) fn finish_with(mut self, stdout: JoinHandle<Vec<u8>>) -> Output {
        let (status, peak) = self.process.wait(self.limit);
        let stderr = String::from_utf8(self.stderr.join().unwrap()).expect("stderr is UTF-8");
        assert!(!stderr.contains("panicked at"), "it panicked:\n{stderr}");
        Output {
            code: status.code(),
            signal: status.signal(),
            stdout: stdout.join().unwrap(),
            stderr,
            elapsed: self.started.elapsed(),
            peak,
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
    /// The most memory it had, in bytes.
    pub(crate) peak: u64,
}

impl Output {
    /// It must have ended with this code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        let (stdout, stderr) = (String::from_utf8_lossy(&self.stdout), &self.stderr);
        let shown: String = stdout.chars().take(2000).collect();
        assert_eq!(self.code, Some(code), "signal {:?}\nstdout: {shown}\nstderr: {stderr}", self.signal);
        self
    }

    /// It must have done what was asked.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.code(0)
    }

    /// It must have failed with this code and an `error:` line that holds all these words.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, words: &[&str]) -> Self {
        let output = self.code(code);
        let error = output.stderr.lines().any(|line| line.starts_with("error: "));
        assert!(error, "no `error: ` line in:\n{}", output.stderr);
        for word in words {
            assert!(output.stderr.contains(word), "`{word}` is not in:\n{}", output.stderr);
        }
        output
    }

    /// What it printed.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    /// The one JSON document it printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The JSON documents it printed, one a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}
