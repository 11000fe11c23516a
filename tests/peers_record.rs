//! `record` of a real server whose scene changes, and `replay` of that before the real client.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::files::Content;
use crate::support::peers::{self, Peer};
use crate::support::process::{Lines, Process};
use crate::support::replay::Replay;
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

const STEPS: u64 = 20;

/// A recording of so many steps of the animated scene, and the server's own export after each.
struct Recorded {
    folder: tempfile::TempDir,
    recording: PathBuf,
    /// What the real JavaScript client had in the end, if one followed, too.
    followed: Option<Content>,
}

impl Recorded {
    fn make(python: &Peer, node: Option<&Peer>, steps: u64) -> Self {
        let server = Server::start(python, "animated", &[]);
        let folder = scratch();
        let follower = node.map(|node| Follower::start(node, &server.url, steps, &folder.path().join("real")));
        let recording = folder.path().join("session.mcap");
        let mut record = scenectl()
            .args(["record", &server.url, "--json", "--updates", &steps.to_string(), "-o"])
            .arg(&recording)
            .limit(120)
            .start();
        let lines = Lines::of(record.process.stdout());
        let next = || -> Value {
            let line = lines.next(Duration::from_secs(30)).expect("a line of the recorder");
            serde_json::from_str(&line).expect(&line)
        };
        assert_eq!(next()["update"], json!(0));
        let mut recorded = Self { folder, recording, followed: None };
        let mut caller = Caller::connect(python, &server.url);
        caller.call(&json!(["trame.trigger", "export", [recorded.export(0)], {}]));
        for step in 1..=steps {
            caller.call(&json!(["trame.trigger", "step", [1], {}]));
            assert_eq!(next()["update"], json!(step));
            follower.iter().for_each(Follower::next);
            caller.call(&json!(["trame.trigger", "export", [recorded.export(step)], {}]));
        }
        assert_eq!(next()["updates"], json!(steps));
        record.finish_with(std::thread::spawn(Vec::new)).ok();
        recorded.followed = follower.map(Follower::finish);
        server.assert_never_told_to_exit();
        recorded
    }

    fn export(&self, step: u64) -> PathBuf {
        self.folder.path().join(format!("export-{step}"))
    }

    fn at(&self, step: u64) -> String {
        format!("{}@update:{step}", self.recording.display())
    }

    /// The scene of the recording after a step, as a snapshot.
    fn snapshot(&self, step: u64) -> PathBuf {
        let path = self.folder.path().join(format!("at-{step}.wazex"));
        scenectl().args(["convert", &self.at(step), "-f"]).arg(&path).run().ok();
        path
    }
}

#[test]
fn every_moment_is_the_servers_own_export() {
    let Some(python) = peers::python() else { return };
    let recorded = Recorded::make(&python, None, STEPS);
    for step in 0..=STEPS {
        let export = recorded.export(step).join("scene.wazex");
        scenectl().args(["diff", &recorded.at(step)]).arg(&export).run().ok();
        let snapshot = recorded.snapshot(step);
        let [ours, theirs] = [snapshot.as_path(), &recorded.export(step)]
            .map(|path| Content::of(path).without_property("RenderTimeMultiplier"));
        ours.assert_same_bytes(&theirs);
        if step % 10 == 3 {
            peers::verify_snapshot(&python, &snapshot, &export);
        }
    }
    // Each step changed something, so that equal moments prove something.
    scenectl().args(["diff", &recorded.at(3), &recorded.at(4)]).run().code(1);
    let info = scenectl().args(["info", "--json"]).arg(&recorded.recording).run().ok().json();
    assert_eq!((&info["recording"]["updates"], &info["recording"]["complete"]), (&json!(STEPS), &json!(true)));

    // Other people's tools read it.
    let read = python.run("read_recording.py", &[recorded.recording.to_str().unwrap()]);
    assert_eq!(read["metadata"]["protocol"], json!("vtklocal"));
    let methods = read["methods"].as_object().unwrap();
    assert_eq!(methods["wslink.hello"], json!(1));
    assert_eq!(methods["vtklocal.get.status"], json!(STEPS + 1));
    assert!(methods["trame.actions.topic"].as_u64() >= Some(STEPS), "{read}");

    // Cut anywhere, it can be read up to there.
    let whole = std::fs::read(&recorded.recording).unwrap();
    let cut = recorded.folder.path().join("cut.mcap");
    for k in 1..=10 {
        std::fs::write(&cut, &whole[..whole.len() * k / 11]).unwrap();
        let page = scenectl().args(["info", "--json"]).arg(&cut).run().code(3).json();
        if page["recording"]["moment"].is_null() {
            assert!(k < 8, "{page}");
            continue;
        }
        let update = page["recording"]["moment"]["update"].as_u64().unwrap();
        if page["recording"]["moment"]["partial"] == json!(false) {
            let export = recorded.export(update).join("scene.wazex");
            scenectl().arg("diff").arg(&cut).arg(&export).run().code(3);
        }
    }
}

