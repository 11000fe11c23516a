//! Chromium on this machine.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::ViewError;

/// What Chromium is called.
const NAMES: [&str; 8] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "brave-browser",
    "chromium.exe",
];
/// Where it is where it is in no `PATH`.
const PLACES: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/// How long it may take to start.
const START: Duration = Duration::from_secs(60);
/// Lines of its complaints that are kept.
const MOST_LINES: usize = 200;

/// The Chromium of this machine, or the program that somebody names.
///
/// # Errors
/// [`ViewError::NoBrowser`].
pub fn find_browser(named: Option<&Path>) -> Result<PathBuf, ViewError> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let on_path = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    on_path.chain(PLACES.iter().map(PathBuf::from)).find(|path| path.is_file()).ok_or(ViewError::NoBrowser)
}

/// A Chromium without a window; it ends with this.
pub(super) struct Browser {
    child: Child,
    /// Where it takes commands (the Chrome DevTools protocol).
    pub(super) devtools: String,
    profile: TempDir,
}

impl Browser {
    /// Starts it, with a profile of its own that goes with it. WebGL is drawn in software: that looks the same everywhere.
    ///
    /// # Errors
    /// [`ViewError::Browser`].
    pub(super) fn start(program: &Path) -> Result<Self, ViewError> {
        let failed = |reason: String| ViewError::Browser { program: program.display().to_string(), reason };
        let profile = tempfile::Builder::new().prefix("scenectl-browser-").tempdir();
        let profile = profile.map_err(|error| failed(format!("there is no room for its profile: {error}")))?;
        let mut command = Command::new(program);
        command
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--headless=new", "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check"])
            .args(["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars", "--mute-audio"])
            .args(["--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--no-proxy-server"]);
        if is_root() {
            // It refuses to start as root otherwise; it loads nothing but our own page.
            command.arg("--no-sandbox");
        }
        // What it leaves lying about goes with its profile.
        command.env("TMPDIR", profile.path());
        command.arg("about:blank").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| failed(format!("it does not start: {error}")))?;
        let stderr = child.stderr.take();
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        // Read to its end: Chromium complains of much, and must not wait for us.
        std::thread::spawn(move || {
            let mut said = Vec::new();
            for line in stderr.into_iter().flat_map(|stderr| BufReader::new(stderr).lines()).map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("DevTools listening on ") {
                    let _ = tell.try_send(Ok(url.trim().to_owned()));
                } else if said.len() < MOST_LINES {
                    said.push(line);
                }
            }
            let _ = tell.try_send(Err(said));
        });
        let mut browser = Self { child, devtools: String::new(), profile };
        match told.recv_timeout(START) {
            Ok(Ok(url)) => {
                browser.devtools = url;
                Ok(browser)
            }
            Ok(Err(said)) => {
                let last = said.iter().rev().find(|line| !line.trim().is_empty());
                Err(failed(format!("it ended at once{}", last.map(|line| format!(": {line}")).unwrap_or_default())))
            }
            Err(_) => Err(failed(format!("it has not started within {} s: is it a Chromium?", START.as_secs()))),
        }
    }

    /// Waits a moment for it to end by itself.
    pub(super) fn wait_a_moment(&mut self) {
        for _ in 0..20 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Its helpers end a moment later, and write until then.
        for _ in 0..40 {
            if std::fs::remove_dir_all(self.profile.path()).is_ok() || !self.profile.path().exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    {
        rustix::process::geteuid().is_root()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
