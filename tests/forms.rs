//! Containers of scenes that others write: `vtkObjectManager.Export`, `ExportToBytes`, trame-vtklocal's `export` and
//! `export_html`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{fixture, scenectl, scratch, zip};

/// The versions of VTK whose exports are in `fixtures/forms`, and what each wrote.
const EXPORTS: [(&str, &[&str]); 3] = [
    ("9.4.2", &["states.json", "blobs.json"]),
    ("9.6.2", &["states.json", "blobs.json", "bytes"]),
    ("9.7.2", &["states.json", "blobs.json", "bytes", "json", "index.zip"]),
];

fn convert(from: &Path, to: &Path, more: &[&str]) -> Vec<u8> {
    scenectl().arg("convert").arg(from).arg(to).args(more).run().ok();
    fs::read(to).unwrap()
}

/// A page as `to_html` writes it, around any bytes.
fn page(scene: &[u8], bundle: usize) -> String {
    let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    format!(
        "<html>\n<head>\n<script>!function(){{var dataBase64; x(dataBase64);}}</script>\n</head>\n<body>\n<script>\n \
         const wasmBase64 = `{}`;\n const wasmBytes = 1;\n\n const dataBase64 = `{}`;\n const dataBytes = \
         Uint8Array.fromBase64(dataBase64);\n</script>\n</body></html>",
        base64(&vec![0x5a; bundle]),
        base64(scene)
    )
}

#[test]
fn every_form_gives_the_same_bytes() {
    let folder = scratch();
    for (version, forms) in EXPORTS {
        let plain = fixture(&format!("forms/cone-vtk{version}.wazex"));
        let wanted = convert(&plain, &folder.path().join(format!("{version}.wazex")), &[]);
        for form in forms {
            let export = fixture(&format!("forms/cone-vtk{version}.{form}"));
            let out = folder.path().join(format!("{version}.{form}.wazex"));
            assert!(convert(&export, &out, &["--vtk", version]) == wanted, "VTK {version}, {form}");
            // A page may hold any of them that is a zip; they are read from pipes, too.
            if matches!(*form, "json" | "bytes" | "index.zip") {
                let input = fs::read(&export).unwrap();
                let piped = scenectl().args(["convert", "-", "-", "--vtk", version]).input(input).run().ok();
                assert!(piped.stdout == wanted, "VTK {version}, {form}, through a pipe");
            }
        }
        let html = folder.path().join(format!("{version}.html"));
        fs::write(&html, page(&fs::read(&plain).unwrap(), 3 << 20)).unwrap();
        assert!(convert(&html, &folder.path().join(format!("{version}.html.wazex")), &[]) == wanted, "{version}, page");
    }
}

/// Indented by another program, by way of numbers: the text is what VTK printed all the same.
#[test]
fn exports_that_were_rewritten() {
    let folder = scratch();
    for part in ["states", "blobs"] {
        let text = fs::read_to_string(fixture(&format!("forms/cone-vtk9.7.2.{part}.json"))).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        fs::write(folder.path().join(format!("x.{part}.json")), format!("\u{feff}\n{pretty}\n")).unwrap();
    }
    let wanted = convert(&fixture("forms/cone-vtk9.7.2.wazex"), &folder.path().join("a.wazex"), &[]);
    let states = folder.path().join("x.states.json");
    assert!(convert(&states, &folder.path().join("b.wazex"), &["--vtk", "9.7.2"]) == wanted);
}

#[test]
fn what_is_said_of_versions() {
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    let scene = fixture("forms/cone-vtk9.7.2.json");
    let other = scenectl().arg("convert").arg(&scene).arg(&out).args(["--vtk", "9.4.2"]).run();
    other.fails(2, &["9.7.2", "9.4.2", "hint: "]);
    scenectl().arg("convert").arg(&scene).arg(&out).args(["--vtk", "new"]).run().fails(2, &["9.7.2"]);
    assert!(!out.exists());
}

#[test]
fn any_command_takes_them() {
    let states = fixture("forms/cone-vtk9.6.2.states.json");
    let snapshot = fixture("forms/cone-vtk9.6.2.wazex");
    for form in [&states, &fixture("forms/cone-vtk9.6.2.bytes")] {
        scenectl().arg("diff").arg(form).arg(&snapshot).run().ok();
        let doctor = scenectl().arg("doctor").arg(form).run();
        assert_eq!(doctor.stdout, scenectl().arg("doctor").arg(&snapshot).run().stdout);
        let listed = scenectl().arg("ls").arg(form).arg("vtkActor").arg("--json").run().ok();
        assert_eq!(listed.json_lines().len(), 1);
    }
}

