//! `attend` and live `set`, with servers that are not what they should be.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::fake::Fake;
use crate::support::fake_viser::{Does, FakeViser, download, message, part};
use crate::support::relay::eventually;
use crate::support::scene::Scene;
use crate::support::schema::assert_valid;
use crate::support::{names, scenectl, scratch};

const SCHEMA: &str = include_str!("../docs/schemas/attend.schema.json");

fn render(uuid: &str) -> Vec<u8> {
    message(&json!({
        "format": "image/png", "height": 3, "width": 4, "quality": 80, "wxyz": [1, 0, 0, 0], "position": [0, 0, 1],
        "fov": 1.0, "render_uuid": uuid, "type": "GetRenderRequestMessage",
    }))
}

fn notification(kind: &str, title: &str) -> Vec<u8> {
    message(&json!({
        "uuid": "n1", "type": kind,
        "props": {"title": title, "body": "b", "loading": true, "with_close_button": false,
                  "auto_close_seconds": 2.5, "color": [1, 2, 3]},
    }))
}

#[test]
fn downloads_stay_in_their_folder_and_are_whole_or_not_there() {
    let fake = FakeViser::start(Vec::new(), || {
        vec![
            Does::Window(vec![
                download("path", "../../../up\u{1b}[31m.txt", 2, 1),
                part("path", 0, b"hi"),
                download("hidden", ".profile", 0, 0),
                download("device", "nul", 1, 1),
                part("device", 0, b"x"),
                download("twice", "up[31m.txt", 1, 1),
                part("twice", 0, b"y"),
            ]),
            Does::Window(vec![
                download("short", "short", 5, 1),
                part("short", 0, b"1234"),
                download("long", "long", 5, 2),
                part("long", 0, b"123456"),
                part("long", 1, b"1"),
                download("order", "order", 2, 2),
                part("order", 1, b"1"),
                part("order", 0, b"1"),
                download("double", "double", 2, 2),
                part("double", 0, b"1"),
                part("double", 0, b"1"),
                download("more", "more", 1, 1),
                part("more", 7, b"1"),
                download("none", "none", 9, 0),
                download("huge", "huge", 1 << 40, 1 << 20),
                part("huge", 0, b"1"),
                part("unknown", 0, b"1"),
                download("unfinished", "unfinished", 1_000_000_000, 1000),
                part("unfinished", 0, b"1"),
            ]),
            Does::Window(vec![notification("NotificationShowMessage", "last")]),
        ]
    });
    let (folder, downloads) = (scratch(), scratch());
    let run = scenectl().args(["attend", &fake.url, "--json", "--until", "notification", "--downloads"]);
    let output = run.arg(downloads.path()).current_dir(folder.path()).run().code(3);
    assert_eq!(names(downloads.path()), ["_nul", "profile", "up[31m (1).txt", "up[31m.txt"]);
    assert_eq!(fs::read(downloads.path().join("up[31m.txt")).unwrap(), b"hi");
    assert_eq!(names(folder.path()), [""; 0]);
    let lines = output.json_lines();
    lines.iter().for_each(|line| assert_valid(SCHEMA, line));
    let refused: Vec<(&str, &str)> = lines
        .iter()
        .filter(|line| line["state"] == "refused")
        .map(|line| (line["name"].as_str().unwrap(), line["reason"].as_str().unwrap()))
        .collect();
    let wanted = [
        ("short", "4 bytes came"),
        ("long", "more than the 5 bytes"),
        ("order", "part 1 came where part 0"),
        ("double", "part 0 came where part 1"),
        ("more", "part 7 came"),
        ("none", "in no part"),
        ("huge", "--max-download"),
    ];
    assert_eq!(refused.len(), wanted.len(), "{refused:?}");
    for ((name, reason), (wanted, words)) in refused.iter().zip(wanted) {
        assert!(*name == wanted && reason.contains(words), "{name}: {reason}");
    }
    assert!(output.stderr.contains("unfinished had not come as a whole"), "{}", output.stderr);
}

