//! `relay` before servers by hand: what passes, what is shared, changed, disturbed, and what never passes.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::fake::{Answer, Fake, reply, single};
use crate::support::files::Content;
use crate::support::msgpack::{map, pack};
use crate::support::relay::{Client, Relay, eventually, page_server};
use crate::support::replay::Replay;
use crate::support::scene::{HASH, Scene};
use crate::support::{fixture, scenectl, scratch};

/// What is pulled from there.
#[track_caller]
fn pull(url: &str, args: &[&str]) -> Content {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    scenectl().args(["pull", url, "-q", "-o"]).arg(&path).args(args).run().ok();
    Content::of(&path)
}

#[test]
fn a_pull_through_it_is_a_pull() {
    let fake = Fake::of(Scene::with_blobs(3, 300_000), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    pull(&relay.url, &[]).assert_same_bytes(&pull(&fake.url, &[]));
    let replay = Replay::start(&fixture("reference/mixed-vtk9.7.2.wazex"), &["--max-msg-size", "4096"]);
    let relay = Relay::start(&replay.url, &[]);
    pull(&relay.url, &[]).assert_same_bytes(&Content::of(&fixture("reference/mixed-vtk9.7.2.wazex")));
    let said = relay.stop().ok().stderr;
    assert!(said.contains("relayed 1 client: "), "{said}");
}

#[test]
fn what_would_stop_the_server_never_passes() {
    let fake = Fake::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client::hello(&relay.url);
    for method in ["application.exit", "application.exit.later"] {
        assert_eq!(client.ask(method, &json!([60]))["result"], Value::Null);
        let text = json!({"wslink": "1.0", "id": "rpc:c0:7", "method": method, "args": []}).to_string();
        client.socket.send(Message::text(text)).unwrap();
        let Message::Text(answer) = client.socket.read().unwrap() else { panic!("a text") };
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["result"], Value::Null);
    }
    // What Python reads differently from us must not pass either.
    for sly in [
        r#"{"id":"a","method":"x","method":"application.exit","args":[]}"#,
        r#"{"id":NaN,"method":"application.exit"}"#,
    ] {
        client.socket.send(Message::text(sly)).unwrap();
    }
    assert_eq!(client.ask("trame.trigger", &json!(["x", [], {}]))["result"], Value::Null);
    let methods: Vec<_> = fake.calls().into_iter().map(|call| call.method).collect();
    assert_eq!(methods, ["wslink.hello", "trame.trigger"]);
}

#[test]
fn who_has_not_said_a_good_hello_gets_nothing_that_others_got() {
    let fake = Fake::of(Scene::small(), |call| {
        (call.connection > 0).then_some(Answer::Error(-32000, "Unauthorized: Skip message processing"))
    });
    let relay = Relay::start(&fake.url, &[]);
    pull(&relay.url, &[]);
    let mut stranger = Client::connect(&relay.url);
    stranger.send("system:c0:0", "wslink.hello", &json!([{"secret": "wrong"}]));
    assert_eq!(stranger.read().unwrap()["error"]["code"], -32000);
    assert_eq!(stranger.ask("vtklocal.get.hash", &json!([HASH]))["error"]["code"], -32000);
    // What a server would drop a client for is not passed on.
    stranger.socket.send(Message::binary(b"short".to_vec())).unwrap();
    assert!(stranger.read().is_err());
}

