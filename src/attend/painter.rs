//! Pictures for who asks for them: none, always the same, or what a command of the user's draws.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::protocol::PictureRequest;

/// Bytes of a picture: servers take no larger messages than 50 MiB.
pub const MOST_PICTURE: usize = (50 << 20) - (4 << 10);

/// Bytes of what a command says on stderr that are repeated.
const MOST_WORDS: u64 = 2_000;

/// Who draws.
#[derive(Clone, Debug)]
pub enum Painter {
    /// Nobody: the answer is that there is no picture.
    Empty,
    /// It is there already.
    Picture(Arc<[u8]>),
    /// A command of the user's, for the shell: the request comes as JSON on its stdin, and the picture on its stdout.
    Command {
        /// What to run.
        command: String,
        /// How long it may take.
        timeout: Duration,
    },
}

/// True for what begins as a PNG or JPEG file does.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(&[0xff, 0xd8, 0xff])
}

impl Painter {
    /// The picture of a file.
    ///
    /// # Errors
    /// For files that are no PNG or JPEG, or too large.
    pub fn of(bytes: Vec<u8>) -> Result<Self, String> {
        checked(bytes).map(|bytes| Self::Picture(bytes.into()))
    }

    pub(super) fn paint(&self, request: PictureRequest) -> BoxFuture<'static, Result<Vec<u8>, String>> {
        match self {
            Self::Empty => async { Ok(Vec::new()) }.boxed(),
            Self::Picture(bytes) => {
                let bytes = bytes.to_vec();
                async move { Ok(bytes) }.boxed()
            }
            Self::Command { command, timeout } => {
                let (command, timeout) = (command.clone(), *timeout);
                async move {
                    let mut child = start(&command, &request).map_err(|error| format!("cannot run it: {error}"))?;
                    let group = child.id();
                    let drawn = tokio::time::timeout(timeout, draw(&mut child, &request)).await;
                    end(&mut child, group, drawn.is_err()).await;
                    drawn.unwrap_or_else(|_| Err(format!("it took longer than {} s", timeout.as_secs_f64())))
                }
                .boxed()
            }
        }
    }
}

fn checked(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if bytes.len() > MOST_PICTURE {
        return Err(String::from("the picture is larger than the 50 MiB that servers take"));
    }
    if bytes.is_empty() {
        return Err(String::from("the picture is empty"));
    }
    if is_picture(&bytes) { Ok(bytes) } else { Err(String::from("it is neither PNG nor JPEG")) }
}

fn start(command: &str, request: &PictureRequest) -> std::io::Result<Child> {
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
    shell.spawn()
}

async fn draw(child: &mut Child, request: &PictureRequest) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| error.to_string();
    let text = serde_json::to_vec(request).map_err(|error| error.to_string())?;
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(String::from("it has no stdin and stdout"));
    };
    let mut picture = Vec::new();
    let mut words = Vec::new();
    let say = async move {
        // It need not read what was asked.
        let _ = stdin.write_all(&text).await;
        drop(stdin);
    };
    let mut stdout = stdout.take(MOST_PICTURE as u64 + 1);
    let listen = async {
        let mut stderr = stderr;
        let mut start = (&mut stderr).take(MOST_WORDS);
        let _ = start.read_to_end(&mut words).await;
        let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    };
    let ((), read, ()) = tokio::join!(say, stdout.read_to_end(&mut picture), listen);
    read.map_err(failed)?;
    let status = child.wait().await.map_err(failed)?;
    if !status.success() {
        let words = String::from_utf8_lossy(&words);
        let last = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        return Err(format!("it ended with {status}{}{last}", if last.is_empty() { "" } else { ": " }));
    }
    checked(picture)
}

/// Leaves nothing of it running that it has started.
async fn end(child: &mut Child, group: Option<u32>, is_late: bool) {
    if !is_late {
        return;
    }
    #[cfg(target_os = "linux")]
    if let Some(group) = group.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = group;
    let _ = child.kill().await;
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn request() -> PictureRequest {
        PictureRequest {
            format: String::from("image/png"),
            width: 4,
            height: 3,
            quality: 80,
            position: [0.0; 3],
            wxyz: [1.0, 0.0, 0.0, 0.0],
            fov: 60.0,
        }
    }

    async fn run(command: &str) -> Result<Vec<u8>, String> {
        let timeout = Duration::from_millis(900);
        Painter::Command { command: command.to_owned(), timeout }.paint(request()).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn commands_draw_or_are_stopped() {
        let drawn = run(r#"grep -q '"width":4' && [ "$SCENECTL_HEIGHT" = 3 ] && printf '\211PNG\r\n\032\nrest'"#).await;
        assert!(drawn.unwrap().ends_with(b"rest"));
        assert!(run("echo so >&2; echo no >&2; exit 3").await.unwrap_err().ends_with("no"));
        assert!(run("echo hello").await.unwrap_err().contains("neither PNG nor JPEG"));
        assert!(run("true").await.unwrap_err().contains("empty"));
        let start = std::time::Instant::now();
        assert!(run("sleep 60 | cat").await.unwrap_err().contains("longer than"));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
