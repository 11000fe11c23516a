//! Arrays that `top` calls unused, in real VTK.

use serde_json::Value;

use crate::support::{peers, scenectl, scratch};

/// What `top` calls unused does not show, whatever is in it; and it finds all of it.
#[test]
fn arrays_that_nothing_draws() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    let status = python.script("export_scene.py").arg("arrays").arg(folder.path()).output().unwrap().status;
    assert!(status.success());
    let scene = folder.path().join("scene.wazex");
    let said = scenectl().arg("top").arg(&scene).arg("--json").run().ok().json();
    let named = |name: &Value| name.as_str().is_some_and(|name| name.contains("left over"));
    let (unused, used): (Vec<&Value>, Vec<&Value>) =
        said["rows"].as_array().unwrap().iter().partition(|row| row["unused"] == true);
    assert!(unused.len() > 10 && unused.iter().all(|row| named(&row["name"])), "{unused:?}");
    assert!(!used.iter().any(|row| named(&row["name"])), "{used:?}");
    let spoil = |ids: Vec<String>| {
        let args: Vec<&str> = std::iter::once(scene.to_str().unwrap()).chain(ids.iter().map(String::as_str)).collect();
        let said = python.run("spoil_arrays.py", &args);
        assert_eq!((&said["spoiled"], &said["problems"]), (&ids.len().into(), &serde_json::json!([])), "{said}");
        said["difference"].as_f64().unwrap()
    };
    assert!(spoil(unused.iter().map(|row| row["id"].to_string()).collect()) == 0.0);
    let by_name = used.iter().find(|row| row["name"] == "by name").unwrap();
    assert!(spoil(vec![by_name["id"].to_string()]) > 0.0, "the script does spoil pictures");
}