#[test]
fn what_several_ask_is_asked_once() {
    let fake = Fake::of(Scene::with_blobs(2, 100_000), |call| {
        if call.method.starts_with("vtklocal.get.status") {
            thread::sleep(Duration::from_millis(300));
        }
        None
    });
    let relay = Relay::start(&fake.url, &[]);
    let wanted = pull(&fake.url, &[]);
    let before = fake.asked("vtklocal.get.hash").len();
    let mut clients: Vec<_> = (0..4).map(|_| Client::hello(&relay.url)).collect();
    for (k, client) in clients.iter_mut().enumerate() {
        client.send(&format!("rpc:c0:1{k}000"), "vtklocal.get.status", &json!([1]));
    }
    let answers: Vec<_> = clients.iter_mut().map(|client| client.read().unwrap()).collect();
    assert!(answers.iter().all(|answer| answer["result"] == answers[0]["result"]));
    assert_eq!(answers[3]["id"], "rpc:c0:13000");
    assert_eq!(fake.asked("vtklocal.get.status").len(), 2, "one by the pull, one by four clients");
    pull(&relay.url, &[]).assert_same_bytes(&wanted);
    let asked = fake.asked("vtklocal.get.hash").len();
    assert!(asked > before);
    for _ in 0..3 {
        pull(&relay.url, &[]).assert_same_bytes(&wanted);
    }
    assert_eq!(fake.asked("vtklocal.get.hash").len(), asked, "blobs are kept");
    // Something that may change the scene, and an announcement: what is on its way is out of date.
    clients[0].send("rpc:c0:20", "vtklocal.get.status", &json!([1]));
    thread::sleep(Duration::from_millis(100));
    clients[1].ask("trame.trigger", &json!(["step", [], {}]));
    let asked = fake.asked("vtklocal.get.status").len();
    clients[1].ask("vtklocal.get.status", &json!([1]));
    assert_eq!(fake.asked("vtklocal.get.status").len(), asked + 1);
    assert!(relay.stop().ok().stderr.contains("not asked twice"));
}

