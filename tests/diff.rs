//! `diff`, on scenes that real VTK made: what the variants are is in tests/peers/variants.py.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::fake::Fake;
use crate::support::run::{Output, Scenectl};
use crate::support::scene::{HASH, Scene};
use crate::support::{fixture, scenectl, schema, scratch};

fn variant(name: &str) -> PathBuf {
    fixture(&format!("variants/{name}.wazex"))
}

fn diff(a: &Path, b: &Path, args: &[&str]) -> Scenectl {
    scenectl().arg("diff").arg(a).arg(b).args(args)
}

/// Two variants must differ, and this is the document that says how.
#[track_caller]
fn changed(a: &str, b: &str, args: &[&str]) -> Value {
    let document = diff(&variant(a), &variant(b), args).arg("--json").run().code(1).json();
    assert_eq!(document["equal"], false);
    assert_valid(&document);
    document
}

/// Two scenes must be the same.
#[track_caller]
fn equal(a: &Path, b: &Path, args: &[&str]) {
    let document = diff(a, b, args).arg("--json").run().ok().json();
    assert_eq!((&document["equal"], &document["changes"]), (&json!(true), &json!([])));
    assert_valid(&document);
}

/// The document must be what docs/schemas/diff.schema.json says.
#[track_caller]
fn assert_valid(document: &Value) {
    schema::assert_valid(include_str!("../docs/schemas/diff.schema.json"), document);
}

/// `kind path property`, for each change.
fn lines(document: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |change: &Value| {
        format!("{} {} {}", text(&change["kind"]), text(&change["path"]), text(&change["property"]))
            .trim_end()
            .to_owned()
    };
    document["changes"].as_array().unwrap().iter().map(line).collect()
}

const COLORS: [&str; 4] = ["AmbientColor", "Color", "DiffuseColor", "SpecularColor"];

fn colors_of(prop: u32) -> Vec<String> {
    COLORS.iter().map(|color| format!("value /Renderers/0/ViewProps/{prop}/Property {color}")).collect()
}

#[test]
fn the_same_script_gives_the_same_scene() {
    equal(&variant("base"), &variant("base_again"), &[]);
    equal(&variant("base"), &variant("base_again"), &["--strict"]);
    // By another process, whose memory was laid out in another way.
    equal(&variant("base"), &variant("keys_order"), &["--ulp", "0"]);
    for name in ["demo.wazex", "small", "reference/porsche.wazex", "reference/two-vtk9.7.2.wazex"] {
        equal(&fixture(name), &fixture(name), &[]);
    }
}

/// VTK keeps the colour four times.
#[test]
fn one_colour() {
    let document = changed("base", "color", &[]);
    assert_eq!(lines(&document), colors_of(1));
    let change = &document["changes"][1];
    assert_eq!((&change["old"], &change["new"]), (&json!([0.2, 0.9, 0.2]), &json!([0.9, 0.9, 0.1])));
    assert_eq!(change["a"], change["b"]);
    assert_eq!(change["a"]["class"], "vtkOpenGLProperty");
    let summary = json!({"objects_changed": 1, "values_changed": 4, "objects_added": 0, "objects_removed": 0, "objects_moved": 0, "hidden": 0});
    assert_eq!(document["summary"], summary);
}

#[test]
fn an_actor_first() {
    let document = changed("base", "insert_first", &[]);
    assert_eq!(lines(&document), ["object-added /Renderers/0/ViewProps/0 Items.0"]);
    let change = &document["changes"][0];
    assert_eq!((&change["a"], &change["b"]["class"]), (&Value::Null, &json!("vtkOpenGLActor")));
    assert_eq!(change["objects"], 20, "with its mapper, data and arrays");
    let back = changed("insert_first", "base", &[]);
    assert_eq!(lines(&back), ["object-removed /Renderers/0/ViewProps/0 Items.0"]);
    assert_eq!(back["changes"][0]["objects"], 20);
}

