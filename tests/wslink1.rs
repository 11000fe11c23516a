//! Servers of wslink 1.x by hand: slow, broken and hostile ones.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use scenectl::protocol::wslink::v1::Encoder;
use serde_json::Value;
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept};

use crate::support::fake::{Answer, Call, honest, reply};
use crate::support::files::Content;
use crate::support::run::Output;
use crate::support::scene::Scene;
use crate::support::{scenectl, scratch};

/// What the server does about a call, where it is not just honest.
enum Twist {
    /// Answers, but sends large binary messages in pieces: so many, with a pause after each.
    Slowly(usize, Duration),
    /// Sends these texts instead.
    Texts(Vec<String>),
    /// Sends announced attachments until the client goes.
    Attachments,
    /// Drops the connection.
    Drop,
}

struct Server1 {
    url: String,
    /// The first message of each connection: was it text?
    greetings: Arc<Mutex<Vec<bool>>>,
}

/// A server that speaks 1.x: it drops whoever begins with a binary message, without a word.
fn serve(scene: Scene, twist: impl Fn(&Call) -> Option<Twist> + Send + Sync + 'static) -> Server1 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    let greetings = Arc::new(Mutex::new(Vec::new()));
    let (log, shared, connections) = (Arc::clone(&greetings), Arc::new((scene, twist)), AtomicUsize::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (log, shared) = (Arc::clone(&log), Arc::clone(&shared));
            let connection = connections.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || talk(stream, connection, &log, &shared.0, &shared.1));
        }
    });
    Server1 { url, greetings }
}

fn talk(
    stream: TcpStream,
    connection: usize,
    log: &Mutex<Vec<bool>>,
    scene: &Scene,
    twist: &dyn Fn(&Call) -> Option<Twist>,
) {
    let Ok(mut socket) = accept(stream) else { return };
    let mut encoder = Encoder::new();
    let mut first = true;
    while let Ok(message) = socket.read() {
        if std::mem::take(&mut first) {
            log.lock().unwrap().push(message.is_text());
        }
        let Message::Text(text) = message else { return };
        let request: Value = serde_json::from_str(&text).unwrap();
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let (args, kwargs) = (request["args"].clone(), request["kwargs"].clone());
        let call = Call { connection, id: text("id"), method: text("method"), args, kwargs };
        let mut pieces = None;
        match twist(&call) {
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
        let Answer::Result(result) = honest(scene, &call) else { panic!("{call:?}") };
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

fn pull(url: &str, args: &[&str]) -> (Output, Content) {
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let output = scenectl().args(["pull", url, "--timeout", "1", "-o"]).arg(&snapshot).args(args).run();
    let content = if snapshot.exists() { Content::of(&snapshot) } else { Content::default() };
    (output, content)
}

/// An attachment is one message, however large: while it keeps coming, the server is not silent.
#[test]
fn a_slow_attachment_is_not_silence() {
    let scene = Scene::with_blobs(1, 3 << 20);
    let server = serve(scene.clone(), |call| match call.method.as_str() {
        "vtklocal.get.hash" | "vtklocal.get.batch" => Some(Twist::Slowly(30, Duration::from_millis(100))),
        _ => None,
    });
    let (output, content) = pull(&server.url, &["--retries", "0"]);
    let output = output.ok();
    assert!(output.elapsed > Duration::from_millis(2500), "{:?}", output.elapsed);
    assert_eq!(content.blobs, scene.blobs);
}

#[test]
fn reconnects_know_the_version() {
    let scene = Scene::with_blobs(3, 100);
    let server = serve(scene.clone(), |call| {
        (call.connection == 1 && call.method == "vtklocal.get.batch").then_some(Twist::Drop)
    });
    let (output, content) = pull(&server.url, &[]);
    output.ok();
    assert_eq!(content.blobs, scene.blobs);
    assert_eq!(*server.greetings.lock().unwrap(), [false, true, true]);
}

#[test]
fn what_is_not_wslink_is_an_error() {
    for texts in [
        vec!["what?"],
        vec!["[]"],
        vec!["\"text\""],
        vec![r#"{"id": 7, "result": 1}"#],
        vec![r#"{"id": "rpc:x:1"}"#],
        vec![r#"{"wslink":"1.0","id":"rpc:x:1","result":{"a":"#],
    ] {
        let wrong: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let server = serve(Scene::small(), move |call| {
            (call.method == "vtklocal.get.status").then(|| Twist::Texts(wrong.clone()))
        });
        pull(&server.url, &["--retries", "0"]).0.fails(4, &["not wslink", "hint: "]);
    }
}

#[test]
fn a_hello_that_is_answered_wrongly() {
    for text in ["what?", r#"{"wslink":"1.0","id":"system:c0:0","result":{}}"#] {
        let server =
            serve(Scene::small(), |call| (call.method == "wslink.hello").then(|| Twist::Texts(vec![text.to_owned()])));
        pull(&server.url, &[]).0.fails(4, &["is not a wslink server", "hint: "]);
    }
    let server = serve(Scene::small(), |call| (call.method == "wslink.hello").then_some(Twist::Drop));
    pull(&server.url, &[]).0.fails(4, &["is not a wslink server", "hint: "]);
}

#[test]
fn attachments_that_nobody_asked_for() {
    let server = serve(Scene::small(), |call| (call.method == "vtklocal.get.status").then_some(Twist::Attachments));
    let (output, _) = pull(&server.url, &["--retries", "0", "--max-message", "16MiB"]);
    let output = output.fails(4, &["attachments", "hint: "]);
    assert!(output.peak < 200 << 20, "{} bytes", output.peak);
}
