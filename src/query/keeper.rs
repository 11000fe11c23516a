//! Keeps the worker of a program: starts it, talks with it, and finds out what it died of.

use std::io::{BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::frames::{self, Frame};
use super::{QueryError, worker};

/// What this program is started with to be a worker.
const WORKER: &str = "--jq-worker";
/// Memory that a worker may have, and how much more for each byte of its input.
const MEMORY: u64 = 2 << 30;
const MEMORY_PER_BYTE: u64 = 32;
/// Answers that wait to be heard.
const WAITING: usize = 64;
/// What a dying worker says is a line or two.
const MOST_LAST_WORDS: u64 = 16 << 10;

/// True where this program can be started again to be a worker.
static CAN_SERVE: AtomicBool = AtomicBool::new(false);

/// To be called first of all by a program that wants its jq programs to run in processes of their own: it is started
/// again for that, and this returns true when the work is done. Where this is never called, they run on threads.
pub fn be_worker() -> bool {
    if std::env::args_os().nth(1).is_none_or(|arg| arg != WORKER) {
        CAN_SERVE.store(true, Ordering::Relaxed);
        return false;
    }
    let serving = worker::serve(std::io::stdin(), std::io::stdout(), || std::process::exit(0));
    if let Ok(worker) = serving {
        let _ = worker.join();
    }
    true
}

/// One worker.
pub(super) struct Keeper {
    to: Box<dyn Write + Send>,
    from: Receiver<Frame>,
    process: Option<Process>,
}

struct Process {
    child: Child,
    last_words: Option<JoinHandle<String>>,
}

impl Keeper {
    /// Starts a worker: a process, where that is possible. A program that recurses for ever takes down what it runs
    /// in, and only the end of a process ends one that does not come to an end.
    pub(super) fn start() -> Result<Self, QueryError> {
        let could_not = |error: std::io::Error| QueryError::NotStarted(error.to_string());
        if CAN_SERVE.load(Ordering::Relaxed) {
            return Self::process().map_err(could_not);
        }
        let (input, to) = std::io::pipe().map_err(could_not)?;
        let (output, from) = std::io::pipe().map_err(could_not)?;
        worker::serve(input, from, || ()).map_err(could_not)?;
        Ok(Self { to: Box::new(to), from: listen(output).map_err(could_not)?, process: None })
    }

    fn process() -> std::io::Result<Self> {
        // The file that we are may have been replaced meanwhile.
        let program = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
        let mut command = Command::new(program);
        command.arg(WORKER).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // All its memory from one place, some of it ahead: half as many page faults (glibc).
        command.env("MALLOC_ARENA_MAX", "1").env("MALLOC_TOP_PAD_", "16777216");
        // Ctrl-C is for us: a worker ends when we do.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let gone = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        let (stdin, stdout) = (child.stdin.take().ok_or_else(gone)?, child.stdout.take().ok_or_else(gone)?);
        let stderr = child.stderr.take().ok_or_else(gone)?;
        let last_words = std::thread::Builder::new().name(String::from("jq-stderr")).spawn(move || {
            let mut words = Vec::new();
            let _ = stderr.take(MOST_LAST_WORDS).read_to_end(&mut words);
            String::from_utf8_lossy(&words).into_owned()
        })?;
        let process = Process { child, last_words: Some(last_words) };
        Ok(Self { to: Box::new(stdin), from: listen(stdout)?, process: Some(process) })
    }

    /// Says something to the worker.
    pub(super) fn tell(&mut self, kind: u8, bytes: &[u8]) -> Result<(), QueryError> {
        let memory = memory_for(bytes.len()).to_le_bytes();
        let limited = match self.process {
            Some(_) => frames::write(&mut self.to, frames::MEMORY, &memory),
            None => Ok(()),
        };
        let told = limited.and_then(|()| frames::write(&mut self.to, kind, bytes));
        told.and_then(|()| self.to.flush()).map_err(|_| self.broke_off())
    }

    /// What the worker says next; `None` where it says nothing within `limit`.
    pub(super) fn hear(&mut self, limit: Option<Duration>) -> Result<Option<Frame>, QueryError> {
        let heard = match limit {
            Some(limit) => self.from.recv_timeout(limit),
            None => self.from.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match heard {
            Ok(frame) => Ok(Some(frame)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(self.broke_off()),
        }
    }

    /// Why the worker says nothing more.
    fn broke_off(&mut self) -> QueryError {
        let broke_off = || QueryError::Failed(String::from("it broke off"));
        let Some(process) = &mut self.process else { return broke_off() };
        // Of one that died only the words are left; one that does not listen is none any more.
        let _ = process.child.kill();
        let status = process.child.wait();
        let words = process.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        if words.contains("overflowed its stack") {
            QueryError::TooDeep
        } else if words.contains("memory allocation of") || words.contains("out of memory") {
            QueryError::OutOfMemory
        } else if let Some(panic) = words.lines().find(|line| line.contains("panicked")) {
            QueryError::Failed(format!("it broke off: {panic}"))
        } else {
            status.map_or_else(|_| broke_off(), |status| QueryError::Failed(format!("it broke off ({status})")))
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}

fn memory_for(input: usize) -> u64 {
    MEMORY.saturating_add(MEMORY_PER_BYTE.saturating_mul(input as u64))
}

fn listen(output: impl Read + Send + 'static) -> std::io::Result<Receiver<Frame>> {
    let (send, from) = sync_channel(WAITING);
    std::thread::Builder::new().name(String::from("jq-output")).spawn(move || {
        let mut output = BufReader::with_capacity(1 << 20, output);
        while let Ok(Some(frame)) = frames::read(&mut output) {
            if send.send(frame).is_err() {
                return;
            }
        }
    })?;
    Ok(from)
}
