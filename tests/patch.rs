//! `patch`, and the patches that `diff --json-patch` makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::prelude::*;
use scenectl::analysis::diff::{self, Options, Tolerance};
use scenectl::analysis::patch::{self, Operation};
use scenectl::scene::Scene as Model;
use scenectl::snapshot;
use serde_json::{Value, json};

use crate::support::files::Content;
use crate::support::run::{Output, Scenectl};
use crate::support::scene::{HASH, Scene, content_hash};
use crate::support::{fixture, names, scenectl, scratch};

/// The patch from one scene to another, as `diff --json-patch` prints it.
fn patch_text(a: &Model, b: &Model) -> String {
    let operations = diff::patch(a, b, &Options::default()).unwrap();
    let mut text = b"[".to_vec();
    for (k, operation) in operations.iter().enumerate() {
        if k > 0 {
            text.push(b',');
        }
        operation.write(&mut text).unwrap();
    }
    text.push(b']');
    String::from_utf8(text).unwrap()
}

/// The patch makes one scene equal to the other, and touches nothing else.
#[track_caller]
fn assert_patch(what: &str, a: &Model, b: &Model) {
    let exact = Options { tolerance: Tolerance::EXACT, ..Options::default() };
    let operations = patch::read(&patch_text(a, b)).unwrap_or_else(|error| panic!("{what}: {error}"));
    let patched = patch::apply(a, &operations).unwrap_or_else(|error| panic!("{what}: {error}"));
    let left = diff::diff(&patched, b, &exact).unwrap();
    assert!(left.is_equal(), "{what}: {left:?}");
    // Long patches are of scenes that differ, and comparing takes its time.
    if operations.len() < 8 && diff::diff(a, b, &exact).unwrap().is_equal() {
        // A blob that was lost is still what its array says by name.
        let only_blobs = operations.iter().all(|operation| operation.path().starts_with("/blobs/"));
        assert!(only_blobs && (operations.is_empty() || what.contains("broken")), "{what}: {operations:?}");
    }
    let touched: BTreeSet<String> =
        operations.iter().map(Operation::path).filter_map(|path| Some(path.split('/').nth(2)?.to_owned())).collect();
    for (id, state) in a.objects().filter(|(id, _)| !touched.contains(&id.to_string())) {
        assert_eq!(patched.state(id), Some(state), "{what}: {id} was touched");
    }
}