#[test]
fn what_breaks_off_takes_no_name_and_what_is_begun_is_bounded() {
    let fake = FakeViser::start(Vec::new(), || {
        let broken = (0..300).flat_map(|k| {
            let id = format!("broken{k}");
            [download(&id, "same", 2, 2), part(&id, 1, b"1")]
        });
        let begun = (0..100).map(|k| download(&format!("begun{k}"), "begun", 1, 1));
        let large = (0..6).map(|k| download(&format!("large{k}"), "large", 90, 1));
        let long = download(&"n".repeat(1 << 20), "long", 1, 1);
        vec![
            Does::Window(broken.chain([download("same", "same", 1, 1), part("same", 0, b"y")]).collect()),
            Does::Window(std::iter::once(long).chain(large).chain(begun).collect()),
            Does::Window(vec![notification("NotificationShowMessage", "last")]),
        ]
    });
    let downloads = scratch();
    let run = scenectl().args(["attend", &fake.url, "--json", "--until", "notification", "--max-download", "100"]);
    let output = run.arg("--downloads").arg(downloads.path()).run().code(3);
    // The name is free for the one that came as a whole; all that is left of the others is that they were told.
    assert_eq!(names(downloads.path()), ["same"]);
    let refused = |name: &str, why: &str| {
        let is_it = |line: &&Value| line["name"] == name && line["reason"].as_str().is_some_and(|it| it.contains(why));
        output.json_lines().iter().filter(is_it).count()
    };
    assert_eq!(refused("same", "part 1 came"), 300);
    assert_eq!(refused("long", "its number is too long"), 1);
    // Four of 90 bytes and forty of one byte are 400.
    assert_eq!(refused("large", "--max-download"), 2);
    assert_eq!(refused("begun", "--max-download"), 60);
}

#[test]
fn more_than_is_kept_is_told_once() {
    let odd = || (0..1100).map(|k| message(&json!({"type": "Odd", "k": k}))).collect();
    let fake = FakeViser::start(odd(), move || vec![Does::Window(odd())]);
    let told = "more objects or messages than are kept";
    for args in [&["pull"][..], &["attend", "--until", "update"], &["watch", "--for", "1"]] {
        let output = scenectl().arg(args[0]).arg(&fake.url).args(&args[1..]).run().code(3);
        assert_eq!(output.stderr.matches(told).count(), 1, "{args:?}: {}", output.stderr);
    }
    let quiet = FakeViser::start(Vec::new(), Vec::new);
    scenectl().args(["pull", &quiet.url]).run().ok();
}

#[test]
fn endless_parts_take_no_memory() {
    let fake = FakeViser::start(Vec::new(), || {
        let content = vec![7; 1 << 20];
        let start = Does::Window(vec![download("endless", "endless", 1 << 20, 1 << 30)]);
        let parts = (0..300).map(move |index| Does::Window(vec![part("endless", index, &content)]));
        std::iter::once(start).chain(parts).chain([Does::Window(vec![render("r")])]).collect()
    });
    let downloads = scratch();
    let run = scenectl().args(["attend", &fake.url, "--until", "render", "--downloads"]).arg(downloads.path());
    let output = run.run().code(3);
    assert_eq!(names(downloads.path()), [""; 0]);
    assert!(output.peak < 120 << 20, "{} bytes", output.peak);
}

#[test]
fn floods_are_answered_one_by_one() {
    let fake = FakeViser::start(Vec::new(), || {
        let renders = (0..3000).map(|number| render(&number.to_string())).collect();
        let shown =
            (0..3000).map(|n| notification("NotificationUpdateMessage", &format!("\u{1b}]0;{n}\u{7}"))).collect();
        vec![
            Does::Window(renders),
            Does::Window(shown),
            Does::Await("GetRenderResponseMessage", 3000),
            Does::Close(1000, "bye"),
        ]
    });
    let start = Instant::now();
    let output = scenectl().args(["attend", &fake.url, "--retries", "0", "--for", "50"]).run();
    let output = output.fails(4, &["closed the connection (1000 bye)"]);
    assert!(start.elapsed() < Duration::from_secs(40));
    assert!(!output.text().contains('\u{1b}'));
    let answers = fake.heard("GetRenderResponseMessage");
    let ids: std::collections::BTreeSet<&str> = answers.iter().map(|it| it["render_uuid"].as_str().unwrap()).collect();
    assert_eq!((answers.len(), ids.len()), (3000, 3000));
}

