//! Child processes that never outlive a test, and what they print.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A running child, killed by its id when it is dropped.
pub(crate) struct Process {
    child: Child,
    what: String,
}

impl Process {
    /// Starts it, with stdout and stderr piped unless the command says otherwise.
    pub(crate) fn start(command: &mut Command) -> Self {
        let what = format!("{command:?}");
        let child = command.spawn().unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
        Self { child, what }
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its stdout, once.
    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("stdout is piped")
    }

    /// Its stderr, once.
    pub(crate) fn stderr(&mut self) -> ChildStderr {
        self.child.stderr.take().expect("stderr is piped")
    }

    /// Its stdin, once.
    pub(crate) fn stdin(&mut self) -> std::process::ChildStdin {
        self.child.stdin.take().expect("stdin is piped")
    }

    /// Sends a signal, such as `INT` or `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").arg(format!("-{name}")).arg(id).stderr(Stdio::null()).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{name} {}", self.what);
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for its end and returns the most memory it had, in bytes (0 where the system does not tell).
    /// Kills it and panics when it takes longer than `limit`.
    pub(crate) fn wait(&mut self, limit: Duration) -> (ExitStatus, u64) {
        let end = Instant::now() + limit;
        let mut peak = 0;
        loop {
            peak = peak.max(peak_memory(self.id()));
            if let Some(status) = self.child.try_wait().expect("wait") {
                return (status, peak);
            }
            if Instant::now() > end {
                self.kill();
                panic!("it did not end within {limit:?}: {}", self.what);
            }
            thread::sleep(Duration::from_millis(3));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The most resident memory a process had so far, in bytes. A child that was only just started may still be a copy of
/// ourselves, with our memory: that does not count.
fn peak_memory(id: u32) -> u64 {
    let program = std::fs::read_link(format!("/proc/{id}/exe"));
    if program.is_err() || program.ok() == std::env::current_exe().ok() {
        return 0;
    }
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// Reads all of a pipe on a thread of its own.
pub(crate) fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// The lines of a pipe, as they come.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    /// Reads on a thread of its own.
    pub(crate) fn of(pipe: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = sync_channel(100_000);
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(receiver)
    }

    /// The next line; none when the pipe ended or after `limit`.
    pub(crate) fn next(&self, limit: Duration) -> Option<String> {
        self.0.recv_timeout(limit).ok()
    }
}
