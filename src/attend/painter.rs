//! Pictures for who asks for them: none, always the same, or what a command of the user's draws.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::command::draw;
use super::picture::{Kind, is_picture};
use crate::protocol::{Picture, PictureRequest};

/// Bytes of a picture: servers take no larger messages than 50 MiB.
pub const MOST_PICTURE: usize = (50 << 20) - (4 << 10);

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

impl Painter {
    /// The picture of a file.
    ///
    /// # Errors
    /// For files that are no PNG or JPEG, or too large.
    pub fn of(bytes: Vec<u8>) -> Result<Self, String> {
        checked(bytes).map(|bytes| Self::Picture(bytes.into()))
    }

    pub(super) fn paint(&self, request: PictureRequest) -> BoxFuture<'static, Result<Picture, String>> {
        match self {
            Self::Empty => async { Ok(Picture::default()) }.boxed(),
            Self::Picture(bytes) => {
                let bytes = bytes.to_vec();
                async move { Ok(compared(bytes, &request)) }.boxed()
            }
            Self::Command { command, timeout } => {
                let (command, timeout) = (command.clone(), *timeout);
                async move {
                    let bytes = draw(&command, &request, timeout).await.and_then(checked)?;
                    Ok(compared(bytes, &request))
                }
                .boxed()
            }
        }
    }
}

/// What is said of a picture that servers do not take.
pub(super) const TOO_LARGE: &str = "the picture is larger than the 50 MiB that servers take";

fn checked(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if bytes.len() > MOST_PICTURE {
        return Err(String::from(TOO_LARGE));
    }
    if bytes.is_empty() {
        return Err(String::from("the picture is empty"));
    }
    if is_picture(&bytes) { Ok(bytes) } else { Err(String::from("it is neither PNG nor JPEG")) }
}

/// A picture, with what is odd about it as the answer to this request. Scripts take it nevertheless.
fn compared(bytes: Vec<u8>, request: &PictureRequest) -> Picture {
    let PictureRequest { format, width, height, .. } = request;
    let odd = Kind::of(&bytes).and_then(|kind| {
        let (mime, size) = (kind.mime(), kind.size(&bytes));
        let is_other_size = size.is_some_and(|size| size != (*width, *height));
        if mime == format && !is_other_size {
            return None;
        }
        let size = size.map(|(width, height)| format!(" of {width}x{height}")).unwrap_or_default();
        Some(format!("the picture is {mime}{size}, and {format} of {width}x{height} was asked for"))
    });
    Picture { bytes, odd }
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

    async fn run(command: &str) -> Result<Picture, String> {
        let timeout = Duration::from_millis(900);
        Painter::Command { command: command.to_owned(), timeout }.paint(request()).await
    }

    /// A PNG of 4x3, as far as anybody looks here.
    const PICTURE: &str = r"printf '\211PNG\r\n\032\n\0\0\0\015IHDR\0\0\0\4\0\0\0\3\0\0\0\0IEND\256\102\140\202'";

    #[tokio::test(flavor = "multi_thread")]
    async fn commands_draw_or_are_stopped() {
        let drawn = run(&format!(r#"grep -q '"width":4' && [ "$SCENECTL_HEIGHT" = 3 ] && {PICTURE}"#)).await.unwrap();
        assert!(drawn.bytes.ends_with(b"\x82") && drawn.odd.is_none(), "{drawn:?}");
        let odd = run(r"printf '\377\330\377\300\0\7\10\0\1\0\2'").await.unwrap().odd.unwrap();
        assert_eq!(odd, "the picture is image/jpeg of 2x1, and image/png of 4x3 was asked for");
        assert!(run("echo so >&2; echo no >&2; exit 3").await.unwrap_err().ends_with("no"));
        assert!(run("echo hello").await.unwrap_err().contains("neither PNG nor JPEG"));
        assert!(run("true").await.unwrap_err().contains("empty"));
        let start = std::time::Instant::now();
        assert!(run("sleep 60 | cat").await.unwrap_err().contains("longer than"));
        // What is too large is not waited for, and what has been drawn is not thrown away.
        assert_eq!(run("head -c 60000000 /dev/zero; sleep 60").await.unwrap_err(), TOO_LARGE);
        assert!(run(&format!("sleep 60 & {PICTURE}")).await.is_ok());
        assert!(run(&format!("{PICTURE}; sleep 60")).await.is_ok());
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_goes_on_that_nobody_waits_for() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join("left");
        let command = format!("(sleep 1; touch {}) & sleep 60", left.display());
        assert!(run(&command).await.unwrap_err().contains("longer than"));
        let painter = Painter::Command { command, timeout: Duration::from_secs(60) };
        let dropped = tokio::time::timeout(Duration::from_millis(300), painter.paint(request())).await;
        assert!(dropped.is_err());
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert!(!left.exists());
    }
}
