//! `relay` between the real server and the real clients.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::files::Content;
use crate::support::peers;
use crate::support::process::{Lines, Process, collect};
use crate::support::relay::Relay;
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

#[track_caller]
fn pull(url: &str) -> Content {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    scenectl().args(["pull", url, "-q", "-o"]).arg(&path).limit(120).run().ok();
    Content::of(&path)
}

#[track_caller]
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Our client, the real JavaScript one and the real Python one get through a relay what they get directly.
fn like_the_server(scene: &str, args: &[&str]) {
    let (Some(python), Some(node)) = (peers::python(), peers::node()) else { return };
    let server = Server::start(&python, scene, args);
    let relay = Relay::before(&server.url, &[]);
    let direct = pull(&server.url);
    thread::scope(|scope| {
        let pulls: Vec<_> = (0..2).map(|_| scope.spawn(|| pull(&relay.url))).collect();
        for relayed in pulls {
            relayed.join().unwrap().assert_same_bytes(&direct);
        }
    });
    for (peer, script, more) in [
        (&node, "reference_client.mjs", &[][..]),
        (&node, "reference_client.mjs", &["--no-batch"]),
        (&python, "reference_client.py", &["--strategy", "pipe:32", "--verify"]),
    ] {
        let folder = scratch();
        let out = folder.path().join("out");
        peer.run(script, &[&[relay.url.as_str(), "--out", out.to_str().unwrap()], more].concat());
        Content::of(&out).assert_same_values(&direct);
    }
    server.assert_never_told_to_exit();
}

#[test]
fn mixed() {
    like_the_server("mixed", &["--max-msg-size", "65536"]);
}

#[test]
fn a_million_triangles() {
    like_the_server("mesh", &["--size", "1000000"]);
}

#[test]
fn five_hundred_actors() {
    like_the_server("actors", &["--size", "500"]);
}

#[test]
fn the_page_and_its_files_pass() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &[]);
    let relay = Relay::start(&server.url, &[]);
    let get = |path: &str| {
        let output = std::process::Command::new("curl")
            .args(["-s", "-i", "--max-time", "20", &format!("{}{path}", relay.origin())])
            .output();
        output.ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Some(start) = get("/") else { return };
    assert!(start.starts_with("HTTP/1.1 302") && start.contains("location: index.html"), "{start}");
    let page = get("/index.html").unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("data-app-name=\"trame\""), "{page}");
    let script = get("/__trame_vtklocal_1.8.0/js/trame_vtklocal.umd.js").unwrap();
    assert!(script.starts_with("HTTP/1.1 200") && script.len() > 10_000, "{}", script.len());
    assert!(get("/").unwrap().starts_with("HTTP/1.1 302"));
}

/// The real JavaScript client follows a changing scene through a relay, and what is patched on the way.
#[test]
fn updates_and_patches_are_followed() {
    let (Some(python), Some(node)) = (peers::python(), peers::node()) else { return };
    let server = Server::start(&python, "animated", &[]);
    let relay = Relay::start(&server.url, &[]);
    let mut real =
        Process::start(node.script("reference_client.mjs").args([&relay.url, "--watch", "120"]).stdout(Stdio::piped()));
    let real_lines = Lines::of(real.stdout());
    let next = || -> Value {
        let line = real_lines.next(Duration::from_secs(30)).expect("the JavaScript client follows");
        serde_json::from_str(&line).unwrap()
    };
    next();
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let mut watch = scenectl().args(["pull", &relay.url, "--watch", "-q", "-o"]).arg(&snapshot).limit(120).start();
    let stdout = collect(watch.process.stdout());
    eventually("the first snapshot", || snapshot.exists());

    let mut caller = Caller::connect(&python, &server.url);
    for _ in 0..5 {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
        assert!(next()["fetched_states"].as_u64().unwrap() > 0);
    }
    let background = || {
        let content = Content::of(&snapshot);
        let renderer = content
            .states
            .keys()
            .find(|id| content.state(**id)["ClassName"].as_str().unwrap().ends_with("OpenGLRenderer"));
        content.state(*renderer.unwrap())["Background"].clone()
    };
    let before = background();
    relay.set(&["vtkRenderer", "Background=[0.25,0.5,0.75]"]);
    assert!(next()["fetched_states"].as_u64().unwrap() > 0);
    eventually("the patch to be seen", || background() == json!([0.25, 0.5, 0.75]));
    caller.call(&json!(["trame.trigger", "step", [1], {}]));
    next();
    assert_eq!(background(), json!([0.25, 0.5, 0.75]));
    relay.set(&["--clear"]);
    assert!(next()["fetched_states"].as_u64().unwrap() > 0);
    eventually("the patch to be gone", || background() == before);
    watch.process.signal("INT");
    assert!(matches!(watch.finish_with(stdout).code, Some(0 | 3)));
    server.assert_never_told_to_exit();
}

/// A server is killed and another one is started in its place: clients are told to begin again, and can.
#[test]
fn a_server_is_killed_and_started_again() {
    let Some(python) = peers::python() else { return };
    let mut server = Server::start(&python, "animated", &[]);
    let relay = Relay::start(&server.url, &["--reconnect", "30"]);
    let mut caller = Caller::connect(&python, &server.url);
    for _ in 0..3 {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
    }
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let mut watch = scenectl().args(["pull", &relay.url, "--watch", "-o"]).arg(&snapshot).limit(120).start();
    let stdout = collect(watch.process.stdout());
    eventually("the first snapshot", || snapshot.exists());
    drop(caller);
    server.process.kill();
    let port = server.url.rsplit(':').next().unwrap().trim_end_matches("/ws").to_owned();
    let again = Server::start(&python, "animated", &["--port", &port]);
    assert_eq!(again.url, server.url);
    let export = again.export();
    eventually("the new server's scene", || {
        Content::of(&snapshot).without_property("RenderTimeMultiplier").states
            == export.without_property("RenderTimeMultiplier").states
    });
    watch.process.signal("INT");
    watch.finish_with(stdout);
}
