//! Being the fake server: clients come, ask by any protocol's rules, and go.

mod exact;
mod verify;

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub use exact::ExactServer;
pub use verify::{Drift, Verified, VerifyError, verify};

use crate::faults::{Faults, through};
use crate::protocol::{Outgoing, Peer, Server, WsMessage};
use crate::wire::{self, Accepted, Listener, accept};

/// As the real server: a ping now and then keeps proxies from closing a quiet connection.
const HEARTBEAT: Duration = Duration::from_secs(30);

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

#[derive(Default)]
struct Counters {
    messages: AtomicU64,
    bytes: AtomicU64,
}

/// What a websocket may run over: TCP, or a bad link in between.
trait Socket: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket for S {}

/// Who is connected, and since when nobody is.
#[derive(Clone, Copy)]
struct Presence {
    connected: u64,
    gone: u64,
    since: Instant,
}

/// Serves clients until it is time to stop.
pub async fn serve(listener: Listener, server: Arc<dyn Server>, until: Until, faults: Faults) -> Served {
    let counters = Arc::new(Counters::default());
    let (presence, mut changes) = watch::channel(Presence { connected: 0, gone: 0, since: Instant::now() });
    let presence = Arc::new(presence);
    let mut clients = 0;
    let end = async {
        match until.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => pending().await,
        }
    };
    tokio::pin!(end);
    let for_itself = Arc::clone(&server);
    let running = tokio::spawn(async move { for_itself.run().await });
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
            () = idle => break,
            _ = changes.changed() => {}
            accepted = listener.next() => {
                let Ok((stream, address)) = accepted else { break };
                clients += 1;
                tracing::info!(%address, client = clients, "connected");
                let (server, presence, counters) = (Arc::clone(&server), Arc::clone(&presence), Arc::clone(&counters));
                tokio::spawn(attend(stream, clients, server, presence, counters, faults));
            }
        }
    }
    running.abort();
    Served {
        clients: changes.borrow().gone + changes.borrow().connected,
        messages: counters.messages.load(Ordering::Relaxed),
        bytes: counters.bytes.load(Ordering::Relaxed),
    }
}

async fn attend(
    stream: TcpStream,
    number: u64,
    server: Arc<dyn Server>,
    presence: Arc<watch::Sender<Presence>>,
    counters: Arc<Counters>,
    faults: Faults,
) {
    let Accepted::WebSocket(websocket) = accept(stream, server.path(), &server.page(), server.largest_frame()).await
    else {
        return; // plain HTTP is no client
    };
    presence.send_modify(|now| now.connected += 1);
    let (peer, news) = (server.open(number), server.news());
    let reason = if faults.is_none() {
        converse(*websocket, peer, news, &counters).await
    } else {
        let config = wire::config(server.largest_frame());
        converse(through(*websocket, faults, number, config).await, peer, news, &counters).await
    };
    tracing::info!(client = number, reason, "gone");
    presence.send_modify(|now| {
        now.connected -= 1;
        now.gone += 1;
        now.since = Instant::now();
    });
}

/// Answers one client until it goes. All that has arrived is answered before anything is flushed.
async fn converse<S: Socket>(
    mut websocket: WebSocketStream<S>,
    mut peer: Box<dyn Peer>,
    mut news: Option<watch::Receiver<u64>>,
    counters: &Counters,
) -> String {
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.reset();
    loop {
        let mut next = tokio::select! {
            next = websocket.next() => next,
            () = changed(&mut news) => {
                let mut out = Vec::new();
                peer.catch_up(&mut out);
                if let Err(reason) = send_all(&mut websocket, out, counters).await {
                    return reason;
                }
                if let Err(error) = websocket.flush().await {
                    return error.to_string();
                }
                continue;
            }
            _ = heartbeat.tick() => {
                if let Err(error) = websocket.send(Message::Ping(Bytes::new())).await {
                    return error.to_string();
                }
                continue;
            }
        };
        loop {
            match next {
                Some(Ok(Message::Binary(data))) => {
                    let message = WsMessage::binary(data);
                    if let Err(reason) = answer(&mut websocket, &mut *peer, message, counters).await {
                        return reason;
                    }
                }
                Some(Ok(Message::Text(data))) => {
                    let message = WsMessage::text(data);
                    if let Err(reason) = answer(&mut websocket, &mut *peer, message, counters).await {
                        return reason;
                    }
                }
                Some(Ok(Message::Close(_))) | None => return String::from("closed by the client"),
                Some(Ok(_)) => {}
                Some(Err(error)) => return error.to_string(),
            }
            match websocket.next().now_or_never() {
                Some(another) => next = another,
                None => break,
            }
        }
        if let Err(error) = websocket.flush().await {
            return error.to_string();
        }
    }
}

async fn answer<S: Socket>(
    websocket: &mut WebSocketStream<S>,
    peer: &mut dyn Peer,
    message: WsMessage,
    counters: &Counters,
) -> Result<(), String> {
    let mut out = Vec::new();
    counters.messages.fetch_add(1, Ordering::Relaxed);
    peer.receive(message, &mut out).map_err(|dropped| dropped.to_string())?;
    send_all(websocket, out, counters).await
}

async fn send_all<S: Socket>(
    websocket: &mut WebSocketStream<S>,
    out: Vec<Outgoing>,
    counters: &Counters,
) -> Result<(), String> {
    for outgoing in out {
        match outgoing {
            Outgoing::Ready(message) => send(websocket, message, counters).await?,
            Outgoing::Many(frames) => {
                for frame in frames {
                    let frame = frame.map_err(|dropped| dropped.to_string())?;
                    send(websocket, WsMessage::binary(frame), counters).await?;
                }
            }
        }
    }
    Ok(())
}

async fn send<S: Socket>(
    websocket: &mut WebSocketStream<S>,
    message: WsMessage,
    counters: &Counters,
) -> Result<(), String> {
    counters.bytes.fetch_add(message.data.len() as u64, Ordering::Relaxed);
    let message = wire::message(message.is_text, message.data).map_err(|error| error.to_string())?;
    websocket.feed(message).await.map_err(|error| error.to_string())
}

/// Waits for news; for ever where there never are any.
async fn changed(news: &mut Option<watch::Receiver<u64>>) {
    if let Some(receiver) = news {
        if receiver.changed().await.is_ok() {
            return;
        }
        *news = None;
    }
    pending().await
}
