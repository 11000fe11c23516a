//! `relay` between a real viser server and its real clients.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, connect};

use crate::support::msgpack::pack;
use crate::support::peers;
use crate::support::relay::{Relay, eventually};
use crate::support::viser::{self, Viser};
use crate::support::{scenectl, scratch};

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

fn websocket(url: &str, version: &str) -> Socket {
    let mut request = url.into_client_request().unwrap();
    let offered = HeaderValue::from_str(&format!("viser-v{version}")).unwrap();
    request.headers_mut().insert("sec-websocket-protocol", offered);
    let (socket, answer) = connect(request).unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], format!("viser-v{version}").as_str());
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    }
    socket
}

/// How a websocket is closed.
#[track_caller]
fn closed(socket: &mut Socket) -> Option<CloseFrame> {
    loop {
        match socket.read() {
            Ok(Message::Close(frame)) => return frame,
            Ok(_) => {}
            Err(error) => panic!("it is not closed: {error}"),
        }
    }
}

fn without_ids(mut events: Vec<Value>) -> Vec<Value> {
    for event in &mut events {
        for volatile in ["t", "client", "ms", "mean"] {
            event.as_object_mut().unwrap().remove(volatile);
        }
    }
    events.sort_by_key(Value::to_string);
    events
}

#[test]
fn all_scenes_are_what_they_are_without_a_relay_and_nobody_notices() {
    let Some(python) = peers::python_viser() else { return };
    let scenes =
        "basic points points16 mesh nodes media gui transform scoped download render everything animated big-atomic";
    for scene in scenes.split(' ') {
        let server = Viser::start(&python, scene, &["--size", "300"]);
        let relay = Relay::before(&server.url, &["-q"]);
        let (direct, first) = (viser::decode(&python, &server.url, &[]), viser::decode(&python, &relay.url, &[]));
        let second = viser::decode(&python, &relay.url, &[]);
        if !["animated", "big-atomic"].contains(&scene) {
            assert_eq!(direct.messages, first.messages, "{scene}");
        }
        for relayed in [first, second] {
            assert_eq!(relayed.arrays, direct.arrays, "{scene}");
            assert_eq!(relayed.line["hydrate"]["nodes"], direct.line["hydrate"]["nodes"], "{scene}");
            assert_eq!(relayed.line["hydrate"]["gui"], direct.line["hydrate"]["gui"], "{scene}");
        }
        assert!(server.events("client_connected").is_empty(), "{scene}");
    }
}

#[test]
fn what_is_for_one_client_alone_comes_to_that_one_as_without_a_relay() {
    let Some(python) = peers::python_viser() else { return };
    for scene in ["scoped", "download", "render"] {
        let server = Viser::start(&python, scene, &["--size", "3000000"]);
        let relay = Relay::before(&server.url, &["-q"]);
        let args = ["--camera", "--render", "png", "--linger", "3", "--show", "50"];
        let direct = viser::decode(&python, &server.url, &args);
        let before = server.all().len();
        let [one, two, watching] = thread::scope(|scope| {
            let run = |args: &'static [&'static str]| scope.spawn(|| viser::decode(&python, &relay.url, args));
            const CAMERA: &[&str] = &["--camera", "--render", "png", "--linger", "3", "--show", "50"];
            [run(CAMERA), run(CAMERA), run(&["--linger", "3", "--show", "50"])].map(|run| run.join().unwrap())
        });
        // The server merges updates of a notification that fall into one window: how many come is a matter of time.
        let types = |line: &Value| {
            let mut types = line["types"].clone();
            types.as_object_mut().and_then(|types| types.get_mut("NotificationUpdateMessage")).map(Value::take);
            types
        };
        for relayed in [&one, &two] {
            assert_eq!(types(&relayed.line), types(&direct.line), "{scene}");
        }
        let owners = |line: &Value| {
            let nodes = line["nodes"].as_array().unwrap().iter();
            nodes
                .filter_map(|node| node["owner"].as_str().filter(|owner| !owner.is_empty()).map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(owners(&one.line).len(), owners(&direct.line).len(), "{scene}");
        assert!(owners(&one.line).iter().all(|owner| !owners(&two.line).contains(owner)), "{scene}");
        assert!(owners(&watching.line).is_empty());
        // The server's script saw two more clients that did the same as the first.
        let (first, later) = (server.all()[..before].to_vec(), server.all()[before..].to_vec());
        let known = ["client_connected", "render", "local_storage", "download_sent", "camera", "render_flow_done"];
        let of = |events: &[Value]| {
            without_ids(
                events.iter().filter(|event| known.contains(&event["event"].as_str().unwrap())).cloned().collect(),
            )
        };
        let (first, later) = (of(&first), of(&later));
        assert_eq!(later, without_ids([first.clone(), first].concat()), "{scene}");
    }
}

#[test]
fn a_value_that_a_client_sets_goes_to_all_others() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "gui", &[]);
    let relay = Relay::before(&server.url, &["-q"]);
    let id = |label: &str| {
        let event = server.event_where("uuid", |event| event["label"] == label);
        event["uuid"].as_str().unwrap().to_owned()
    };
    let (alpha, clamped) = (id("alpha"), id("clamped"));
    let (setter, other) = thread::scope(|scope| {
        let other = scope.spawn(|| viser::decode(&python, &relay.url, &["--linger", "4"]));
        thread::sleep(Duration::from_millis(1500));
        let set = ["--camera", "--set", &alpha, "value", "0.5", "--set", &clamped, "value", "70", "--linger", "2"];
        (viser::decode(&python, &relay.url, &set), other.join().unwrap())
    });
    let values = |messages: &[String], id: &str| {
        let messages = messages.iter().map(|message| serde_json::from_str::<Value>(message).unwrap());
        let updates = messages.filter(|message| message["type"] == "GuiUpdateMessage" && message["uuid"] == id);
        updates.map(|message| message["updates"]["value"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(values(&other.messages, &alpha), [json!(0.5)]);
    assert_eq!(values(&setter.messages, &alpha), [] as [Value; 0]);
    // The script changes it again, which is news for whoever set it, too.
    assert_eq!(values(&setter.messages, &clamped), [json!(50)]);
    assert_eq!(server.event("gui")["what"], "alpha");
}

#[test]
fn clients_only_watch_where_that_is_wanted() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "scoped", &[]);
    let relay = Relay::before(&server.url, &["-q", "--per-client", "none"]);
    let watching = viser::decode(&python, &relay.url, &["--camera", "--linger", "1"]);
    assert_eq!(watching.line["types"].get("GuiTextMessage"), None);
    assert!(server.events("client_connected").is_empty());
}

