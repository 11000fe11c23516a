//! Plain HTTP beside websockets: serving it, upgrading from it, and asking another server.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::requests::{build, builder, http_reason};
use super::{ConnectOptions, WireError, config};

/// A client that has not sent the head of a request by then is none.
const HEAD: Duration = Duration::from_secs(30);

/// What is sent back.
pub type Body = BoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// A body that is there as a whole.
pub fn body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

/// Serves the requests of one connection.
pub async fn serve_http<F>(stream: TcpStream, service: impl Fn(Request<Incoming>) -> F)
where
    F: Future<Output = Response<Body>>,
{
    let service = service_fn(|request| {
        let answer = service(request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "http");
    }
}

/// True where a client wants a websocket.
pub fn is_upgrade<B>(request: &Request<B>) -> bool {
    let has = |name: HeaderName, word: &str| {
        let values = request.headers().get_all(name);
        values.iter().filter_map(|value| value.to_str().ok()).any(|value| value.to_ascii_lowercase().contains(word))
    };
    has(UPGRADE, "websocket") && has(CONNECTION, "upgrade")
}

/// The subprotocols that a client offers, in its order.
pub fn offered_subprotocols(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// Turns a request into a websocket: the answer that says so, and the websocket when it was sent. `None` where the
/// request is not a good one. No extension is ever taken up.
pub fn upgrade(
    request: &mut Request<Incoming>,
    largest: usize,
) -> Option<(Response<Body>, impl Future<Output = Option<WebSocketStream<TcpStream>>> + Send + use<>)> {
    if request.method() != Method::GET {
        return None;
    }
    let version = request.headers().get(SEC_WEBSOCKET_VERSION)?;
    let key = request.headers().get(SEC_WEBSOCKET_KEY).filter(|_| version == "13")?;
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes()))
        .body(body(Bytes::new()))
        .ok()?;
    let upgraded = hyper::upgrade::on(request);
    let websocket = async move {
        let parts = upgraded.await.ok()?.downcast::<TokioIo<TcpStream>>().ok()?;
        let early = parts.read_buf.to_vec();
        let stream = parts.io.into_inner();
        Some(WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config(largest))).await)
    };
    Some((response, websocket))
}

/// Asks another server. Redirects are not followed, and nothing is unpacked.
#[derive(Clone, Debug)]
pub struct HttpClient(reqwest::Client);

impl HttpClient {
    /// With the same ideas about TLS as websockets.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(options: &ConnectOptions) -> Result<Self, WireError> {
        build(builder(options)?.redirect(reqwest::redirect::Policy::none())).map(Self)
    }

    /// Asks, and gives the answer as it comes.
    ///
    /// # Errors
    /// In plain words, without the address.
    pub async fn ask(&self, request: Request<Incoming>, url: url::Url) -> Result<Response<Body>, String> {
        let (head, sent) = request.into_parts();
        let mut asked = reqwest::Request::new(head.method, url);
        *asked.headers_mut() = head.headers;
        if !hyper::body::Body::is_end_stream(&sent) {
            *asked.body_mut() = Some(reqwest::Body::wrap(sent));
        }
        let answer = self.0.execute(asked).await.map_err(http_reason)?;
        let (head, found) = Response::<reqwest::Body>::from(answer).into_parts();
        Ok(Response::from_parts(head, found.map_err(Into::into).boxed()))
    }
}
