//! `extract`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::support::files::Content;
use crate::support::run::Scenectl;
use crate::support::scene::Scene;
use crate::support::{fixture, names, scenectl, scratch};

const FIXTURES: [&str; 10] = [
    "small",
    "demo.wazex",
    "reference/cone-vtk9.4.2.wazex",
    "reference/cone-vtk9.5.2.wazex",
    "reference/cone-vtk9.6.2.wazex",
    "reference/cone-vtk9.7.2.wazex",
    "reference/mixed-vtk9.7.2.wazex",
    "reference/two-vtk9.7.2.wazex",
    "reference/volume24-vtk9.7.2.wazex",
    "reference/porsche.wazex",
];

fn extract(source: &Path, selector: &str, out: &Path) -> Scenectl {
    scenectl().arg("extract").arg(source).args([selector, "--force", "-o"]).arg(out)
}

/// The ids that states refer to.
fn references(value: &Value, found: &mut BTreeSet<u64>) {
    match value {
        Value::Object(fields) => match (fields.len(), fields.get("Id").and_then(Value::as_u64)) {
            (1, Some(id)) => _ = found.insert(id),
            _ => fields.values().for_each(|value| references(value, found)),
        },
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Nothing dangles, nothing is left over, and what was kept is what it was but for lists that became shorter.
fn assert_sound(small: &Content, whole: &Content) {
    let mut wanted: BTreeSet<u64> = small.roots().into_iter().collect();
    let mut hashes = BTreeSet::new();
    for id in small.states.keys() {
        let (state, before) = (small.state(*id), whole.state(*id));
        references(&state, &mut wanted);
        hashes.extend(state["Hash"].as_str().map(str::to_owned));
        for (name, value) in state.as_object().unwrap() {
            let old = &before[name];
            let fewer = value.as_array().zip(old.as_array()).is_some_and(|(new, old)| {
                new.len() <= old.len() && new.iter().all(|item| item.is_null() || old.contains(item))
            });
            assert!(value == old || value.is_null() || fewer, "{id} {name}: {old} became {value}");
        }
    }
    assert_eq!(small.states.keys().copied().collect::<BTreeSet<_>>(), wanted, "objects");
    assert_eq!(small.blobs.keys().cloned().collect::<BTreeSet<_>>(), hashes, "blobs");
    assert!(small.blobs.iter().all(|(hash, data)| whole.blobs[hash] == *data));
}

#[test]
fn every_prop_of_every_fixture() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    for name in FIXTURES {
        let (source, whole) = (fixture(name), Content::of(&fixture(name)));
        let is_prop = |state: &Value| {
            state["SuperClassNames"].as_array().is_some_and(|classes| classes.contains(&json!("vtkProp")))
        };
        let props: Vec<u64> = whole.states.keys().copied().filter(|id| is_prop(&whole.state(*id))).collect();
        assert!(!props.is_empty(), "{name}");
        for prop in &props {
            let said = extract(&source, &prop.to_string(), &out).arg("--json").run().ok().json();
            let small = Content::of(&out);
            assert_eq!(said["props"], json!([prop]), "{name}");
            assert_eq!(said["kept"]["objects"], small.states.len());
            assert_sound(&small, &whole);
            let others: Vec<_> = props.iter().filter(|other| small.states.contains_key(other)).collect();
            assert_eq!(others, [prop], "{name}");
            let cameras = |content: &Content| {
                content.states.keys().filter(|id| content.state(**id)["ClassName"] == "vtkOpenGLCamera").count()
            };
            assert!(name == "small" || cameras(&small) == 1, "{name}");
        }
        // All of them together are the scene as it was, if every object of it is of use.
        extract(&source, "/", &out).run().ok();
        let all = Content::of(&out);
        assert_sound(&all, &whole);
        assert!(all.states.iter().all(|(id, state)| whole.states[id] == *state), "{name}: no byte has changed");
    }
}

#[test]
fn data_and_arrays_bring_the_props_that_use_them() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    let source = fixture("reference/mixed-vtk9.7.2.wazex");
    let props = |selector: &str| extract(&source, selector, &out).arg("--json").run().ok().json()["props"].clone();
    assert_eq!(props("54"), json!([54]));
    assert_eq!(props("71"), json!([54]), "an array");
    assert_eq!(props("//vtkTexture"), json!([86, 157]), "textures");
    assert_eq!(props("vtkGlyph3DMapper,vtkScalarBarActor"), json!([75, 188]));
    assert_eq!(props("vtkRenderer"), json!([5, 54, 75, 86, 118, 157, 188, 224]));
}