#[test]
fn who_does_not_read_costs_nothing_and_ends_up_with_the_same() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "animated", &["--size", "400"]);
    let relay = Relay::before(&server.url, &["-q"]);
    viser::decode(&python, &relay.url, &[]);
    let mut stuck = websocket(&relay.url, "1.1.1");
    thread::sleep(Duration::from_secs(2));
    let (before, _) = relay.weight();
    thread::sleep(Duration::from_secs(8));
    let (after, _) = relay.weight();
    assert!(after < before + (24 << 20), "{before} {after}");
    // The scene stands still while it is compared.
    server.signal("STOP");
    thread::sleep(Duration::from_secs(1));
    let read = |socket: &mut Socket| {
        let (mut poses, mut frames) = (BTreeMap::new(), 0);
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        }
        while let Ok(Message::Binary(data)) = socket.read() {
            frames += 1;
            for message in viser::messages(&data) {
                if let ("SetPositionMessage", Some(name)) =
                    (message["type"].as_str().unwrap(), message["name"].as_str())
                {
                    poses.insert(name.to_owned(), message["position"].to_string());
                }
            }
        }
        (poses, frames)
    };
    let (late, frames) = read(&mut websocket(&relay.url, "1.1.1"));
    let (slow, _) = read(&mut stuck);
    server.signal("CONT");
    assert_eq!(slow, late);
    assert_eq!(late.len(), 400);
    assert!(frames < 20, "who comes late gets little: {frames}");
}

#[test]
fn a_server_that_comes_back_is_followed_and_what_is_gone_goes() {
    let Some(python) = peers::python_viser() else { return };
    let mut server = Viser::start(&python, "basic", &[]);
    let port = server.ready["port"].to_string();
    let relay = Relay::before(&server.url, &["-q", "--reconnect", "60"]);
    let mut client = websocket(&relay.url, "1.1.1");
    let mut seen = Vec::new();
    let mut listen = |client: &mut Socket, wanted: &str| {
        while !seen.iter().any(|message: &Value| message.to_string().contains(wanted)) {
            let Message::Binary(data) = client.read().unwrap() else { continue };
            seen.extend(viser::messages(&data));
        }
        std::mem::take(&mut seen)
    };
    let first = listen(&mut client, "ReplayDoneMessage");
    assert!(first.iter().any(|message| message["name"] == "/frame/ball"));
    server.kill();
    let again = Viser::start(&python, "transform", &["--port", &port]);
    let second = listen(&mut client, "/gizmo");
    let of = |kind: &str| {
        second
            .iter()
            .filter(|message| message["type"] == kind)
            .filter_map(|message| message["name"].as_str())
            .collect::<Vec<_>>()
    };
    assert!(of("RemoveSceneNodeMessage").contains(&"/frame/ball"), "{second:?}");
    assert!(!of("FrameMessage").contains(&"/WorldAxes"), "what is the same is not said again");
    assert!(second.iter().all(|message| message["type"] != "ReplayDoneMessage"));
    let (direct, late) = (viser::decode(&python, &again.url, &[]), viser::decode(&python, &relay.url, &[]));
    assert_eq!(late.line["hydrate"]["nodes"], direct.line["hydrate"]["nodes"]);
}

