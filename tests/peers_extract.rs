//! Extracted scenes in real VTK: one actor alone looks as it does in the whole scene with all others hidden.

use serde_json::Value;

use crate::support::replay::Replay;
use crate::support::viser::{self, Viser};
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

#[test]
fn what_does_not_show_a_viser_node_stays_out() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "everything", &["--size", "100"]);
    let folder = scratch();
    let path = folder.path().join("ball.wazex");
    scenectl().args(["extract", &server.url, "/frame/ball", "-o"]).arg(&path).run().ok();
    let listed = scenectl().arg("ls").arg(&path).arg("--json").run().ok().json_lines();
    let ids: Vec<&str> = listed.iter().map(|line| line["id"].as_str().unwrap()).collect();
    let (shown, around): (Vec<&str>, Vec<&str>) = ids.iter().partition(|id| id.starts_with('/'));
    assert_eq!(shown, ["/", "/frame", "/frame/ball"]);
    // What lights it and stands behind it is a part of the picture.
    assert!(around.iter().all(|id| id.starts_with("setting:")), "{around:?}");
    assert!(around.contains(&"setting:EnvironmentMapMessage") && around.contains(&"setting:FogMessage"), "{around:?}");
    let findings = scenectl().arg("doctor").arg(&path).arg("--json").run().json();
    assert_eq!(findings["errors"], 0, "{findings:#}");
    // Nothing of it is wrong for those to whom it is sent.
    let replay = Replay::start(&path, &[]);
    let decoded = viser::decode(&python, &replay.url, &[]);
    assert_eq!(
        (&decoded.line["hydrate"]["nodes"], &decoded.line["hydrate"]["gui"]),
        (&Value::from(2), &Value::from(0))
    );
}
