//! VTK.wasm remote sessions, which trame-vtklocal serves over wslink.

mod alias;
mod attributes;
mod client;
mod defaults;
pub mod dialect;
mod discover;
pub mod doctor;
pub mod hash;
mod hasher;
mod probe;
mod relay;
mod rpc;
mod rule;
mod server;
pub mod session;
pub mod status;
mod usage;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::relay::{Middle, Settings};
use super::wslink::relay::WslinkMiddle;
use super::{Client, ConnectError, Connecting, Protocol, Server, ServerSettings};
use crate::analysis::doctor::Rules;
use crate::scene::{Dialect, Scene};

/// The protocol of VTK.wasm remote sessions.
#[derive(Clone, Copy, Debug)]
pub struct VtkLocal;

impl Protocol for VtkLocal {
    fn name(&self) -> &'static str {
        "vtklocal"
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

    fn server(&self, scene: Arc<Scene>, settings: &ServerSettings) -> Arc<dyn Server> {
        Arc::new(server::VtkLocalServer::new(scene, settings))
    }

    fn middle(&self, settings: Settings) -> Result<Arc<dyn Middle>, String> {
        Ok(Arc::new(WslinkMiddle::new(relay::VtkHooks::new(&settings)?, settings)))
    }

    fn live_set_advice(&self) -> &'static str {
        "a VTK.wasm server has no call to set a property: it would be left untouched. Pull the scene to a file, \
         set the property there (scenectl set FILE … -o NEW) and serve that with `scenectl replay NEW`; or let the \
         application change it (a trame trigger or state key of its own)"
    }

    fn rules(&self) -> &'static dyn Rules {
        &doctor::VtkRules
    }
}
