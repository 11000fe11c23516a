//! `export`.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::run::Output;
use crate::support::schema::assert_valid;
use crate::support::{fixture, scenectl, scratch};

/// A GLB file taken apart.
struct Glb {
    json: Value,
    bin: Vec<u8>,
}

impl Glb {
    /// Reads one, and looks whether everything in it is where it says.
    #[track_caller]
    fn of(bytes: &[u8]) -> Self {
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!((&bytes[..4], number(4), number(8)), (&b"glTF"[..], 2, bytes.len()));
        let end = 20 + number(12);
        let json: Value = serde_json::from_slice(&bytes[20..end]).unwrap();
        let bin = bytes.get(end + 8..).unwrap_or_default().to_vec();
        let glb = Self { json, bin };
        if !glb.bin.is_empty() {
            assert_eq!((number(end), &bytes[end + 4..end + 8]), (glb.bin.len(), &b"BIN\0"[..]));
            assert_eq!(glb.json["buffers"][0]["byteLength"], glb.bin.len());
        }
        for accessor in glb.list("accessors") {
            let view = &glb.json["bufferViews"][index(&accessor["bufferView"])];
            let size = match (accessor["type"].as_str().unwrap(), accessor["componentType"].as_u64().unwrap()) {
                ("VEC4", 5123) => 8,
                ("VEC3", 5126) => 12,
                ("VEC2", 5126) => 8,
                ("SCALAR", 5123) => 2,
                ("SCALAR", 5125) => 4,
                other => panic!("{other:?}"),
            };
            assert_eq!(index(&accessor["count"]) * size, index(&view["byteLength"]));
            assert!(index(&view["byteOffset"]) + index(&view["byteLength"]) <= glb.bin.len());
        }
        glb
    }

    fn list(&self, name: &str) -> Vec<Value> {
        self.json[name].as_array().cloned().unwrap_or_default()
    }

    /// Where a mesh is, in its own places.
    fn bounds(&self, mesh: usize) -> ([f64; 3], [f64; 3]) {
        let position = index(&self.json["meshes"][mesh]["primitives"][0]["attributes"]["POSITION"]);
        let accessor = &self.json["accessors"][position];
        let three = |name: &str| [0, 1, 2].map(|k| accessor[name][k].as_f64().unwrap());
        (three("min"), three("max"))
    }
}

fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

#[track_caller]
fn export(name: &str, out: &Path, args: &[&str]) -> Output {
    scenectl().arg("export").arg(fixture(name)).arg(out).args(args).run()
}

#[test]
fn a_cone() {
    let folder = scratch();
    let out = folder.path().join("cone.glb");
    for version in ["9.4.2", "9.5.2", "9.6.2", "9.7.2"] {
        let said = export(&format!("reference/cone-vtk{version}.wazex"), &out, &["--force", "--json"]).ok().json();
        let contents = json!({
            "nodes": 6, "meshes": 1, "vertices": 7, "triangles": 10, "lines": 0, "points": 0,
            "textures": 0, "cameras": 1, "lights": 1,
        });
        assert_eq!(said["contents"], contents, "{version}");
        let glb = Glb::of(&std::fs::read(&out).unwrap());
        assert_eq!(glb.bin.len(), 7 * 12 + 30 * 2);
        let (min, max) = glb.bounds(0);
        assert_eq!((min[0], max[0]), (-0.5, 0.5));
        // The light goes where the camera goes.
        let camera = glb.list("nodes").into_iter().find(|node| node["camera"] == 0).unwrap();
        let below = &glb.json["nodes"][index(&camera["children"][0])];
        assert_eq!(below["extensions"]["KHR_lights_punctual"]["light"], 0);
        let id = &glb.json["nodes"][index(&glb.json["scenes"][0]["nodes"][0])]["extras"]["id"];
        assert_eq!(*id, 1);
    }
}

#[test]
fn colours_glyphs_blocks_and_a_texture() {
    let folder = scratch();
    let out = folder.path().join("demo.glb");
    let said = export("demo.wazex", &out, &["--json"]).ok();
    let losses = said.json()["losses"].clone();
    let of = |reason: &str| losses.as_array().unwrap().iter().find(|loss| loss["reason"] == reason).cloned().unwrap();
    assert_eq!(of("glTF has no texts and nothing else that stands on the picture")["count"], 2);
    assert!(losses.as_array().unwrap().iter().all(|loss| loss["kind"] == "unsupported"));
    let glb = Glb::of(&std::fs::read(&out).unwrap());
    let colors = |mesh: &Value| mesh["primitives"][0]["attributes"]["COLOR_0"].is_u64();
    assert_eq!(glb.list("meshes").iter().filter(|mesh| colors(mesh)).count(), 1, "the waves");
    // 36 glyphs at the points of a plane, in as many colours as values: all of one mesh.
    let nodes = glb.list("nodes");
    let glyphs = nodes.iter().find(|node| node["children"].as_array().is_some_and(|below| below.len() == 36)).unwrap();
    let meshes: std::collections::BTreeSet<usize> =
        glyphs["children"].as_array().unwrap().iter().map(|k| index(&nodes[index(k)]["mesh"])).collect();
    assert!(meshes.len() > 1);
    let attributes = |mesh: &usize| glb.json["meshes"][*mesh]["primitives"][0]["attributes"].clone();
    assert!(meshes.iter().all(|mesh| attributes(mesh) == attributes(meshes.first().unwrap())));
    // Blocks have colours of their own: what shows as 0.9, 0.2, 0.2 is 0.787, 0.033, 0.033 when it is linear.
    let materials = glb.list("materials");
    let red = |material: &Value| {
        (material["pbrMetallicRoughness"]["baseColorFactor"][0].as_f64().unwrap() - 0.787).abs() < 1e-3
    };
    assert_eq!(materials.iter().filter(|material| red(material)).count(), 1);
    assert_eq!(materials.iter().filter(|material| material["alphaMode"] == "BLEND").count(), 1);
    let image = &glb.json["bufferViews"][index(&glb.json["images"][0]["bufferView"])];
    let start = index(&image["byteOffset"]);
    assert_eq!(&glb.bin[start..start + 4], b"\x89PNG");
}