#[test]
fn an_actor_first_and_one_colour() {
    let mut wanted = vec![String::from("object-added /Renderers/0/ViewProps/0 Items.0")];
    wanted.extend(colors_of(2));
    let document = changed("base", "both", &[]);
    assert_eq!(lines(&document), wanted);
    // Where it was, and where it is now.
    assert_eq!(document["changes"][1]["a"]["path"], "/Renderers/0/ViewProps/1/Property");
    assert_eq!(document["changes"][1]["b"]["path"], "/Renderers/0/ViewProps/2/Property");
    assert_eq!(lines(&changed("insert_first", "both", &[])), colors_of(2));
    assert_eq!(lines(&changed("color", "both", &[])), ["object-added /Renderers/0/ViewProps/0 Items.0"]);
}

#[test]
fn gone_moved_and_under_another() {
    assert_eq!(lines(&changed("base", "remove", &[])), ["object-removed /Renderers/0/ViewProps/1 Items.1"]);
    let moved = changed("base", "move", &[]);
    assert_eq!(lines(&moved), ["object-moved /Renderers/0/ViewProps/5 Items.5"]);
    assert_eq!(moved["changes"][0]["a"]["path"], "/Renderers/0/ViewProps/0");
    let elsewhere = changed("base", "reparent", &[]);
    assert_eq!(lines(&elsewhere), ["object-moved /Renderers/0/ViewProps/0/Texture Texture"]);
    assert_eq!(elsewhere["changes"][0]["a"]["path"], "/Renderers/0/ViewProps/3/Texture");
}

/// A state that is no JSON is said to be one, by whoever stumbles over it.
#[test]
fn unreadable_states() {
    let mut scene = Scene::small();
    scene.states.insert(5, String::from("{\"ClassName\":"));
    let folder = scratch();
    let broken = scene.write(folder.path());
    let output = diff(&fixture("small"), &broken, &[]).run().code(1);
    assert!(output.stderr.contains("warning: the state of object 5 in B"), "{}", output.stderr);
    let set = scenectl().arg("set").arg(&broken).args(["5", "Visibility=0", "-o"]).arg(folder.path().join("x.wazex"));
    set.run().fails(4, &["the state of object 5 cannot be read"]);
}

/// A rendering makes a light, and VTK fills in what the text and its picture were empty for. Nothing else.
#[test]
fn with_and_without_a_rendering() {
    let document = changed("base", "rendered", &[]);
    let found = lines(&document);
    assert!(found.len() <= 12, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("/Lights/") || line.contains("/ViewProps/5")), "{found:#?}");
    assert!(
        diff(&variant("base"), &variant("rendered"), &["--only", "/Renderers/0/ViewProps/2"]).run().code == Some(0)
    );
}

#[test]
fn a_camera() {
    let camera = "value /Renderers/0/ActiveCamera";
    let document = changed("base", "camera", &[]);
    assert_eq!(lines(&document), ["ClippingRange", "Position", "Thickness"].map(|name| format!("{camera} {name}")));
    let (base, other) = (variant("base"), variant("camera"));
    equal(&base, &other, &["--ignore-camera"]);
    equal(&base, &other, &["--ignore", "vtkCamera", "*"]);
    equal(&base, &other, &["--ignore", "/Renderers/0/ActiveCamera", "*"]);
    // The names as the browser writes them, and on the way to another object.
    equal(&base, &other, &["--ignore", "vtkRenderer", "activeCamera"]);
    let ignore = ["--ignore", "vtkCamera", "Position", "--ignore", "vtkRenderer", "ActiveCamera.Thickness"];
    assert_eq!(lines(&changed("base", "camera", &ignore)), [format!("{camera} ClippingRange")]);
    // What is ignored is not where the difference is.
    diff(&variant("base"), &variant("color"), &["--ignore-camera", "--summary"]).run().code(1);
}

#[test]
fn points() {
    let document = changed("base", "points", &[]);
    let path = "/Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Points/Data";
    assert_eq!(lines(&document), [format!("array {path}")]);
    let array = &document["changes"][0]["array"];
    assert_eq!(array["old"]["shape"], json!([7, 3]));
    assert_eq!((&array["compared"], &array["different"]), (&json!(21), &json!(21)));
    let distance = array["max_abs"].as_f64().unwrap();
    assert!((0.000_999..0.001_001).contains(&distance), "{array}");
    assert_eq!(array["first"], json!({"index": 0, "old": "0.5", "new": "0.501"}));
    assert_eq!((&array["same_bytes"], &array["same_values"]), (&json!(false), &json!(false)));
    // It is the distance that is measured.
    equal(&variant("base"), &variant("points"), &["--atol", "1.001e-3"]);
    changed("base", "points", &["--atol", "0.999e-3"]);
    changed("base", "points", &["--rtol", "0.1"]);
    equal(&variant("base"), &variant("points"), &["--rtol", "1"]);
    equal(&variant("base"), &variant("points"), &["--ignore", path, "Hash"]);
}

