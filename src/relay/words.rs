//! What the relay itself says over HTTP.

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::wire::{Body, body};

/// An answer of the relay itself.
pub(super) fn words(status: StatusCode, text: &str) -> Response<Body> {
    let mut answer = Response::new(body(format!("scenectl relay: {text}\n")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
