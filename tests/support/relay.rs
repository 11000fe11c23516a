//! `scenectl relay`, running, and a plain client for it.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, connect};

use super::fake::single;
use super::msgpack::{pack, unpack};
use super::process::Lines;
use super::run::{Output, Running, scenectl};

/// A running relay, killed when it is dropped.
pub(crate) struct Relay {
    pub(crate) running: Running,
    pub(crate) url: String,
    /// What `relay-set` takes; empty where nothing can be changed.
    pub(crate) control: String,
    /// What it prints behind its ready line.
    pub(crate) lines: Lines,
}

impl Relay {
    /// Stands before a server of VTK.wasm for five minutes at most. The server is not asked what it is: what it is asked
    /// is what clients ask.
    pub(crate) fn start(upstream: &str, args: &[&str]) -> Self {
        Self::before(upstream, &[&["--protocol", "vtklocal"], args].concat())
    }

    /// Stands before a server of any protocol for five minutes at most.
    pub(crate) fn before(upstream: &str, args: &[&str]) -> Self {
        let mut running = scenectl().args(["relay", upstream, "--for", "300"]).args(args).limit(310).start();
        let lines = Lines::of(running.process.stdout());
        let Some(line) = lines.next(Duration::from_secs(30)) else {
            panic!("it is not ready: {:?}", running.finish_with(std::thread::spawn(Vec::new)));
        };
        let ready: Value = serde_json::from_str(&line).expect(&line);
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        let control = ready["control"].as_str().unwrap_or_default().to_owned();
        Self { running, url: text("url"), control, lines }
    }

    /// `http://host:port`.
    pub(crate) fn origin(&self) -> String {
        self.url.replace("ws://", "http://").trim_end_matches("/ws").to_owned()
    }

    /// Changes what clients get.
    #[track_caller]
    pub(crate) fn set(&self, args: &[&str]) -> Value {
        scenectl().args(["relay-set", &self.control, "--json"]).args(args).run().ok().json()
    }

    /// Resident memory in bytes, and how many files are open.
    pub(crate) fn weight(&self) -> (u64, usize) {
        let id = self.running.process.id();
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        (kilobytes * 1024, fs::read_dir(format!("/proc/{id}/fd")).unwrap().count())
    }

    /// Ends it and returns what it said.
    pub(crate) fn stop(self) -> Output {
        self.running.process.signal("INT");
        self.running.finish_with(std::thread::spawn(Vec::new))
    }
}

/// A client that says what it is told to.
pub(crate) struct Client {
    pub(crate) socket: WebSocket<MaybeTlsStream<TcpStream>>,
    pub(crate) next: u64,
}

impl Client {
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
        Self { socket, next: 0 }
    }

    /// Asks under an id.
    pub(crate) fn send(&mut self, id: &str, method: &str, args: &Value) {
        let request = json!({"wslink": "1.0", "id": id, "method": method, "args": args, "kwargs": {}});
        self.socket.send(Message::binary(single(&pack(&request)))).unwrap();
    }

    /// The next message, put together; none where it was closed or broke. One that never ends is nothing.
    pub(crate) fn read(&mut self) -> Result<Value, Error> {
        let mut messages: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
        loop {
            let Message::Binary(frame) = self.socket.read()? else { continue };
            let total = u32::from_le_bytes(frame[8..12].try_into().unwrap()) as usize;
            let message = messages.entry(frame[..4].to_vec()).or_default();
            message.extend_from_slice(&frame[12..]);
            if message.len() >= total {
                return Ok(unpack(message));
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

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What a plain server was asked, byte for byte, connection by connection.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

/// A server of pages: tells what it was asked, one connection a request.
pub(crate) fn page_server(path: &str, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/{path}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
            let (mut request, mut buffer) = (Vec::new(), [0; 65536]);
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                request.extend_from_slice(&buffer[..count]);
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let said = answer(&request);
            log.lock().unwrap().push(request);
            let _ = stream.write_all(said.as_bytes());
        }
    });
    (url, asked)
}
