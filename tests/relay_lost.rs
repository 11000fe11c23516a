//! `relay` when something goes: servers in the middle of answers, clients that others wait for.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::fake::{Answer, Call, Fake, chunks, honest, reply, status};
use crate::support::files::Content;
use crate::support::msgpack::bin;
use crate::support::relay::{Client, Relay};
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
