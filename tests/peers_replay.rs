//! `replay` before the real clients: they hydrate from it what they hydrate from the real server.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::files::Content;
use crate::support::peers::{self, Peer};
use crate::support::replay::Replay;
use crate::support::server::Server;
use crate::support::{fixture, scenectl, scratch};

/// What a reference client gets from a server. States that came decoded are compared by value.
fn hydrate(peer: &Peer, script: &str, url: &str, args: &[&str]) -> (Value, Content) {
    let folder = scratch();
    let out = folder.path().join("out");
    let said = peer.run(script, &[&[url, "--out", out.to_str().unwrap()], args].concat());
    (said, Content::of(&out))
}

/// All clients, in all their ways, must get `wanted` from `url`.
fn all_clients_get(python: &Peer, node: &Peer, url: &str, wanted: &Content) {
    for args in [&[][..], &["--no-batch"]] {
        let (said, content) = hydrate(node, "reference_client.mjs", url, args);
        assert_eq!(said["roots"], json!(wanted.roots()), "{args:?}");
        content.assert_same_values(wanted);
    }
    for strategy in ["seq", "pipe:32", "jsbatch", "batch:256"] {
        let args = ["--strategy", strategy, "--verify"];
        let (said, content) = hydrate(python, "reference_client.py", url, &args);
        assert_eq!((&said["bad_hashes"], &said["roots"]), (&json!([]), &json!(wanted.roots())), "{strategy}");
        content.assert_same_values(wanted);
        if matches!(strategy, "seq" | "pipe:32") {
            content.assert_same_bytes(wanted);
        }
    }
}

/// Pulls a scene, replays it, and lets every client hydrate from both.
fn like_the_real_server(scene: &str, args: &[&str], replay_args: &[&str]) {
    let (Some(python), Some(node)) = (peers::python(), peers::node()) else { return };
    let server = Server::start(&python, scene, args);
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    scenectl().args(["pull", &server.url, "-q", "-o"]).arg(&snapshot).run().ok();
    let pulled = Content::of(&snapshot);
    all_clients_get(&python, &node, &server.url, &pulled);

    let replay = Replay::start(&snapshot, replay_args);
    assert_eq!(replay.ready["roots"], json!(pulled.roots()));
    all_clients_get(&python, &node, &replay.url, &pulled);

    let trame = |url: &str| {
        let mut said = python.run("trame_python_client.py", &[url, "--trigger", "no-such-trigger", "--seconds", "0.2"]);
        let id = said["client_id"].take();
        assert!(id.as_str().is_some_and(|id| id.len() == 33 && id.starts_with('c')), "{id}");
        said
    };
    assert_eq!(trame(&replay.url), trame(&server.url));

    let hash = pulled.blobs.keys().next().unwrap();
    let probe = |url: &str| python.run("probe.py", &[url, "--hash", hash]);
    let (ours, theirs) = (probe(&replay.url), probe(&server.url));
    for (question, answer) in theirs.as_object().unwrap() {
        assert_eq!(&ours[question], answer, "{question}");
    }
}

#[test]
fn mixed() {
    like_the_real_server("mixed", &[], &[]);
}

#[test]
fn two_windows() {
    like_the_real_server("two", &[], &[]);
}

#[test]
fn mixed_in_small_frames() {
    like_the_real_server("mixed", &["--max-msg-size", "65536"], &["--max-msg-size", "65536"]);
}

/// A scene of somebody else, with several roots and blobs that are twice in the zip.
#[test]
fn a_public_scene() {
    let (Some(python), Some(node)) = (peers::python(), peers::node()) else { return };
    let snapshot = fixture("reference/porsche.wazex");
    let replay = Replay::start(&snapshot, &[]);
    let mut wanted = Content::of(&snapshot);
    assert_eq!(replay.ready["roots"], json!(wanted.roots()));
    // Two of them are widgets, which come with the window.
    wanted.others.insert("vtk-wasm.json".into(), json!({"ids": [1]}).to_string().into_bytes());
    all_clients_get(&python, &node, &replay.url, &wanted);
}

/// What was pulled from a replay is what was replayed.
#[test]
fn pull_from_replay() {
    let folder = scratch();
    for name in ["cone-vtk9.4.2", "mixed-vtk9.7.2", "two-vtk9.7.2", "porsche"] {
        let snapshot = fixture(&format!("reference/{name}.wazex"));
        let replay = Replay::start(&snapshot, &[]);
        let pulled = folder.path().join(format!("{name}.wazex"));
        scenectl().args(["pull", &replay.url, "-q", "-o"]).arg(&pulled).run().ok();
        let (pulled, wanted) = (Content::of(&pulled), Content::of(&snapshot));
        pulled.assert_same_bytes(&wanted);
        assert_eq!(pulled.roots(), wanted.roots(), "{name}");
    }
}

#[test]
fn demo_is_served_too() {
    let Some(python) = peers::python() else { return };
    let replay = Replay::start(Path::new("demo:"), &[]);
    let said = python.run("reference_client.py", &[&replay.url, "--verify"]);
    assert_eq!(said["bad_hashes"], json!([]));
    assert!(said["states"].as_u64().unwrap() > 10, "{said}");
}