/// What is ignored stays as the first scene has it, with all that belongs to it.
#[test]
fn what_is_ignored_is_not_patched() {
    let a = snapshot::read(&fixture("variants/base.wazex")).unwrap();
    let edited = |edits: &[(&str, &str)]| {
        edits.iter().fold(a.clone(), |scene, (selector, assignment)| {
            let ids = scene.select(&selector.parse().unwrap()).unwrap();
            let edit = assignment.parse().unwrap();
            scene.edit(&ids, &[edit], scenectl::scene::EditOptions::default()).unwrap().0
        })
    };
    let b = edited(&[
        ("vtkActor", "Property.Opacity=0.25"),
        ("vtkActor", "Visibility=0"),
        ("vtkProperty", "Color=[0.5,0.6,0.7]"),
    ]);
    let moved = edited(&[("vtkCamera", "Position=[9.0,9.0,9.0]"), ("vtkActor", "Visibility=0")]);
    let ignoring = |pairs: &[(&str, &str)], ignore_camera| Options {
        tolerance: Tolerance::EXACT,
        ignore_camera,
        ignore: pairs.iter().map(|(selector, path)| (selector.parse().unwrap(), path.parse().unwrap())).collect(),
        ..Options::default()
    };
    let both = snapshot::read(&fixture("variants/both.wazex")).unwrap();
    let reparent = snapshot::read(&fixture("variants/reparent.wazex")).unwrap();
    for (a, b, options) in [
        (&a, &b, ignoring(&[("vtkActor", "Property")], false)),
        (&a, &b, ignoring(&[("vtkActor", "*")], false)),
        (&a, &b, ignoring(&[("vtkRenderer", "ViewProps")], false)),
        (&a, &b, ignoring(&[("vtkProperty", "Color.0"), ("vtkProperty", "Opacity")], false)),
        (&a, &moved, ignoring(&[], true)),
        (&a, &both, ignoring(&[("vtkActor", "Property")], false)),
        (&a, &both, ignoring(&[("vtkActor", "Mapper")], false)),
        (&a, &both, ignoring(&[("vtkActor", "*")], false)),
        (&a, &both, ignoring(&[("vtkPolyData", "Points")], false)),
        (&a, &both, ignoring(&[("vtkMapper", "*")], false)),
        (&a, &both, ignoring(&[("vtkPropCollection", "Items.0")], false)),
        (&both, &a, ignoring(&[("vtkActor", "Property")], false)),
        (&both, &a, ignoring(&[("vtkActor", "*")], false)),
        (&both, &a, ignoring(&[("vtkPolyData", "Points")], false)),
        (&a, &reparent, ignoring(&[("vtkActor", "Texture")], false)),
        (&reparent, &a, ignoring(&[("vtkPropCollection", "Items.0")], false)),
    ] {
        let operations = diff::patch(a, b, &options).unwrap();
        let patched = patch::apply(a, &operations).unwrap();
        let left = diff::diff(&patched, b, &options).unwrap();
        assert!(
            left.is_equal(),
            "{options:?}: {left:?} {:?}",
            operations.iter().map(Operation::path).collect::<Vec<_>>()
        );
        let graph = scenectl::scene::Graph::new(&patched);
        assert!(graph.dangling().is_empty(), "{options:?}: {:?}", graph.dangling());
        let lost = patched.objects().find(|(id, _)| !graph.is_reachable(id));
        assert!(lost.is_none(), "{options:?}: {lost:?}");
        let missing = patched.objects().find_map(|(_, state)| {
            let hash = patched.dialect().blob_use(state)?.hash.into_owned();
            patched.blob(&hash).is_none().then_some(hash)
        });
        assert_eq!(missing, None, "{options:?}");
        if options.ignore.len() == 2 {
            let color = |path: &str| patched.lookup(&1.into(), &path.parse().unwrap()).unwrap().value.into_owned();
            let color = color("Renderers.0.ViewProps.0.Property.Color");
            assert!(!color.starts_with("[0.5") && color.ends_with(",0.6,0.7]"), "{color}");
        }
    }
}

fn every_pair_of(scenes: &[PathBuf]) {
    let scenes: Vec<(&Path, Model)> =
        scenes.iter().map(|path| (path.as_path(), snapshot::read(path).unwrap())).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            let (Some((x, a)), (y, b)) = (scenes.get(k / scenes.len()), &scenes[k % scenes.len()]) else { break };
            assert_patch(&format!("{} to {}", x.display(), y.display()), a, b);
        }
    };
    thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
}

fn scenes_in(folder: &str) -> Vec<PathBuf> {
    let folder = fixture(folder);
    names(&folder).iter().filter(|name| name.ends_with(".wazex")).map(|name| folder.join(name)).collect()
}

#[test]
fn every_pair_of_variants() {
    every_pair_of(&scenes_in("variants"));
}

#[test]
fn every_pair_of_references() {
    let scenes = scenes_in("reference").into_iter().chain([fixture("demo.wazex"), fixture("small")]);
    every_pair_of(&scenes.collect::<Vec<_>>());
}

/// States that are missing, and blobs that are damaged, are what they are afterwards, too.
#[test]
fn every_broken_scene_and_back() {
    let healthy = fixture("broken/healthy.wazex");
    let whole = snapshot::read(&healthy).unwrap();
    for path in scenes_in("broken") {
        let broken = snapshot::read(&path).unwrap();
        assert_patch(&format!("to {}", path.display()), &whole, &broken);
        assert_patch(&format!("from {}", path.display()), &broken, &whole);
    }
}