/// A scene of objects that are given as JSON: id, class, what it derives from, and its properties.
fn scene(objects: &[(u64, &str, &str, Value)]) -> Scene {
    let states = objects.iter().map(|(id, class, base, properties)| {
        let mut state = properties.clone();
        state["ClassName"] = json!(class);
        state["Id"] = json!(id);
        state["MTime"] = json!(id);
        state["SuperClassNames"] = json!(["vtkObjectBase", "vtkObject", base]);
        (*id, state.to_string())
    });
    Scene { states: states.collect(), blobs: BTreeMap::new() }
}

/// A window (1) with two renderers (3, 4) in layers, an assembly (20) of two actors (22, 23), actors (10, 11) of which
/// one (11) is in both renderers, a picker (6) that has a list of some, and a style (7) that knows a renderer.
fn layered() -> Scene {
    let items = |ids: &[u64]| json!({"Items": ids.iter().map(|id| json!({"Id": id})).collect::<Vec<_>>()});
    scene(&[
        (1, "vtkXRenderWindow", "vtkRenderWindow", json!({"Renderers": {"Id": 2}, "Interactor": {"Id": 5}})),
        (2, "vtkRendererCollection", "vtkCollection", items(&[3, 4])),
        (3, "vtkRenderer", "vtkViewport", json!({"ViewProps": {"Id": 8}, "RenderWindow": {"Id": 1}})),
        (4, "vtkRenderer", "vtkViewport", json!({"ViewProps": {"Id": 9}, "RenderWindow": {"Id": 1}})),
        (5, "vtkRenderWindowInteractor", "vtkObject", json!({"Picker": {"Id": 6}, "Style": {"Id": 7}})),
        (6, "vtkPropPicker", "vtkAbstractPicker", json!({"PickList": {"Id": 12}, "Missing": {"Id": 99}})),
        (7, "vtkInteractorStyle", "vtkObject", json!({"CurrentRenderer": {"Id": 4}, "Lost": [{"Id": 98}, 1]})),
        (8, "vtkPropCollection", "vtkCollection", items(&[10, 11, 20])),
        (9, "vtkPropCollection", "vtkCollection", items(&[11, 13])),
        (10, "vtkActor", "vtkProp", json!({"CoordinateSystemRenderer": {"Id": 4}})),
        (11, "vtkActor", "vtkProp", json!({})),
        (12, "vtkPropCollection", "vtkCollection", items(&[10, 11])),
        (13, "vtkActor", "vtkProp", json!({"Mapper": {"Id": 14}})),
        (14, "vtkMapper", "vtkAbstractMapper", json!({})),
        (20, "vtkAssembly", "vtkProp", json!({"Parts": {"Id": 21}})),
        (21, "vtkProp3DCollection", "vtkCollection", items(&[22, 23])),
        (22, "vtkActor", "vtkProp", json!({"Mapper": {"Id": 24}})),
        (23, "vtkActor", "vtkProp", json!({"Mapper": {"Id": 24}})),
        (24, "vtkMapper", "vtkAbstractMapper", json!({})),
    ])
}

