//! A connection as long as it speaks HTTP: pages for browsers, and the handshakes of websockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use hyper::{Request, Response, StatusCode};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;

use super::Shared;
use super::converse::converse;
use crate::faults::through;
use crate::protocol::Newcomer;
use crate::wire::{self, Body, body, is_upgrade, serve_http, upgrade};

/// Serves a connection: requests, until one becomes a websocket.
pub(super) async fn attend(stream: TcpStream, address: SocketAddr, shared: Arc<Shared>) {
    serve_http(stream, |request| answer(request, address, Arc::clone(&shared))).await;
}

async fn answer(mut request: Request<Incoming>, address: SocketAddr, shared: Arc<Shared>) -> Response<Body> {
    if !is_upgrade(&request) {
        return match &shared.client {
            Some(folder) => folder.answer(&request).await,
            None => words(StatusCode::OK, shared.server.page()),
        };
    }
    let handshake = shared.server.handshake();
    if let Some(path) = handshake.path.filter(|path| request.uri().path() != *path) {
        return words(StatusCode::NOT_FOUND, format!("there is no websocket here, but at {path}\n"));
    }
    let subprotocol = (handshake.choose)(&wire::offered_subprotocols(request.headers())).map(str::to_owned);
    let Some((mut response, websocket)) = upgrade(&mut request, handshake.largest) else {
        return words(StatusCode::BAD_REQUEST, String::from("this is no websocket's handshake\n"));
    };
    if let Some(chosen) = subprotocol.as_deref().and_then(|chosen| HeaderValue::from_str(chosen).ok()) {
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, chosen);
    }
    tokio::spawn(async move {
        if let Some(websocket) = websocket.await {
            serve_client(websocket, subprotocol, address, &shared).await;
        }
    });
    response
}

async fn serve_client(
    websocket: WebSocketStream<TcpStream>,
    subprotocol: Option<String>,
    address: SocketAddr,
    shared: &Shared,
) {
    let number = shared.clients.fetch_add(1, Ordering::Relaxed) + 1;
    tracing::info!(%address, client = number, "connected");
    shared.presence.send_modify(|now| now.connected += 1);
    let peer = shared.server.open(&Newcomer { number, subprotocol });
    let reason = if shared.faults.is_none() {
        converse(websocket, peer, shared).await
    } else {
        // What clients send was measured before it gets here; what the server sends may have any size.
        let link = through(websocket, shared.faults, number, wire::config(usize::MAX)).await;
        converse(link, peer, shared).await
    };
    tracing::info!(client = number, reason, "gone");
    shared.presence.send_modify(|now| {
        now.connected -= 1;
        now.gone += 1;
        now.since = Instant::now();
    });
}

fn words(status: StatusCode, text: String) -> Response<Body> {
    let mut answer = Response::new(body(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
