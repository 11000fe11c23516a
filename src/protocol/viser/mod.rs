//! viser: one websocket over which a server pushes its scene, and everything that changes in it.
//!
//! Seen with viser 1.1.1 and 1.0.30. Nothing has to be asked: what was built so far comes right after the handshake,
//! and `ReplayDoneMessage` ends it. See `docs/viser.md` for what its scenes look like as objects.

mod client;
pub mod dialect;
mod encode;
pub mod frame;
pub mod kinds;
pub mod message;
pub mod model;
mod relay;
mod server;
mod shape;
mod text;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::relay::{Settings, Stance};
use super::{
    Audit, Caller, Chronicler, Client, ConnectError, Connecting, Ear, Handshake, Keep, Protocol, Scrubber, Server,
    ServerSettings,
};
use crate::analysis::doctor::Rules;
use crate::scene::{Dialect, Scene};

/// The protocol's name.
const NAME: &str = "viser";

/// Servers take any path; the root's is what their own page asks for.
const ENDPOINT: &str = "";

/// What subprotocols begin with; the version follows.
const SUBPROTOCOL: &str = "viser-v";

/// The version that a scene is served as that does not say which it is of.
const VERSION: &str = "1.1.1";

/// The protocol of viser's servers.
#[derive(Clone, Copy, Debug)]
pub struct Viser;

impl Protocol for Viser {
    fn name(&self) -> &'static str {
        NAME
    }

    fn endpoint(&self) -> &'static str {
        ENDPOINT
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::VISER
    }

    fn connect<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Client>, ConnectError>> {
        async move {
            let client = client::ViserClient::connect(how).await?;
            Ok(Box::new(client) as Box<dyn Client>)
        }
        .boxed()
    }

    fn caller<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Caller>, ConnectError>> {
        todo!()
    }

    fn forbids(&self, method: &str) -> bool {
        false
    }

    fn server(&self, scene: Arc<Scene>, settings: &ServerSettings) -> Arc<dyn Server> {
        Arc::new(server::ViserServer::new(&scene, settings))
    }

    fn handshake(&self) -> Handshake {
        server::HANDSHAKE
    }

    fn is_pushed(&self) -> bool {
        true
    }

    fn chronicler(&self) -> Box<dyn Chronicler> {
        todo!()
    }

    fn scrubber(&self) -> Box<dyn Scrubber> {
        todo!()
    }

    fn public_secrets(&self) -> &'static [&'static str] {
        &[]
    }

    fn drift(&self, _method: &str, _recorded: &Value, _live: &Value) -> Option<String> {
        None
    }

    fn audit(&self) -> Box<dyn Audit> {
        todo!()
    }

    fn ear(&self, keep: Keep) -> Box<dyn Ear> {
        todo!()
    }

    fn middle(&self, settings: Settings) -> Result<Stance, String> {
        Ok(Stance::Shared(Arc::new(relay::ViserFanout::new(settings)?)))
    }

    fn recognises<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<bool, ConnectError>> {
        client::open::is_one(how).boxed()
    }

    fn live_set_advice(&self) -> &'static str {
        "viser's clients can set the values of GUI elements and little else"
    }

    fn rules(&self) -> &'static dyn Rules {
        todo!()
    }
}