/// The way that people go: two files, a pipe, a new file.
#[test]
fn from_the_command_line() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    for (a, b) in [
        ("variants/base", "variants/both"),
        ("variants/remove", "variants/rendered"),
        ("reference/mixed-vtk9.4.2", "reference/mixed-vtk9.7.2"),
    ] {
        let [a, b] = [a, b].map(|name| fixture(&format!("{name}.wazex")));
        let patch = scenectl().arg("diff").args([&a, &b]).args(["--ulp", "0", "--json-patch"]).run().code(1);
        let steps = patch.json().as_array().unwrap().len();
        assert_eq!(patch.text().lines().count(), steps + 2, "a step a line");
        let said =
            scenectl().arg("patch").arg(&a).args(["-", "--force", "-o"]).arg(&out).input(patch.stdout).run().ok();
        assert!(said.stderr.contains(&format!("{steps} steps done")), "{}", said.stderr);
        scenectl().arg("diff").args([&out, &b]).args(["--ulp", "0"]).run().ok();
        let none = scenectl().arg("diff").args([&out, &b]).args(["--ulp", "0", "--json-patch"]).run().ok();
        assert_eq!(none.json(), json!([]));
    }
    // The scene by stdin, and to stdout.
    let steps = folder.path().join("steps.json");
    fs::write(&steps, json!([{"op": "replace", "path": "/states/5/Visibility", "value": 0}]).to_string()).unwrap();
    let zip = fs::read(Scene::small().write(folder.path())).unwrap();
    let patched = scenectl().args(["patch", "-"]).arg(&steps).args(["-o", "-"]).input(zip).run().ok();
    fs::write(&out, &patched.stdout).unwrap();
    assert_eq!(Content::of(&out).state(5)["Visibility"], 0);
    assert_eq!(patched.stderr, "");
}

fn patch(source: &Path, steps: &str, out: &Path) -> Scenectl {
    scenectl().arg("patch").arg(source).args(["-", "-o"]).arg(out).input(steps)
}

/// The small scene with some steps done.
#[track_caller]
fn patched(steps: &Value) -> Content {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    patch(&fixture("small"), &steps.to_string(), &out).run().ok();
    Content::of(&out)
}

/// It must be refused, and nothing be written.
#[track_caller]
fn refused(steps: &str, code: i32, words: &[&str]) -> Output {
    let folder = scratch();
    let output = patch(&fixture("small"), steps, &folder.path().join("out.wazex")).run().fails(code, words);
    assert_eq!(names(folder.path()), [""; 0], "{steps}");
    output
}

/// One step that does not fit.
#[track_caller]
fn no(op: &str, path: &str, value: Value, words: &[&str]) {
    let step =
        if op == "remove" { json!({"op": op, "path": path}) } else { json!({"op": op, "path": path, "value": value}) };
    refused(
        &json!([{"op": "test", "path": "/states/5/Visibility", "value": 1}, step]).to_string(),
        1,
        &[&["step 2", path], words].concat(),
    );
}

#[track_caller]
fn no_from(op: &str, from: &str, path: &str, words: &[&str]) {
    refused(&json!([{"op": op, "from": from, "path": path}]).to_string(), 1, words);
}

