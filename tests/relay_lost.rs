//! `relay` when something goes: servers in the middle of answers, clients that others wait for, recorders that are full.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use scenectl::faults::Faults;
use scenectl::protocol::relay::Settings as MiddleSettings;
use scenectl::protocol::{Connecting, Direction, Tap, WsMessage, usual};
use scenectl::relay::{Control, Settings, serve};
use scenectl::replay::Until;
use scenectl::wire::{ConnectOptions, Listener};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

use crate::support::fake::{Answer, Call, Fake, chunks, honest, publish, reply, status};
use crate::support::files::Content;
use crate::support::msgpack::bin;
use crate::support::relay::{Client, Relay, eventually};
use crate::support::scene::{HASH, Scene};
use crate::support::{scenectl, scratch};

/// The connection is cut in the middle of things; the client goes on as if nothing had been.
#[test]
fn a_lost_server_is_found_again() {
    let lost = AtomicUsize::new(0);
    let fake = Fake::of(Scene::small(), move |call| {
        let fatal = matches!(call.method.as_str(), "vtklocal.get.state" | "trame.trigger");
        (fatal && lost.fetch_add(1, Ordering::SeqCst).is_multiple_of(2)).then_some(Answer::Drop)
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client::hello(&relay.url);
    client.ask("trame.state.get", &json!([]));
    client.ask("vtklocal.get.status", &json!([1]));
    assert!(client.ask("vtklocal.get.state", &json!([3]))["result"].as_str().unwrap().contains("vtk"));
    let answer = client.ask("trame.trigger", &json!(["x", [], {}]));
    assert_eq!(answer["error"]["code"], -32099);
    assert_eq!(client.ask("trame.trigger", &json!(["x", [], {}]))["result"], Value::Null);
    assert_eq!(fake.connections(), 3);
}

/// The server goes in the middle of an answer: it is asked again, or has failed, as if it had not begun.
#[test]
fn an_answer_that_was_cut_comes_again() {
    let cut = AtomicUsize::new(0);
    let wanted = ["vtklocal.get.hash", "vtklocal.get.batch", "trame.trigger"];
    let scene = Scene::with_blobs(1, 100_000);
    let hash = scene.blobs.keys().find(|hash| *hash != HASH).unwrap().clone();
    let fake = Fake::of(Scene::with_blobs(1, 100_000), move |call| {
        let is_first = call.method == *wanted.get(cut.load(Ordering::SeqCst))?;
        let Answer::Result(result) = honest(&scene, call) else { panic!("{call:?}") };
        let result = if call.method == "trame.trigger" { bin(&[1; 100_000]) } else { result };
        is_first.then(|| {
            cut.fetch_add(1, Ordering::SeqCst);
            let frames = chunks(7, &reply(call, result), 40_000).into_iter().take(2).map(|frame| (0, frame));
            Answer::Paced(frames.chain([(100, Vec::new())]).collect())
        })
    });
    let relay = Relay::start(&fake.url, &["--set", "3", "Background=[1,0,0]"]);
    let mut client = Client::hello(&relay.url);
    client.ask("vtklocal.get.status", &json!([1]));
    assert_eq!(client.ask("vtklocal.get.hash", &json!([hash]))["result"], 100_000);
    let batch = client.ask("vtklocal.get.batch", &json!([[3], [hash]]));
    assert_eq!(batch["result"]["states"][0]["Background"], json!([1.0, 0.0, 0.0]), "changed as ever");
    assert_eq!(client.ask("trame.trigger", &json!(["x", [], {}]))["error"]["code"], -32099);
    assert_eq!(fake.connections(), 4);
    // Nothing is owed any longer, so that much can be asked ahead.
    for _ in 0..50 {
        client.ask("vtklocal.get.hash", &json!([hash]));
    }
    let relay = Relay::start(&cutting_blobs().url, &[]);
    let pull = |url: &str, name: &str| {
        let folder = scratch();
        let path = folder.path().join(name);
        scenectl().args(["pull", url, "-q", "-o"]).arg(&path).run().ok();
        Content::of(&path)
    };
    let plain = Fake::of(Scene::with_blobs(3, 100_000), |_| None);
    pull(&relay.url, "cut.wazex").assert_same_bytes(&pull(&plain.url, "plain.wazex"));
}

/// A server that goes in the middle of each blob once.
fn cutting_blobs() -> Fake {
    let scene = Scene::with_blobs(3, 100_000);
    let cut = Mutex::new(HashSet::new());
    Fake::of(scene.clone(), move |call| {
        let hash = call.args[0].as_str().filter(|_| call.method == "vtklocal.get.hash")?;
        let Answer::Result(result) = honest(&scene, call) else { panic!("{call:?}") };
        let number = cut.lock().unwrap().len() as u32;
        let frames = chunks(number, &reply(call, result), 40_000);
        (frames.len() > 1 && cut.lock().unwrap().insert(hash.to_owned())).then(|| {
            Answer::Paced(frames.into_iter().take(2).map(|frame| (0, frame)).chain([(50, Vec::new())]).collect())
        })
    })
}

/// The one who asked first goes before the answer is there: the others still get it.
#[test]
fn who_waits_for_somebody_elses_answer_gets_it_when_that_one_goes() {
    let fake = Fake::of(Scene::small(), |call| {
        if call.method == "vtklocal.get.status" && call.connection == 0 {
            thread::sleep(Duration::from_millis(500));
        }
        None
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut first = Client::hello(&relay.url);
    let mut second = Client::hello(&relay.url);
    first.send("rpc:c0:1", "vtklocal.get.status", &json!([1]));
    thread::sleep(Duration::from_millis(100));
    second.send("rpc:c0:2", "vtklocal.get.status", &json!([1]));
    thread::sleep(Duration::from_millis(100));
    drop(first);
    assert!(second.read().unwrap()["result"]["ids"].is_array());
}

/// A server that was started anew after `x.restart`: its times are below what they were.
fn restarting() -> Fake {
    let restarted = AtomicBool::new(false);
    Fake::of(Scene::small(), move |call| match call.method.as_str() {
        "x.restart" => {
            restarted.store(true, Ordering::SeqCst);
            Some(Answer::Drop)
        }
        "x.drop" => Some(Answer::Drop),
        "vtklocal.get.status" if restarted.load(Ordering::SeqCst) => {
            let mut now = status(&Scene::small());
            now["ids"].as_array_mut().unwrap().iter_mut().for_each(|pair| pair[1] = json!(0));
            Some(Answer::of(&now))
        }
        _ => None,
    })
}

/// With which code the relay closes the connection.
#[track_caller]
fn closed(client: &mut Client) -> u16 {
    loop {
        match client.socket.read() {
            Ok(Message::Close(frame)) => return frame.unwrap().code.into(),
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Each client is told, also one whose connection breaks when others know the new server already.
#[test]
fn a_server_that_began_anew_is_told_by_a_close() {
    let fake = restarting();
    let relay = Relay::start(&fake.url, &["--reconnect", "5"]);
    let mut clients = [Client::hello(&relay.url), Client::hello(&relay.url)];
    clients.iter_mut().for_each(|client| drop(client.ask("vtklocal.get.status", &json!([1]))));
    let [first, second] = &mut clients;
    first.send("rpc:c0:9", "x.restart", &json!([]));
    assert_eq!(closed(first), 1012);
    Client::hello(&relay.url).ask("vtklocal.get.status", &json!([1]));
    second.send("rpc:c0:9", "x.drop", &json!([]));
    assert_eq!(closed(second), 1012);
}

/// Two applications behind one host: each is known again by its own window.
#[test]
fn each_place_has_a_server_of_its_own() {
    let window = |call: &Call| if call.connection == 1 { 7 } else { 1 };
    let fake = Fake::of(Scene::small(), move |call| match call.method.as_str() {
        "x.drop" => Some(Answer::Drop),
        "vtklocal.get.status" if call.args != json!([window(call)]) => Some(Answer::Error(-32001, "no such window")),
        _ => None,
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut clients = ["/a/ws", "/b/ws"].map(|path| Client::hello(&relay.url.replace("/ws", path)));
    for (client, window) in clients.iter_mut().zip([1, 7]) {
        assert!(client.ask("vtklocal.get.status", &json!([window]))["result"].is_object());
    }
    let [first, _second] = &mut clients;
    assert_eq!(first.ask("x.drop", &json!([]))["error"]["code"], -32099);
    assert!(first.ask("vtklocal.get.status", &json!([1]))["result"].is_object());
}

/// The one who asked first takes nothing in and goes: the others need not wait until it is given up.
#[test]
fn who_waits_for_the_answer_of_one_that_is_stuck_gets_it_when_that_one_goes() {
    let scene = Scene::with_blobs(1, 30_000_000);
    let hash = scene.blobs.keys().find(|hash| *hash != HASH).unwrap().clone();
    let fake = Fake::of(scene, |call| {
        (call.method == "vtklocal.get.status" && call.connection == 0).then_some(Answer::Silence)
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut stuck = Client::hello(&relay.url);
    stuck.send("rpc:c0:1", "vtklocal.get.hash", &json!([hash]));
    stuck.send("rpc:c0:2", "vtklocal.get.status", &json!([1]));
    eventually("the status to be asked", || !fake.asked("vtklocal.get.status").is_empty());
    let mut other = Client::hello(&relay.url);
    other.send("rpc:c0:3", "vtklocal.get.status", &json!([1]));
    thread::sleep(Duration::from_millis(200));
    stuck.socket.close(None).unwrap();
    let start = Instant::now();
    assert!(other.read().unwrap()["result"]["ids"].is_array());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// A blob that is not there yet when one asks is there for one who asks after the notice.
#[test]
fn nothing_is_no_answer_for_who_asks_later() {
    let fake = Fake::of(Scene::small(), |call| {
        let is_early = call.method == "vtklocal.get.hash" && call.connection == 0;
        is_early.then(|| {
            thread::sleep(Duration::from_millis(800));
            Answer::Result(bin(&[]))
        })
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut clients = [0; 3].map(|_| Client::hello(&relay.url));
    clients[0].send("rpc:c0:1", "vtklocal.get.hash", &json!([HASH]));
    eventually("the blob to be asked for", || !fake.asked("vtklocal.get.hash").is_empty());
    clients[1].send("rpc:c0:1", "vtklocal.get.hash", &json!([HASH]));
    thread::sleep(Duration::from_millis(100));
    clients[2].ask("trame.trigger", &json!(["step", [], {}]));
    assert_eq!(clients[2].ask("vtklocal.get.hash", &json!([HASH]))["result"], 64);
    assert_eq!([0, 1].map(|k| clients[k].read().unwrap()["result"].clone()), [0, 0]);
}

/// The connection ends while a client is behind: it gets all that was queued, and nothing in the middle is missing.
#[test]
fn what_is_queued_at_the_end_comes_as_a_whole() {
    let fake = Fake::of(Scene::small(), |call| {
        let numbered = |k: u32| publish("x.topic", bin(&[k.to_le_bytes().as_slice(), &vec![0; 1 << 20]].concat()));
        let all = (0..40).map(|k| (0, numbered(k)));
        (call.method == "x.many").then(|| Answer::Paced(all.chain([(0, Vec::new())]).collect()))
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client::hello(&relay.url);
    client.send("rpc:c0:1", "x.many", &json!([]));
    eventually("the server to be asked again who it is", || fake.connections() == 2);
    thread::sleep(Duration::from_millis(500));
    let mut came = Vec::new();
    while let Ok(Message::Binary(message)) = client.socket.read() {
        let at = message.len() - (1 << 20) - 4;
        came.push(u32::from_le_bytes(message[at..at + 4].try_into().unwrap()));
    }
    assert_eq!(came, (0..40).collect::<Vec<_>>());
}

/// A recorder that has room only when the test says so.
struct Full(watch::Sender<bool>);

impl Tap for Full {
    fn opened(&self, _url: &str) -> u32 {
        0
    }

    fn message(&self, _connection: u32, _direction: Direction, _message: &WsMessage) {}

    fn closed(&self, _connection: u32, _reason: &str) {}

    fn room(&self) -> BoxFuture<'_, ()> {
        async { drop(self.0.subscribe().wait_for(|is_full| !is_full).await) }.boxed()
    }
}

/// What waits for the recorder when the server is lost is asked of the next one.
#[test]
fn a_call_that_waits_for_the_recorder_is_not_lost_with_the_server() {
    let fake =
        Fake::of(Scene::small(), |call| (call.method == "x.close").then(|| Answer::Paced(vec![(600, Vec::new())])));
    let full = Arc::new(Full(watch::Sender::new(false)));
    let how = Connecting {
        target: fake.url.parse().unwrap(),
        wire: ConnectOptions::default(),
        secret: None,
        roots: Vec::new(),
        largest_message: 1 << 30,
        tap: None,
    };
    let settings = Settings {
        upstream: fake.url.parse().unwrap(),
        how,
        stance: usual().middle(MiddleSettings { largest_message: 1 << 30, ..MiddleSettings::default() }).unwrap(),
        cache: 0,
        reconnect: Duration::from_secs(10),
        faults: Faults::default(),
        taps: vec![Arc::clone(&full) as _],
        control: Control::new(String::from("token"), None, Vec::new()),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(Listener::bind("127.0.0.1:0", false)).unwrap();
    let url = format!("ws://{}/ws", listener.address);
    runtime.spawn(serve(listener, settings, Until::default(), std::future::pending()));
    let mut client = Client::hello(&url);
    client.ask("vtklocal.get.status", &json!([1]));
    client.send("rpc:c0:8", "x.close", &json!([]));
    eventually("the server to be asked", || !fake.asked("x.close").is_empty());
    full.0.send_replace(true);
    client.send("rpc:c0:9", "vtklocal.get.state", &json!([3]));
    eventually("the server to be found again", || fake.connections() == 2);
    full.0.send_replace(false);
    let answered: Vec<_> = (0..2).map(|_| client.read().unwrap()["id"].clone()).collect();
    assert_eq!(answered, ["rpc:c0:8", "rpc:c0:9"]);
}
