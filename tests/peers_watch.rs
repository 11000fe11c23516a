//! `pull --watch` of a real server whose scene changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::files::Content;
use crate::support::peers;
use crate::support::process::{Lines, Process, collect};
use crate::support::server::Server;
use crate::support::{names, scenectl, scratch};

/// What a client asked for between two of its `get.status` calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    states: BTreeSet<u64>,
    blobs: BTreeSet<String>,
}

/// For each client of a server's log that ever asked for a status, in the order in which they came: what it asked
/// for with each update.
fn asked_by_client(log: &[Value]) -> Vec<Vec<Asked>> {
    let mut clients: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
    let mut order = Vec::new();
    for call in log {
        let client = call["client"].as_str().unwrap();
        let updates = clients.entry(client).or_default();
        let (states, blobs) = match call["method"].as_str() {
            Some("vtklocal.get.status") => {
                if updates.is_empty() {
                    order.push(client);
                }
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
    order.into_iter().map(|client| clients[client].clone()).collect()
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
            asked_by_client(&server.log()).iter().filter(|updates| updates.len() > step).count() == 2
        });
        real_lines.next(Duration::from_secs(30)).expect("the JavaScript client follows");
    }
    let output = watch.finish_with(stdout).ok();
    assert!(output.json_lines().len() >= 10, "a line per update:\n{}", output.text());

    let export = folder.path().join("export");
    caller.call(&json!(["trame.trigger", "export", [export], {}]));
    // VTK measures how long it renders without counting that as a change: no client can know.
    let [ours, theirs] = [&snapshot, &export].map(|path| Content::of(path).without_property("RenderTimeMultiplier"));
    ours.assert_same_bytes(&theirs);
    peers::verify_snapshot(&python, &snapshot, &export.join("scene.wazex"));

    // The JavaScript client came first. Ours asks for nothing that it did not ask for, and never for a blob again.
    let clients = asked_by_client(&server.log());
    let [theirs, ours] = clients.as_slice() else { panic!("two clients: {clients:?}") };
    assert_eq!((theirs.len(), ours.len()), (11, 11));
    let mut blobs = BTreeSet::new();
    for (update, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!(ours.states.is_subset(&theirs.states), "update {update}: {ours:?} and {theirs:?}");
        assert_eq!(ours.blobs, theirs.blobs, "update {update}");
        assert!(update == 0 || ours.states.len() < 30, "update {update} asks for too much: {ours:?}");
        for hash in &ours.blobs {
            assert!(blobs.insert(hash.clone()), "blob {hash} is asked for again");
        }
    }
    server.assert_never_told_to_exit();
}

/// The scene moves on while it is pulled, so that a state may be gone when it is asked for: that is a loss, until the
/// next update.
#[test]
fn it_stops_by_the_clock_and_by_ctrl_c() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "animated", &["--interval", "0.1"]);
    let folder = scratch();
    let [clock, interrupt] = ["clock.wazex", "interrupt.wazex"].map(|name| folder.path().join(name));
    let watch = |path: &Path| scenectl().args(["pull", &server.url, "--watch", "-o"]).arg(path);

    let by_the_clock = watch(&clock).args(["--for", "1"]).run();
    let running = watch(&interrupt).start();
    eventually("the first snapshot", || interrupt.exists());
    thread::sleep(Duration::from_millis(300));
    running.process.signal("INT");
    for (output, path) in [(by_the_clock, &clock), (running.finish(), &interrupt)] {
        assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
        assert_eq!(Content::of(path).roots(), [1]);
        scenectl().arg("info").arg(path).run().ok();
    }
    assert_eq!(names(folder.path()), ["clock.wazex", "interrupt.wazex"]);
}
