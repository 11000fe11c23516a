//! viser: one websocket over which a server pushes its scene, and everything that changes in it.
//!
//! Seen with viser 1.1.1 and 1.0.30. Nothing has to be asked: what was built so far comes right after the handshake,
//! and `ReplayDoneMessage` ends it. See `docs/viser.md` for what its scenes look like as objects.

mod attend;
mod body;
mod caller;
mod chronicle;
mod client;
pub mod dialect;
pub mod doctor;
mod ear;
pub mod encode;
mod files;
#[cfg(test)]
mod fixtures;
pub mod frame;
pub mod kinds;
mod legacy;
pub mod message;
pub mod model;
mod properties;
mod relay;
mod scrub;
pub mod server;
mod set;
pub mod settling;
pub mod shape;
mod shapes;
pub mod text;
mod words;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::relay::{Settings, Stance};
use super::{
    Attendant, Audit, Caller, CameraWish, Chronicler, Client, ConnectError, Connecting, Direction, Dropped, Ear, Files,
    Handshake, Heard, Host, Keep, Newcomer, Plan, Protocol, Scrubber, Server, ServerSettings, Unasked, Unsettable,
    WsMessage,
};
use crate::analysis::doctor::Rules;
use crate::analysis::shapes::{Shapes, Wanted};
use crate::scene::{Assignment, Dialect, ObjectId, Scene};

use message::Message;

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

    fn servers(&self) -> &'static str {
        "viser servers from 1.0.25 on"
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
        async move {
            let caller = caller::ViserCaller::connect(how).await?;
            Ok(Box::new(caller) as Box<dyn Caller>)
        }
        .boxed()
    }

    fn recognises(&self, direction: Direction, message: &WsMessage) -> bool {
        let is_known = |message: &Message| kinds::kind(message.kind()).is_some();
        match direction {
            Direction::ToClient => !message.is_text && frame::looks_like_one(&message.data),
            Direction::ToServer => !message.is_text && Message::from_client(&message.data).as_ref().is_ok_and(is_known),
        }
    }

    fn forbids(&self, _method: &str) -> bool {
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
        Box::<chronicle::Listening>::default()
    }

    fn files(&self) -> Option<&'static dyn Files> {
        Some(&files::ViserFiles)
    }

    fn refuses(&self, client: &Newcomer) -> Option<Dropped> {
        server::Versions::of(None, false).refuse(client)
    }

    fn scrubber(&self) -> Box<dyn Scrubber> {
        Box::new(scrub::ViserScrubber)
    }

    fn public_secrets(&self) -> &'static [&'static str] {
        &[]
    }

    fn drift(&self, _method: &str, _recorded: &Value, _live: &Value) -> Option<String> {
        None
    }

    fn audit(&self) -> Box<dyn Audit> {
        Box::new(NothingAsked)
    }

    fn ear(&self, _keep: Keep) -> Box<dyn Ear> {
        Box::new(ear::ViserEar::default())
    }

    fn middle(&self, settings: Settings) -> Result<Stance, String> {
        Ok(Stance::Shared(Arc::new(relay::ViserFanout::new(settings)?)))
    }

    fn is_spoken_by<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<bool, ConnectError>> {
        client::open::is_one(how).boxed()
    }

    fn attend<'a>(
        &'a self,
        how: &'a Connecting,
        camera: CameraWish,
        host: Arc<dyn Host>,
    ) -> BoxFuture<'a, Result<Box<dyn Attendant>, ConnectError>> {
        async move {
            let attendant = attend::ViserAttendant::connect(how, camera, host).await?;
            Ok(Box::new(attendant) as Box<dyn Attendant>)
        }
        .boxed()
    }

    fn plan(
        &self,
        scene: &Scene,
        ids: &[ObjectId],
        assignments: &[Assignment],
        force: bool,
    ) -> Result<Box<dyn Plan>, Unsettable> {
        Ok(Box::new(set::ViserPlan::new(scene, ids, assignments, force)?))
    }

    fn own_viewer(&self) -> Option<&'static str> {
        Some(
            "a live server has its page at its own address; `scenectl replay FILE --client-dir DIR` serves a file to that \
             page, with viser/client/build of the Python package for DIR",
        )
    }

    fn live_set_advice(&self) -> &'static str {
        set::ADVICE
    }

    fn shapes<'a>(&self, scene: &'a Scene, wanted: &Wanted) -> Shapes<'a> {
        shapes::shapes(scene, wanted)
    }

    fn rules(&self) -> &'static dyn Rules {
        &doctor::ViserRules
    }
}

/// Nothing is announced before it is sent.
struct NothingAsked;

impl Audit for NothingAsked {
    fn hear(&mut self, _heard: &Heard) {}

    fn unasked(&self) -> Vec<Unasked> {
        Vec::new()
    }
}
