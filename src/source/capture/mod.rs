//! Websocket traffic that other programs wrote down: HAR files of browsers, and lines of frames.
//!
//! Nothing is taken from such a file but the messages and the addresses, without queries and user names: no headers,
//! no cookies. A HAR may be a gigabyte of things that have nothing to do with websockets, so it is read as a stream,
//! twice: browsers write an entry's messages before its address.

mod frames;
mod har;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use url::Url;

use crate::protocol::{Direction, Happening, Traffic, WsMessage};
use crate::wire;

/// The longest value that is kept: a websocket message in base64.
const LONGEST: u64 = 2 << 30;
/// The longest address.
const LONGEST_URL: u64 = 1 << 20;
/// Connections that are told apart; a page has a handful.
const MOST_CONNECTIONS: usize = 10_000;

/// Why a capture cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The system says no.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{} cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// There is nothing in it.
    #[error("{} holds no websocket messages", .path.display())]
    Nothing {
        /// The file.
        path: PathBuf,
    },
    /// Who wanted the messages could not take one.
    #[error("cannot keep what was read")]
    Keep(#[source] io::Error),
}

impl CaptureError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Io { .. } => Some("check the path for typing errors"),
            Self::Unreadable { .. } => {
                Some("a HAR is what Chrome's `Save all as HAR with content` and Playwright's recordHar write")
            }
            Self::Nothing { .. } => Some(
                "was the page loaded while the browser recorded? Firefox leaves them out, Playwright needs `content: 'embed'`",
            ),
            Self::Keep(_) => None,
        }
    }
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Messages.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages that could not be read: not base64, or of an unknown kind.
    pub skipped: u64,
}

/// A capture that was looked through once.
#[derive(Clone, Debug)]
pub struct Capture {
    path: PathBuf,
    form: Form,
    /// For each connection its address and when its first and last messages were, in seconds.
    connections: Vec<Connection>,
    start: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Har,
    Frames,
}

#[derive(Clone, Debug, PartialEq)]
struct Connection {
    url: String,
    first: f64,
    last: f64,
}

impl Capture {
    /// Looks through a file. What ends with `.jsonl` holds lines of frames, anything else is a HAR.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn open(path: &Path) -> Result<Self, CaptureError> {
        let form =
            if path.extension().is_some_and(|extension| extension == "jsonl") { Form::Frames } else { Form::Har };
        let reader = reader(path)?;
        let connections = match form {
            Form::Har => har::look(reader),
            Form::Frames => frames::look(reader),
        };
        let connections = connections.map_err(|failure| failure.at(path))?;
        let start = connections.iter().map(|connection| connection.first).reduce(f64::min);
        let start = start.ok_or_else(|| CaptureError::Nothing { path: path.to_owned() })?;
        Ok(Self { path: path.to_owned(), form, connections, start })
    }

    /// When it began, where the file says so: HAR files have the wall clock's time.
    pub fn start(&self) -> Option<SystemTime> {
        let since = Duration::try_from_secs_f64(self.start).ok()?;
        (self.form == Form::Har).then(|| UNIX_EPOCH.checked_add(since)).flatten()
    }

    /// The addresses of its connections.
    pub fn urls(&self) -> impl ExactSizeIterator<Item = &str> {
        self.connections.iter().map(|connection| connection.url.as_str())
    }

    /// Reads all that happened, one thing after another. Of a HAR, connection after connection, as they stand there:
    /// where two were open at a time, the times tell how they belong together.
    ///
    /// # Errors
    /// [`CaptureError`]; those of `each` are [`CaptureError::Keep`].
    pub fn read(&self, each: &mut dyn FnMut(Traffic) -> io::Result<()>) -> Result<Read, CaptureError> {
        let reader = reader(&self.path)?;
        let mut teller = Teller { capture: self, each, read: Read::default() };
        let told = match self.form {
            Form::Har => har::read(reader, &mut teller),
            Form::Frames => frames::read(reader, &mut teller),
        };
        told.map_err(|failure| failure.at(&self.path))?;
        Ok(teller.read)
    }

    fn time(&self, seconds: f64) -> Duration {
        Duration::try_from_secs_f64(seconds - self.start).unwrap_or_default()
    }
}

fn reader(path: &Path) -> Result<BufReader<File>, CaptureError> {
    let file = File::open(path).map_err(|source| CaptureError::Io { path: path.to_owned(), source })?;
    Ok(BufReader::with_capacity(1 << 20, file))
}

/// Tells of messages as of any other traffic.
struct Teller<'a> {
    capture: &'a Capture,
    each: &'a mut dyn FnMut(Traffic) -> io::Result<()>,
    read: Read,
}

impl Teller<'_> {
    fn tell(&mut self, seconds: f64, connection: u32, what: Happening) -> Result<(), Failure> {
        let time = self.capture.time(seconds);
        // As recordings do, connections are counted from 1.
        let connection = connection.saturating_add(1);
        (self.each)(Traffic { time, connection, what }).map_err(Failure::Keep)
    }

    fn opened(&mut self, connection: u32) -> Result<(), Failure> {
        let known = usize::try_from(connection).ok().and_then(|at| self.capture.connections.get(at));
        let Some(Connection { url, first, .. }) = known.cloned() else { return Ok(()) };
        self.tell(first, connection, Happening::Opened { url })
    }

    fn message(
        &mut self,
        seconds: f64,
        connection: u32,
        direction: Direction,
        message: WsMessage,
    ) -> Result<(), Failure> {
        self.read.messages += 1;
        self.read.bytes += message.data.len() as u64;
        self.tell(seconds, connection, Happening::Message(direction, message))
    }

    fn closed(&mut self, connection: u32, seconds: Option<f64>) -> Result<(), Failure> {
        let known = usize::try_from(connection).ok().and_then(|at| self.capture.connections.get(at));
        let last = seconds.or(known.map(|known| known.last)).unwrap_or_default();
        self.tell(last, connection, Happening::Closed { reason: String::new() })
    }
}

