//! `ls`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::fake::Fake;
use crate::support::files::Content;
use crate::support::scene::{HASH, Scene};
use crate::support::{fixture, scenectl, scratch};

/// The ids that `ls --json` lists.
fn ids(args: &[&str]) -> Vec<u64> {
    let lines = scenectl().arg("ls").arg(fixture("small")).args(args).arg("--json").run().ok().json_lines();
    lines.iter().map(|line| line["id"].as_u64().unwrap()).collect()
}

#[test]
fn selectors() {
    assert_eq!(ids(&[]), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(ids(&["*"]), ids(&[]));
    assert_eq!(ids(&["5"]), [5]);
    assert_eq!(ids(&["5,3"]), [5, 3]);
    assert_eq!(ids(&["vtkActor"]), [5]);
    assert_eq!(ids(&["vtkCollection"]), [2, 4], "derived classes, too");
    assert_eq!(ids(&["/Renderers/0/ViewProps/*"]), [5]);
    assert_eq!(ids(&["/renderers/0/viewProps/0"]), [5]);
    assert_eq!(ids(&["//vtkDataArray"]), [9]);
    assert_eq!(ids(&["vtkRenderer//vtkActor"]), [5]);
    assert_eq!(ids(&["vtkActor[Visibility=0]"]), [0_u64; 0]);
    assert_eq!(ids(&["vtkActor[Visibility!=0]"]), [5]);
    assert_eq!(ids(&["vtkObject[MTime>=17]"]), [7, 8, 9]);
    assert_eq!(ids(&["vtkActor[Mapper.ScalarVisibility=1][Property.Opacity=1]"]), [5]);
    assert_eq!(ids(&["*[Background]"]), [3]);
    assert_eq!(ids(&[r#"*[WindowName="small"]"#]), [1]);
    assert_eq!(ids(&["vtkActor,vtkRenderer,vtkActor"]), [5, 3], "each once");
}

#[test]
fn a_line_says_what_an_object_is() {
    let lines = scenectl().arg("ls").arg(fixture("small")).args(["9", "--json"]).run().ok().json_lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    for (key, value) in
        [("id", json!(9)), ("class", json!("vtkTypeInt64Array")), ("name", json!("offsets")), ("blob", json!(HASH))]
    {
        assert_eq!(line[key], value, "{key}");
    }
    assert_eq!(line["blob_bytes"], 64);
}

/// A table is for people, but it is the same without a terminal: no colour, one line per object.
#[test]
fn a_table() {
    let output = scenectl().arg("ls").arg(fixture("small")).run().ok();
    let text = output.text();
    for word in ["vtkOpenGLRenderer", "offsets", "scène ☃"] {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
    assert!(!text.contains('\x1b'), "no colours without a terminal");
    assert!(text.lines().all(|line| line == line.trim_end()), "no blanks at the ends of lines");
    let colored = scenectl().arg("ls").arg(fixture("small")).args(["--color", "always"]).run().ok();
    assert!(colored.text().contains("vtkOpenGLRenderer"));
}

#[test]
fn nothing_found() {
    let ls = |args: &[&str]| scenectl().arg("ls").arg(fixture("small")).arg("vtkVolume").args(args).run();
    assert_eq!(ls(&[]).ok().text(), "");
    assert_eq!(ls(&["--json"]).ok().text(), "");
    assert_eq!(ls(&["--exit-status"]).code(1).text(), "");
    scenectl().arg("ls").arg(fixture("small")).args(["vtkActor", "--exit-status"]).run().ok();
    scenectl().arg("ls").arg(fixture("small")).arg("vtkActor[").run().fails(2, &["vtkActor["]);
}

#[test]
fn real_scenes() {
    for name in ["cone-vtk9.4.2", "mixed-vtk9.7.2", "porsche"] {
        let path = fixture(&format!("reference/{name}.wazex"));
        let content = Content::of(&path);
        let lines = scenectl().arg("ls").arg(&path).arg("--json").run().ok().json_lines();
        let listed: BTreeSet<u64> = lines.iter().map(|line| line["id"].as_u64().unwrap()).collect();
        assert_eq!(listed, content.states.keys().copied().collect(), "{name}");
        for line in &lines {
            let state = content.state(line["id"].as_u64().unwrap());
            assert_eq!(line["class"], state["ClassName"], "{line}");
            assert_eq!(line["blob"], state.get("Hash").cloned().unwrap_or(Value::Null), "{line}");
        }
    }
}

/// Files, folders, live servers and the demo are all the same to it.
#[test]
fn any_source() {
    let folder = scratch();
    let snapshot = Scene::small().write(folder.path());
    let list = |source: &str| scenectl().args(["ls", source, "--json"]).run().ok().text().to_owned();
    let wanted = list(fixture("small").to_str().unwrap());
    assert_eq!(list(snapshot.to_str().unwrap()), wanted);
    assert_eq!(list(&Fake::of(Scene::small(), |_| None).url), wanted);
    assert!(list("demo:").lines().count() > 100);
}

#[test]
fn a_name_that_is_the_id_is_said_once() {
    let scene = fixture("viser/basic.viser");
    let text = |args: &[&str]| scenectl().arg(args[0]).arg(&scene).args(&args[1..]).run().ok().text().to_owned();
    let listed = text(&["ls", "SceneNode"]);
    let mut lines = listed.lines();
    assert_eq!(lines.next().unwrap().split_whitespace().collect::<Vec<_>>(), ["ID", "CLASS", "STATE", "BLOB"]);
    // Names begin where a line does.
    assert!(lines.all(|line| line.starts_with('/') && line.split_whitespace().count() == 4), "{listed}");
    assert!(text(&["tree"]).contains("children.box Box /box\n"));
    assert!(text(&["top", "--by", "object"]).lines().all(|line| line.matches("/box").count() < 2));
    let named = scenectl().arg("ls").arg(&scene).args(["/box", "--json"]).run().ok().json();
    assert_eq!((&named["id"], &named["name"]), (&json!("/box"), &json!("/box")));
}
