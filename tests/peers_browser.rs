//! A real browser: what it shows, and what it saves, is what the server has.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::support::browser::{Page, assert_same_picture, compare_pictures};
use crate::support::caller::Caller;
use crate::support::peers::{self, Browser, Peer};
use crate::support::relay::Relay;
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

/// Mesa draws the server's pictures, the browser's graphics library the page's: edges differ by a hair.
const OTHER_RENDERER: f64 = 1.0;
/// The same browser draws the same again.
const SAME_RENDERER: f64 = 0.01;

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

/// A recording must hold the server's scene after each update, and `more` updates.
#[track_caller]
fn assert_records(recording: &Path, exports: &Exports, updates: u64, more: u64) {
    for update in 0..=updates {
        let moment = format!("{}@update:{update}", recording.display());
        scenectl().args(["diff", &moment]).arg(exports.wazex(update)).run().ok();
    }
    let info = scenectl().args(["info", "--json"]).arg(recording).run().ok().json();
    assert_eq!(info["recording"]["updates"], json!(updates + more), "{info}");
}

/// Imports what a page saved, which must be a recording of all updates.
#[track_caller]
fn assert_imports(har: &Path, exports: &Exports, updates: u64, more: u64) -> Value {
    let folder = scratch();
    let recording = folder.path().join("page.mcap");
    let imported = scenectl().arg("import").arg(har).args(["--json", "-o"]).arg(&recording).run().ok().json();
    assert_eq!((&imported["skipped"], imported["connections"].as_array().map(Vec::len)), (&json!(0), Some(1)));
    assert_records(&recording, exports, updates, more);
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

    let imported = assert_imports(&page.har(), &exports, updates, 0);
    let passed = seen["sent"].as_u64().unwrap() + seen["received"].as_u64().unwrap();
    assert_eq!(imported["messages"], json!(passed), "{imported} {seen}");
    // The page asks for all that it hears of.
    for kind in imported["unasked"].as_array().unwrap() {
        assert!(kind["announced"].as_u64() > Some(10) && kind["never_asked_for"] == json!(0), "{imported}");
    }
    what_a_page_did_not_ask_for_is_told(&page.har());
    server.assert_never_told_to_exit();
}

/// With the fifth step comes an actor. A page that is closed when it has heard of it has not asked for it yet.
#[track_caller]
fn what_a_page_did_not_ask_for_is_told(har: &Path) {
    let mut saved: Value = serde_json::from_slice(&fs::read(har).unwrap()).unwrap();
    let entries = saved["log"]["entries"].as_array_mut().unwrap();
    let entry = entries.iter_mut().find(|entry| entry.get("_webSocketMessages").is_some()).unwrap();
    let messages = entry["_webSocketMessages"].as_array_mut().unwrap();
    let is_batch = |message: &Value| {
        let data = BASE64.decode(message["data"].as_str().unwrap().as_bytes()).unwrap();
        message["type"] == json!("send") && memchr::memmem::find(&data, b"vtklocal.get.batch").is_some()
    };
    let batches: Vec<usize> = (0..messages.len()).filter(|&at| is_batch(&messages[at])).collect();
    messages.truncate(batches[5]);
    let folder = scratch();
    let cut = folder.path().join("cut.har");
    fs::write(&cut, saved.to_string()).unwrap();

    let import = || scenectl().arg("import").arg(&cut).arg("-f").arg("-o").arg(folder.path().join("cut.mcap"));
    let imported = import().arg("--json").run().ok().json();
    let unasked: Vec<_> = imported["unasked"].as_array().unwrap().iter().map(|kind| &kind["never_asked_for"]).collect();
    assert!(unasked.len() == 2 && unasked.iter().all(|count| count.as_u64() > Some(0)), "{imported}");
    let output = import().run().ok();
    assert_eq!(output.text().matches("never asked for: ").count(), 2, "{}", output.text());
}

#[test]
fn a_page_behind_a_relay_is_the_same() {
    let (Some(python), Some(browser)) = (peers::python(), peers::browser()) else { return };
    let updates = 5;
    let server = start(&python, &browser, "animated");
    let folder = scratch();
    let recording = folder.path().join("relay.mcap");
    let relay = Relay::start(&server.url, &["--record", recording.to_str().unwrap()]);
    let mut direct = Page::open(&browser, &server.url, updates);
    // Two more, when clients of the relay get another colour and when they no longer do.
    let mut relayed = Page::open(&browser, &relay.url, updates + 2);
    let exports = run(&python, &server, &[&direct, &relayed], updates);
    let seen = direct.finish();
    relay.set(&["vtkProperty", "DiffuseColor=[0,1,0]"]);
    relayed.follow(updates + 1);
    relay.set(&["--clear"]);
    relayed.follow(updates + 2);
    let seen_behind = relayed.finish();

    for update in 0..=updates {
        assert_same_picture(&python, &relayed.picture(update), &direct.picture(update), SAME_RENDERER);
        assert_same_picture(&python, &relayed.picture(update), &exports.picture(update), OTHER_RENDERER);
    }
    let [before, coloured, after] = [0, 1, 2].map(|more| relayed.picture(updates + more));
    assert!(compare_pictures(&python, &before, &coloured)["mean"].as_f64() > Some(5.0));
    assert_same_picture(&python, &before, &after, SAME_RENDERER);

    // Nothing more goes wrong than without.
    assert_at_home(&seen_behind);
    let wrong = |seen: &Value, url: &str| {
        let here = url.trim_start_matches("ws://").trim_end_matches("/ws");
        seen["failed"].to_string().replace(here, "HERE")
    };
    assert_eq!(wrong(&seen_behind, &relay.url), wrong(&seen, &server.url));
    assert_imports(&relayed.har(), &exports, updates, 2);
    relay.stop().ok();
    assert_records(&recording, &exports, updates, 2);
    server.assert_never_told_to_exit();
}
