//! Anything a scene can come from.

mod bundle;
pub mod capture;
mod demo;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::protocol::{self, Caller, Client, ConnectError, Connecting};
use crate::scene::Scene;
use crate::snapshot::{self, SnapshotError};
use crate::wire::{Target, WireError};

pub use bundle::{BundleError, read_bundle};
pub use demo::DemoServer;

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
}

impl Source {
    /// What exists as a file is that file; else it is `demo:`, a URL or `host:port`.
    ///
    /// # Errors
    /// [`WireError::BadAddress`] for anything else.
    pub fn parse(text: &str) -> Result<Self, WireError> {
        let path = Path::new(text);
        match text {
            "-" => Ok(Self::Stdin),
            _ if path.exists() => Ok(Self::Snapshot(path.to_owned())),
            "demo:" => Ok(Self::Demo),
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
        }
    }

    /// True for what only a connection gives.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Server(_) | Self::Demo)
    }

    /// Reads a snapshot; `None` for a live source.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn read(&self) -> Result<Option<Scene>, SnapshotError> {
        match self {
            Self::Snapshot(path) => snapshot::read(path).map(Some),
            Self::Stdin => snapshot::read_from(std::io::stdin().lock(), "(stdin)").map(Some),
            Self::Server(_) | Self::Demo => Ok(None),
        }
    }
}

/// A connection to a live source, and the fake server behind it, if that is in this process.
pub struct Live {
    /// The connection.
    pub client: Box<dyn Client>,
    _demo: Option<DemoServer>,
}

impl Live {
    /// Connects to a server, or starts the demo's and connects to it. `how.target` is used only for servers.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(source: &Source, how: Connecting) -> Result<Self, ConnectError> {
        let (how, demo) = served(source, how).await?;
        Ok(Self { client: protocol::connect(&how).await?, _demo: demo })
    }
}

/// A connection to a live source for calls only, and the fake server behind it, if that is in this process.
pub struct LiveCaller {
    /// The connection.
    pub caller: Box<dyn Caller>,
    _demo: Option<DemoServer>,
}

impl LiveCaller {
    /// As [`Live::connect`].
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(source: &Source, how: Connecting) -> Result<Self, ConnectError> {
        let (how, demo) = served(source, how).await?;
        Ok(Self { caller: protocol::caller(&how).await?, _demo: demo })
    }
}

/// How to reach a live source; starts the demo's server.
async fn served(source: &Source, how: Connecting) -> Result<(Connecting, Option<DemoServer>), ConnectError> {
    if *source != Source::Demo {
        return Ok((how, None));
    }
    let demo = DemoServer::start().await?;
    Ok((Connecting { target: demo.target()?, secret: None, ..how }, Some(demo)))
}

/// The demo's scene.
///
/// # Errors
/// Never, for a program that was built from a healthy tree.
pub fn demo_scene() -> Result<Arc<Scene>, SnapshotError> {
    demo::scene().map(Arc::new)
}