#[test]
fn windows_are_scenes_and_roots_choose() {
    let folder = scratch();
    let out = folder.path().join("two.glb");
    export("reference/two-vtk9.7.2.wazex", &out, &[]).ok();
    let both = Glb::of(&std::fs::read(&out).unwrap());
    assert_eq!((both.list("scenes").len(), both.list("cameras").len()), (2, 2));
    export("reference/two-vtk9.7.2.wazex", &out, &["--force", "--root", "2"]).ok();
    assert_eq!(Glb::of(&std::fs::read(&out).unwrap()).list("scenes").len(), 1);
    export("reference/two-vtk9.7.2.wazex", &out, &["--force", "--root", "7"]).fails(1, &["no root \"7\"", "hint: "]);
}

#[test]
fn up_is_what_one_says() {
    let folder = scratch();
    let out = folder.path().join("up.glb");
    let first = |args: &[&str]| {
        export("demo.wazex", &out, args).ok();
        let glb = Glb::of(&std::fs::read(&out).unwrap());
        glb.json["nodes"][index(&glb.json["scenes"][0]["nodes"][0])].clone()
    };
    assert!(first(&[])["rotation"].is_null());
    assert!(first(&["--force", "--up", "y"])["rotation"].is_null());
    let turned = first(&["--force", "--up", "z"]);
    assert!((turned["rotation"][0].as_f64().unwrap() + 0.5_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn what_is_broken_is_said_and_left_out() {
    let folder = scratch();
    let out = folder.path().join("broken.glb");
    for (name, triangles, reason) in [
        ("nan_points", 143, "points are no places"),
        ("bad_index", 149, "cells refer to points that are not there"),
        ("short_blob", 141, "an array cannot be read, or not all of it"),
        ("deleted_blob", 140, "an array cannot be read, or not all of it"),
        ("assembly", 150, "a prop was not sent"),
    ] {
        let said = export(&format!("broken/{name}.wazex"), &out, &["--force", "--json"]).code(3);
        assert!(said.stderr.contains(&format!("damaged   {reason}")), "{}", said.stderr);
        let said = said.json();
        assert_eq!(
            (&said["losses"][0]["kind"], &said["contents"]["triangles"]),
            (&json!("damaged"), &json!(triangles)),
            "{name}"
        );
        let glb = Glb::of(&std::fs::read(&out).unwrap());
        for mesh in 0..glb.list("meshes").len() {
            let (min, max) = glb.bounds(mesh);
            assert!(min.iter().zip(max).all(|(min, max)| *min <= max));
        }
    }
    let said = export("broken/invisible.wazex", &out, &["--force", "--json"]).ok().json();
    assert!(said["hidden"].as_u64().unwrap() > 0);
}

#[test]
fn documents_follow_the_schema() {
    let folder = scratch();
    let out = folder.path().join("out.glb");
    let schema = include_str!("../docs/schemas/export.schema.json");
    for name in ["demo.wazex", "broken/nan_points.wazex", "reference/volume24-vtk9.7.2.wazex", "small"] {
        assert_valid(schema, &export(name, &out, &["--force", "--json"]).json());
    }
}

#[test]
fn outputs() {
    let folder = scratch();
    let out = folder.path().join("OUT.GLB");
    let said = export("demo.wazex", &out, &[]).ok();
    assert!(said.stderr.starts_with("wrote "), "{}", said.stderr);
    export("demo.wazex", &out, &[]).fails(2, &["exists already", "--force"]);
    let whole = std::fs::read(&out).unwrap();
    let said = scenectl().arg("export").arg(fixture("demo.wazex")).args(["-", "-q", "--json"]).run().ok();
    assert!(said.stdout == whole && said.stderr.is_empty(), "the same bytes, and no JSON among them");
    let refused = |name: &str, words: &[&str]| {
        export("demo.wazex", &folder.path().join(name), &[]).fails(2, words);
        assert!(!folder.path().join(name).exists());
    };
    refused("scene.gltf", &["one binary file", "name it .glb"]);
    refused("scene.obj", &["exported as .glb", "scenectl convert"]);
    refused("scene", &["exported as .glb"]);
    export("demo.wazex", &folder.path().join("no/such/x.glb"), &[]).fails(4, &["no folder"]);
}
