//! `relay` between people who mean it harm: clients and servers that send what no program would.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::fake::{Answer, Fake, announcement, chunks, frame, honest, publish, reply, single, welcome};
use crate::support::fake1::{Client1, Fake1, Twist};
use crate::support::msgpack::{bin, pack};
use crate::support::relay::{Asked, Client, Relay, page_server};
use crate::support::scene::Scene;
use crate::support::scenectl;

/// What a client says the k-th time.
type Say = Box<dyn FnMut(&mut Client, usize) -> Result<(), Error>>;

/// A server that answers every connection with the same, and notes what came.
fn plain_server(answer: &'static str) -> (String, Asked) {
    page_server("", move |_| answer.to_owned())
}

/// Sends bytes to the relay; gives what comes within some seconds.
fn send(relay: &Relay, bytes: &str) -> String {
    let mut stream = TcpStream::connect(relay.origin().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let _ = stream.write_all(bytes.as_bytes());
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

fn host(relay: &Relay) -> String {
    relay.origin().trim_start_matches("http://").to_owned()
}

/// Nothing that stands in a request leads anywhere but to the server that was given.
#[test]
fn no_other_host_is_reached() {
    let (evil, trapped) = plain_server("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    let evil = evil.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let (url, asked) = plain_server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let relay = Relay::start(&url, &[]);
    let host = host(&relay);
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for target in [
        format!("http://{evil}/a"),
        format!("//{evil}/b"),
        format!("/@{evil}/c"),
        format!("/\\{evil}/d"),
        format!("/..//{evil}/e"),
        format!("http://user@{evil}"),
    ] {
        for more in ["", upgrade] {
            let said =
                send(&relay, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"));
            assert!(said.starts_with("HTTP/1.1 ") && !said.contains("evil\r\n"), "{target}: {said}");
        }
    }
    let said = send(&relay, &format!("CONNECT {evil} HTTP/1.1\r\nHost: {evil}\r\n\r\n"));
    assert!(said.starts_with("HTTP/1.1 405"), "{said}");
    assert!(trapped.lock().unwrap().is_empty(), "{:?}", trapped.lock().unwrap());
    let asked = asked.lock().unwrap();
    assert!(!asked.is_empty() && asked.iter().all(|request| !request.starts_with("CONNECT")), "{asked:?}");
}

/// What may be read as one request or as two does not pass as two.
#[test]
fn requests_are_not_smuggled() {
    let (url, asked) = plain_server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let relay = Relay::start(&url, &[]);
    let host = host(&relay);
    let second = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = second.len();
    for headers in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n\r\n0\r\n\r\n"),
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n\r\n"),
        format!("Content-Length: {length}, 0\r\n\r\n"),
        String::from("Content-Length: +0\r\n\r\n"),
        String::from("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        String::from("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        format!("Connection: Content-Length\r\nContent-Length: {length}\r\n\r\n"),
        format!("X: a\nContent-Length: {length}\r\n\r\n"),
    ] {
        let said = send(&relay, &format!("POST /first HTTP/1.1\r\nHost: {host}\r\n{headers}{second}"));
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 "), "{said}");
    }
    for request in asked.lock().unwrap().iter() {
        // Two requests on one connection would be fine; one that hides in another is not.
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(!(head.contains("content-length:") && head.contains("transfer-encoding:")), "{request}");
        let chunked = head.contains("transfer-encoding: chunked");
        let sized: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        assert!(chunked || body.len() == sized, "{request}");
    }
}

/// Heads without end end, and who sends a head letter by letter holds up nobody.
#[test]
fn huge_and_slow_heads() {
    let (url, asked) = plain_server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let relay = Relay::start(&url, &[]);
    let host = host(&relay);
    let mut slow: Vec<_> = (0..100).map(|_| TcpStream::connect(&host).unwrap()).collect();
    slow.iter_mut().for_each(|stream| stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap());
    let huge = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n", "x".repeat(4 << 20));
    assert!(!send(&relay, &huge).contains("ok"));
    let many = format!("GET / HTTP/1.1\r\nHost: {host}\r\n{}\r\n", "X: y\r\n".repeat(100_000));
    assert!(!send(&relay, &many).contains("ok"));
    assert!(asked.lock().unwrap().is_empty());
    slow.iter_mut().for_each(|stream| drop(stream.write_all(b"x")));
    let said = send(&relay, &format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    assert!(said.ends_with("ok"), "{said}");
    assert!(relay.weight().0 < 100 << 20);
}

/// A page from elsewhere that a browser on this machine shows changes nothing, and uses no cookie of the relay's user.
#[test]
fn pages_from_elsewhere() {
    let (url, asked) = plain_server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let relay = Relay::start(&url, &["--cookie", "session=s3cret-cookie"]);
    let (own, token) = (host(&relay), relay.control.split_once("token=").unwrap().1.to_owned());
    let patches =
        |headers: &str| send(&relay, &format!("GET /.scenectl/patches HTTP/1.1\r\n{headers}Connection: close\r\n\r\n"));
    let token = format!("Authorization: Bearer {token}\r\n");
    assert!(patches(&format!("Host: {own}\r\n{token}")).starts_with("HTTP/1.1 200"));
    for foreign in ["Host: evil.example\r\n", "", &format!("Host: {own}\r\nHost: evil.example\r\n")] {
        let said = patches(&format!("{foreign}{token}"));
        assert!(said.starts_with("HTTP/1.1 4"), "{foreign}: {said}");
    }
    for foreign in ["Origin: https://evil.example", "Origin: http://203.0.113.5", "Sec-Fetch-Site: cross-site"] {
        let said = patches(&format!("Host: {own}\r\n{foreign}\r\n{token}"));
        assert!(said.starts_with("HTTP/1.1 403"), "{foreign}: {said}");
    }
    assert!(patches(&format!("Host: {own}\r\n")).starts_with("HTTP/1.1 403"), "without the token");
    // A token in the address is as good as a cookie.
    let by_query = Relay::start(&format!("{}ws?token=s3cret", url.replace("http", "ws")), &[]);
    for relay in [&relay, &by_query] {
        let own = host(relay);
        for foreign in [
            String::from("Host: evil.example:80"),
            format!("Host: {own}\r\nOrigin: null"),
            format!("Host: {own}\r\nOrigin: http://203.0.113.5"),
            format!("Host: {own}\r\nSec-Fetch-Site: cross-site"),
        ] {
            let request = "Content-Length: 0\r\nConnection: close";
            let said = send(relay, &format!("POST /x HTTP/1.1\r\n{foreign}\r\n{request}\r\n\r\n"));
            assert!(said.starts_with("HTTP/1.1 403") && said.contains("hint:"), "{foreign}: {said}");
        }
    }
    assert!(asked.lock().unwrap().is_empty(), "{:?}", asked.lock().unwrap());
    assert!(send(&relay, &format!("GET / HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n")).ends_with("ok"));
    let said = relay.stop().ok().stderr;
    assert!(!said.contains("s3cret-cookie") && !said.contains(token.trim_end().rsplit(' ').next().unwrap()), "{said}");
}

/// A server's redirect to itself that a browser would take for one to another host.
#[test]
fn redirects_stay_here() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 65536]);
            let answer = format!(
                "HTTP/1.1 302 Found\r\nLocation: http://{address}//evil.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let relay = Relay::start(&format!("http://{address}/"), &[]);
    let said = send(&relay, &format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", host(&relay)));
    assert!(said.contains("location: /.//evil.example/\r\n"), "{said}");
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let mut stream = TcpStream::connect(host(&relay)).unwrap();
    stream.write_all(format!("GET /ws HTTP/1.1\r\nHost: {}\r\n{upgrade}\r\n", host(&relay)).as_bytes()).unwrap();
    let mut said = [0; 4096];
    let count = stream.read(&mut said).unwrap();
    let said = String::from_utf8_lossy(&said[..count]);
    assert!(said.starts_with("HTTP/1.1 302") && said.contains("location: /.//evil.example/\r\n"), "{said}");
}

/// Requests without end from one who reads nothing: they wait at the client, and memory stays within bounds.
#[test]
fn a_flood_of_requests() {
    let fake = Fake::start(|call| match call.method.as_str() {
        "x.never" => Answer::Silence,
        _ => honest(&Scene::small(), call),
    });
    let relay = Relay::start(&fake.url, &["-v"]);
    let stuck = |mut client: Client, mut say: Say| {
        let tokio_tungstenite::tungstenite::stream::MaybeTlsStream::Plain(stream) = client.socket.get_ref() else {
            panic!("plain")
        };
        stream.set_write_timeout(Some(Duration::from_millis(1500))).unwrap();
        let end = Instant::now() + Duration::from_secs(15);
        (0..).find(|k| Instant::now() > end || say(&mut client, *k).is_err()).unwrap()
    };
    let request = |id: usize, method: &str, args: Value| {
        let text = json!({"wslink": "1.0", "id": format!("rpc:c0:{id}"), "method": method, "args": args, "kwargs": {}});
        Message::binary(single(&pack(&text)))
    };
    let large = "x".repeat(8 << 20);
    // Large ones that nobody ever answers; small ones whose answers nobody reads; some with a method of a megabyte.
    stuck(
        Client::hello(&relay.url),
        Box::new(move |client, k| client.socket.send(request(k, "x.never", json!([large])))),
    );
    stuck(
        Client::hello(&relay.url),
        Box::new(move |client, k| {
            let method = if k.is_multiple_of(100) { "x".repeat(1 << 20) } else { String::from("application.exit") };
            client.socket.send(request(k, &method, json!([])))
        }),
    );
    let (memory, _) = relay.weight();
    assert!(memory < 800 << 20, "{} MiB", memory >> 20);
    Client::hello(&relay.url).ask("vtklocal.get.status", &json!([1]));
}

/// Messages that never end, or are none: the client goes, and nobody else notices.
#[test]
fn messages_that_are_none() {
    let fake = Fake::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let empty = frame(7, 0, 1 << 20, b"");
    let crumbs: Vec<Vec<u8>> = (0..5000).map(|k| frame(7, k, 1 << 20, b"x")).collect();
    for hostile in [vec![vec![]], vec![single(b"")], vec![frame(1, 0, u32::MAX, b"x")], vec![empty; 5000], crumbs] {
        let mut client = Client::hello(&relay.url);
        for message in hostile {
            if client.socket.send(Message::binary(message)).is_err() {
                break;
            }
        }
        assert!(client.read().is_err());
    }
    // Half of a frame, and then nothing.
    let mut client = Client::hello(&relay.url);
    let tokio_tungstenite::tungstenite::stream::MaybeTlsStream::Plain(stream) = client.socket.get_mut() else {
        panic!()
    };
    stream.write_all(&[0x82, 0xff, 0, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5]).unwrap();
    // Announcements without end in text.
    let fake1 = Fake1::of(Scene::small(), |_| None);
    let relay1 = Relay::start(&fake1.url, &[]);
    let mut client1 = Client1::hello(&relay1.url);
    let names: Vec<_> = (0..1000).map(|k| format!("wslink_bin{k}")).collect();
    let header = format!(r#"{{"wslink":"1.0","method":"wslink.binary.attachment","args":{}}}"#, json!(names));
    while client1.socket.send(Message::text(header.clone())).is_ok() {}
    assert!(relay1.weight().0 < 100 << 20);
    for (url, methods) in [(&relay.url, fake.calls().len()), (&relay1.url, fake1.calls().len())] {
        assert!(methods > 0);
        scenectl().args(["pull", url, "-q"]).run().ok();
    }
}

/// A server that never stops publishing, answers what nobody asked, or announces what never comes.
#[test]
fn hostile_servers() {
    let fake = Fake::start(|call| match call.method.as_str() {
        "wslink.hello" => Answer::Raw(vec![welcome(call)]),
        "x.publish" => Answer::Raw(vec![publish("x.topic", bin(&vec![1; 1 << 20])); 400]),
        "x.strange" => Answer::Raw(vec![
            single(&pack(&json!({"wslink": "1.0", "id": "rpc:c0:4711", "result": 1}))),
            single(&pack(&json!({"wslink": "1.0", "id": 7, "result": 1}))),
            single(&[0xc1]),
            vec![1, 2, 3],
            announcement(),
            single(&reply(call, pack(&json!("done")))),
        ]),
        // Frames of an answer that the relay wants whole: twice the same, and with another total.
        "vtklocal.get.status" => {
            let mut frames = chunks(9, &reply(call, pack(&json!("x".repeat(5000)))), 1000);
            let twice = frames[1].clone();
            frames.insert(1, twice);
            Answer::Raw(frames)
        }
        "x.empty" => {
            let mut frames = vec![frame(5, 100, 1000, b""); 100_000];
            frames[0] = frame(5, 0, 1000, &reply(call, bin(&[0; 900]))[..100]);
            Answer::Raw(frames)
        }
        "x.nothing" => {
            let mut messages = vec![vec![]; 400_000];
            messages[0] = publish("x.topic", bin(&vec![1; 15 << 20]));
            Answer::Raw(messages)
        }
        "x.huge" => Answer::Raw(vec![frame(5, 0, u32::MAX, b"abc")]),
        _ => Answer::Silence,
    });
    let relay = Relay::start(&fake.url, &["--max-message", "64MiB"]);
    let mut client = Client::hello(&relay.url);
    client.send("rpc:c0:1", "x.publish", &json!([]));
    thread::sleep(Duration::from_secs(3));
    assert!(relay.weight().0 < 300 << 20, "{} MiB", relay.weight().0 >> 20);
    drop(client);
    let mut client = Client::hello(&relay.url);
    client.send("rpc:c0:1", "x.strange", &json!([]));
    let mut seen = 0;
    loop {
        let Message::Binary(message) = client.socket.read().unwrap() else { continue };
        seen += 1;
        if message.windows(4).any(|window| window == b"done") {
            break;
        }
    }
    assert_eq!(seen, 6, "all of it passes");
    for method in ["vtklocal.get.status", "x.huge"] {
        let mut client = Client::hello(&relay.url);
        client.send("rpc:c0:1", method, &json!([1]));
        while let Ok(message) = client.socket.read() {
            assert!(!message.is_close() || message.to_string() != "1000", "{message}");
        }
    }
    // Messages that hold nothing cost something, too: neither kind comes without end.
    for method in ["x.empty", "x.nothing"] {
        let mut client = Client::hello(&relay.url);
        client.send("rpc:c0:1", method, &json!([]));
        thread::sleep(Duration::from_secs(3));
        let tokio_tungstenite::tungstenite::stream::MaybeTlsStream::Plain(stream) = client.socket.get_ref() else {
            panic!("plain")
        };
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let end = std::iter::repeat_with(|| client.socket.read())
            .find(|read| !matches!(read, Ok(Message::Binary(_) | Message::Ping(_))));
        assert!(matches!(end, Some(Ok(Message::Close(_)))), "{method}: {end:?}");
    }
    assert!(relay.weight().0 < 300 << 20);

    let fake1 = Fake1::of(Scene::small(), |call| (call.method == "x.attach").then_some(Twist::Attachments));
    let relay = Relay::start(&fake1.url, &["--max-message", "16MiB"]);
    let mut client = Client1::hello(&relay.url);
    client.send("rpc:c0:1", "x.attach", &json!([]));
    while client.read().is_ok() {}
    assert!(relay.weight().0 < 200 << 20, "{} MiB", relay.weight().0 >> 20);
}
