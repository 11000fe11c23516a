//! Sessions with real viser servers, clients and pages: recorded, played, written as `.viser`.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::peers::{self, viser_client};
use crate::support::replay::Replay;
use crate::support::viser::{self, Viser};
use crate::support::viser_session::recording;
use crate::support::{fixture, scenectl, scratch};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_real_session_is_recorded_and_its_scenes_are_those_that_there_were() {
    let Some(python) = peers::python_viser() else { return };
    let folder = scratch();
    let server = Viser::start(&python, "animated", &["--size", "10"]);
    let path = folder.path().join("animated.mcap");
    let recorded = ["record", &server.url, "-q", "--json", "--updates", "20", "-o", text(&path)];
    scenectl().args(recorded).run().ok();
    let page = scenectl().args(["info", "--json", text(&path)]).run().ok().json();
    assert!(page["recording"]["updates"].as_u64() >= Some(20) && page["recording"]["complete"] == true, "{page}");
    let moved = |moment: &str| {
        let at = format!("{}@{moment}", text(&path));
        scenectl().args(["get", &at, "/ball3", "position"]).run().ok().text().to_owned()
    };
    assert_ne!(moved("update:3"), moved("update:13"));
    // A scene at rest is the same in a recording, in a file and on the server.
    let server = Viser::start(&python, "basic", &[]);
    let [path, file] = ["basic.mcap", "basic.viser"].map(|name| folder.path().join(name));
    scenectl().args(["record", &server.url, "-q", "--for", "1", "-o", text(&path)]).run().ok();
    scenectl().args(["diff", text(&path), &server.url]).run().ok();
    scenectl().args(["pull", &server.url, "-q", "-o", text(&file)]).run().ok();
    let ours = viser::decode_file(&python, &file);
    let live = viser::decode(&python, &server.url, &[]);
    assert_eq!((&ours.arrays, &ours.line["nodes"]), (&live.arrays, &live.line["hydrate"]["nodes"]));
    assert_eq!(ours.line["zstd"]["content_size"], ours.line["inner_bytes"]);
}

/// The plain client sees the same as from the fake server that sends the very bytes, and that is written apart from us.
#[test]
fn the_plain_client_sees_the_same_messages() {
    let Some(python) = peers::python_viser() else { return };
    let folder = scratch();
    for name in ["basic", "gui", "mesh", "points16", "scoped"] {
        let raw = fixture(&format!("viser/{name}.raw"));
        let theirs = Viser::play(&python, &["--raw", text(&raw), "--mode", "exact"]);
        let path = recording(name, folder.path());
        let [exact, played] = [&["--exact"][..], &[]].map(|args| Replay::start(&path, args));
        let theirs = viser::decode(&python, &theirs.url, &[]);
        for ours in [exact, played] {
            let again = folder.path().join("again.raw");
            let ours = viser::decode(&python, &ours.url, &["--record", text(&again)]);
            assert_eq!((&ours.messages, &ours.arrays), (&theirs.messages, &theirs.arrays), "{name}");
        }
    }
    // A file, played: the messages of its first state.
    let file = fixture("viser/mesh.viser");
    let replay = Replay::start(&file, &[]);
    let theirs = Viser::play(&python, &["--viser", text(&file)]);
    let [ours, theirs] = [&replay.url, &theirs.url].map(|url| viser::decode(&python, url, &[]));
    assert_eq!(ours.arrays, theirs.arrays);
    assert_eq!(ours.line["hydrate"]["nodes"], theirs.line["hydrate"]["nodes"]);
}

#[test]
fn the_page_plays_what_we_write_and_shows_what_we_play() {
    let (Some(python), Some(browser)) = (peers::python_viser(), peers::browser()) else { return };
    let folder = scratch();
    let session = recording("basic", folder.path());
    let written = folder.path().join("basic.viser");
    scenectl().args(["convert", "-q", text(&session), text(&written)]).run().ok();
    let server = Viser::start(&python, "basic", &[]);
    let live = viser::page(&browser, &[server.ready["page"].as_str().unwrap()]);
    let client = viser_client();
    let client = ["--client-dir", text(&client)];
    let nodes = |args: &[&str]| -> Value {
        let page = viser::page(&browser, &[&client[..], args].concat());
        assert_eq!((&page["errors"], &page["failed"]), (&json!({}), &json!([])), "{args:?}");
        page["nodes"].clone()
    };
    assert_eq!(nodes(&["--playback", text(&written)]), live["nodes"]);
    assert_eq!(nodes(&["--websocket", &Replay::start(&session, &[]).url]), live["nodes"]);
    assert_eq!(nodes(&["--websocket", &Replay::start(&written, &[]).url]), live["nodes"]);
    let animated = fixture("viser/animated.viser");
    let balls = nodes(&["--websocket", &Replay::start(&animated, &["--loop", "--speed", "4"]).url]);
    assert_eq!(balls.as_object().unwrap().len(), 7);
}
