//! `ping`: every step, and the plain cause where it goes no further.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use scenectl::ping::Cause;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::accept_hdr;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use crate::support::fake::{Answer, Fake};
use crate::support::fake_viser::{self, FakeViser};
use crate::support::run::Output;
use crate::support::scene::Scene;
use crate::support::{fixture, scenectl, schema};

/// What `ping --json` said of one try.
pub(crate) struct Pinged {
    pub(crate) json: Value,
    output: Output,
}

/// Tries once. What it prints must be as the schema says.
pub(crate) fn ping(url: &str, args: &[&str]) -> Pinged {
    let output = scenectl().args(["ping", url, "--json"]).args(args).limit(60).run();
    let json = output.json();
    schema::assert_valid(include_str!("../docs/schemas/ping.schema.json"), &json);
    Pinged { json, output }
}

impl Pinged {
    /// It reached a scene.
    #[track_caller]
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.json["ok"], true, "{}", self.everything());
        assert_eq!((self.output.code, self.output.stderr.as_str()), (Some(0), ""));
        self
    }

    /// It did not, for this cause, which is told in these words on stderr, too.
    #[track_caller]
    pub(crate) fn fails(self, cause: &str, words: &[&str]) -> Self {
        assert_eq!(self.json["cause"], cause, "{}", self.everything());
        let output = self.output.fails(4, words);
        let error = self.json["error"].as_str().unwrap();
        assert!(output.stderr.starts_with(&format!("error: {error}\n")), "{}", output.stderr);
        for word in words {
            assert!(error.contains(word), "`{word}` is not in: {error}");
        }
        assert!(self.json["steps"].as_array().is_none_or(|steps| !steps.is_empty()), "{}", self.json);
        Self { json: self.json, output }
    }

    pub(crate) fn steps(&self) -> &[Value] {
        self.json["steps"].as_array().unwrap()
    }

    pub(crate) fn hint(&self) -> &str {
        self.json["hint"].as_str().unwrap()
    }

    /// All that it printed.
    pub(crate) fn everything(&self) -> String {
        format!("{}{}", self.output.text(), self.output.stderr)
    }
}

/// A server of TCP: does this with each connection.
fn tcp(serve: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// A web server that answers all requests with this.
fn web(answer: &'static str) -> String {
    tcp(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    })
}

#[test]
fn nobody_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = ping(&format!("localhost:{}", free.port()), &[]).fails("refused", &["nothing listens"]);
    let tcp = refused.steps().iter().find(|step| step["name"] == "tcp").unwrap();
    assert_eq!((&tcp["ok"], &tcp["subject"]), (&json!(false), &json!(free.to_string())));
    ping("no-such-host.invalid:80", &[]).fails("unknown-host", &["no-such-host.invalid"]);
}

#[test]
fn who_says_nothing() {
    let silent = tcp(|_stream| thread::sleep(Duration::from_secs(30)));
    ping(&silent, &["--timeout", "0.5"]).fails("silent", &["takes the connection", "0.5 s"]);
    ping(&format!("https://{silent}"), &["--timeout", "0.5"]).fails("silent", &["TLS handshake"]);
    let fake = Fake::start(|_| Answer::Silence);
    ping(&fake.url, &["--timeout", "0.5"]).fails("silent", &["opens a websocket", "hello"]);
    let fake = Fake::of(Scene::small(), |call| (call.method == "vtklocal.get.status").then_some(Answer::Silence));
    ping(&fake.url, &["--timeout", "0.5"]).fails("silent", &["status"]);
    let fake = Fake::of(Scene::small(), |call| (call.method == "vtklocal.get.status").then_some(Answer::Drop));
    ping(&fake.url, &[]).fails("lost", &["was lost"]);
}

