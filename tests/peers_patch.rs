//! Patched scenes in real VTK.

use crate::support::{fixture, peers, scenectl, scratch};

/// A patched scene is drawn as the one that the patch was to make, pixel by pixel.
#[test]
fn real_vtk_draws_what_was_patched() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    for (a, b) in [
        ("variants/base", "variants/color"),
        ("variants/base", "variants/insert_first"),
        ("variants/both", "variants/points"),
        ("variants/insert_first", "variants/reparent"),
        ("reference/cone-vtk9.7.2", "reference/two-vtk9.7.2"),
    ] {
        let [a, b] = [a, b].map(|name| fixture(&format!("{name}.wazex")));
        let patch = scenectl().arg("diff").args([&a, &b]).arg("--json-patch").run().code(1);
        let patched = folder.path().join("patched.wazex");
        scenectl().arg("patch").arg(&a).arg("-").arg("-o").arg(&patched).arg("--force").input(patch.stdout).run().ok();
        peers::verify_snapshot(&python, &patched, &b);
    }
}
