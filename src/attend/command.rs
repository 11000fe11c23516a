//! Running a command of the user's that draws a picture.

use std::convert::Infallible;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::{Instant, sleep_until, timeout};

use super::painter::{MOST_PICTURE, TOO_LARGE};
use super::picture::is_whole;
use crate::protocol::PictureRequest;

/// Bytes of what a command says on stderr that are kept: the last of them.
const MOST_WORDS: usize = 4_000;

/// How long it may take to read what a command left behind when it ended.
const LEFT: Duration = Duration::from_millis(250);

/// A command, and all that it has started: they end when this is dropped, unless they have ended by themselves.
struct Running {
    child: Child,
    /// Their process group, as long as somebody is in it.
    group: Option<u32>,
}

impl Running {
    fn start(command: &str, request: &PictureRequest) -> std::io::Result<Self> {
        let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
        shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let pairs = [("WIDTH", request.width.to_string()), ("HEIGHT", request.height.to_string())];
        for (name, value) in pairs.into_iter().chain([("FORMAT", request.format.clone())]) {
            // A text with a zero in it cannot be given to a process.
            shell.env(format!("SCENECTL_{name}"), value.replace('\0', ""));
        }
        #[cfg(unix)]
        shell.process_group(0);
        let child = shell.spawn()?;
        Ok(Self { group: child.id(), child })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(_group) = self.group else { return };
        #[cfg(target_os = "linux")]
        if let Some(group) = rustix::process::Pid::from_raw(_group.cast_signed()) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// What a command has printed so far.
#[derive(Default)]
struct Printed {
    picture: Vec<u8>,
    words: Vec<u8>,
    status: Option<ExitStatus>,
}

/// What a command prints for a request.
///
/// # Errors
/// Where it cannot be run, fails, prints too much, or takes longer than `most`; in words.
pub(super) async fn draw(command: &str, request: &PictureRequest, most: Duration) -> Result<Vec<u8>, String> {
    let text = serde_json::to_vec(request).map_err(|error| error.to_string())?;
    let mut running = Running::start(command, request).map_err(|error| format!("cannot run it: {error}"))?;
    let child = &mut running.child;
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(String::from("it has no stdin and stdout"));
    };
    let say = async move {
        // It need not read what was asked.
        let _ = stdin.write_all(&text).await;
        drop(stdin);
        std::future::pending::<Infallible>().await
    };
    let mut printed = Printed::default();
    let listened = tokio::select! {
        listened = timeout(most, printed.listen(child, stdout, stderr)) => listened,
        never = say => match never {},
    };
    match listened {
        Ok(Ok(true)) => running.group = None,
        Ok(Ok(false)) => {}
        Ok(Err(error)) => return Err(error),
        // Something it has started, or it itself, goes on; the picture is there.
        Err(_) if printed.status.is_none_or(|status| status.success()) && is_whole(&printed.picture) => {}
        Err(_) => return Err(format!("it took longer than {} s", most.as_secs_f64())),
    }
    let words = String::from_utf8_lossy(&printed.words);
    let words = || words.lines().filter(|line| !line.trim().is_empty());
    if let Some(status) = printed.status.filter(|status| !status.success()) {
        let last = words().next_back().unwrap_or_default();
        return Err(format!("it ended with {status}{}{last}", if last.is_empty() { "" } else { ": " }));
    }
    words().for_each(|line| tracing::info!("--render-exec says: {line}"));
    Ok(printed.picture)
}

impl Printed {
    /// Listens until the command has ended and all that it printed is here. True where nobody is left who could print;
    /// what it started and left running does not count when the picture is whole.
    async fn listen(
        &mut self,
        child: &mut Child,
        mut stdout: ChildStdout,
        mut stderr: ChildStderr,
    ) -> Result<bool, String> {
        let failed = |error: std::io::Error| error.to_string();
        let (mut is_drawn, mut is_silent) = (false, false);
        let mut patience = None;
        loop {
            if is_drawn && is_silent && self.status.is_some() {
                return Ok(true);
            }
            tokio::select! {
                read = stdout.read_buf(&mut self.picture), if !is_drawn => {
                    is_drawn = read.map_err(failed)? == 0;
                    if self.picture.len() > MOST_PICTURE {
                        return Err(String::from(TOO_LARGE));
                    }
                }
                read = stderr.read_buf(&mut self.words), if !is_silent => {
                    is_silent = read.map_err(failed)? == 0;
                    if self.words.len() > 2 * MOST_WORDS {
                        self.words.drain(..self.words.len() - MOST_WORDS);
                    }
                }
                status = child.wait(), if self.status.is_none() => {
                    self.status = Some(status.map_err(failed)?);
                    patience = Some(Instant::now() + LEFT);
                }
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => {
                    patience = None;
                    let has_failed = self.status.is_some_and(|status| !status.success());
                    if has_failed || is_drawn || is_whole(&self.picture) {
                        return Ok(false);
                    }
                }
            }
        }
    }
}
