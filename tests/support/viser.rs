//! Real viser servers, their plain client, and a browser with viser's own page.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::files::scratch;
use super::msgpack::unpack;
use super::peers::{Browser, Peer};
use super::process::Process;

/// What a script said so far, a JSON line each, and whether there can be more.
type Said = Arc<(Mutex<(Vec<Value>, bool)>, Condvar)>;

/// A running script of `tests/peers/viser` that says what happens in JSON lines; killed by its id when it is dropped.
pub(crate) struct Viser {
    process: Process,
    said: Said,
    folder: tempfile::TempDir,
    /// Where clients connect to. viser itself takes the next port where the one it should have is taken.
    pub(crate) url: String,
    /// The line it said it was ready with.
    pub(crate) ready: Value,
}

impl Viser {
    /// Starts a real server with a scene, see `server.py`, and waits until it is ready.
    pub(crate) fn start(python: &Peer, scene: &str, args: &[&str]) -> Self {
        Self::script(python, "viser/server.py", &[&["--lifetime", "300", "--scene", scene], args].concat())
    }

    /// Starts a fake server that plays a file, see `fake_server.py`, and waits until it is ready.
    pub(crate) fn play(python: &Peer, args: &[&str]) -> Self {
        Self::script(python, "viser/fake_server.py", args)
    }

    fn script(python: &Peer, name: &str, args: &[&str]) -> Self {
        let folder = scratch();
        let errors = File::create(folder.path().join("stderr")).unwrap();
        let mut process = Process::start(python.script(name).args(args).stdout(Stdio::piped()).stderr(errors));
        let (said, stdout) = (Said::default(), BufReader::new(process.stdout()));
        let heard = Arc::clone(&said);
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                heard.0.lock().unwrap().0.push(serde_json::from_str(&line).expect(&line));
                heard.1.notify_all();
            }
            heard.0.lock().unwrap().1 = true;
            heard.1.notify_all();
        });
        let mut viser = Self { process, said, folder, url: String::new(), ready: Value::Null };
        viser.ready = viser.event("ready");
        viser.url = viser.ready["url"].as_str().unwrap().to_owned();
        viser
    }

    /// The process id, such as to ask for its memory.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// All events so far.
    pub(crate) fn all(&self) -> Vec<Value> {
        self.said.0.lock().unwrap().0.clone()
    }

    /// All events of a name so far.
    pub(crate) fn events(&self, name: &str) -> Vec<Value> {
        let said = self.said.0.lock().unwrap();
        said.0.iter().filter(|event| event["event"] == name).cloned().collect()
    }

    /// The first event of a name, for which it waits.
    #[track_caller]
    pub(crate) fn event(&self, name: &str) -> Value {
        self.event_where(name, |_| true)
    }

    /// The first event of a name for which something holds; waits for it.
    #[track_caller]
    pub(crate) fn event_where(&self, name: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let found = |said: &[Value]| said.iter().find(|event| event["event"] == name && holds(event)).cloned();
        let said = self.said.0.lock().unwrap();
        let waits = |said: &mut (Vec<Value>, bool)| found(&said.0).is_none() && !said.1;
        let (said, _) = self.said.1.wait_timeout_while(said, Duration::from_secs(60), waits).unwrap();
        let errors = || fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
        found(&said.0).unwrap_or_else(|| panic!("no event {name}: {:?}\n{}", said.0, errors()))
    }
}

/// What the plain client decodes: see `reference_client.py`.
pub(crate) struct Decoded {
    /// Its line: `hydrate`, `types`, `events`, …
    pub(crate) line: Value,
    /// `{ID#path: {dtype, count, sha256}}` of all arrays and bytes.
    pub(crate) arrays: Value,
    /// All messages up to `ReplayDoneMessage`, in their canonical form.
    pub(crate) messages: Vec<String>,
}

/// Lets the plain client take what a server at this URL has.
#[track_caller]
pub(crate) fn decode(python: &Peer, url: &str, args: &[&str]) -> Decoded {
    run(python, "viser/reference_client.py", url, args)
}

/// What is in a `.viser` recording; each message has its time before it.
#[track_caller]
pub(crate) fn decode_file(python: &Peer, path: &Path) -> Decoded {
    run(python, "viser/viser_file.py", path.to_str().unwrap(), &[])
}

#[track_caller]
fn run(python: &Peer, script: &str, what: &str, args: &[&str]) -> Decoded {
    let folder = scratch();
    let [arrays, messages] = ["arrays", "messages"].map(|name| folder.path().join(name));
    let files = [what, "--arrays", arrays.to_str().unwrap(), "--messages", messages.to_str().unwrap()];
    let line = python.run(script, &[&files, args].concat());
    let arrays = serde_json::from_slice(&fs::read(arrays).unwrap()).unwrap();
    let messages = fs::read_to_string(messages).unwrap().lines().map(str::to_owned).collect();
    Decoded { line, arrays, messages }
}

/// What viser's own page shows, see `viser/browser.mjs` for the arguments and the answer: `nodes`, `gui`, `errors`, …
#[track_caller]
pub(crate) fn page(browser: &Browser, args: &[&str]) -> Value {
    browser.node.run("viser.mjs", &[&["--chromium", browser.program.to_str().unwrap()], args].concat())
}

/// The messages in a frame of a server.
pub(crate) fn messages(frame: &[u8]) -> Vec<Value> {
    let number = |at: usize| u64::from_le_bytes(frame[at..at + 8].try_into().unwrap()) as usize;
    let window = zstd::bulk::decompress(&frame[16..16 + number(8)], number(0)).unwrap();
    unpack(&window)["messages"].as_array().unwrap().clone()
}