#[test]
fn layers_assemblies_and_whoever_knows_them() {
    let folder = scratch();
    let (source, out) = (layered().write(folder.path()), folder.path().join("out.wazex"));
    let whole = Content::of(&source);
    let kept = |selector: &str| {
        extract(&source, selector, &out).run().ok();
        let small = Content::of(&out);
        assert_sound(&small, &whole);
        assert_eq!(small.roots(), [1]);
        small
    };
    let ids = |content: &Content| content.states.keys().copied().collect::<Vec<_>>();

    let one = kept("10");
    assert_eq!(one.state(2)["Items"], json!([{"Id": 3}]), "the other layer goes");
    assert_eq!(one.state(7)["CurrentRenderer"], json!(null));
    assert_eq!(one.state(10)["CoordinateSystemRenderer"], json!(null));
    assert_eq!(one.state(12)["Items"], json!([{"Id": 10}]));
    assert_eq!(one.state(6)["Missing"], json!(null), "it dangled before");
    assert_eq!(one.state(7)["Lost"], json!([null, 1]));
    assert_eq!(ids(&one), [1, 2, 3, 5, 6, 7, 8, 10, 12]);

    let shared = kept("11");
    assert_eq!(shared.state(2)["Items"], json!([{"Id": 3}, {"Id": 4}]), "both renderers show it");
    assert_eq!(shared.state(9)["Items"], json!([{"Id": 11}]));

    let part = kept("23");
    assert_eq!(part.state(8)["Items"], json!([{"Id": 20}]));
    assert_eq!(part.state(21)["Items"], json!([{"Id": 23}]), "the assembly stays, the other part goes");

    let assembly = kept("20");
    assert_eq!(assembly.state(21)["Items"], json!([{"Id": 22}, {"Id": 23}]));
    assert_eq!(ids(&kept("24")), ids(&assembly), "a mapper that both parts use");
    let layer = ids(&kept("/Renderers/1"));
    assert_eq!(layer, [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14], "a layer, and who else shows a part of it");
}

#[test]
fn windows_that_show_nothing_of_it_go() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    let source = fixture("reference/two-vtk9.7.2.wazex");
    let output = extract(&source, "//vtkActor", &out).run().ok();
    assert!(output.stderr.contains("kept 98 of 98 objects, 7 of 7 blobs"), "{}", output.stderr);
    let roots = Content::of(&out).roots();
    assert_eq!(roots.len(), 2);
    for root in roots {
        extract(&source, &format!("{root}//vtkActor"), &out).run().ok();
        assert_eq!(Content::of(&out).roots(), [root]);
    }
}

#[test]
fn nothing_that_shows() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    let mixed = fixture("reference/mixed-vtk9.7.2.wazex");
    for selector in ["vtkCamera", "vtkLight"] {
        extract(&mixed, selector, &out).run().fails(1, &[selector, "actor", "hint: "]);
    }
    extract(&mixed, "vtkNothing", &out).run().fails(1, &["vtkNothing"]);
    extract(&mixed, "4711", &out).run().fails(1, &["4711"]);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn nothing_is_overwritten() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    std::fs::write(&out, "precious").unwrap();
    let args = ["5", "-o"];
    scenectl().arg("extract").arg(fixture("small")).args(args).arg(&out).run().fails(2, &["--force"]);
    assert_eq!(std::fs::read(&out).unwrap(), b"precious");
    let piped = scenectl().arg("extract").arg(fixture("small")).args(["5", "-o", "-", "--json"]).run().ok();
    assert!(piped.stdout.starts_with(b"PK"));
}

/// Objects in a long chain, and references deeper in a state than any server writes.
#[test]
fn hostile_scenes() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    let mut chain = layered();
    for id in 1000..21_000 {
        let next = id + 1;
        chain
            .states
            .insert(id, format!(r#"{{"ClassName":"vtkActor","SuperClassNames":["vtkProp"],"Next":{{"Id":{next}}}}}"#));
    }
    chain.edit(8, |state| state["Items"] = json!([{"Id": 1000}, {"Id": 10}]));
    let source = chain.write(folder.path());
    extract(&source, "20999", &out).limit(120).run().ok();
    assert_eq!(Content::of(&out).state(20_999)["Next"], json!(null));
    extract(&source, "10", &out).limit(120).run().ok();

    let mut deep = layered();
    let nested = format!("{}{{\"Id\":11}}{}", "[".repeat(5000), "]".repeat(5000));
    deep.states.insert(10, format!(r#"{{"ClassName":"vtkActor","SuperClassNames":["vtkProp"],"Deep":{nested}}}"#));
    let source = deep.write(folder.path());
    extract(&source, "10", &out).run().ok();
    extract(&source, "13", &out).run().ok();
    deep.edit(9, |state| state["Items"] = json!([{"Id": 13}]));
    deep.edit(8, |state| state["Items"] = json!([{"Id": 11}, {"Id": 10}]));
    deep.states.insert(14, format!(r#"{{"ClassName":"vtkMapper","Deep":{}}}"#, nested.replace("11", "3")));
    let source = deep.write(folder.path());
    extract(&source, "13", &out).run().fails(1, &["14", "deep"]);
}
