//! viser servers that say something at first and then nothing: a script may be within `atomic()`.

use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::support::fake_viser::{FakeViser, frame, message};
use crate::support::{scenectl, scratch};

/// Sends one small frame, and never `ReplayDoneMessage`.
fn silent() -> FakeViser {
    FakeViser::by(|socket: &mut WebSocket<TcpStream>, _: &Mutex<Vec<Value>>| {
        let theme = json!({"enabled": true, "type": "EnableLightsMessage", "cast_shadow": false});
        let _ = socket.send(Message::binary(frame(vec![message(&theme)])));
        while socket.read().is_ok() {}
    })
}

#[test]
fn who_waits_is_told_for_what() {
    let fake = silent();
    let running = scenectl().args(["pull", &fake.url]).start();
    std::thread::sleep(Duration::from_secs(5));
    running.process.signal("INT");
    let output = running.finish().fails(4, &["interrupted"]);
    let told: Vec<&str> = output.stderr.lines().filter(|line| line.contains("atomic()")).collect();
    assert_eq!(told.len(), 1, "{}", output.stderr);
    assert!(told[0].starts_with("1 message so far, ") && !output.stderr.contains("states"), "{}", output.stderr);
}

#[test]
fn the_time_counts_while_no_scene_has_come() {
    let fake = silent();
    for verb in ["watch", "attend"] {
        let output = scenectl().args([verb, &fake.url, "--for", "1"]).limit(20).run();
        let output = output.fails(4, &["no scene had come when --for was over"]);
        assert!(output.text().is_empty() && output.elapsed < Duration::from_secs(5), "{verb}: {output:?}");
    }
}

#[test]
fn a_recording_without_a_scene_is_done_with_loss() {
    let (fake, folder) = (silent(), scratch());
    let path = folder.path().join("no-scene.mcap");
    let output = scenectl().args(["record", &fake.url, "--for", "1", "-o"]).arg(&path).run().code(3);
    assert!(output.stderr.contains("warning: it ends before all of a scene had come"), "{}", output.stderr);
    // Where there was not one message, there is no recording.
    let mute = FakeViser::by(|socket: &mut WebSocket<TcpStream>, _: &Mutex<Vec<Value>>| while socket.read().is_ok() {});
    let path = folder.path().join("nothing.mcap");
    let output = scenectl().args(["record", &mute.url, "--for", "1", "-o"]).arg(&path).run();
    output.fails(4, &["nothing came before it ended"]);
    assert!(!path.exists());
}
