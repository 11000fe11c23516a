//! `diff` and `doctor` of scenes that the real VTK makes here and now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::server::Server;
use crate::support::viser::Viser;
use crate::support::{peers, scenectl, scratch};

/// Runs a script that writes one scene a file.
fn make(python: &peers::Peer, script: &str, folder: &Path) -> impl Fn(&str) -> PathBuf + use<> {
    let status = python.script(script).arg(folder).status().unwrap();
    assert!(status.success(), "{script}: {status}");
    let folder = folder.to_owned();
    move |name| folder.join(format!("{name}.wazex"))
}

/// How many changes of each kind there are, and all of them.
fn diff(a: &Path, b: &Path) -> (BTreeMap<String, usize>, Vec<Value>) {
    let said = scenectl().arg("diff").args([a, b]).arg("--json").arg("--exit-zero").run().ok().json();
    let changes = said["changes"].as_array().unwrap().clone();
    let mut kinds = BTreeMap::new();
    for change in &changes {
        *kinds.entry(change["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    (kinds, changes)
}

fn kinds(list: &[(&str, usize)]) -> BTreeMap<String, usize> {
    list.iter().map(|&(kind, n)| (kind.to_owned(), n)).collect()
}

#[test]
fn one_change_is_one_change() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    let scene = make(&python, "variants.py", folder.path());
    let base = scene("base");
    scenectl().arg("diff").args([&base, &scene("base_again")]).run().ok();

    // VTK keeps a colour in four properties.
    let (found, changes) = diff(&base, &scene("color"));
    assert_eq!(found, kinds(&[("value", 4)]));
    assert!(changes.iter().all(|change| change["property"].as_str().unwrap().ends_with("Color")), "{changes:?}");
    let (found, changes) = diff(&base, &scene("insert_first"));
    assert_eq!(found, kinds(&[("object-added", 1)]));
    assert_eq!(changes[0]["path"], "/Renderers/0/ViewProps/0");
    assert_eq!(diff(&base, &scene("both")).0, kinds(&[("object-added", 1), ("value", 4)]));
    assert_eq!(diff(&base, &scene("remove")).0, kinds(&[("object-removed", 1)]));
    assert_eq!(diff(&base, &scene("move")).0, kinds(&[("object-moved", 1)]));
    assert_eq!(diff(&base, &scene("reparent")).0, kinds(&[("object-moved", 1)]));
    assert_eq!(diff(&base, &scene("points")).0, kinds(&[("array", 1)]));
    assert_eq!(diff(&base, &scene("points_ulp")).0, kinds(&[]));
    let (found, changes) = diff(&base, &scene("int32_ids"));
    assert_eq!(found, kinds(&[("array", 8)]));
    assert!(changes.iter().all(|change| change["array"]["same_values"] == true), "{changes:?}");
    let (found, changes) = diff(&base, &scene("camera"));
    assert_eq!(found, kinds(&[("value", 3)]));
    assert!(changes.iter().all(|change| change["path"] == "/Renderers/0/ActiveCamera"), "{changes:?}");
    scenectl().arg("diff").args([&base, &scene("camera")]).arg("--ignore-camera").run().ok();
    // A rendering makes a light, and the texts' textures.
    let objects = diff(&base, &scene("rendered")).1;
    let objects: std::collections::BTreeSet<&str> =
        objects.iter().map(|change| change["path"].as_str().unwrap()).collect();
    assert!(objects.len() < 10, "{objects:?}");
}

#[test]
fn a_live_server_against_its_own_export() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "mixed", &[]);
    scenectl().args(["diff", &server.url]).arg(server.wazex()).run().ok();
    let red = scratch();
    let red = red.path().join("red.wazex");
    scenectl().arg("set").arg(server.wazex()).args(["3", "Background=[1,0,0]", "-o"]).arg(&red).run().ok();
    let said = scenectl().arg("diff").arg(&red).arg(&server.url).run().code(1);
    assert!(said.text().contains("Background  [1.0,0.0,0.0] -> [0.1,0.2,0.3]"), "{}", said.text());
    server.assert_never_told_to_exit();
}

#[test]
fn what_is_broken_is_named() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    let scene = make(&python, "broken.py", folder.path());
    scenectl().args(["doctor", "--deny", "warnings"]).arg(scene("healthy")).run().ok();
    for (name, code) in [
        ("assembly", "E101"),
        ("billboard", "E101"),
        ("dataset_mapper", "E102"),
        ("deleted_state", "E104"),
        ("deleted_blob", "E105"),
        ("short_blob", "E107"),
        ("flipped_byte", "E113"),
    ] {
        let said = scenectl().arg("doctor").arg(scene(name)).arg("--json").run().code(1).json();
        let findings = said["findings"].as_array().unwrap().iter();
        let errors = findings.filter(|finding| finding["severity"] == "error");
        assert_eq!(errors.map(|finding| finding["code"].as_str().unwrap()).collect::<Vec<_>>(), [code], "{name}");
    }
    for name in ["bad_clipping", "outside_view", "invisible", "transparent", "no_mapper", "no_input", "empty_input"] {
        let said = scenectl().args(["doctor", "--deny", "warnings"]).arg(scene(name)).run().code(1);
        assert!(said.text().contains(" W2") || said.text().contains(" E1"), "{name}: {}", said.text());
    }
}

#[test]
fn the_same_script_of_viser_makes_the_same_scene_each_time() {
    let Some(python) = peers::python_viser() else { return };
    for scene in ["gui", "everything"] {
        let folder = scratch();
        let pull = |name: &str| {
            let server = Viser::start(&python, scene, &["--size", "20"]);
            let path = folder.path().join("run").join(name).with_extension("wazex");
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            scenectl().args(["pull", &server.url, "-o"]).arg(&path).run().ok();
            path
        };
        let a = pull("scene");
        let check = || scenectl().current_dir(folder.path()).args(["check", "run", "--baseline", "base"]);
        check().arg("--update").run().ok();
        let baseline = folder.path().join("base/scene/scene.json");
        let before = std::fs::read_to_string(&baseline).unwrap();
        let b = folder.path().join("b.wazex");
        std::fs::rename(&a, &b).unwrap();
        let again = pull("scene");
        let (found, changes) = diff(&b, &again);
        assert_eq!(found, kinds(&[]), "{scene}: {changes:#?}");
        check().run().ok();
        check().arg("--update").run().ok();
        assert_eq!(std::fs::read_to_string(&baseline).unwrap(), before, "{scene}");
        // The ids are not the same, and that is all.
        scenectl().arg("diff").args([&b, &again]).arg("--strict").run().code(1);

        // What is in a tab is compared.
        let patched = folder.path().join("patched.wazex");
        let edit = |path: &Path, label: &str| {
            let tabs = ["GuiTabGroup", &format!("props._tab_labels=[\"{label}\"]")].map(str::to_owned);
            scenectl().arg("set").arg(path).args(tabs).arg("-o").arg(&patched).run().ok();
        };
        edit(&again, "other");
        let (found, changes) = diff(&b, &patched);
        assert_eq!(found, kinds(&[("value", 1)]), "{scene}: {changes:#?}");
    }
}
