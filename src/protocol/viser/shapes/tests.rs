use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::analysis::shapes::{LightKind, Topology, Up};
use crate::export::glb;
use crate::protocol::viser::dialect::{VISER, content_hash};
use crate::scene::{Root, State};

/// A scene of these nodes by their names, in a root that says this, too.
fn scene(root: Value, nodes: &[(&str, Value)]) -> Scene {
    let mut scene = Scene::new(&VISER);
    scene.roots = vec![Root { id: ObjectId::parse(ROOT), name: None }];
    let mut states = vec![(String::from(ROOT), json!({"type": "Scene"}))];
    states.extend(nodes.iter().map(|(name, state)| ((*name).to_owned(), state.clone())));
    states[0].1.as_object_mut().unwrap().extend(root.as_object().unwrap().clone());
    for (name, _) in nodes.iter().filter(|(name, _)| name.starts_with('/') && !name.contains('#')) {
        let (above, last) = name.rsplit_once('/').unwrap();
        let above = if above.is_empty() { ROOT } else { above };
        let (_, state) = states.iter_mut().find(|(id, _)| id == above).unwrap();
        state.as_object_mut().unwrap().entry("children").or_insert(json!({}))[last] = json!({"$id": name});
    }
    states
        .into_iter()
        .for_each(|(id, state)| scene.insert(ObjectId::parse(&id), State::new(state.to_string()).unwrap()));
    scene
}

/// Puts in an array that a node refers to.
fn array(scene: &mut Scene, id: &str, dtype: &str, bytes: Vec<u8>) {
    let bytes = Bytes::from(bytes);
    let hash = content_hash(std::slice::from_ref(&bytes));
    let size = crate::protocol::viser::shape::item_bytes(dtype);
    let state = json!({"type": "Array", "dtype": dtype, "shape": [bytes.len() / size], "hash": hash});
    scene.insert(ObjectId::parse(id), State::new(state.to_string()).unwrap());
    scene.insert_blob(hash, bytes.into());
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn arrays(names: &[&str], of: &str) -> Value {
    names.iter().map(|name| ((*name).to_owned(), json!({"$id": format!("{of}#props.{name}")}))).collect()
}

fn shown(scene: &Scene) -> Shapes<'_> {
    shapes(scene, &Wanted::default())
}

fn primitives(scene: &Scene) -> (Vec<Vec<Primitive>>, Losses) {
    let mut shapes = shown(scene);
    let mut losses = std::mem::take(&mut shapes.losses);
    let made = shapes.take_meshes().into_iter().map(|mesh| mesh.make(&mut losses)).collect();
    (made, losses)
}

fn reasons(losses: &Losses) -> Vec<String> {
    losses.iter().map(|(kind, reason, _)| format!("{} {reason}", kind.name())).collect()
}

fn ball(more: Value) -> Value {
    let mut node =
        json!({"type": "IcosphereMessage", "props": {"radius": 2.0, "subdivisions": 1, "color": [255, 0, 51]}});
    node.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    node
}

const TRIANGLE: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

/// A node with the triangle as a mesh.
fn triangle(props: Value) -> Scene {
    let mut all = arrays(&["vertices", "faces"], "/m");
    all.as_object_mut().unwrap().extend(props.as_object().unwrap().clone());
    let mut scene = scene(json!({}), &[("/m", json!({"type": "MeshMessage", "props": all}))]);
    array(&mut scene, "/m#props.vertices", "<f4", floats(&TRIANGLE));
    array(&mut scene, "/m#props.faces", "<u4", numbers(&[0, 1, 2]));
    scene
}

#[test]
fn nodes_are_where_they_are_and_only_their_own_geometry_is_scaled() {
    let below = ball(json!({"wxyz": [0.5, 0.5, 0.5, 0.5]}));
    let frame =
        json!({"type": "FrameMessage", "props": {"show_axes": true, "scale": [1, 2, 3]}, "position": [1, 2, 3]});
    let hidden = ball(json!({"visible": false}));
    let scene = scene(
        json!({}),
        &[("/f", frame), ("/f/below", below), ("/h", hidden), ("/h/$x", ball(json!({}))), ("/n", ball(json!({})))],
    );
    let mut shapes = shown(&scene);
    assert_eq!(shapes.hidden, 2);
    let names: Vec<_> = shapes.nodes().iter().filter_map(|node| node.name.as_deref()).collect();
    assert_eq!(names, ["viser", "f", "below", "n", "light of viser", "light of viser"]);
    let [top, frame, axes, below, ..] = shapes.nodes() else { panic!() };
    // Z up becomes Y up, X becomes -Z.
    assert_eq!(
        [top.transform.apply([0.0, 0.0, 1.0]), top.transform.apply([1.0, 0.0, 0.0])].concat(),
        [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]
    );
    assert_eq!((frame.transform.translation, frame.transform.scale), ([1.0, 2.0, 3.0], [1.0; 3]));
    assert_eq!((axes.transform.scale, axes.children().len()), ([1.0, 2.0, 3.0], 0));
    assert_eq!((below.transform.rotation, frame.children().len()), ([0.5; 4], 2));
    // Both balls are the same mesh.
    assert_eq!(shapes.take_meshes().len(), 2);
    let wanted = Wanted { up: Some(Up::Y), ..Wanted::default() };
    assert_eq!(super::shapes(&scene, &wanted).nodes()[0].transform, Transform::IDENTITY);
}

