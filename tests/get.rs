//! `get`.

use std::path::PathBuf;

use serde_json::json;

use crate::support::files::Content;
use crate::support::run::{Output, Scenectl};
use crate::support::{fixture, scenectl};

fn get(args: &[&str]) -> Scenectl {
    scenectl().arg("get").arg(fixture("small")).args(args)
}

#[track_caller]
fn prints(args: &[&str], text: &str) {
    assert_eq!(get(args).run().ok().text(), format!("{text}\n"), "{args:?}");
}

#[test]
fn a_value_is_printed_as_the_server_wrote_it() {
    prints(&["1", "Renderers.Items.0.Background"], "[0.0,0.5,1.0]");
    prints(&["3", "NearClippingPlaneTolerance"], "1e-05");
    prints(&["1", "WindowName"], r#""small""#);
    prints(&["6", "ObjectName"], r#""scène ☃""#);
    prints(&["5", "Visibility"], "1");
    prints(&["3", "Background.1"], "0.5");
    prints(&["3", "Background.length"], "3");
}

#[test]
fn references_are_followed_at_every_hop_and_at_the_end() {
    let small = Content::of(&fixture("small"));
    let state = |id: u64| String::from_utf8(small.states[&id].clone()).unwrap();
    prints(&["1"], &state(1));
    prints(&["1", "Renderers"], &state(2));
    prints(&["1", "Renderers.Items.0"], &state(3));
    prints(&["1", "Renderers.Items.0.RenderWindow.Renderers.Items"], r#"[{"Id":3}]"#);
    prints(&["5", "Mapper.InputDataObjects.0.0.Arrays.0.Name"], r#""offsets""#);
}

#[test]
fn names_may_start_small_as_in_the_browser() {
    prints(&["1", "renderers.items.0.background"], "[0.0,0.5,1.0]");
}

#[test]
fn selectors() {
    prints(&["/", "WindowName"], r#""small""#);
    prints(&["/Renderers/0", "Background"], "[0.0,0.5,1.0]");
    prints(&["/Renderers/Items/0", "Background"], "[0.0,0.5,1.0]");
    prints(&["1/Renderers/0", "Background"], "[0.0,0.5,1.0]");
    prints(&["vtkRenderer", "Background"], "[0.0,0.5,1.0]");
    prints(&["//vtkOpenGLRenderer", "Background"], "[0.0,0.5,1.0]");
    prints(&["vtkActor[Visibility=1][Mapper.ScalarVisibility=1]", "Property.Opacity"], "1.0");
    prints(&[r#"*[Name="offsets"]"#, "NumberOfTuples"], "8");
}

/// With many objects, each line says whose value it is.
#[test]
fn several_objects() {
    let output = get(&["3,1", "MTime"]).run().ok();
    let lines: Vec<_> = output.text().lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains('3') && lines[0].ends_with("13"), "{lines:?}");
    assert!(lines[1].contains('1') && lines[1].ends_with("11"), "{lines:?}");
    let lines = get(&["*", "Visibility", "--json"]).run().ok().json_lines();
    assert_eq!(lines.len(), 1, "only one of them has it: {lines:?}");
}

#[test]
fn json_says_whose_value_it_is() {
    let lines = get(&["vtkRenderer", "Background", "--json"]).run().ok().json_lines();
    assert_eq!(lines, [json!({"id": 3, "class": "vtkOpenGLRenderer", "path": "Background", "value": [0.0, 0.5, 1.0]})]);
    // Raw numbers, in JSON too.
    assert!(get(&["3", "NearClippingPlaneTolerance", "--json"]).run().ok().text().contains("1e-05"));
}

#[test]
fn what_is_not_there_is_said() {
    let fails = |args: &[&str], words: &[&str]| -> Output { get(args).run().fails(1, words) };
    fails(&["99"], &["99", "hint: "]);
    fails(&["vtkVolume"], &["vtkVolume"]);
    fails(&["3", "Backgrond"], &["Backgrond", "Background"]);
    fails(&["3", "Background.7"], &["7", "3"]);
    fails(&["3", "Background.0.x"], &["x"]);
    // Where the browser throws: null on the way, and null at the end.
    fails(&["3", "Pass"], &["null"]);
    fails(&["3", "Pass.x"], &["null"]);
    assert_eq!(get(&["99"]).run().stdout, b"");
}

#[test]
fn what_cannot_be_read_is_a_wrong_command_line() {
    for selector in ["", "vtkActor[", "vtkActor[Visibility=", "a,,b", "vtkActor]", "vtkActor[x=y=z"] {
        let output = get(&[selector]).run();
        assert_eq!(output.code, Some(2), "{selector:?}: {output:?}");
        assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
    }
    for path in ["a..b", ".a", "a.", "\"a"] {
        let output = get(&["1", path]).run();
        assert_eq!(output.code, Some(2), "{path:?}: {output:?}");
    }
}

/// Every property of every object, as the exporter wrote it.
#[test]
fn all_states_of_a_real_scene() {
    let path: PathBuf = fixture("reference/mixed-vtk9.7.2.wazex");
    let content = Content::of(&path);
    let lines = scenectl().arg("get").arg(&path).args(["*", "--json"]).run().ok();
    let mut seen = 0;
    for line in lines.text().lines() {
        let id = serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_u64().unwrap();
        let state = std::str::from_utf8(&content.states[&id]).unwrap();
        assert!(line.contains(state), "the state of {id} is not as it was");
        seen += 1;
    }
    assert_eq!(seen, content.states.len());
}

#[test]
fn a_snapshot_from_stdin() {
    let bytes = std::fs::read(fixture("reference/cone-vtk9.7.2.wazex")).unwrap();
    let output = scenectl().args(["get", "-", "3", "Background"]).input(bytes).run().ok();
    assert_eq!(output.text(), "[0.1,0.2,0.3]\n");
}
