use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::pushed::PushedServer;
use super::{ClientFolder, Serving, serve};
use crate::protocol::vtklocal::VtkLocal;
use crate::protocol::{
    Direction, Dropped, Handshake, Happening, Newcomer, Outgoing, Peer, Server, Traffic, WsMessage, no_subprotocol,
};
use crate::recording::{Recorder, RecorderOptions};
use crate::wire::Listener;

type Open = dyn Fn(&Newcomer) -> Box<dyn Peer> + Send + Sync;

struct Fake(Handshake, Box<Open>);

impl Server for Fake {
    fn handshake(&self) -> Handshake {
        self.0
    }

    fn page(&self) -> String {
        String::from("a page\n")
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        (self.1)(client)
    }
}

const ANYWHERE: Handshake = Handshake { path: None, choose: first_fake, largest: 1 << 20 };

fn first_fake<'a>(offered: &[&'a str]) -> Option<&'a str> {
    offered.iter().copied().find(|name| name.starts_with("fake-v"))
}

/// Says what it is told to, one message a call.
#[derive(Default)]
struct Script {
    due: Option<Instant>,
    says: Vec<Result<Outgoing, Dropped>>,
    answers: Option<Dropped>,
}

impl Peer for Script {
    fn receive(&mut self, message: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        out.push(Outgoing::Ready(message));
        self.answers.clone().map_or(Ok(()), Err)
    }

    fn due(&self) -> Option<Instant> {
        self.due
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        if self.says.is_empty() {
            self.due = None;
            return Ok(());
        }
        out.push(self.says.remove(0)?);
        Ok(())
    }
}

fn text(text: &str) -> Outgoing {
    Outgoing::Ready(WsMessage::text(text.to_owned()))
}

async fn start(server: impl Server + 'static, client: Option<ClientFolder>) -> String {
    let listener = Listener::bind("127.0.0.1:0", false).await.unwrap();
    let address = listener.address.to_string();
    tokio::spawn(serve(listener, Arc::new(server), Serving { client, ..Serving::default() }, std::future::pending()));
    address
}

async fn connect(
    address: &str,
    path: &str,
    offered: Option<&'static str>,
) -> (WebSocketStream<TcpStream>, Option<String>) {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    if let Some(offered) = offered {
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(offered));
    }
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let stream = TcpStream::connect(address).await.unwrap();
    let (websocket, answer) = client_async_with_config(request, stream, Some(config)).await.unwrap();
    let chosen = answer.headers().get("sec-websocket-protocol").map(|value| value.to_str().unwrap().to_owned());
    (websocket, chosen)
}

async fn next(websocket: &mut WebSocketStream<TcpStream>) -> Message {
    timeout(Duration::from_secs(20), websocket.next()).await.expect("a message in time").unwrap().unwrap()
}

async fn http(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.expect("an answer in time").unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_server_speaks_first_at_any_path_and_agrees_to_a_subprotocol() {
    let open = |client: &Newcomer| -> Box<dyn Peer> {
        let chosen = client.subprotocol.as_deref().unwrap_or("none");
        Box::new(Script {
            due: Some(Instant::now()),
            says: vec![Ok(text(chosen)), Ok(text("second"))],
            ..Script::default()
        })
    };
    let address = start(Fake(ANYWHERE, Box::new(open)), None).await;
    for (path, offered, expected) in [
        ("/", Some("fake-v1"), Some("fake-v1")),
        ("/any/path?x=1", Some("other, fake-v9,fake-v1"), Some("fake-v9")),
        ("/", None, None),
    ] {
        let (mut client, chosen) = connect(&address, path, offered).await;
        assert_eq!(chosen.as_deref(), expected);
        assert_eq!(next(&mut client).await, Message::text(expected.unwrap_or("none")));
        assert_eq!(next(&mut client).await, Message::text("second"));
        client.send(Message::text("echo")).await.unwrap();
        assert_eq!(next(&mut client).await, Message::text("echo"));
    }
    // Nothing that is offered fits: the answer names none.
    let head = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: foo\r\n\r\n";
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let len = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..len]).to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 101") && !answer.contains("sec-websocket-protocol"), "{answer}");
}

#[tokio::test]
async fn a_server_with_one_path_has_no_websocket_elsewhere() {
    let handshake = Handshake { path: Some("/ws"), choose: no_subprotocol, largest: 1 << 20 };
    let address = start(Fake(handshake, Box::new(|_| Box::new(Script::default()))), None).await;
    let (_, chosen) = connect(&address, "/ws?x=1", None).await;
    assert_eq!(chosen, None);
    let request = format!("ws://{address}/other").into_client_request().unwrap();
    let stream = TcpStream::connect(&address).await.unwrap();
    let refused = client_async_with_config(request, stream, None).await.unwrap_err().to_string();
    assert!(refused.contains("404"), "{refused}");
    assert!(http(&address, "GET /whatever").await.ends_with("\r\n\r\na page\n"));
}

