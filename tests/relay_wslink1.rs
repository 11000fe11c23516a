//! `relay` between clients and servers of wslink 1.x, by hand: as for 2.x, text passes as it came, or is changed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::fake::Fake;
use crate::support::fake1::{Client1, Fake1, Twist};
use crate::support::files::Content;
use crate::support::relay::{Client, Relay};
use crate::support::replay::Replay;
use crate::support::scene::{HASH, Scene};
use crate::support::{fixture, scenectl, scratch};

#[track_caller]
fn pull(url: &str) -> Content {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    scenectl().args(["pull", url, "-q", "-o"]).arg(&path).run().ok();
    Content::of(&path)
}

#[test]
fn a_pull_through_it_is_a_pull() {
    let fake = Fake1::of(Scene::with_blobs(3, 300_000), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let direct = pull(&fake.url);
    pull(&relay.url).assert_same_bytes(&direct);
    let asked = fake.asked("vtklocal.get.hash");
    pull(&relay.url).assert_same_bytes(&direct);
    assert_eq!(fake.asked("vtklocal.get.hash"), asked, "blobs are kept");
    assert!(relay.stop().ok().stderr.contains("not asked twice"));
}

/// What nobody changes keeps its bytes: spaces, order, what only Python can read.
#[test]
fn text_passes_as_it_came() {
    let odd = [
        r#"{"wslink": "1.0",  "result": {"b": NaN, "a": 1.50}, "id": "rpc:c0:0"}"#,
        r#"{"wslink": "1.0", "id": "publish:x.topic:0", "result": [Infinity ]}"#,
        r#"{"wslink": "1.0", "method": "no.id"}"#,
        "what?",
    ];
    let fake = Fake1::of(Scene::small(), move |call| {
        (call.method == "x.odd").then(|| Twist::Texts(odd.map(String::from).to_vec()))
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client1::hello(&relay.url);
    client.send("rpc:c0:0", "x.odd", &json!([]));
    for text in odd {
        let Message::Text(came) = client.socket.read().unwrap() else { panic!("a text") };
        assert_eq!(came, text);
    }
}

#[test]
fn what_would_stop_the_server_never_passes() {
    let fake = Fake1::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client1::hello(&relay.url);
    for method in ["application.exit", "application.exit.later"] {
        assert_eq!(client.ask(method, &json!([60]))["result"], Value::Null);
    }
    for sly in [
        r#"{"id":"rpc:c0:7","method":"x","method":"application.exit","args":[]}"#,
        r#"{"id":"rpc:c0:7","method":"application.\u0065xit","args":[NaN]}"#,
    ] {
        client.socket.send(Message::text(sly)).unwrap();
        assert_eq!(client.read().unwrap()["result"], Value::Null);
    }
    for sly in [
        r#"{"id":NaN,"method":"application.exit"}"#,
        r#"{"method":"application.exit"}"#,
        r#"[{"id":"rpc:c0:7","method":"application.exit"}]"#,
        "\u{feff}{\"id\":\"rpc:c0:7\",\"method\":\"application.exit\"}",
    ] {
        client.socket.send(Message::text(sly)).unwrap();
    }
    // Attachments are looked at by nobody, and go with the message that uses them.
    for (k, header) in ["wslink_bin0", "wslink_bin1"].into_iter().enumerate() {
        let header = json!({"wslink": "1.0", "method": "wslink.binary.attachment", "args": [header]});
        client.socket.send(Message::text(header.to_string())).unwrap();
        client.socket.send(Message::binary(vec![k as u8; 10])).unwrap();
    }
    assert_eq!(client.ask("trame.trigger", &json!(["x", ["wslink_bin0"], {}]))["result"], Value::Null);
    let calls = fake.calls();
    let methods: Vec<_> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(methods, ["wslink.hello", "trame.trigger"]);
    assert_eq!(calls[1].args, json!(["x", ["wslink_bin0"], {}]));
}

#[test]
fn what_several_ask_is_asked_once() {
    let fake = Fake1::of(Scene::with_blobs(2, 100_000), |call| {
        if call.method == "vtklocal.get.status" {
            thread::sleep(Duration::from_millis(500));
        }
        None
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut clients: Vec<_> = (0..4).map(|_| Client1::hello(&relay.url)).collect();
    for (k, client) in clients.iter_mut().enumerate() {
        client.send(&format!("rpc:c0:1{k}\"000"), "vtklocal.get.status", &json!([1]));
    }
    let answers: Vec<_> = clients.iter_mut().map(|client| client.read().unwrap()).collect();
    assert!(
        answers.iter().all(|answer| answer["result"]["ids"].is_array() && answer["result"] == answers[0]["result"])
    );
    assert_eq!(answers[3]["id"], "rpc:c0:13\"000");
    assert_eq!(fake.asked("vtklocal.get.status"), 1);
    for client in &mut clients {
        assert_eq!(client.ask("vtklocal.get.hash", &json!([HASH]))["result"], 64);
        assert_eq!(client.ask("vtklocal.get.hash", &json!(["7"]))["result"], 0, "a blob that is not there");
    }
    assert_eq!(fake.asked("vtklocal.get.hash"), 5, "what is not there yet may come");
}

#[test]
fn patches_come_and_go_while_clients_watch() {
    let fake = Fake1::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &[]);
    let plain = pull(&relay.url);
    let mut client = Client1::hello(&relay.url);
    client.ask("trame.state.get", &json!([]));
    relay.set(&["vtkRenderer", "Background=[1,0,0]"]);
    let notice = client.read().unwrap();
    assert_eq!(notice["id"], "publish:trame.actions.topic:0");
    assert_eq!((&notice["result"][0]["ref"], &notice["result"][0]["method"]), (&json!("view"), &json!("update")));
    let with = pull(&relay.url);
    assert_eq!(with.state(3)["Background"], json!([1.0, 0.0, 0.0]));
    assert_eq!(with.blobs, plain.blobs);
    let time = with.state(3)["MTime"].as_u64().unwrap();
    assert!(time > plain.state(3)["MTime"].as_u64().unwrap());
    let alone = client.ask("vtklocal.get.state", &json!([3]))["result"].as_str().unwrap().to_owned();
    assert_eq!(alone.as_bytes(), with.states[&3]);
    let status = client.ask("vtklocal.get.status", &json!([1]))["result"]["ids"].clone();
    assert!(status.as_array().unwrap().contains(&json!([3, time])), "{status}");
    let batch = client.ask("vtklocal.get.batch", &json!([[3, 5], [HASH]]))["result"].clone();
    assert_eq!(batch["states"][0]["Background"], json!([1.0, 0.0, 0.0]));
    assert_eq!(batch["hashes"][HASH], 64, "attachments stay");
    relay.set(&["--clear"]);
    assert_eq!(client.read().unwrap()["id"], "publish:trame.actions.topic:0");
    assert_eq!(pull(&relay.url).state(3)["Background"], plain.state(3)["Background"]);
}

#[test]
fn windows_and_blobs_that_clients_do_not_get() {
    let replay = Replay::start(&fixture("reference/two-vtk9.7.2.wazex"), &[]);
    let relay = Relay::start(&replay.url, &["--view", "1", "--drop-blob", "100%"]);
    let mut client = Client1::hello(&relay.url);
    let refused = client.ask("vtklocal.get.status", &json!([50]));
    assert!(refused["error"]["message"].as_str().unwrap().contains("window 50"));
    assert!(client.ask("vtklocal.get.status", &json!([1]))["result"]["ids"].is_array());
    assert_eq!(client.ask("vtklocal.get.state", &json!([50]))["result"], "null");
    assert_eq!(client.ask("vtklocal.get.batch", &json!([[1, 50], []]))["result"]["skip"], true);
    let blobs = Content::of(&fixture("reference/two-vtk9.7.2.wazex")).blobs;
    let name = blobs.keys().next().unwrap();
    assert_eq!(client.ask("vtklocal.get.hash", &json!([name]))["result"], 0);
    assert_eq!(client.ask("vtklocal.get.batch", &json!([[], [name]]))["result"]["hashes"][name], 0);
}

#[test]
fn a_line_a_call() {
    let fake = Fake1::of(Scene::small(), |_| None);
    let relay = Relay::start(&fake.url, &["-vv", "--json"]);
    let mut client = Client1::hello(&relay.url);
    client.ask("trame.state.get", &json!([]));
    client.ask("vtklocal.get.hash", &json!([HASH]));
    let lines: Vec<Value> = std::iter::from_fn(|| relay.lines.next(Duration::from_millis(800)))
        .map(|line| serde_json::from_str(&line).expect(&line))
        .collect();
    let find = |name: &str, kind: &str| {
        lines.iter().find(|line| line["name"] == name && line["kind"] == kind).expect(name).clone()
    };
    assert!(find("trame.state.get", "answer")["ms"].is_number());
    assert_eq!(find("trame.state.get", "answer")["body"]["name"], "fake");
    assert_eq!(find("vtklocal.get.hash", "call")["body"], json!([HASH]));
    find("vtklocal.get.hash", "answer");
    let said = relay.stop().ok().stderr;
    assert!(!lines.iter().any(|line| line.to_string().contains("wslink-secret")) && !said.contains("wslink-secret"));
}

/// The connection is cut in the middle of things; the client goes on as if nothing had been.
#[test]
fn a_lost_server_is_found_again() {
    let lost = AtomicUsize::new(0);
    let fake = Fake1::of(Scene::small(), move |call| {
        let fatal = matches!(call.method.as_str(), "vtklocal.get.state" | "trame.trigger");
        (fatal && lost.fetch_add(1, Ordering::SeqCst).is_multiple_of(2)).then_some(Twist::Drop)
    });
    let relay = Relay::start(&fake.url, &[]);
    let mut client = Client1::hello(&relay.url);
    client.ask("trame.state.get", &json!([]));
    client.ask("vtklocal.get.status", &json!([1]));
    assert!(client.ask("vtklocal.get.state", &json!([3]))["result"].as_str().unwrap().contains("vtk"));
    assert_eq!(client.ask("trame.trigger", &json!(["x", [], {}]))["error"]["code"], -32099);
    assert_eq!(client.ask("trame.trigger", &json!(["x", [], {}]))["result"], Value::Null);
    assert_eq!(fake.greetings(), [true, true, true], "each begins with the hello");
}

/// There is no translation: a client of the wrong version gets no answer, as without a relay, and harms nobody.
#[test]
fn versions_do_not_mix() {
    let one = Fake1::of(Scene::small(), |_| None);
    let relay = Relay::start(&one.url, &[]);
    let mut client = Client::connect(&relay.url);
    client.send("system:c0:0", "wslink.hello", &json!([{"secret": "wslink-secret"}]));
    assert!(client.read().is_err(), "dropped as by the server itself");
    Client1::hello(&relay.url);

    let two = Fake::of(Scene::small(), |_| None);
    let relay = Relay::start(&two.url, &[]);
    let mut client = Client1::connect(&relay.url);
    let MaybeTlsStream::Plain(stream) = client.socket.get_ref() else { panic!("plain") };
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    client.send("system:c0:0", "wslink.hello", &json!([{"secret": "wslink-secret"}]));
    assert!(matches!(client.read(), Err(Error::Io(_))), "a server of 2.x does not answer text");
    // Its binary messages would be calls to such a server, whatever they are announced as.
    let header = json!({"wslink": "1.0", "method": "wslink.binary.attachment", "args": ["wslink_bin0"]});
    client.socket.send(Message::text(header.to_string())).unwrap();
    let mut sly = Client { socket: client.socket, next: 0 };
    sly.send("rpc:c0:1", "application.exit", &json!([]));
    let MaybeTlsStream::Plain(stream) = sly.socket.get_ref() else { panic!("plain") };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let ended = sly.read();
    assert!(matches!(ended, Err(Error::ConnectionClosed)), "{ended:?}");
    assert!(two.calls().is_empty(), "{:?}", two.calls());
    Client::hello(&relay.url);
}