/// One step of 32 bits is within the two that count for nothing.
#[test]
fn steps_of_floating_point() {
    let (base, other) = (variant("base"), variant("points_ulp"));
    equal(&base, &other, &[]);
    equal(&base, &other, &["--ulp", "1"]);
    let array = changed("base", "points_ulp", &["--ulp", "0"])["changes"][0]["array"].clone();
    assert_eq!((&array["different"], &array["first"]["new"]), (&json!(21), &json!("0.50000006")));
    equal(&base, &other, &["--ulp", "0", "--atol", "1e-6"]);
}

#[test]
fn the_same_values_in_another_type() {
    let document = changed("base", "int32_ids", &[]);
    assert_eq!(document["summary"]["values_changed"], 8);
    for change in document["changes"].as_array().unwrap() {
        assert_eq!(change["kind"], "array");
        let array = &change["array"];
        assert_eq!((&array["same_bytes"], &array["same_values"]), (&json!(false), &json!(true)));
        assert_eq!((&array["old"]["type"], &array["new"]["type"]), (&json!("int64"), &json!("int32")));
        assert_eq!(array["old"]["shape"], array["new"]["shape"]);
        assert_eq!((&array["first"], &array["max_abs"]), (&Value::Null, &Value::Null));
    }
    equal(&variant("base"), &variant("int32_ids"), &["--across-versions"]);
}

/// Ids, MTimes and so on are noise: they are shown when one asks for it.
#[test]
fn noise() {
    let strict = changed("base", "insert_first", &["--strict"]);
    let noisy = lines(&strict);
    assert!(noisy.iter().any(|line| line.ends_with(" Id")) && noisy.iter().any(|line| line.ends_with(" MTime")));
    assert!(noisy.contains(&String::from("object-added /Renderers/0/ViewProps/0 Items.0")));
    let (folder, mut other) = (scratch(), Scene::small());
    other.edit(1, |state| state["ClassName"] = "vtkWin32OpenGLRenderWindow".into());
    other.edit(5, |state| {
        state["SuperClassNames"] = json!(["vtkObjectBase"]);
        state["MTime"] = 999.into();
        state["EstimatedRenderTime"] = 0.25.into();
    });
    other.edit(9, |state| state["ClassName"] = "vtkAOSDataArrayTemplate<long long>".into());
    let other = other.write(folder.path());
    equal(&fixture("small"), &other, &[]);
    let strict = diff(&fixture("small"), &other, &["--strict", "--json"]).run().code(1).json();
    assert_valid(&strict);
    let found = lines(&strict);
    for wanted in [
        "value / ClassName",
        "value /Renderers/0/ViewProps/0 MTime",
        "value /Renderers/0/ViewProps/0 SuperClassNames",
        "property-added /Renderers/0/ViewProps/0 EstimatedRenderTime",
    ] {
        assert!(found.contains(&wanted.to_owned()), "{wanted} is not in {found:#?}");
    }
}

