//! `query`.

use serde_json::{Value, json};

use crate::support::files::Content;
use crate::support::run::Scenectl;
use crate::support::schema::assert_valid;
use crate::support::{fixture, scenectl, scratch};

fn query(args: &[&str]) -> Scenectl {
    scenectl().arg("query").arg(fixture("small")).args(args)
}

#[track_caller]
fn prints(args: &[&str], text: &str) {
    assert_eq!(query(args).run().ok().text(), text, "{args:?}");
}

#[test]
fn the_document_is_the_scene() {
    let document = query(&["."]).run().ok().json();
    assert_valid(include_str!("../docs/schemas/query.schema.json"), &document);
    assert_eq!(document["roots"], json!([{"id": 1, "name": null}]));
    let small = Content::of(&fixture("small"));
    let objects = document["objects"].as_array().unwrap();
    let ids: Vec<u64> = objects.iter().map(|object| object["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, small.states.keys().copied().collect::<Vec<_>>());
    for object in objects {
        let state: Value = serde_json::from_slice(&small.states[&object["id"].as_u64().unwrap()]).unwrap();
        assert_eq!((&object["state"], &object["class"]), (&state, &state["ClassName"]));
    }
    assert_eq!(objects[2]["path"], "/Renderers/0");
    let sizes: Vec<(String, usize)> = small.blobs.iter().map(|(hash, bytes)| (hash.clone(), bytes.len())).collect();
    let blobs = document["blobs"].as_array().unwrap();
    let found: Vec<(String, usize)> = blobs
        .iter()
        .map(|blob| (blob["hash"].as_str().unwrap().to_owned(), blob["size"].as_u64().unwrap() as usize))
        .collect();
    assert_eq!(found, sizes);
    let named = |name: &str| objects.iter().find(|object| object["state"]["Name"] == name).unwrap();
    let user = blobs.iter().find(|blob| blob["hash"] == named("offsets")["state"]["Hash"]).unwrap();
    assert!(user["objects"].as_array().unwrap().contains(&named("offsets")["id"]), "{user}");
}

#[test]
fn answers_are_written_as_jq_does() {
    prints(&[".objects | length"], &format!("{}\n", Content::of(&fixture("small")).states.len()));
    prints(&[".objects[2].state.Background"], "[\n  0.0,\n  0.5,\n  1.0\n]\n");
    prints(&[".objects[2].state.Background", "-c"], "[0.0,0.5,1.0]\n");
    prints(&[".objects[2].state.NearClippingPlaneTolerance"], "1e-05\n");
    prints(&[".objects[5].state.ObjectName"], "\"scène ☃\"\n");
    prints(&[".objects[5].state.ObjectName", "-r"], "scène ☃\n");
    prints(&[".objects[] | select(.class == \"vtkOpenGLRenderer\") | .path", "--raw"], "/Renderers/0\n");
    prints(&["1, [], {}", "-c"], "1\n[]\n{}\n");
    prints(&["[nan, infinite]", "-c"], "[null,1.7976931348623157e308]\n");
}

#[test]
fn variables() {
    let given = ["--arg", "a", "-1", "--argjson", "b", "{\"x\":[1e-05]}", "--arg", "a", "later"];
    let with = |jq: &str| query(&[&["-c", jq], given.as_slice()].concat()).run().ok().text().to_owned();
    assert_eq!(with("$a, $b.x, $ARGS.named"), "\"-1\"\n[1e-05]\n{\"a\":\"-1\",\"b\":{\"x\":[1e-05]}}\n");
    query(&["$c"]).run().fails(2, &["$c", "character 1"]);
    query(&["1", "--arg", "a b", "1"]).run().fails(2, &["a b"]);
    query(&["1", "--argjson", "a", "[1"]).run().fails(2, &["--argjson a", "[1"]);
}

#[test]
fn a_program_in_a_file() {
    let folder = scratch();
    let file = folder.path().join("count.jq");
    std::fs::write(&file, "# how many\ndef count: length;\n.objects | count > 3\n").unwrap();
    let file = file.to_str().unwrap();
    prints(&["-f", file], "true\n");
    prints(&["--from-file", file, "-c", "-e"], "true\n");
    std::fs::write(file, "1 |\n  nothing\n").unwrap();
    query(&["-f", file]).run().fails(2, &["count.jq", "nothing", "line 2, character 3"]);
    query(&["-f", "/nowhere/x.jq"]).run().fails(4, &["/nowhere/x.jq"]);
    query(&["-f", file, "1"]).run().fails(2, &["cannot be used with"]);
    query(&[]).run().fails(2, &["<JQ>"]);
}

#[test]
fn the_exit_status_says_what_the_last_answer_is() {
    for (jq, code) in [("1", 0), ("false, 0", 0), ("null", 1), ("1, false", 1), ("empty", 1), ("1, halt", 0)] {
        query(&["-e", jq]).run().code(code);
        query(&[jq]).run().ok();
    }
}

#[test]
fn what_fails_says_why() {
    query(&[".objects |"]).run().fails(2, &["the end", "hint: "]);
    let output = query(&["1, .objects.x"]).run().fails(4, &["jq: cannot index", "hint: "]);
    assert_eq!(output.text(), "1\n", "what came before the error");
    assert!(output.stderr.len() < 600, "{}", output.stderr);
    query(&["\"said\" | halt_error"]).run().fails(4, &["said\n", "code 5"]);
    assert!(query(&["1 | debug"]).run().ok().stderr.contains("[\"DEBUG:\",1]"));
    assert_eq!(query(&["1 | debug", "-q"]).run().ok().stderr, "");
    // A wrong program is known before anything is read.
    scenectl().args(["query", "/nowhere.wazex", "("]).run().fails(2, &["is not jq"]);
}

/// What a program may do to itself it does not do to us.
#[test]
fn programs_that_take_all_there_is() {
    query(&["def f: 1 + f; f"]).run().fails(4, &["recurses too deep"]);
    query(&["reduce range(3000000) as $i (null; [.]) | length"]).run().fails(4, &["jq: "]);
    if cfg!(target_os = "linux") {
        query(&["[repeat(\"0123456789\" * 100000)] | length"]).run().fails(4, &["too much memory"]);
    }
}

/// A program that never ends, ends with us.
#[test]
fn nothing_is_left_behind() {
    let running = query(&["\"pid\" | debug | def f: f; f"]).start();
    let parent = running.process.id();
    let children = || {
        let text = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let wait = |until: &dyn Fn() -> bool| {
        for _ in 0..500 {
            if until() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("it did not come to that");
    };
    wait(&|| !children().is_empty());
    let child = children().remove(0);
    drop(running);
    wait(&|| !std::path::Path::new(&format!("/proc/{child}")).exists());
}

#[test]
fn a_state_that_is_no_json_is_null_and_the_rest_is_there() {
    let folder = scratch();
    let scene = folder.path().join("scene");
    for part in ["states", "blobs"] {
        std::fs::create_dir_all(scene.join(part)).unwrap();
        for entry in std::fs::read_dir(fixture("small").join(part)).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), scene.join(part).join(entry.file_name())).unwrap();
        }
    }
    std::fs::copy(fixture("small").join("vtk-wasm.json"), scene.join("vtk-wasm.json")).unwrap();
    std::fs::write(scene.join("states/3"), "{\"ClassName\":\"vtkRenderer\"}],\"blobs\":[").unwrap();
    std::fs::write(scene.join("states/5"), "[".repeat(1_000_000)).unwrap();
    let output = scenectl().arg("query").arg(&scene).args(["-c", "[.objects[] | select(.state == null) | .id]"]).run();
    let output = output.code(3);
    assert_eq!(output.text(), "[3,5]\n");
    assert!(output.stderr.contains("warning: ") && output.stderr.contains("null here"), "{}", output.stderr);
}
