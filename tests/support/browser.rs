//! A real browser with the page of a real server.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::files::scratch;
use super::peers::{Browser, Peer};
use super::process::{Lines, Process};

/// How long one step may take on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(90);

/// A browser that shows the page of a server and follows it, see `tests/peers/browser.mjs`; killed when it is dropped.
pub(crate) struct Page {
    process: Process,
    lines: Lines,
    folder: tempfile::TempDir,
    /// What it had seen when the scene was drawn: `calls`, `errors`, `elsewhere`, …
    pub(crate) first: Value,
}

impl Page {
    /// Opens the page of the server with this websocket, and waits until its scene is drawn.
    pub(crate) fn open(browser: &Browser, url: &str, updates: u64) -> Self {
        let folder = scratch();
        let page = url.replacen("ws://", "http://", 1).replacen("/ws", "/index.html", 1);
        let mut command = browser.node.script("browser.mjs");
        command.arg(page).arg("--chromium").arg(&browser.program).args(["--updates", &updates.to_string()]);
        command.arg("--pictures").arg(folder.path()).arg("--har").arg(folder.path().join("page.har"));
        command.args(["--timeout", &LIMIT.as_secs().to_string()]);
        let errors = File::create(folder.path().join("stderr")).unwrap();
        let mut process = Process::start(command.stdout(Stdio::piped()).stderr(errors));
        let lines = Lines::of(process.stdout());
        let mut page = Self { process, lines, folder, first: Value::Null };
        page.first = page.next("drawn");
        page
    }

    /// Waits until the next update is drawn.
    #[track_caller]
    pub(crate) fn follow(&self, update: u64) {
        let line = self.next("update");
        assert_eq!(line["update"].as_u64(), Some(update), "{line}");
    }

    /// Waits for its end, when it has followed as many updates as it should; returns what it saw.
    #[track_caller]
    pub(crate) fn finish(&mut self) -> Value {
        let line = self.next("end");
        assert!(self.process.wait(LIMIT).0.success(), "{line}\n{}", self.said());
        line
    }

    /// What the page looked like after an update; 0 is the first.
    pub(crate) fn picture(&self, update: u64) -> PathBuf {
        self.folder.path().join(format!("{update}.png"))
    }

    /// What the browser saved, once it has finished.
    pub(crate) fn har(&self) -> PathBuf {
        self.folder.path().join("page.har")
    }

    #[track_caller]
    fn next(&self, what: &str) -> Value {
        let line = self.lines.next(LIMIT + Duration::from_secs(30));
        let line: Value = serde_json::from_str(&line.unwrap_or_else(|| panic!("no {what}: {}", self.said()))).unwrap();
        assert!(line.get(what).is_some(), "no {what}: {line}\n{}", self.said());
        line
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }
}

/// How much two pictures differ, see `tests/peers/pictures.py`.
#[track_caller]
pub(crate) fn compare_pictures(python: &Peer, a: &Path, b: &Path) -> Value {
    python.run("pictures.py", &[a, b].map(|path| path.to_str().unwrap()))
}

/// Two pictures must be about the same, and show something: mean difference of all values up to `most` of 255.
#[track_caller]
pub(crate) fn assert_same_picture(python: &Peer, a: &Path, b: &Path, most: f64) {
    let told = compare_pictures(python, a, b);
    let colours = told["colours"].as_array().unwrap();
    assert!(colours.iter().all(|count| count.as_u64() > Some(20)), "{a:?} {b:?} {told}");
    assert!(told["mean"].as_f64().unwrap() <= most, "{a:?} {b:?} {told}");
    assert!(told["far"].as_f64().unwrap() <= 5.0, "{a:?} {b:?} {told}");
}