#[test]
fn everything_is_told_and_answered() {
    let fake = FakeViser::start(Vec::new(), || {
        let text = |value: &Value| message(value);
        vec![
            Does::Window(vec![
                notification("NotificationShowMessage", "T"),
                text(&json!({"type": "RunJavascriptMessage", "source": "alert(1)"})),
                text(&json!({"type": "LocalStorageSetItemMessage", "key": "k", "value": "v"})),
                text(&json!({"type": "LocalStorageGetItemRequestMessage", "key": "k", "request_uuid": "a"})),
                text(&json!({"type": "LocalStorageRemoveItemMessage", "key": "k"})),
                text(&json!({"type": "LocalStorageGetItemRequestMessage", "key": "k", "request_uuid": "b"})),
                text(&json!({"type": "SetCameraPositionMessage", "position": [0, -5, 0], "initial": false})),
                text(&json!({"type": "SetCameraFovMessage", "fov": 1.0, "initial": false})),
            ]),
            Does::Await("LocalStorageGetItemResponseMessage", 2),
            Does::Await("ViewerCameraMessage", 2),
            Does::Window(vec![
                text(&json!({"type": "LocalStorageSetItemMessage", "key": "kept", "value": "x"})),
                text(&json!({"type": "RemoveNotificationMessage", "uuid": "n1"})),
                render("r"),
            ]),
        ]
    });
    let folder = scratch();
    let storage = folder.path().join("storage.json");
    let run = scenectl().args(["attend", &fake.url, "--json", "--until", "render", "--camera", "fov=90,width=640"]);
    let output = run.arg("--local-storage").arg(&storage).run().ok();
    let lines = output.json_lines();
    lines.iter().for_each(|line| assert_valid(SCHEMA, line));
    let told: Vec<&str> =
        lines.iter().map(|line| line["event"].as_str().unwrap()).filter(|it| *it != "update").collect();
    let storage_events = ["storage"; 4];
    let wanted =
        [&["attending", "notification", "program"], &storage_events[..], &["camera", "storage", "notification"]];
    assert_eq!(told, [&wanted.concat()[..], &["render", "end"]].concat());
    let shown = &lines[1];
    assert_eq!(
        (&shown["change"], &shown["auto_close"], &shown["color"]),
        (&json!("shown"), &json!(2.5), &json!([1, 2, 3]))
    );
    let values: Vec<Value> =
        fake.heard("LocalStorageGetItemResponseMessage").iter().map(|it| it["value"].clone()).collect();
    assert_eq!(values, [json!("v"), Value::Null]);
    let cameras = fake.heard("ViewerCameraMessage");
    assert_eq!((&cameras[0]["image_width"], &cameras[1]["position"]), (&json!(640), &json!([0.0, -5.0, 0.0])));
    assert_eq!((cameras.len(), &cameras[1]["fov"]), (2, &json!(1.0)));
    let stored: Value = serde_json::from_slice(&fs::read(&storage).unwrap()).unwrap();
    assert_eq!(stored, json!({"kept": "x"}));
}

#[cfg(unix)]
#[test]
fn pictures_that_cannot_be_drawn_are_told_and_answered() {
    let attend = |command: &str, args: &[&str]| {
        let fake = FakeViser::start(Vec::new(), || vec![Does::Window(vec![render("a"), render("b")])]);
        let run = scenectl().args(["attend", &fake.url, "--json", "--render-exec", command]).args(args);
        let output = run.run();
        eventually("answers", || fake.heard("GetRenderResponseMessage").len() == 2);
        output
    };
    // Too large: told when it is, and not when the command has ended.
    let large = attend("head -c 60000000 /dev/zero; sleep 60", &["--for", "5"]).code(3);
    assert!(large.stderr.contains("larger than the 50 MiB"), "{}", large.stderr);
    let failing = attend("echo because >&2; exit 3", &["--for", "1"]).code(3);
    assert!(failing.stderr.contains("exit status: 3: because"), "{}", failing.stderr);
    let slow = attend("sleep 60", &["--for", "1"]).code(3);
    assert!(slow.elapsed < Duration::from_secs(15) && slow.stderr.contains("attending ended"), "{}", slow.stderr);
    assert_eq!(slow.json_lines().iter().filter(|line| line["event"] == "render").count(), 2);
    // Another size is no failure.
    let odd = r"echo drawn by me >&2; printf '\377\330\377\300\0\7\10\0\1\0\2'";
    let odd = attend(odd, &["--for", "1", "-v"]).code(0);
    assert_eq!(odd.stderr.matches("image/jpeg of 2x1, and image/png of 4x3 was asked for").count(), 1);
    assert!(odd.stderr.contains("drawn by me"), "{}", odd.stderr);
    odd.json_lines().iter().for_each(|line| assert_valid(SCHEMA, line));
}