#[test]
fn who_is_no_web_server() {
    let ssh = tcp(|mut stream| drop(stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n")));
    ping(&ssh, &[]).fails("not-websocket", &["does not answer as a web server does"]);
    ping(&format!("wss://{ssh}/ws"), &[]).fails("not-websocket", &["neither TLS nor HTTP"]);
    let gone = tcp(drop);
    ping(&gone, &[]).fails("not-websocket", &[]);
    ping(&format!("https://{gone}"), &[]).fails("tls", &[]);
}

/// Python's `http.server`: of HTTP/1.0, which websockets do not know.
#[test]
fn old_web_servers_are_web_servers() {
    let old = web("HTTP/1.0 404 File not found\r\nServer: SimpleHTTP/0.6\r\nContent-Type: text/html\r\n\r\n<p>no</p>");
    let pinged = ping(&old, &[]).fails("not-found", &["SimpleHTTP/0.6", "knows no websockets", "HTTP 404"]);
    assert!(pinged.hint().contains("scene server's port"), "{}", pinged.hint());
    let pulled = scenectl().args(["pull", &old]).run().fails(4, &["answers in HTTP/1.0", "a plain web server"]);
    assert!(!pulled.stderr.contains("TLS"), "{}", pulled.stderr);
}

#[test]
fn hostile_web_servers() {
    // A title may not steer a terminal, nor a page be endless.
    let page = web("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>\x1b]0;owned\x07 app\n\n</title>");
    let output = scenectl().args(["ping", &page]).run().fails(4, &["owned", "app"]);
    assert!(!output.stderr.contains('\x1b') && !output.text().contains('\x1b'), "{}", output.stderr);
    let endless = tcp(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\nServer: \x1b[2Jx\r\n\r\n");
        while stream.write_all(&[b'x'; 65536]).is_ok() {}
    });
    let output = scenectl().args(["ping", &endless, "--timeout", "3"]).limit(60).run().code(4);
    assert!(output.peak < 200 << 20, "{}", output.peak);
    ping(&web("HTTP/1.1 302 Found\r\nLocation: http://[::bad\r\n\r\n"), &[]).fails("redirected", &[]);
    ping(&web("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"), &[])
        .fails("not-websocket", &[]);
}

/// What is asked to find the cause must not tell others what was meant for one.
#[test]
fn secrets_stay_with_the_server_that_was_meant() {
    let heard = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&heard);
    let other = tcp(move |mut stream| {
        let mut request = [0; 4096];
        let len = stream.read(&mut request).unwrap_or(0);
        log.lock().unwrap().push_str(&String::from_utf8_lossy(&request[..len]));
        let _ = stream.write_all(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    let moved = format!("HTTP/1.1 302 Found\r\nLocation: http://{other}/ws\r\nContent-Length: 0\r\n\r\n");
    let meant = tcp(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(moved.as_bytes());
    });
    let secret = ["--cookie", "session=TOPSECRET", "--header", "X-Token: TOPSECRET"];
    ping(&format!("http://me:TOPSECRET@{meant}/"), &secret).fails("upgrade-dropped", &["HTTP 400"]);
    // Nor plain HTTP what was meant for TLS.
    ping(&format!("https://me:TOPSECRET@{other}/"), &secret).fails("tls-on-plain", &[]);
    let heard = heard.lock().unwrap();
    assert!(heard.matches("GET /").count() >= 3 && !heard.contains("TOPSECRET"), "{heard}");
    assert!(!heard.to_ascii_lowercase().contains("authorization"), "{heard}");
}

/// A server that answers everything late does not keep us for long.
#[test]
fn finding_the_cause_has_an_end() {
    let slow = tcp(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        thread::sleep(Duration::from_secs(3));
        let _ = stream.write_all(b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n");
        thread::sleep(Duration::from_secs(60));
    });
    let slow = ping(&format!("http://{slow}/a/b/c/d/e/f/g/h"), &[]).fails("not-found", &["HTTP 404"]);
    assert!(slow.output.elapsed < Duration::from_secs(30), "{:?}", slow.output.elapsed);
}

#[test]
fn a_viser_server() {
    let node = json!({"name": "/a", "owner": "", "virtual": false, "props": {"size": 1}, "type": "FrameMessage"});
    let fake = FakeViser::start(vec![fake_viser::message(&node)], Vec::new);
    let good = ping(&fake.url, &[]).good();
    assert_eq!(good.json["server"]["software"], json!({"viser": "1.1.1"}));
    assert!(good.steps().iter().all(|step| step["name"] != "status" || step["ok"] == true), "{}", good.everything());
    let output = scenectl().args(["ping", &fake.url]).run().ok();
    assert!(output.text().contains("viser 1.1.1") && output.text().contains("objects"), "{}", output.text());
}

/// It names its version, whichever a client has.
#[allow(clippy::result_large_err, reason = "the closure's type is tungstenite's")]
fn old_viser(stream: TcpStream) {
    let take = |request: &Request, mut response: Response| {
        if let Some(protocol) = request.headers().get("Sec-WebSocket-Protocol") {
            response.headers_mut().insert("Sec-WebSocket-Protocol", protocol.clone());
        }
        Ok(response)
    };
    if let Ok(mut socket) = accept_hdr(stream, take) {
        fake_viser::close(&mut socket, 1002, "Version mismatch. Client: 0.0.0, Server: 1.0.9");
    }
}

#[test]
fn other_protocols() {
    ping(&tcp(old_viser), &[]).fails("too-old", &["viser 1.0.9", "1.0.25 and later"]);
    // Behind a proxy that drops its upgrade there is only its page.
    let page = tcp(|mut stream| {
        let mut request = [0; 4096];
        let len = stream.read(&mut request).unwrap_or(0);
        let is_page = request[..len].starts_with(b"GET / ");
        let status = if is_page { "200 OK" } else { "404 Not Found" };
        let body = if is_page { "<title>Viser</title>" } else { "" };
        let length = body.len();
        let _ =
            write!(stream, "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{body}");
    });
    ping(&page, &[]).fails("viser", &["the page of a viser server"]);
    let noise = Fake::start(|_| Answer::Raw(vec![b"hello yourself, whoever you are".to_vec()]));
    let noise = ping(&noise.url, &[]).fails("not-wslink", &["not a wslink server"]);
    assert!(noise.hint().contains("trame-vtklocal") && noise.hint().contains("viser"));
    let plain = Fake::start(|call| match call.method.as_str() {
        "wslink.hello" => Answer::of(&json!({"clientID": "c1", "maxMsgSize": 4096})),
        _ => Answer::Error(-32601, "Unregistered method called"),
    });
    let plain = ping(&plain.url, &[]).fails("no-scene", &["no vtklocal"]);
    assert!(!plain.everything().contains("vtkWeb server"));
}

#[test]
fn a_server_without_a_root() {
    let fake = Fake::start(|call| match call.method.as_str() {
        "wslink.hello" => Answer::of(&json!({"clientID": "c1", "maxMsgSize": 4096})),
        "trame.state.get" => Answer::of(&json!({"name": "x", "state": {}})),
        _ => Answer::of(&Value::Null),
    });
    ping(&fake.url, &[]).fails("no-root", &["no root found"]);
}

#[test]
fn what_people_see() {
    let fake = Fake::of(Scene::with_blobs(3, 10), |_| None);
    let output = scenectl().args(["ping", &fake.url]).run().ok();
    let names: Vec<&str> = output.text().lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["tcp", "upgrade", "hello", "roots", "status", "reached"]);
    assert!(output.text().contains("4 blobs") && output.stderr.is_empty());
    scenectl().args(["ping", "demo:"]).run().ok();
    scenectl().args(["ping"]).arg(fixture("small")).run().fails(2, &["is a file", "hint: "]);
    scenectl().args(["ping", "demo:", "--count", "0"]).run().code(2);
    let missing = scenectl().args(["ping", "wss://localhost:1/", "--ca-file", "/no/such/file"]).run();
    missing.code(4);
}

#[test]
fn many_tries() {
    let output = scenectl().args(["ping", "demo:", "-n", "3", "--interval", "0.01", "--json"]).run().ok();
    let lines = output.json_lines();
    for line in &lines {
        schema::assert_valid(include_str!("../docs/schemas/ping.schema.json"), line);
    }
    let [one, _, three, summary] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&one["round"], &three["round"]), (&json!(1), &json!(3)));
    assert_eq!((&summary["rounds"], &summary["failed"]), (&json!(3), &json!(0)));
    for times in summary["steps"].as_array().unwrap() {
        assert_eq!(times["count"], 3);
        let ms = |name: &str| times[name].as_f64().unwrap();
        assert!(ms("min_ms") <= ms("median_ms") && ms("median_ms") <= ms("max_ms"));
    }
    let output = scenectl().args(["ping", "localhost:1", "-n", "2", "--interval", "0"]).run();
    let output = output.fails(4, &["2 of 2 tries failed", "refuses"]);
    assert!(output.text().contains("2 tries, 2 failed (2 refused)"), "{}", output.text());
}