/// What went wrong, without the file's name.
enum Failure {
    Io(io::Error),
    Unreadable(String),
    Keep(io::Error),
}

impl Failure {
    fn at(self, path: &Path) -> CaptureError {
        let path = path.to_owned();
        match self {
            Self::Io(source) => CaptureError::Io { path, source },
            Self::Unreadable(reason) => CaptureError::Unreadable { path, reason },
            Self::Keep(error) => CaptureError::Keep(error),
        }
    }
}

/// An address without what may be a secret.
fn address(text: &str) -> String {
    Url::parse(text).map(|url| wire::display_url(&url)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> Happening {
        Happening::Closed { reason: String::new() }
    }

    fn moments(name: &str) -> (Capture, Vec<Traffic>, Read) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures").join(name);
        let capture = Capture::open(&path).unwrap();
        let mut moments = Vec::new();
        let read = capture.read(&mut |moment| {
            moments.push(moment);
            Ok(())
        });
        (capture, moments, read.unwrap())
    }

    #[test]
    fn a_har_gives_its_messages_and_no_secrets() {
        let (capture, moments, read) = moments("small.har");
        assert_eq!(capture.urls().collect::<Vec<_>>(), ["ws://localhost:8080/ws?…", "wss://host/app/ws"]);
        assert_eq!(capture.start(), Some(UNIX_EPOCH + Duration::from_millis(1_700_000_000_250)));
        assert_eq!(read, Read { messages: 4, bytes: 14, skipped: 2 });
        let ms: Vec<u128> = moments.iter().map(|moment| moment.time.as_millis()).collect();
        assert_eq!(ms, [0, 0, 500, 750, 750, 1000, 1000, 1000]);
        let is = |k: usize, what: Happening| assert_eq!(moments[k].what, what);
        is(1, Happening::Message(Direction::ToServer, WsMessage::binary(&b"hello"[..])));
        is(2, Happening::Message(Direction::ToClient, WsMessage::binary(&[0_u8, 255][..])));
        is(3, Happening::Message(Direction::ToClient, WsMessage::text("text \u{e9}")));
        is(4, closed());
        is(5, Happening::Opened { url: String::from("wss://host/app/ws") });
        assert!(!format!("{moments:?}").contains("s3cret"));
    }

    /// The same, seconds after the first, whichever unit the browser writes.
    #[test]
    fn times_in_milliseconds() {
        let text = |unit: f64| {
            let message = |time: f64| {
                let time = (1_700_000_000.0 + time) * unit;
                format!(r#"{{"type":"send","time":{time},"opcode":1,"data":"x"}}"#)
            };
            let messages = [message(0.25), message(3.0)].join(",");
            format!(r#"{{"log":{{"entries":[{{"_webSocketMessages":[{messages}],"request":{{"url":"ws://h/"}}}}]}}}}"#)
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.har");
        for unit in [1.0, 1000.0] {
            std::fs::write(&path, text(unit)).unwrap();
            let capture = Capture::open(&path).unwrap();
            assert_eq!(capture.start(), Some(UNIX_EPOCH + Duration::from_millis(1_700_000_000_250)));
            let mut times = Vec::new();
            capture
                .read(&mut |traffic| {
                    times.push(traffic.time.as_millis());
                    Ok(())
                })
                .unwrap();
            assert_eq!(times, [0, 0, 2750, 2750]);
        }
    }

    #[test]
    fn lines_of_frames() {
        let (capture, moments, read) = moments("small.frames.jsonl");
        assert_eq!((capture.urls().len(), capture.start()), (2, None));
        assert_eq!(read, Read { messages: 3, bytes: 6, skipped: 1 });
        let told: Vec<(u32, u128)> = moments.iter().map(|m| (m.connection, m.time.as_millis())).collect();
        assert_eq!(told, [(1, 0), (1, 0), (2, 500), (2, 500), (1, 1000), (1, 1500)]);
        assert_eq!(moments[5].what, closed());
    }

    #[test]
    fn what_is_no_capture_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for (text, words) in [
            ("", "cannot be read"),
            ("[]", "cannot be read"),
            ("{\"log\":{\"entries\":[{\"_webSocketMessages\":[{\"type\":1}]}]}}", "cannot be read"),
            ("{\"log\":{\"entries\":[{\"request\":{\"url\":\"ws://a\"}}", "cannot be read"),
            ("{\"log\":{\"entries\":[]}}", "no websocket messages"),
            ("{}", "no websocket messages"),
        ] {
            let path = folder.path().join("x.har");
            std::fs::write(&path, text).unwrap();
            let error = Capture::open(&path).unwrap_err();
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, "{\"t\":0}\n").unwrap();
        assert!(Capture::open(&path).is_err());
        assert!(matches!(Capture::open(&folder.path().join("none.har")), Err(CaptureError::Io { .. })));
    }

    #[test]
    fn who_takes_the_messages_may_say_no() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/small.har");
        let refused = Capture::open(&path).unwrap().read(&mut |_| Err(io::Error::other("full")));
        assert!(matches!(refused, Err(CaptureError::Keep(_))), "{refused:?}");
    }
}
