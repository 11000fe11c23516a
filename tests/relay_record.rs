//! `relay --record`: what passes, in a recording.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::peers;
use crate::support::relay::Relay;
use crate::support::replay::Replay;
use crate::support::server::Server;
use crate::support::{fixture, names, scenectl, scratch};

fn recording(path: &Path) -> [&str; 2] {
    ["--record", path.to_str().unwrap()]
}

#[test]
fn what_several_clients_got_is_in_it() {
    let folder = scratch();
    let path = folder.path().join("session.mcap");
    let replay = Replay::start(&fixture("demo.wazex"), &["--secret", "a-secret-of-ours"]);
    let relay = Relay::start(&replay.url, &recording(&path));
    let pull = |url: &str| scenectl().args(["pull", url, "-q", "--secret", "a-secret-of-ours"]).run().ok();
    std::thread::scope(|scope| {
        (0..3).for_each(|_| drop(scope.spawn(|| pull(&relay.url))));
    });
    // While it runs, it can be read up to what is written; somebody else may not write to it.
    scenectl().args(["relay", "127.0.0.1:9", "--force"]).args(recording(&path)).run().fails(4, &["another process"]);
    let output = relay.stop();
    assert!(output.stderr.contains("recorded "), "{}", output.stderr);
    let page = scenectl().args(["info", "--json"]).arg(&path).run().ok().json();
    assert_eq!(page["recording"]["connections"], json!(3));
    assert_eq!(scenectl().arg("diff").arg(&path).arg(fixture("demo.wazex")).run().ok().text().trim(), "equal");
    let all = crate::support::recording::unpacked(&path);
    assert!(!all.windows(16).any(|window| window == b"a-secret-of-ours"));
    scenectl().args(["relay", "127.0.0.1:9"]).args(recording(&path)).run().fails(2, &["exists already"]);
    assert_eq!(names(folder.path()), ["session.mcap"]);
}

/// A relay goes on where its recording cannot.
#[test]
fn a_full_disk_ends_the_recording_only() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let replay = Replay::start(&fixture("demo.wazex"), &[]);
    let relay = Relay::start(&replay.url, &["--record", "/dev/full", "--force"]);
    for _ in 0..2 {
        scenectl().args(["pull", &relay.url, "-q"]).run().ok();
    }
    relay.running.process.signal("INT");
    let output = relay.running.finish_with(std::thread::spawn(Vec::new)).code(3);
    assert!(output.stderr.contains("/dev/full"), "{}", output.stderr);
}

/// Whoever reads the lines may go; what passed until then is kept.
#[test]
fn a_pipe_that_nobody_reads_ends_the_recording_well() {
    let folder = scratch();
    let path = folder.path().join("session.mcap");
    let replay = Replay::start(&fixture("demo.wazex"), &[]);
    let command = ["relay", &replay.url, "--json", "--for", "60"];
    let mut relay = scenectl().args(command).args(recording(&path)).limit(70).start();
    let mut line = String::new();
    BufReader::new(relay.process.stdout()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    scenectl().args(["pull", ready["url"].as_str().unwrap(), "-q", "--retries", "0"]).run();
    let output = relay.finish_with(std::thread::spawn(Vec::new)).ok();
    assert!(output.elapsed.as_secs() < 30 && output.stderr.contains("recorded "), "{output:?}");
    let page = scenectl().args(["info", "--json"]).arg(&path).run();
    assert_eq!(page.json()["recording"]["complete"], json!(true), "{page:?}");
    assert!(page.json()["recording"]["messages"].as_u64() > Some(2), "{page:?}");
}

#[test]
fn a_relay_that_does_not_come_to_be_leaves_no_recording() {
    let folder = scratch();
    let path = folder.path().join("session.mcap");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let relay = |args: [&str; 2]| scenectl().args(["relay", "127.0.0.1:9"]).args(recording(&path)).args(args).run();
    relay(["--listen", &address]).fails(4, &[&address]);
    relay(["--ready-file", "/nowhere/ready"]).fails(4, &["/nowhere"]);
    assert_eq!(names(folder.path()), [""; 0]);
}

/// What an application answered through a relay, it answers again from the tape.
#[test]
fn triggers_are_played_from_the_tape() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    let path = folder.path().join("session.mcap");
    let server = Server::start(&python, "animated", &[]);
    let relay = Relay::start(&server.url, &recording(&path));
    let watch = scenectl().args(["pull", &relay.url, "--watch", "--updates", "3", "-q"]).limit(60).start();
    // The watcher must be there before the steps are taken.
    let status = |log: &[Value]| log.iter().filter(|call| call["method"] == "vtklocal.get.batch").count();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while status(&server.log()) == 0 && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let mut caller = Caller::connect(&python, &relay.url);
    let answers: Vec<Value> = (0..3).map(|_| caller.call(&json!(["trame.trigger", "step", [1], {}]))).collect();
    watch.finish().ok();
    let export = folder.path().join("export");
    caller.call(&json!(["trame.trigger", "export", [export], {}]));
    drop(caller);
    relay.stop();
    scenectl().arg("diff").arg(&path).arg(export.join("scene.wazex")).run().ok();

    let replay = Replay::start(&path, &["--step"]);
    let mut caller = Caller::connect(&python, &replay.url);
    for answer in &answers {
        assert_eq!(caller.call(&json!(["trame.trigger", "step", [1], {}])), *answer);
    }
    assert!(answers[0] != answers[2] && fs::metadata(&path).unwrap().len() > 1000);
    server.assert_never_told_to_exit();
}
