//! How a client's websocket is opened, and its life.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use hyper::{Request, Response, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;

use super::{Session, Shared, State, alone, client};
use crate::faults::through;
use crate::protocol::Newcomer;
use crate::relay::Relay;
use crate::relay::words::words;
use crate::wire::{self, Body};

/// Who comes while the server is not known yet waits so long.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens a client's websocket at any path; the server's is not asked.
pub(in crate::relay) async fn websocket(
    mut request: Request<Incoming>,
    address: SocketAddr,
    relay: Arc<Relay>,
) -> Response<Body> {
    let Some(shared) = &relay.shared else { return words(StatusCode::BAD_GATEWAY, "there is no server") };
    let mut state = shared.state.subscribe();
    let is_there = timeout(PATIENCE, state.wait_for(|state| *state == State::Up)).await;
    if !is_there.is_ok_and(|state| state.is_ok()) {
        let text = match &*shared.state.borrow() {
            State::Gone(ending) if !ending.reason.is_empty() => format!("the server is lost: {}", ending.reason),
            _ => String::from("the server does not answer"),
        };
        return words(StatusCode::BAD_GATEWAY, &text);
    }
    let handshake = shared.fanout.handshake();
    let subprotocol = (handshake.choose)(&wire::offered_subprotocols(request.headers())).map(str::to_owned);
    let Some((mut response, websocket)) = wire::upgrade(&mut request, handshake.largest) else {
        return words(StatusCode::BAD_REQUEST, "this is no websocket's handshake");
    };
    if let Some(chosen) = subprotocol.as_deref().and_then(|chosen| HeaderValue::from_str(chosen).ok()) {
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, chosen);
    }
    tokio::spawn(async move {
        if let Some(websocket) = websocket.await {
            attend(websocket, subprotocol, address, relay).await;
        }
    });
    response
}

async fn attend(
    websocket: WebSocketStream<TcpStream>,
    subprotocol: Option<String>,
    address: SocketAddr,
    relay: Arc<Relay>,
) {
    let Some(shared) = &relay.shared else { return };
    let number = relay.counters.clients.fetch_add(1, Ordering::Relaxed) + 1;
    let session = Session::new(shared.fanout.open(&Newcomer { number, subprotocol }));
    relay.sessions().insert(number, Arc::downgrade(&session));
    relay.presence.send_modify(|now| now.connected += 1);
    tracing::info!(%address, client = number, "connected");
    if relay.faults.is_none() {
        serve(&relay, shared, &session, websocket).await;
    } else {
        // What clients send was measured before it gets here; what the server sends may have any size.
        let link = through(websocket, relay.faults, number, wire::config(usize::MAX)).await;
        serve(&relay, shared, &session, link).await;
    }
    let ending = session.ended().await;
    tracing::info!(client = number, code = ending.code, reason = ending.reason, "gone");
    relay.sessions().remove(&number);
    drop(session);
    relay.presence.send_modify(|now| {
        now.connected -= 1;
        now.gone += 1;
        now.since = Instant::now();
    });
}

/// Serves a client until it goes, or has to.
async fn serve<S>(relay: &Arc<Relay>, shared: &Shared, session: &Arc<Session>, websocket: WebSocketStream<S>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sink, stream) = futures_util::StreamExt::split(websocket);
    let (to_server, waiting) = alone::line();
    let mut tasks = JoinSet::new();
    tasks.spawn(client::read(Arc::clone(relay), Arc::clone(session), stream, to_server));
    tasks.spawn(client::write(Arc::clone(relay), Arc::clone(session), sink));
    tasks.spawn(alone::talk(Arc::clone(relay), Arc::clone(session), waiting));
    let mut state = shared.state.subscribe();
    tokio::select! {
        gone = state.wait_for(|state| matches!(state, State::Gone(_))) => {
            if let Ok(State::Gone(ending)) = gone.as_deref() {
                session.end(ending.code, ending.reason.clone());
            }
        }
        _ = session.ended() => {}
    }
    while tasks.join_next().await.is_some() {}
}
