//! Launchers by hand: command lines that make no sense, and answers that are hostile.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use serde_json::{Value, json};

use crate::support::replay::Replay;
use crate::support::{fixture, scenectl};

/// A server that answers requests with these, one connection each, and hands over what was asked.
fn launcher(answers: Vec<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/paraview", listener.local_addr().unwrap());
    let (asked, requests) = sync_channel(100);
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let len = stream.read(&mut buffer).unwrap_or(0);
                request.extend_from_slice(&buffer[..len]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
                let length = head
                    .to_ascii_lowercase()
                    .split_once("content-length: ")
                    .map_or(0, |(_, rest)| rest.lines().next().unwrap_or_default().trim().parse().unwrap_or(0));
                if len == 0 || (text.contains("\r\n\r\n") && body.len() >= length) {
                    break;
                }
            }
            let _ = asked.send(String::from_utf8_lossy(&request).into_owned());
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, requests)
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn pull(url: &str, args: &[&str]) -> crate::support::run::Output {
    let command = ["pull", "--launcher", url, "--application", "cone", "--timeout", "5"];
    scenectl().args(command).args(args).run()
}

#[test]
fn the_request_and_the_session() {
    let replay = Replay::start(&fixture("reference/cone-vtk9.7.2.wazex"), &["--secret", "from-the-launcher"]);
    let answer = json!({"id": "abc-1", "sessionURL": replay.url, "secret": "from-the-launcher"}).to_string();
    let busy = json!({"error": "All the resources are currently taken"}).to_string();
    let answers = vec![http("503 Busy", &busy), http("200 OK", &answer), http("404 Not Found", "no")];
    let (url, asked) = launcher(answers);
    let args = ["--launcher-config", "size=[2,3]", "--launcher-config", "who=me=you", "--header", "X-Token: t", "-v"];
    let output = pull(&url, &args).ok();
    assert!(output.stderr.contains("attempt 1"), "{}", output.stderr);
    assert!(!output.stderr.contains("from-the-launcher"), "{}", output.stderr);
    for _ in 0..2 {
        let request = asked.recv().unwrap();
        assert!(request.starts_with("POST /paraview/ HTTP/1.1"), "{request}");
        assert!(request.contains("x-token: t"), "{request}");
        let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
        assert_eq!(body, json!({"application": "cone", "size": [2, 3], "who": "me=you"}));
    }
    assert!(asked.recv().unwrap().starts_with("DELETE /paraview/abc-1 HTTP/1.1"));
}

#[test]
fn answers_that_make_no_sense() {
    let session = |url: &str| json!({"id": "../../x", "sessionURL": url}).to_string();
    for (answer, words) in [
        (http("200 OK", "<html>"), &["not a JSON object"][..]),
        (http("200 OK", "[1]"), &["not a JSON object"]),
        (http("200 OK", "{}"), &["sessionURL"]),
        (http("200 OK", &session("javascript:alert(1)")), &["not a launcher's"]),
        (http("200 OK", r#"{"error": "no \u001b[31m more", "sessionURL": "ws://h/"}"#), &["no  [31m more"]),
        (http("400 Bad Request", r#"{"error": "The request is not complete"}"#), &["HTTP 400", "not complete"]),
        (http("500 Oops", "'--secret', 'hunter2'"), &["HTTP 500"]),
        (http("200 OK", &" ".repeat(3 << 20)), &["larger than"]),
        (
            String::from("HTTP/1.1 307 Moved\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
            &["HTTP 307"],
        ),
        (String::from("SSH-2.0-OpenSSH_9.9\r\n"), &["did not answer"]),
        (String::new(), &["did not answer"]),
    ] {
        let (url, _asked) = launcher(vec![answer]);
        let output = pull(&url, &[]).fails(4, &[words, &["hint: "]].concat());
        assert!(!output.stderr.contains("hunter2") && !output.stderr.contains('\u{1b}'), "{}", output.stderr);
    }
}

#[test]
fn command_lines_that_make_no_sense() {
    let launcher = ["--launcher", "http://127.0.0.1:1/", "--application", "cone"];
    let scene = fixture("reference/cone-vtk9.7.2.wazex");
    let file = |verb: &str, path: &Path| scenectl().arg(verb).arg(path).args(launcher).run();
    file("info", &scene).fails(2, &["launcher:"]);
    // Nothing follows the address of `watch` and `record`, so it may be left out.
    scenectl().arg("watch").args(launcher).run().fails(4, &["did not answer"]);
    file("ls", Path::new("vtkActor")).fails(2, &["launcher:", "hint: "]);
    scenectl().args(["diff"]).arg(&scene).arg(&scene).args(launcher).run().fails(2, &["launcher:"]);
    scenectl().args(["info", "launcher:"]).run().fails(2, &["--launcher URL --application NAME"]);
    scenectl().args(["info"]).args(&launcher[..2]).run().fails(2, &["--application"]);
    scenectl().args(["info", "x", "--application", "cone"]).run().fails(2, &["--launcher"]);
    scenectl().args(["get"]).args(launcher).run().fails(2, &["SOURCE"]);
    for bad in ["host:80", "ws://host/", ""] {
        scenectl().args(["info", "--launcher", bad, "--application", "x"]).run().fails(2, &["launcher's address"]);
    }
    scenectl().args(["info"]).args(launcher).run().fails(4, &["did not answer", "hint: "]);
    scenectl().args(["doctor"]).args(launcher).run().fails(4, &["did not answer"]);
    scenectl().args(["diff", "launcher:"]).arg(&scene).args(launcher).run().fails(4, &["did not answer"]);
}
