//! Pulling from real viser servers, compared with what their plain client in Python decodes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::peers;
use crate::support::viser::{self, Viser};
use crate::support::{scenectl, scratch};

/// All scenes that the server has, and how large they are to be.
const SCENES: [(&str, &str); 14] = [
    ("basic", "1"),
    ("points", "2000"),
    ("points16", "2000"),
    ("mesh", "2000"),
    ("nodes", "300"),
    ("media", "500"),
    ("gui", "1"),
    ("animated", "5"),
    ("big-atomic", "200"),
    ("transform", "1"),
    ("scoped", "1"),
    ("download", "1000"),
    ("render", "1"),
    ("everything", "500"),
];

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The arrays of a snapshot in a folder, as the plain client tells of them.
fn arrays(folder: &Path) -> BTreeMap<String, Value> {
    let found = scenectl().args(["query", "-c"]).arg(folder).arg(".objects").run().ok().json();
    let is_array = |object: &&Value| ["Array", "Bytes"].iter().any(|class| object["state"]["type"] == *class);
    let tell = |object: &Value| {
        let state = &object["state"];
        let bytes = fs::read(folder.join("blobs").join(state["hash"].as_str().unwrap())).unwrap();
        let count: u64 = state["shape"].as_array().unwrap().iter().map(|len| len.as_u64().unwrap()).product();
        let told = json!({"dtype": state["dtype"], "count": count, "sha256": hex(&bytes)});
        (object["id"].as_str().unwrap().to_owned(), told)
    };
    found.as_array().unwrap().iter().filter(is_array).map(tell).collect()
}

#[test]
fn every_scene_has_the_objects_and_arrays_that_the_plain_client_decodes() {
    let Some(python) = peers::python_viser() else { return };
    for (scene, size) in SCENES {
        let server = Viser::start(&python, scene, &["--size", size]);
        let folder = scratch();
        let output = folder.path().join("scene");
        scenectl().args(["pull", &server.url, "-o"]).arg(&output).run().ok();
        let decoded = viser::decode(&python, &server.url, &[]);
        let expected: BTreeMap<String, Value> =
            decoded.arrays.as_object().unwrap().iter().map(|(id, told)| (id.clone(), told.clone())).collect();
        assert_eq!(arrays(&output), expected, "{scene}");
        let count =
            |selector: &str| scenectl().args(["ls", "--json"]).arg(&output).arg(selector).run().text().lines().count();
        let hydrate = &decoded.line["hydrate"];
        assert_eq!(json!(count("SceneNode")), hydrate["nodes"], "{scene}");
        assert_eq!(json!(count("Gui")), hydrate["gui"], "{scene}");
        // Whoever only looks is not noticed.
        assert!(server.events("client_connected").is_empty(), "{scene}");
    }
}

#[test]
fn another_scenes_snapshot_is_replaced_with_force_only() {
    let Some(python) = peers::python_viser() else { return };
    let [basic, points] = ["basic", "points"].map(|scene| Viser::start(&python, scene, &["--size", "10"]));
    let folder = scratch();
    for name in ["a.wazex", "a", "a.viser"] {
        let output = folder.path().join(name);
        let pull = |url: &str, more: &[&str]| scenectl().args(["pull", url, "-o"]).arg(&output).args(more).run();
        pull(&basic.url, &[]).ok();
        if name != "a.viser" {
            assert!(pull(&basic.url, &[]).ok().text().contains("nothing has changed"), "{name}");
        }
        pull(&points.url, &[]).fails(2, &["exists already", "--force"]);
        assert!(scenectl().arg("ls").arg(&output).run().ok().text().contains("/box"), "{name}");
        pull(&points.url, &["--force"]).ok();
        assert!(scenectl().arg("ls").arg(&output).run().ok().text().contains("/points"), "{name}");
    }
}
