//! `demo:`: a scene in the program itself, behind a fake server on loopback, so that a pull of it goes
//! the whole way over a real websocket.

use std::io::Cursor;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::protocol::{ClientError, ConnectError, ServerSettings, by_dialect};
use crate::replay::{Serving, serve};
use crate::scene::Scene;
use crate::snapshot::{self, SnapshotError};
use crate::wire::{Listener, Target, WireError};

/// Composite data, a lookup table, text, a texture and glyphs: see fixtures/README.md.
const SCENE: &[u8] = include_bytes!("../../fixtures/demo.wazex");

pub(super) fn scene() -> Result<Scene, SnapshotError> {
    snapshot::read_from(Cursor::new(SCENE), "demo:")
}

/// A fake server in this process; dropping it stops it.
pub struct DemoServer {
    address: std::net::SocketAddr,
    task: JoinHandle<()>,
}

impl DemoServer {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub async fn start() -> Result<Self, ConnectError> {
        let broken = |error: String| ConnectError::Client(ClientError::Failed(error));
        let scene = scene().map_err(|error| broken(error.to_string()))?;
        let protocol = by_dialect(scene.dialect().name()).ok_or_else(|| broken(String::from("no such dialect")))?;
        let server = protocol.server(Arc::new(scene), &ServerSettings::default());
        let listener = Listener::bind("127.0.0.1:0", false).await?;
        let address = listener.address;
        let task = tokio::spawn(async move {
            serve(listener, server, Serving::default(), std::future::pending()).await;
        });
        Ok(Self { address, task })
    }

    /// Where it is.
    ///
    /// # Errors
    /// Never: an address that was listened on is one.
    pub fn target(&self) -> Result<Target, WireError> {
        format!("ws://{}/ws", self.address).parse()
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
