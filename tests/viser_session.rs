//! Sessions with viser servers: recorded, asked, played; `.viser` files. The frames are those of a real server.

use std::path::Path;

use serde_json::Value;

use crate::support::recording::unpacked;
use crate::support::replay::Replay;
use crate::support::viser_session::{frames, recording};
use crate::support::{fixture, scenectl, scratch};

fn info(source: &str) -> Value {
    scenectl().args(["info", "--json", source]).run().ok().json()
}

fn same(a: &str, b: &str) {
    scenectl().args(["diff", a, b]).run().ok();
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_capture_is_known_by_its_messages_and_tells_scenes() {
    let folder = scratch();
    let path = recording("animated", folder.path());
    let page = info(text(&path));
    assert_eq!((&page["protocol"], &page["recording"]["messages"]), (&Value::from("viser"), &Value::from(61)));
    let updates = page["recording"]["updates"].as_u64().unwrap();
    assert!(updates > 50, "{page}");
    let at = |moment: &str| format!("{}@{moment}", text(&path));
    let place = |moment: &str| {
        let got = scenectl().args(["get", &at(moment), "/ball0", "position"]).run().ok();
        got.text().to_owned()
    };
    assert_ne!(place("update:0"), place("update:5"));
    assert_eq!(place("end"), place(&format!("update:{updates}")));
    assert_eq!(place("1s"), place("1000ms"));
    scenectl().args(["diff", &at("update:1"), &at("update:2")]).run().code(1);
    let past = format!("update:{}", updates + 1);
    scenectl().args(["ls", &at(&past)]).run().fails(2, &["no update", "hint:"]);
}

#[test]
fn what_is_recorded_of_a_replay_is_the_session_again() {
    let folder = scratch();
    let path = recording("animated", folder.path());
    let replay = Replay::start(&path, &[]);
    let again = folder.path().join("again.mcap");
    let recorded = ["record", &replay.url, "-q", "--json", "--for", "3", "-o", text(&again)];
    scenectl().args(recorded).run().ok();
    // Each message is a line for other people's tools.
    let all = unpacked(&again);
    let is_in = |words: &[u8]| memchr::memmem::find(&all, words).is_some();
    assert!(is_in(b"\"method\":\"SetPositionMessage\"") && is_in(b"\"protocol\": \"viser\""));
    for moment in ["update:0", "update:7", "end"] {
        same(&format!("{}@{moment}", text(&path)), &format!("{}@{moment}", text(&again)));
    }
    // Who comes later gets it from its start, and nothing of the end.
    let live = scenectl().args(["get", &replay.url, "/ball0", "position"]).run().ok();
    let kept = scenectl().args(["get", &format!("{}@update:0", text(&path)), "/ball0", "position"]).run().ok();
    assert_eq!(live.text(), kept.text());
    let pushed = scenectl().args(["sub", &replay.url, "SetPos*", "--count", "3"]).run().ok().json_lines();
    assert!(pushed.iter().all(|line| line["topic"] == "SetPositionMessage"), "{pushed:?}");
    assert!(pushed[0]["data"]["name"].as_str().unwrap().starts_with('/'), "{pushed:?}");
    scenectl().args(["call", &replay.url, "a.method"]).run().fails(2, &["no methods to call", "hint:"]);
}

#[test]
fn exact_replays_send_the_recorded_bytes() {
    let folder = scratch();
    let path = recording("gui", folder.path());
    for args in [&["--exact"][..], &[]] {
        let replay = Replay::start(&path, args);
        let again = folder.path().join("again.mcap");
        let many = frames("gui").len();
        let recorded = ["record", &replay.url, "-q", "-f", "--json", "--for", "2", "-o", text(&again)];
        scenectl().args(recorded).run().ok();
        let page = info(text(&again));
        assert_eq!(page["recording"]["messages"], Value::from(many), "{args:?}");
        let bytes: usize = frames("gui").iter().map(|(_, frame)| frame.len()).sum();
        assert_eq!(page["recording"]["bytes"], Value::from(bytes), "{args:?}");
        same(text(&path), text(&again));
    }
}

/// A token that the user gave turns up in what the server sends, compressed.
#[test]
fn secrets_are_masked_in_what_is_compressed() {
    let folder = scratch();
    let replay = Replay::start(&recording("basic", folder.path()), &[]);
    let path = folder.path().join("masked.mcap");
    let header = ["--header", "Authorization: Bearer WorldAxes"];
    scenectl().args(["record", &replay.url, "-q", "--for", "1", "-o", text(&path)]).args(header).run().ok();
    let listed = scenectl().args(["ls", text(&path)]).run().ok();
    assert!(listed.text().contains("/*********") && !listed.text().contains("WorldAxes"), "{}", listed.text());
}

#[test]
fn viser_files_are_sources_and_are_written() {
    let folder = scratch();
    let animated = fixture("viser/animated.viser");
    let page = info(text(&animated));
    assert_eq!(page["producer"], "viser 1.1.1");
    assert!(page["recording"]["start"].is_null() && page["recording"]["updates"] == 59, "{page}");
    let at = |moment: &str| format!("{}@{moment}", text(&animated));
    scenectl().args(["diff", &at("0s"), &at("1s")]).run().code(1);
    let written = folder.path().join("again.viser");
    scenectl().args(["convert", text(&animated), text(&written)]).run().ok();
    for moment in ["update:0", "1s", "end"] {
        same(&at(moment), &format!("{}@{moment}", text(&written)));
    }
    scenectl().args(["convert", text(&animated), text(&written)]).run().fails(2, &["exists already", "--force"]);
    // One moment of it, and a snapshot of that.
    let still = folder.path().join("still.viser");
    scenectl().args(["convert", &at("1s"), text(&still)]).run().ok();
    assert_eq!(info(text(&still))["recording"]["updates"], 0);
    same(&at("1s"), text(&still));
    let snapshot = folder.path().join("still.zip");
    scenectl().args(["convert", text(&still), text(&snapshot)]).run().ok();
    same(text(&snapshot), text(&still));
    // A recording has more than such a file holds.
    let session = recording("gui", folder.path());
    let scene = folder.path().join("gui.viser");
    let output = scenectl().args(["convert", text(&session), text(&scene)]).run().ok();
    assert!(output.stderr.contains("left out: ") && output.stderr.contains("Gui"), "{}", output.stderr);
    let replay = Replay::start(&animated, &["--at", "1.5s", "--speed", "0.01"]);
    same(&at("1.5s"), &replay.url);
    let pulled = folder.path().join("pulled.viser");
    scenectl().args(["pull", "-q", &replay.url, "-o", text(&pulled)]).run().ok();
    same(&at("1.5s"), text(&pulled));
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let folder = scratch();
    let bad = folder.path().join("bad.viser");
    std::fs::write(&bad, "no such file").unwrap();
    scenectl().args(["ls", text(&bad)]).run().fails(4, &["not a .viser file", "hint:"]);
    scenectl().args(["ls", "nowhere.viser@1s"]).run().fails(4, &["cannot read nowhere.viser"]);
    let cone = fixture("demo.wazex");
    let to = folder.path().join("cone.viser");
    scenectl().args(["convert", text(&cone), text(&to)]).run().fails(2, &["cannot be written as .viser", "hint:"]);
    assert!(!to.exists());
    let animated = fixture("viser/animated.viser");
    for (flag, words) in [("--step", "cannot ask"), ("--exact", "needs a recording"), ("--strict", "make none")] {
        scenectl().args(["replay", text(&animated), flag]).run().fails(2, &[words, "hint:"]);
    }
    // There is nothing that could differ: that must not look like success.
    let verify = ["--verify", "ws://127.0.0.1:1"];
    let session = recording("animated", folder.path());
    scenectl().args(["replay", text(&session)]).args(verify).run().fails(2, &["make none", "scenectl diff"]);
}

#[test]
fn a_loop_starts_again_from_the_same_state() {
    let folder = scratch();
    let animated = fixture("viser/animated.viser");
    let replay = Replay::start(&animated, &["--loop", "--speed", "4"]);
    let path = folder.path().join("loop.mcap");
    scenectl().args(["record", &replay.url, "-q", "--for", "2", "-o", text(&path)]).run().ok();
    let updates = info(text(&path))["recording"]["updates"].as_u64().unwrap();
    assert!(updates > 100, "{updates}");
    // 59 frames, and then what leads to the first state.
    let place = |source: &Path, moment: &str| {
        let at = format!("{}@{moment}", text(source));
        scenectl().args(["get", &at, "/ball0", "position"]).run().ok().text().to_owned()
    };
    assert_eq!(place(&path, "update:60"), place(&animated, "update:0"));
    same(&format!("{}@update:61", text(&path)), &format!("{}@update:1", text(&animated)));
}

#[test]
fn sessions_come_from_stdin_too() {
    let folder = scratch();
    let session = recording("animated", folder.path());
    for path in [session, fixture("viser/animated.viser")] {
        let bytes = std::fs::read(&path).unwrap();
        let piped = scenectl().args(["info", "--json", "-"]).input(bytes.clone()).run().ok().json();
        let named = info(text(&path));
        assert_eq!(piped["recording"], named["recording"]);
        assert_eq!(piped["classes"], named["classes"]);
        let written = folder.path().join("piped.viser");
        scenectl().args(["convert", "-", text(&written), "-f"]).input(bytes).run().ok();
        assert_eq!(info(text(&written))["recording"]["updates"], named["recording"]["updates"]);
    }
}

#[test]
fn outputs_are_what_they_are_called() {
    let folder = scratch();
    let (animated, out) = (fixture("viser/animated.viser"), folder.path().join("out.viser"));
    let refused = scenectl().args(["record", "127.0.0.1:1", "-o", text(&out)]).run();
    refused.fails(2, &["a session is recorded as .mcap", "scenectl convert"]);
    assert!(!out.exists());
    scenectl().args(["set", text(&animated), "/ball0", "visible=false", "-o", text(&out)]).run().ok();
    let got = scenectl().args(["get", text(&out), "/ball0", "visible"]).run().ok();
    assert_eq!(got.text().trim(), "false");
    scenectl().args(["set", text(&animated), "/ball0", "visible=false", "-o", text(&out)]).run().fails(2, &["--force"]);
    let (changed, whole) = (text(&out).to_owned(), format!("{}@end", text(&animated)));
    let patch = scenectl().args(["diff", &whole, &changed, "--json-patch"]).run().code(1);
    let patched = folder.path().join("patched.viser");
    scenectl().args(["patch", &whole, "-", "-o", text(&patched)]).input(patch.stdout).run().ok();
    same(text(&patched), &changed);
}

#[test]
fn moments_after_the_end_and_options_without_a_session_are_refused() {
    let animated = fixture("viser/animated.viser");
    let late = format!("{}@99999s", text(&animated));
    scenectl().args(["ls", &late]).run().fails(2, &["at 99999 s it was over", "hint:"]);
    scenectl().args(["replay", text(&animated), "--at", "99s"]).run().fails(2, &["it was over"]);
    let demo = fixture("demo.wazex");
    for options in [["--speed", "3"], ["--miss", "null"]] {
        scenectl().args(["replay", text(&demo)]).args(options).run().fails(2, &["there is no session to play"]);
    }
    scenectl().args(["replay", text(&demo), "--listen", "foo"]).run().fails(2, &["no address to listen on", "hint:"]);
}

#[test]
fn the_viewer_of_vtk_is_not_asked_for() {
    let animated = fixture("viser/animated.viser");
    let refused = scenectl().args(["view", text(&animated), "--no-open"]).limit(20).run();
    refused.fails(2, &["scenes of viser cannot be shown", "replay FILE --client-dir"]);
    let replay = Replay::start(&animated, &[]);
    let refused = scenectl().args(["view", &replay.url, "--no-open"]).limit(20).run();
    refused.fails(2, &["scenes of viser cannot be shown"]);
}
