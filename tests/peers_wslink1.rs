//! wslink 1.x: `pull` from a server on the real package, and `replay` before its real client.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::fake1::Client1;
use crate::support::files::Content;
use crate::support::peers;
use crate::support::process::{Lines, Process};
use crate::support::relay::Relay;
use crate::support::replay::Replay;
use crate::support::{fixture, scenectl, scratch};

const SCENE: &str = "reference/mixed-vtk9.7.2.wazex";

/// A real wslink 1.x server with the scene, killed when it is dropped.
struct Server1 {
    url: String,
    ready: Value,
    _process: Process,
    _folder: TempDir,
}

/// Starts one; none where it cannot be installed.
fn start(args: &[&str]) -> Option<Server1> {
    let python = peers::python_wslink1()?;
    let folder = scratch();
    let mut command: Command = python.script("wslink1_server.py");
    command.arg(fixture(SCENE)).args(["--lifetime", "300"]).args(args);
    let errors = fs::File::create(folder.path().join("stderr")).unwrap();
    let mut process = Process::start(command.stdout(Stdio::piped()).stderr(errors));
    let line = Lines::of(process.stdout()).next(Duration::from_secs(60));
    let line = line.unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.path().join("stderr")).unwrap()));
    let ready: Value = serde_json::from_str(&line).expect(&line);
    Some(Server1 { url: ready["url"].as_str().unwrap().to_owned(), ready, _process: process, _folder: folder })
}

#[test]
fn what_is_pulled_is_what_is_served() {
    for args in [&[][..], &["--no-batch"], &["--no-trame"]] {
        let Some(server) = start(args) else { return };
        let folder = scratch();
        let snapshot = folder.path().join("scene.wazex");
        let output = scenectl().args(["pull", &server.url, "--verify", "--json", "-o"]).arg(&snapshot).run().ok();
        let summary = output.json();
        assert_eq!(summary["states"], server.ready["states"], "{args:?}");
        assert_eq!(summary["blobs"], server.ready["blobs"], "{args:?}");
        assert!(output.stderr.is_empty(), "{}", output.stderr);
        let (pulled, wanted) = (Content::of(&snapshot), Content::of(&fixture(SCENE)));
        pulled.assert_same_bytes(&wanted);
        assert_eq!(pulled.roots(), wanted.roots());
    }
}

#[test]
fn the_version_is_shown() {
    let Some(server) = start(&[]) else { return };
    let about = scenectl().args(["info", &server.url]).run().ok();
    assert!(about.text().contains("wslink 1"), "{}", about.text());
}

#[test]
fn secrets_and_errors_come_through() {
    let Some(server) = start(&["--secret", "open-sesame", "--raise-in", "vtklocal.get.status"]) else { return };
    let output = scenectl().args(["pull", &server.url]).run().fails(4, &["refuses the secret", "--secret", "hint: "]);
    assert!(output.elapsed < Duration::from_secs(5), "{:?}", output.elapsed);
    let output = scenectl().args(["pull", &server.url, "--secret", "open-sesame", "-vv"]).run();
    let output = output.fails(4, &["vtklocal.get.status", "was told to raise: scène ☃", "hint: "]);
    assert!(!output.stderr.contains("open-sesame"), "{}", output.stderr);
}

#[test]
fn updates_are_followed() {
    let Some(server) = start(&["--interval", "0.3"]) else { return };
    let output = scenectl().args(["pull", &server.url, "--watch", "--updates", "2", "--json"]).run().ok();
    let updates: Vec<Value> = output.json_lines().iter().map(|line| line["update"].clone()).collect();
    assert!(updates.contains(&json!(2)), "{updates:?}");
}

/// The real client must get the same from a replay as from the real server, and the same errors.
#[test]
fn the_real_client_accepts_a_replay() {
    let (Some(node), Some(server)) = (peers::node_wslink1(), start(&[])) else { return };
    let wanted = Content::of(&fixture(SCENE));
    let replay = Replay::start(&fixture(SCENE), &[]);
    for url in [&server.url, &replay.url] {
        for args in [&[][..], &["--no-batch"]] {
            let folder = scratch();
            let out = folder.path().join("out");
            let said = node.run("wslink1_client.mjs", &[&[url, "--out", out.to_str().unwrap()], args].concat());
            assert_eq!((&said["roots"], &said["states"]), (&json!(wanted.roots()), &server.ready["states"]));
            assert_eq!(said["errors"]["unknown"], json!({"code": -32601, "message": "Unregistered method called"}));
            Content::of(&out).assert_same_values(&wanted);
        }
        let said = node.run("wslink1_client.mjs", &[url, "--secret", "wrong"]);
        assert_eq!(said["refused"], json!({"code": -32000, "message": "Authentication failed"}));
    }
    let said = node.run("wslink1_client.mjs", &[&replay.url]);
    for call in ["raised", "attached"] {
        assert_eq!(said["errors"][call], json!({"code": -32001, "message": "Exception raised"}), "{call}");
    }
}

