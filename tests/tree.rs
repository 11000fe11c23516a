//! `tree`.

use serde_json::Value;

use crate::support::scene::Scene;
use crate::support::{fixture, scenectl, scratch};

fn tree(args: &[&str]) -> Vec<Value> {
    scenectl().arg("tree").arg(fixture("small")).args(args).arg("--json").run().ok().json_lines()
}

/// Depth and id of each line.
fn shape(lines: &[Value]) -> Vec<(u64, u64)> {
    lines.iter().map(|line| (line["depth"].as_u64().unwrap(), line["id"].as_u64().unwrap())).collect()
}

#[test]
fn each_object_stands_once_under_its_owner() {
    let lines = tree(&[]);
    let once: Vec<_> = lines.iter().filter(|line| line["repeated"] == false).cloned().collect();
    let mut ids: Vec<_> = shape(&once).into_iter().map(|(_, id)| id).collect();
    assert_eq!(shape(&once)[0], (0, 1));
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // A renderer knows its window: that is a way back, not another subtree.
    let renderer = once.iter().find(|line| line["id"] == 3).unwrap();
    assert_eq!(renderer["class"], "vtkOpenGLRenderer");
}

#[test]
fn depth_and_start() {
    assert_eq!(shape(&tree(&["--depth", "0"])), [(0, 1)]);
    assert_eq!(shape(&tree(&["--depth", "1"])), [(0, 1), (1, 2)]);
    assert_eq!(shape(&tree(&["vtkActor"]))[0], (0, 5));
    assert_eq!(shape(&tree(&["/Renderers/0/ViewProps/0", "--depth", "0"])), [(0, 5)]);
    scenectl().arg("tree").arg(fixture("small")).arg("vtkVolume").run().fails(1, &["vtkVolume"]);
}

#[test]
fn for_people() {
    let output = scenectl().arg("tree").arg(fixture("small")).run().ok();
    let text = output.text();
    assert_eq!(text.lines().next().unwrap(), "vtkEGLRenderWindow #1");
    for word in ["Renderers", "vtkOpenGLRenderer #3", "Mapper", "offsets"] {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
    assert!(!text.contains('\x1b'));
}

#[test]
fn what_is_missing_is_shown() {
    let folder = scratch();
    let mut scene = Scene::small();
    scene.states.remove(&6);
    let snapshot = scene.write(folder.path());
    let lines = scenectl().arg("tree").arg(&snapshot).arg("--json").run().ok().json_lines();
    let missing: Vec<_> = lines.iter().filter(|line| line["missing"] == true).map(|line| &line["id"]).collect();
    assert_eq!(missing, [6]);
    assert!(scenectl().arg("tree").arg(&snapshot).run().ok().text().contains("#6"));
}

/// Deep and round scenes: neither stack nor time runs out.
#[test]
fn a_chain_of_objects() {
    let folder = scratch();
    let mut scene = Scene::small();
    let last = 40_000;
    scene.edit(8, |state| state["Arrays"] = serde_json::json!([{"Id": 100}]));
    for id in 100..last {
        let next = if id + 1 == last { 1 } else { id + 1 };
        let text = format!(r#"{{"ClassName":"vtkObject","Id":{id},"MTime":3,"Next":{{"Id":{next}}}}}"#);
        scene.states.insert(id, text);
    }
    let snapshot = scene.write(folder.path());
    let lines = scenectl().arg("tree").arg(&snapshot).arg("--json").run().ok().text().lines().count();
    assert!(lines as u64 >= last - 100, "{lines}");
    scenectl().arg("info").arg(&snapshot).run().ok();
}

/// An object below another, sixty thousand times: no more work than there are objects.
#[test]
fn a_very_deep_scene() {
    let mut scene = Scene::small();
    const DEEPEST: u64 = 60_000;
    let state = |id: u64| {
        let next = if id < DEEPEST { format!(r#","Next":{{"Id":{}}}"#, id + 1) } else { String::new() };
        format!(r#"{{"ClassName":"vtkRenderWindow","Id":{id},"MTime":1{next},"vtk-object-manager-kept-alive":true}}"#)
    };
    scene.states = (1..=DEEPEST).map(|id| (id, state(id))).collect();
    scene.blobs.clear();
    let folder = scratch();
    let path = scene.write(folder.path());
    let output = scenectl().arg("tree").arg(&path).limit(60).run().ok();
    let last = output.text().lines().last().unwrap();
    assert!(last.contains("(+") && last.ends_with("#60000"), "{last}");
    assert!(output.text().len() < 60_000 * 250 && output.peak < 400 << 20, "{}", output.peak);
    let output = scenectl().arg("ls").arg(&path).arg("//vtkRenderWindow[MTime=1]").limit(60).run().ok();
    assert!(output.text().lines().count() >= 60_000 - 1);
}
