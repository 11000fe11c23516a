//! A real browser: what it shows, and what it saves, is what the server has.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::browser::{Page, assert_same_picture};
use crate::support::caller::Caller;
use crate::support::peers::{self, Browser, Peer};
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

/// Mesa draws the server's pictures, the browser's graphics library the page's: edges differ by a hair.
const OTHER_RENDERER: f64 = 1.0;

fn start(python: &Peer, browser: &Browser, scene: &str) -> Server {
    Server::start(python, scene, &["--wasm-dir", browser.wasm.to_str().unwrap()])
}

/// The server's own files and pictures after each update.
struct Exports(tempfile::TempDir);

impl Exports {
    fn folder(&self, update: u64) -> PathBuf {
        self.0.path().join(update.to_string())
    }

    fn make(&self, caller: &mut Caller, update: u64) {
        caller.call(&json!(["trame.trigger", "export", [self.folder(update)], {}]));
    }

    fn wazex(&self, update: u64) -> PathBuf {
        self.folder(update).join("scene.wazex")
    }

    fn picture(&self, update: u64) -> PathBuf {
        self.folder(update).join("render.1.png")
    }
}

/// Lets the scene change step by step, which the pages must follow.
fn run(python: &Peer, server: &Server, pages: &[&Page], updates: u64) -> Exports {
    let exports = Exports(scratch());
    let mut caller = Caller::connect(python, &server.url);
    exports.make(&mut caller, 0);
    for update in 1..=updates {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
        pages.iter().for_each(|page| page.follow(update));
        exports.make(&mut caller, update);
    }
    exports
}

/// Imports what a page saved; the recording must hold the server's scene after each update.
fn assert_imports(har: &Path, exports: &Exports, updates: u64) -> Value {
    let folder = scratch();
    let recording = folder.path().join("page.mcap");
    let imported = scenectl().arg("import").arg(har).args(["--json", "-o"]).arg(&recording).run().ok().json();
    assert_eq!((&imported["skipped"], imported["connections"].as_array().map(Vec::len)), (&json!(0), Some(1)));
    for update in 0..=updates {
        let moment = format!("{}@update:{update}", recording.display());
        scenectl().args(["diff", &moment]).arg(exports.wazex(update)).run().ok();
    }
    let info = scenectl().args(["info", "--json"]).arg(&recording).run().ok().json();
    assert_eq!(info["recording"]["updates"], json!(updates), "{info}");
    imported
}

/// Nothing came from anywhere else, and VTK itself found nothing wrong but cameras: the server does not send those that
/// it leaves to the page, which VTK.wasm of another version than the server's misses.
fn assert_at_home(seen: &Value) {
    assert_eq!((&seen["elsewhere"], seen["sockets"].as_array().map(Vec::len)), (&json!([]), Some(1)), "{seen}");
    for text in seen["errors"].as_object().unwrap().keys() {
        let known = ["Failed to load resource", "No state found at id=", "Superclass deserialization failed"];
        assert!(known.iter().any(|known| text.contains(known)), "{text}");
    }
}

#[test]
fn a_page_shows_the_scene_and_its_har_holds_every_update() {
    let (Some(python), Some(browser)) = (peers::python(), peers::browser()) else { return };
    let updates = 6;
    let server = start(&python, &browser, "animated");
    let mut page = Page::open(&browser, &server.url, updates);
    assert_eq!(page.first["calls"]["vtklocal.get.batch"], json!(1), "{}", page.first);
    let exports = run(&python, &server, &[&page], updates);
    let seen = page.finish();
    assert_at_home(&seen);
    for update in 0..=updates {
        assert_same_picture(&python, &page.picture(update), &exports.picture(update), OTHER_RENDERER);
    }

    let imported = assert_imports(&page.har(), &exports, updates);
    let passed = seen["sent"].as_u64().unwrap() + seen["received"].as_u64().unwrap();
    assert_eq!(imported["messages"], json!(passed), "{imported} {seen}");
    // The page asks for all that it hears of.
    for kind in imported["unasked"].as_array().unwrap() {
        assert!(kind["announced"].as_u64() > Some(10) && kind["never_asked_for"] == json!(0), "{imported}");
    }
    server.assert_never_told_to_exit();
}
