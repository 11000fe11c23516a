//! Plain HTTP, which passes to the server and back, and handshakes of websockets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, LOCATION, SEC_WEBSOCKET_PROTOCOL, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};
use tokio::net::TcpStream;
use url::Url;

use super::forms;
use super::server::Upstream;
use super::words::words;
use super::{Relay, control, shared};
use crate::protocol::relay::{Middle, Stance};
use crate::wire::{self, Body, WireError, serve_http};

/// Largest websocket message of a client, in bytes. What it says is assembled before it is passed on.
const LARGEST_FROM_CLIENT: usize = (64 << 20) + (64 << 10);

/// Serves a connection: requests, until one becomes a websocket.
pub(super) async fn attend(stream: TcpStream, address: SocketAddr, relay: Arc<Relay>) {
    let is_here = stream.local_addr().is_ok_and(|own| is_here(address.ip(), own.ip()));
    serve_http(stream, |request| answer(request, address, is_here, Arc::clone(&relay))).await;
}

/// True for clients on this machine: also those that use an address that others use, too.
fn is_here(client: IpAddr, own: IpAddr) -> bool {
    client.to_canonical().is_loopback() || client.to_canonical() == own.to_canonical()
}

async fn answer(request: Request<Incoming>, address: SocketAddr, is_here: bool, relay: Arc<Relay>) -> Response<Body> {
    let is_control = request.uri().path().starts_with(control::PREFIX);
    if request.method() == Method::CONNECT {
        // A tunnel would lead to wherever the client likes.
        words(StatusCode::METHOD_NOT_ALLOWED, "this is no proxy")
    } else if (is_control || (is_here && relay.adds_credentials())) && forms::is_foreign(request.headers()) {
        tracing::info!("a page from elsewhere is refused");
        words(
            StatusCode::FORBIDDEN,
            "pages from elsewhere get nothing with what the relay knows\nhint: use localhost or 127.0.0.1 as its name",
        )
    } else if is_control {
        control::answer(request, is_here, &relay).await
    } else if wire::is_upgrade(&request) {
        match relay.stance.clone() {
            Stance::PerClient(middle) => websocket(request, address, relay, middle).await,
            Stance::Shared(_) => shared::websocket(request, address, relay).await,
        }
    } else {
        pass(request, &relay).await
    }
}

/// The same place on the server.
fn there(upstream: &Url, request: &Request<Incoming>, scheme: (&str, &str)) -> Option<Url> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let scheme = if upstream.scheme() == "wss" { scheme.1 } else { scheme.0 };
    let host = upstream.host_str()?;
    let port = upstream.port().map(|port| format!(":{port}")).unwrap_or_default();
    // Not joined: `//other.example/` as a path would be another host.
    Url::parse(&format!("{scheme}://{host}{port}{}{path}", if path.starts_with('/') { "" } else { "/" })).ok()
}

async fn pass(mut request: Request<Incoming>, relay: &Relay) -> Response<Body> {
    let Some(url) = there(&relay.upstream, &request, ("http", "https")) else {
        return words(StatusCode::BAD_REQUEST, "this is no path");
    };
    forms::to_server(request.headers_mut(), &relay.upstream, &relay.own_headers());
    let path = request.uri().path().to_owned();
    match relay.http.ask(request, url).await {
        Ok(mut answer) => {
            tracing::debug!(path, status = answer.status().as_u16(), "http");
            forms::to_client(answer.headers_mut(), &relay.upstream);
            answer
        }
        Err(reason) => words(StatusCode::BAD_GATEWAY, &format!("the server does not answer: {reason}")),
    }
}

async fn websocket(
    mut request: Request<Incoming>,
    address: SocketAddr,
    relay: Arc<Relay>,
    middle: Arc<dyn Middle>,
) -> Response<Body> {
    let Some(mut url) = there(&relay.upstream, &request, ("ws", "wss")) else {
        return words(StatusCode::BAD_REQUEST, "this is no path");
    };
    if url.query().is_none() && url.path() == relay.upstream.path() {
        url.set_query(relay.upstream.query());
    }
    let headers = forms::for_websocket(request.headers(), &relay.upstream, &relay.own_headers());
    let realm = realm(&url, &headers);
    let mut options = relay.options.clone();
    options.headers = headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    // The server first: what it does not open is not opened here either.
    let (connection, answered) = match wire::open(&url, &options).await {
        Ok(opened) => opened,
        Err(error) => return refused(&error, &relay.upstream),
    };
    let Some((mut response, websocket)) = wire::upgrade(&mut request, LARGEST_FROM_CLIENT) else {
        return words(StatusCode::BAD_REQUEST, "this is no websocket's handshake");
    };
    let mut adapted = answered;
    forms::to_client(&mut adapted, &relay.upstream);
    for name in [SEC_WEBSOCKET_PROTOCOL, SET_COOKIE] {
        for value in adapted.get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
    tokio::spawn(async move {
        if let Some(client) = websocket.await {
            relay.attend(middle, client, Upstream { url, options }, connection, realm, address).await;
        }
    });
    response
}

/// Whoever comes to another place or as somebody else may be answered differently.
fn realm(url: &Url, headers: &HeaderMap) -> u64 {
    let mut who = url.to_string().into_bytes();
    for name in [AUTHORIZATION, COOKIE] {
        for value in headers.get_all(name) {
            who.push(0);
            who.extend_from_slice(value.as_bytes());
        }
        who.push(1);
    }
    xxhash_rust::xxh3::xxh3_64(&who)
}

/// The server's no, passed on.
fn refused(error: &WireError, upstream: &Url) -> Response<Body> {
    let mut answer = match error {
        WireError::Http { status, .. } => {
            let status =
                StatusCode::from_u16(*status).ok().filter(|status| !status.is_informational() && !status.is_success());
            words(status.unwrap_or(StatusCode::BAD_GATEWAY), "the server refuses the websocket")
        }
        error => words(StatusCode::BAD_GATEWAY, &error.to_string()),
    };
    if let WireError::Http { location: Some(location), .. } = error
        && let Ok(here) = HeaderValue::from_str(&forms::location_here(location, upstream))
    {
        answer.headers_mut().insert(LOCATION, here);
    }
    answer
}

impl Relay {
    /// What the user adds to every request.
    fn own_headers(&self) -> Vec<(hyper::header::HeaderName, HeaderValue)> {
        let mut headers = self.options.headers.clone();
        headers.extend(wire::basic_authorization(&self.upstream));
        headers
    }

    /// The user lets clients do what they could not do themselves. A query of the address may be a token.
    fn adds_credentials(&self) -> bool {
        self.upstream.query().is_some() || !self.own_headers().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_this_machine_are_told_by_their_addresses() {
        let is_here = |client: &str, own: &str| is_here(client.parse().unwrap(), own.parse().unwrap());
        assert!(is_here("127.0.0.1", "127.0.0.1") && is_here("::ffff:127.0.0.1", "::1"));
        assert!(is_here("192.168.1.7", "192.168.1.7") && is_here("::ffff:192.168.1.7", "192.168.1.7"));
        assert!(!is_here("192.168.1.8", "192.168.1.7") && !is_here("203.0.113.5", "0.0.0.0"));
    }
}
