//! The viser peers themselves: what the other tests compare with must be right, and the same each time.

use serde_json::json;

use crate::support::peers::{self, viser_client};
use crate::support::viser::{self, Viser};
use crate::support::{fixture, scratch};

#[test]
fn a_real_server_tells_what_clients_do() {
    let Some(python) = peers::python_viser() else { return };
    let server = Viser::start(&python, "gui", &[]);
    let alpha = server.event_where("uuid", |event| event["label"] == "alpha");
    let set = ["--set", alpha["uuid"].as_str().unwrap(), "value", "0.5", "--linger", "0.5"];
    let decoded = viser::decode(&python, &server.url, &[&set[..], &["--camera"]].concat());
    assert_eq!(decoded.line["hydrate"]["gui"], json!(19));
    assert_eq!(server.event("gui")["what"], "alpha");
    assert_eq!(server.events("client_connected").len(), 1);
    assert_eq!(server.ready["pid"], json!(server.id()));
}

#[test]
fn frames_that_were_recorded_say_the_same_again_however_they_are_sent() {
    let Some(python) = peers::python_viser() else { return };
    for name in ["basic", "gui", "mesh", "points16"] {
        let raw = fixture(&format!("viser/{name}.raw"));
        let play = |mode| {
            let server = Viser::play(&python, &["--raw", raw.to_str().unwrap(), "--mode", mode]);
            viser::decode(&python, &server.url, &[])
        };
        let [exact, rewritten, stored] = ["exact", "rewrite", "stored"].map(play);
        assert!(exact.messages.last().unwrap().contains("ReplayDoneMessage"), "{:?}", exact.messages);
        assert_eq!((&exact.messages, &exact.arrays), (&rewritten.messages, &rewritten.arrays), "{name}");
        assert_eq!((&exact.messages, &exact.arrays), (&stored.messages, &stored.arrays), "{name}");
    }
}

#[test]
fn a_recording_holds_what_its_server_sent() {
    let Some(python) = peers::python_viser() else { return };
    let [raw, recording] = ["mesh.raw", "mesh.viser"].map(|name| fixture(&format!("viser/{name}")));
    let server = Viser::play(&python, &["--raw", raw.to_str().unwrap()]);
    let (live, kept) = (viser::decode(&python, &server.url, &[]), viser::decode_file(&python, &recording));
    assert_eq!(live.arrays, kept.arrays);
    assert_eq!(live.line["hydrate"]["nodes"], kept.line["nodes"]);
}

#[test]
fn the_page_shows_the_same_scene_from_a_server_and_from_a_recording() {
    let (Some(python), Some(browser)) = (peers::python_viser(), peers::browser()) else { return };
    let folder = scratch();
    let [recording, picture] = ["scene.viser", "page.png"].map(|name| folder.path().join(name));
    let [recording, picture] = [&recording, &picture].map(|path| path.to_str().unwrap());
    let server = Viser::start(&python, "basic", &["--record", recording]);
    let decoded = viser::decode(&python, &server.url, &[]);
    let live = viser::page(&browser, &[server.ready["page"].as_str().unwrap(), "--gui"]);
    let client = viser_client();
    let client = ["--client-dir", client.to_str().unwrap()];
    let apart = viser::page(&browser, &[&client[..], &["--websocket", &server.url]].concat());
    let played = viser::page(&browser, &[&client[..], &["--playback", recording, "--picture", picture]].concat());
    // The page counts the root, and the server does not send it.
    assert_eq!(live["nodes"].as_object().unwrap().len() as u64, decoded.line["hydrate"]["nodes"].as_u64().unwrap() + 1);
    assert_eq!(live["nodes"], apart["nodes"]);
    assert_eq!(live["nodes"], played["nodes"]);
    assert_eq!((&live["errors"], &live["failed"], &live["elsewhere"]), (&json!({}), &json!([]), &json!([])));
    assert!(std::fs::metadata(picture).unwrap().len() > 1000);
}
