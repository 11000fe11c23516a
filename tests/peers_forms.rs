//! What the real exporters of VTK and trame-vtklocal write, read as a scene.

use std::fs;

use crate::support::{peers, scenectl, scratch};

#[test]
fn all_that_is_exported_is_the_same_scene() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    for (scene, more) in [("mixed", &[][..]), ("two", &[]), ("volume", &["--size", "24"])] {
        let out = folder.path().join(scene);
        let mut export = python.script("export_scene.py");
        let output = export.arg(scene).arg(&out).args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let converted = |form: &str| {
            let to = folder.path().join(format!("{scene}.{form}.wazex"));
            let version = ["--vtk", "9.7.2", "--force"];
            scenectl().arg("convert").arg(out.join(format!("scene.{form}"))).arg(&to).args(version).run().ok();
            to
        };
        let wanted = converted("wazex");
        for form in ["states.json", "blobs.json", "bytes", "json", "index.zip", "html"] {
            let found = converted(form);
            assert!(fs::read(&found).unwrap() == fs::read(&wanted).unwrap(), "{scene}, {form}");
        }
        peers::verify_snapshot(&python, &converted("bytes"), &out.join("render.1.png"));
    }
}