#[test]
fn the_server_says_which_way_is_up_and_where_to_look_from() {
    let settings = json!({"wxyz": [1, 0, 0, 0], "settings": {
        "SetCameraPosition": {"$id": "setting:p"}, "SetCameraUpDirection": {"$id": "setting:u"},
        "EnableLights": {"$id": "setting:l"}, "Fog": {"$id": "setting:f"}, "BackgroundImage": {"$id": "setting:b"}}});
    let scene = scene(
        settings,
        &[
            ("setting:p", json!({"type": "SetCameraPositionMessage", "position": [0, -5, 0], "initial": true})),
            ("setting:u", json!({"type": "SetCameraUpDirectionMessage", "position": [0, 0, 1], "initial": true})),
            ("setting:l", json!({"type": "EnableLightsMessage", "enabled": false})),
            ("setting:f", json!({"type": "FogMessage", "enabled": true})),
            ("setting:b", json!({"type": "BackgroundImageMessage", "rgb_data": null})),
            ("gui:1", json!({"type": "GuiSliderMessage"})),
            ("gui:1#x", json!({"type": "Array"})),
        ],
    );
    let shapes = shown(&scene);
    let [top, camera] = shapes.nodes() else { panic!("{}", shapes.nodes().len()) };
    assert_eq!(top.transform, Transform::IDENTITY);
    let Content::Camera(_) = camera.content else { panic!() };
    let close = |from: [f64; 3], to: [f64; 3]| from.iter().zip(to).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(close(camera.transform.apply([0.0, 0.0, -5.0]), [0.0; 3]));
    assert!(close(camera.transform.apply([0.0, 1.0, 0.0]), [0.0, -5.0, 1.0]));
    assert_eq!(reasons(&shapes.losses), ["unsupported glTF has no fog", "unsupported glTF has no panels"]);
}

#[test]
fn a_mesh_looks_as_it_says() {
    let (made, losses) = primitives(&triangle(json!({"color": [255, 0, 51], "opacity": 0.5, "side": "double"})));
    let [primitive] = made[0].as_slice() else { panic!() };
    assert_eq!(primitive.normals, Some([0.0, 0.0, 1.0].repeat(3).into_iter().collect()));
    let material = &primitive.material;
    assert_eq!((material.color, material.opacity, material.is_double_sided), ([1.0, 0.0, 0.2], 0.5, true));
    assert_eq!(reasons(&losses), [""; 0]);
    let (made, _) = primitives(&triangle(json!({"side": "back"})));
    assert_eq!(made[0][0].indices, Some(vec![0, 2, 1]));
    assert_eq!(made[0][0].normals.as_ref().unwrap().row::<3>(0), Some([0.0, 0.0, -1.0]));
    let (made, losses) = primitives(&triangle(json!({"flat_shading": true, "material": "toon3"})));
    assert!(made[0][0].normals.is_none() && reasons(&losses).len() == 1);
    let (made, _) = primitives(&triangle(json!({"wireframe": true})));
    assert_eq!((made[0][0].topology, made[0][0].indices.clone()), (Topology::Lines, Some(vec![0, 1, 0, 2, 1, 2])));
}

#[test]
fn points_are_single_or_half_floats() {
    let cloud = json!({"type": "PointCloudMessage", "props": arrays(&["points", "colors"], "/p")});
    let mut scene = scene(json!({}), &[("/p", cloud)]);
    let halves = [1.0, 2.0, 0.5, -1.0, 0.0, 3.0].map(half::f16::from_f32);
    array(&mut scene, "/p#props.points", "<f2", halves.iter().flat_map(|value| value.to_le_bytes()).collect());
    array(&mut scene, "/p#props.colors", "|u1", vec![1, 2, 3, 4, 5, 6]);
    let (made, _) = primitives(&scene);
    assert_eq!(made[0][0].positions, [1.0, 2.0, 0.5, -1.0, 0.0, 3.0].into_iter().collect());
    assert_eq!(made[0][0].colors, Some(vec![1, 2, 3, 255, 4, 5, 6, 255]));
    array(&mut scene, "/p#props.colors", "|u1", vec![255, 0, 0]);
    let (made, _) = primitives(&scene);
    assert_eq!((made[0][0].colors.clone(), made[0][0].material.color), (None, [1.0, 0.0, 0.0]));
}

