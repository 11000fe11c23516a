//! `get` of arrays.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::run::Scenectl;
use crate::support::scene::{HASH, Scene};
use crate::support::{fixture, scenectl, scratch};

/// Object 9 of the small scene: eight numbers of 64 bits, named "offsets".
fn get(args: &[&str]) -> Scenectl {
    scenectl().arg("get").arg(fixture("small")).args(args)
}

fn get_of(scene: &Path, args: &[&str]) -> Scenectl {
    scenectl().arg("get").arg(scene).args(args)
}

#[track_caller]
fn prints(args: &[&str], text: &str) {
    assert_eq!(get(args).run().ok().text(), format!("{text}\n"), "{args:?}");
}

/// The numbers in the one blob of the small scene.
fn numbers() -> Vec<i64> {
    let bytes = Scene::small().blobs.remove(HASH).unwrap();
    bytes.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect()
}

/// What scripts have always got, they get.
#[test]
fn an_array_is_what_is_in_it_and_its_state_where_that_is_wanted() {
    let state = Scene::small().states.remove(&9).unwrap();
    let text = get(&["9"]).run().ok();
    for line in ["type   int64\n", "shape  8 x 1\n", "first  [0,6,9,12,15] …\n", "13.125"] {
        assert!(text.text().contains(line), "{}", text.text());
    }
    assert!(scenectl().args(["get", "demo:", "21"]).run().ok().text().contains("nan    0\n"));
    prints(&["9", "--state"], &state);
    prints(&["9", "Name"], "\"offsets\"");
    let line = &get(&["9", "--json"]).run().ok().json_lines()[0];
    assert_eq!(line["value"], serde_json::from_str::<Value>(&state).unwrap());
    assert!(get(&["9", "--json", "--state"]).run().ok().json_lines()[0].get("array").is_none());
    assert!(get(&["9", "Name", "--json"]).run().ok().json_lines()[0].get("array").is_none());
}

#[test]
fn json_says_what_is_in_it() {
    let numbers = numbers();
    let mean = numbers.iter().sum::<i64>() as f64 / numbers.len() as f64;
    for args in [["9", "--json"].as_slice(), &["8", "Arrays[0]", "--json"], &["8", "Arrays.0", "--json"]] {
        let line = &get(args).run().ok().json_lines()[0];
        assert_eq!(
            line["array"],
            json!({
                "name": "offsets", "type": "int64", "tuples": 8, "components": 1, "blob": HASH, "blob_bytes": 64,
                "min": [numbers.iter().min()], "max": [numbers.iter().max()], "mean": [mean], "length": null,
                "nan": 0, "infinite": 0, "first_bad": null, "first": numbers[..5], "problem": null,
            }),
            "{args:?}"
        );
    }
}

#[test]
fn rows_as_python_has_them() {
    let numbers = numbers();
    prints(&["9", "[2]"], &numbers[2].to_string());
    prints(&["9", "[-1]"], &numbers[7].to_string());
    prints(&["9", "[1:3]"], &format!("[{},{}]", numbers[1], numbers[2]));
    prints(&["8", "Arrays.0[7:]"], &format!("[{}]", numbers[7]));
    prints(&["9", "[::-7]"], &format!("[{},{}]", numbers[7], numbers[0]));
    prints(&["9", "[3:3]"], "[]");
    let line = &get(&["9", "[:2]", "--json"]).run().ok().json_lines()[0];
    assert_eq!(*line, json!({"id": 9, "class": line["class"], "path": "[:2]", "value": numbers[..2]}));
    // Arrays in states, too; one element is what a path leads to.
    prints(&["3", "Background[::2]"], "[0.0,1.0]");
    prints(&["3", "Background[-1]"], "1.0");
    let state = get(&["3"]).run().ok();
    assert_eq!(get(&["1", "Renderers[0]"]).run().ok().text(), state.text());
    get(&["9", "[8]"]).run().fails(1, &["offsets", "8 elements"]);
    get(&["3", "Background[9]"]).run().fails(1, &["3 elements"]);
    get(&["3", "Visibility[0]"]).run().fails(1, &["Visibility"]);
    get(&["3", "[0:2]"]).run().fails(1, &["no array"]);
    for bad in ["[x]", "[]", "[1:2:3:4]", "[::0]", "a..b[1]"] {
        get(&["9", bad]).run().fails(2, &[]);
    }
}