#[test]
fn a_browser_shows_the_same_through_a_relay() {
    let (Some(python), Some(browser)) = (peers::python_viser(), peers::browser()) else { return };
    for scene in ["basic", "gui"] {
        let server = Viser::start(&python, scene, &[]);
        let relay = Relay::before(&server.url, &["-q"]);
        // Poses are there a frame after their nodes, and a busy machine draws few.
        let look = |page: &str| viser::page(&browser, &[page, "--gui", "--wait", "2"]);
        let direct = look(server.ready["page"].as_str().unwrap());
        let relayed = look(&relay.url.replace("ws://", "http://"));
        // Not all text: the page's own settings are open or not, by whether it drew before the controls had come.
        for part in ["nodes", "gui", "environment", "theme", "label", "errors", "failed", "elsewhere"] {
            assert_eq!(relayed[part], direct[part], "{scene} {part}");
        }
        assert_eq!(server.events("client_connected").len(), 2);
    }
}

#[test]
fn versions_and_codes_are_those_of_the_server() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "basic", &[]);
    let relay = Relay::before(&server.url, &["-q"]);
    let mut other = websocket(&format!("{}any/path?x=1", relay.url), "1.0.0");
    let frame = closed(&mut other).unwrap();
    assert_eq!(
        (u16::from(frame.code), frame.reason.as_str()),
        (1002, "Version mismatch. Client: 1.0.0, Server: 1.1.1")
    );
    // Who talks nonsense goes, and nobody else.
    let mut good = websocket(&relay.url, "1.1.1");
    for nonsense in [
        Message::text("{}"),
        Message::binary(vec![0xc1; 10]),
        Message::binary(pack(&json!({"type": "NoSuchMessage"}))),
        Message::binary(pack(&json!({"type": "GuiFormSubmitMessage", "uuid": "u", "more": 1}))),
    ] {
        let mut bad = websocket(&relay.url, "1.1.1");
        bad.send(nonsense).unwrap();
        assert_eq!(u16::from(closed(&mut bad).unwrap().code), 1011);
    }
    let mut large = websocket(&relay.url, "1.1.1");
    let _ = large.send(Message::binary(vec![0; 52_428_801]));
    let end = loop {
        match large.read() {
            Ok(Message::Close(frame)) => break frame.map(|frame| u16::from(frame.code)),
            Ok(_) => {}
            // The close may be lost with what was on its way.
            Err(Error::Io(_)) => break Some(1009),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(end, Some(1009));
    assert!(matches!(good.read(), Ok(Message::Binary(_))));
    let said = relay.stop();
    assert!(said.stderr.is_empty(), "{}", said.stderr);
    assert_eq!(u16::from(closed(&mut good).unwrap().code), 1001);
    assert!(server.events("client_connected").is_empty());
}

#[test]
fn options_that_do_nothing_are_refused_and_a_server_may_come_later() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "basic", &[]);
    for (args, word) in [
        (&["--set", "/box", "props.color=[1,2,3]"][..], "--set"),
        (&["--cache", "1MB"], "--cache"),
        (&["--view", "main"], "--view"),
        (&["--control", "x.json"], "--control"),
    ] {
        scenectl().arg("relay").arg(&server.url).args(args).run().fails(2, &[word]);
    }
    let port = server.ready["port"].to_string();
    drop(server);
    let relay = Relay::before(&format!("127.0.0.1:{port}"), &["-q", "--protocol", "viser"]);
    let server = Viser::start(&python, "basic", &["--port", &port]);
    eventually("the server", || {
        let mut stream = TcpStream::connect(relay.url.trim_start_matches("ws://").trim_end_matches('/')).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut head = [0; 15];
        stream.read_exact(&mut head).is_ok() && &head == b"HTTP/1.1 200 OK"
    });
    assert_eq!(viser::decode(&python, &relay.url, &[]).line["hydrate"]["nodes"], json!(11));
    drop(server);
}

#[test]
fn what_passes_is_recorded_and_told() {
    let Some(python) = peers::python_viser() else { return };
    let folder = scratch();
    let file = folder.path().join("session.mcap");
    let server = Viser::start(&python, "scoped", &[]);
    let relay = Relay::before(&server.url, &["--json", "--record", file.to_str().unwrap()]);
    viser::decode(&python, &relay.url, &["--camera", "--linger", "1"]);
    let mut names = Vec::new();
    while let Some(line) = relay.lines.next(Duration::from_millis(500)) {
        let line: Value = serde_json::from_str(&line).unwrap();
        names.push(format!(
            "{} {} {}",
            line["connection"],
            line["direction"].as_str().unwrap(),
            line["name"].as_str().unwrap()
        ));
    }
    for wanted in ["1 s2c ReplayDoneMessage", "2 c2s ViewerCameraMessage", "2 s2c GuiTextMessage"] {
        assert!(names.iter().any(|name| name == wanted), "{wanted}: {names:?}");
    }
    let said = relay.stop();
    assert!(said.stderr.contains("recorded") && said.stderr.contains("relayed"), "{}", said.stderr);
    assert!(std::fs::metadata(file).unwrap().len() > 1000);
}
