//! `view`: what its page gets, and what people read who have no viewer. Pictures are in `peers_view`.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::files::Content;
use crate::support::process::Lines;
use crate::support::run::Running;
use crate::support::stepping::{after, stepping};
use crate::support::{fixture, names, scenectl, scratch};

/// A viewer and a bundle that are none: the page's server does not care.
fn stand_ins(folder: &Path) -> [PathBuf; 2] {
    let [viewer, wasm] = ["viewer.umd.js", "bundle"].map(|name| folder.join(name));
    fs::write(&viewer, "globalThis.vtkWASMViewer = {};").unwrap();
    fs::create_dir(&wasm).unwrap();
    fs::write(wasm.join("vtkWebAssembly.wasm"), b"\0asm").unwrap();
    fs::write(wasm.join("vtkWebAssembly.mjs"), "export default 1;").unwrap();
    [viewer, wasm]
}

struct View {
    running: Running,
    origin: String,
}

impl View {
    fn start(source: &str, args: &[&str], settings: &Path) -> Self {
        let mut running = scenectl()
            .args(["view", source, "--no-open", "--for", "60"])
            .args(args)
            .env("XDG_CONFIG_HOME", settings)
            .limit(70)
            .start();
        let line = Lines::of(running.process.stdout()).next(Duration::from_secs(30)).expect("a line when it is ready");
        let ready: Value = serde_json::from_str(&line).expect(&line);
        Self { running, origin: ready["url"].as_str().unwrap().trim_end_matches('/').to_owned() }
    }

    /// Asks as a browser does; the head of the answer, and its body.
    fn ask(&self, path: &str, more: &str) -> (String, Vec<u8>) {
        let host = self.origin.strip_prefix("http://").unwrap();
        let host = if more.contains("Host:") { String::new() } else { format!("Host: {host}\r\n") };
        let mut stream = TcpStream::connect(self.origin.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\n{host}{more}Connection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|part| part == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_ascii_lowercase();
        let body = answer.split_off(end);
        (head.clone(), if head.contains("transfer-encoding: chunked") { unchunked(&body) } else { body })
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let (head, body) = self.ask(path, "");
        assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
        body
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|part| part == b"\r\n").unwrap();
        let len = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if len == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..][..len]);
        body = &body[end + 4 + len..];
    }
}

#[test]
fn the_page_gets_the_scene_the_viewer_and_the_bundle_and_nobody_else_does() {
    let folder = scratch();
    let [viewer, wasm] = stand_ins(folder.path());
    let scene = fixture("reference/two-vtk9.7.2.wazex");
    let args = ["--viewer", viewer.to_str().unwrap(), "--wasm", wasm.to_str().unwrap(), "--root", "2"];
    let view = View::start(scene.to_str().unwrap(), &args, folder.path());
    let page = String::from_utf8(view.get("/")).unwrap();
    for script in ["told.js", "viewer.js", "page.js"] {
        assert!(page.contains(script), "{page}");
        assert!(!view.get(&format!("/{script}")).is_empty());
    }
    assert_eq!(view.get("/viewer.css"), b"");
    assert_eq!(view.get("/wasm/vtkWebAssembly.wasm"), b"\0asm");
    let about: Value = serde_json::from_slice(&view.get("/about.json")).unwrap();
    assert_eq!((about["root"].as_u64(), about["live"].as_bool()), (Some(2), Some(false)), "{about}");

    // The viewer shows the first root.
    let copy = folder.path().join("copy.wazex");
    fs::write(&copy, view.get("/scene.wazex")).unwrap();
    assert_eq!(Content::of(&copy).roots(), [2, 1]);
    Content::of(&copy).assert_same_bytes(&Content::of(&scene));

    let refused = |path: &str, more: &str, status: &str| {
        let (head, _) = view.ask(path, more);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{path} {more}: {head}");
    };
    refused("/wasm/../../../etc/passwd", "", "404");
    refused("/wasm/%2e%2e%2fview.json", "", "404");
    refused("/blobs/nothing", "", "404");
    refused("/changes", "", "400");
    for foreign in [
        "Host: evil.example\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: http://127.0.0.1:1\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        refused("/scene.wazex", foreign, "403");
    }
    let (head, _) = view.ask("/", "Sec-Fetch-Site: none\r\n");
    assert!(head.contains("content-security-policy: default-src 'self'"), "{head}");
    view.running.process.signal("INT");
    view.running.finish_with(std::thread::spawn(Vec::new)).ok();
}

