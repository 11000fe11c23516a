//! `export`, as Khronos' validator of glTF sees it.

use serde_json::json;

use crate::support::peers::{gltf_validator, python_viser};
use crate::support::viser::Viser;
use crate::support::{fixture, scenectl, scratch};

#[test]
fn the_validator_finds_nothing() {
    let Some(validator) = gltf_validator() else { return };
    let folder = scratch();
    let out = folder.path().join("out.glb");
    let fixtures = ["demo.wazex", "small", "reference", "variants", "broken"].map(fixture);
    let mut scenes = Vec::new();
    for path in fixtures {
        match path.is_dir() && !path.join("vtk-wasm.json").is_file() {
            false => scenes.push(path),
            true => scenes.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path())),
        }
    }
    scenes.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "wazex"));
    assert!(scenes.len() > 40);
    for scene in scenes {
        for up in ["y", "z"] {
            let said = scenectl().arg("export").arg(&scene).arg(&out).args(["--force", "--json", "--up", up]).run();
            assert!(matches!(said.code, Some(0 | 3)), "{scene:?}: {}", said.stderr);
            let (said, report) = (said.json(), validator.run("validate_glb.mjs", &[out.to_str().unwrap()]));
            let found = ["errors", "warnings", "infos", "hints"].map(|severity| report[severity].as_u64().unwrap());
            assert_eq!(found[..2], [0, 0], "{scene:?}: {:#}", report["messages"]);
            let (counted, contents) = (&report["info"], &said["contents"]);
            assert_eq!(counted["version"], "2.0");
            if contents["vertices"] != json!(0) {
                // Glyphs share the arrays of one mesh, which the validator counts for each colour.
                assert!(counted["totalTriangleCount"].as_u64() >= contents["triangles"].as_u64(), "{scene:?}");
            }
        }
    }
}

#[test]
fn real_viser_scenes_are_sound() {
    let (Some(validator), Some(python)) = (gltf_validator(), python_viser()) else { return };
    let folder = scratch();
    for (scene, expected) in [
        ("everything", json!([1984 + 1808, 43, 2500, 1, 1])),
        ("points16", json!([0, 0, 500, 0, 0])),
        ("nodes", json!([0, 0, 0, 0, 0])),
    ] {
        let server = Viser::start(&python, scene, &["--size", "500"]);
        let out = folder.path().join(format!("{scene}.glb"));
        let said = scenectl().args(["export", "--json", &server.url]).arg(&out).run().ok().json();
        let counts = ["triangles", "lines", "points", "textures", "cameras"].map(|name| &said["contents"][name]);
        assert_eq!(json!(counts), expected, "{scene}: {said:#}");
        let report = validator.run("validate_glb.mjs", &[out.to_str().unwrap()]);
        assert_eq!((&report["errors"], &report["warnings"]), (&json!(0), &json!(0)), "{:#}", report["messages"]);
        assert!(said["losses"].as_array().unwrap().iter().all(|loss| loss["kind"] == "unsupported"), "{said:#}");
    }
}
