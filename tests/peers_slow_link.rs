//! One relay before the real server, and among its clients one behind a slow link.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::caller::Caller;
use crate::support::files::Content;
use crate::support::peers::{self, Peer};
use crate::support::process::{Lines, Process};
use crate::support::relay::{Client, Relay};
use crate::support::run::Running;
use crate::support::server::Server;
use crate::support::{scenectl, scratch};

const STEPS: usize = 60;
/// Answers of 20 to 30 kB that the greedy client has asked for.
const GREED: usize = 12;
/// Long enough for any machine; nothing here is measured against it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client that follows, and writes what it has.
struct Follower {
    running: Running,
    lines: Lines,
    snapshot: PathBuf,
}

impl Follower {
    /// Starts one, and waits until it has the scene.
    fn start(url: &str, snapshot: PathBuf) -> Self {
        let args = ["pull", url, "--watch", "--json", "--timeout", "60", "-o"];
        let mut running = scenectl().args(args).arg(&snapshot).limit(280).start();
        let lines = Lines::of(running.process.stdout());
        let Some(_) = lines.next(PATIENCE) else {
            panic!("no scene: {:?}", running.finish_with(thread::spawn(Vec::new)));
        };
        Self { running, lines, snapshot }
    }

    /// The next update.
    fn next(&self) -> Option<Value> {
        self.lines.next(PATIENCE).map(|line| serde_json::from_str(&line).expect(&line))
    }

    fn content(&self) -> Content {
        Content::of(&self.snapshot).without_property("RenderTimeMultiplier")
    }

    /// Ends it; gives the updates that nobody has asked for.
    fn finish(self) -> usize {
        self.running.process.signal("INT");
        self.running.finish_with(thread::spawn(Vec::new));
        std::iter::from_fn(|| self.lines.next(Duration::from_secs(1))).count()
    }
}

/// A slow link to an address, and the websocket's URL behind it.
fn slow_link(python: &Peer, url: &str) -> (Process, String) {
    let address = url.trim_start_matches("ws://").trim_end_matches("/ws");
    let mut command = python.script("slowlink.py");
    command.args(["--listen", "0", "--to", address, "--down-kbit", "300", "--up-kbit", "300", "--delay-ms", "120"]);
    let mut process = Process::start(command.stdout(Stdio::piped()));
    let line = Lines::of(process.stdout()).next(PATIENCE).expect("the link is ready");
    let ready: Value = serde_json::from_str(&line).unwrap();
    (process, format!("ws://127.0.0.1:{}/ws", ready["listen"]))
}

/// Which notices a relay leaves out is decided by what the system's own buffers take: `relay::of_notices_only_the_newest_waits`
/// sees to that. Here, the direct clients follow each update as it comes; the slow one leaves some out and has the same in the end; every
/// request of everybody is answered.
#[test]
fn who_is_slow_is_only_slow_itself() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "animated", &[]);
    let folder = scratch();
    let relay = Relay::start(&server.url, &["-v", "--json"]);
    let (_link, slow_url) = slow_link(&python, &relay.url);
    let direct = ["a", "b"].map(|name| Follower::start(&relay.url, folder.path().join(format!("{name}.wazex"))));
    let slow = Follower::start(&slow_url, folder.path().join("slow.wazex"));

    // One more behind the slow link, which has asked for seconds of answers.
    let mut greedy = Client::hello(&slow_url);
    let ids = greedy.ask("vtklocal.get.status", &json!([1]))["result"]["ids"].clone();
    let ids: Vec<&Value> = ids.as_array().unwrap().iter().map(|pair| &pair[0]).collect();
    for k in 0..GREED {
        greedy.send(&format!("rpc:greedy:{k}"), "vtklocal.get.batch", &json!([ids, []]));
    }

    let mut caller = Caller::connect(&python, &server.url);
    let start = Instant::now();
    for step in 1..=STEPS {
        caller.call(&json!(["trame.trigger", "step", [1], {}]));
        for client in &direct {
            assert!(client.next().is_some(), "a direct client follows step {step}");
        }
    }
    let quick = start.elapsed();
    let export = folder.path().join("export");
    caller.call(&json!(["trame.trigger", "export", [&export], {}]));
    let wanted = Content::of(&export).without_property("RenderTimeMultiplier");
    for client in &direct {
        client.content().assert_same_bytes(&wanted);
    }
    let mut updates = 0;
    let end = Instant::now() + PATIENCE;
    while slow.content().states != wanted.states {
        assert!(Instant::now() < end, "the slow client never gets there");
        updates += usize::from(slow.lines.next(Duration::from_millis(200)).is_some());
    }
    slow.content().assert_same_bytes(&wanted);
    let late = start.elapsed();
    updates += slow.finish();
    assert!(late > quick, "{late:?} after the start, and {quick:?}");
    assert!((1..STEPS).contains(&updates), "{updates} updates of the slow client");
    direct.into_iter().for_each(|client| assert_eq!(client.finish(), 0));
    server.assert_never_told_to_exit();

    let (mut answered, mut notices) = (Vec::new(), 0);
    while answered.len() < GREED || notices == 0 {
        match greedy.read().unwrap()["id"].as_str().unwrap() {
            id if id.starts_with("publish:") => notices += 1,
            id => answered.push(id.to_owned()),
        }
    }
    assert_eq!(answered, (0..GREED).map(|k| format!("rpc:greedy:{k}")).collect::<Vec<_>>());
    assert!(notices <= STEPS, "{notices} notices");
    drop(greedy);
    // Every call has its answer. A client that has followed to its end may go while its last one is under way; one that
    // waited for an answer in vain would not have come to its end above.
    let mut open: HashMap<(Value, Value), String> = HashMap::new();
    let mut last: HashMap<String, Value> = HashMap::new();
    let mut answers = 0;
    while let Some(line) = relay.lines.next(Duration::from_secs(2)) {
        let line: Value = serde_json::from_str(&line).expect(&line);
        let (kind, key) = (line["kind"].as_str().unwrap(), (line["connection"].clone(), line["id"].clone()));
        match kind {
            "call" => {
                last.insert(key.0.to_string(), key.1.clone());
                open.insert(key, line["name"].to_string());
            }
            "answer" => {
                answers += 1;
                assert!(open.remove(&key).is_some(), "{line}");
            }
            _ => assert_eq!(kind, "publish", "{line}"),
        }
    }
    assert!(answers >= 2 * STEPS, "{answers} answers");
    open.retain(|(connection, id), _| last.get(&connection.to_string()) != Some(id));
    assert!(open.is_empty(), "no answer is lost: {open:?}");
    relay.stop().ok();
}