/// One client asks for 240 MB and reads nothing; others are served, and memory stays within bounds.
#[test]
fn a_slow_client_is_only_slow_itself() {
    let scene = Scene::with_blobs(30, 8_000_000);
    let hashes: Vec<String> = scene.blobs.keys().cloned().collect();
    let fake = Fake::of(scene, |_| None);
    let relay = Relay::start(&fake.url, &["--cache", "0"]);
    let mut slow = Client::hello(&relay.url);
    for (k, hash) in hashes.iter().enumerate() {
        slow.send(&format!("rpc:c0:{k}"), "vtklocal.get.hash", &json!([hash]));
    }
    thread::sleep(Duration::from_millis(1500));
    let (memory, _) = relay.weight();
    assert!(memory < 120 << 20, "{} MiB", memory >> 20);
    let start = Instant::now();
    let mut quick = Client::hello(&relay.url);
    for hash in &hashes {
        assert!(quick.ask("vtklocal.get.hash", &json!([hash]))["result"].is_u64());
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    for _ in 0..hashes.len() {
        assert!(slow.read().unwrap()["result"].as_u64().unwrap() >= 64, "no answer is lost");
    }
    let (memory, _) = relay.weight();
    assert!(memory < 200 << 20, "{} MiB", memory >> 20);
}

/// Calls that are only answered when another one comes do not keep that one back, nor what is looked at meanwhile.
#[test]
fn what_stops_others_is_not_behind_them() {
    let fake = Fake::of(Scene::small(), |call| (call.method == "x.run").then_some(Answer::Silence));
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client::hello(&relay.url);
    for k in 0..20 {
        client.send(&format!("rpc:c0:1{k}"), "x.run", &json!([]));
    }
    assert!(client.ask("vtklocal.get.status", &json!([1]))["result"].is_object());
    assert_eq!(client.ask("x.stop", &json!([]))["result"], Value::Null);
    assert_eq!(fake.asked("x.run").len(), 20);
}

/// A client that does not read gets the newest notice of many, and every answer.
#[test]
fn of_notices_only_the_newest_waits() {
    let notice = |k: u64| {
        let actions = json!([{"type": "method", "ref": "view", "method": "update", "args": [{"k": k}]}]);
        let id = json!("publish:trame.actions.topic:0");
        single(&map([("wslink", pack(&json!("1.0"))), ("id", pack(&id)), ("result", pack(&actions))]))
    };
    let fake = Fake::of(Scene::with_blobs(1, 12_000_000), move |call| {
        (call.method == "x.notices").then(|| {
            let mut messages: Vec<_> = (0..5000).map(notice).collect();
            messages.push(single(&reply(call, pack(&json!("done")))));
            Answer::Raw(messages)
        })
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client::hello(&relay.url);
    let hash = Scene::with_blobs(1, 12_000_000).blobs.keys().find(|hash| *hash != HASH).unwrap().clone();
    client.send("rpc:c0:1", "vtklocal.get.hash", &json!([hash]));
    client.send("rpc:c0:2", "x.notices", &json!([]));
    thread::sleep(Duration::from_millis(2500));
    let (mut notices, mut answers, mut last) = (0, Vec::new(), Value::Null);
    while answers.len() < 2 {
        let message = client.read().unwrap();
        match message["id"].as_str().unwrap() {
            id if id.starts_with("publish:") => {
                notices += 1;
                last = message["result"][0]["args"][0]["k"].clone();
            }
            id => answers.push(id.to_owned()),
        }
    }
    assert_eq!(answers, ["rpc:c0:1", "rpc:c0:2"]);
    assert!((1..=20).contains(&notices), "{notices}");
    assert_eq!(last, 4999);
    assert!(relay.stop().ok().stderr.contains("left out for newer ones"));
}

/// Asks as a browser does, and gives all that comes.
fn http(origin: &str, request: &str) -> String {
    let mut stream = std::net::TcpStream::connect(origin.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn plain_http_passes_both_ways() {
    let (url, asked) = page_server("app/", |request| {
        if request.starts_with("GET /app/old") {
            let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
            return format!("HTTP/1.1 302 Found\r\nLocation: http://{host}/app/new?x=1\r\nContent-Length: 0\r\n\r\n");
        }
        String::from(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Domain=127.0.0.1; Secure; HttpOnly\r\nX-Own: 1\r\n\
             Connection: close, x-hop\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\nhello",
        )
    });
    let relay = Relay::start(&url, &["--cookie", "token=2"]);
    let origin = relay.origin().replace("/app", "");
    let host = origin.trim_start_matches("http://").to_owned();
    let said = http(
        &origin,
        &format!(
            "POST /app/form?q=%20x HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nCookie: b=3\r\nContent-Length: 6\r\n\
             Connection: close\r\n\r\na=b&c="
        ),
    );
    assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("hello"), "{said}");
    assert!(said.contains("set-cookie: a=1; HttpOnly\r\n") && said.contains("x-own: 1"), "{said}");
    assert!(!said.contains("x-hop"), "{said}");
    let request = asked.lock().unwrap()[0].clone();
    let upstream = url.trim_end_matches("/app/");
    assert!(
        request.starts_with("POST /app/form?q=%20x HTTP/1.1\r\n") && request.ends_with("\r\n\r\na=b&c="),
        "{request}"
    );
    for line in ["cookie: b=3; token=2", &format!("origin: {upstream}"), &format!("host: {}", &upstream[7..])] {
        assert!(request.contains(line), "{line} is not in {request}");
    }
    let said = http(&origin, &format!("GET /app/old HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    assert!(said.starts_with("HTTP/1.1 302") && said.contains("location: /app/new?x=1\r\n"), "{said}");
    let said = http(&origin, &format!("GET /.scenectl/patches HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    assert!(said.starts_with("HTTP/1.1 403"), "{said}");
    let said = http(&origin, &format!("GET //evil.example/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert_eq!(asked.lock().unwrap().len(), 3, "the relay's own endpoint is not the server's");
}

#[test]
fn a_server_that_is_not_there_is_told_to_each_client() {
    let relay = Relay::start("http://127.0.0.1:9/", &[]);
    let error = tokio_tungstenite::tungstenite::connect(&relay.url).unwrap_err();
    assert!(matches!(&error, Error::Http(response) if response.status() == 502), "{error}");
    scenectl().args(["relay", "fixtures/demo.wazex"]).run().fails(2, &["no server to stand before", "hint:"]);
    scenectl().args(["relay", "127.0.0.1:9", "--set", "[", "A=1"]).run().fails(2, &["--set"]);
    scenectl().args(["relay", "127.0.0.1:9", "-l", "0.0.0.0:0"]).run().fails(2, &["--allow-remote"]);
}

#[test]
fn patches_come_and_go_while_clients_watch() {
    let fake = Fake::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let background = |content: &Content| content.state(3)["Background"].clone();
    let plain = pull(&relay.url, &[]);
    let mtime = |content: &Content| content.state(3)["MTime"].as_u64().unwrap();
    let mut client = Client::hello(&relay.url);
    client.ask("trame.state.get", &json!([]));
    let listed = relay.set(&["vtkRenderer", "Background=[1,0,0]"]);
    assert_eq!(listed, json!([{"number": 1, "selector": "vtkRenderer", "set": "Background=[1,0,0]"}]));
    let notice = client.read().unwrap();
    assert_eq!(
        (&notice["id"], &notice["result"][0]["method"]),
        (&json!("publish:trame.actions.topic:0"), &json!("update"))
    );
    assert_eq!(notice["result"][0]["ref"], "view");
    let with = pull(&relay.url, &[]);
    assert_eq!(background(&with), json!([1.0, 0.0, 0.0]));
    let alone = client.ask("vtklocal.get.state", &json!([3]))["result"].as_str().unwrap().to_owned();
    assert_eq!(alone.as_bytes(), with.states[&3]);
    assert!(mtime(&with) > mtime(&plain));
    let times = client.ask("vtklocal.get.status", &json!([1]))["result"]["ids"].clone();
    let time = |times: &Value| times.as_array().unwrap().iter().find(|pair| pair[0] == 3).unwrap()[1].as_u64().unwrap();
    assert_eq!(time(&times), mtime(&with));
    assert_eq!(relay.set(&["--list"]).as_array().unwrap().len(), 1);
    assert_eq!(relay.set(&["--remove", "1"]), json!([]));
    assert_eq!(client.read().unwrap()["id"], "publish:trame.actions.topic:0");
    let again = pull(&relay.url, &[]);
    assert_eq!(background(&again), background(&plain));
    assert!(mtime(&again) > mtime(&with), "times only grow");
    scenectl().args(["relay-set", &relay.control, "--remove", "7"]).run().fails(1, &["there is no patch 7"]);
    scenectl().args(["relay-set", &relay.control, "3", "Background"]).run().fails(2, &["PATH=JSON"]);
    let wrong = relay.control.replace("token=", "token=x");
    scenectl().args(["relay-set", &wrong, "--list"]).run().fails(1, &["refuses", "hint:"]);
}

#[test]
fn patches_by_path_and_from_a_file() {
    let fake = Fake::of(Scene::small(), |_| None);
    let folder = scratch();
    let (file, ready) = (folder.path().join("patches.json"), folder.path().join("ready.json"));
    let [control, ready_file] = [&file, &ready].map(|path| path.to_str().unwrap());
    let args = ["--set", "/Renderers/0", "Background=[0,1,0]", "--control", control, "--ready-file", ready_file];
    let relay = Relay::start(&fake.url, &args);
    let value = |name: &str, id: u64| pull(&relay.url, &[]).state(id)[name].clone();
    eventually("the path to be found", || value("Background", 3) == json!([0.0, 1.0, 0.0]));
    std::fs::write(&file, r#"[{"selector": "5", "set": "Visibility=0"}]"#).unwrap();
    eventually("the file to be read", || value("Visibility", 5) == 0);
    std::fs::write(&file, "[{\"selector\": \u{7f}").unwrap();
    thread::sleep(Duration::from_millis(600));
    assert_eq!(value("Visibility", 5), 0, "a bad file changes nothing");
    std::fs::remove_file(&file).unwrap();
    eventually("the file to be gone", || value("Visibility", 5) == 1);
    scenectl().args(["relay-set", ready_file, "--clear"]).run().ok();
    eventually("all to be as it was", || value("Background", 3) != json!([0.0, 1.0, 0.0]));
    assert!(relay.stop().ok().stderr.contains("is not taken"));
}

#[test]
fn only_the_windows_that_may_be_seen() {
    let replay = Replay::start(&fixture("reference/two-vtk9.7.2.wazex"), &[]);
    let relay = Relay::start(&replay.url, &["--view", "1"]);
    let mut client = Client::hello(&relay.url);
    let all: Vec<u64> = Content::of(&fixture("reference/two-vtk9.7.2.wazex")).states.into_keys().collect();
    assert!(
        client.ask("vtklocal.get.status", &json!([50]))["error"]["message"].as_str().unwrap().contains("window 50")
    );
    let ids = client.ask("vtklocal.get.status", &json!([1]))["result"]["ids"].clone();
    let shown: Vec<u64> = ids.as_array().unwrap().iter().map(|pair| pair[0].as_u64().unwrap()).collect();
    let hidden = all.iter().find(|id| !shown.contains(id)).unwrap();
    assert_eq!(client.ask("vtklocal.get.state", &json!([hidden]))["result"], "null");
    for sly in [json!([true]), json!([{}]), json!([])] {
        assert!(client.ask("vtklocal.get.status", &sly)["error"].is_object(), "{sly}");
    }
    assert_eq!(client.ask("vtklocal.get.state", &json!(["50"]))["result"], "null");
    assert_eq!(client.ask("vtklocal.get.batch", &json!([[shown[0], hidden], []]))["result"]["skip"], true);
    assert!(client.ask("vtklocal.get.batch", &json!([shown, []]))["result"]["states"][0].is_object());
    // Of a name that comes twice, Python takes the last.
    let kwargs = map([("obj_id", pack(&json!(1))), ("obj_id", pack(&json!(50)))]);
    client.socket.send(Message::binary(call_with("rpc:c0:sly", "vtklocal.get.status", kwargs))).unwrap();
    assert!(client.read().unwrap()["error"].is_object());
}

/// Right behind the hello, which has no answer yet.
#[test]
fn hasty_clients_see_no_other_windows() {
    let fake = Fake::of(Scene::small(), |call| {
        if call.method == "wslink.hello" {
            thread::sleep(Duration::from_millis(300));
        }
        None
    });
    let relay = Relay::start(&fake.url, &["--view", "2"]);
    let mut hasty = Client::connect(&relay.url);
    hasty.send("system:c0:0", "wslink.hello", &json!([{"secret": "wslink-secret"}]));
    hasty.send("rpc:c0:0", "vtklocal.get.status", &json!([1]));
    let answers = [hasty.read().unwrap(), hasty.read().unwrap()];
    let refused = answers.iter().find(|answer| answer["id"] == "rpc:c0:0").unwrap();
    assert!(refused["error"].is_object(), "{refused}");
    assert_eq!(hasty.ask("vtklocal.get.state", &json!([3]))["result"], "null");
}

/// A call with keyword arguments, which are packed, in one frame.
fn call_with(id: &str, method: &str, kwargs: Vec<u8>) -> Vec<u8> {
    let text = |text: &str| pack(&json!(text));
    let fields = [("wslink", text("1.0")), ("id", text(id)), ("method", text(method)), ("args", pack(&json!([])))];
    single(&map(fields.into_iter().chain([("kwargs", kwargs)])))
}

#[test]
fn a_line_a_call() {
    let fake = Fake::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &["-v", "--only", "vtklocal.*"]);
    pull(&relay.url, &["--secret", "wslink-secret"]);
    let said = relay.stop().ok().stderr;
    let calls: Vec<_> = said.lines().filter(|line| line.contains(" #1 ")).collect();
    assert!(calls.iter().any(|line| line.contains("← vtklocal.get.status") && line.ends_with(" ms")), "{said}");
    assert!(!said.contains("trame.state.get"), "{said}");
    let relay = Relay::start(&fake.url, &["-vv", "--json"]);
    pull(&relay.url, &[]);
    thread::sleep(Duration::from_millis(300));
    let lines: Vec<Value> = std::iter::from_fn(|| relay.lines.next(Duration::from_millis(500)))
        .map(|line| serde_json::from_str(&line).expect(&line))
        .collect();
    let state = lines.iter().find(|line| line["name"] == "trame.state.get" && line["kind"] == "answer").unwrap();
    assert!(state["ms"].is_number() && state["direction"] == "s2c" && state["body"]["name"] == "fake", "{state}");
    let said = relay.stop().ok().stderr;
    assert!(!lines.iter().any(|line| line.to_string().contains("wslink-secret")) && !said.contains("wslink-secret"));
}

#[test]
fn many_come_and_go_and_nothing_stays() {
    let fake = Fake::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let visit = || {
        let mut client = Client::hello(&relay.url);
        client.ask("vtklocal.get.status", &json!([1]));
    };
    (0..200).for_each(|_| visit());
    thread::sleep(Duration::from_millis(500));
    let (memory, files) = relay.weight();
    (0..800).for_each(|_| visit());
    eventually("the connections to be closed", || relay.weight().1 <= files + 2);
    let grown = relay.weight().0.saturating_sub(memory);
    assert!(grown < 8 << 20, "{} KiB more", grown >> 10);
}

#[test]
fn faults_are_the_same_every_time() {
    let scene = Scene::with_blobs(40, 100);
    let hashes: Vec<String> = scene.blobs.keys().cloned().collect();
    let folder = scratch();
    let snapshot = scene.write(folder.path());
    let fake = Fake::of(scene, |_| None);
    let lost = |url: &str| -> Vec<bool> {
        let mut client = Client::hello(url);
        hashes.iter().map(|hash| client.ask("vtklocal.get.hash", &json!([hash]))["result"] == 0).collect()
    };
    let args = ["--drop-blob", "30%", "--seed", "5", "--latency", "1"];
    let first = lost(&Relay::start(&fake.url, &args).url);
    assert!((5..20).contains(&first.iter().filter(|lost| **lost).count()), "{first:?}");
    assert_eq!(lost(&Relay::start(&fake.url, &args).url), first);
    assert_eq!(lost(&Replay::start(&snapshot, &args).url), first, "replay and relay lose the same");
    assert_ne!(lost(&Relay::start(&fake.url, &["--drop-blob", "30%", "--seed", "6"]).url), first);

    let start = |args: &[&str]| Replay::start(&snapshot, args);
    let replay = start(&["--latency", "100", "--jitter", "50"]);
    let mut client = Client::hello(&replay.url);
    let now = Instant::now();
    for k in 0..20 {
        client.send(&format!("rpc:c0:{k}"), "vtklocal.get.state", &json!([3]));
    }
    let ids: Vec<_> = (0..20).map(|_| client.read().unwrap()["id"].clone()).collect();
    let took = now.elapsed();
    assert!((100..700).contains(&took.as_millis()), "late, but not one after the other: {took:?}");
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]) && ids[0] == "rpc:c0:0");

    let order = || {
        let replay = start(&["--reorder", "--seed", "3"]);
        let mut client = Client::hello(&replay.url);
        for k in 0..8 {
            client.send(&format!("rpc:c0:{k}"), "vtklocal.get.state", &json!([3]));
        }
        (0..8).map(|_| client.read().unwrap()["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let shuffled = order();
    let mut sorted = shuffled.clone();
    sorted.sort();
    assert_eq!(sorted.len(), 8);
    assert_ne!(sorted, shuffled);

    let replay = start(&["--disconnect-after", "3"]);
    let mut client = Client::hello(&replay.url);
    client.ask("vtklocal.get.state", &json!([3]));
    client.ask("vtklocal.get.state", &json!([3]));
    assert!(client.read().is_err());

    let replay = start(&["--bandwidth", "10kB"]);
    let mut client = Client::hello(&replay.url);
    let now = Instant::now();
    while now.elapsed() < Duration::from_millis(900) {
        client.ask("vtklocal.get.state", &json!([3]));
    }
    scenectl().args(["replay", "demo:", "--drop-blob", "130%"]).run().fails(2, &["--drop-blob"]);
}
