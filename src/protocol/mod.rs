//! The protocols that scenectl speaks, one folder each, behind the same few traits.
//!
//! Adding a protocol is a folder here and a line in [`ALL`]. A protocol has a codec (no I/O), a
//! [`Client`] that hydrates, a [`Server`] that answers by meaning, and a [`Dialect`].

mod attend;
mod audit;
mod body;
mod caller;
mod chronicle;
mod client;
mod ear;
mod files;
mod held;
pub mod msgpack;
mod progress;
pub mod relay;
mod server;
mod set_live;
mod spool;
pub mod state_text;
mod store;
mod traffic;
pub mod viser;
pub mod vtklocal;
pub mod wslink;

pub use attend::{
    Attendant, Camera, CameraWish, Change, Download, DownloadState, Event, Host, Notification, Picture, PictureRequest,
    Receiving, Step,
};
pub use audit::{Audit, Unasked};
pub use body::{Body, BodyError, binary_placeholder};
pub use caller::{Argument, CallFailure, Caller, Pushed, Request, Subscription};
pub use chronicle::{Chronicle, Chronicler, Keeper, Miss, Moment, PlayReport, Playing};
pub use client::{Announced, Client, ClientError, ConnectError, Connecting, ServerInfo, step};
pub use ear::{Ear, Heard, Keep, Kind};
pub use files::{Files, START, Told, Written, files_like, files_of};
pub use progress::{Count, Loss, Progress, Update};
pub use server::{Close, Dropped, Handshake, Newcomer, Outgoing, Peer, Pieces, Server, ServerSettings, no_subprotocol};
pub use set_live::{Fate, Plan, SendError, Settled, Unsettable, Wish};
pub use spool::Spool;
pub use store::{BlobStore, ForgettingStore, MemoryStore, in_memory};
pub use traffic::{Direction, Happening, Part, Scrubber, Tap, Traffic, WsMessage};

use std::sync::{Arc, LazyLock};

use futures_util::future::BoxFuture;
use serde_json::Value;

use held::HeldTap;

use crate::analysis::doctor::{Code, Rules, codes};
use crate::analysis::shapes::{Shapes, Wanted};
use crate::scene::{Assignment, Dialect, ObjectId, Scene};

/// A protocol.
pub trait Protocol: Send + Sync {
    /// Its name, as `info` shows it.
    fn name(&self) -> &'static str;

    /// What its servers are called, in words: `x servers, on y 1 and 2`.
    fn servers(&self) -> &'static str;

    /// Where its servers put their websocket, under the prefix that an application has.
    fn endpoint(&self) -> &'static str;

    /// What its states mean.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Connects as the protocol's real client does, up to where a scene can be hydrated.
    fn connect<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Client>, ConnectError>>;

    /// Connects as far as calls can be made: no scene is needed.
    fn caller<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Caller>, ConnectError>>;

    /// True for a message that is of this protocol, and of no other that there is. Where it may be another's, or none at
    /// all, the next message tells.
    fn recognises(&self, direction: Direction, message: &WsMessage) -> bool;

    /// True for methods that are never called, because they stop the server for everybody.
    fn forbids(&self, method: &str) -> bool;

    /// How its servers open websockets.
    fn handshake(&self) -> Handshake;

    /// True where servers speak without waiting for what clients say: a recorded connection can then be repeated to any
    /// number of clients at a time, each from its start.
    fn is_pushed(&self) -> bool {
        false
    }

    /// Why a client is not served as soon as it has come, where it wants something else: with what it wanted to know.
    fn refuses(&self, client: &Newcomer) -> Option<Dropped> {
        let _ = client;
        None
    }

    /// A fake server for a scene.
    fn server(&self, scene: Arc<Scene>, settings: &ServerSettings) -> Arc<dyn Server>;

    /// Listens to a recorded session.
    fn chronicler(&self) -> Box<dyn Chronicler>;

    /// The files that its own tools write and play, where there are any.
    fn files(&self) -> Option<&'static dyn Files> {
        None
    }

    /// Takes the secrets out of one connection's traffic.
    fn scrubber(&self) -> Box<dyn Scrubber>;

    /// Secrets that everybody knows, and words that it cannot do without: they need not be kept.
    fn public_secrets(&self) -> &'static [&'static str];

    /// What differs between two answers to one call, a recorded and a live one, where that means something.
    fn drift(&self, method: &str, recorded: &Value, live: &Value) -> Option<String>;

    /// Finds out what a session announced and nobody asked for.
    fn audit(&self) -> Box<dyn Audit>;

    /// Makes sense of its traffic.
    fn ear(&self, keep: Keep) -> Box<dyn Ear>;

    /// What a relay needs to know to stand between clients and servers.
    ///
    /// # Errors
    /// In words, for settings that are wrong or that make no sense here.
    fn middle(&self, settings: relay::Settings) -> Result<relay::Stance, String>;

    /// True for a server that speaks this protocol, as far as that shows without saying hello.
    ///
    /// # Errors
    /// Where it does not answer at all.
    fn is_spoken_by<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<bool, ConnectError>> {
        let _ = how;
        Box::pin(std::future::ready(Ok(false)))
    }

    /// Connects as a client that the server's program notices. Hydrate its scene, then [`Attendant::begin`].
    ///
    /// Where a protocol tells all clients the same, there is nothing to attend: [`ConnectError::NothingToAttend`].
    fn attend<'a>(
        &'a self,
        how: &'a Connecting,
        camera: CameraWish,
        host: Arc<dyn Host>,
    ) -> BoxFuture<'a, Result<Box<dyn Attendant>, ConnectError>> {
        let _ = (camera, host);
        Box::pin(async move {
            // Only who speaks the protocol can say so.
            self.connect(how).await?.close().await;
            Err(ConnectError::NothingToAttend { protocol: self.name() })
        })
    }

    /// Makes out how to set properties on a live server, and checks all of it; nothing is sent yet.
    ///
    /// # Errors
    /// For what the protocol does not let clients set, and for values that the server would take and break of.
    fn plan(
        &self,
        scene: &Scene,
        ids: &[ObjectId],
        assignments: &[Assignment],
        force: bool,
    ) -> Result<Box<dyn Plan>, Unsettable> {
        let _ = (scene, ids, assignments, force);
        let text = format!("a client cannot set anything on a server of {}", self.name());
        Err(Unsettable { text, hint: self.live_set_advice() })
    }

    /// What to say to somebody who wants to set a property on a live server, where that is impossible.
    fn live_set_advice(&self) -> &'static str;

    /// How its scenes are seen, where VTK.wasm's viewer cannot show them.
    fn own_viewer(&self) -> Option<&'static str> {
        None
    }

    /// What `doctor` knows of its scenes.
    fn rules(&self) -> &'static dyn Rules;

    /// What shows of a scene, in terms that files for 3D understand, and what cannot be said in these.
    fn shapes<'a>(&self, scene: &'a Scene, wanted: &Wanted) -> Shapes<'a>;
}