#[tokio::test]
async fn a_peer_closes_with_a_code_and_after_what_it_said() {
    let reason = "Version mismatch. Client: 1, Server: 2";
    let open = move |client: &Newcomer| -> Box<dyn Peer> {
        Box::new(match client.number {
            1 => Script {
                due: Some(Instant::now()),
                says: vec![Ok(text("bye")), Err(Dropped::closing(1002, reason))],
                ..Script::default()
            },
            2 => Script { answers: Some(Dropped::closing(1011, "")), ..Script::default() },
            _ => Script { answers: Some(Dropped::new("makes no sense")), ..Script::default() },
        })
    };
    let address = start(Fake(ANYWHERE, Box::new(open)), None).await;
    let closed = |message| match message {
        Message::Close(Some(frame)) => (u16::from(frame.code), frame.reason.to_string()),
        other => panic!("{other:?}"),
    };
    let (mut client, _) = connect(&address, "/", None).await;
    assert_eq!(next(&mut client).await, Message::text("bye"));
    assert_eq!(closed(next(&mut client).await), (1002, reason.to_owned()));
    assert!(client.next().await.is_none());
    for (code, by_code) in [(1011, true), (0, false)] {
        let (mut client, _) = connect(&address, "/", None).await;
        client.send(Message::text("nonsense")).await.unwrap();
        assert_eq!(next(&mut client).await, Message::text("nonsense"));
        if by_code {
            assert_eq!(closed(next(&mut client).await), (code, String::new()));
            assert!(client.next().await.is_none());
        } else {
            assert!(timeout(Duration::from_secs(20), client.next()).await.unwrap().unwrap().is_err());
        }
    }
}

#[tokio::test]
async fn one_large_message_arrives_whole() {
    let whole: Vec<u8> = (0..40_000_000_u32).map(|k| (k % 251) as u8).collect();
    let whole = Bytes::from(whole);
    let data = whole.clone();
    let open = move |_: &Newcomer| -> Box<dyn Peer> {
        let pieces: Vec<_> = data.chunks(1_500_000).map(Bytes::copy_from_slice).map(Ok).collect();
        let broken = vec![Ok(Bytes::from_static(b"begun")), Ok(data.slice(..700_000)), Err(Dropped::closing(1011, ""))];
        Box::new(Script {
            due: Some(Instant::now()),
            says: vec![
                Ok(Outgoing::Whole(Box::new(pieces.into_iter()))),
                Ok(Outgoing::Ready(WsMessage::binary(data.clone()))),
                Ok(Outgoing::Whole(Box::new(std::iter::empty()))),
                Ok(Outgoing::Whole(Box::new(broken.into_iter()))),
            ],
            ..Script::default()
        })
    };
    let address = start(Fake(ANYWHERE, Box::new(open)), None).await;
    let (mut client, _) = connect(&address, "/", None).await;
    for expected in [&whole, &whole, &Bytes::new()] {
        let message = next(&mut client).await.into_data();
        assert!(message == *expected, "{} bytes", message.len());
    }
    // A message that breaks off is none.
    assert!(next(&mut client).await.is_close());
}

/// Pieces of a GiB; counts what was made.
struct Endless(Arc<AtomicU64>, u64);

impl Iterator for Endless {
    type Item = Result<Bytes, Dropped>;

    fn next(&mut self) -> Option<Self::Item> {
        self.1 = self.1.checked_sub(1 << 20)?;
        self.0.fetch_add(1 << 20, Ordering::Relaxed);
        Some(Ok(Bytes::from(vec![0; 1 << 20])))
    }
}

#[tokio::test]
async fn clients_that_do_not_read_cost_little() {
    let made = Arc::new(AtomicU64::new(0));
    let calls = Arc::new(AtomicU64::new(0));
    let (counted, called) = (Arc::clone(&made), Arc::clone(&calls));
    let open = move |client: &Newcomer| -> Box<dyn Peer> {
        if client.number.is_multiple_of(2) {
            return Box::new(Chatter(Arc::clone(&called)));
        }
        let endless = Outgoing::Whole(Box::new(Endless(Arc::clone(&counted), 1 << 30)));
        Box::new(Script { due: Some(Instant::now()), says: vec![Ok(endless)], ..Script::default() })
    };
    let address = start(Fake(ANYWHERE, Box::new(open)), None).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(connect(&address, "/", None).await);
    }
    // Sockets take some MiB each, until nothing moves any longer.
    let mut before = (0, 0);
    loop {
        sleep(Duration::from_millis(300)).await;
        let now = (made.load(Ordering::Relaxed), calls.load(Ordering::Relaxed));
        if now == before {
            break;
        }
        before = now;
    }
    assert!(before.0 > 5 << 20 && before.0 < 5 * (24 << 20), "{} bytes", before.0);
    assert!(before.1 > 5 && before.1 < 5 * (24 << 10), "{} messages of a KiB", before.1);
}