/// Where half of it is missing, and what is something else.
#[test]
fn halves_and_strangers() {
    let folder = scratch();
    let put = |name: &str, content: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let states = fs::read(fixture("forms/cone-vtk9.7.2.states.json")).unwrap();
    let blobs = fs::read(fixture("forms/cone-vtk9.7.2.blobs.json")).unwrap();
    let info = |path: &Path| scenectl().arg("info").arg(path).run();
    info(&put("alone.states.json", &states)).fails(4, &["alone.blobs.json", "hint: "]);
    info(&put("lonely.blobs.json", &blobs)).fails(4, &["lonely.states.json", "hint: "]);
    info(&put("renamed.json", &states)).fails(4, &["*.blobs.json", "*.states.json"]);
    put("twice.blobs.json", &states);
    info(&put("twice.states.json", &states)).fails(4, &["there twice"]);
    info(&put("empty.states.json", b"{}")).fails(4, &["empty."]);
    info(&put("package.json", br#"{"name":"x","version":"1.0"}"#)).fails(4, &["`name` is neither"]);
    info(&put("page.html", b"<!doctype html><html><body>hello</body></html>")).fails(4, &["without a scene"]);
    info(&put("viewer.html", b"<html><script>const dataBase64 = get();</script></html>"))
        .fails(4, &["without a scene"]);
    info(&put("odd.html", page(b"no zip at all", 100).as_bytes())).fails(4, &["not a snapshot"]);
    info(&put("loose.json", br#"{"5":{"ClassName":"vtkActor","Id":5}}"#)).fails(4, &["*.blobs.json"]);
    // What VTK keeps alive is where a scene starts, whatever it is.
    let widget =
        br#"{"states":{"5":{"ClassName":"vtkBoxWidget2","Id":5,"vtk-object-manager-kept-alive":true}},"blobs":{}}"#;
    info(&put("widget.json", widget)).ok();
    let more = [fs::read(fixture("forms/cone-vtk9.7.2.bytes")).unwrap(), b"more".to_vec()].concat();
    info(&put("more.bytes", &more)).fails(4, &["follows the end"]);
    let dead = br#"{"states":{"5":{"ClassName":"vtkActor","Id":5}},"blobs":{}}"#;
    info(&put("dead.json", dead)).fails(4, &["kept alive"]);
    // A scene without any blobs is one.
    let alive = br#"{"5":{"ClassName":"vtkRenderWindow","Id":5,"vtk-object-manager-kept-alive":true}}"#;
    for (name, none) in [("none", "{}"), ("null", "null")] {
        put(&format!("{name}.blobs.json"), none.as_bytes());
        info(&put(&format!("{name}.states.json"), alive)).ok();
    }
}

/// Each form cut anywhere, and with bytes that do not belong there: an error, and never anything else.
#[test]
fn cut_and_spoilt() {
    let folder = scratch();
    let scene = fs::read(fixture("forms/cone-vtk9.7.2.wazex")).unwrap();
    let read = |name: &str| fs::read(fixture(&format!("forms/cone-vtk9.7.2.{name}"))).unwrap();
    let forms = [
        ("json", read("json")),
        ("bytes", read("bytes")),
        ("zip", read("index.zip")),
        ("html", page(&scene, 1000).into_bytes()),
    ];
    fs::copy(fixture("forms/cone-vtk9.7.2.blobs.json"), folder.path().join("cut.blobs.json")).unwrap();
    let states = ("states.json", read("states.json"));
    for (form, whole) in forms.into_iter().chain([states]) {
        let path = folder.path().join(format!("cut.{form}"));
        for part in 1..20 {
            // What comes behind a page's scene does not matter.
            fs::write(&path, &whole[..(whole.len() - 100) * part / 20]).unwrap();
            scenectl().arg("info").arg(&path).limit(20).run().fails(4, &["error: ", "hint: "]);
        }
        for k in 0..40 {
            let mut spoilt = whole.clone();
            let at = (k * 7919 + 13) % spoilt.len();
            spoilt[at] ^= 0xff;
            fs::write(&path, &spoilt).unwrap();
            let output = scenectl().arg("info").arg(&path).limit(20).run();
            assert!(matches!(output.code, Some(0 | 3 | 4)), "{form} {at}: {output:?}");
        }
    }
}

/// What claims to be large takes no memory, and what is nested deeply no stack.
#[test]
fn hostile_claims() {
    let folder = scratch();
    let path = folder.path().join("hostile");
    let long = |head: &[u8]| [head, &[0xff; 8][..]].concat();
    let states_of = |state: &[u8]| [b"\xa1\x66States\xa1\x61\x31".as_slice(), state].concat();
    let cbor: [Vec<u8>; 8] = [
        long(b"\xa1\x65Blobs\xa1\x61\x31\x5b"),
        long(b"\xa1\x66States\xbb"),
        long(b"\xa1\x66States\xa1\x7b"),
        states_of(&long(b"\x7b")),
        states_of(&long(b"\x9b")),
        states_of(&[0x81; 100_000]),
        states_of(&[0x9f; 100_000]),
        states_of(&[0xc1; 100_000]),
    ];
    for bytes in &cbor {
        fs::write(&path, bytes).unwrap();
        let output = scenectl().arg("info").arg(&path).after("ulimit -v 400000").limit(20).run();
        output.fails(4, &["not a snapshot", "byte"]);
    }
    let json: [String; 4] = [
        format!("{{\"1\":{}", "[".repeat(100_000)),
        format!("{{\"1\":{}", "{\"a\":".repeat(100_000)),
        format!("{{\"{}\":1}}", "1".repeat(3 << 20)),
        String::from("{\"1\":{\"bytes\":[0,256]}}"),
    ];
    for text in &json {
        fs::write(&path, text).unwrap();
        let output = scenectl().arg("info").arg(&path).after("ulimit -v 400000").limit(60).run();
        output.fails(4, &["not a snapshot"]);
    }
    // A kilobyte that inflates to one state.
    let mut text = b"{\"states\":{\"1\":\"".to_vec();
    text.resize(66 << 20, b'x');
    fs::write(&path, zip::write(&[zip::Entry::deflated("index.json", &text)])).unwrap();
    scenectl().arg("info").arg(&path).after("ulimit -v 400000").limit(60).run().fails(4, &["index.json"]);
}
