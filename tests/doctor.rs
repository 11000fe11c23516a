//! `doctor`: every code where it belongs, and nowhere else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use scenectl::analysis::doctor::{self, Severity};
use scenectl::{protocol, snapshot};
use serde_json::{Value, json};

use crate::support::files::Content;
use crate::support::scene::{Scene, content_hash};
use crate::support::schema::problems;
use crate::support::{fixture, names, scenectl, scratch};

/// What is broken in each scene of `fixtures/broken`, which VTK itself made.
const BROKEN: [(&str, &str, &str, &[&str]); 20] = [
    ("assembly", "E101", "/Renderers/0/ViewProps/1", &["item 1 is null", "2nd", "after vtkOpenGLActor #5"]),
    ("billboard", "E101", "/Renderers/0/ViewProps/3", &["item 3 is null", "4th"]),
    (
        "dataset_mapper",
        "E102",
        "/Renderers/0/ViewProps/3/Mapper/ExtractedPolyData",
        &["13 ids", "skip", "black", "vtkDataSetMapper #69"],
    ),
    ("deleted_state", "E104", "/Renderers/0/ViewProps/1/Mapper", &["refers to object 30"]),
    ("deleted_blob", "E105", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Points/Data", &["7 × 3 float32"]),
    ("short_blob", "E107", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Points/Data", &["42 bytes", "84"]),
    ("bad_index", "E109", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Polys", &["point 1000", "7"]),
    ("flipped_byte", "E113", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Points/Data", &["does not belong"]),
    ("lod_actor", "W202", "/Renderers/0/ViewProps/2", &["vtkLODActor", "617", "9.6.20260228", "a vtkActor"]),
    ("no_mapper", "W203", "/Renderers/0/ViewProps/1", &["no mapper"]),
    ("no_input", "W204", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0", &["no input"]),
    ("empty_input", "W205", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0", &["no points"]),
    ("nan_points", "W206", "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Points", &["1 NaN", "1 infinite"]),
    ("invisible", "W207", "/Renderers/0/ViewProps", &["all 3", "Visibility 0"]),
    ("transparent", "W207", "/Renderers/0/ViewProps", &["all 3", "Opacity 0"]),
    ("bad_clipping", "W208", "/Renderers/0/ActiveCamera/ClippingRange", &["7.6962", "1000"]),
    ("outside_view", "W209", "/Renderers/0/ActiveCamera", &["behind the camera"]),
    ("constant_range", "W210", "/Renderers/0/ViewProps/2/Mapper/ScalarRange", &["single value 1", "height"]),
    ("far_range", "W211", "/Renderers/0/ViewProps/2/Mapper/ScalarRange", &["1000 to 2000", "lower"]),
    ("healthy", "", "", &[]),
];

/// The JSON of a run, which must end with 1 where there are errors.
#[track_caller]
fn findings(scene: &Path, args: &[&str]) -> Vec<Value> {
    let output = scenectl().arg("doctor").arg(scene).args(args).arg("--json").run();
    let report = output.json();
    let code = i32::from(report["errors"] != 0);
    assert_eq!(output.code, Some(code), "{report}");
    report["findings"].as_array().unwrap().clone()
}

/// The codes that are found, without what is only good to know.
#[track_caller]
fn codes(scene: &Path, args: &[&str]) -> Vec<String> {
    let serious = findings(scene, args).into_iter().filter(|finding| finding["severity"] != "info");
    serious.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn broken_scenes_have_the_one_finding_they_should_have() {
    for (name, code, place, words) in BROKEN {
        let scene = fixture(&format!("broken/{name}.wazex"));
        let found: Vec<Value> =
            findings(&scene, &[]).into_iter().filter(|finding| finding["severity"] != "info").collect();
        if code.is_empty() {
            assert!(found.is_empty(), "{name}: {found:?}");
            continue;
        }
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!((&found[0]["code"], &found[0]["place"]), (&json!(code), &json!(place)), "{name}");
        for word in words {
            assert!(found[0]["text"].as_str().unwrap().contains(word), "{name}: `{word}` is not in {}", found[0]);
        }
        // A place is a selector, up to where the hole is.
        if !["E101", "E102", "E104"].contains(&code) {
            let path = place.trim_end_matches("/ClippingRange").trim_end_matches("/ScalarRange");
            let path = path.trim_end_matches("/InputDataObjects/0");
            scenectl().arg("ls").arg(&scene).arg(path).arg("--exit-status").run().ok();
        }
    }
    let files: Vec<String> = BROKEN.iter().map(|(name, ..)| format!("{name}.wazex")).collect();
    for name in names(&fixture("broken")).iter().filter(|name| name.ends_with(".wazex")) {
        assert!(files.contains(name), "fixtures/broken/{name} is not tested");
    }
}

/// No false alarm: everything that real servers made and real clients showed.
#[test]
fn healthy_scenes_have_no_findings() {
    let mut scenes: Vec<PathBuf> = vec![fixture("demo.wazex"), fixture("small"), fixture("broken/healthy.wazex")];
    for folder in ["reference", "variants"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
        let files = if folder.is_dir() { names(&folder) } else { Vec::new() };
        scenes.extend(files.iter().filter(|name| name.ends_with(".wazex")).map(|name| folder.join(name)));
    }
    assert!(scenes.len() > 8);
    for scene in scenes {
        let output = scenectl().arg("doctor").arg(&scene).run().ok();
        assert!(output.text().starts_with("no findings: "), "{}:\n{}", scene.display(), output.text());
    }
}

/// A scene of VTK's, to be broken here.
fn content(name: &str) -> Scene {
    let Content { states, blobs, .. } = Content::of(&fixture(name));
    Scene { states: states.into_iter().map(|(id, text)| (id, String::from_utf8(text).unwrap())).collect(), blobs }
}

/// The codes of a scene that was changed.
#[track_caller]
fn codes_of(scene: &Scene) -> Vec<String> {
    let folder = scratch();
    codes(&scene.write(folder.path()), &[])
}

#[track_caller]
fn changed(id: u64, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut scene = content("broken/healthy.wazex");
    scene.edit(id, change);
    codes_of(&scene)
}

/// The blob of an array in place of another.
fn with_values(id: u64, bytes: Vec<u8>) -> Scene {
    let mut scene = content("broken/healthy.wazex");
    let hash = content_hash(&bytes);
    scene.edit(id, |array| array["Hash"] = json!(hash));
    scene.blobs.insert(hash, bytes);
    scene
}

#[test]
fn what_vtk_does_not_break_by_itself() {
    let none: [&str; 0] = [];
    // E101, as VTK before 9.7 writes it, and null where it is fine.
    assert_eq!(changed(4, |list| list["Items"][2] = json!({})), ["E101"]);
    assert_eq!(changed(48, |mapper| mapper["InputDataObjects"] = json!([[null]])), ["E101"]);
    assert_eq!(changed(5, |actor| actor["Texture"] = Value::Null), none);
    // E106 an empty blob
    let mut scene = content("broken/healthy.wazex");
    let hash = serde_json::from_str::<Value>(&scene.states[&37]).unwrap()["Hash"].as_str().unwrap().to_owned();
    scene.blobs.insert(hash, Vec::new());
    assert_eq!(codes_of(&scene), ["E106"]);
    // W201: the only blob there is has another name; whether it is damaged cannot be told
    let mut scene = Scene::small();
    scene.blobs.values_mut().for_each(|blob| blob[0] ^= 1);
    assert!(codes_of(&scene).contains(&String::from("W201")));
    // E107 a shape that does not fit
    assert_eq!(changed(54, |array| array["NumberOfTuples"] = json!(25)), ["E107"]);
    // E108
    let mut scene = content("broken/healthy.wazex");
    scene.states.insert(6, String::from("{\"ClassName\":5}"));
    assert_eq!(codes_of(&scene), ["E108"]);
    // E109: offsets that go back, negative ids
    let i64s = |values: &[i64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    assert_eq!(codes_of(&with_values(39, i64s(&[0, 6, 3, 12, 15, 18, 21, 24]))), ["E109"]);
    let mut ids: Vec<i64> = (0..24).map(|k| k % 7).collect();
    assert_eq!(codes_of(&with_values(40, i64s(&ids))), none);
    ids[3] = -1;
    assert_eq!(codes_of(&with_values(40, i64s(&ids))), ["E109"]);
    // E110
    assert_eq!(changed(1, |window| window["vtk-object-manager-kept-alive"] = json!(false)), ["E110"]);
    // E111: no snapshot is like that (it is refused), but a scene in memory may be.
    let mut scene = snapshot::read(&fixture("broken/healthy.wazex")).unwrap();
    let errors = |scene: &scenectl::scene::Scene| {
        let rules = protocol::by_dialect(scene.dialect().name()).unwrap().rules();
        let found = doctor::diagnose(scene, Some(rules), &doctor::Options::default()).findings;
        found.iter().filter(|finding| finding.severity == Severity::Error).map(|finding| finding.code.name).collect()
    };
    let found: Vec<&str> = errors(&scene);
    assert_eq!(found, none);
    scene.remove(&1.into());
    assert!(errors(&scene).contains(&"E111"));
    scene.roots.clear();
    assert!(errors(&scene).contains(&"E111"));
    // E112
    assert_eq!(changed(49, |data| data["Copy"] = json!({"Id": 49})), ["E112"]);
    assert_eq!(changed(57, |points| points["Copy"] = json!({"Id": 44})), none);
    // W203 only where it matters
    let hidden = |actor: &mut Value| {
        actor["Mapper"] = Value::Null;
        actor["Visibility"] = json!(0);
    };
    assert_eq!(changed(26, hidden), none);
    // W205 points without cells
    let mut scene = content("broken/healthy.wazex");
    scene.edit(31, |data| data["Polys"] = json!({"Id": 19}));
    assert_eq!(codes_of(&scene), ["W205"]);
    scene.edit(30, |mapper| mapper["ClassName"] = json!("vtkOpenGLPointGaussianMapper"));
    assert_eq!(codes_of(&scene), none);
    // W215: a table that VTK has not filled; nobody looks at it where there are no scalars (24).
    assert_eq!(changed(24, |table| table["Range"] = json!([0.0, 2.0])), none);
    let empty = |array: &mut Value| {
        array["NumberOfTuples"] = json!(0);
        array.as_object_mut().unwrap().remove("Hash");
    };
    assert_eq!(changed(64, empty), ["W215"]);
    // W210, W211: only where scalars are mapped through the range
    let far = |mapper: &mut Value| mapper["ScalarRange"] = json!([5.0, 6.0]);
    assert_eq!(changed(48, far), ["W211"]);
    for (property, value) in [("ScalarVisibility", 0), ("ColorMode", 2), ("ScalarMode", 2)] {
        let change = |mapper: &mut Value| {
            far(mapper);
            mapper[property] = json!(value);
        };
        assert_eq!(changed(48, change), none, "{property}");
    }
    assert_eq!(changed(63, |table| table["Range"] = json!([3.0, 3.0])), none);
    let mut scene = content("broken/healthy.wazex");
    scene.edit(48, |mapper| mapper["UseLookupTableScalarRange"] = json!(1));
    assert_eq!(codes_of(&scene), none);
    scene.edit(63, |table| table["Range"] = json!([3.0, 3.0]));
    assert_eq!(codes_of(&scene), ["W210"]);
}

#[test]
fn cameras() {
    let camera = |change: &dyn Fn(&mut Value)| changed(66, change);
    let none: [&str; 0] = [];
    assert_eq!(camera(&|camera| camera["ClippingRange"] = json!([8.0, 8.1])), none);
    assert_eq!(camera(&|camera| camera["ClippingRange"] = json!([0.01, 7.0])), ["W208"]);
    assert_eq!(camera(&|camera| camera["FocalPoint"] = json!([100.0, 0.0, 8.0])), ["W209"]);
    assert_eq!(camera(&|camera| camera["FocalPoint"] = json!([0.0, 100.0, 0.0])), ["W209"]);
    assert_eq!(camera(&|camera| camera["ViewAngle"] = json!(0.5)), none);
    // Lines that stay parallel, and what is not computed here.
    let parallel = |scale: f64, x: f64| {
        camera(&|camera| {
            camera["ParallelProjection"] = json!(1);
            camera["ParallelScale"] = json!(scale);
            camera["Position"] = json!([x, 0.0, 8.2]);
            camera["FocalPoint"] = json!([x, 0.0, 0.0]);
        })
    };
    assert_eq!(parallel(2.0, 0.0), none);
    assert_eq!(parallel(2.0, 50.0), ["W209"]);
    assert_eq!(
        camera(&|camera| {
            camera["FocalPoint"] = json!([0.0, 100.0, 0.0]);
            camera["UseOffAxisProjection"] = json!(1);
        }),
        none
    );
    // A camera that sees nothing whatever there is.
    assert_eq!(camera(&|camera| camera["FocalPoint"] = camera["Position"].clone()), ["W209"]);
    for angle in [0.0, 180.0, -30.0] {
        assert_eq!(camera(&|camera| camera["ViewAngle"] = json!(angle)), ["W209"], "{angle}");
    }
    assert_eq!(parallel(0.0, 0.0), ["W209"]);
    // One prop that is seen is enough; one that cannot be told, too.
    let mut scene = content("broken/bad_clipping.wazex");
    assert_eq!(codes_of(&scene), ["W208"]);
    scene.edit(5, |actor| actor["Position"] = json!([0.0, 0.0, -1500.0]));
    assert_eq!(codes_of(&scene), none);
    let mut scene = content("broken/bad_clipping.wazex");
    scene.edit(5, |actor| actor["ClassName"] = json!("vtkCubeAxesActor"));
    assert_eq!(codes_of(&scene), none);
    // Where a prop is depends on its transform.
    let mut scene = content("broken/healthy.wazex");
    for id in [5, 26, 44] {
        scene.edit(id, |actor| actor["Position"] = json!([0.0, 40.0, 0.0]));
    }
    assert_eq!(codes_of(&scene), ["W209"]);
    for id in [5, 26, 44] {
        scene.edit(id, |actor| actor["Orientation"] = json!([0.0, 0.0, 180.0]));
        scene.edit(id, |actor| actor["Origin"] = json!([0.0, -20.0, 0.0]));
    }
    assert_eq!(codes_of(&scene), none);
}

#[test]
fn scenes_that_vtk_takes_and_does_not_show() {
    // Written by other hands, with white space: nothing is wrong with it.
    let mut scene = content("broken/healthy.wazex");
    let spaced = scene.states[&1].replace(':', ": ");
    assert!(spaced.contains("\"vtk-object-manager-kept-alive\": true"));
    scene.states.insert(1, spaced);
    assert_eq!(codes_of(&scene), [""; 0]);
    // VTK's exporters write `null` for what has no state.
    let mut scene = content("broken/healthy.wazex");
    scene.edit(48, |mapper| mapper["ExtractedPolyData"] = json!({"Id": 900}));
    scene.states.insert(900, String::from("null"));
    assert_eq!(codes_of(&scene), ["E102"]);
    // VTK 9.4 leaves the class out where it has no serializer.
    let mut scene = content("broken/healthy.wazex");
    scene.states.insert(48, String::from(r#"{"Id":48,"SuperClassNames":["vtkObjectBase","vtkObject","vtkMapper"]}"#));
    assert_eq!(codes_of(&scene), ["E101"]);
    // E105: values, and no word of where they are
    let mut scene = content("broken/healthy.wazex");
    scene.edit(56, |array| array["Hash"] = Value::Null);
    assert_eq!(codes_of(&scene), ["E105"]);
    // W203: something else
    assert_eq!(changed(26, |actor| actor["Mapper"] = json!({"Id": 66})), ["W203"]);
    // W206: no three coordinates
    let points = |array: &mut Value| {
        array["NumberOfComponents"] = json!(1);
        array["NumberOfTuples"] = json!(72);
    };
    assert_eq!(changed(58, points)[0], "W206");
    // W207: nothing is drawn
    assert_eq!(changed(3, |renderer| renderer["Draw"] = json!(0)), ["W207"]);
    // W211: a transfer function has its colours at places of its own
    let mut scene = content("broken/far_range.wazex");
    assert_eq!(codes_of(&scene), ["W211"]);
    scene.edit(63, |table| {
        table["ClassName"] = json!("vtkColorTransferFunction");
        table["SuperClassNames"] = json!(["vtkObjectBase", "vtkObject", "vtkScalarsToColors"]);
    });
    assert_eq!(codes_of(&scene), [""; 0]);
    // W216: fewer values than points; none at all are not used
    let mut scene = with_values(55, vec![0; 80]);
    scene.edit(55, |array| array["NumberOfTuples"] = json!(10));
    assert_eq!(codes_of(&scene), ["W216"]);
    assert_eq!(changed(55, |array| array["NumberOfTuples"] = json!(0)), ["E107"]);
    // W205: an image without values
    let mut scene = content("reference/volume24-vtk9.7.2.wazex");
    let is_attributes = |text: &String| text.contains("\"vtkPointData\"") && text.contains("\"Arrays\":[{");
    let attributes = *scene.states.iter().find(|(_, text)| is_attributes(text)).unwrap().0;
    scene.edit(attributes, |attributes| attributes["Arrays"] = json!([]));
    assert!(codes_of(&scene).contains(&String::from("W205")));
}

#[test]
fn volumes_and_notes() {
    let property = |data: Value| {
        let mut scene = content("reference/volume24-vtk9.7.2.wazex");
        scene.edit(35, |function| function["Data"] = data);
        codes_of(&scene)
    };
    let none: [&str; 0] = [];
    assert_eq!(property(json!([0.0, 0.0, 255.0, 0.5])), none);
    assert_eq!(property(json!([5000.0, 0.0, 6000.0, 1.0])), ["W212"]);
    assert_eq!(property(json!([0.0, 0.0, 1e9, 1.0])), none);
    // Notes are no reason to fail.
    let note = |scene: &Scene| {
        let folder = scratch();
        let found = findings(&scene.write(folder.path()), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["severity"], "info");
        found[0]["code"].as_str().unwrap().to_owned()
    };
    let mut scene = content("broken/healthy.wazex");
    scene.states.insert(900, scene.states[&6].clone().replace("\"Id\":6", "\"Id\":900"));
    assert_eq!(note(&scene), "I301");
    let mut scene = Scene::small();
    scene.edit(4, |list| list["Items"] = json!([]));
    for id in 5..=9 {
        scene.states.remove(&id);
    }
    assert_eq!(note(&scene), "I303");
    let mut scene = content("broken/healthy.wazex");
    let other = |hash: &str| hash.parse::<u64>().unwrap().wrapping_add(1).to_string();
    for hash in scene.blobs.keys() {
        for text in scene.states.values_mut() {
            *text = text.replace(&format!("\"Hash\":\"{hash}\""), &format!("\"Hash\":\"{}\"", other(hash)));
        }
    }
    scene.blobs = scene.blobs.into_iter().map(|(hash, data)| (other(&hash), data)).collect();
    assert_eq!(note(&scene), "I302");
}

/// Classes are compared with those that a bundle names.
#[test]
fn bundles() {
    let folder = scratch();
    let known = b"\0/x/vtkRenderWindowSerDes.cxx\0/x/vtkActorSerDes.cxx\0vtk version 9.7.1\0";
    let wasm = folder.path().join("client.wasm");
    fs::write(&wasm, [b"\0asm".as_slice(), known].concat()).unwrap();
    let scene = fixture("broken/lod_actor.wazex");
    let wasm = wasm.to_str().unwrap();
    let found = findings(&scene, &["--bundle", wasm]);
    let lod = found.iter().find(|finding| finding["place"] == "/Renderers/0/ViewProps/2").unwrap();
    assert_eq!(lod["code"], "E103");
    for word in ["vtkLODActor", "among the 2 classes of client.wasm 9.7.1", "a vtkActor in its place"] {
        assert!(lod["text"].as_str().unwrap().contains(word), "{lod}");
    }
    // The actor itself is known under its platform's name, and so are windows.
    assert!(
        found.iter().all(|finding| finding["class"] != "vtkOpenGLActor" && finding["class"] != "vtkEGLRenderWindow")
    );
    let folder_of = folder.path().to_str().unwrap();
    assert_eq!(findings(&scene, &["--bundle", folder_of]).len(), found.len());
    scenectl()
        .arg("doctor")
        .arg(&scene)
        .args(["--bundle", "Cargo.toml"])
        .run()
        .fails(4, &["no deserializers", "hint: "]);
    scenectl().arg("doctor").arg(&scene).args(["--bundle", "nothing.wasm"]).run().fails(4, &["nothing.wasm"]);
    let broken = folder.path().join("broken.tar.gz");
    fs::write(&broken, b"\x1f\x8b\x08 and then nothing that could be unpacked").unwrap();
    scenectl().arg("doctor").arg(&scene).arg("--bundle").arg(&broken).run().fails(4, &["broken.tar.gz"]);
}

#[test]
fn denied_and_allowed() {
    let scene = fixture("broken/no_input.wazex");
    assert_eq!(codes(&scene, &["--deny", "W204"]), ["W204"]);
    let run = |args: &[&str]| scenectl().arg("doctor").arg(&scene).args(args).run();
    run(&[]).code(0);
    assert!(run(&["--deny", "W204"]).code(1).text().contains("error W204"));
    run(&["--deny", "warnings"]).code(1);
    run(&["--deny", "w204"]).code(1);
    run(&["--deny", "W205"]).code(0);
    assert!(run(&["--deny", "warnings", "--allow", "W204"]).code(0).text().starts_with("no findings"));
    run(&["--deny", "W999"]).fails(2, &["W999", "W204"]);
    run(&["--allow", "nonsense"]).fails(2, &["nonsense"]);
    run(&["--probe", "1"]).fails(2, &["live server"]);
    scenectl().args(["doctor", "demo:", "--probe", "0.1"]).run().ok();
}

#[test]
fn many_of_a_kind_are_counted() {
    let mut scene = Scene::small();
    scene.edit(4, |list| {
        list["Items"] = json!([null, null, null, null, null, null, null, null, null, null, null, null])
    });
    let folder = scratch();
    let path = scene.write(folder.path());
    let run = |args: &[&str]| scenectl().arg("doctor").arg(&path).args(args).run().code(1).text().to_owned();
    let short = run(&[]);
    assert!(short.contains("… and 2 more E101 like these; --all shows them") && short.contains("12 errors"), "{short}");
    let all = run(&["--all"]);
    assert!(all.contains("/Renderers/0/ViewProps/11") && !all.contains("like these"), "{all}");
    assert_eq!(codes(&path, &[]).len(), 12);
}

#[test]
fn explained() {
    for code in protocol::codes() {
        let output = scenectl().args(["doctor", "--explain", code.name]).run().ok();
        for word in [code.name, code.severity().name(), code.title] {
            assert!(output.text().contains(word), "{}", output.text());
        }
    }
    let output = scenectl().args(["doctor", "--explain", "E999"]).run().fails(2, &["E999"]);
    assert!(protocol::codes().iter().all(|code| output.stderr.contains(code.name)));
    scenectl().arg("doctor").run().code(2);
}

/// Codes are named once, and their letter is their severity; each is in a test here.
#[test]
fn the_table_of_codes_is_sound() {
    let this = concat!(
        include_str!("doctor.rs"),
        include_str!("peers_doctor.rs"),
        include_str!("../src/protocol/viser/doctor/tests.rs")
    );
    let mut seen = BTreeMap::new();
    for code in protocol::codes() {
        assert!(seen.insert(code.name, code.title).is_none(), "{} is there twice", code.name);
        let letter = match code.severity() {
            Severity::Error => "E1",
            Severity::Warning => "W2",
            Severity::Info => "I3",
        };
        assert!(code.name.starts_with(letter) && code.name.len() == 4, "{}", code.name);
        assert!(this.contains(&format!("\"{}\"", code.name)), "{} has no test", code.name);
        for text in [code.title, code.explanation, code.advice] {
            assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", code.name);
        }
    }
}

/// The page is written from the table.
#[test]
fn the_page_of_codes_is_fresh() {
    let mut page = String::from(
        "# Findings of `scenectl doctor`\n\nA code keeps its meaning. E are errors (exit code 1), W warnings, I notes. \
         `scenectl doctor --explain CODE` prints the same.\n\n| code | |\n|---|---|\n",
    );
    for code in protocol::codes() {
        page.push_str(&format!("| [{0}](#{1}) | {2} |\n", code.name, code.name.to_lowercase(), code.title));
    }
    for code in protocol::codes() {
        page.push_str(&format!(
            "\n## {}\n\n**{}**\n\n{}\n\n→ {}\n",
            code.name, code.title, code.explanation, code.advice
        ));
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor-codes.md");
    if std::env::var_os("SCENECTL_BLESS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap_or_default() == page, "run the tests with SCENECTL_BLESS=1");
}

/// What `--json` prints is what the schema says.
#[test]
fn the_schema_holds() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas/doctor.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    for (name, ..) in BROKEN {
        let scene = fixture(&format!("broken/{name}.wazex"));
        let report = scenectl().arg("doctor").arg(scene).arg("--json").run().json();
        assert_eq!(problems(&schema, &report), [""; 0], "{name}");
    }
    assert!(!problems(&schema, &json!({"version": 1})).is_empty());
}

/// Deep, circular and silly scenes end, and soon.
#[test]
fn hostile_scenes() {
    let node = |id: u64, next: Option<u64>, class: &str| {
        let next = next.map(|next| format!(r#","Next":{{"Id":{next}}}"#)).unwrap_or_default();
        format!(
            r#"{{"ClassName":"{class}","Id":{id},"MTime":1,"SuperClassNames":["vtkObjectBase","vtkObject","vtkDataObject"]{next}}}"#
        )
    };
    // A chain of 20,000, then back to its start.
    let mut scene = Scene::small();
    let last = 20_100;
    for id in 100..last {
        scene.states.insert(id, node(id, Some(id + 1), "vtkTable"));
    }
    scene.states.insert(last, node(last, Some(100), "vtkTable"));
    scene.edit(8, |data| data["Deep"] = json!({"Id": 100}));
    let folder = scratch();
    assert_eq!(codes(&scene.write(folder.path()), &[]), ["E112"]);
    // Values of the wrong kind everywhere.
    for id in 1..=9 {
        let mut scene = Scene::small();
        let state: Value = serde_json::from_str(&scene.states[&id]).unwrap();
        for (name, _) in state.as_object().unwrap().iter().filter(|(name, _)| *name != "Id") {
            for value in [json!(-1e308), json!([[[]]]), json!({}), json!("x"), json!(u64::MAX), Value::Null] {
                scene.edit(id, |state| state[name] = value.clone());
                let output = scenectl().arg("doctor").arg(scene.write(folder.path())).run();
                assert!(matches!(output.code, Some(0 | 1)), "{id} {name} {value}: {}", output.stderr);
            }
            scene.edit(id, |other| other[name] = state[name].clone());
        }
    }
    // Text that would steer a terminal.
    let mut scene = Scene::small();
    scene.edit(5, |actor| {
        actor["Mapper"] = Value::Null;
        actor["ClassName"] = json!("vtkOpenGLActor");
        actor["ObjectName"] = json!("\u{1b}[31mred");
    });
    let output = scenectl().arg("doctor").arg(scene.write(folder.path())).run();
    assert!(!output.text().contains('\x1b'), "{}", output.text());
}
