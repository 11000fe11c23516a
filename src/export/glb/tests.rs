use super::*;
use crate::analysis::shapes::{
    Camera, Content, Image, Instance, Lens, Light, LightKind, Material, Mesh, Node, Primitive, Texture, Topology,
    Transform,
};
use serde_json::{Value, json};

/// A file taken apart: the JSON, and the binary data.
fn parts(shapes: Shapes<'_>) -> (Value, Vec<u8>, Written) {
    let mut file = Vec::new();
    let written = write(shapes, &mut file).unwrap();
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&file[..4], number(4), number(8)), (&b"glTF"[..], 2, file.len()));
    assert_eq!(written.summary.bytes, file.len() as u64);
    let end = 20 + number(12);
    assert_eq!((&file[16..20], end % 4), (&b"JSON"[..], 0));
    let document = serde_json::from_slice(&file[20..end]).unwrap();
    let bin = if end == file.len() { Vec::new() } else { file[end + 8..].to_vec() };
    (document, bin, written)
}

fn triangle() -> Primitive {
    let positions = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.5, -1.0].into_iter().collect();
    Primitive::new(Topology::Triangles, positions, Material::default())
}

#[test]
fn nothing_is_a_file_too() {
    let (document, bin, written) = parts(Shapes::default());
    assert_eq!(document["asset"]["version"], "2.0");
    assert_eq!(document.as_object().unwrap().len(), 1);
    assert_eq!((bin.len(), written.summary.nodes), (0, 0));
}

#[test]
fn a_triangle() {
    let mut shapes = Shapes::default();
    let mesh = shapes.add_mesh(Mesh::new(None, |_| {
        let colors = Some(vec![255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 128]);
        let normals = Some([0.0, 0.0, 9.0, 0.0, 0.0, 0.0, f32::NAN, 0.0, 0.0].into_iter().collect());
        vec![Primitive { colors, normals, indices: Some(vec![2, 1, 0]), ..triangle() }]
    }));
    let unused = Mesh::new(None, |_| panic!("nobody shows it"));
    shapes.add_mesh(unused);
    let above = shapes.add(None, Node::new("above", None));
    shapes.add(Some(above), Node::new("empty", None));
    shapes
        .add(Some(above), Node::new("it", None).at(Transform::turned([0.0, 0.0, 1.0], 90.0)).with(Content::Mesh(mesh)));
    let (document, bin, written) = parts(shapes);
    let names: Vec<_> = document["nodes"].as_array().unwrap().iter().map(|node| &node["name"]).collect();
    assert_eq!(names, ["above", "it"]);
    assert_eq!(document["nodes"][0]["children"], json!([1]));
    assert_eq!(document["scenes"], json!([{"nodes": [0]}]));
    let accessors = document["accessors"].as_array().unwrap();
    assert_eq!(accessors[0]["min"], json!([0.0, 0.0, -1.0]));
    assert_eq!(accessors[0]["max"], json!([1.0, 0.5, 0.0]));
    let kinds: Vec<_> =
        accessors.iter().map(|a| (a["type"].as_str().unwrap(), a["componentType"].as_u64().unwrap())).collect();
    assert_eq!(kinds, [("VEC3", 5126), ("VEC3", 5126), ("VEC4", 5123), ("SCALAR", 5123)]);
    let at = document["bufferViews"][3]["byteOffset"].as_u64().unwrap() as usize;
    assert_eq!(bin[at..at + 6], [2, 0, 1, 0, 0, 0]);
    assert_eq!(bin[36 + 12..36 + 24], [0.0_f32, 0.0, 1.0].map(f32::to_le_bytes).concat());
    assert_eq!(document["buffers"][0]["byteLength"].as_u64().unwrap() as usize, bin.len());
    assert_eq!((written.summary.triangles, written.summary.vertices, written.summary.meshes), (1, 3, 1));
    assert_eq!(written.losses.iter().count(), 1, "normals");
}

#[test]
fn instances_share_arrays_and_have_colours() {
    let mut shapes = Shapes::default();
    let mesh = shapes.add_mesh(Mesh::new(None, |_| vec![triangle()]));
    let at =
        |x: f64, color| Instance { transform: Transform { translation: [x, 0.0, 0.0], ..Transform::IDENTITY }, color };
    let red = Some([255, 0, 0, 128]);
    let instances = vec![at(1.0, None), at(2.0, red), at(3.0, red), at(f64::NAN, None)];
    shapes.add(None, Node::new("all", None).with(Content::Instances(mesh, instances)));
    let (document, _, written) = parts(shapes);
    let nodes = document["nodes"].as_array().unwrap();
    let seen: Vec<_> = nodes[0]["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| &nodes[k.as_u64().unwrap() as usize])
        .map(|node| (node["translation"][0].as_f64().unwrap(), node["mesh"].as_u64().unwrap()))
        .collect();
    assert_eq!(seen, [(1.0, 0), (2.0, 1), (3.0, 1)]);
    assert_eq!(
        document["meshes"][0]["primitives"][0]["attributes"],
        document["meshes"][1]["primitives"][0]["attributes"]
    );
    let tinted = &document["materials"][1];
    assert_eq!(tinted["pbrMetallicRoughness"]["baseColorFactor"][0], 1.0);
    assert_eq!(tinted["alphaMode"], "BLEND");
    assert!(written.losses.are_damage(), "one place is none");
}

#[test]
fn cameras_lights_and_textures() {
    let mut shapes = Shapes::default();
    let mesh = shapes.add_mesh(Mesh::new(Some(String::from("m")), |_| {
        let image = Image::png(1, 1, 1, &[7]).unwrap();
        let texture = Some(Texture { image, repeats: true, is_smooth: false });
        let uvs = Some([0.0, 0.0, 1.0, 0.0, f32::NAN, 1.0].into_iter().collect());
        let material = Material { texture, is_unlit: true, ..Material::default() };
        vec![Primitive { uvs, material: material.clone(), ..triangle() }, Primitive { material, ..triangle() }]
    }));
    shapes.add(None, Node::default().with(Content::Mesh(mesh)));
    for (near, far) in [(0.1, 10.0), (0.0, 10.0), (1.0, 1.0)] {
        let camera = Camera { lens: Lens::Perspective(0.5, None), near, far };
        shapes.add(None, Node::default().with(Content::Camera(camera)));
    }
    for intensity in [1.0, 0.0, f64::NAN] {
        let light = Light { kind: LightKind::Spot(0.3), color: [1.0; 3], intensity };
        shapes.add(None, Node::default().with(Content::Light(light)));
    }
    let (document, _, written) = parts(shapes);
    let summary = written.summary;
    assert_eq!((summary.cameras, summary.lights, summary.textures, summary.nodes), (1, 1, 1, 3));
    assert_eq!(document["extensionsUsed"], json!(["KHR_lights_punctual", "KHR_materials_unlit"]));
    assert_eq!(document["samplers"][0]["wrapS"], 10_497);
    assert_eq!(document["images"].as_array().unwrap().len(), 1);
    let primitives = document["meshes"][0]["primitives"].as_array().unwrap();
    assert!(primitives[0]["attributes"]["TEXCOORD_0"].is_u64() && primitives[1]["attributes"]["TEXCOORD_0"].is_null());
}