/// What older software did not know or called otherwise is hidden; what a person changed is not.
#[test]
fn versions_of_vtk() {
    let reference = |name: &str| fixture(&format!("reference/{name}.wazex"));
    for (old, new) in [
        ("cone-vtk9.4.2", "cone-vtk9.7.2"),
        ("cone-vtk9.5.2", "cone-vtk9.7.2"),
        ("cone-vtk9.6.2", "cone-vtk9.7.2"),
        ("cone-vtk9.4.2", "cone-vtk9.6.2"),
        ("mixed-vtk9.4.2", "mixed-vtk9.7.2"),
        ("mixed-vtk9.6.2", "mixed-vtk9.7.2"),
        ("mixed-vtk9.4.2", "mixed-vtk9.6.2"),
    ] {
        equal(&reference(old), &reference(new), &["--across-versions"]);
        equal(&reference(new), &reference(old), &["--across-versions"]);
        let shown = diff(&reference(old), &reference(new), &["--json"]).run().code(1).json();
        assert_valid(&shown);
    }
    for old in ["base-vtk9.4.2", "base-vtk9.6.2"] {
        equal(&variant(old), &variant("base"), &["--across-versions"]);
        assert_eq!(lines(&changed(old, "color", &["--across-versions"])), colors_of(1), "{old}");
        assert_eq!(
            lines(&changed(old, "insert_first", &["--across-versions"])),
            ["object-added /Renderers/0/ViewProps/0 Items.0"]
        );
        assert_eq!(lines(&changed(old, "points", &["--across-versions"])).len(), 1);
        assert_eq!(lines(&changed(old, "camera", &["--across-versions"])).len(), 3);
        assert_eq!(
            lines(&changed(old, "move", &["--across-versions"])),
            ["object-moved /Renderers/0/ViewProps/5 Items.5"]
        );
    }
    let hidden = diff(&variant("base-vtk9.6.2"), &variant("base"), &["--across-versions"]).run().ok();
    assert!(hidden.text().starts_with("equal (") && hidden.text().trim_end().ends_with(" hidden)"), "{hidden:?}");
}

#[test]
fn only_some_objects() {
    let count = |args: &[&str]| changed("base", "both", args)["changes"].as_array().unwrap().len();
    assert_eq!(count(&["--only", "vtkProperty"]), 4);
    assert_eq!(count(&["--only", "/Renderers/0/ViewProps/0"]), 1);
    assert_eq!(count(&["--only", "vtkActor"]), 5);
    assert_eq!(count(&["--only", "vtkCamera", "--only", "vtkProperty"]), 4);
    equal(&variant("base"), &variant("both"), &["--only", "vtkCamera"]);
    // A mistake must not look like success.
    let mistaken = diff(&variant("base"), &variant("base"), &["--only", "vtkCamra"]).run();
    mistaken.fails(2, &["vtkCamra"]);
}

const COLOR: &str = "\
~ /Renderers/0/ViewProps/2/Property  vtkOpenGLProperty #48 (in A: /Renderers/0/ViewProps/1/Property)
    AmbientColor   [0.2,0.9,0.2] -> [0.9,0.9,0.1]
    Color          [0.2,0.9,0.2] -> [0.9,0.9,0.1]
    DiffuseColor   [0.2,0.9,0.2] -> [0.9,0.9,0.1]
    SpecularColor  [0.2,0.9,0.2] -> [0.9,0.9,0.1]
";
const LAST: &str = "4 values changed in 1 object, 1 object added\n";

#[test]
fn text() {
    let run = |b: &str, args: &[&str]| diff(&variant("base"), &variant(b), args).run().code(1).text().to_owned();
    let added = "+ /Renderers/0/ViewProps/0  vtkOpenGLActor #5 (20 objects, 8.7 kB)\n";
    assert_eq!(run("both", &[]), format!("{added}{COLOR}{LAST}"));
    assert_eq!(
        run("move", &[]),
        "> /Renderers/0/ViewProps/5  vtkOpenGLActor #115 moved from /Renderers/0/ViewProps/0\n1 object moved\n"
    );
    assert_eq!(
        run("points", &[]),
        "~ /Renderers/0/ViewProps/1/Mapper/InputDataObjects/0/0/Points/Data  vtkFloatArray #37 \"Points\"\n    \
         values  float32[7x3], 21 of 21 values differ, max |a-b| 0.001 (rel 1), first [0,0]: 0.5 -> 0.501\n\
         1 value changed in 1 object\n"
    );
    assert_eq!(diff(&variant("base"), &variant("base_again"), &[]).run().ok().text(), "equal\n");
}

/// The example in docs/diff.md is what is printed.
#[test]
fn the_example() {
    let found = diff(&variant("base"), &variant("both"), &[]).run().code(1);
    assert!(include_str!("../docs/diff.md").contains(found.text()), "{}", found.text());
}

