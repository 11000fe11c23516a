//! Attending: being a client that the program behind a server notices, as a browser's tab is one.
//!
//! Who hydrates only watches. Some protocols tell each client more than that: notifications, files, requests that
//! somebody has to answer. An [`Attendant`] is such a client; what it needs of this machine (where files go, who
//! draws a picture) it asks its [`Host`] for, and what happens it tells as [`Event`]s.

use std::io;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::{Client, ClientError};

/// What a user says of the camera; the rest is the server's, or the protocol's usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CameraWish {
    /// Where it is.
    pub position: Option<[f64; 3]>,
    /// What it looks at.
    pub look_at: Option<[f64; 3]>,
    /// What is up for it.
    pub up: Option<[f64; 3]>,
    /// Its vertical field of view, in degrees.
    pub fov: Option<f64>,
    /// The nearest that it shows.
    pub near: Option<f64>,
    /// The farthest that it shows.
    pub far: Option<f64>,
    /// Columns of its picture.
    pub width: Option<u32>,
    /// Rows of its picture.
    pub height: Option<u32>,
}

/// A camera, in the scene's coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Camera {
    /// Where it is.
    pub position: [f64; 3],
    /// What it looks at.
    pub look_at: [f64; 3],
    /// What is up for it.
    pub up: [f64; 3],
    /// How it is turned: a quaternion, w first, of a camera that looks along +z with +y down (OpenCV's).
    pub wxyz: [f64; 4],
    /// Its vertical field of view, in degrees.
    pub fov: f64,
    /// The nearest that it shows.
    pub near: f64,
    /// The farthest that it shows.
    pub far: f64,
    /// Columns of its picture.
    pub width: u32,
    /// Rows of its picture.
    pub height: u32,
}

impl Camera {
    /// Why nothing could be seen with it.
    pub fn problem(&self) -> Option<String> {
        let Self { position, look_at, near, far, .. } = self;
        if position == look_at {
            let [x, y, z] = position;
            return Some(format!("position and look_at are both {x},{y},{z}: it looks nowhere"));
        }
        (near >= far).then(|| format!("near={near} is not below far={far}: nothing is between them"))
    }
}

/// A picture that the server's program wants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PictureRequest {
    /// A MIME type: `image/png`.
    pub format: String,
    /// Columns.
    pub width: u64,
    /// Rows.
    pub height: u64,
    /// How good a lossy one is to be, from 0 to 100.
    pub quality: u64,
    /// Where the camera is.
    pub position: [f64; 3],
    /// How it is turned, as [`Camera::wxyz`].
    pub wxyz: [f64; 4],
    /// Its vertical field of view, in degrees.
    pub fov: f64,
}

/// A picture as an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// What is not as it was asked for.
    pub odd: Option<String>,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is there.
    Shown,
    /// It is another.
    Changed,
    /// It is gone.
    Gone,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notification {
    /// What became of it.
    pub change: Change,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: String,
    /// A colour's name, or three numbers up to 255; null for the usual one.
    pub color: serde_json::Value,
    /// It turns while something is being done.
    pub loading: bool,
    /// It can be closed.
    pub close_button: bool,
    /// It closes by itself after so many seconds.
    pub auto_close: Option<f64>,
}

/// What became of a file that the server sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum DownloadState {
    /// It begins.
    Started {
        /// Its MIME type.
        mime: String,
        /// Whether it is kept.
        kept: bool,
    },
    /// So many bytes of it are there.
    Part {
        /// Bytes.
        received: u64,
    },
    /// It is there.
    Saved {
        /// Where.
        path: PathBuf,
        /// How long it took, in seconds.
        seconds: f64,
    },
    /// It came, and nobody wanted it.
    Dropped {
        /// How long it took, in seconds.
        seconds: f64,
    },
    /// It is not what it says it is, too large, or cannot be written: nothing of it is left.
    Refused {
        /// Why.
        reason: String,
    },
}

/// A file that the server sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Download {
    /// What the server calls it.
    pub name: String,
    /// Bytes that it says it has.
    pub size: u64,
    /// What became of it.
    #[serde(flatten)]
    pub state: DownloadState,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "event")]
pub enum Event {
    /// A notification came, changed or went.
    Notification(Notification),
    /// A file is sent.
    Download(Download),
    /// A picture was asked for, and answered.
    Render {
        /// What was asked for.
        #[serde(flatten)]
        request: PictureRequest,
        /// Bytes of the answer; 0 says that there is no picture.
        bytes: usize,
        /// Why there is none, where something went wrong.
        error: Option<String>,
        /// What is not as it was asked for: another size, another format.
        warning: Option<String>,
        /// How long it took, in seconds.
        seconds: f64,
    },
    /// The server's program uses what a browser stores.
    Storage {
        /// `get`, `set`, `remove` or `clear`.
        action: &'static str,
        /// What; null for everything.
        key: Option<String>,
        /// The value that was set or given; null where there is none.
        value: Option<String>,
        /// Why it was not done.
        error: Option<String>,
    },
    /// The server moved the camera.
    Camera(Camera),
    /// The server wants a browser to run a program. That is not done.
    Program {
        /// Bytes of it.
        bytes: usize,
    },
}

/// A file while it comes.
pub trait Receiving: Send {
    /// Takes the next bytes of it.
    ///
    /// # Errors
    /// Where they cannot be kept.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// It is there: gives it its name, and says where it is. What is dropped before leaves nothing behind.
    ///
    /// # Errors
    /// Where that is not possible.
    fn finish(self: Box<Self>) -> Result<PathBuf, String>;
}

/// What an attendant needs of this machine.
pub trait Host: Send + Sync {
    /// Where a file goes; nothing where nobody wants it.
    ///
    /// # Errors
    /// For files that are too large, or cannot be written.
    fn receive(&self, name: &str, size: u64) -> Result<Option<Box<dyn Receiving>>, String>;

    /// Makes a picture. An empty one says that there is none.
    fn paint(&self, request: PictureRequest) -> BoxFuture<'static, Result<Picture, String>>;

    /// A value that was stored.
    fn stored(&self, key: &str) -> Option<String>;

    /// Stores a value, or forgets it.
    ///
    /// # Errors
    /// Where there is no room for it.
    fn store(&self, key: &str, value: Option<&str>) -> Result<(), String>;

    /// Forgets all values.
    ///
    /// # Errors
    /// Where they cannot be.
    fn clear(&self) -> Result<(), String>;
}

/// What came.
#[derive(Debug)]
pub enum Step {
    /// This happened, in order; what the server sent together is together here.
    Happened(Vec<Event>),
    /// The scene changed so many times: an update brings all of it.
    Changed(u64),
}

/// A client that the server's program notices.
pub trait Attendant: Send {
    /// The scene as this client sees it.
    fn client(&mut self) -> &mut dyn Client;

    /// Its camera.
    fn camera(&self) -> Camera;

    /// Says that it is there. The scene must be hydrated; after a reconnect it is said again.
    fn begin(&mut self) -> BoxFuture<'_, Result<(), ClientError>>;

    /// Answers what is to be answered, until there is something to tell. It may be dropped and called again at any
    /// time: nothing is lost.
    fn next(&mut self) -> BoxFuture<'_, Result<Step, ClientError>>;

    /// Files that have not come as a whole: their names.
    fn unfinished(&self) -> Vec<String>;

    /// Stops what is being done for the server, and says so to whoever waits for it, as far as there is a connection.
    /// What was asked for in vain is told.
    fn stop(&mut self) -> BoxFuture<'_, Vec<Event>>;
}
