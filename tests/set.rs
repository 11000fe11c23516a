//! `set`.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::support::fake::Fake;
use crate::support::files::Content;
use crate::support::run::{Output, Scenectl};
use crate::support::scene::Scene;
use crate::support::{fixture, names, scenectl, scratch};

fn set(source: &Path, folder: &TempDir, args: &[&str]) -> Scenectl {
    scenectl().arg("set").arg(source).args(args).arg("-o").arg(folder.path().join("out.wazex"))
}

/// Sets something in the small scene and returns what came of it.
fn changed(args: &[&str]) -> (Output, Content) {
    let folder = scratch();
    let output = set(&fixture("small"), &folder, args).run().ok();
    (output, Content::of(&folder.path().join("out.wazex")))
}

/// It must be refused, and nothing be written.
#[track_caller]
fn refused(args: &[&str], code: i32, words: &[&str]) {
    let folder = scratch();
    set(&fixture("small"), &folder, args).run().fails(code, words);
    assert_eq!(names(folder.path()), [""; 0], "{args:?}");
}

#[test]
fn one_property() {
    let before = Content::of(&fixture("small"));
    let (_, after) = changed(&["3", "Background=[1,0,0.25]"]);
    // A whole number where the server has a float is written as one.
    assert_eq!(after.state(3)["Background"], json!([1.0, 0.0, 0.25]));
    let text = String::from_utf8(after.states[&3].clone()).unwrap();
    assert!(text.contains(r#""Background":[1.0,0.0,0.25],"ClassName""#), "{text}");
    assert!(text.contains("1e-05"), "nothing else is touched: {text}");
    // Clients take it for newer than anything they have.
    assert!(after.state(3)["MTime"].as_u64() > Some(19), "{text}");
    for (id, state) in &before.states {
        assert!(*id == 3 || after.states[id] == *state, "state {id} was touched");
    }
    assert_eq!(after.blobs, before.blobs);
    assert_eq!(after.roots(), [1]);
}

#[test]
fn several_properties_of_all_that_match() {
    let (output, after) =
        changed(&["vtkActor", "Visibility=0", "Property.Opacity=0.5", "property.color=[0,0,1]", "--json"]);
    assert_eq!(after.state(5)["Visibility"], 0);
    assert_eq!(after.state(6)["Opacity"], 0.5);
    assert_eq!(after.state(6)["Color"], json!([0.0, 0.0, 1.0]));
    let said = output.json();
    assert_eq!((&said["objects"], &said["changed"]), (&json!(1), &json!(3)));
}

#[test]
fn strings_references_and_null() {
    let (_, after) = changed(&["1", r#"WindowName="ein \"Fenster\" ☃""#]);
    assert_eq!(after.state(1)["WindowName"], "ein \"Fenster\" ☃");
    let (_, after) = changed(&["5", r#"Property={"Id":6}"#]);
    assert_eq!(after.state(5)["Property"], json!({"Id": 6}));
    let (_, after) = changed(&["5", "Mapper=null"]);
    assert_eq!(after.state(5)["Mapper"], json!(null));
    let (_, after) = changed(&["4", "Items=[]"]);
    assert_eq!(after.state(4)["Items"], json!([]));
    let (_, after) = changed(&["3", "Background.1=1"]);
    assert_eq!(after.state(3)["Background"], json!([0.0, 1.0, 1.0]));
}

#[test]
fn what_does_not_exist_is_refused() {
    refused(&["99", "Visibility=0"], 1, &["99"]);
    refused(&["vtkVolume", "Visibility=0"], 1, &["vtkVolume"]);
    refused(&["5", "Visiblity=0"], 1, &["Visiblity", "Visibility"]);
    refused(&["5", "New=0", "--force"], 1, &["New"]);
    refused(&["3", "Background.3=0"], 1, &["3"]);
    refused(&["5", r#"Property={"Id":77}"#], 1, &["77"]);
}

#[test]
fn other_kinds_of_values_need_force() {
    for wrong in [
        "Visibility=\"yes\"",
        "Visibility=[1]",
        "Visibility=null",
        "Visibility={}",
        "Visibility=true",
        "Visibility=0.5",
    ] {
        refused(&["5", wrong], 1, &["Visibility", "--force"]);
    }
    refused(&["3", "Background=[1,0]"], 1, &["Background", "--force"]);
    refused(&["3", "Background=[1,0,\"x\"]"], 1, &["Background"]);
    let (_, after) = changed(&["5", "Visibility=true", "--force"]);
    assert_eq!(after.state(5)["Visibility"], true);
}

#[test]
fn identity_cannot_be_set() {
    for assignment in ["Id=4", r#"ClassName="vtkVolume""#, "MTime=1", "SuperClassNames=[]"] {
        refused(&["5", assignment], 1, &["cannot be set"]);
        refused(&["5", assignment, "--force"], 1, &["cannot be set"]);
    }
}

#[test]
fn a_wrong_command_line() {
    refused(&["5", "Visibility"], 2, &["="]);
    refused(&["5", "Visibility=yes"], 2, &["JSON"]);
    refused(&["5", "=1"], 2, &[]);
    refused(&["5"], 2, &[]);
    scenectl().arg("set").arg(fixture("small")).args(["5", "Visibility=0"]).run().code(2);
}

/// One wrong assignment among good ones: nothing is written.
#[test]
fn all_or_nothing() {
    refused(&["5", "Visibility=0", "Nonsense=1"], 1, &["Nonsense"]);
}

#[test]
fn nothing_is_overwritten() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    std::fs::write(&out, "precious").unwrap();
    set(&fixture("small"), &folder, &["5", "Visibility=0"]).run().fails(2, &["--force"]);
    assert_eq!(std::fs::read(&out).unwrap(), b"precious");
    set(&fixture("small"), &folder, &["5", "Visibility=0", "--force"]).run().ok();
    assert_eq!(Content::of(&out).state(5)["Visibility"], 0);
    // Onto itself.
    set(&out, &folder, &["5", "Visibility=1", "--force"]).run().ok();
    assert_eq!(Content::of(&out).state(5)["Visibility"], 1);
}

/// There is no call for it, so nothing is pretended.
#[test]
fn a_live_server_is_left_untouched() {
    let fake = Fake::of(Scene::small(), |_| None);
    let folder = scratch();
    let output = scenectl().args(["set", &fake.url, "5", "Visibility=0"]).run();
    output.fails(1, &["untouched", "hint: "]);
    assert_eq!(names(folder.path()), [""; 0]);
    assert!(fake.calls().iter().all(|call| !call.method.contains("update") && !call.method.contains("trigger")));
}
