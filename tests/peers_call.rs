//! `call`, `sub` and `watch` with the real server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::process::{Lines, collect};
use crate::support::server::Server;
use crate::support::{peers, scenectl, schema, scratch};

/// Waits until a condition holds.
#[track_caller]
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn asked(server: &Server, method: &str) -> usize {
    server.log().iter().filter(|call| call["method"] == method).count()
}

#[test]
fn any_call() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "animated", &[]);
    let folder = scratch();
    let call = |args: &[&str]| scenectl().args(["call", &server.url]).args(args).current_dir(folder.path()).run();
    let state = call(&["trame.state.get"]).ok().json();
    assert_eq!((&state["name"], &state["state"]["step"]), (&json!("scenectl-peer"), &json!(0)));
    assert_eq!(call(&["trame.trigger", "\"step\"", "[2]", "{}"]).ok().json(), 2);
    assert_eq!(call(&["trame.trigger", "-k", "name=\"step\"", "-k", "args=[]", "-k", "kwargs={}"]).ok().json(), 3);
    // A blob to a file is the blob.
    let export = server.export();
    for (hash, bytes) in &export.blobs {
        let told = call(&["vtklocal.get.hash", "--text", hash, "-o", "blob", "-f"]).ok().json();
        assert_eq!(told["$binary"]["bytes"], bytes.len());
        assert_eq!(&fs::read(folder.path().join("blob")).unwrap(), bytes);
    }
    let traced = call(&["vtklocal.get.state", "\"x\""]);
    traced.fails(1, &["Exception raised (-32001)", "TypeError", "Traceback (most recent call last):", "  File "]);
    let error = call(&["vtklocal.get.state", "\"x\"", "--json"]).code(1).json();
    assert_eq!(error["error"]["data"]["method"], "vtklocal.get.state");
    call(&["no.such"]).fails(1, &["Unregistered method called (-32601)"]);
    for method in ["application.exit", "application.exit.later"] {
        call(&[method]).code(2);
    }
    server.assert_never_told_to_exit();
}

#[test]
fn topics_are_heard_while_another_client_steps() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "animated", &[]);
    let connected = || server.log().iter().filter(|entry| entry["event"] == "connect").count();
    let mut sub = scenectl().args(["sub", &server.url, "trame.*", "--count", "6"]).start();
    let stdout = collect(sub.process.stdout());
    eventually("a connection", || connected() == 1);
    let mut caller = Caller::connect(&python, &server.url);
    for _ in 0..3 {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
    }
    let lines = sub.finish_with(stdout).ok().json_lines();
    let data = |topic: &str| -> Vec<Value> {
        lines.iter().filter(|line| line["topic"] == topic).map(|line| line["data"].clone()).collect()
    };
    let update = json!([{"type": "method", "ref": "view", "method": "update", "args": [{}]}]);
    assert_eq!(data("trame.actions.topic"), vec![update; 3]);
    assert_eq!(data("trame.state.topic"), [json!({"step": 1}), json!({"step": 2}), json!({"step": 3})]);
}

/// What `watch` says of each step is what differs between the scenes before and after, as the server itself wrote them.
#[test]
fn ten_steps_are_told_as_they_are() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "animated", &[]);
    let folder = scratch();
    let mut watch = scenectl().args(["watch", &server.url, "--json", "--leaks", "--updates", "10"]).limit(120).start();
    let lines = Lines::of(watch.process.stdout());
    let next = || -> Value {
        let line = lines.next(Duration::from_secs(30)).expect("a line");
        let line = serde_json::from_str(&line).unwrap();
        schema::assert_valid(include_str!("../docs/schemas/watch.schema.json"), &line);
        line
    };
    assert_eq!(next()["scene"]["objects"], server.ready["states"]);
    let mut caller = Caller::connect(&python, &server.url);
    let states = |step: u64| -> BTreeMap<u64, Value> {
        let path = folder.path().join(format!("{step}.wazex"));
        scenectl().args(["pull", &server.url, "-q", "-o"]).arg(&path).run().ok();
        let content = crate::support::files::Content::of(&path);
        content.states.keys().map(|id| (*id, content.state(*id))).collect()
    };
    let mut before = states(0);
    let (mut left, mut property_changes) = (0, 0);
    for step in 1..=10 {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
        let line = next();
        let after = states(step);
        // Objects that came, went, and the properties that changed, by id.
        let ids = |key: &str| -> BTreeSet<u64> {
            line[key].as_array().unwrap().iter().map(|object| object["id"].as_u64().unwrap()).collect()
        };
        let (old, new): (BTreeSet<u64>, BTreeSet<u64>) =
            (before.keys().copied().collect(), after.keys().copied().collect());
        assert_eq!(ids("added"), &new - &old, "step {step}");
        assert_eq!(ids("removed"), &old - &new, "step {step}");
        for id in &old & &new {
            let changed = line["changed"].as_array().unwrap().iter().find(|object| object["id"] == id);
            let told: BTreeSet<String> = changed
                .into_iter()
                .flat_map(|object| object["properties"].as_array().unwrap())
                .map(|change| change["path"].as_str().unwrap().split('.').next().unwrap().to_owned())
                .collect();
            let is_noise = |name: &str| ["MTime", "RenderTimeMultiplier"].contains(&name);
            let is_other = |name: &&String| before[&id][name.as_str()] != after[&id][name.as_str()] && !is_noise(name);
            let other: BTreeSet<String> = after[&id].as_object().unwrap().keys().filter(is_other).cloned().collect();
            if changed.is_some_and(|object| object["array"].is_object()) {
                assert!(other.contains("Hash"), "step {step}, object {id}: {other:?}");
                continue;
            }
            assert_eq!(told, other, "step {step}, object {id}");
            property_changes += told.len();
        }
        left += line["leaks"]["left"].as_array().unwrap().len();
        before = after;
    }
    assert!(property_changes >= 10, "{property_changes}");
    // trame-vtklocal keeps every blob that it has ever served.
    let summary = next();
    let leaks = &summary["leaks"];
    assert!(left > 0);
    assert_eq!((leaks["blobs_left"].as_u64(), leaks["still_served"].as_u64()), (Some(left as u64), Some(left as u64)));
    assert!(leaks["per_update"]["ids"].as_f64() > Some(1.0), "{leaks}");
    watch.finish_with(thread::spawn(Vec::new)).ok();

    let statuses = asked(&server, "vtklocal.get.status");
    let mut asserted = scenectl().args(["watch", &server.url, "--assert", "(.changed | length) == 0"]).start();
    let stdout = collect(asserted.process.stdout());
    eventually("the first scene", || asked(&server, "vtklocal.get.status") > statuses);
    thread::sleep(Duration::from_millis(500));
    caller.call(&json!(["trame.trigger", "step", [1], {}]));
    asserted.finish_with(stdout).fails(1, &["update 1: `(.changed | length) == 0` does not hold: it yields false"]);
    server.assert_never_told_to_exit();
}
