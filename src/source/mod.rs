//! Anything a scene can come from.

mod bundle;
pub mod capture;
mod demo;
mod launcher;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::protocol::{self, Caller, Client, ConnectError, Connecting, Moment};
use crate::recording::{At, End, RecordingError, Session, is_session, tells_session};
use crate::scene::Scene;
use crate::snapshot::{self, SnapshotError};
use crate::wire::{Fact, Target, WireError};

pub use bundle::{BundleError, read_bundle};
pub use demo::DemoServer;
pub use launcher::{Launch, LaunchedSession, LauncherError};

/// A source, as far as its text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A snapshot in a file or folder.
    Snapshot(PathBuf),
    /// A moment of a recording.
    Recording(PathBuf, At),
    /// A file on stdin.
    Stdin,
    /// A live server.
    Server(Target),
    /// The scene in the program itself, served by a fake server in this process.
    Demo,
    /// A server that a launcher starts; nothing where only its text is known yet.
    Launcher(Option<Box<Launch>>),
}

impl Source {
    /// What exists as a file is that file; else it is a moment of a recording, `demo:`, `launcher:`, a URL or
    /// `host:port`.
    ///
    /// # Errors
    /// [`SourceError::Wire`] for anything else, [`SourceError::Moment`] for a moment that is none.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let path = Path::new(text);
        match text {
            "-" => return Ok(Self::Stdin),
            _ if path.exists() && is_session(path) => return Ok(Self::Recording(path.to_owned(), At::End)),
            _ if path.exists() => return Ok(Self::Snapshot(path.to_owned())),
            "demo:" => return Ok(Self::Demo),
            "launcher:" => return Ok(Self::Launcher(None)),
            _ => {}
        }
        if let Some((file, at)) = text.rsplit_once('@')
            && Path::new(file).is_file()
        {
            let at = at.parse().map_err(|reason| SourceError::Moment { text: text.to_owned(), reason })?;
            if !is_session(Path::new(file)) {
                let reason = format!("{file} is no recording: it has no moments");
                return Err(SourceError::Moment { text: text.to_owned(), reason });
            }
            return Ok(Self::Recording(PathBuf::from(file), at));
        }
        // `user@host:port` looks the same, but nobody calls a user like that.
        if let Some((file, at)) = text.rsplit_once('@')
            && is_called_session(Path::new(file))
            && at.parse::<At>().is_ok()
        {
            let source = path_error(Path::new(file));
            return Err(RecordingError::Io { verb: "read", path: PathBuf::from(file), source }.into());
        }
        Ok(text.parse().map(Self::Server)?)
    }

    /// What to call it in texts: without what may be a user name, a password or a token.
    pub fn name(&self) -> String {
        match self {
            Self::Snapshot(path) => path.display().to_string(),
            Self::Recording(path, At::End) => path.display().to_string(),
            Self::Recording(path, at) => format!("{}@{at}", path.display()),
            Self::Stdin => String::from("-"),
            Self::Server(target) => target.to_string(),
            Self::Demo => String::from("demo:"),
            Self::Launcher(_) => String::from("launcher:"),
        }
    }

    /// True for what only a connection gives.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Server(_) | Self::Demo | Self::Launcher(_))
    }

    /// Reads a file; `None` for a live source.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn read(&self) -> Result<Option<Read>, SourceError> {
        let snapshot = |scene| Some(Read { scene, session: None });
        Ok(match self {
            Self::Snapshot(path) => snapshot(snapshot::read(path)?),
            Self::Stdin => {
                let path = Path::new("(stdin)");
                let mut file = snapshot::keep(std::io::stdin().lock(), path)?;
                if tells_session(&mut file, path) {
                    Some(Read::of(Session::of(file, path)?, At::End)?)
                } else {
                    snapshot(snapshot::read_file(file, path)?)
                }
            }
            Self::Recording(path, at) => Some(Read::of(Session::read(path)?, *at)?),
            Self::Server(_) | Self::Demo | Self::Launcher(_) => None,
        })
    }
}

/// True for what is called like something with moments in it.
fn is_called_session(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mcap"))
        || protocol::files_of(path).is_some()
}

/// Why something that is no file cannot be read.
fn path_error(path: &Path) -> std::io::Error {
    std::fs::metadata(path).err().unwrap_or_else(|| std::io::ErrorKind::InvalidInput.into())
}