#[test]
fn curves_go_through_their_points() {
    for kind in ["centripetal", "chordal", "catmullrom"] {
        let mut props = arrays(&["points"], "/s");
        props["curve_type"] = json!(kind);
        props["segments"] = json!(6);
        let mut scene = scene(json!({}), &[("/s", json!({"type": "CatmullRomSplineMessage", "props": props}))]);
        array(
            &mut scene,
            "/s#props.points",
            "<f4",
            floats(&[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 4.0, 0.0, 0.0, 0.0, 2.0]),
        );
        let line = primitives(&scene).0.remove(0).remove(0).positions;
        assert_eq!(line.count(6), 6);
        let ends: Vec<[f32; 6]> = line.rows().collect();
        assert_eq!(
            (&ends[0][..3], &ends[2][..3], &ends[5][3..]),
            (&[0.0, 0.0, 0.0][..], &[1.0, 0.0, 0.0][..], &[0.0, 0.0, 2.0][..])
        );
    }
}

#[test]
fn bones_carry_vertices() {
    let names = ["vertices", "faces", "bone_wxyzs", "bone_positions", "skin_indices", "skin_weights"];
    let bones = json!({"1": {"position": [0, 0, 7]}, "5": {}});
    let node = json!({"type": "SkinnedMeshMessage", "props": arrays(&names, "/k"), "bones": bones});
    let mut scene = scene(json!({}), &[("/k", node)]);
    array(&mut scene, "/k#props.vertices", "<f4", floats(&TRIANGLE));
    array(&mut scene, "/k#props.faces", "<u4", numbers(&[0, 1, 2]));
    array(&mut scene, "/k#props.bone_wxyzs", "<f4", floats(&[1.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5]));
    array(&mut scene, "/k#props.bone_positions", "<f4", floats(&[0.0, 0.0, 0.0, 0.0, 0.0, 2.0]));
    let indices: Vec<u8> = [0_u16, 1, 0, 0].repeat(3).iter().flat_map(|index| index.to_le_bytes()).collect();
    array(&mut scene, "/k#props.skin_indices", "<u2", indices);
    let weights = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0];
    array(&mut scene, "/k#props.skin_weights", "<f4", floats(&weights));
    let (made, losses) = primitives(&scene);
    assert_eq!(made[0][0].positions, [0.0, 0.0, 0.0, 1.0, 0.0, 5.0, 0.0, 1.0, 2.5].into_iter().collect());
    assert!(!losses.are_damage());
}

#[test]
fn lights_shine_where_they_shine() {
    let light = |kind: &str, more: Value| {
        let mut node = json!({"type": kind, "props": {"color": [255, 255, 255], "intensity": 2.0}});
        node.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        node
    };
    let scene = scene(
        json!({}),
        &[
            ("/d", light("DirectionalLightMessage", json!({"position": [0, 0, 4], "wxyz": [0.5, 0.5, 0.5, 0.5]}))),
            ("/o", light("DirectionalLightMessage", json!({}))),
            ("/a", light("AmbientLightMessage", json!({}))),
        ],
    );
    let shapes = shown(&scene);
    let [_, _, at, light, ..] = shapes.nodes() else { panic!() };
    let Content::Light(found) = &light.content else { panic!() };
    assert_eq!((found.kind, found.intensity), (LightKind::Directional, 2.0));
    let ahead = at.transform.apply(light.transform.apply([0.0, 0.0, -4.0]));
    assert!(ahead.iter().all(|value| value.abs() < 1e-12), "{ahead:?}");
    assert_eq!(reasons(&shapes.losses).len(), 2);
}