#[test]
fn other_forms() {
    let run = |args: &[&str]| diff(&variant("base"), &variant("both"), args).run().code(1).text().to_owned();
    assert_eq!(run(&["--summary"]), LAST);
    assert_eq!(run(&["--name-only"]), "/Renderers/0/ViewProps/0\n/Renderers/0/ViewProps/2/Property\n");
    let stat = "\
CLASS              CHANGED  ADDED  REMOVED  MOVED
vtkOpenGLActor           0      1        0      0
vtkOpenGLProperty        4      0        0      0
";
    assert_eq!(run(&["--stat"]), format!("{stat}{LAST}"));
    let coloured = run(&["--color", "always"]);
    assert!(coloured.contains("\x1b[32m+ ") && coloured.contains("\x1b[33m~ "), "{coloured:?}");
    let document = changed("base", "both", &[]);
    assert_eq!((&document["version"], &document["a"]), (&json!(1), &json!(variant("base").to_str().unwrap())));
    let equal = |args: &[&str]| diff(&variant("base"), &variant("base"), args).run().ok().text().to_owned();
    assert_eq!((equal(&["--name-only"]), equal(&["--stat"])), (String::new(), String::from("equal\n")));
    scenectl().arg("diff").args([variant("base"), variant("both")]).args(["--json", "--stat"]).run().code(2);
}

#[test]
fn markdown() {
    let run = |b: &str| {
        let name = |name: &str| format!("{name}.wazex");
        let command = scenectl().current_dir(variant("base").parent().unwrap());
        command.args(["diff", &name("base"), &name(b), "--markdown"]).run()
    };
    let rows: String = COLORS
        .iter()
        .map(|color| {
            format!(
                "| ~ | `/Renderers/0/ViewProps/1/Property` vtkOpenGLProperty | `{color}` | `[0.2,0.9,0.2] -> [0.9,0.9,0.1]` |\n"
            )
        })
        .collect();
    let table = "| | object | property | difference |\n|---|---|---|---|\n";
    assert_eq!(
        run("color").code(1).text(),
        format!("### scenectl diff `base.wazex` `color.wazex`\n\n**4 values changed in 1 object**\n\n{table}{rows}")
    );
    assert!(run("base_again").ok().text().ends_with("\n\nThe scenes are equal.\n"));
    // A long one is cut, and whole in its other forms.
    let long = diff(&fixture("demo.wazex"), &variant("base"), &["--markdown"]).run().code(1);
    let rows = long.text().lines().filter(|line| line.starts_with("| ")).count();
    assert!(rows <= 101 && rows > 20, "{rows}");
}

#[test]
fn context() {
    let run = |context: &str| {
        let args = ["--context", context, "--only", "/Renderers/0/ViewProps/1/Property"];
        diff(&variant("base"), &variant("color"), &args).run().code(1).text().to_owned()
    };
    let none = run("0");
    assert_eq!(none.lines().count(), 6);
    let one = run("1");
    for around in ["    Ambient        0.0\n", "    SpecularPower  1.0\n"] {
        assert!(one.contains(around) && !none.contains(around), "{one}");
    }
    assert!(run("3").lines().count() > one.lines().count());
    assert!(run("9999").lines().count() > 50);
}

#[test]
fn exit_codes() {
    let (base, color) = (variant("base"), variant("color"));
    diff(&base, &base, &[]).run().ok();
    diff(&base, &color, &[]).run().code(1);
    diff(&base, &color, &["--exit-zero"]).run().ok();
    let usage = |args: &[&str]| diff(&base, &color, args).run().code(2);
    assert!(usage(&["--only", "vtkActor["]).stderr.contains("vtkActor["));
    assert!(usage(&["--ignore", "vtkActor[", "Color"]).stderr.contains("vtkActor["));
    assert!(usage(&["--ignore", "vtkActor", "a..b"]).stderr.contains("a..b"));
    usage(&["--ignore", "vtkActor"]);
    usage(&["--ulp", "many"]);
    usage(&["--rtol", "nan"]);
    usage(&["--atol", "-1"]);
    scenectl().arg("diff").arg(&base).run().code(2);
    scenectl().args(["diff", "-", "-"]).run().fails(2, &["stdin"]);
}

