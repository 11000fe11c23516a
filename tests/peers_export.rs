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

#[test]
fn glb_files_of_real_viser_scenes_are_merged() {
    let (Some(validator), Some(python)) = (gltf_validator(), python_viser()) else { return };
    let folder = scratch();
    let server = Viser::start(&python, "trimesh", &[]);
    let out = folder.path().join("out.glb");
    let said = scenectl().args(["export", "--json", "--up", "y", &server.url]).arg(&out).run().ok().json();
    // Two boxes, a sheet, a ball.
    let counts = ["triangles", "textures"].map(|name| &said["contents"][name]);
    assert_eq!(json!(counts), json!([12 + 12 + 2 + 80, 1]), "{said:#}");
    let report = validator.run("validate_glb.mjs", &[out.to_str().unwrap()]);
    assert_eq!((&report["errors"], &report["warnings"]), (&json!(0), &json!(0)), "{:#}", report["messages"]);
    let bounds = python.script("viser/bounds.py").arg(&out).output().unwrap();
    let bounds: serde_json::Value = serde_json::from_slice(&bounds.stdout).unwrap();
    // The box of two by two at height 1, the sheet, the ball at y 5, the box at x 7.
    assert_eq!(bounds, json!([[-1.0, -1.0, -1.0], [7.5, 6.0, 2.0]]));

    // What is left out can be had by the command that is named.
    let losses = said["losses"].as_array().unwrap();
    let many = losses.iter().find(|loss| loss["reason"].as_str().unwrap().contains("many places")).unwrap();
    let detail = many["objects"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("`scenectl get SOURCE '/many#props.glb_data' --raw -o FILE.glb`"), "{detail}");
    let taken = folder.path().join("many.glb");
    scenectl().args(["get", &server.url, "/many#props.glb_data", "--raw", "-o"]).arg(&taken).run().ok();
    let report = validator.run("validate_glb.mjs", &[taken.to_str().unwrap()]);
    assert_eq!(report["errors"], json!(0), "{:#}", report["messages"]);
}
