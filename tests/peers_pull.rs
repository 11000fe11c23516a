//! `pull` from the real server: what arrives is what the server has, byte for byte, and real VTK draws the same picture.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::support::files::Content;
use crate::support::peers::{self, Peer};
use crate::support::server::Server;
use crate::support::{names, proxy, scenectl, scratch};

/// Pulls a scene into a file and compares it with what the server exported, and with its picture.
fn pull_and_compare(python: &Peer, scene: &str, args: &[&str]) {
    let server = Server::start(python, scene, args);
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let output = scenectl().args(["pull", &server.url, "--json", "-o"]).arg(&snapshot).limit(120).run().ok();

    let pulled = Content::of(&snapshot);
    pulled.assert_same_bytes(&server.export());
    let summary = output.json();
    for (ours, theirs) in [("states", "states"), ("blobs", "blobs"), ("blob_bytes", "blob_bytes")] {
        assert_eq!(summary[ours], server.ready[theirs], "{ours} in {summary}");
    }
    let roots: Vec<_> =
        server.ready["views"].as_array().unwrap().iter().map(|view| view["id"].as_u64().unwrap()).collect();
    assert_eq!(pulled.roots(), roots);
    assert_eq!(root_ids(&summary), roots);
    assert_eq!(summary["without_state"], serde_json::json!([]));
    peers::verify_snapshot(python, &snapshot, &server.wazex());
    assert_eq!(names(folder.path()), ["scene.wazex"]);
    server.assert_never_told_to_exit();
}

/// The ids of the roots in a summary.
fn root_ids(summary: &serde_json::Value) -> Vec<u64> {
    summary["roots"].as_array().unwrap().iter().map(|root| root["id"].as_u64().unwrap()).collect()
}

#[test]
fn cone() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "cone", &[]);
}

#[test]
fn mixed() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "mixed", &[]);
}

#[test]
fn two_windows() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "two", &[]);
}

#[test]
fn many_actors() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "actors", &["--size", "500"]);
}

#[test]
fn large_mesh() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "mesh", &["--size", "200000"]);
}

#[test]
fn volume() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "volume", &["--size", "48"]);
}

#[test]
fn cone_in_small_frames() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "cone", &["--max-msg-size", "65536"]);
}

#[test]
fn mixed_in_small_frames() {
    let Some(python) = peers::python() else { return };
    pull_and_compare(&python, "mixed", &["--max-msg-size", "65536"]);
}

#[test]
fn cone_without_batch() {
    let Some(python) = peers::python_no_batch() else { return };
    pull_and_compare(&python, "cone", &[]);
}

#[test]
fn mixed_without_batch() {
    let Some(python) = peers::python_no_batch() else { return };
    pull_and_compare(&python, "mixed", &[]);
}

#[test]
fn views_in_a_react_or_vue2_page_are_found() {
    let Some(python) = peers::python() else { return };
    for client_type in ["react", "vue2"] {
        let server = Server::start(&python, "two", &["--client-type", client_type]);
        let summary = scenectl().args(["pull", &server.url, "--json"]).run().ok().json();
        assert_eq!(root_ids(&summary), [1, 50], "{client_type}");
        assert_eq!(summary["output"], serde_json::Value::Null);
    }
}

#[test]
fn one_root_by_id_or_name() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "two", &[]);
    for root in ["50", "right"] {
        let summary = scenectl().args(["pull", &server.url, "--root", root, "--json"]).run().ok().json();
        assert_eq!(root_ids(&summary), [50], "--root {root}");
    }
    let output = scenectl().args(["pull", &server.url, "--root", "middle", "-q"]).run();
    assert!(matches!(output.code, Some(1 | 2 | 4)), "{output:?}");
    assert!(output.stderr.contains("middle"), "{}", output.stderr);
}

/// `http://host:port/`, `host:port` and the websocket's own URL are all the same server.
#[test]
fn addresses_as_people_type_them() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &[]);
    let host = server.url.trim_start_matches("ws://").trim_end_matches("/ws");
    for address in
        [host.to_owned(), format!("http://{host}/"), format!("http://{host}/index.html"), format!("ws://{host}")]
    {
        let summary = scenectl().args(["pull", &address, "--json"]).run().ok().json();
        assert_eq!(summary["states"], server.ready["states"], "{address}");
    }
}

#[test]
fn folders_and_files_hold_the_same() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "mixed", &[]);
    let folder = scratch();
    let pull = |to: &Path| scenectl().args(["pull", &server.url, "-q", "-o"]).arg(to).run().ok();

    let written = folder.path().join("scene/");
    pull(&written);
    Content::of(&written).assert_same_bytes(&server.export());
    assert!(written.join("states/1").is_file(), "states are named as in a zip");
    peers::verify_snapshot(&python, &written, &server.wazex());

    let [first, second] = ["first.wazex", "second.vtk-wasm"].map(|name| folder.path().join(name));
    pull(&first);
    pull(&second);
    assert!(std::fs::read(first).unwrap() == std::fs::read(second).unwrap(), "the same scene gives the same bytes");
}

