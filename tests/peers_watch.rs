//! `pull --watch` of a real server whose scene changes.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::files::Content;
use crate::support::peers;
use crate::support::process::{Lines, Process, collect};
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

/// What a client asked for between two of its `get.status` calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    states: BTreeSet<u64>,
    blobs: BTreeSet<String>,
}

/// For each client of a server's log, what it asked for with each update.
fn asked_by_client(log: &[Value]) -> BTreeMap<String, Vec<Asked>> {
    let mut clients: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for call in log {
        let updates = clients.entry(call["client"].as_str().unwrap().to_owned()).or_default();
        let (states, blobs) = match call["method"].as_str() {
            Some("vtklocal.get.status") => {
                updates.push(Asked::default());
                continue;
            }
            Some("vtklocal.get.batch") => (&call["args"][0], &call["args"][1]),
            Some("vtklocal.get.state") => (&call["args"], &Value::Null),
            Some("vtklocal.get.hash") => (&Value::Null, &call["args"]),
            _ => continue,
        };
        let update = updates.last_mut().expect("a status comes first");
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        update.states.extend(list(states).iter().map(|id| id.as_u64().unwrap()));
        update.blobs.extend(list(blobs).iter().map(|hash| hash.as_str().unwrap().to_owned()));
    }
    clients
}

/// Waits until a condition holds.
#[track_caller]
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn ten_steps_end_equal_and_fetch_only_what_changed() {
    let (Some(python), Some(node)) = (peers::python(), peers::node()) else { return };
    let server = Server::start(&python, "animated", &[]);
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let updates_in_log =
        || asked_by_client(&server.log()).into_values().map(|updates| updates.len()).collect::<Vec<_>>();

    // The real client watches beside ours: nobody needs to fetch more than it does.
    let mut real = Process::start(
        node.script("reference_client.mjs").args([&server.url, "--watch", "120"]).stdout(Stdio::piped()),
    );
    let real_lines = Lines::of(real.stdout());
    real_lines.next(Duration::from_secs(30)).expect("the JavaScript client has its first scene");

    let mut watch = scenectl()
        .args(["pull", &server.url, "--watch", "--updates", "10", "--json", "-o"])
        .arg(&snapshot)
        .limit(120)
        .start();
    let stdout = collect(watch.process.stdout());
    eventually("the first snapshot", || snapshot.exists());
    Content::of(&snapshot).assert_same_bytes(&server.export());

    let mut caller = Caller::connect(&python, &server.url);
    for step in 1..=10 {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
        eventually(&format!("both clients to follow step {step}"), || {
            updates_in_log().iter().filter(|updates| **updates > step).count() == 2
        });
        real_lines.next(Duration::from_secs(30)).expect("the JavaScript client follows");
    }
    let output = watch.finish_with(stdout).ok();
    assert!(output.json_lines().len() >= 10, "a line per update:\n{}", output.text());

    let export = folder.path().join("export");
    caller.call(&json!(["trame.trigger", "export", [export], {}]));
    Content::of(&snapshot).assert_same_bytes(&Content::of(&export));
    peers::verify_snapshot(&python, &snapshot, &export.join("scene.wazex"));

    let clients = asked_by_client(&server.log());
    let mut followers = clients.values().filter(|updates| updates.len() == 11);
    let (Some(one), Some(other), None) = (followers.next(), followers.next(), followers.next()) else {
        panic!("two clients with eleven updates each: {clients:?}");
    };
    // Whichever of the two is ours: both must have asked for the same, and never for a blob again.
    let mut blobs = BTreeSet::new();
    for (update, (ours, theirs)) in one.iter().zip(other).enumerate() {
        assert_eq!(ours, theirs, "update {update}");
        assert!(update == 0 || ours.states.len() < one[0].states.len() / 2, "update {update} asks for too much");
        for hash in &ours.blobs {
            assert!(blobs.insert(hash.clone()), "blob {hash} is asked for again");
        }
    }
    server.assert_never_told_to_exit();
}

#[test]
fn it_stops_by_the_clock_and_by_ctrl_c() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "animated", &["--interval", "0.1"]);
    let folder = scratch();
    let pull = |name: &str| scenectl().args(["pull", &server.url, "--watch", "-o"]).arg(folder.path().join(name));

    pull("clock.wazex").args(["--for", "1"]).run().ok();
    assert!(!Content::of(&folder.path().join("clock.wazex")).states.is_empty());

    let watch = pull("interrupted.wazex").start();
    eventually("the first snapshot", || folder.path().join("interrupted.wazex").exists());
    thread::sleep(Duration::from_millis(300));
    watch.process.signal("INT");
    watch.finish().ok();
    let content = Content::of(&folder.path().join("interrupted.wazex"));
    peers::verify_snapshot(&python, &folder.path().join("interrupted.wazex"), &folder.path().join("interrupted.wazex"));
    assert_eq!(content.roots(), [1]);
}
