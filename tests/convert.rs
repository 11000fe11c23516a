//! `convert`.

use std::fs;

use crate::support::files::Content;
use crate::support::scene::Scene;
use crate::support::{fixture, names, scenectl, scratch};

#[test]
fn there_and_back() {
    let folder = scratch();
    let path = |name: &str| folder.path().join(name);
    let convert = |from: &str, to: &str, args: &[&str]| {
        scenectl().arg("convert").arg(path(from)).arg(path(to)).args(args).run().ok()
    };
    Scene::small().write(folder.path());
    convert("small.wazex", "unpacked/", &[]);
    convert("unpacked", "packed.wazex", &[]);
    convert("unpacked", "packed.zip", &[]);
    convert("packed.wazex", "deflated.vtk-wasm", &["--compress"]);
    convert("deflated.vtk-wasm", "again.wazex", &[]);
    let wanted = Content::of(&fixture("small"));
    for name in ["unpacked", "packed.wazex", "packed.zip", "deflated.vtk-wasm", "again.wazex"] {
        Content::of(&path(name)).assert_same_bytes(&wanted);
        assert_eq!(Content::of(&path(name)).roots(), [1], "{name}");
    }
    let bytes = |name: &str| fs::read(path(name)).unwrap();
    assert!(bytes("packed.wazex") == bytes("packed.zip"), "the same scene gives the same bytes");
    assert!(bytes("packed.wazex") == bytes("again.wazex"), "whatever way it went");
    assert!(bytes("deflated.vtk-wasm").len() < bytes("packed.wazex").len());
}

#[test]
fn pretty_states_are_for_reading_and_come_back() {
    let folder = scratch();
    let [pretty, back] = ["pretty/", "back.wazex"].map(|name| folder.path().join(name));
    scenectl().arg("convert").arg(fixture("small")).arg(&pretty).arg("--pretty").run().ok();
    let state = fs::read_to_string(pretty.join("states/3")).unwrap();
    assert!(state.lines().count() > 5, "{state}");
    assert!(state.contains("1e-05"), "numbers stay as they are: {state}");
    scenectl().arg("convert").arg(&pretty).arg(&back).run().ok();
    Content::of(&back).assert_same_bytes(&Content::of(&fixture("small")));
}

#[test]
fn through_pipes() {
    let packed = scenectl().arg("convert").arg(fixture("small")).arg("-").run().ok();
    assert!(packed.stdout.starts_with(b"PK"));
    let folder = scratch();
    let copy = folder.path().join("copy.wazex");
    scenectl().args(["convert", "-"]).arg(&copy).input(packed.stdout.clone()).run().ok();
    assert!(fs::read(&copy).unwrap() == packed.stdout);
}

#[test]
fn nothing_is_overwritten() {
    let folder = scratch();
    let (file, dir) = (folder.path().join("scene.wazex"), folder.path().join("scene"));
    fs::write(&file, "precious").unwrap();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("thesis.txt"), "precious").unwrap();
    let convert =
        |to: &std::path::Path, args: &[&str]| scenectl().arg("convert").arg(fixture("small")).arg(to).args(args).run();
    convert(&file, &[]).fails(2, &["exists", "--force"]);
    convert(&dir, &[]).fails(2, &["exists", "--force"]);
    // Somebody's folder is not swept away, not even by force.
    let output = convert(&dir, &["--force"]);
    assert_ne!(output.code, Some(0), "{output:?}");
    assert_eq!(fs::read(dir.join("thesis.txt")).unwrap(), b"precious");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    convert(&file, &["--force"]).ok();
    Content::of(&file).assert_same_bytes(&Content::of(&fixture("small")));
    assert_eq!(names(folder.path()), ["scene", "scene.wazex"]);
    // A snapshot is replaced by force, and nothing of the old one stays.
    let target = folder.path().join("other/");
    scenectl().arg("convert").arg(fixture("reference/cone-vtk9.7.2.wazex")).arg(&target).run().ok();
    convert(&target, &["--force"]).ok();
    Content::of(&target).assert_same_bytes(&Content::of(&fixture("small")));
}

#[test]
fn forms_that_are_unknown() {
    let folder = scratch();
    for name in ["scene.gltf", "scene.json", "scene.tar.gz"] {
        scenectl().arg("convert").arg(fixture("small")).arg(folder.path().join(name)).run().fails(2, &[".wazex"]);
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn paths_from_where_one_is() {
    let folder = scratch();
    Scene::small().write(folder.path());
    for args in [["small.wazex", "copy.wazex"], ["./copy.wazex", "unpacked/"], ["unpacked", "second"]] {
        scenectl().arg("convert").args(args).current_dir(folder.path()).run().ok();
    }
    assert_eq!(names(folder.path()), ["copy.wazex", "second", "small.wazex", "unpacked"]);
    Content::of(&folder.path().join("second")).assert_same_bytes(&Content::of(&fixture("small")));
}
