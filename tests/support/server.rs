//! The real server, on a port of its own.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::files::{Content, scratch};
use super::peers::Peer;
use super::process::{Lines, Process};

/// A running trame server with a scene, killed when it is dropped.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) url: String,
    /// The line it said it was ready with: `views`, `states`, `blobs`, `blob_bytes`, …
    pub(crate) ready: Value,
    folder: TempDir,
}

impl Server {
    /// Starts one and waits until it is ready. It exports its scene before, see [`Self::export`].
    pub(crate) fn start(python: &Peer, scene: &str, args: &[&str]) -> Self {
        let folder = scratch();
        let mut command: Command = python.script("server.py");
        command.args(["--port", "0", "--lifetime", "300", "--scene", scene]).args(args);
        command.arg("--log").arg(folder.path().join("log"));
        command.arg("--export").arg(folder.path().join("export"));
        let errors = fs::File::create(folder.path().join("stderr")).unwrap();
        let mut process = Process::start(command.stdout(Stdio::piped()).stderr(errors));
        let lines = Lines::of(process.stdout());
        let Some(line) = lines.next(Duration::from_secs(120)) else {
            process.kill();
            panic!("the server is not ready: {}", fs::read_to_string(folder.path().join("stderr")).unwrap());
        };
        let ready: Value = serde_json::from_str(&line).expect(&line);
        let url = ready["url"].as_str().unwrap().to_owned();
        Self { process, url, ready, folder }
    }

    /// The scene as the server itself wrote it before it began to serve.
    pub(crate) fn export(&self) -> Content {
        Content::of(&self.folder.path().join("export"))
    }

    /// The same as the snapshot that the server's own library makes.
    pub(crate) fn wazex(&self) -> PathBuf {
        self.folder.path().join("export/scene.wazex")
    }

    /// All calls so far, with `client`, `method` and `args`; connecting and leaving are `event`s.
    pub(crate) fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// Nobody may ever ask a server to stop.
    #[track_caller]
    pub(crate) fn assert_never_told_to_exit(&self) {
        for entry in self.log() {
            let method = entry["method"].as_str().unwrap_or_default();
            assert!(!method.starts_with("application.exit"), "{entry}");
        }
    }
}
