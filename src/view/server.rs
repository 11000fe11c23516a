//! The page's server, on loopback: the page, the viewer, the WebAssembly, the scene.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::task::JoinSet;

use super::{Assets, Shown};
use crate::wire::{Body, Listener, body, content_type, is_from_here, read_body, serve_http};

const PAGE: &str = include_str!("page.html");
const TOLD: &str = include_str!("told.js");
const SCRIPT: &str = include_str!("page.js");

/// Connections at the same time; a browser opens six.
const MOST_CONNECTIONS: usize = 64;
/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nothing comes from elsewhere, and nothing goes there. WebAssembly and its glue need `eval` of their own kind.
const POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' blob:; \
                      style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' blob: data:; \
                      worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What the page's server gives.
struct Pages {
    assets: Assets,
    shown: Arc<Shown>,
}

/// Serves the page until this is dropped.
pub async fn serve(listener: Listener, assets: Assets, shown: Arc<Shown>) {
    let pages = Arc::new(Pages { assets, shown });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            next = listener.next(), if connections.len() < MOST_CONNECTIONS => {
                let Ok((stream, address)) = next else { return };
                let pages = Arc::clone(&pages);
                connections.spawn(async move {
                    serve_http(stream, |request| answer(request, address, Arc::clone(&pages))).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(request: Request<Incoming>, address: SocketAddr, pages: Arc<Pages>) -> Response<Body> {
    if !address.ip().to_canonical().is_loopback() || !is_from_here(request.headers()) {
        return words(StatusCode::FORBIDDEN, "only pages of this machine get anything here");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return words(StatusCode::METHOD_NOT_ALLOWED, "there is only something to get here");
    }
    let path = request.uri().path().trim_start_matches('/');
    let found = match path {
        "" | "index.html" => file("text/html; charset=utf-8", PAGE),
        "told.js" => file("text/javascript", TOLD),
        "page.js" => file("text/javascript", SCRIPT),
        "viewer.js" => asset(pages.assets.viewer.get("viewer.umd.js"), "viewer.js"),
        "viewer.css" => {
            pages.assets.viewer.get(path).map_or_else(|| file("text/css", ""), |css| file("text/css", css.clone()))
        }
        "about.json" => about(&pages.shown),
        "scene.wazex" => scene(&pages.shown),
        "changes" => changes(&request, &pages.shown).await,
        _ => match path.split_once('/') {
            Some(("wasm", name)) => asset(pages.assets.wasm.get(name), name),
            Some(("blobs", hash)) => blob(&pages.shown, hash),
            _ => words(StatusCode::NOT_FOUND, "there is nothing here"),
        },
    };
    with_headers(found)
}

fn with_headers(mut answer: Response<Body>) -> Response<Body> {
    let headers: [(HeaderName, &'static str); 4] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn file(kind: &'static str, content: impl Into<Bytes>) -> Response<Body> {
    let mut answer = Response::new(body(content));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn words(status: StatusCode, text: &str) -> Response<Body> {
    let mut answer = file("text/plain; charset=utf-8", format!("scenectl view: {text}\n"));
    *answer.status_mut() = status;
    answer
}

fn asset(content: Option<&Bytes>, name: &str) -> Response<Body> {
    content.map_or_else(
        || words(StatusCode::NOT_FOUND, "there is nothing here"),
        |bytes| file(content_type(name), bytes.clone()),
    )
}

fn about(shown: &Shown) -> Response<Body> {
    let about = serde_json::json!({
        "title": format!("{} - scenectl", shown.title),
        "root": shown.root(),
        "live": shown.is_live,
        "version": 0,
    });
    file("application/json", about.to_string())
}

/// The snapshot, a part at a time.
fn scene(shown: &Shown) -> Response<Body> {
    let Ok(file) = shown.snapshot() else {
        return words(StatusCode::INTERNAL_SERVER_ERROR, "the snapshot is gone");
    };
    let mut answer = Response::new(read_body(file));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    answer
}

fn blob(shown: &Shown, hash: &str) -> Response<Body> {
    let hash = percent_encoding::percent_decode_str(hash).decode_utf8_lossy();
    match shown.blob(&hash).map(|blob| blob.read()) {
        Some(Ok(bytes)) => file("application/octet-stream", bytes),
        _ => words(StatusCode::NOT_FOUND, "there is no such blob"),
    }
}

async fn changes(request: &Request<Incoming>, shown: &Shown) -> Response<Body> {
    let since = request.uri().query().and_then(|query| query.strip_prefix("since=")?.parse::<u64>().ok());
    let Some(since) = since else { return words(StatusCode::BAD_REQUEST, "since which version?") };
    let mut version = shown.version();
    let newer = version.wait_for(|version| *version > since);
    match tokio::time::timeout(PATIENCE, newer).await {
        Ok(Ok(_)) => match serde_json::to_string(&shown.changes(since)) {
            Ok(text) => file("application/json", text),
            Err(error) => words(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        },
        _ => {
            let mut answer = Response::new(body(Bytes::new()));
            *answer.status_mut() = StatusCode::NO_CONTENT;
            answer
        }
    }
}
