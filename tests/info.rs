//! `info`.

use serde_json::json;

use crate::support::fake::Fake;
use crate::support::files::Content;
use crate::support::scene::Scene;
use crate::support::{fixture, scenectl, scratch};

#[test]
fn json() {
    let info = scenectl().arg("info").arg(fixture("small")).arg("--json").run().ok().json();
    assert_eq!(info["protocol"], "vtklocal");
    assert_eq!(info["producer"], "9.7.2");
    assert_eq!((&info["objects"], &info["blobs"], &info["blob_bytes"]), (&json!(9), &json!(1), &json!(64)));
    assert_eq!(info["roots"][0]["id"], 1);
    assert_eq!(info["roots"][0]["class"], "vtkEGLRenderWindow");
    assert_eq!(info["classes"]["vtkOpenGLActor"], 1);
    assert_eq!((&info["missing_blobs"], &info["dangling_references"]), (&json!(0), &json!(0)));
}

#[test]
fn for_people() {
    let output = scenectl().arg("info").arg(fixture("reference/mixed-vtk9.7.2.wazex")).run().ok();
    let text = output.text();
    for word in ["9.7.2", "vtkEGLRenderWindow", "265", "39", "camera"] {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
    assert!(text.lines().count() <= 40, "it is one page");
}

#[test]
fn real_scenes() {
    for name in ["cone-vtk9.4.2", "cone-vtk9.5.2", "cone-vtk9.6.2", "two-vtk9.7.2", "volume24-vtk9.7.2", "porsche"] {
        let path = fixture(&format!("reference/{name}.wazex"));
        let content = Content::of(&path);
        let info = scenectl().arg("info").arg(&path).arg("--json").run().ok().json();
        assert_eq!(info["objects"], content.states.len(), "{name}");
        assert_eq!(info["state_bytes"], content.states.values().map(Vec::len).sum::<usize>(), "{name}");
        assert_eq!(info["blobs"], content.blobs.len(), "{name}");
        assert_eq!(info["blob_bytes"], content.blobs.values().map(Vec::len).sum::<usize>(), "{name}");
        let roots: Vec<_> = info["roots"].as_array().unwrap().iter().map(|root| root["id"].as_u64().unwrap()).collect();
        assert_eq!(roots, content.roots(), "{name}");
        assert_eq!(info["missing_blobs"], 0, "{name}");
        assert_eq!(info["dangling_references"], 0, "{name}");
    }
}

/// What is broken is told, and is no reason to fail.
#[test]
fn an_incomplete_scene() {
    let folder = scratch();
    let mut scene = Scene::small();
    scene.blobs.clear();
    scene.states.remove(&6);
    let info = scenectl().arg("info").arg(scene.write(folder.path())).arg("--json").run().ok().json();
    assert_eq!((&info["missing_blobs"], &info["dangling_references"]), (&json!(1), &json!(1)));
}

#[test]
fn a_live_server() {
    let fake = Fake::of(Scene::small(), |_| None);
    let info = scenectl().args(["info", &fake.url, "--json"]).run().ok().json();
    assert_eq!(info["objects"], 9);
    assert_eq!(info["server"]["url"], fake.url);
    assert_eq!(info["roots"][0]["name"], "view");
}
