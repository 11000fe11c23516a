//! VTK.wasm remote sessions, which trame-vtklocal serves over wslink.

mod alias;
mod arguments;
mod attributes;
mod audit;
mod chronicle;
mod client;
mod defaults;
pub mod dialect;
mod discover;
pub mod doctor;
mod drift;
pub mod hash;
mod hasher;
mod probe;
mod properties;
mod relay;
mod rpc;
mod rule;
mod server;
pub mod session;
mod shapes;
pub mod status;
mod usage;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::relay::{Settings, Stance};
use super::wslink::caller::WslinkCaller;
use super::wslink::ear::WslinkEar;
use super::wslink::relay::WslinkMiddle;
use super::wslink::scrub::WslinkScrubber;
use super::wslink::{self, DEFAULT_SECRET};
use super::{
    Audit, Caller, Chronicler, Client, ConnectError, Connecting, Direction, Ear, Handshake, Keep, Protocol, Scrubber,
    Server, ServerSettings, WsMessage,
};
use crate::analysis::doctor::Rules;
use crate::analysis::shapes::{Shapes, Wanted};
use crate::scene::{Dialect, Scene};

/// The usual secret, and what cannot be masked in a recording that is to be understood.
const WORDS: [&str; 17] = [
    DEFAULT_SECRET,
    rpc::STATUS,
    rpc::STATE,
    rpc::HASH,
    rpc::BATCH,
    "trame.actions.topic",
    "trame.state.get",
    "wslink.hello",
    "ClassName",
    "clientID",
    "content",
    "hashes",
    "jsonrpc",
    "kwargs",
    "method",
    "result",
    "states",
];

/// The protocol of VTK.wasm remote sessions.
#[derive(Clone, Copy, Debug)]
pub struct VtkLocal;

impl Protocol for VtkLocal {
    fn name(&self) -> &'static str {
        "vtklocal"
    }

    fn servers(&self) -> &'static str {
        "trame-vtklocal servers, on wslink 1 and 2"
    }

    fn endpoint(&self) -> &'static str {
        wslink::ENDPOINT
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::VTK
    }

    fn connect<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Client>, ConnectError>> {
        async move {
            let client = client::VtkLocalClient::connect(how).await?;
            Ok(Box::new(client) as Box<dyn Client>)
        }
        .boxed()
    }

    fn caller<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Box<dyn Caller>, ConnectError>> {
        async move {
            let (client, info) = wslink::open(how).await?;
            Ok(Box::new(WslinkCaller::new(client, info)) as Box<dyn Caller>)
        }
        .boxed()
    }

    fn recognises(&self, _direction: Direction, message: &WsMessage) -> bool {
        wslink::is_one(message)
    }

    fn forbids(&self, method: &str) -> bool {
        wslink::is_forbidden(method)
    }

    fn handshake(&self) -> Handshake {
        server::HANDSHAKE
    }

    fn server(&self, scene: Arc<Scene>, settings: &ServerSettings) -> Arc<dyn Server> {
        Arc::new(server::VtkLocalServer::new(scene, settings))
    }

    fn chronicler(&self) -> Box<dyn Chronicler> {
        Box::new(chronicle::Listening::default())
    }

    fn scrubber(&self) -> Box<dyn Scrubber> {
        Box::new(WslinkScrubber::default())
    }

    fn public_secrets(&self) -> &'static [&'static str] {
        &WORDS
    }

    fn drift(&self, method: &str, recorded: &Value, live: &Value) -> Option<String> {
        drift::drift(method, recorded, live)
    }

    fn audit(&self) -> Box<dyn Audit> {
        Box::new(audit::VtkAudit::default())
    }

    fn ear(&self, keep: Keep) -> Box<dyn Ear> {
        Box::new(WslinkEar::new(keep))
    }

    fn middle(&self, settings: Settings) -> Result<Stance, String> {
        let hooks = relay::VtkHooks::new(&settings).map_err(|reason| format!("--set: {reason}"))?;
        Ok(Stance::PerClient(Arc::new(WslinkMiddle::new(hooks, settings))))
    }

    fn live_set_advice(&self) -> &'static str {
        "a VTK.wasm server has no call to set a property: it would be left untouched. Pull the scene to a file, \
         set the property there (scenectl set FILE … -o NEW) and serve that with `scenectl replay NEW`; or let the \
         application change it (a trame trigger or state key of its own)"
    }

    fn rules(&self) -> &'static dyn Rules {
        &doctor::VtkRules
    }

    fn shapes<'a>(&self, scene: &'a Scene, wanted: &Wanted) -> Shapes<'a> {
        shapes::shapes(scene, wanted)
    }
}