/// What was read from a file.
pub struct Read {
    /// The scene.
    pub scene: Scene,
    /// The session and the moment in it that the scene is of, for a recording.
    pub session: Option<(Session, Moment)>,
}

impl Read {
    fn of(session: Session, at: At) -> Result<Self, RecordingError> {
        let (scene, moment) = session.scene(at)?;
        Ok(Self { scene, session: Some((session, moment)) })
    }

    /// What is missing, where something is.
    pub fn loss(&self) -> Option<String> {
        let (session, moment) = self.session.as_ref()?;
        match &session.end {
            End::Cut(reason) => Some(format!(
                "the recording is cut after {:.3} s ({reason}): what comes before can be used",
                session.length.as_secs_f64()
            )),
            _ if session.not_understood().is_some() => session.not_understood(),
            _ if moment.is_partial => {
                Some(String::from("the session ended before all of the scene had come: this is what had"))
            }
            _ => None,
        }
    }
}

/// Why a source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is no address, and no file.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// A moment that is none.
    #[error("{text}: {reason}")]
    Moment {
        /// The source.
        text: String,
        /// What is wrong.
        reason: String,
    },
}

impl SourceError {
    /// The error that this one stands for.
    pub fn inner(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Self::Wire(error) => error,
            Self::Snapshot(error) => error,
            Self::Recording(error) => error,
            Self::Moment { .. } => self,
        }
    }
}

/// A connection to a live source, and what is behind it: the fake server in this process, or the session that a
/// launcher started for us. It is given back when this goes.
pub struct Live {
    /// The connection.
    pub client: Box<dyn Client>,
    served: Served,
}

/// What was started for a connection; it ends with this.
#[derive(Default)]
pub struct Served {
    demo: Option<DemoServer>,
    session: Option<LaunchedSession>,
}

/// Why there is no connection to a live source.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The server.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The launcher.
    #[error(transparent)]
    Launcher(#[from] LauncherError),
}

impl LiveError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Connect(error) => error.hint(),
            Self::Launcher(error) => error.hint(),
        }
    }
}

impl Live {
    /// Connects to a server, or starts one (the demo's, a launcher's) and connects to it. `how.target` is used only
    /// for servers.
    ///
    /// # Errors
    /// [`LiveError`].
    pub async fn connect(source: &Source, how: Connecting) -> Result<Self, LiveError> {
        let (how, served) = reach(source, how).await?;
        Ok(Self { client: protocol::connect(&how).await?, served })
    }

    /// Gives a launched session back now, for who never drops this.
    pub fn give_back(&mut self) {
        self.served = Served::default();
    }
}

/// A connection to a live source for calls only.
pub struct LiveCaller {
    /// The connection.
    pub caller: Box<dyn Caller>,
    _served: Served,
}

impl LiveCaller {
    /// As [`Live::connect`].
    ///
    /// # Errors
    /// [`LiveError`].
    pub async fn connect(source: &Source, how: Connecting) -> Result<Self, LiveError> {
        let (how, served) = reach(source, how).await?;
        Ok(Self { caller: protocol::caller(&how).await?, _served: served })
    }
}

/// The name of the step that has a session launched, for who watches.
pub const LAUNCHER_STEP: &str = "launcher";

/// How to reach a live source; starts the demo's server, or has one launched.
///
/// # Errors
/// [`LiveError`].
pub async fn reach(source: &Source, mut how: Connecting) -> Result<(Connecting, Served), LiveError> {
    let mut served = Served::default();
    match source {
        Source::Demo => {
            let server = DemoServer::start().await?;
            how.target = server.target().map_err(ConnectError::from)?;
            how.secret = None;
            served.demo = Some(server);
        }
        Source::Launcher(Some(launch)) => {
            how.wire.watch.begin(LAUNCHER_STEP, launch.address());
            served.session = Some(launch.start(&mut how).await?);
            how.wire.watch.end(|| Fact::Words(format!("a session at {}", how.target)));
        }
        _ => {}
    }
    Ok((how, served))
}

/// The demo's scene.
///
/// # Errors
/// Never, for a program that was built from a healthy tree.
pub fn demo_scene() -> Result<Arc<Scene>, SnapshotError> {
    demo::scene().map(Arc::new)
}