/// Always has a KiB more to say.
struct Chatter(Arc<AtomicU64>);

impl Peer for Chatter {
    fn receive(&mut self, _: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        out.push(text("heard"));
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        Some(Instant::now())
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        self.0.fetch_add(1, Ordering::Relaxed);
        out.push(Outgoing::Ready(WsMessage::binary(vec![0; 1 << 10])));
        Ok(())
    }
}

#[tokio::test]
async fn whoever_always_speaks_hears_its_client_all_the_same() {
    let address = start(Fake(ANYWHERE, Box::new(|_| Box::new(Chatter(Arc::default())))), None).await;
    let (mut client, _) = connect(&address, "/", None).await;
    client.send(Message::text("are you there?")).await.unwrap();
    while next(&mut client).await != Message::text("heard") {}
}

#[tokio::test]
async fn browsers_get_the_folder_and_clients_the_websocket() {
    let around = tempfile::tempdir().unwrap();
    let top = around.path().join("build");
    std::fs::create_dir(&top).unwrap();
    std::fs::write(top.join("index.html"), "<title>client</title>").unwrap();
    std::fs::write(around.path().join("secret"), "secret").unwrap();
    let folder = ClientFolder::open(&top).unwrap();
    let open = |_: &Newcomer| -> Box<dyn Peer> {
        Box::new(Script { due: Some(Instant::now()), says: vec![Ok(text("hello"))], ..Script::default() })
    };
    let address = start(Fake(ANYWHERE, Box::new(open)), Some(folder)).await;
    let page = http(&address, "GET /?websocket=ws://elsewhere").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("content-type: text/html; charset=utf-8"), "{page}");
    assert!(page.contains("content-length: 21\r\n") && page.ends_with("\r\n\r\n<title>client</title>"), "{page}");
    assert!(http(&address, "HEAD /").await.ends_with("\r\n\r\n"));
    for path in ["/../secret", "/%2e%2e/secret", "/none", "/..%2fsecret"] {
        let answer = http(&address, &format!("GET {path}")).await;
        assert!(answer.starts_with("HTTP/1.1 404") && answer.ends_with("\r\n\r\n"), "{answer}");
    }
    assert!(http(&address, "POST /").await.starts_with("HTTP/1.1 405"));
    assert_eq!(next(&mut connect(&address, "/", None).await.0).await, Message::text("hello"));
}

#[tokio::test]
async fn what_was_pushed_is_pushed_to_each_client_on_its_own_clock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.mcap");
    let options = RecorderOptions { force: false, protocol: Some(&VtkLocal), secrets: Vec::new() };
    let recorder = Recorder::create(&path, options).unwrap();
    let add = |seconds: f64, connection, what| {
        recorder.add(Traffic { time: Duration::from_secs_f64(seconds), connection, what });
    };
    let said = |direction, data: Bytes| Happening::Message(direction, WsMessage::binary(data));
    let large = Bytes::from(vec![7; 3 << 20]);
    add(1.0, 1, Happening::Opened { url: String::from("ws://a/") });
    add(1.1, 2, Happening::Opened { url: String::from("ws://a/") });
    add(1.2, 2, said(Direction::ToServer, Bytes::from("nobody waits for this")));
    add(1.3, 2, said(Direction::ToClient, Bytes::from("first")));
    add(1.4, 1, said(Direction::ToClient, Bytes::from("not this one")));
    add(5.1, 2, said(Direction::ToClient, large.clone()));
    add(9.1, 2, said(Direction::ToClient, Bytes::from("last")));
    recorder.finish().unwrap();
    assert!(PushedServer::open(&path, Some(3), 1.0, ANYWHERE).is_err());
    let address = start(PushedServer::open(&path, None, 10.0, ANYWHERE).unwrap(), None).await;
    let heard = Arc::new(AtomicUsize::new(0));
    let listening = [0, 300].map(|later| {
        let (address, heard) = (address.clone(), Arc::clone(&heard));
        let large = large.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(later)).await;
            let (mut client, _) = connect(&address, "/", Some("fake-v1")).await;
            let start = Instant::now();
            for (expected, after) in [(Bytes::from("first"), 20), (large, 400), (Bytes::from("last"), 800)] {
                assert!(next(&mut client).await.into_data() == expected);
                let elapsed = start.elapsed();
                assert!(elapsed + Duration::from_millis(15) >= Duration::from_millis(after), "{elapsed:?}");
                assert!(elapsed < Duration::from_millis(after + 2000), "{elapsed:?}");
                heard.fetch_add(1, Ordering::Relaxed);
            }
            // It stays open when there is nothing more.
            assert!(timeout(Duration::from_millis(100), client.next()).await.is_err());
        })
    });
    for client in listening {
        client.await.unwrap();
    }
    assert_eq!(heard.load(Ordering::Relaxed), 6);
}
