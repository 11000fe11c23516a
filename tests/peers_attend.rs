//! `attend` and live `set` with real viser servers: what their scripts say that happened.

use std::fs;

use serde_json::{Value, json};

use crate::support::peers::python_viser;
use crate::support::viser::Viser;
use crate::support::{names, scenectl, scratch};

fn close(value: &Value, wanted: &[f64]) -> bool {
    let values: Vec<f64> = value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    values.len() == wanted.len() && values.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6)
}

#[test]
fn scripts_see_the_camera_and_get_pictures() {
    let Some(python) = python_viser() else { return };
    let server = Viser::start(&python, "render", &[]);
    let folder = scratch();
    // A JPEG is a picture where a PNG was asked for, too. The smallest there is: 1x1.
    let picture = folder.path().join("p.png");
    fs::write(&picture, PNG).unwrap();
    let run = scenectl().args(["attend", &server.url, "--until", "download", "--downloads"]).arg(folder.path());
    let run =
        run.args(["--camera", "position=0,-5,0,look_at=0,0,0,up=0,0,1,fov=60,near=0.5,far=50,width=640,height=480"]);
    let output = run.arg("--render").arg(&picture).run().ok();
    let camera = server.event("camera");
    let half = std::f64::consts::FRAC_1_SQRT_2;
    assert!(close(&camera["position"], &[0.0, -5.0, 0.0]) && close(&camera["up"], &[0.0, 0.0, 1.0]), "{camera}");
    // Looking along +y with +z up: x stays right, and the rest is turned by -90 degrees about it.
    assert!(close(&camera["wxyz"], &[half, -half, 0.0, 0.0]), "{camera}");
    assert!((camera["fov"].as_f64().unwrap() - 60_f64.to_radians()).abs() < 1e-9);
    assert_eq!([&camera["near"], &camera["far"]], [&json!(0.5), &json!(50.0)]);
    assert_eq!([&camera["width"], &camera["height"]], [640, 480]);
    for format in ["jpeg", "png", "png-posed"] {
        let render = server.event_where("render", |event| event["format"] == format);
        assert_eq!(render["shape"], json!([1, 1, 3]), "{render}");
    }
    assert_eq!(fs::read(folder.path().join("report.txt")).unwrap(), b"scenectl peer report\n".repeat(50_000));
    let words =
        ["notification: \"Peer\" \"working\" (blue, loading)", "notification changed: \"Peer (done)\" \"done\""];
    words.iter().for_each(|words| assert!(output.text().contains(words), "{}", output.text()));
    // Who draws nothing leaves nobody waiting.
    scenectl().args(["attend", &server.url, "--until", "download", "-q"]).run().ok();
    let failed =
        server.event_where("render", |event| event["client"] != camera["client"] && event["format"] == "png-posed");
    assert!(failed["error"].as_str().unwrap().contains("could not capture"), "{failed}");
}

/// 1x1, red.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
    0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0,
    0xc9, 0xfe, 0x92, 0xef, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[test]
fn what_is_only_for_this_client_is_seen() {
    let Some(python) = python_viser() else { return };
    let server = Viser::start(&python, "scoped", &[]);
    let folder = scratch();
    let (mine, storage) = (folder.path().join("mine.wazex"), folder.path().join("storage.json"));
    let run = scenectl().args(["attend", &server.url, "--for", "1.5", "--json", "-o"]).arg(&mine);
    let output = run.arg("--local-storage").arg(&storage).run().ok();
    assert_eq!(server.event("local_storage")["value"], "v");
    assert_eq!(serde_json::from_slice::<Value>(&fs::read(&storage).unwrap()).unwrap(), json!({"k": "v"}));
    let lines = output.json_lines();
    let camera = lines.iter().find(|line| line["event"] == "camera").unwrap();
    assert!(close(&camera["position"], &[1.0, 1.0, 1.0]), "{camera}");
    let ids = scenectl().args(["ls", mine.to_str().unwrap()]).run().ok().text().to_owned();
    assert!(ids.contains(":/mine") && ids.contains(":/shared") && ids.contains("you"), "{ids}");
    // Who only observes is nobody's client.
    let ids = scenectl().args(["ls", &server.url]).run().ok().text().to_owned();
    assert!(!ids.contains("/mine"), "{ids}");
}

