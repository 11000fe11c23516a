//! Sessions of wslink's real launcher, whose application is the real server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::files::Content;
use crate::support::peers::{self, Peer};
use crate::support::process::{Lines, Process};
use crate::support::run::Scenectl;
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

/// A running launcher, which ends with its sessions when this is dropped.
struct Launcher {
    url: String,
    state: PathBuf,
    _stdin: ChildStdin,
    _process: Process,
}

impl Launcher {
    fn start(python: &Peer, args: &[&str]) -> Self {
        let mut command = python.script("launcher.py");
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Process::start(&mut command);
        let stdin = process.stdin();
        let line = Lines::of(process.stdout()).next(Duration::from_secs(60)).expect("the launcher is ready");
        let ready: Value = serde_json::from_str(&line).expect(&line);
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        Self { url: text("url"), state: text("state").into(), _stdin: stdin, _process: process }
    }

    fn pull(&self, application: &str, args: &[&str]) -> Scenectl {
        let launcher = ["pull", "--launcher", &self.url, "--application", application];
        scenectl().args(launcher).args(args).limit(120)
    }

    /// Calls that all its sessions were asked so far.
    fn calls(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.state.join("calls.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    fn assert_never_told_to_exit(&self) {
        for call in self.calls() {
            assert!(!call["method"].as_str().unwrap_or_default().starts_with("application.exit"), "{call}");
        }
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // Closing stdin ends the sessions, too; killing the script alone would not.
        let id = self._process.id();
        let _ = std::process::Command::new("kill").arg(id.to_string()).status();
        let end = Instant::now() + Duration::from_secs(5);
        while Path::new(&format!("/proc/{id}/cmdline")).exists() && Instant::now() < end {
            if fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.is_empty()) {
                break; // ended, and waiting to be reaped
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = fs::remove_dir_all(&self.state);
    }
}

#[test]
fn what_is_launched_is_pulled_and_given_back() {
    let Some(python) = peers::python() else { return };
    // One session at a time: the second command only gets one when the first has given its back.
    let launcher = Launcher::start(&python, &["--sessions", "1", "--delete"]);
    let direct = Server::start(&python, "mixed", &[]);
    let folder = scratch();
    let snapshot = folder.path().join("scene.wazex");
    let path = snapshot.to_str().unwrap();
    let args = ["--launcher-config", "scene=mixed", "--launcher-retries", "0", "-vv", "-o", path];
    let output = launcher.pull("scene", &args).run().ok();
    Content::of(&snapshot).assert_same_bytes(&direct.export());
    assert!(!output.stderr.contains("secret\":\""), "{}", output.stderr);
    assert!(output.stderr.contains("given back"), "{}", output.stderr);

    // As an argument with something behind it, and a URL without its slash.
    let listed = scenectl().args(["ls", "launcher:", "vtkActor", "--json", "--application", "scene"]);
    let listed = listed.args(["--launcher", launcher.url.trim_end_matches('/'), "--launcher-retries", "0"]);
    assert!(!listed.limit(120).run().ok().json_lines().is_empty());

    // Also after an error, and after Ctrl-C.
    let refused = launcher.pull("scene", &["--root", "nowhere", "--launcher-retries", "0"]).run();
    refused.fails(4, &["nowhere", "hint: "]);
    let seen = launcher.calls().len();
    let watching = launcher.pull("scene", &["--watch", "--launcher-retries", "0"]).start();
    while !launcher.calls().iter().skip(seen).any(|call| call["method"] == "vtklocal.get.batch") {
        thread::sleep(Duration::from_millis(20));
    }
    watching.process.signal("INT");
    watching.finish();

    // And by what follows a scene for a while.
    let watched = scenectl().args(["watch", "--for", "0.5", "--launcher", &launcher.url, "--application", "scene"]);
    watched.args(["--launcher-retries", "0"]).limit(120).run().ok();
    launcher.pull("scene", &["--launcher-retries", "0"]).run().ok();
    launcher.assert_never_told_to_exit();
}

#[test]
fn a_launcher_that_has_no_room() {
    let Some(python) = peers::python() else { return };
    // Without DELETE, the session stays: that is no error, but takes the only port.
    let launcher = Launcher::start(&python, &["--sessions", "1"]);
    let output = launcher.pull("scene", &["--json"]).run().ok();
    assert_eq!(output.stderr, "", "what the launcher does not allow is no news");
    let output = launcher.pull("scene", &["--launcher-retries", "2"]).run();
    let output = output.fails(4, &["503", "resources are currently taken", "--launcher-retries"]);
    for attempt in ["attempt 1", "attempt 2"] {
        assert!(output.stderr.contains(attempt), "{}", output.stderr);
    }
    assert!(!output.stderr.contains("attempt 3"), "{}", output.stderr);
    launcher.assert_never_told_to_exit();
}

#[test]
fn applications_that_do_not_start() {
    let Some(python) = peers::python() else { return };
    let launcher = Launcher::start(&python, &["--sessions", "4", "--timeout", "2"]);
    launcher.pull("no-such-app", &[]).run().fails(4, &["HTTP 500", "application", "hint: "]);
    let output = launcher.pull("no-such-program", &[]).run().fails(4, &["did not properly start", "hint: "]);
    assert!(output.stderr.contains("'--secret', '…'") && !output.stderr.contains("attempt"), "{}", output.stderr);
    let output = launcher.pull("dies", &[]).run().fails(4, &["timeout expired", "hint: "]);
    assert!(!output.stderr.contains("attempt"), "{}", output.stderr);
    let elsewhere = launcher.url.replace("paraview", "elsewhere");
    let output = scenectl().args(["pull", "--launcher", &elsewhere, "--application", "scene"]).run();
    output.fails(4, &["HTTP 404", "hint: "]);
}
