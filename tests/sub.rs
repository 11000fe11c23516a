//! `sub`: a line for each message that is published.

use std::fs;

use serde_json::json;

use crate::support::fake::{Answer, Fake, publish, welcome};
use crate::support::msgpack::{bin, map, pack};
use crate::support::{scenectl, scratch};

/// A server that publishes three messages to each connection.
fn server() -> Fake {
    Fake::start(|call| {
        Answer::Paced(vec![
            (0, welcome(call)),
            (400, publish("app.state", map([("z", pack(&json!(1))), ("a", pack(&json!([2.5])))]))),
            (20, publish("app.image", map([("data", bin(b"pixels")), ("n", pack(&json!(1)))]))),
            (20, publish("other", bin(b"xy"))),
        ])
    })
}

#[test]
fn a_line_a_message() {
    let server = server();
    let output = scenectl().args(["sub", &server.url, "--count", "3"]).run().ok();
    let lines: Vec<&str> = output.text().lines().collect();
    let rest = |line: &str| line.split_once(",\"topic\"").unwrap().1.to_owned();
    assert_eq!(rest(lines[0]), ":\"app.state\",\"bytes\":32,\"data\":{\"z\":1,\"a\":[2.5]}}");
    assert_eq!(output.json_lines()[1]["data"], json!({"data": {"$binary": {"bytes": 6}}, "n": 1}));
    assert_eq!(output.json_lines()[2]["data"], json!({"$binary": {"bytes": 2}}));
    assert!(output.json_lines().iter().all(|line| line["t"].as_f64().is_some_and(|t| t > 0.0)));
}

#[test]
fn topics_files_and_exit_codes() {
    let server = server();
    let folder = scratch();
    let sub = |args: &[&str]| scenectl().args(["sub", &server.url]).args(args).current_dir(folder.path()).run();
    let output = sub(&["app.*", "-n", "2", "-o", "kept"]).ok();
    let topics: Vec<_> = output.json_lines().iter().map(|line| line["topic"].clone()).collect();
    assert_eq!(topics, ["app.state", "app.image"]);
    assert_eq!(output.json_lines()[1]["data"]["data"], json!({"$binary": {"bytes": 6, "file": "kept/0001.bin"}}));
    assert_eq!(fs::read(folder.path().join("kept/0001.bin")).unwrap(), b"pixels");
    let nothing = sub(&["none", "--for", "0.7", "--exit-status"]).code(1);
    assert!(nothing.stdout.is_empty());
    sub(&["none", "--for", "0.1"]).ok();
    sub(&["a[", "--for", "0.1"]).fails(2, &["topic", "a["]);
    let interrupted = scenectl().args(["sub", &server.url]).start();
    std::thread::sleep(std::time::Duration::from_millis(900));
    interrupted.process.signal("INT");
    assert_eq!(interrupted.finish().ok().json_lines().len(), 3);
}

/// A server that goes away is looked for again; what it publishes then is heard.
#[test]
fn it_comes_back() {
    let server = Fake::start(|call| {
        let mut messages =
            vec![(0, welcome(call)), (400, publish(&format!("topic{}", call.connection), pack(&json!(1))))];
        if call.connection == 0 {
            messages.push((100, Vec::new()));
        }
        Answer::Paced(messages)
    });
    let output = scenectl().args(["sub", &server.url, "--count", "2"]).limit(30).run().ok();
    let topics: Vec<_> = output.json_lines().iter().map(|line| line["topic"].clone()).collect();
    assert_eq!(topics, ["topic0", "topic1"]);
    assert!(output.stderr.contains("warning: ") && server.connections() == 2, "{}", output.stderr);
    scenectl().args(["sub", &server.url, "--count", "9", "--retries", "0", "--for", "5"]).run().ok();
}

/// Without more attempts, a connection that is lost is an error.
#[test]
fn it_gives_up() {
    let server = Fake::start(|call| Answer::Paced(vec![(0, welcome(call)), (50, Vec::new())]));
    scenectl().args(["sub", &server.url, "--retries", "0"]).run().fails(4, &["lost", "hint: "]);
}
