//! `view --screenshot`: the real viewer and the real VTK.wasm in a real browser.

use std::path::Path;

use crate::support::browser::{Page, assert_same_picture, compare_pictures};
use crate::support::peers::{self, Browser};
use crate::support::replay::Replay;
use crate::support::server::Server;
use crate::support::{fixture, scenectl, scratch};

/// The same browser draws the same again.
const SAME_RENDERER: f64 = 0.01;

fn screenshot(browser: &Browser, source: &str, out: &Path, size: &str) {
    let home = scratch();
    scenectl()
        .args(["view", source, "--screenshot"])
        .arg(out)
        .args(["--size", size, "--viewer"])
        .arg(browser.viewer())
        .arg("--wasm")
        .arg(&browser.wasm)
        .arg("--browser")
        .arg(&browser.program)
        .env("XDG_CONFIG_HOME", home.path())
        .run()
        .ok();
}

/// The page of the real server, with the same VTK.wasm, is what there is to compare with: that VTK is older than the
/// server's, and leaves out a surface.
#[test]
fn a_scene_looks_as_on_the_page_of_its_server() {
    let (Some(python), Some(browser), Some(_)) = (peers::python(), peers::browser(), peers::node()) else { return };
    let folder = scratch();
    let server = Server::start(&python, "mixed", &["--wasm-dir", browser.wasm.to_str().unwrap()]);
    let mut page = Page::open(&browser, &server.url, 0);
    page.finish();
    let [live, replayed] = ["live.png", "replayed.png"].map(|name| folder.path().join(name));
    screenshot(&browser, &server.url, &live, "300x300");
    let replay = Replay::start(&fixture("reference/mixed-vtk9.7.2.wazex"), &[]);
    screenshot(&browser, &replay.url, &replayed, "300x300");
    for picture in [&live, &replayed] {
        assert_same_picture(&python, picture, &page.picture(0), SAME_RENDERER);
    }
}

#[test]
fn a_scene_of_an_older_vtk() {
    let (Some(python), Some(browser), Some(_)) = (peers::python(), peers::browser(), peers::node()) else { return };
    let folder = scratch();
    let [once, again] = ["a.png", "b.png"].map(|name| folder.path().join(name));
    let scene = fixture("reference/porsche.wazex");
    screenshot(&browser, scene.to_str().unwrap(), &once, "640x360");
    screenshot(&browser, scene.to_str().unwrap(), &again, "640x360");
    let told = compare_pictures(&python, &once, &again);
    assert_eq!(told["size"], serde_json::json!([640, 360]));
    assert!(told["colours"][0].as_u64() > Some(1000) && told["mean"].as_f64() < Some(0.01), "{told}");
}
