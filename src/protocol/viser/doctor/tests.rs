use bytes::Bytes;

use super::*;
use crate::protocol::viser::dialect::{VISER, content_hash};
use crate::scene::{ObjectId, Root, Scene, State};

/// A scene of a root and these objects; arrays are named by who has them.
fn scene(objects: &[(&str, &str)], arrays: &[(&str, &str, &str, Vec<u8>)]) -> Scene {
    let mut scene = Scene::new(&VISER);
    scene.roots = vec![Root { id: ObjectId::parse("/"), name: None }];
    let children: Vec<String> = objects
        .iter()
        .filter(|(id, _)| id.matches('/').count() == 1)
        .map(|(id, _)| format!("\"{}\":{{\"$id\":\"{id}\"}}", id.trim_start_matches('/')))
        .collect();
    let others: Vec<String> = objects
        .iter()
        .filter(|(id, _)| id.contains(':') && !id.contains('/'))
        .map(|(id, _)| format!("{{\"$id\":\"{id}\"}}"))
        .collect();
    let root = format!("{{\"type\":\"Scene\",\"children\":{{{}}},\"gui\":[{}]}}", children.join(","), others.join(","));
    scene.insert(ObjectId::parse("/"), State::new(root).unwrap());
    for (id, text) in objects {
        scene.insert(ObjectId::parse(id), State::new(text).unwrap());
    }
    for (id, dtype, shape, bytes) in arrays {
        let bytes = Bytes::from(bytes.clone());
        let hash = content_hash(std::slice::from_ref(&bytes));
        let class = if dtype.is_empty() { "Bytes" } else { "Array" };
        let dtype = if dtype.is_empty() { "|u1" } else { dtype };
        let state = format!(r#"{{"type":"{class}","dtype":"{dtype}","shape":{shape},"hash":"{hash}"}}"#);
        scene.insert(ObjectId::parse(id), State::new(state).unwrap());
        scene.insert_blob(hash, bytes.into());
    }
    scene
}

fn codes(scene: &Scene) -> Vec<&'static str> {
    let exam = Exam::new(scene, None);
    let mut found = Vec::new();
    ViserRules.examine(&exam, &mut found);
    let mut codes: Vec<_> = found.iter().map(|draft| draft.code.name).collect();
    codes.sort_unstable();
    codes
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn halves(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| half::f16::from_f32(*value).to_le_bytes()).collect()
}