/// Our client and the real one get through a relay what they get directly, errors too.
#[test]
fn a_relay_between_the_real_ends() {
    let Some(node) = peers::node_wslink1() else { return };
    for args in [&[][..], &["--no-batch"], &["--no-trame"]] {
        let Some(server) = start(args) else { return };
        let relay = Relay::start(&server.url, &[]);
        let folder = scratch();
        let pulled = |url: &str, name: &str| {
            let path = folder.path().join(name);
            scenectl().args(["pull", url, "-q", "--verify", "-o"]).arg(&path).run().ok();
            Content::of(&path)
        };
        let direct = pulled(&server.url, "direct.wazex");
        for name in ["one.wazex", "two.wazex"] {
            pulled(&relay.url, name).assert_same_bytes(&direct);
        }
        if args.contains(&"--no-trame") {
            continue; // the real client's script needs the names of the windows
        }
        for more in [&[][..], &["--no-batch"]] {
            if args.contains(&"--no-batch") && more.is_empty() {
                continue;
            }
            let out = folder.path().join(format!("out{}", more.len()));
            let args = [&[relay.url.as_str(), "--out", out.to_str().unwrap()], more].concat();
            let relayed = node.run("wslink1_client.mjs", &args);
            let direct_said = node.run("wslink1_client.mjs", &[&[server.url.as_str()], more].concat());
            assert_eq!(relayed, direct_said);
            Content::of(&out).assert_same_values(&direct);
        }
        let said = node.run("wslink1_client.mjs", &[&relay.url, "--secret", "wrong"]);
        assert_eq!(said["refused"], json!({"code": -32000, "message": "Authentication failed"}));
        let mut client = Client1::hello(&relay.url);
        assert_eq!(client.ask("application.exit", &json!([]))["result"], Value::Null);
        assert!(scenectl().args(["info", &server.url]).run().ok().text().contains("wslink 1"), "it is still there");
    }
}

#[test]
fn patches_of_a_relay_are_seen_live() {
    let Some(server) = start(&["--interval", "0.3"]) else { return };
    let relay = Relay::start(&server.url, &[]);
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let watch = scenectl().args(["pull", &relay.url, "--watch", "-q", "-o"]).arg(&snapshot).limit(120).start();
    let visible = || {
        if !snapshot.exists() {
            return Vec::new();
        }
        let content = Content::of(&snapshot);
        let of = |id: &u64| content.state(*id);
        let actors = content.states.keys().map(of).filter(|state| state["ClassName"] == "vtkOpenGLActor");
        actors.map(|actor| actor["Visibility"].clone()).collect()
    };
    let eventually = |what: &str, wanted: &dyn Fn(&[Value]) -> bool| {
        let end = Instant::now() + Duration::from_secs(30);
        while !wanted(&visible()) {
            assert!(Instant::now() < end, "waited in vain for {what}: {:?}", visible());
            thread::sleep(Duration::from_millis(100));
        }
    };
    eventually("the scene", &|seen| !seen.is_empty());
    let before = visible();
    relay.set(&["vtkActor", "Visibility=0"]);
    eventually("the patch", &|seen| seen.iter().all(|value| value == 0));
    relay.set(&["--clear"]);
    eventually("the patch to be gone", &|seen| seen == before);
    watch.process.signal("INT");
    watch.finish_with(thread::spawn(Vec::new));
}

/// Clients of both versions at the same fake server.
#[test]
fn a_replay_speaks_both_versions() {
    let (Some(node), Some(node1)) = (peers::node(), peers::node_wslink1()) else { return };
    let replay = Replay::start(&fixture(SCENE), &[]);
    let one = node1.run("wslink1_client.mjs", &[&replay.url]);
    let two = node.run("reference_client.mjs", &[&replay.url]);
    assert_eq!((&one["states"], &one["blobs"]), (&two["states"], &two["blobs"]));
}
