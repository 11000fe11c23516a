//! Being a viser server for a scene: everything is said to whoever comes, and then no more.

mod window;

use std::sync::Arc;

use tokio::time::Instant;

use super::encode::{Said, say};
use super::kinds::{self, Sender};
use super::message::Message;
use super::{SUBPROTOCOL, VERSION};
use crate::faults::LostBlobs;
use crate::protocol::{Dropped, Handshake, Newcomer, Outgoing, Peer, Server, ServerSettings, WsMessage};
use crate::scene::Scene;

pub use window::{MOST_MESSAGES, Window};

/// Bytes of windows that are said before the client is looked at again.
const AT_ONCE: u64 = 1 << 20;

/// As real servers: the first subprotocol that is offered and is viser's, whatever its version.
pub(super) const HANDSHAKE: Handshake = Handshake { path: None, choose: viser_version, largest: 52_428_800 };

fn viser_version<'a>(offered: &[&'a str]) -> Option<&'a str> {
    offered.iter().copied().find(|name| name.starts_with(SUBPROTOCOL))
}

/// What to tell somebody who looks with a browser.
pub(super) const PAGE: &str = "\
This is `scenectl replay`, a fake viser server.
`scenectl replay FILE --client-dir DIR` serves viser's own page here: DIR is the folder viser/client/build of its Python package.
";

/// Which versions of clients are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The version that the server says it is.
    pub own: String,
    /// Only that one is served, as real servers do.
    pub exact: bool,
}

impl Versions {
    /// Of the server that a scene was pulled from.
    pub fn of(producer: Option<&str>, exact: bool) -> Self {
        let version = producer.and_then(|producer| producer.strip_prefix("viser ")).unwrap_or(VERSION);
        Self { own: version.to_owned(), exact }
    }

    /// Why a client is not served, if it is not. Who asks with no version, or one that there is not, wants to know ours.
    pub fn refuse(&self, client: &Newcomer) -> Option<Dropped> {
        let offered = client.subprotocol.as_deref().and_then(|name| name.strip_prefix(SUBPROTOCOL));
        let is_served =
            offered.is_some_and(|version| if self.exact { version == self.own } else { version != "0.0.0" });
        (!is_served).then(|| {
            let offered = offered.unwrap_or("unknown");
            Dropped::closing(1002, format!("Version mismatch. Client: {offered}, Server: {}", self.own))
        })
    }
}

/// Reads what a client says, as strictly as real servers do: all fields of its type and no others.
///
/// # Errors
/// [`Dropped`], as real servers close: 1011 without a word.
pub fn hear(message: &WsMessage) -> Result<Message, Dropped> {
    let bad = || Dropped::closing(1011, "");
    if message.is_text {
        return Err(bad());
    }
    let heard = Message::from_client(&message.data).map_err(|_| bad())?;
    let kind = kinds::kind(heard.kind()).ok_or_else(bad)?;
    let mut names: Vec<&str> = heard.names().filter(|name| *name != "type").collect();
    let mut fields = kind.fields.clone();
    names.sort_unstable();
    fields.sort_unstable();
    if names != fields {
        return Err(bad());
    }
    // What only servers say is taken, and ignored.
    tracing::debug!(kind = heard.kind(), ignored = kind.sender == Sender::Server, "client");
    Ok(heard)
}

/// A fake server for one scene.
pub(super) struct ViserServer {
    windows: Arc<[Window]>,
    versions: Versions,
}

impl ViserServer {
    pub(super) fn new(scene: &Scene, settings: &ServerSettings) -> Self {
        let mut said = say(scene);
        said.retain(|said| !is_lost(scene, said, &settings.lost));
        said.push(Said { kind: String::from("ReplayDoneMessage"), fields: Vec::new() });
        if said.iter().any(|said| said.kind == "RunJavascriptMessage") {
            tracing::warn!("the scene holds programs that the viewer's browser will run (RunJavascriptMessage)");
        }
        let windows = said.chunks(MOST_MESSAGES).map(|said| Window::new(scene, said, 0.0)).collect();
        let versions = Versions::of(scene.producer.as_deref(), settings.exact_version);
        Self { windows, versions }
    }
}

/// True for a message with an array whose blob is to be lost.
fn is_lost(scene: &Scene, said: &Said, lost: &LostBlobs) -> bool {
    let mut found = false;
    for (_, value) in &said.fields {
        scene.dialect().reference_spans(value, &mut |_, id| {
            let hash = scene.array(&id).and_then(|array| array.hash);
            found |= hash.is_some_and(|hash| lost.takes(&hash));
        });
    }
    found
}

impl Server for ViserServer {
    fn handshake(&self) -> Handshake {
        HANDSHAKE
    }

    fn page(&self) -> String {
        String::from(PAGE)
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        Box::new(Told { windows: Arc::clone(&self.windows), next: 0, refused: self.versions.refuse(client) })
    }
}

/// One client that is told a scene.
struct Told {
    windows: Arc<[Window]>,
    next: usize,
    refused: Option<Dropped>,
}

impl Peer for Told {
    fn receive(&mut self, message: WsMessage, _out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        hear(&message).map(drop)
    }

    fn due(&self) -> Option<Instant> {
        (self.refused.is_some() || self.next < self.windows.len()).then(Instant::now)
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let mut bytes = 0;
        while let Some(window) = self.windows.get(self.next).filter(|_| bytes < AT_ONCE) {
            out.push(window.outgoing());
            bytes += window.len;
            self.next += 1;
        }
        Ok(())
    }
}
