//! `watch`: what each update changed, how fast, and what is left behind.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::support::fake::{Answer, Fake, announcement, honest, reply, single, status};
use crate::support::msgpack::pack;
use crate::support::replay::Replay;
use crate::support::scene::HASH;
use crate::support::stepping::{after, stepping};
use crate::support::{fixture, scenectl, schema};

#[track_caller]
fn valid(lines: &[Value]) {
    for line in lines {
        schema::assert_valid(include_str!("../docs/schemas/watch.schema.json"), line);
    }
}

#[test]
fn each_update_says_what_changed() {
    let server = stepping(5);
    let lines = scenectl().args(["watch", &server.url, "--json", "--updates", "5", "--leaks"]).run().ok().json_lines();
    valid(&lines);
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["start", "update", "update", "update", "update", "update", "summary"]);
    assert_eq!(lines[0]["scene"]["objects"], 9);
    let path = |line: &Value, id: u64| {
        let changed = line["changed"].as_array().unwrap().iter().find(|changed| changed["id"] == id);
        changed.map(|changed| changed["path"].clone())
    };
    assert_eq!(path(&lines[1], 6), Some(json!("/Renderers/0/ViewProps/0/Property")));
    assert_eq!(
        lines[1]["changed"],
        json!([{"id": 6, "class": lines[1]["changed"][0]["class"], "name": "scène ☃", "path": "/Renderers/0/ViewProps/0/Property",
            "properties": [{"path": "Opacity", "old": 1.0, "new": 0.5}]}])
    );
    let array = lines[2]["changed"].as_array().unwrap().iter().find(|changed| changed["id"] == 9).unwrap();
    assert_eq!((&array["array"]["different"], &array["array"]["compared"]), (&json!(1), &json!(8)));
    assert_eq!(array["properties"], json!([]));
    assert_eq!(
        (&lines[3]["added"][0]["id"], &lines[3]["added"][0]["path"]),
        (&json!(50), &json!("/Renderers/0/ViewProps/1"))
    );
    assert_eq!(lines[4]["removed"][0]["path"], "/Renderers/0/ViewProps/1");
    assert_eq!(lines[4]["scene"]["objects"], 9);
    assert_eq!(lines[5]["counts"], json!({"changed": 0, "properties": 0, "added": 0, "removed": 0, "noise": 2}));
    assert!(
        lines[1..6].iter().all(|line| line["requests"].as_u64() > Some(1) && line["received"].as_u64() > Some(100))
    );

    // The blob that left was asked for, and came.
    assert_eq!(
        lines[2]["leaks"]["left"],
        json!([{"blob": HASH, "bytes": 64, "of": lines[2]["leaks"]["left"][0]["of"]}])
    );
    let leaks = &lines[6]["leaks"];
    assert_eq!(
        (&leaks["asked"], &leaks["still_served"], &leaks["still_served_bytes"]),
        (&json!(1), &json!(1), &json!(64))
    );
    assert_eq!((&leaks["objects"], &leaks["newest_id"], &leaks["blobs_seen"]), (&json!(9), &json!(50), &json!(2)));
    assert_eq!((&leaks["per_update"]["ids"], &leaks["per_update"]["blobs"]), (&json!(8.2), &json!(0.2)));
    let methods = lines[6]["methods"].as_array().unwrap();
    let status = methods.iter().find(|method| method["name"] == "vtklocal.get.status").unwrap();
    assert_eq!(
        (&status["all"]["count"], &status["all"]["errors"], &status["pushed"]),
        (&json!(6), &json!(0), &json!(false))
    );
    assert!(status["all"]["p95_ms"].as_f64() >= status["all"]["p50_ms"].as_f64());
    let pushed = methods.iter().find(|method| method["pushed"] == true).unwrap();
    assert_eq!((&pushed["name"], &pushed["all"]["count"]), (&json!("trame.actions.topic"), &json!(5)));
}

#[test]
fn lines_for_people() {
    let server = stepping(4);
    let output = scenectl().args(["watch", &server.url, "--updates", "4", "--leaks"]).run().ok();
    for words in [
        "update 1  ",
        "Opacity: 1.0 -> 0.5",
        "1 of 8 values differ",
        "+ /Renderers/0/ViewProps/1",
        "- /Renderers/0/ViewProps/1",
        "METHOD ",
        "trame.actions.topic (pushed)",
        "newest id 50",
        "still served: 1 of 1 that left (64 B)",
    ] {
        assert!(output.text().contains(words), "`{words}` is not in:\n{}", output.text());
    }
    assert!(!output.text().contains('\x1b') && output.stderr.is_empty(), "{}", output.stderr);
}

