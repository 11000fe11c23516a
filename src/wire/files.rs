//! Files in answers of HTTP.

use std::io::Read;

use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use super::Body;

/// Bytes that are read at once.
const PART: usize = 1 << 20;

/// A body that is read a part at a time, on a thread for what blocks.
pub fn read_body(mut from: impl Read + Send + 'static) -> Body {
    let (send, mut parts) = tokio::sync::mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut part = vec![0; PART];
            let read = from.read(&mut part).map(|len| {
                part.truncate(len);
                Bytes::from(part)
            });
            let is_last = !read.as_ref().is_ok_and(|part| !part.is_empty());
            // A browser that goes away takes no more.
            if send.blocking_send(read.map(Frame::data).map_err(Box::from)).is_err() || is_last {
                return;
            }
        }
    });
    let parts = futures_util::stream::poll_fn(move |context| parts.poll_recv(context));
    BodyExt::boxed(StreamBody::new(parts))
}

/// What browsers want to be told of a file with such a name.
pub fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript",
        Some("css") => "text/css",
        Some("json" | "map" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("svg") => "image/svg+xml",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("csv") => "text/csv",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("mp3") => "audio/mpeg",
        Some("mp4") => "video/mp4",
        Some("gltf") => "model/gltf+json",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("glb") => "model/gltf-binary",
        _ => "application/octet-stream",
    }
}