#[test]
fn again_onto_the_same_snapshot_fetches_no_blob() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "mixed", &[]);
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let pull = || scenectl().args(["pull", &server.url, "--json", "-o"]).arg(&snapshot).run().ok().json();
    let first = pull();
    assert_eq!(first["fetched_blobs"], server.ready["blobs"]);
    let bytes = std::fs::read(&snapshot).unwrap();
    let second = pull();
    assert_eq!(second["fetched_blobs"], 0);
    assert_eq!(second["blobs"], server.ready["blobs"]);
    assert!(bytes == std::fs::read(&snapshot).unwrap(), "nothing changed, so the file is the same");
}

#[test]
fn a_blob_cache_saves_blobs_between_files() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "mixed", &[]);
    let folder = scratch();
    let cache = folder.path().join("cache");
    let pull = |name: &str| {
        let to = folder.path().join(name);
        let output =
            scenectl().args(["pull", &server.url, "--json", "-o"]).arg(&to).arg("--blob-cache").arg(&cache).run();
        (output.ok().json(), Content::of(&to))
    };
    let (first, content) = pull("first.wazex");
    assert_eq!(first["fetched_blobs"], server.ready["blobs"]);
    let (second, again) = pull("second.wazex");
    assert_eq!(second["fetched_blobs"], 0);
    again.assert_same_bytes(&content);
}

#[test]
fn what_is_there_is_not_overwritten() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &[]);
    let folder = scratch();
    let path = folder.path().join("notes.wazex");
    std::fs::write(&path, "not a snapshot of ours").unwrap();
    let pull = |args: &[&str]| scenectl().args(["pull", &server.url, "-o"]).arg(&path).args(args).run();
    let output = pull(&[]);
    assert!(!matches!(output.code, Some(0 | 3)), "{output:?}");
    assert!(output.stderr.contains("--force"), "{}", output.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a snapshot of ours");
    pull(&["--force"]).ok();
    Content::of(&path).assert_same_bytes(&server.export());
}

#[test]
fn a_secret_is_needed_and_never_shown() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &["--secret", "open-sesame"]);
    let folder = scratch();
    let file = folder.path().join("secret");
    std::fs::write(&file, "open-sesame\n").unwrap();
    let pull = || scenectl().args(["pull", &server.url, "--json"]);
    let states = &server.ready["states"];
    assert_eq!(&pull().args(["--secret", "open-sesame"]).run().ok().json()["states"], states);
    assert_eq!(&pull().env("SCENECTL_SECRET", "open-sesame").run().ok().json()["states"], states);
    assert_eq!(&pull().arg("--secret-file").arg(&file).run().ok().json()["states"], states);

    pull().run().fails(4, &["--secret"]);
    let output = pull().args(["--secret", "close-sesame", "-vv"]).run().fails(4, &["--secret"]);
    assert!(!output.stderr.contains("close-sesame"), "{}", output.stderr);
    let output = pull().args(["--secret", "open-sesame", "-vv"]).run().ok();
    assert!(!output.stderr.contains("open-sesame"), "{}", output.stderr);
}

#[test]
fn timings_tell_where_the_time_went() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &[]);
    let output = scenectl().args(["pull", &server.url, "--timings"]).run().ok();
    let said = [output.text(), &output.stderr].concat();
    for word in ["status", "states", "blobs"] {
        assert!(said.contains(word), "`{word}` is not in:\n{said}");
    }
    let output = scenectl().args(["pull", &server.url, "-q", "--json"]).run().ok();
    assert_eq!(output.stderr, "", "-q is quiet");
}

/// The server is gone, or stands still, in the middle: soon an error, and no half file.
#[test]
fn a_server_that_is_killed_or_stopped() {
    let Some(python) = peers::python() else { return };
    for signal in ["KILL", "STOP"] {
        let server = Server::start(&python, "actors", &["--size", "500"]);
        let folder = scratch();
        let far = proxy::delayed(&server.url, Duration::from_millis(100));
        let path = folder.path().join("scene.wazex");
        let pull = scenectl().args(["pull", &far, "--retries", "1", "--timeout", "2", "-o"]).arg(path).start();
        while !server.log().iter().any(|call| call["method"] == "vtklocal.get.batch") {
            thread::sleep(Duration::from_millis(1));
        }
        server.process.signal(signal);
        let output = pull.finish().fails(4, &["hint: "]);
        assert!(output.elapsed < Duration::from_secs(15), "{signal}: {:?}", output.elapsed);
        assert_eq!(names(folder.path()), [""; 0], "{signal}");
    }
}
