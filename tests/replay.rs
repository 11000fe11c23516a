//! `replay`: how it starts, says that it is ready, and stops. What it answers is in `peers_replay`.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::files::Content;
use crate::support::replay::Replay;
use crate::support::{fixture, names, scenectl, scratch};

#[test]
fn one_line_when_ready_on_stdout_and_in_a_file() {
    let folder = scratch();
    let file = folder.path().join("ready.json");
    let replay = Replay::start(&fixture("small"), &["--ready-file", file.to_str().unwrap()]);
    let keys: Vec<_> = replay.ready.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["roots", "url"]);
    assert_eq!(replay.ready["roots"], json!([1]));
    assert!(replay.url.starts_with("ws://127.0.0.1:") && replay.url.ends_with("/ws"), "{}", replay.url);
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written, replay.ready);
    assert_eq!(names(folder.path()), ["ready.json"]);
}

#[test]
fn several_roots() {
    let replay = Replay::start(&fixture("reference/two-vtk9.7.2.wazex"), &[]);
    assert_eq!(replay.ready["roots"], json!([1, 2]));
}

#[test]
fn it_stops_by_the_clock() {
    let replay = |args: &[&str]| scenectl().arg("replay").arg(fixture("small")).args(args).limit(20).run().ok();
    let output = replay(&["--for", "0.3"]);
    assert!(output.elapsed > Duration::from_millis(250) && output.elapsed < Duration::from_secs(5));
    assert_eq!(output.json_lines().len(), 1);
    replay(&["--until-idle", "0.3"]);
}

#[test]
fn it_stops_after_its_clients() {
    let replay = Replay::start(&fixture("small"), &["--clients", "2"]);
    for _ in 0..2 {
        scenectl().args(["pull", &replay.url, "-q"]).run().ok();
    }
    replay.finish().ok();
}

#[test]
fn ctrl_c_is_a_normal_end() {
    for signal in ["INT", "TERM"] {
        let replay = Replay::start(&fixture("small"), &[]);
        replay.running.process.signal(signal);
        replay.finish().ok();
    }
}

#[test]
fn only_this_machine_unless_allowed() {
    let replay = |args: &[&str]| scenectl().arg("replay").arg(fixture("small")).args(["--for", "0.2"]).args(args).run();
    for address in ["0.0.0.0:0", "[::]:0"] {
        replay(&["--listen", address]).fails(2, &["--allow-remote"]);
    }
    for nonsense in ["nonsense", "127.0.0.1", "127.0.0.1:99999"] {
        let output = replay(&["--listen", nonsense]);
        assert!(matches!(output.code, Some(2 | 4)), "{nonsense}: {output:?}");
        assert!(output.stderr.contains("error: "), "{}", output.stderr);
    }
    // A port that is taken.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    replay(&["--listen", &taken.local_addr().unwrap().to_string()]).fails(4, &["cannot listen"]);
}

#[test]
fn a_secret_of_its_own() {
    let replay = Replay::start(&fixture("small"), &["--secret", "open-sesame"]);
    scenectl().args(["pull", &replay.url]).run().fails(4, &["--secret"]);
    scenectl().args(["pull", &replay.url, "--secret", "open-sesame"]).run().ok();
}

/// What replay serves, pull gets: also in tiny frames, from folders, and by many at a time.
#[test]
fn what_is_served_is_what_is_pulled() {
    let wanted = Content::of(&fixture("reference/mixed-vtk9.7.2.wazex"));
    let folder = scratch();
    let unpacked = folder.path().join("mixed/");
    scenectl().arg("convert").arg(fixture("reference/mixed-vtk9.7.2.wazex")).arg(&unpacked).run().ok();
    let replay = Replay::start(&unpacked, &["--max-msg-size", "1000"]);
    thread::scope(|scope| {
        for k in 0..4 {
            let (url, path) = (&replay.url, folder.path().join(format!("{k}.wazex")));
            let wanted = &wanted;
            scope.spawn(move || {
                scenectl().args(["pull", url, "-q", "-o"]).arg(&path).run().ok();
                Content::of(&path).assert_same_bytes(wanted);
            });
        }
    });
}

/// A replay of a server is a copy of it.
#[test]
fn of_a_live_source() {
    let first = Replay::start(&fixture("small"), &[]);
    let second = Replay::start(std::path::Path::new(&first.url), &[]);
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    scenectl().args(["pull", &second.url, "-q", "-o"]).arg(&path).run().ok();
    Content::of(&path).assert_same_bytes(&Content::of(&fixture("small")));
}

#[test]
fn browsers_get_the_real_clients_page() {
    let folder = scratch();
    let build = folder.path().join("build");
    std::fs::create_dir(&build).unwrap();
    let given = build.to_str().unwrap();
    let replay = |args: &[&str]| scenectl().arg("replay").arg(fixture("small")).args(args).limit(20).run();
    replay(&["--client-dir", given]).fails(4, &["build has no index.html", "hint: --client-dir takes the folder"]);
    replay(&["--client-dir", "none"]).fails(4, &["cannot read none"]);
    replay(&["--client-dir", given, "--verify", "ws://127.0.0.1:9"]).code(2);

    std::fs::write(build.join("index.html"), "<title>client</title>").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let replay = Replay::start(&fixture("small"), &["--client-dir", given]);
    let get = |path: &str| {
        let address = replay.url.trim_start_matches("ws://").trim_end_matches("/ws");
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let page = get("/?websocket=ws://elsewhere/");
    assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("\r\n\r\n<title>client</title>"), "{page}");
    for path in ["/../secret", "/%2e%2e/secret", "/none"] {
        let answer = get(path);
        assert!(answer.starts_with("HTTP/1.1 404") && answer.ends_with("\r\n\r\n"), "{answer}");
    }
    scenectl().args(["pull", &replay.url, "-q"]).run().ok();
}

#[test]
fn ctrl_c_ends_it_with_what_it_did() {
    let started = scenectl().arg("replay").arg(fixture("small")).args(["--listen", "127.0.0.1:0"]).limit(20).start();
    std::thread::sleep(std::time::Duration::from_secs(2));
    started.process.signal("INT");
    let output = started.finish().ok();
    assert!(output.stderr.contains("served 0 clients: 0 messages in"), "{}", output.stderr);
}
