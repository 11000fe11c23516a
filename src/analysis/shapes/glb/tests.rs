use serde_json::{Value, json};

use super::*;

/// A file of this JSON and these bytes.
fn file(json: &Value, bin: &[u8]) -> Bytes {
    let mut json = json.to_string().into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    let mut file = b"glTF\x02\0\0\0".to_vec();
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    file.extend(((12 + 8 + json.len() + 8 + bin.len()) as u32).to_le_bytes());
    file.extend([&length(&json), &b"JSON"[..], &json].concat());
    file.extend([&length(bin), &b"BIN\0"[..], bin].concat());
    file.into()
}

/// A triangle with normals, colours of bytes and indices of bytes.
fn triangle() -> (Value, Vec<u8>) {
    let places = [0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let mut bin: Vec<u8> = places.iter().flat_map(|value| value.to_le_bytes()).collect();
    bin.extend([255, 0, 0, 128, 0, 55, 0, 255, 0, 0, 255, 255]);
    bin.extend([0, 1, 2, 0]);
    let json = json!({
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {"name": "top", "children": [1, 7], "translation": [1.0, 2.0, 3.0]},
            {"name": "below", "mesh": 0, "matrix": [2,0,0,0, 0,2,0,0, 0,0,2,0, 5,0,0,1], "children": [0]},
        ],
        "meshes": [{"name": "three", "primitives": [
            {"attributes": {"POSITION": 0, "COLOR_0": 1}, "indices": 2, "material": 0}]}],
        "materials": [{"alphaMode": "BLEND", "doubleSided": true,
            "pbrMetallicRoughness": {"baseColorFactor": [0.5, 1, 1, 0.25], "metallicFactor": 0}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5121, "normalized": true, "count": 3, "type": "VEC4"},
            {"bufferView": 2, "componentType": 5121, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 12},
            {"buffer": 0, "byteOffset": 48, "byteLength": 3},
        ],
        "buffers": [{"byteLength": 52}],
    });
    (json, bin)
}

/// What it shows; its meshes and what was lost, too.
fn shown(bytes: &Bytes) -> (Shapes<'static>, Vec<Vec<Primitive>>, Vec<String>) {
    let mut shapes = Shapes::default();
    let top = shapes.add(None, Node::new("glb", None));
    place(&mut shapes, top, bytes, "Glb /g").unwrap();
    let mut losses = std::mem::take(&mut shapes.losses);
    let meshes = shapes.take_meshes().into_iter().map(|mesh| mesh.make(&mut losses)).collect();
    let reasons = losses.iter().map(|(kind, reason, _)| format!("{} {reason}", kind.name())).collect();
    (shapes, meshes, reasons)
}

#[test]
fn a_mesh_is_where_and_as_it_is_in_the_file() {
    let (json, bin) = triangle();
    let (shapes, meshes, reasons) = shown(&file(&json, &bin));
    assert!(reasons.is_empty(), "{reasons:?}");
    let names: Vec<_> = shapes.nodes().iter().filter_map(|node| node.name.as_deref()).collect();
    assert_eq!(names, ["glb", "top", "below"], "a node that holds itself is there once");
    let below = shapes.nodes()[2].transform;
    assert_eq!((below.translation, below.scale), ([5.0, 0.0, 0.0], [2.0; 3]));
    let [primitive] = meshes[0].as_slice() else { panic!() };
    assert_eq!(primitive.positions.row::<3>(1), Some([1.0, 0.0, 0.0]));
    assert_eq!(primitive.indices, Some(vec![0, 1, 2]));
    // Linear colours in the file: as they show, 55 is 128.
    assert_eq!(primitive.colors.as_deref(), Some(&[255, 0, 0, 128, 0, 128, 0, 255, 0, 0, 255, 255][..]));
    let material = &primitive.material;
    assert_eq!((material.opacity, material.is_translucent, material.is_double_sided), (0.25, true, true));
    assert!((material.color[0] - 0.7354).abs() < 1e-3 && material.metallic == 0.0, "{material:?}");
}

#[test]
fn what_is_not_taken_over_is_told() {
    let (mut json, bin) = triangle();
    json["animations"] = json!([{}]);
    json["skins"] = json!([{}]);
    json["materials"][0]["normalTexture"] = json!({"index": 0});
    json["materials"][0]["alphaMode"] = json!("MASK");
    let strip = json!({"attributes": {"POSITION": 0}, "mode": 5});
    json["meshes"][0]["primitives"].as_array_mut().unwrap().push(strip);
    let (_, meshes, reasons) = shown(&file(&json, &bin));
    assert_eq!((meshes[0].len(), reasons.len()), (1, 5), "{reasons:?}");

    let refusal = |bytes: &Bytes| {
        let mut shapes = Shapes::default();
        let top = shapes.add(None, Node::new("glb", None));
        place(&mut shapes, top, bytes, "x").unwrap_err()
    };
    json["extensionsRequired"] = json!(["KHR_draco_mesh_compression"]);
    assert_eq!(refusal(&file(&json, &bin)), Refusal::Unsupported(String::from("it needs KHR_draco_mesh_compression")));
    for bytes in
        [&b""[..], b"glTF", b"glTF\x02\0\0\0\xff\xff\xff\xff\xff\xff\xff\xffJSON{}", b"\x89PNG1234567890123456"]
    {
        assert!(matches!(refusal(&Bytes::copy_from_slice(bytes)), Refusal::Damaged(_)), "{bytes:?}");
    }
}

/// Arrays that are not all there, point elsewhere, or are used again and again.
#[test]
fn what_is_broken_is_damage_and_bounded() {
    let (whole, bin) = triangle();
    let edits: [(&str, Value); 9] = [
        ("/accessors/0/count", json!(4)),
        ("/accessors/0/count", json!(u64::MAX)),
        ("/accessors/0/byteOffset", json!(u64::MAX)),
        ("/accessors/0/componentType", json!(1)),
        ("/accessors/0/type", json!("VEC2")),
        ("/accessors/0/bufferView", json!(9)),
        ("/bufferViews/0/byteStride", json!(0)),
        ("/bufferViews/0/byteOffset", json!(u64::MAX)),
        ("/bufferViews/0/buffer", json!(1)),
    ];
    for (pointer, value) in edits {
        let mut json = whole.clone();
        if let Some(place) = json.pointer_mut(pointer) {
            *place = value;
        } else {
            let (object, key) = pointer.rsplit_once('/').unwrap();
            json.pointer_mut(object).unwrap()[key] = value;
        }
        let (_, meshes, reasons) = shown(&file(&json, &bin));
        assert!(meshes[0].is_empty() && reasons[0].starts_with("damaged"), "{pointer}: {reasons:?}");
    }
    let mut json = whole;
    let values = vec![0; 12 << 20];
    json["accessors"][0] = json!({"bufferView": 0, "componentType": 5126, "count": 1 << 20, "type": "VEC3"});
    json["bufferViews"][0] = json!({"buffer": 0, "byteLength": 12 << 20});
    let primitive = json!({"attributes": {"POSITION": 0}, "mode": 0});
    json["meshes"][0]["primitives"] = json!(vec![primitive; 1000]);
    let (_, meshes, reasons) = shown(&file(&json, &values));
    assert_eq!((meshes[0].len(), reasons.len()), (12, 1), "{reasons:?}");
}