/// Follows a server with the real JavaScript client, to the end; gives what it has then.
struct Follower {
    process: Process,
    lines: Lines,
    out: PathBuf,
}

impl Follower {
    fn start(node: &Peer, url: &str, updates: u64, out: &Path) -> Self {
        let mut command = node.script("reference_client.mjs");
        let updates = updates.to_string();
        command.args([url, "--watch", "60", "--updates", &updates, "--out-end"]).arg(out);
        let mut process = Process::start(command.stdout(std::process::Stdio::piped()));
        let lines = Lines::of(process.stdout());
        lines.next(Duration::from_secs(30)).expect("the first scene");
        Self { process, lines, out: out.to_owned() }
    }

    fn next(&self) {
        self.lines.next(Duration::from_secs(30)).expect("the client follows");
    }

    fn finish(mut self) -> Content {
        assert!(self.process.wait(Duration::from_secs(60)).0.success());
        Content::of(&self.out)
    }
}

#[test]
fn the_real_client_follows_a_replay_to_the_same_end() {
    let (Some(python), Some(node)) = (peers::python(), peers::node()) else { return };
    let steps = 10;
    let recorded = Recorded::make(&python, Some(&node), steps);
    // Serving a state may raise its time: who asks later sees a later one.
    let wanted = recorded.followed.as_ref().unwrap().without_property("MTime");
    let out = recorded.folder.path().join("out");

    for speed in ["1", "10"] {
        let replay = Replay::start(&recorded.recording, &["--speed", speed]);
        let client = Follower::start(&node, &replay.url, steps, &out);
        (0..steps).for_each(|_| client.next());
        client.finish().without_property("MTime").assert_same_values(&wanted);
    }

    let replay = Replay::start(&recorded.recording, &["--step"]);
    let client = Follower::start(&node, &replay.url, steps, &out);
    let mut caller = Caller::connect(&python, &replay.url);
    for step in 1..=steps {
        let answer = caller.call(&json!(["scenectl.step"]));
        assert_eq!((&answer["update"], &answer["left"]), (&json!(step), &json!(steps - step)));
        client.next();
    }
    client.finish().without_property("MTime").assert_same_values(&wanted);

    // Round after round: everything looks new again.
    let replay = Replay::start(&recorded.recording, &["--speed", "20", "--loop"]);
    let client = Follower::start(&node, &replay.url, 2 * steps, &out);
    (0..2 * steps).for_each(|_| client.next());
    client.finish();

    // The messages as they were, to a client that does the same again.
    let replay = Replay::start(&recorded.recording, &["--exact", "--speed", "10"]);
    let again = recorded.folder.path().join("again.wazex");
    scenectl()
        .args(["pull", &replay.url, "--watch", "--updates", &steps.to_string(), "-q", "-o"])
        .arg(&again)
        .run()
        .ok();
    scenectl().arg("diff").arg(&again).arg(recorded.snapshot(steps)).run().ok();
}