#[test]
fn replace_and_add() {
    let before = Content::of(&fixture("small"));
    let after = patched(&json!([
        {"op": "replace", "path": "/states/3/Background", "value": [1, 0.5, 0]},
        {"op": "replace", "path": "/states/3/Background/1", "value": 0.25},
        {"op": "add", "path": "/states/3/Background/1", "value": 7},
        {"op": "add", "path": "/states/3/Background/-", "value": null},
        {"op": "add", "path": "/states/3/New~1Name~0", "value": {"deep": [{"er": {}}]}},
        {"op": "add", "path": "/states/3/New~1Name~0/deep/0/er/~01", "value": "~1"},
        {"op": "add", "path": "/states/3/New~1Name~0/deep/-", "value": true},
    ]));
    assert_eq!(after.state(3)["Background"], json!([1, 7, 0.25, 0, null]));
    assert_eq!(after.state(3)["New/Name~"], json!({"deep": [{"er": {"~1": "~1"}}, true]}));
    let text = String::from_utf8(after.states[&3].clone()).unwrap();
    assert!(text.contains("1e-05"), "the other properties keep their texts: {text}");
    let untouched = before.states.iter().filter(|(id, _)| **id != 3);
    assert!(untouched.into_iter().all(|(id, state)| after.states[id] == *state));
    assert_eq!(after.blobs, before.blobs);
    // A property that comes anew goes where a server, which sorts, would have it.
    let order: Vec<usize> =
        ["\"MTime\"", "\"New/Name~\"", "\"SuperClassNames\""].map(|key| text.find(key).unwrap()).into();
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn remove() {
    let after = patched(&json!([
        {"op": "remove", "path": "/states/3/Background/0"},
        {"op": "remove", "path": "/states/5/Mapper"},
        {"op": "remove", "path": "/states/9"},
        {"op": "remove", "path": format!("/blobs/{HASH}")},
    ]));
    assert_eq!(after.state(3)["Background"], json!([0.5, 1.0]));
    assert!(after.state(5).get("Mapper").is_none());
    assert!(!after.states.contains_key(&9) && after.blobs.is_empty());
}

#[test]
fn move_and_copy() {
    let after = patched(&json!([
        {"op": "copy", "from": "/states/3/Background", "path": "/states/3/Background2"},
        {"op": "move", "from": "/states/3/Background/0", "path": "/states/3/Background/2"},
        {"op": "copy", "from": "/states/6", "path": "/states/12"},
        {"op": "replace", "path": "/states/12/Id", "value": 12},
        {"op": "move", "from": "/states/9", "path": "/states/13"},
        {"op": "replace", "path": "/states/13/Id", "value": 13},
        {"op": "copy", "from": format!("/blobs/{HASH}"), "path": "/blobs/1"},
        {"op": "copy", "from": "/states/5/Visibility", "path": "/states/5/Visibility"},
    ]));
    assert_eq!(after.state(3)["Background"].as_array().unwrap().len(), 3);
    assert_eq!(after.state(3)["Background2"], Content::of(&fixture("small")).state(3)["Background"]);
    assert_eq!(after.state(12)["Id"], 12);
    assert_eq!(after.state(12)["Color"], after.state(6)["Color"]);
    assert!(!after.states.contains_key(&9) && after.states.contains_key(&13));
    assert_eq!(after.blobs["1"], after.blobs[HASH]);
}

#[test]
fn test_compares_by_value() {
    let blob = Scene::small().blobs[HASH].clone();
    let after = patched(&json!([
        {"op": "test", "path": "/states/5/Visibility", "value": 1.0},
        {"op": "test", "path": "/states/3/Background/0", "value": -0.0},
        {"op": "test", "path": "/states/3/NearClippingPlaneTolerance", "value": 0.00001},
        {"op": "test", "path": "/states/5/Property", "value": {"Id": 6}},
        {"op": "test", "path": "/roots", "value": [{"id": 1}]},
        {"op": "test", "path": "/roots", "value": [{"id": 1, "name": null}]},
        {"op": "test", "path": "/roots/0/id", "value": 1},
        {"op": "test", "path": "/without_state", "value": []},
        {"op": "test", "path": format!("/blobs/{HASH}"), "value": data_encoding::BASE64.encode(&blob)},
    ]));
    after.assert_same_bytes(&Content::of(&fixture("small")));
    no("test", "/states/5/Visibility", json!(0), &["another value"]);
    let big = |n: u64| json!({"op": "test", "path": "/states/5/Big", "value": n});
    let add = json!({"op": "add", "path": "/states/5/Big", "value": 9_007_199_254_740_993_u64});
    patched(&json!([add, big(9_007_199_254_740_993)]));
    refused(&json!([add, big(9_007_199_254_740_992)]).to_string(), 1, &["step 2"]);
    no("test", "/states/5/Visibility", json!("1"), &["another value"]);
    no("test", "/states/5/Visibility", json!(null), &["another value"]);
    no("test", "/states/5/Property", json!({"Id": 6, "x": 1}), &["another value"]);
    no("test", "/states/3/Background", json!([0, 0]), &["another value"]);
    no("test", "/states/5/Nothing", json!(null), &["no property Nothing"]);
    no("test", &format!("/blobs/{HASH}"), json!("AAAA"), &["another value"]);
}

#[test]
fn blobs_and_roots() {
    let data = b"some bytes\0\xff".to_vec();
    let hash = content_hash(&data);
    let after = patched(&json!([
        {"op": "add", "path": format!("/blobs/{hash}"), "value": data_encoding::BASE64.encode(&data)},
        {"op": "add", "path": "/blobs/..~1..~1x", "value": ""},
        {"op": "add", "path": "/states/20", "value": {"ClassName": "vtkRenderWindow", "Id": 20, "MTime": 99}},
        {"op": "add", "path": "/roots/-", "value": {"id": 20, "name": "second"}},
        {"op": "replace", "path": "/roots/0/name", "value": "first"},
    ]));
    assert_eq!(after.blobs[&hash], data);
    // A name that would lead out of the folder leads nowhere.
    assert_eq!(after.blobs["%2E.%2F..%2Fx"], b"");
    assert_eq!(after.roots(), [1, 20]);
}

#[test]
fn steps_that_do_not_fit() {
    no("replace", "/states/5/Nothing", json!(1), &["no property Nothing"]);
    no("replace", "/states/77", json!({"ClassName": "vtkActor", "Id": 77}), &["no object 77"]);
    no("add", "/states/77/Visibility", json!(1), &["no object 77"]);
    no("add", "/states/5/Nothing/deep", json!(1), &["no property Nothing"]);
    no("add", "/states/3/Background/9", json!(1), &[]);
    no("add", "/states/3/Background/01", json!(1), &[]);
    no("add", "/states/3/Background/99999999999999999999999999", json!(1), &[]);
    no("add", "/states/3/Background/18446744073709551615", json!(1), &[]);
    no("add", "/states/3/Background/x", json!(1), &[]);
    no("replace", "/states/3/Background/-", json!(1), &[]);
    no("replace", "/states/3/Background/3", json!(1), &[]);
    no("add", "/states/5/Visibility/0", json!(1), &[]);
    no("remove", "/states/77", json!(null), &["no object 77"]);
    no("remove", "/states/5/Nothing", json!(null), &["no property Nothing"]);
    no("remove", "/states/3/Background/3", json!(null), &[]);
    no("remove", "/states/3/Background/-", json!(null), &[]);
    no("remove", "/blobs/1", json!(null), &["no such blob"]);
    no("replace", "/blobs/1", json!(""), &["no such blob"]);
    no("remove", "/roots", json!(null), &["not removed"]);
    no_from("move", "/states/77", "/states/78", &["no object 77"]);
    no_from("copy", "/states/5/Nothing", "/states/5/Other", &["no property Nothing"]);
    no_from("copy", "/states/3/Background/3", "/states/5/Other", &["step 1"]);
    no_from("move", "/states/5", "/states/5/Inside", &["into itself"]);
    no_from("copy", "/blobs/1", "/blobs/2", &["no such blob"]);
    no_from("copy", "/states/5/Visibility", "/states/78", &["step 1"]);
}

#[test]
fn places_that_are_none() {
    for path in [
        "",
        "/",
        "states/5",
        "/states",
        "/states/",
        "/blobs",
        "/blobs/",
        "/blobs/1/2",
        "/nowhere/1",
        "//5",
        "/States/5",
    ] {
        no("add", path, json!({"ClassName": "vtkActor"}), &["there is no such place", "/states/ID", "hint: "]);
    }
    no("add", "/states/05/Visibility", json!(1), &["not written 05"]);
}

#[test]
fn what_would_be_no_scene() {
    let broken = |steps: Value, words: &[&str]| {
        refused(&steps.to_string(), 1, &[&["the patched scene would be broken"], words].concat());
    };
    broken(json!([{"op": "remove", "path": "/states/1"}]), &["root 1"]);
    broken(json!([{"op": "replace", "path": "/roots", "value": []}]), &["no root"]);
    broken(json!([{"op": "replace", "path": "/roots/0/id", "value": 77}]), &["root 77"]);
    broken(json!([{"op": "replace", "path": "/states/5/Id", "value": 6}]), &["5", "Id 6"]);
    broken(json!([{"op": "remove", "path": "/states/5/Id"}]), &["5", "no Id"]);
    broken(json!([{"op": "remove", "path": "/states/5/ClassName"}]), &["5", "no class"]);
    broken(json!([{"op": "copy", "from": "/states/6", "path": "/states/12"}]), &["12", "Id 6"]);
    for (path, value, words) in [
        ("/states/5", json!(null), "no state"),
        ("/states/5", json!([1]), "no state"),
        ("/states/5", json!({"Id": 5}), "names no class"),
        ("/roots", json!({"id": 1}), "roots are written"),
        ("/roots", json!([1]), "roots are written"),
        ("/roots", json!([{"id": -1}]), "roots are written"),
        ("/roots/0/name", json!(5), "roots are written"),
        ("/without_state", json!([1.5]), "ids"),
        ("/blobs/5", json!(7), "base64"),
        ("/blobs/5", json!("AAA"), "base64"),
        ("/blobs/5", json!("AAA\n"), "base64"),
        ("/blobs/5", json!("%%%%"), "base64"),
    ] {
        no("add", path, value, &[words]);
    }
    // Only for a while: a root may go where another one comes.
    let after = patched(&json!([
        {"op": "remove", "path": "/states/1"},
        {"op": "add", "path": "/states/1", "value": {"ClassName": "vtkRenderWindow", "Id": 1, "MTime": 99}},
    ]));
    assert_eq!(after.state(1)["MTime"], 99);
}

#[test]
fn what_is_no_patch() {
    for text in [
        "\n",
        "{}",
        "null",
        "[1]",
        "[[]]",
        "[",
        "[{}]",
        "[] []",
        "<xml/>",
        r#"[{"op":"add","value":1}]"#,
        r#"[{"op":5,"path":"/roots"}]"#,
        r#"[{"op":"add","path":"/roots"}]"#,
        r#"[{"op":"replace","path":"/roots"}]"#,
        r#"[{"op":"test","path":"/roots"}]"#,
        r#"[{"op":"move","path":"/roots"}]"#,
        r#"[{"op":"copy","path":"/roots","from":5}]"#,
        r#"[{"op":"add","op":"remove","path":"/roots","value":1}]"#,
        r#"[{"op":"merge","path":"/roots","value":1}]"#,
        "[{\"op\":\"add\",\"path\":\"/roots\",\"value\":nan}]",
    ] {
        refused(text, 4, &["no JSON Patch", "hint: "]);
    }
    let output =
        refused(r#"[{"op":"remove","path":"/states/9"},{"op":"add","path":"/roots"}]"#, 4, &["step 2 (/roots)"]);
    assert!(output.stderr.contains("`add` needs a `value`"), "{}", output.stderr);
    let folder = scratch();
    let bytes = patch(&fixture("small"), "?", &folder.path().join("out.wazex")).input(b"[\xff]".to_vec());
    bytes.run().fails(4, &["cannot read the patch", "UTF-8"]);
    // What is not asked for is left alone, and names may be spelled with escapes.
    patched(&json!([{"op": "test", "path": "/roots/0/id", "value": 1, "comment": "mine", "from": null}]));
    let escaped = r#"[{"\u006fp":"t\u0065st","path":"\/roots/0/id","value":1}]"#;
    patch(&fixture("small"), escaped, &folder.path().join("escaped.wazex")).run().ok();
}

/// Neither a crash nor much memory, whatever the patch says.
#[test]
fn hostile_patches() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(200_000), close.repeat(200_000));
    let step = |path: &str, value: &str| format!(r#"[{{"op":"add","path":"{path}","value":{value}}}]"#);
    for value in [deep("[", "]"), deep("{\"a\":", "}").replacen(":}", ":1}", 1)] {
        for path in ["/states/5/Visibility", "/states/3/Background/0", "/roots", "/without_state", "/states/50"] {
            let folder = scratch();
            let out = folder.path().join("out.wazex");
            let output = patch(&fixture("small"), &step(path, &value), &out).run();
            assert!(matches!(output.code, Some(0 | 1 | 4)), "{path}: {output:?}");
            assert!(output.peak < 300 << 20, "{path}: {}", output.peak);
            if output.code == Some(0) {
                // It is the scene's own trouble from then on: whoever reads it must not fall, either.
                let read = scenectl().arg("diff").arg(&out).arg(fixture("small")).run();
                assert!(matches!(read.code, Some(0 | 1 | 4)), "{path}: {read:?}");
            }
        }
        refused(&value, 4, &["no JSON Patch"]);
    }
    // Each copy doubles what is there.
    let mut steps = vec![json!({"op": "add", "path": "/states/5/Bomb", "value": ["x".repeat(100)]})];
    steps.extend((0..10).map(|_| json!({"op": "copy", "from": "/states/5/Bomb", "path": "/states/5/Bomb/-"})));
    assert!(patched(&Value::from(steps.clone())).states[&5].len() > 100 << 10);
    steps.extend((0..50).map(|_| json!({"op": "copy", "from": "/states/5/Bomb", "path": "/states/5/Bomb/-"})));
    refused(&Value::from(steps).to_string(), 1, &["too large"]);
    let mut steps = vec![json!({"op": "add", "path": "/states/5/Bomb0", "value": "x".repeat(1 << 20)})];
    steps.extend(
        (1..90).map(|k| json!({"op": "copy", "from": "/states/5/Bomb0", "path": format!("/states/5/Bomb{k}")})),
    );
    refused(&Value::from(steps).to_string(), 1, &["the state of 5 would take", "bytes"]);
    refused(&step(&"/a".repeat(100_000), "1"), 1, &["no such place"]);
    refused(&step(&format!("/states/5/Property{}", "/Id".repeat(100_000)), "1"), 1, &["step 1"]);
}

#[test]
fn a_wrong_command_line() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    scenectl().args(["patch", "-", "-", "-o"]).arg(&out).input("[]").run().fails(2, &["stdin"]);
    scenectl().arg("patch").arg(fixture("small")).arg("-").input("[]").run().code(2);
    scenectl().arg("patch").arg(fixture("small")).run().code(2);
    patch(&fixture("small"), "[]", &folder.path().join("out.gltf")).run().fails(2, &[".wazex"]);
    let missing =
        scenectl().arg("patch").arg(fixture("small")).arg(folder.path().join("none.json")).arg("-o").arg(&out);
    missing.run().fails(4, &["none.json"]);
    assert_eq!(names(folder.path()), [""; 0]);
    fs::write(&out, "precious").unwrap();
    patch(&fixture("small"), "[]", &out).run().fails(2, &["--force"]);
    assert_eq!(fs::read(&out).unwrap(), b"precious");
    // Onto itself.
    let scene = Scene::small().write(folder.path());
    let steps = json!([{"op": "replace", "path": "/states/5/Visibility", "value": 0}]).to_string();
    scenectl().arg("patch").arg(&scene).args(["-", "--force", "-o"]).arg(&scene).input(steps).run().ok();
    assert_eq!(Content::of(&scene).state(5)["Visibility"], 0);
    Content::of(&scene).blobs.get(HASH).unwrap();
}