#[test]
fn a_live_scene_is_followed() {
    let folder = scratch();
    let [viewer, wasm] = stand_ins(folder.path());
    let args = ["--viewer", viewer.to_str().unwrap(), "--wasm", wasm.to_str().unwrap()];
    let server = stepping(2);
    let view = View::start(&server.url, &args, folder.path());
    let about: Value = serde_json::from_slice(&view.get("/about.json")).unwrap();
    assert_eq!((about["live"].as_bool(), about["version"].as_u64()), (Some(true), Some(0)), "{about}");

    // Each step changes the opacity, the second one an array, too.
    let changes =
        |since: u64| -> Value { serde_json::from_slice(&view.get(&format!("/changes?since={since}"))).unwrap() };
    let end = Instant::now() + Duration::from_secs(20);
    let mut news = changes(0);
    while news["version"].as_u64() < Some(2) {
        assert!(Instant::now() < end, "{news}");
        news = changes(news["version"].as_u64().unwrap());
    }
    let all = changes(0);
    let state = |id: u64| all["states"].as_array().unwrap().iter().find(|state| state["Id"] == id).cloned();
    assert_eq!(state(6).unwrap()["Opacity"].as_f64(), Some(1.0 / 3.0), "{all}");
    let hash = after(2).states[&9].split("\"Hash\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(all["blobs"], serde_json::json!([hash]), "{all}");
    assert_eq!(view.get(&format!("/blobs/{hash}")), after(2).blobs[&hash]);
}

#[test]
fn where_the_viewer_is_is_said_once() {
    let folder = scratch();
    let [viewer, wasm] = stand_ins(folder.path());
    let scene = fixture("small").to_str().unwrap().to_owned();
    let missing = scenectl().args(["view", &scene, "--no-open"]).run();
    missing.fails(4, &["viewer.umd.js", "@kitware/vtk-wasm", "npm install --prefix", "--viewer"]);
    let args = ["view", &scene, "--no-open", "--for", "0.1"];
    let settings = |args: &[&str]| scenectl().args(args).env("XDG_CONFIG_HOME", folder.path());
    settings(&args)
        .args(["--viewer", "viewer.umd.js"])
        .current_dir(folder.path())
        .run()
        .fails(4, &["WebAssembly of VTK", "@pyvista-wasm/vtk-wasm-binary", "hint: "]);
    settings(&args).run().fails(4, &["viewer.umd.js"]);
    let both = ["--viewer", "viewer.umd.js", "--wasm", "bundle"];
    settings(&args).args(both).current_dir(folder.path()).run().ok();
    settings(&args).run().ok();
    let kept: Value = serde_json::from_slice(&fs::read(folder.path().join("scenectl/view.json")).unwrap()).unwrap();
    assert_eq!(kept["viewer"].as_str(), viewer.to_str(), "as it was from where it was said");

    // npm's own folders, where the hint says.
    let data = folder.path().join("data/scenectl/node_modules");
    for (package, from) in [
        ("@kitware/vtk-wasm/dist/umd/viewer.umd.js", &viewer),
        ("@p/w/vtkWebAssembly.wasm", &wasm.join("vtkWebAssembly.wasm")),
    ] {
        let to = data.join(package);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
    scenectl().args(args).env("XDG_DATA_HOME", folder.path().join("data")).run().ok();
}

#[test]
fn wrong_command_lines() {
    let folder = scratch();
    let [viewer, wasm] = stand_ins(folder.path());
    let picture = folder.path().join("there.png");
    fs::write(&picture, "precious").unwrap();
    let picture = picture.to_str().unwrap();
    let scene = fixture("small").to_str().unwrap().to_owned();
    let view = |args: &[&str]| {
        let both = ["--viewer", viewer.to_str().unwrap(), "--wasm", wasm.to_str().unwrap(), "--no-open"];
        scenectl().args(["view", &scene]).args(both).args(args).env("XDG_CONFIG_HOME", folder.path()).run()
    };
    view(&["--screenshot", picture]).fails(2, &["exists already", "--force"]);
    view(&["--screenshot", "x.png", "--size", "0x5"]).fails(2, &["1024x768"]);
    view(&["--size", "5x5"]).fails(2, &["--screenshot"]);
    view(&["--root", "nowhere"]).fails(2, &["nowhere", "hint: "]);
    view(&["--listen", "0.0.0.0:0"]).fails(2, &["0.0.0.0"]);
    view(&["--screenshot", "x.png", "--browser", "/nonexistent"]).fails(4, &["/nonexistent"]);
    let temporary = scratch();
    let left = || names(temporary.path());
    let both = ["--viewer", viewer.to_str().unwrap(), "--wasm", wasm.to_str().unwrap()];
    let fails = scenectl().args(["view", &scene, "--screenshot", "x.png", "--browser", "/bin/true"]).args(both);
    let fails = fails.env("TMPDIR", temporary.path()).current_dir(folder.path()).run();
    fails.fails(4, &["/bin/true", "ended at once"]);
    assert!(left().is_empty() && !folder.path().join("x.png").exists(), "{:?}", left());
    view(&["--screenshot", "nowhere/x.png"]).fails(4, &["there is no folder nowhere"]);
    let nothing = scratch();
    let other = scenectl().args(["view", &scene, "--no-open", "--viewer", nothing.path().to_str().unwrap()]).run();
    other.fails(4, &["has no viewer.umd.js", "hint: "]);
    assert_eq!(fs::read(picture).unwrap(), b"precious");
}

/// What an address leads to is fetched once.
#[test]
fn a_viewer_from_an_address() {
    let folder = scratch();
    let [_, wasm] = stand_ins(folder.path());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for (status, more) in [("302 Found", "Location: /there.js\r\n"), ("200 OK", ""), ("404 Not Found", "")] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let len = stream.read(&mut head).unwrap();
            asked.push(String::from_utf8_lossy(&head[..len]).lines().next().unwrap_or_default().to_owned());
            write!(stream, "HTTP/1.1 {status}\r\n{more}Content-Length: 6\r\nConnection: close\r\n\r\nviewer").unwrap();
        }
        asked
    });
    let view = |viewer: String| {
        scenectl()
            .args(["view", "demo:", "--no-open", "--for", "0.1", "--viewer", &viewer, "--wasm", wasm.to_str().unwrap()])
            .env("XDG_CACHE_HOME", folder.path().join("cache"))
            .run()
    };
    view(format!("{origin}/viewer.umd.js?token=geheim")).ok();
    view(format!("{origin}/viewer.umd.js?token=geheim")).ok();
    let gone = view(format!("{origin}/gone.js?token=geheim")).fails(4, &["HTTP 404", "/gone.js"]);
    assert!(!gone.stderr.contains("geheim"), "{}", gone.stderr);
    let asked = asked.join().unwrap();
    assert_eq!(asked[1..], ["GET /there.js HTTP/1.1", "GET /gone.js?token=geheim HTTP/1.1"], "{asked:?}");
}
