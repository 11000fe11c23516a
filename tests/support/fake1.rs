//! A scene server of wslink 1.x by hand, and a plain client for it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use scenectl::protocol::WsMessage;
use scenectl::protocol::wslink::v1::{Decoder, Encoder};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, accept, connect};

use super::fake::{Answer, Call, honest, reply};
use super::msgpack::unpack;
use super::scene::Scene;

/// What the server does about a call, where it is not just honest.
pub(crate) enum Twist {
    /// Answers, but sends large binary messages in pieces: so many, with a pause after each.
    Slowly(usize, Duration),
    /// Sends these texts instead.
    Texts(Vec<String>),
    /// Sends announced attachments until the client goes.
    Attachments,
    /// Drops the connection.
    Drop,
}

/// A listening server; its threads end with the connections.
pub(crate) struct Fake1 {
    pub(crate) url: String,
    /// The first message of each connection: was it text?
    greetings: Arc<Mutex<Vec<bool>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// What the test wants of a call.
type Twister = Box<dyn Fn(&Call) -> Option<Twist> + Send + Sync>;

/// What the connections of a server share.
struct Shared {
    scene: Scene,
    twist: Twister,
    greetings: Arc<Mutex<Vec<bool>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Fake1 {
    /// A server that speaks 1.x: it drops whoever begins with a binary message, without a word.
    pub(crate) fn of(scene: Scene, twist: impl Fn(&Call) -> Option<Twist> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}/ws", listener.local_addr().unwrap());
        let (greetings, calls) = (Arc::default(), Arc::default());
        let fake = Self { url, greetings: Arc::clone(&greetings), calls: Arc::clone(&calls) };
        let shared = Arc::new(Shared { scene, twist: Box::new(twist), greetings, calls });
        let connections = AtomicUsize::new(0);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                let connection = connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || talk(stream, connection, &shared));
            }
        });
        fake
    }

    /// The first message of each connection: was it text?
    pub(crate) fn greetings(&self) -> Vec<bool> {
        self.greetings.lock().unwrap().clone()
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How often a method was called so far.
    pub(crate) fn asked(&self, method: &str) -> usize {
        self.calls().iter().filter(|call| call.method == method).count()
    }
}

fn talk(stream: TcpStream, connection: usize, shared: &Shared) {
    let Ok(mut socket) = accept(stream) else { return };
    let mut encoder = Encoder::new();
    let (mut first, mut is_welcome) = (true, false);
    while let Ok(message) = socket.read() {
        if std::mem::take(&mut first) {
            shared.greetings.lock().unwrap().push(message.is_text());
        }
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) if is_welcome => continue, // an attachment that nobody reads here
            _ => return,
        };
        let request: Value = serde_json::from_str(&text).unwrap();
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let (args, kwargs) = (request["args"].clone(), request["kwargs"].clone());
        let call = Call { connection, id: text("id"), method: text("method"), args, kwargs };
        if call.id.is_empty() {
            continue; // it announces an attachment
        }
        shared.calls.lock().unwrap().push(call.clone());
        is_welcome |= call.method == "wslink.hello";
        let mut pieces = None;
        match (shared.twist)(&call) {
            None => {}
            Some(Twist::Slowly(count, pause)) => pieces = Some((count, pause)),
            Some(Twist::Texts(texts)) => {
                texts.into_iter().for_each(|text| drop(socket.send(Message::text(text))));
                continue;
            }
            Some(Twist::Attachments) => {
                let data = vec![7; 1 << 20];
                for k in 0..100_000 {
                    let header =
                        format!(r#"{{"wslink":"1.0","method":"wslink.binary.attachment","args":["wslink_bin{k}"]}}"#);
                    let sent = socket.send(Message::text(header));
                    if sent.and_then(|()| socket.send(Message::binary(data.clone()))).is_err() {
                        return;
                    }
                }
                continue;
            }
            Some(Twist::Drop) => return,
        }
        let Answer::Result(result) = honest(&shared.scene, &call) else { panic!("{call:?}") };
        for message in encoder.encode(&reply(&call, result)).unwrap() {
            let sent = match (message.is_text, pieces) {
                (true, _) => socket.send(Message::text(String::from_utf8(message.data.to_vec()).unwrap())).is_ok(),
                (false, Some((count, pause))) if message.data.len() > 1000 => {
                    trickle(&mut socket, &message.data, count, pause)
                }
                (false, _) => socket.send(Message::binary(message.data)).is_ok(),
            };
            if !sent {
                return;
            }
        }
    }
}

/// One binary websocket message, in so many pieces.
fn trickle(socket: &mut WebSocket<TcpStream>, data: &[u8], count: usize, pause: Duration) -> bool {
    let mut head = vec![0x82, 127];
    head.extend_from_slice(&(data.len() as u64).to_be_bytes());
    let stream = socket.get_mut();
    let mut sent = stream.write_all(&head);
    for piece in data.chunks(data.len().div_ceil(count).max(1)) {
        sent = sent.and_then(|()| stream.write_all(piece));
        thread::sleep(pause);
    }
    sent.is_ok()
}

/// A client that says what it is told to, in text.
pub(crate) struct Client1 {
    pub(crate) socket: WebSocket<MaybeTlsStream<TcpStream>>,
    decoder: Decoder,
    next: u64,
}

impl Client1 {
    /// Connects and says hello.
    pub(crate) fn hello(url: &str) -> Self {
        let mut client = Self::connect(url);
        client.send("system:c0:0", "wslink.hello", &json!([{"secret": "wslink-secret"}]));
        assert!(client.read().unwrap()["result"]["clientID"].is_string());
        client
    }

    /// Connects.
    pub(crate) fn connect(url: &str) -> Self {
        let (socket, _) = connect(url).unwrap();
        Self { socket, decoder: Decoder::new(1 << 30), next: 0 }
    }

    /// Asks under an id.
    pub(crate) fn send(&mut self, id: &str, method: &str, args: &Value) {
        let request = json!({"wslink": "1.0", "id": id, "method": method, "args": args, "kwargs": {}});
        self.socket.send(Message::text(request.to_string())).unwrap();
    }

    /// The next message, with its attachments as numbers of their bytes; none where it was closed or broke.
    pub(crate) fn read(&mut self) -> Result<Value, Error> {
        loop {
            let message = match self.socket.read()? {
                Message::Text(text) => WsMessage::text(text.to_string()),
                Message::Binary(data) => WsMessage::binary(data),
                _ => continue,
            };
            if let Some(whole) = self.decoder.push(&message).unwrap() {
                return Ok(unpack(&whole));
            }
        }
    }

    /// Asks, and gives the whole reply to that.
    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, args: &Value) -> Value {
        let id = format!("rpc:c0:{}", self.next);
        self.next += 1;
        self.send(&id, method, args);
        loop {
            let message = self.read().unwrap();
            if message["id"] == id {
                return message;
            }
        }
    }
}