#[test]
fn an_interrupt_ends_with_what_there_is() {
    let mut running = scenectl().args(["ping", "demo:", "-n", "1000", "--interval", "60"]).start();
    let lines = crate::support::process::Lines::of(running.process.stdout());
    lines.next(Duration::from_secs(30)).expect("the first try");
    running.process.signal("INT");
    let output = running.finish_with(thread::spawn(Vec::new)).ok();
    assert!(output.elapsed < Duration::from_secs(30));
    let rest: Vec<String> = std::iter::from_fn(|| lines.next(Duration::from_secs(1))).collect();
    assert_eq!(rest.last().map(String::as_str), Some("1 try, 0 failed"), "{rest:?}");
}

/// Scripts hold on to codes: they are in the schema and in the documentation, and no others.
#[test]
fn all_causes_are_documented() {
    let file = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let schema: Value = serde_json::from_str(&file("docs/schemas/ping.schema.json")).unwrap();
    let codes: Vec<Value> = Cause::ALL.iter().map(|cause| json!(cause.code())).collect();
    assert_eq!(schema["$defs"]["cause"]["enum"], json!(codes));
    let docs = file("docs/json.md");
    for cause in Cause::ALL {
        assert!(docs.contains(&format!("| `{cause}` |")), "{cause} is not in docs/json.md");
    }
}

/// A server that talks without end, and never says what was asked for.
#[test]
fn a_server_that_only_talks() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let Ok(mut socket) = tokio_tungstenite::tungstenite::accept(stream) else { return };
                while socket.send("tick".into()).is_ok() {}
            });
        }
    });
    for verb in ["ping", "info", "pull"] {
        let output = scenectl().args([verb, &address, "--timeout", "1"]).limit(30).run();
        let output = output.fails(4, &["no answer to the hello"]);
        assert!(output.elapsed < std::time::Duration::from_secs(20), "{verb}: {:?}", output.elapsed);
    }
}
