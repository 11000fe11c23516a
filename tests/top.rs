//! `top`.

use serde_json::{Value, json};

use crate::support::scene::{Scene, content_hash};
use crate::support::schema::assert_valid;
use crate::support::{fixture, scenectl, scratch};

fn top(name: &str, args: &[&str]) -> Value {
    scenectl().arg("top").arg(fixture(name)).arg("--json").args(args).run().ok().json()
}

const MIXED: &str = "reference/mixed-vtk9.7.2.wazex";

/// However the bytes are added up, they are those of the scene.
#[test]
fn the_sums_are_the_scene() {
    for name in ["small", "demo.wazex", MIXED, "reference/porsche.wazex", "reference/two-vtk9.7.2.wazex"] {
        let info = scenectl().arg("info").arg(fixture(name)).arg("--json").run().ok().json();
        let sum = |rows: &Value, key: &str| {
            rows.as_array().unwrap().iter().map(|row| row[key].as_u64().unwrap()).sum::<u64>()
        };
        for by in ["object", "class", "actor"] {
            let said = top(name, &["--by", by]);
            assert_eq!(said["totals"]["bytes"], sum(&said["rows"], "bytes"), "{name} {by}");
            assert_eq!(info["state_bytes"], sum(&said["rows"], "state_bytes"), "{name} {by}");
            assert_eq!(info["objects"], sum(&said["rows"], "objects"), "{name} {by}");
        }
        let said = top(name, &[]);
        assert_eq!(info["blob_bytes"], sum(&said["rows"], "bytes"), "{name}");
        assert_eq!(info["blob_bytes"], said["totals"]["blob_bytes"], "{name}");
    }
}

#[test]
fn what_is_odd_about_arrays() {
    let said = top(MIXED, &[]);
    let row = |id: u64| said["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    let connectivity = row(71);
    assert_eq!(connectivity["fits"], "int32");
    assert_eq!(connectivity["saves"], 24_576);
    assert_eq!(connectivity["used_by"], "/Renderers/0/ViewProps/1");
    assert_eq!(row(70)["ramp"], json!([0, 6144, 3]));
    assert!(said["rows"].as_array().unwrap().iter().all(|row| row["unused"] == false && row["reachable"] == true));
    let again = top(MIXED, &["--no-inspect"]);
    assert_eq!(again["inspected"], false);
    assert_eq!(again["rows"][0]["fits"], json!(null));
    assert_eq!(again["totals"]["narrower_bytes"], 0);
}

#[test]
fn tables_show_the_first_rows() {
    let run = |args: &[&str]| scenectl().arg("top").arg(fixture(MIXED)).args(args).run().ok();
    let output = run(&[]);
    let lines: Vec<&str> = output.text().lines().collect();
    assert!(lines[0].starts_with("  BYTES     %   ID  NAME"), "{}", lines[0]);
    assert!(
        lines[1].contains("(Connectivity)") && lines[1].contains("int64 fits int32, saves 24.6 kB"),
        "{}",
        lines[1]
    );
    assert_eq!(lines[21], "… and 25 more (--all shows them)");
    assert_eq!(lines[23], "states  109.9 kB (265 objects)");
    assert_eq!(run(&["--all"]).text().lines().count(), 1 + 45 + 1 + 4);
    assert_eq!(run(&["-n", "3", "--by", "class"]).text().lines().count(), 1 + 3 + 1 + 1 + 4);
    let actors = run(&["-n", "1", "--by", "actor"]);
    for words in ["(shared)", "(no prop)", "… and 7 more"] {
        assert!(actors.text().contains(words), "{}", actors.text());
    }
}

#[test]
fn budgets() {
    let run = |budget: &str| scenectl().arg("top").arg(fixture(MIXED)).args(["--budget", budget, "--json"]).run();
    assert_eq!(run("1MB").ok().json()["over_budget"], false);
    let over = run("250kB").code(1);
    assert!(over.stderr.starts_with("over budget: 252.8 kB"), "{}", over.stderr);
    assert_eq!(over.json()["over_budget"], true);
    run("lots").fails(2, &["--budget"]);
}

/// Missing, short and surplus blobs, equal ones, constants, and arrays nothing leads to.
#[test]
fn broken_and_wasteful_scenes() {
    let folder = scratch();
    let mut scene = Scene::with_blobs(4, 16);
    scene.edit(8, |state| state["Arrays"] = json!([{"Id": 9}, {"Id": 100}, {"Id": 101}, {"Id": 102}]));
    let hash = |scene: &Scene, id: u64| serde_json::from_str::<Value>(&scene.states[&id]).unwrap()["Hash"].clone();
    let first = hash(&scene, 100);
    let missing = hash(&scene, 101);
    scene.blobs.remove(missing.as_str().unwrap());
    scene.edit(102, |state| state["Hash"] = first);
    scene.edit(9, |state| state["NumberOfTuples"] = json!(7));
    scene.blobs.insert(content_hash(b"nobody"), b"nobody".to_vec());
    let path = scene.write(folder.path());
    let said = scenectl().arg("top").arg(&path).arg("--json").run().ok().json();
    let row = |id: u64| said["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    assert_eq!((&row(100)["constant"], &row(100)["copies"]), (&json!("0"), &json!(1)));
    assert_eq!((&row(102)["same_as"], &row(102)["bytes"]), (&json!(100), &json!(0)));
    assert_eq!((&row(101)["blob_bytes"], &row(101)["bytes"]), (&json!(null), &json!(0)));
    assert_eq!(row(103)["reachable"], false);
    assert!(row(9)["problem"].as_str().unwrap().contains("64 bytes, where 56 are expected"));
    let orphaned = hash(&Scene::with_blobs(3, 16), 102);
    let loose: Vec<&Value> = said["unreferenced_blobs"].as_array().unwrap().iter().map(|blob| &blob["blob"]).collect();
    assert!(loose.contains(&&orphaned) && loose.len() == 2, "{loose:?}");
    assert_eq!(said["totals"]["missing_blobs"], 1);
    assert_eq!(said["totals"]["unused_bytes"], 16 + 16 + 6);
    let text = scenectl().arg("top").arg(&path).run().ok();
    for words in ["missing the blobs of 1 array", "same blob as 100", "held once for 2 arrays", "no root leads to it"] {
        assert!(text.text().contains(words), "{words}:\n{}", text.text());
    }
}

/// The documents are as `docs/schemas/top.schema.json` says, and nothing is in them that is not there.
#[test]
fn the_schema() {
    let text = include_str!("../docs/schemas/top.schema.json");
    let schema: Value = serde_json::from_str(text).unwrap();
    for by in ["array", "object", "class", "actor"] {
        for name in ["small", MIXED, "reference/volume24-vtk9.7.2.wazex"] {
            let said = top(name, &["--by", by, "--budget", "1GB"]);
            assert_valid(text, &said);
            let row = json!({"$ref": format!("#/$defs/{by}"), "$defs": schema["$defs"]}).to_string();
            let known = schema["$defs"][by]["properties"].as_object().unwrap();
            for found in said["rows"].as_array().unwrap() {
                assert_valid(&row, found);
                let unknown = found.as_object().unwrap().keys().find(|key| !known.contains_key(*key));
                assert_eq!(unknown, None, "{found}");
            }
        }
    }
}