#[test]
fn it_ends_when_it_has_happened() {
    let fake = FakeViser::start(Vec::new(), || {
        let more = (0..200).map(|n| Does::Window(vec![notification("NotificationShowMessage", &n.to_string())]));
        [Does::Window(vec![render("r")]), Does::Await("GetRenderResponseMessage", 1)].into_iter().chain(more).collect()
    });
    let output = scenectl().args(["attend", &fake.url, "-q", "--until", "render"]).run().ok();
    let last = output.text().lines().last().unwrap();
    // Without warnings, and with all that happened.
    assert!(last.starts_with("render: 4x3 image/png wanted") && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn what_is_told_has_its_title_and_its_keys_in_order() {
    let fake = FakeViser::start(Vec::new(), || {
        let gone = message(&json!({"type": "RemoveNotificationMessage", "uuid": "n1"}));
        vec![
            Does::Window(vec![notification("NotificationShowMessage", "T")]),
            Does::Window(vec![gone]),
            Does::Window(vec![render("r")]),
        ]
    });
    let output = scenectl().args(["attend", &fake.url, "--json", "--until", "render"]).run().ok();
    let gone = output.json_lines().into_iter().find(|line| line["change"] == "gone").unwrap();
    assert_eq!((&gone["title"], &gone["id"]), (&json!("T"), &json!("n1")));
    for line in output.text().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line, value.to_string(), "keys are not in order");
    }
}

#[test]
fn stdout_is_the_snapshot_and_places_are_looked_at_first() {
    let folder = scratch();
    let fake = FakeViser::start(gui(), || vec![Does::Window(vec![render("r")])]);
    let attend = |args: &[&str]| scenectl().args(["attend", fake.url.as_str(), "--until", "render"]).args(args).run();
    let output = attend(&["-o", "-"]).code(0);
    assert!(output.stdout.starts_with(b"PK") && output.stderr.contains("render: 4x3"), "{}", output.stderr);
    let path = folder.path().join("s.wazex");
    fs::write(&path, &output.stdout).unwrap();
    assert!(scenectl().arg("ls").arg(&path).run().ok().text().contains("GuiSlider"));
    attend(&["-o", "-", "--json"]).fails(2, &["cannot both go to stdout"]);
    let before = fake.connections();
    attend(&["-o", "/nonexistent/x.wazex"]).fails(4, &["/nonexistent"]);
    attend(&["-o", "/nonexistent/folder/"]).fails(4, &["/nonexistent"]);
    assert_eq!(fake.connections(), before, "it was found out at the end only");
    attend(&["--camera", "far=0.001"]).fails(2, &["near=0.01 is not below far=0.001"]);
    attend(&["--camera", "look_at=3,3,3"]).fails(2, &["looks nowhere"]);
    assert_eq!(names(folder.path()), ["s.wazex"]);
}

#[test]
fn what_cannot_be_attended_is_said() {
    let fake = Fake::of(Scene::small(), |_| None);
    scenectl().args(["attend", &fake.url]).run().fails(1, &["nothing to attend", "scenectl watch"]);
    scenectl().args(["attend", "x.wazex"]).run().fails(2, &["no file or folder"]);
    scenectl().args(["set", "localhost:1", "GuiText", "value=hello"]).run().fails(2, &["value='\"hello\"'"]);
    let bad = ["--camera=", "--camera=fov=200", "--downloads=/nowhere", "--render=/dev/null", "--until=x"];
    for bad in bad {
        scenectl().args(["attend", "localhost:1", bad]).run().code(2);
    }
    let quiet = FakeViser::start(Vec::new(), Vec::new);
    let output = scenectl().args(["attend", &quiet.url, "--for", "0.3", "--until", "download"]).run();
    output.fails(1, &["no download came"]);
}

