//! Being the fake server: clients come, ask by any protocol's rules or are told unasked, and go.

mod client_folder;
mod converse;
mod exact;
mod http;
mod pushed;
mod verify;

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

pub use client_folder::{ClientFolder, ClientFolderError};
pub use exact::exact;
pub use verify::{Drift, Verified, VerifyError, verify};

use crate::faults::Faults;
use crate::protocol::Server;
use crate::wire::Listener;

/// When to stop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Until {
    /// After so long.
    pub duration: Option<Duration>,
    /// When no client was connected for so long.
    pub idle: Option<Duration>,
    /// When so many clients have come and gone.
    pub clients: Option<u64>,
}

/// How clients are served.
#[derive(Clone, Debug, Default)]
pub struct Serving {
    /// When to stop.
    pub until: Until,
    /// What is wrong with the way to clients.
    pub faults: Faults,
    /// What browsers get; without it, they get a few words.
    pub client: Option<ClientFolder>,
}

/// What a server did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Clients that came.
    pub clients: u64,
    /// Messages that they sent.
    pub messages: u64,
    /// Bytes sent to them.
    pub bytes: u64,
}

/// What all connections share.
struct Shared {
    server: Arc<dyn Server>,
    faults: Faults,
    client: Option<ClientFolder>,
    clients: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    presence: watch::Sender<Presence>,
}

/// Who is connected, and since when nobody is.
#[derive(Clone, Copy)]
struct Presence {
    connected: u64,
    gone: u64,
    since: Instant,
}

/// Serves clients until it is time to stop, or `stop` is.
pub async fn serve(
    listener: Listener,
    server: Arc<dyn Server>,
    serving: Serving,
    stop: impl Future<Output = ()>,
) -> Served {
    let Serving { until, faults, client } = serving;
    let (presence, mut changes) = watch::channel(Presence { connected: 0, gone: 0, since: Instant::now() });
    let shared = Arc::new(Shared {
        server: Arc::clone(&server),
        faults,
        client,
        clients: AtomicU64::new(0),
        messages: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        presence,
    });
    let end = async {
        match until.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => pending().await,
        }
    };
    tokio::pin!(end, stop);
    let running = tokio::spawn(async move { server.run().await });
    loop {
        let now = *changes.borrow_and_update();
        if until.clients.is_some_and(|most| now.gone >= most) {
            break;
        }
        let idle = async {
            match until.idle.filter(|_| now.connected == 0) {
                Some(idle) => tokio::time::sleep_until((now.since + idle).into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = &mut end => break,
            () = &mut stop => break,
            () = idle => break,
            _ = changes.changed() => {}
            accepted = listener.next() => {
                let Ok((stream, address)) = accepted else { break };
                tokio::spawn(http::attend(stream, address, Arc::clone(&shared)));
            }
        }
    }
    running.abort();
    Served {
        clients: changes.borrow().gone + changes.borrow().connected,
        messages: shared.messages.load(Ordering::Relaxed),
        bytes: shared.bytes.load(Ordering::Relaxed),
    }
}

#[cfg(test)]
mod tests;