impl std::fmt::Debug for dyn Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// All protocols, the likeliest first.
pub static ALL: &[&dyn Protocol] = &[&vtklocal::VtkLocal, &viser::Viser];

/// Which servers these are, in words that end a sentence or begin a hint.
pub fn spoken() -> &'static str {
    static SPOKEN: LazyLock<String> = LazyLock::new(|| {
        let servers: Vec<&str> = ALL.iter().map(|protocol| protocol.servers()).collect();
        format!("scenectl speaks with {}", servers.join("; with "))
    });
    &SPOKEN
}

/// The protocol that is meant where nothing else tells.
pub fn usual() -> &'static dyn Protocol {
    &vtklocal::VtkLocal
}

/// The protocol of a name, as recordings carry it.
pub fn by_name(name: &str) -> Option<&'static dyn Protocol> {
    ALL.iter().copied().find(|protocol| protocol.name() == name)
}

/// The protocol with a dialect's name, as snapshots carry it.
pub fn by_dialect(name: &str) -> Option<&'static dyn Protocol> {
    ALL.iter().copied().find(|protocol| protocol.dialect().name() == name)
}

/// All codes of findings there are, those that every protocol has and those of each: errors first.
pub fn codes() -> Vec<&'static Code> {
    let own = ALL.iter().flat_map(|protocol| protocol.rules().codes());
    let mut codes: Vec<&'static Code> = codes::COMMON.iter().chain(own).copied().collect();
    codes.sort_unstable_by_key(|code| (code.severity(), code.name));
    codes
}

/// Connects with the first protocol that the server speaks.
///
/// # Errors
/// Of the first protocol that got further than finding out that the server speaks another one.
pub async fn connect(how: &Connecting) -> Result<Box<dyn Client>, ConnectError> {
    for_each_protocol(how, |protocol, how| Box::pin(async move { protocol.connect(&how).await })).await
}

/// Connects with the first protocol that the server speaks, as far as calls can be made.
///
/// # Errors
/// As [`connect`].
pub async fn caller(how: &Connecting) -> Result<Box<dyn Caller>, ConnectError> {
    for_each_protocol(how, |protocol, how| Box::pin(async move { protocol.caller(&how).await })).await
}

/// Attends with the first protocol that the server speaks.
///
/// # Errors
/// As [`connect`].
pub async fn attend(
    how: &Connecting,
    camera: CameraWish,
    host: &Arc<dyn Host>,
) -> Result<Box<dyn Attendant>, ConnectError> {
    let host = Arc::clone(host);
    for_each_protocol(how, |protocol, how| {
        let host = Arc::clone(&host);
        Box::pin(async move { protocol.attend(&how, camera, host).await })
    })
    .await
}

/// The protocol of a server that is to be stood before, as far as that shows without saying hello: the usual one where
/// nothing else does.
///
/// # Errors
/// Where the server does not answer at all.
pub async fn spoken_by(how: &Connecting) -> Result<&'static dyn Protocol, ConnectError> {
    for protocol in ALL.iter().copied() {
        if protocol.is_spoken_by(how).await? {
            return Ok(protocol);
        }
    }
    Ok(usual())
}

/// The protocol that some traffic is of, told by its first messages.
pub fn recognise(direction: Direction, message: &WsMessage) -> Option<&'static dyn Protocol> {
    ALL.iter().copied().find(|protocol| protocol.recognises(direction, message))
}

/// True for methods that no protocol lets us call.
pub fn forbids(method: &str) -> bool {
    ALL.iter().any(|protocol| protocol.forbids(method))
}

/// Tries one protocol after the other. Whoever listens hears only of the one that the server speaks, or that got further
/// than finding out that it does not.
async fn for_each_protocol<T>(
    how: &Connecting,
    connect: impl Fn(&'static dyn Protocol, Connecting) -> BoxFuture<'static, Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    let mut first = None;
    for protocol in ALL.iter().copied() {
        let held = how.tap.clone().map(|tap| Arc::new(HeldTap::new(tap)));
        let mut how = how.clone();
        how.tap = held.clone().map(|held| held as Arc<dyn Tap>);
        match connect(protocol, how).await {
            Err(error) if error.is_other_protocol() => {
                first.get_or_insert(error);
            }
            other => {
                if let Some(held) = held {
                    held.release(protocol);
                }
                return other;
            }
        }
    }
    Err(first.unwrap_or_else(|| ConnectError::OtherProtocol(String::from("there is no protocol to try"))))
}
