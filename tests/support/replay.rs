//! `scenectl replay`, running.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::process::Lines;
use super::run::{Output, Running, scenectl};

/// Our fake server, killed when it is dropped.
pub(crate) struct Replay {
    pub(crate) running: Running,
    pub(crate) url: String,
    /// The line it said it was ready with.
    pub(crate) ready: Value,
}

impl Replay {
    /// Serves a snapshot for five minutes at most.
    pub(crate) fn start(snapshot: &Path, args: &[&str]) -> Self {
        let mut running = scenectl().arg("replay").arg(snapshot).args(["--for", "300"]).args(args).limit(310).start();
        let lines = Lines::of(running.process.stdout());
        let line = lines.next(Duration::from_secs(30)).expect("a line when it is ready");
        let ready: Value = serde_json::from_str(&line).expect(&line);
        let url = ready["url"].as_str().unwrap().to_owned();
        Self { running, url, ready }
    }

    /// Waits for its end.
    pub(crate) fn finish(self) -> Output {
        self.running.finish_with(std::thread::spawn(Vec::new))
    }
}