#[test]
fn files_for_other_programs() {
    let folder = scratch();
    let bytes = Scene::small().blobs.remove(HASH).unwrap();
    assert_eq!(get(&["9", "--raw"]).run().ok().stdout, bytes);
    assert_eq!(get(&["9", "[1:3]", "--raw"]).run().ok().stdout, bytes[8..24]);
    let file = folder.path().join("values.npy");
    let name = file.to_str().unwrap();
    assert_eq!(get(&["9", "--npy", "-o", name]).run().ok().stdout, b"");
    let npy = std::fs::read(&file).unwrap();
    assert!(npy.starts_with(b"\x93NUMPY\x01\x00") && npy.ends_with(&bytes) && npy.len() == 128 + 64);
    get(&["9", "--npy", "-o", name]).run().fails(2, &["values.npy"]);
    get(&["9", "[:1]", "--npy", "-o", name, "--force"]).run().ok();
    assert_eq!(std::fs::read(&file).unwrap().len(), 128 + 8);
    assert_eq!(get(&["9", "--npy", "-o", "-"]).run().ok().stdout, npy);
    let csv = get(&["8", "Arrays.0[:2]", "--csv"]).run().ok();
    assert_eq!(csv.text(), format!("offsets\n{}\n{}\n", numbers()[0], numbers()[1]));
    get(&["3", "--npy"]).run().fails(1, &["no array", "hint: "]);
    get(&["*", "--csv"]).run().fails(2, &["9 objects"]);
    for two in [["--raw", "--csv"], ["--npy", "--json"], ["--npy", "--state"]] {
        get(&[["9"].as_slice(), &two].concat()).run().fails(2, &["cannot be used with"]);
    }
    get(&["9", "-o", name]).run().fails(2, &["--npy"]);
}

/// Arrays that are not as they should be: what there is, and what is wrong.
#[test]
fn broken_arrays() {
    let folder = scratch();
    let with = |change: &dyn Fn(&mut Scene)| {
        let mut scene = Scene::small();
        change(&mut scene);
        scene.write(folder.path())
    };
    let array = |scene: &Path| get_of(scene, &["9", "--json"]).run().ok().json_lines()[0]["array"].clone();
    let short = with(&|scene| scene.blobs.get_mut(HASH).unwrap().truncate(20));
    assert_eq!((array(&short)["min"].clone(), array(&short)["first"].as_array().unwrap().len()), (json!([0]), 2));
    assert!(array(&short)["problem"].as_str().unwrap().contains("20 bytes, and 64"));
    let output = get_of(&short, &["9", "--npy"]).run().code(3);
    assert!(output.stderr.contains("20 bytes, and 64") && output.stdout.len() == 128 + 16, "{}", output.stderr);
    assert_eq!(get_of(&short, &["9", "[-1]"]).run().code(3).text(), format!("{}\n", numbers()[1]));
    assert_eq!(get_of(&short, &["9", "--raw"]).run().code(3).stdout.len(), 20);
    let long = with(&|scene| scene.blobs.get_mut(HASH).unwrap().extend([0; 9]));
    assert_eq!(get_of(&long, &["9", "--csv"]).run().code(3).text().lines().count(), 9);
    let gone = with(&|scene| scene.blobs.clear());
    assert!(array(&gone)["problem"].as_str().unwrap().contains("not there"));
    for args in [["9", "[0]"], ["9", "--raw"], ["9", "--npy"]] {
        get_of(&gone, &args).run().fails(1, &["offsets", HASH, "not there"]);
    }
    assert!(get_of(&gone, &["*", "[0]"]).run().code(3).stderr.contains("warning: "));
    let unknown = with(&|scene| {
        scene.edit(9, |state| (state["ClassName"], state["SuperClassNames"]) = (json!("vtkNewArray"), json!([])));
    });
    assert_eq!(array(&unknown)["problem"], "the type of the values is not known");
    get_of(&unknown, &["9", "[0]"]).run().fails(1, &["vtkNewArray", "type of the values is not known"]);
    assert_eq!(get_of(&unknown, &["9", "--raw"]).run().ok().stdout.len(), 64);
    let nameless = with(&|scene| scene.edit(9, |state| drop(state.as_object_mut().unwrap().remove("Hash"))));
    assert!(array(&nameless)["problem"].as_str().unwrap().contains("names no blob"));
    let huge = with(&|scene| scene.edit(9, |state| state["NumberOfTuples"] = json!(u64::MAX)));
    assert_eq!(get_of(&huge, &["9", "[::-1]"]).run().code(3).text().split(',').count(), 8);
    let wide = with(&|scene| scene.edit(9, |state| state["NumberOfComponents"] = json!(u64::MAX)));
    assert_eq!(get_of(&wide, &["9", "[:]"]).run().code(3).text(), "[]\n");
    assert_eq!(get_of(&wide, &["9", "--csv"]).run().code(3).text().lines().count(), 1);
    let flat = with(&|scene| {
        scene.edit(9, |state| (state["NumberOfComponents"], state["NumberOfTuples"]) = (json!(0), json!(u64::MAX)));
    });
    assert_eq!(get_of(&flat, &["9", "[:]"]).run().code(3).text(), "[]\n");
    get_of(&flat, &["9", "--csv"]).run().code(3);
    let texts = with(&|scene| {
        scene.edit(9, |state| {
            state["ClassName"] = json!("vtkStringArray");
            state["Values"] = json!(["a", "b"]);
            state["SuperClassNames"] = json!(["vtkAbstractArray"]);
            state.as_object_mut().unwrap().remove("Hash");
        });
    });
    assert!(get_of(&texts, &["9", "--json"]).run().ok().json_lines()[0].get("array").is_none());
    assert_eq!(get_of(&texts, &["9", "Values[1]"]).run().ok().text(), "\"b\"\n");
    get_of(&texts, &["9", "[0]"]).run().fails(1, &["vtkStringArray"]);
}
