//! Extracted scenes in real VTK: one actor alone looks as it does in the whole scene with all others hidden.

use serde_json::Value;

use crate::support::{fixture, peers, scenectl, scratch};

/// The props that the renderers of a snapshot show, by id.
fn shown(name: &str) -> Vec<u64> {
    let listed = scenectl().arg("ls").arg(fixture(name)).args(["//vtkViewport", "--json"]).run().ok().json_lines();
    let ids = listed.iter().map(|renderer| renderer["id"].to_string());
    ids.flat_map(|id| {
        let lines = scenectl().arg("get").arg(fixture(name)).args([&id, "ViewProps.Items", "--json"]).run().ok();
        let items: Vec<Value> = lines.json_lines()[0]["value"].as_array().unwrap().clone();
        items.into_iter().map(|item| item["Id"].as_u64().unwrap())
    })
    .collect()
}

/// Extracts a prop, hides all others in the whole scene, and compares the pictures.
fn alone(name: &str, which: impl Fn(usize) -> bool) {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    let original = fixture(name);
    let props = shown(name);
    assert!(props.len() > 3, "{props:?}");
    for (_, prop) in props.iter().enumerate().filter(|(k, _)| which(*k)) {
        let others: Vec<String> = props.iter().filter(|other| *other != prop).map(u64::to_string).collect();
        let [hidden, small] = ["hidden", "small"].map(|part| folder.path().join(format!("{part}-{prop}.wazex")));
        let selector = others.join(",");
        scenectl().arg("set").arg(&original).args([&selector, "Visibility=0", "-o"]).arg(&hidden).run().ok();
        let args = [&prop.to_string(), "--json", "-o"];
        let said = scenectl().arg("extract").arg(&original).args(args).arg(&small).run().ok().json();
        peers::verify_snapshot(&python, &small, &hidden);
        assert!(said["kept"]["objects"].as_u64() < said["of"]["objects"].as_u64(), "{said}");
    }
}

#[test]
fn every_actor_of_the_mixed_scene() {
    alone("reference/mixed-vtk9.7.2.wazex", |_| true);
}

#[test]
fn some_actors_of_an_older_scene() {
    alone("reference/porsche.wazex", |k| matches!(k, 1 | 5 | 9 | 15 | 19 | 21));
}