/// A blob that is not what its name says is a warning: the scene may be about that.
#[test]
fn blobs_that_are_something_else() {
    let folder = scratch();
    let steps = json!([{"op": "add", "path": "/blobs/123", "value": "AAAA"}]).to_string();
    let output = patch(&fixture("small"), &steps, &folder.path().join("out.wazex")).run().ok();
    assert!(output.stderr.contains("warning: blob 123"), "{}", output.stderr);
}

/// An id that no object has: what differs in nothing but such ids is equal, and its patch need not be empty.
const NOWHERE: u64 = 5000;

/// A change of the small scene.
#[derive(Clone, Debug)]
enum Edit {
    Set(u64, &'static str, Value),
    Unset(u64, &'static str),
    /// An array with these bytes, in the list of arrays at this place.
    Insert(Vec<u8>, usize),
    /// An actor of its own, in the list of props at this place.
    Actor(usize, f64),
    Remove(usize),
    Reverse,
    /// Ids in another order, from this one on.
    Renumber(u64, bool),
}

fn edits() -> impl Strategy<Value = Edit> {
    let value = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_filter("a number", |x| x.is_finite()).prop_map(Value::from),
        "[~/\"a\\\\ ☃]{0,6}".prop_map(Value::from),
        Just(json!({"Id": 6})),
        Just(json!({"Id": NOWHERE})),
        Just(json!([{"Id": 9}, 1, {"a/b~c": [{"Id": 2}]}])),
    ];
    let property = prop_oneof![Just("Visibility"), Just("Background"), Just("Mapper"), Just("a/b~1"), Just("\"☃")];
    prop_oneof![
        (2..10_u64, property.clone(), value).prop_map(|(id, name, value)| Edit::Set(id, name, value)),
        (2..10_u64, property).prop_map(|(id, name)| Edit::Unset(id, name)),
        (proptest::collection::vec(any::<u8>(), 0..9), 0..3_usize).prop_map(|(data, at)| Edit::Insert(data, at)),
        (0..3_usize, 0.0..1.0).prop_map(|(at, color)| Edit::Actor(at, color)),
        (0..4_usize).prop_map(Edit::Remove),
        Just(Edit::Reverse),
        (1..1000_u64, any::<bool>()).prop_map(|(from, down)| Edit::Renumber(from, down)),
    ]
}

/// The object with a class, wherever its id went.
fn of_class(scene: &Scene, class: &str) -> Option<u64> {
    let text = format!("\"ClassName\":\"{class}\"");
    scene.states.iter().find(|(_, state)| state.contains(&text)).map(|(id, _)| *id)
}

fn list(scene: &mut Scene, class: &str, name: &str, change: impl FnOnce(&mut Vec<Value>)) {
    let Some(id) = of_class(scene, class) else { return };
    scene.edit(id, |state| {
        if let Some(items) = state[name].as_array_mut() {
            change(items);
        }
    });
}

fn next_id(scene: &Scene) -> u64 {
    scene.states.keys().max().unwrap() + 1
}

fn edit(scene: &mut Scene, root: &mut u64, edit: &Edit) {
    match edit {
        Edit::Set(id, name, value) if scene.states.contains_key(id) => {
            scene.edit(*id, |state| state[*name] = value.clone());
        }
        Edit::Unset(id, name) if scene.states.contains_key(id) => {
            scene.edit(*id, |state| drop(state.as_object_mut().unwrap().remove(*name)));
        }
        Edit::Set(..) | Edit::Unset(..) => {}
        Edit::Insert(data, at) => {
            let (id, hash) = (next_id(scene), content_hash(data));
            let state = json!({"ClassName": "vtkUnsignedCharArray", "Hash": hash, "Id": id, "MTime": id,
                "NumberOfComponents": 1, "NumberOfTuples": data.len(), "SuperClassNames": ["vtkObjectBase", "vtkObject"]});
            scene.states.insert(id, state.to_string());
            scene.blobs.insert(hash, data.clone());
            let item = json!({"Id": id});
            list(scene, "vtkFieldData", "Arrays", |items| items.insert((*at).min(items.len()), item));
        }
        Edit::Actor(at, color) => {
            let id = next_id(scene);
            let actor = json!({"ClassName": "vtkActor", "Id": id, "MTime": id, "Property": {"Id": id + 1}, "SuperClassNames": ["vtkObjectBase", "vtkObject", "vtkProp"]});
            let property = json!({"ClassName": "vtkProperty", "Id": id + 1, "MTime": id, "Color": [color, color, 0], "SuperClassNames": ["vtkObjectBase", "vtkObject"]});
            scene.states.insert(id, actor.to_string());
            scene.states.insert(id + 1, property.to_string());
            let item = json!({"Id": id});
            list(scene, "vtkPropCollection", "Items", |items| items.insert((*at).min(items.len()), item));
        }
        Edit::Remove(at) => list(scene, "vtkPropCollection", "Items", |items| {
            if *at < items.len() {
                items.remove(*at);
            }
        }),
        Edit::Reverse => {
            list(scene, "vtkPropCollection", "Items", |items| items.reverse());
            list(scene, "vtkFieldData", "Arrays", |items| items.reverse());
        }
        Edit::Renumber(from, down) => renumber(scene, root, *from, *down),
    }
}

fn renumber(scene: &mut Scene, root: &mut u64, from: u64, down: bool) {
    let last = from + scene.states.len() as u64;
    let new: BTreeMap<u64, u64> =
        scene.states.keys().zip(from..).map(|(id, n)| (*id, if down { last + from - n } else { n })).collect();
    fn walk(value: &mut Value, new: &BTreeMap<u64, u64>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, new)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_u64() {
                        Some(id) if name == "Id" => *value = json!(new.get(&id).copied().unwrap_or(NOWHERE)),
                        _ => walk(value, new),
                    }
                }
            }
            _ => {}
        }
    }
    let states = std::mem::take(&mut scene.states);
    for (id, text) in states {
        let mut state: Value = serde_json::from_str(&text).unwrap();
        walk(&mut state, &new);
        scene.states.insert(new[&id], state.to_string());
    }
    *root = new[root];
}

fn model(scene: &Scene, root: u64, folder: &Path) -> Model {
    let mut entries = scene.entries();
    entries[0] =
        crate::support::zip::Entry::stored("vtk-wasm.json", json!({"vtk": "9.7.2", "ids": [root]}).to_string());
    let path = folder.join("scene.wazex");
    fs::write(&path, crate::support::zip::write(&entries)).unwrap();
    snapshot::read(&path).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happened to a scene: the patch makes the new one of the old one.
    #[test]
    fn patches_make_what_was_edited(
        first in proptest::collection::vec(edits(), 0..6),
        second in proptest::collection::vec(edits(), 0..8),
    ) {
        let [one, two] = [scratch(), scratch()];
        let (mut scene, mut root) = (Scene::small(), 1);
        first.iter().for_each(|change| edit(&mut scene, &mut root, change));
        let a = model(&scene, root, one.path());
        second.iter().for_each(|change| edit(&mut scene, &mut root, change));
        let b = model(&scene, root, two.path());
        assert_patch("edited", &a, &b);
        assert_patch("undone", &b, &a);
    }
}