fn gui() -> Vec<Vec<u8>> {
    let element = |kind: &str, uuid: &str, value: Value, props: Value| {
        message(&json!({"type": kind, "uuid": uuid, "value": value, "container_uuid": "root", "props": props}))
    };
    vec![
        element(
            "GuiSliderMessage",
            "s",
            json!(0.5),
            json!({"order": 1, "label": "s", "visible": true, "disabled": false,
                 "min": 0.0, "max": 1.0, "step": 0.25, "precision": 2}),
        ),
        element(
            "GuiNumberMessage",
            "n",
            json!(7),
            json!({"order": 1, "label": "n", "visible": true, "disabled": false, "precision": 0, "step": 1.0,
                 "min": null, "max": null}),
        ),
        element(
            "GuiTextMessage",
            "t",
            json!("a"),
            json!({"order": 2, "label": "t", "visible": true, "disabled": true}),
        ),
        element(
            "GuiButtonMessage",
            "b",
            json!(false),
            json!({"order": 3, "label": "b", "visible": true, "disabled": false}),
        ),
        element(
            "GuiCheckboxMessage",
            "c",
            json!(false),
            json!({"order": 4, "label": "c", "visible": false, "disabled": false}),
        ),
        element(
            "GuiUploadButtonMessage",
            "u",
            Value::Null,
            json!({"order": 5, "label": "u", "visible": true, "disabled": false, "mime_type": "image/*"}),
        ),
    ]
}

#[test]
fn nothing_but_values_is_ever_sent() {
    let fake = FakeViser::start(gui(), Vec::new);
    let set = |args: &[&str]| scenectl().args([&["set", fake.url.as_str()], args].concat()).run();
    for refused in [
        &["GuiSlider", "value=0.3"][..],
        &["GuiSlider", "value=2"],
        &["GuiSlider", "value=\"0.5\""],
        &["GuiNumber", "value=1e300"],
        &["GuiNumber", "value=18446744073709551616"],
        &["GuiNumber", "value=-9007199254740993"],
        &["GuiSlider", "props.max=9"],
        &["GuiSlider", "value=0.75", "uuid=\"x\""],
        &["GuiSlider", "value=0.75", "value=1"],
        &["GuiCheckbox", "value=true"],
        &["GuiUploadButton", "file=@Cargo.toml"],
        &["GuiText", "value=\"b\""],
        &["GuiButton", "value=false"],
        &["GuiButton", "props={}", "--force"],
        &["/", "visible=false"],
    ] {
        set(refused).fails(1, &["the live server is left untouched"]);
    }
    assert_eq!(fake.kinds(), [""; 0]);
    // This server tells nobody of anything.
    let output = set(&["GuiSlider", "value=0.75", "--json"]).code(3);
    assert!(output.stderr.contains("told nobody"), "{}", output.stderr);
    let output = output.json();
    assert_eq!((&output["edits"][0]["fate"], &output["edits"][0]["old"]), (&json!("not confirmed"), &json!(0.5)));
    assert_eq!(set(&["GuiSlider", "value=0.5", "--json"]).ok().json()["edits"][0]["fate"], "unchanged");
    set(&["GuiText", "value=\"b\"", "--force"]).code(3);
    set(&["GuiButton", "value=true"]).ok();
    let updates: Vec<Value> = fake.heard("GuiUpdateMessage").iter().map(|it| it["updates"].clone()).collect();
    assert_eq!(updates, [json!({"value": 0.75}), json!({"value": "b"}), json!({"value": true})]);
}

#[test]
fn the_first_ctrl_c_ends_set() {
    let fake = FakeViser::by(|socket, _| while socket.read().is_ok() {});
    let set = scenectl().args(["set", &fake.url, "GuiSlider", "value=0.75"]).limit(20).start();
    eventually("a client", || fake.connections() > 0);
    std::thread::sleep(Duration::from_millis(200));
    set.process.signal("INT");
    let output = set.finish().fails(4, &["interrupted"]);
    assert!(output.elapsed < Duration::from_secs(10), "{output:?}");
}

#[test]
fn a_copy_of_a_live_scene_takes_anything() {
    let fake = FakeViser::start(gui(), Vec::new);
    let folder = scratch();
    let copy = folder.path().join("copy.wazex");
    let run = scenectl().args(["set", &fake.url, "GuiSlider", "props.max=9", "-o"]).arg(&copy);
    run.run().ok();
    let run = scenectl().args(["get", copy.to_str().unwrap(), "GuiSlider", "props.max"]).run().ok();
    assert_eq!(run.text().trim(), "9.0");
    assert!(fake.heard("ViewerCameraMessage").is_empty());
    scenectl().args(["set", copy.to_str().unwrap(), "GuiSlider", "props.max=1"]).run().fails(2, &["-o OUT"]);
}