#[test]
fn assertions() {
    let watch = |asserts: &[&str]| {
        let server = stepping(4);
        let asserts = asserts.iter().flat_map(|text| ["--assert", text]);
        scenectl().args(["watch", &server.url, "--json", "--updates", "4"]).args(asserts).run()
    };
    watch(&[".scene.objects < 20", ".changed | all(.class != \"vtkCamera\")", "empty"]).ok();
    let failed = watch(&[".ms >= 0", ".scene.objects < 10"]);
    let failed = failed.fails(1, &["update 3: `.scene.objects < 10` does not hold", "false", ".scene.objects = 10"]);
    let lines = failed.json_lines();
    valid(&lines);
    assert_eq!((lines.len(), &lines[4]["failed"]), (5, &json!({"assert": ".scene.objects < 10", "yields": "false"})));
    watch(&[".nothing"]).fails(1, &["update 1", "null"]);
    watch(&["error(\"x\")"]).fails(1, &["update 1", "x"]);
    watch(&["def f: f; f"]).fails(1, &["no answer within 5 s"]);
    watch(&[".a |"]).fails(2, &["is not jq", "hint: "]);
}

/// Nothing happens on a fake server of a snapshot.
#[test]
fn it_ends_by_the_clock_and_by_ctrl_c() {
    let replay = Replay::start(&fixture("small"), &[]);
    let output = scenectl().args(["watch", &replay.url, "--for", "0.3", "--assert", "false"]).run().ok();
    assert!(output.stderr.contains("nothing was asserted"), "{}", output.stderr);
    let running = scenectl().args(["watch", &replay.url, "--json"]).start();
    std::thread::sleep(std::time::Duration::from_millis(700));
    running.process.signal("INT");
    let lines = running.finish().ok().json_lines();
    valid(&lines);
    assert_eq!(lines.len(), 2, "{lines:?}");
    scenectl().arg("watch").arg(fixture("small")).run().fails(2, &["live server"]);
    scenectl().args(["watch", "127.0.0.1:1"]).run().fails(4, &["cannot connect"]);
}

/// The server goes and comes back: the scene is compared with what it was.
#[test]
fn a_lost_connection_is_set_up_again() {
    let server = Fake::start(|call| {
        let answer = honest(&after(u64::from(call.connection > 0)), call);
        let blobs_are_asked_for = call.method == "vtklocal.get.batch" && call.args[1] != json!([]);
        match answer {
            Answer::Result(result)
                if call.connection == 0 && (call.method == "vtklocal.get.hash" || blobs_are_asked_for) =>
            {
                Answer::Paced(vec![(0, single(&reply(call, result))), (300, Vec::new())])
            }
            answer => answer,
        }
    });
    let output = scenectl().args(["watch", &server.url, "--json", "--updates", "1"]).limit(30).run().ok();
    let lines = output.json_lines();
    assert_eq!(lines[1]["changed"][0]["properties"][0], json!({"path": "Opacity", "old": 1.0, "new": 0.5}));
    assert!(output.stderr.contains("attempt 1"), "{}", output.stderr);
}

/// The time is up also while a server that went in the middle of an update is tried again.
#[test]
fn the_clock_runs_while_an_update_goes_on() {
    let statuses = AtomicU64::new(0);
    let server = Fake::start(move |call| {
        let is_status = call.method == "vtklocal.get.status";
        match statuses.fetch_add(u64::from(is_status), Ordering::SeqCst) {
            before if call.connection > 0 || (is_status && before > 0) => Answer::Drop,
            _ if is_status => {
                Answer::Paced(vec![(0, single(&reply(call, pack(&status(&after(0)))))), (300, announcement())])
            }
            _ => honest(&after(0), call),
        }
    });
    let output =
        scenectl().args(["watch", &server.url, "--json", "--for", "2", "--retries", "20"]).limit(15).run().ok();
    assert!(output.stderr.contains("attempt 1"), "{}", output.stderr);
    assert_eq!(output.json_lines().len(), 2, "{}", output.text());
}
