//! The protocols that scenectl speaks, one folder each, behind the same few traits.
//!
//! Adding a protocol is a folder here and a line in [`ALL`]. A protocol has a codec (no I/O), a
//! [`Client`] that hydrates, a [`Server`] that answers by meaning, and a [`Dialect`].

mod client;
mod progress;
pub mod relay;
mod server;
mod store;
mod traffic;
pub mod vtklocal;
pub mod wslink;

pub use client::{Client, ClientError, ConnectError, Connecting, ServerInfo};
pub use progress::{Count, Loss, Progress, Update};
pub use server::{Dropped, Outgoing, Peer, Server, ServerSettings};
pub use store::{BlobStore, MemoryStore, in_memory};
pub use traffic::{Direction, Tap, WsMessage};

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::analysis::doctor::{Code, Rules, codes};
use crate::scene::{Dialect, Scene};

/// A protocol.
pub trait Protocol: Send + Sync {
    /// Its name, as `info` shows it.
    fn name(&self) -> &'static str;

    /// What its states mean.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Connects as the protocol's real client does, up to where a scene can be hydrated.
    fn connect<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Client>, ConnectError>>;

    /// A fake server for a scene.
    fn server(&self, scene: Arc<Scene>, settings: &ServerSettings) -> Arc<dyn Server>;

    /// What a relay needs to know to stand between clients and servers.
    fn middle(&self, settings: relay::Settings) -> Result<Arc<dyn relay::Middle>, String>;

    /// What to say to somebody who wants to set a property on a live server, where that is impossible.
    fn live_set_advice(&self) -> &'static str;

    /// What `doctor` knows of its scenes.
    fn rules(&self) -> &'static dyn Rules;
}

/// All protocols, the likeliest first.
pub static ALL: &[&dyn Protocol] = &[&vtklocal::VtkLocal];

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
    let mut first = None;
    for protocol in ALL {
        match protocol.connect(how).await {
            Err(error) if error.is_other_protocol() => {
                first.get_or_insert(error);
            }
            other => return other,
        }
    }
    Err(first.unwrap_or_else(|| ConnectError::OtherProtocol(String::from("there is no protocol to try"))))
}