#[test]
fn what_cannot_be_read() {
    let (base, folder) = (variant("base"), scratch());
    let text = fixture("README.md");
    diff(&base, &text, &[]).run().fails(4, &["README.md", "snapshot"]);
    diff(&text, &base, &[]).run().fails(4, &["README.md"]);
    let cut = folder.path().join("cut.wazex");
    let bytes = std::fs::read(&base).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    diff(&cut, &base, &[]).run().fails(4, &["cut.wazex"]);
    diff(&base, &cut, &["--json"]).run().fails(4, &["cut.wazex"]);
    std::fs::write(&cut, "").unwrap();
    diff(&base, &cut, &[]).run().fails(4, &["cut.wazex"]);
    diff(&base, Path::new("127.0.0.1:9"), &[]).run().fails(4, &["127.0.0.1:9"]);
    diff(&base, Path::new("nothing.wazex"), &[]).run().fails(2, &["nothing.wazex"]);
}

/// What is missing or cut on one side is a difference, even where the names of the blobs are the same.
#[test]
fn broken_scenes() {
    let broken = |name: &str| fixture(&format!("broken/{name}.wazex"));
    let found = |name: &str| {
        let document = diff(&broken("healthy"), &broken(name), &["--json"]).run().code(1).json();
        assert_valid(&document);
        document
    };
    let array = |name: &str| {
        let document = found(name);
        assert_eq!(document["changes"].as_array().unwrap().len(), 1, "{name}");
        document["changes"][0]["array"].clone()
    };
    let deleted = array("deleted_blob");
    assert_eq!((&deleted["old"]["missing"], &deleted["new"]["missing"]), (&json!(false), &json!(true)));
    let short = array("short_blob");
    assert_eq!((&short["same_values"], &short["different"]), (&json!(false), &json!(0)));
    let nan = array("nan_points");
    assert_eq!((&nan["first"]["new"], &nan["max_abs"]), (&json!("NaN"), &Value::Null));
    assert_eq!(array("bad_index")["first"], json!({"index": 23, "old": "1", "new": "1000"}));
    let without = lines(&found("deleted_state"));
    assert!(without.contains(&String::from("object-removed /Renderers/0/ViewProps/1/Mapper Mapper")), "{without:?}");
    assert_eq!(lines(&found("no_mapper")), ["object-removed /Renderers/0/ViewProps/1/Mapper Mapper"]);
    assert_eq!(lines(&found("invisible")).len(), 3);
    for name in ["assembly", "bad_clipping", "billboard", "constant_range", "far_range", "lod_actor", "transparent"] {
        found(name);
    }
    for name in ["deleted_blob", "deleted_state", "short_blob", "bad_index"] {
        equal(&broken(name), &broken(name), &[]);
    }
}

#[test]
fn any_source() {
    let folder = scratch();
    let small = Scene::small();
    let packed = small.write(folder.path());
    equal(&fixture("small"), &packed, &["--strict"]);
    equal(&fixture("demo.wazex"), Path::new("demo:"), &[]);
    equal(Path::new(&Fake::of(small.clone(), |_| None).url), &packed, &[]);
    let mut other = small;
    other.edit(3, |state| state["Background"] = json!([0.0, 0.5, 0.75]));
    let live = Fake::of(other, |_| None);
    let document = diff(Path::new(&live.url), &packed, &["--json"]).run().code(1).json();
    assert_eq!(lines(&document), ["value /Renderers/0 Background"]);
    let piped: Output = scenectl().args(["diff", "-"]).arg(&packed).input(std::fs::read(&packed).unwrap()).run();
    assert_eq!(piped.ok().text(), "equal\n");
}

/// Text from a server that would steer a terminal is shown as boxes.
#[test]
fn names_from_a_server_steer_no_terminal() {
    let (folder, mut other) = (scratch(), Scene::small());
    other.edit(5, |state| state["ObjectName"] = "\x1b[31m|`x`".into());
    other.edit(5, |state| state["Visi\x1bbility"] = 0.into());
    other.edit(9, |state| state["Hash"] = format!("{HASH}0").into());
    let other = other.write(folder.path());
    for form in [&[][..], &["--markdown"], &["--stat"], &["--name-only"], &["-U", "3"], &["--json"]] {
        let output = diff(&fixture("small"), &other, form).run().code(1);
        assert!(!output.text().contains('\x1b'), "{form:?}: {}", output.text());
    }
    let document = diff(&fixture("small"), &other, &["--json"]).run().code(1).json();
    assert_valid(&document);
    assert!(document["changes"].to_string().contains("is not there"), "{document}");
}
