//! A viser server by hand, for what a real one would never say.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept_hdr};

use super::msgpack::{array, map, pack, unpack};

/// What a fake is to do when a client has said where its camera is.
pub(crate) enum Does {
    /// Sends these messages as one window.
    Window(Vec<Vec<u8>>),
    /// Waits until the client has said so many messages of a type.
    Await(&'static str, usize),
    /// Closes with a code and a reason.
    Close(u16, &'static str),
}

/// A listening server; its threads end with the connections.
pub(crate) struct FakeViser {
    pub(crate) url: String,
    said: Arc<Mutex<Vec<Value>>>,
    connections: Arc<AtomicUsize>,
}

impl FakeViser {
    /// Listens. Every client gets `scene` at once, and what `does` gives after its first camera.
    pub(crate) fn start(scene: Vec<Vec<u8>>, does: impl Fn() -> Vec<Does> + Send + Sync + 'static) -> Self {
        Self::by(move |socket, log| play(socket, &scene, log, &does))
    }

    /// Listens; whatever is done with a client that knows the version is done by this.
    pub(crate) fn by(serve: impl Fn(&mut WebSocket<TcpStream>, &Mutex<Vec<Value>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let said = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, count, serve) = (Arc::clone(&said), Arc::clone(&connections), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, count, serve) = (Arc::clone(&log), Arc::clone(&count), Arc::clone(&serve));
                thread::spawn(move || {
                    if let Some(mut socket) = shake(stream) {
                        count.fetch_add(1, Ordering::SeqCst);
                        serve(&mut socket, &log);
                    }
                });
            }
        });
        Self { url, said, connections }
    }

    /// How many clients there were that knew the version.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// What clients said of a type.
    pub(crate) fn heard(&self, kind: &str) -> Vec<Value> {
        self.said.lock().unwrap().iter().filter(|message| message["type"] == kind).cloned().collect()
    }

    /// The types of all that clients said, without their cameras.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let kinds = said.iter().map(|message| message["type"].as_str().unwrap().to_owned());
        kinds.filter(|kind| kind != "ViewerCameraMessage").collect()
    }
}

/// A client of the right version; all others are told which that is.
#[allow(clippy::result_large_err, reason = "tungstenite's callback")]
fn shake(stream: TcpStream) -> Option<WebSocket<TcpStream>> {
    let mut offered = String::new();
    let shake = |request: &Request, mut response: Response| {
        if let Some(wanted) = request.headers().get("Sec-WebSocket-Protocol") {
            offered = wanted.to_str().unwrap().to_owned();
            response.headers_mut().insert("Sec-WebSocket-Protocol", wanted.clone());
        }
        Ok(response)
    };
    let mut socket = accept_hdr(stream, shake).ok()?;
    if offered != "viser-v1.1.1" {
        close(&mut socket, 1002, "Version mismatch. Client: ?, Server: 1.1.1");
        return None;
    }
    Some(socket)
}

fn play(socket: &mut WebSocket<TcpStream>, scene: &[Vec<u8>], log: &Mutex<Vec<Value>>, does: &dyn Fn() -> Vec<Does>) {
    let mut first = scene.to_vec();
    first.push(message(&json!({"type": "ReplayDoneMessage"})));
    let _ = socket.send(Message::binary(frame(first)));
    let mut heard = Vec::new();
    hear(socket, &mut heard, log, "ViewerCameraMessage", 1);
    for step in does() {
        match step {
            Does::Window(messages) => {
                if socket.send(Message::binary(frame(messages))).is_err() {
                    return;
                }
            }
            Does::Await(kind, count) => hear(socket, &mut heard, log, kind, count),
            Does::Close(code, reason) => return close(socket, code, reason),
        }
    }
    hear(socket, &mut heard, log, "nothing", 1);
}

/// Hears until so many messages of a type have come over this connection, or it ends.
fn hear(socket: &mut WebSocket<TcpStream>, heard: &mut Vec<Value>, log: &Mutex<Vec<Value>>, kind: &str, count: usize) {
    while heard.iter().filter(|message| message["type"] == kind).count() < count {
        let Ok(said) = socket.read() else { return };
        if let Message::Binary(data) = said {
            let said = unpack(&data);
            log.lock().unwrap().push(said.clone());
            heard.push(said);
        }
    }
}

/// Closes, and waits until the client has, too.
pub(crate) fn close(socket: &mut WebSocket<TcpStream>, code: u16, reason: &'static str) {
    let _ = socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() }));
    while socket.read().is_ok() {}
}

/// A message without bytes in it.
pub(crate) fn message(value: &Value) -> Vec<u8> {
    pack(value)
}

/// A part of a file.
pub(crate) fn part(transfer: &str, index: u64, content: &[u8]) -> Vec<u8> {
    map([
        ("source_component_uuid", pack(&Value::Null)),
        ("transfer_uuid", pack(&transfer.into())),
        ("part_index", pack(&index.into())),
        ("content", super::msgpack::bin(content)),
        ("type", pack(&"FileTransferPart".into())),
    ])
}

/// The start of a file.
pub(crate) fn download(transfer: &str, name: &str, size: u64, parts: u64) -> Vec<u8> {
    message(&json!({
        "save_immediately": true, "transfer_uuid": transfer, "filename": name, "mime_type": "text/plain",
        "part_count": parts, "size_bytes": size, "type": "FileTransferStartDownload",
    }))
}

/// One window of messages.
pub(crate) fn frame(messages: Vec<Vec<u8>>) -> Vec<u8> {
    let body = map([
        ("messages", array(messages)),
        ("timestampSec", pack(&1.5.into())),
        ("binaryBufferLengths", pack(&json!([]))),
    ]);
    let packed = zstd::bulk::compress(&body, 1).unwrap();
    let [inflated, size] = [body.len(), packed.len()].map(|len| (len as u64).to_le_bytes());
    [&inflated[..], &size, &packed].concat()
}