#[test]
fn what_is_broken_is_damage() {
    let written = |scene: &Scene| glb::write(shown(scene), &mut Vec::new()).unwrap();
    assert!(!written(&triangle(json!({}))).losses.are_damage());
    let mut faces = triangle(json!({}));
    array(&mut faces, "/m#props.faces", "<i4", numbers(&[0, 1, 9, 0, 1, u32::MAX]));
    assert!(written(&faces).losses.are_damage());
    let mut gone = triangle(json!({}));
    gone.retain_blobs(|_| false);
    let found = written(&gone);
    assert!(found.losses.are_damage() && found.summary.meshes == 0);
    for place in [json!({"wxyz": [0, 0, 0, 0]}), json!({"position": [{"$float": "nan"}, 0, 0]}), json!({"wxyz": "x"})] {
        assert!(written(&scene(json!({}), &[("/b", ball(place))])).losses.are_damage());
    }
    let circle = json!({"type": "FrameMessage", "children": {"again": {"$id": "/c"}, "none": {"$id": "/none"}}});
    assert_eq!(reasons(&shown(&scene(json!({}), &[("/c", circle)])).losses).len(), 2);
}

#[test]
fn nonsense_is_survived() {
    let kinds = [
        "Mesh",
        "SkinnedMesh",
        "BatchedMeshes",
        "PointCloud",
        "GaussianSplats",
        "LineSegments",
        "CatmullRomSpline",
        "CubicBezierSpline",
        "Grid",
        "Image",
        "CameraFrustum",
        "Box",
        "Icosphere",
        "Cylinder",
        "Frame",
        "BatchedAxes",
        "Arrow",
        "DirectionalLight",
        "PointLight",
        "SpotLight",
        "Glb",
        "Label",
        "Odd",
    ];
    let names = [
        "vertices",
        "faces",
        "points",
        "colors",
        "control_points",
        "buffer",
        "_data",
        "_image_data",
        "batched_wxyzs",
        "batched_positions",
        "batched_scales",
        "batched_colors",
        "batched_opacities",
        "bone_wxyzs",
        "bone_positions",
        "skin_indices",
        "skin_weights",
        "glb_data",
    ];
    let sizes = [
        "scale",
        "radius",
        "height",
        "width",
        "fov",
        "aspect",
        "cell_size",
        "section_size",
        "subdivisions",
        "plane_opacity",
        "radial_segments",
        "segments",
        "axes_length",
        "axes_radius",
        "head_length",
        "intensity",
        "angle",
        "opacity",
    ];
    for value in [json!(null), json!("x"), json!(-1), json!(1e308)] {
        for (on, bytes) in [(true, floats(&[f32::NAN, 1.0, f32::MAX, -1.0])), (false, vec![0x7f; 257])] {
            {
                let nodes: Vec<(String, Value)> = kinds
                    .iter()
                    .map(|kind| {
                        let mut props = arrays(&names, "/x");
                        sizes.iter().for_each(|size| props[size] = value.clone());
                        ["show_axes", "closed", "infinite_grid", "wireframe"]
                            .iter()
                            .for_each(|name| props[name] = json!(on));
                        props["variant"] = json!("filled");
                        let node =
                            json!({"type": format!("{kind}Message"), "props": props, "bones": {"0": {"wxyz": value}}});
                        (format!("/{kind}"), node)
                    })
                    .collect();
                let nodes: Vec<(&str, Value)> =
                    nodes.iter().map(|(name, node)| (name.as_str(), node.clone())).collect();
                let mut scene = scene(json!({"wxyz": value}), &nodes);
                for name in names {
                    array(&mut scene, &format!("/x#props.{name}"), if on { "<f4" } else { "|u1" }, bytes.clone());
                }
                glb::write(shown(&scene), &mut Vec::new()).unwrap();
            }
        }
    }
}

#[test]
fn where_nodes_are_in_the_world() {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    // Turned by a quarter about Z, then again below.
    let arm = json!({"type": "FrameMessage", "name": "/a", "position": [1.0, 0, 0], "wxyz": [half, 0, 0, half]});
    let hand = json!({"type": "FrameMessage", "name": "/a/b", "position": [2, 0, 0.5], "wxyz": [half, 0, 0, half]});
    let hidden = json!({"type": "BoxMessage", "name": "/a/b/c", "position": [1, 0, 0], "owner": "3"});
    let mut scene = scene(json!({"wxyz": [0.5, 0.5, 0.5, 0.5]}), &[("/a", arm), ("/a/b", hand)]);
    scene.insert(ObjectId::parse("3:/a/b/c"), State::new(hidden.to_string()).unwrap());
    let at = |id: &str| scene.dialect().world(&scene, &ObjectId::parse(id));
    let near = |a: &[f64], b: &[f64]| assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{a:?} {b:?}");
    let hand = at("/a/b").unwrap();
    near(&hand.position, &[1.0, 2.0, 0.5]);
    near(&hand.wxyz, &[0.0, 0.0, 0.0, 1.0]);
    let finger = at("3:/a/b/c").unwrap();
    near(&finger.position, &[0.0, 2.0, 0.5]);
    assert!(finger.is_visible && at("/").is_none() && at("/none").is_none());
}
