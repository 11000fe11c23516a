//! Servers of wslink 1.x by hand: slow, broken and hostile ones.

use std::time::Duration;

use crate::support::fake1::{Fake1, Twist};
use crate::support::files::Content;
use crate::support::run::Output;
use crate::support::scene::Scene;
use crate::support::{scenectl, scratch};

fn pull(url: &str, args: &[&str]) -> (Output, Content) {
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let output = scenectl().args(["pull", url, "--timeout", "1", "-o"]).arg(&snapshot).args(args).run();
    let content = if snapshot.exists() { Content::of(&snapshot) } else { Content::default() };
    (output, content)
}

/// An attachment is one message, however large: while it keeps coming, the server is not silent.
#[test]
fn a_slow_attachment_is_not_silence() {
    let scene = Scene::with_blobs(1, 3 << 20);
    let server = Fake1::of(scene.clone(), |call| match call.method.as_str() {
        "vtklocal.get.hash" | "vtklocal.get.batch" => Some(Twist::Slowly(30, Duration::from_millis(100))),
        _ => None,
    });
    let (output, content) = pull(&server.url, &["--retries", "0"]);
    let output = output.ok();
    assert!(output.elapsed > Duration::from_millis(2500), "{:?}", output.elapsed);
    assert_eq!(content.blobs, scene.blobs);
}

#[test]
fn reconnects_know_the_version() {
    let scene = Scene::with_blobs(3, 100);
    let server = Fake1::of(scene.clone(), |call| {
        (call.connection == 1 && call.method == "vtklocal.get.batch").then_some(Twist::Drop)
    });
    let (output, content) = pull(&server.url, &[]);
    output.ok();
    assert_eq!(content.blobs, scene.blobs);
    assert_eq!(server.greetings(), [false, true, true]);
}

#[test]
fn what_is_not_wslink_is_an_error() {
    for texts in [
        vec!["what?"],
        vec!["[]"],
        vec!["\"text\""],
        vec![r#"{"id": 7, "result": 1}"#],
        vec![r#"{"id": "rpc:x:1"}"#],
        vec![r#"{"wslink":"1.0","id":"rpc:x:1","result":{"a":"#],
    ] {
        let wrong: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let server = Fake1::of(Scene::small(), move |call| {
            (call.method == "vtklocal.get.status").then(|| Twist::Texts(wrong.clone()))
        });
        pull(&server.url, &["--retries", "0"]).0.fails(4, &["not wslink", "hint: "]);
    }
}

#[test]
fn a_hello_that_is_answered_wrongly() {
    for text in ["what?", r#"{"wslink":"1.0","id":"system:c0:0","result":{}}"#] {
        let server = Fake1::of(Scene::small(), |call| {
            (call.method == "wslink.hello").then(|| Twist::Texts(vec![text.to_owned()]))
        });
        pull(&server.url, &[]).0.fails(4, &["is not a wslink server", "hint: "]);
    }
    let server = Fake1::of(Scene::small(), |call| (call.method == "wslink.hello").then_some(Twist::Drop));
    pull(&server.url, &[]).0.fails(4, &["is not a wslink server", "hint: "]);
}

#[test]
fn attachments_that_nobody_asked_for() {
    let server = Fake1::of(Scene::small(), |call| (call.method == "vtklocal.get.status").then_some(Twist::Attachments));
    let (output, _) = pull(&server.url, &["--retries", "0", "--max-message", "16MiB"]);
    let output = output.fails(4, &["attachments", "hint: "]);
    assert!(output.peak < 200 << 20, "{} bytes", output.peak);
}
