//! `call`: arguments as they are meant, answers as they came, errors as the server gave them.

use std::fs;

use serde_json::{Value, json};

use crate::support::fake::{Answer, Fake};
use crate::support::msgpack::{bin, map, pack};
use crate::support::replay::Replay;
use crate::support::scene::HASH;
use crate::support::{fixture, names, scenectl, scratch};

/// A server that speaks wslink and knows nothing of scenes.
fn plain(answer: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static) -> Fake {
    Fake::start(move |call| match call.method.as_str() {
        "wslink.hello" => Answer::of(&json!({"clientID": "c0", "maxMsgSize": 4194304})),
        method => answer(method, &call.args),
    })
}

#[test]
fn arguments_go_out_as_they_are_meant() {
    let folder = scratch();
    let file = folder.path().join("data");
    fs::write(&file, vec![7; 300]).unwrap();
    let at_file = format!("@{}", file.display());
    let server = plain(|_, _| Answer::of(&Value::Null));
    let call = |args: &[&str]| scenectl().args(["call", &server.url, "some.method"]).args(args).run().ok();
    let output =
        call(&["1", "-2.5", "\"a\"", "[1,{\"b\":null}]", "@@x", &at_file, "--kwarg", "n=[1]", "-k", "m=\"x=y\""]);
    assert_eq!(output.text(), "null\n");
    call(&["--text", "12", "a b", "@x", "--kwarg", "k=1"]);
    let calls: Vec<_> = server.calls().into_iter().filter(|call| call.method == "some.method").collect();
    // Bytes are told by their number.
    assert_eq!(calls[0].args, json!([1, -2.5, "a", [1, {"b": null}], "@x", 300]));
    assert_eq!(calls[0].kwargs, json!({"n": [1], "m": "x=y"}));
    assert_eq!((&calls[1].args, &calls[1].kwargs), (&json!(["12", "a b", "@x"]), &json!({"k": "1"})));
}

#[test]
fn command_lines_that_make_no_sense_connect_to_nobody() {
    let server = plain(|_, _| Answer::Silence);
    let folder = scratch();
    let there = folder.path().join("there");
    fs::write(&there, "").unwrap();
    let call = |args: &[&str]| scenectl().args(["call", &server.url]).args(args).run();
    call(&["m", "text"]).fails(2, &["argument 1", "`text` is not JSON", "hint: ", "'\"text\"'"]);
    call(&["m", "--kwarg", "a"]).fails(2, &["NAME=JSON"]);
    call(&["m", "--kwarg", "a=b"]).fails(2, &["--kwarg a", "not JSON"]);
    call(&["m", "@/no/such/file"]).fails(4, &["/no/such/file"]);
    call(&["m", "-o", there.to_str().unwrap()]).fails(2, &["exists", "--force"]);
    for method in ["application.exit", "application.exit.later", "application.exit.now", "Application.Exit"] {
        call(&[method]).fails(2, &[method, "never", "hint: "]);
        call(&[method, "60", "--json"]).code(2);
    }
    assert_eq!(server.connections(), 0);
    scenectl().arg("call").arg(fixture("small")).arg("m").run().fails(2, &["live server", "replay"]);
}

#[test]
fn answers_as_they_came() {
    let replay = Replay::start(&fixture("small"), &[]);
    let call = |args: &[&str]| scenectl().args(["call", &replay.url]).args(args).run();
    let status = call(&["vtklocal.get.status", "1"]).ok();
    assert!(status.text().starts_with("{\"ids\":[["), "the order is the server's: {}", status.text());
    assert_eq!(status.json()["hashes"], json!([HASH]));
    let state = call(&["vtklocal.get.state", "5"]).ok().json();
    assert_eq!(serde_json::from_str::<Value>(state.as_str().unwrap()).unwrap()["Id"], 5);
    scenectl().args(["call", "demo:", "vtklocal.get.status", "1"]).run().ok();
}

#[test]
fn binary_data_goes_to_files_and_pipes() {
    let replay = Replay::start(&fixture("small"), &[]);
    let folder = scratch();
    let call = |args: &[&str]| scenectl().args(["call", &replay.url]).args(args).current_dir(folder.path()).run();
    let blob = fs::read(fixture("small").join("blobs").join(HASH)).unwrap();
    let hash = ["vtklocal.get.hash", "--text", HASH];
    assert_eq!(call(&hash).ok().stdout, blob);
    let told = call(&[&hash[..], &["-o", "x.bin"]].concat()).ok().json();
    assert_eq!(told, json!({"$binary": {"bytes": 64, "file": "x.bin"}}));
    assert_eq!(fs::read(folder.path().join("x.bin")).unwrap(), blob);
    call(&[&hash[..], &["-o", "x.bin"]].concat()).fails(2, &["x.bin", "--force"]);
    call(&[&hash[..], &["-o", "x.bin", "--force"]].concat()).ok();
    assert_eq!(call(&[&hash[..], &["--json"]].concat()).ok().json(), json!({"$binary": {"bytes": 64}}));
    let hashes = format!("[\"{HASH}\"]");
    let batch = call(&["vtklocal.get.batch", "[]", &hashes, "-o", "blobs/"]).ok().json();
    assert_eq!(batch["hashes"][HASH], json!({"$binary": {"bytes": 64, "file": "blobs/0001.bin"}}));
    assert_eq!(fs::read(folder.path().join("blobs/0001.bin")).unwrap(), blob);
    let nothing = call(&["vtklocal.get.status", "1", "-o", "y.bin"]).ok();
    assert!(nothing.stderr.contains("warning: ") && names(folder.path()) == ["blobs", "x.bin"], "{nothing:?}");
}

/// Several to one file: the others are numbered.
#[test]
fn more_binary_data_than_files() {
    let server = plain(|_, _| Answer::Result(map([("a", bin(b"one")), ("b", pack(&json!([1]))), ("c", bin(b"two"))])));
    let folder = scratch();
    let call = scenectl().args(["call", &server.url, "m", "-o", "x"]).current_dir(folder.path()).run().ok();
    assert_eq!(
        call.text(),
        "{\"a\":{\"$binary\":{\"bytes\":3,\"file\":\"x\"}},\"b\":[1],\"c\":{\"$binary\":{\"bytes\":3,\"file\":\"x.2\"}}}\n"
    );
    assert_eq!(fs::read(folder.path().join("x.2")).unwrap(), b"two");
}

#[test]
fn the_answer_is_no() {
    let server = plain(|method, _| match method {
        "wrong" => Answer::Error(-32001, "Exception raised"),
        "silent" => Answer::Silence,
        _ => Answer::Drop,
    });
    let call = |args: &[&str]| scenectl().args(["call", &server.url]).args(args).run();
    let failed = call(&["wrong"]).fails(1, &["wrong: Exception raised (-32001)"]);
    assert!(failed.stdout.is_empty());
    let json = call(&["wrong", "--json"]).code(1);
    assert_eq!(json.text(), "{\"error\":{\"code\":-32001,\"message\":\"Exception raised\"}}\n");
    call(&["silent", "--timeout", "0.5"]).fails(4, &["does not answer", "hint: "]);
    call(&["gone"]).fails(4, &["connection was lost", "hint: "]);
    let replay = Replay::start(&fixture("small"), &[]);
    scenectl().args(["call", &replay.url, "no.such"]).run().fails(1, &["-32601", "no.such", "hint: "]);
    scenectl().args(["call", "127.0.0.1:1", "m"]).run().fails(4, &["cannot connect"]);
    scenectl().args(["call", &replay.url, "m", "--secret", "s3cret-x"]).run().fails(4, &["refuses the secret"]);
}