#[test]
fn downloads_of_many_parts_come_whole() {
    let Some(python) = python_viser() else { return };
    let server = Viser::start(&python, "download", &["--size", "20000000"]);
    let folder = scratch();
    for _ in 0..2 {
        let run = scenectl().args(["attend", &server.url, "--for", "3", "--downloads"]).arg(folder.path());
        run.run().ok();
    }
    assert_eq!(names(folder.path()), ["canned (1).bin", "canned.bin", "empty (1).txt", "empty.txt"]);
    let wanted: Vec<u8> = (0..20_000_000_u32).map(|at| at as u8).collect();
    assert!(fs::read(folder.path().join("canned.bin")).unwrap() == wanted);
}

#[test]
fn gui_elements_are_set_and_confirmed() {
    let Some(python) = python_viser() else { return };
    let server = Viser::start(&python, "gui", &[]);
    let set = |args: &[&str]| {
        let output = scenectl().args([&["set", server.url.as_str()], args, &["--json"]].concat()).run().ok().json();
        output["edits"][0].clone()
    };
    for (selector, value, logged) in [
        ("GuiSlider[props.label=alpha]", "0.5", "0.5"),
        ("GuiMultiSlider", "[3,9.5]", "(3.0, 9.5)"),
        ("GuiCheckbox", "false", "False"),
        ("GuiText[props.label=name]", "\"new\"", "'new'"),
        ("GuiNumber", "7", "7"),
        ("GuiVector3", "[0,0.5,-1]", "(0.0, 0.5, -1.0)"),
        ("GuiRgb", "[255,0,1]", "(255, 0, 1)"),
        ("GuiDropdown", "\"three\"", "'three'"),
    ] {
        let edit = set(&[selector, &format!("value={value}")]);
        assert_eq!(edit["fate"], "confirmed", "{edit}");
        server.event_where("gui", |event| event["value"] == logged);
        assert_eq!(set(&[selector, &format!("value={value}")])["fate"], "unchanged", "{selector}");
    }
    let clamped = set(&["GuiSlider[props.label=clamped]", "value=80"]);
    assert_eq!((&clamped["fate"], &clamped["now"]), (&json!("changed"), &json!(50)));
    let huge = ["18446744073709551616", "-9223372036854775809", "1e300", "9007199254740992"];
    for huge in huge {
        let run = scenectl().args(["set", &server.url, "GuiNumber", &format!("value={huge}")]).run();
        run.fails(1, &["no number beyond ±9007199254740991"]);
    }
    assert_eq!(set(&["GuiNumber", "value=-9007199254740991"])["fate"], "confirmed");
    assert_eq!(set(&["GuiButton", "value=true"])["fate"], "sent");
    server.event_where("gui", |event| event["what"] == "press");
    assert_eq!(set(&["RegisterCommand", "trigger=true"])["fate"], "sent");
    server.event("command");
    assert_eq!(set(&["GuiForm", "submit=true"])["fate"], "confirmed");
    server.event("form");
    let folder = scratch();
    let file = folder.path().join("mesh.ply");
    fs::write(&file, b"0123456789abcdef".repeat(200_000)).unwrap();
    assert_eq!(set(&["GuiUploadButton", &format!("file=@{}", file.display())])["fate"], "confirmed");
    let upload = server.event("upload");
    assert_eq!((&upload["name"], &upload["size"]), (&json!("mesh.ply"), &json!(3_200_000)));
    assert_eq!(upload["head"], "30313233343536373839616263646566");
}

#[test]
fn gizmos_are_moved() {
    let Some(python) = python_viser() else { return };
    let server = Viser::start(&python, "transform", &[]);
    let run = scenectl().args(["set", &server.url, "/gizmo", "position=[1,2,3]", "wxyz=[0,1,0,0]"]);
    assert_eq!(run.run().ok().text().matches("confirmed").count(), 2);
    let moved = server.event_where("gizmo", |event| event["position"] == json!([1.0, 2.0, 3.0]));
    assert_eq!(moved["wxyz"], json!([0.0, 1.0, 0.0, 0.0]));
    scenectl().args(["set", &server.url, "/ball", "visible=false"]).run().fails(1, &["cannot set scene nodes"]);
}