fn indices(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

const BALL: &str = r#"{"type":"IcosphereMessage","name":"/b","props":{"radius":1.0},"visible":true}"#;

#[test]
fn a_healthy_scene_has_nothing() {
    let mesh = r#"{"type":"MeshMessage","name":"/m","props":{"vertices":{"$id":"/m#v"},"faces":{"$id":"/m#f"}},"position":[1.0,0,0],"wxyz":[1,0,0,0]}"#;
    let slider = r#"{"type":"GuiSliderMessage","uuid":"s","value":0.5,"props":{"min":0,"max":1}}"#;
    let arrays = [("/m#v", "<f4", "[3,3]", floats(&[0.0; 9])), ("/m#f", "<u4", "[1,3]", indices(&[0, 1, 2]))];
    assert_eq!(codes(&scene(&[("/m", mesh), ("/b", BALL), ("gui:s", slider)], &arrays)), [""; 0]);
}

#[test]
fn poses() {
    for bad in [
        r#""position":[0,{"$float":"nan"},0]"#,
        r#""wxyz":[{"$float":"inf"},0,0,0]"#,
        r#""wxyz":[0,0.0,0,0]"#,
        r#""props":{"scale":{"$float":"-inf"}}"#,
    ] {
        let node = format!(r#"{{"type":"FrameMessage","name":"/a",{bad}}}"#);
        assert_eq!(codes(&scene(&[("/a", &node), ("/b", BALL)], &[])), ["E121"], "{bad}");
    }
}

#[test]
fn what_hides_nodes() {
    let group = r#"{"type":"FrameMessage","name":"/g","visible":false,"children":{"b":{"$id":"/g/b"}}}"#;
    let stand_in = r#"{"type":"Missing","name":"/g","children":{"b":{"$id":"/g/b"}}}"#;
    assert_eq!(codes(&scene(&[("/g", group), ("/g/b", BALL)], &[])), ["I321", "W226"]);
    assert_eq!(codes(&scene(&[("/g", group), ("/g/b", BALL), ("/c", BALL)], &[])), ["I321"]);
    assert_eq!(codes(&scene(&[("/g", stand_in), ("/g/b", BALL)], &[])), ["I323"]);
    let hider = r#"{"type":"BoxMessage","name":"/s","owner":"1","props":{},"shadowed":[{"$id":"/s/x"}]}"#;
    assert_eq!(codes(&scene(&[("/s", hider), ("/s/x", BALL)], &[])), ["I322"]);
    let faded = r#"{"type":"BoxMessage","name":"/s","props":{"opacity":0.0,"scale":1}}"#;
    let flat = r#"{"type":"BoxMessage","name":"/t","props":{"opacity":null,"scale":[1,0,1]}}"#;
    assert_eq!(codes(&scene(&[("/s", faded), ("/t", flat)], &[])), ["W227", "W227"]);
}

#[test]
fn arrays_of_points() {
    let cloud = r#"{"type":"PointCloudMessage","name":"/p","props":{"points":{"$id":"/p#p"},"colors":{"$id":"/p#c"}}}"#;
    let with = |dtype: &'static str, shape: &'static str, bytes: Vec<u8>, colors: &'static str, n: usize| {
        codes(&scene(&[("/p", cloud)], &[("/p#p", dtype, shape, bytes), ("/p#c", "|u1", colors, vec![0; n])]))
    };
    assert_eq!(with("<f4", "[2,3]", floats(&[1.0; 6]), "[3]", 3), [""; 0]);
    assert_eq!(with("<f4", "[2,3]", floats(&[1.0; 6]), "[3,3]", 9), ["W225"]);
    assert_eq!(with("<f4", "[0,3]", Vec::new(), "[3]", 3), ["W224"]);
    assert_eq!(with("<f4", "[1,3]", floats(&[f32::NAN, 0.0, 0.0]), "[3]", 3), ["W221"]);
    assert_eq!(with("<f2", "[1,3]", halves(&[1e6, 0.0, 0.0]), "[3]", 3), ["W222"]);
    assert_eq!(with("<f2", "[2,3]", halves(&[5000.0, 0.0, 0.0, 5001.0, 1.0, 1.0]), "[3]", 3), ["W223"]);
    assert_eq!(with("<f2", "[2,3]", halves(&[0.1, 0.0, 0.0, 0.9, 1.0, 1.0]), "[3]", 3), [""; 0]);
}

#[test]
fn what_is_no_number_has_its_own_finding_and_row() {
    let cloud = r#"{"type":"PointCloudMessage","name":"/p","props":{"points":{"$id":"/p#p"}}}"#;
    let numbers = [0.0, 0.0, f32::NAN, 1.0, 1.0, 1.0, 0.0, f32::INFINITY, 0.0];
    let texts = |dtype: &'static str, bytes: Vec<u8>| {
        let scene = scene(&[("/p", cloud)], &[("/p#p", dtype, "[3,3]", bytes)]);
        let mut found = Vec::new();
        ViserRules.examine(&Exam::new(&scene, None), &mut found);
        found.into_iter().map(|draft| format!("{} {}", draft.code.name, draft.text)).collect::<Vec<_>>()
    };
    let (nan, half) = ("W221 1 number is NaN, first in row 0", "W222 1 number is beyond 65504, first in row 2");
    assert_eq!(texts("<f2", halves(&numbers)), [nan, half]);
    assert_eq!(texts("<f4", floats(&numbers)), [format!("{nan}; 1 number is infinite, first in row 2")]);
}

#[test]
fn meshes_and_files() {
    let mesh = r#"{"type":"MeshMessage","name":"/m","props":{"vertices":{"$id":"/m#v"},"faces":{"$id":"/m#f"}}}"#;
    let with = |shape: &'static str, faces: &[u32]| {
        let arrays = [("/m#v", "<f4", "[3,3]", floats(&[0.0; 9])), ("/m#f", "<u4", shape, indices(faces))];
        codes(&scene(&[("/m", mesh)], &arrays))
    };
    assert_eq!(with("[1,3]", &[0, 1, 3]), ["E122"]);
    assert_eq!(with("[4]", &[0, 1, 2, 0]), ["E122"]);
    let image = r#"{"type":"ImageMessage","name":"/i","props":{"_format":"png","_data":{"$id":"/i#d"}}}"#;
    assert_eq!(codes(&scene(&[("/i", image)], &[("/i#d", "", "[4]", b"\xff\xd8\xff\xe0".to_vec())])), ["W228"]);
    assert_eq!(codes(&scene(&[("/i", image)], &[("/i#d", "", "[4]", b"\x89PNG".to_vec())])), [""; 0]);
}

#[test]
fn controls_and_programs() {
    let bad = r#"{"type":"GuiSliderMessage","uuid":"s","value":99,"props":{"min":0,"max":1}}"#;
    let mode = r#"{"type":"GuiDropdownMessage","uuid":"d","value":"x","props":{"options":["a","b"]}}"#;
    let script = r#"{"type":"RunJavascriptMessage","source":"alert(1)"}"#;
    let objects = [("gui:s", bad), ("gui:d", mode), ("message:1", script), ("/b", BALL)];
    assert_eq!(codes(&scene(&objects, &[])), ["W229", "W230", "W230"]);
}

#[test]
fn large_arrays_are_told() {
    let cloud = r#"{"type":"PointCloudMessage","name":"/p","props":{"points":{"$id":"/p#p"}}}"#;
    let arrays = [("/p#p", "<f4", "[5000000,3]", vec![0; 60_000_000])];
    assert_eq!(codes(&scene(&[("/p", cloud)], &arrays)), ["I324"]);
}
