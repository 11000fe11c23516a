//! Anything a scene can come from.

mod bundle;
mod demo;
mod launcher;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::protocol::{self, Client, ConnectError, Connecting};
use crate::scene::Scene;
use crate::snapshot::{self, SnapshotError};
use crate::wire::{Target, WireError};

pub use bundle::{BundleError, read_bundle};
pub use demo::DemoServer;
pub use launcher::{Launch, LauncherError, Session};

/// A source, as far as its text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A snapshot in a file or folder.
    Snapshot(PathBuf),
    /// A snapshot (a zip) on stdin.
    Stdin,
    /// A live server.
    Server(Target),
    /// The scene in the program itself, served by a fake server in this process.
    Demo,
    /// A server that a launcher starts; nothing where only its text is known yet.
    Launcher(Option<Box<Launch>>),
}

impl Source {
    /// What exists as a file is that file; else it is `demo:`, `launcher:`, a URL or `host:port`.
    ///
    /// # Errors
    /// [`WireError::BadAddress`] for anything else.
    pub fn parse(text: &str) -> Result<Self, WireError> {
        let path = Path::new(text);
        match text {
            "-" => Ok(Self::Stdin),
            _ if path.exists() => Ok(Self::Snapshot(path.to_owned())),
            "demo:" => Ok(Self::Demo),
            "launcher:" => Ok(Self::Launcher(None)),
            _ => text.parse().map(Self::Server),
        }
    }

    /// What to call it in texts: without what may be a user name, a password or a token.
    pub fn name(&self) -> String {
        match self {
            Self::Snapshot(path) => path.display().to_string(),
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

    /// Reads a snapshot; `None` for a live source.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn read(&self) -> Result<Option<Scene>, SnapshotError> {
        match self {
            Self::Snapshot(path) => snapshot::read(path).map(Some),
            Self::Stdin => snapshot::read_from(std::io::stdin().lock(), "(stdin)").map(Some),
            Self::Server(_) | Self::Demo | Self::Launcher(_) => Ok(None),
        }
    }
}

/// A connection to a live source, and what is behind it: the fake server in this process, or the session that a
/// launcher started for us. It is given back when this goes.
pub struct Live {
    /// The connection.
    pub client: Box<dyn Client>,
    _demo: Option<DemoServer>,
    session: Option<Session>,
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
    pub async fn connect(source: &Source, mut how: Connecting) -> Result<Self, LiveError> {
        let (mut demo, mut session) = (None, None);
        match source {
            Source::Demo => {
                let server = DemoServer::start().await?;
                how.target = server.target().map_err(ConnectError::from)?;
                how.secret = None;
                demo = Some(server);
            }
            Source::Launcher(Some(launch)) => session = Some(launch.start(&mut how).await?),
            _ => {}
        }
        Ok(Self { client: protocol::connect(&how).await?, _demo: demo, session })
    }

    /// Gives a launched session back now, for who never drops this.
    pub fn give_back(&mut self) {
        self.session = None;
    }
}

/// The demo's scene.
///
/// # Errors
/// Never, for a program that was built from a healthy tree.
pub fn demo_scene() -> Result<Arc<Scene>, SnapshotError> {
    demo::scene().map(Arc::new)
}
