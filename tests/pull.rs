//! `pull` from small servers: what it asks for, writes and says. Real servers are in `peers_pull`.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::support::fake::{Answer, Fake, honest, reply, single, status};
use crate::support::files::Content;
use crate::support::msgpack::pack;
use crate::support::scene::{HASH, Scene};
use crate::support::{fixture, names, scenectl, scratch};

#[test]
fn the_demo_needs_no_server() {
    let output = scenectl().args(["pull", "demo:", "--json"]).run().ok();
    let summary = output.json();
    assert!(summary["states"].as_u64().unwrap() > 100, "{summary}");
    let text = scenectl().args(["pull", "demo:"]).run().ok();
    assert!(text.text().contains("265"), "{}", text.text());
}

#[test]
fn a_summary_as_json() {
    let fake = Fake::of(Scene::small(), |_| None);
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let summary = scenectl().args(["pull", &fake.url, "--json", "-o"]).arg(&path).run().ok().json();
    let state_bytes: usize = Scene::small().states.values().map(String::len).sum();
    for (key, value) in [
        ("states", json!(9)),
        ("blobs", json!(1)),
        ("state_bytes", json!(state_bytes)),
        ("blob_bytes", json!(64)),
        ("roots", json!([{"id": 1, "name": "view"}])),
        ("fetched_states", json!(9)),
        ("fetched_blobs", json!(1)),
        ("without_state", json!([])),
        ("output", json!(path.to_str().unwrap())),
    ] {
        assert_eq!(summary[key], value, "{key}");
    }
    Content::of(&path).assert_same_bytes(&Content::of(&fixture("small")));
}

/// Each hash and each state once, however often it is announced.
#[test]
fn nothing_is_asked_for_twice() {
    let mut announced = status(&Scene::small());
    announced["hashes"] = json!([HASH, HASH, HASH]);
    let fake =
        Fake::of(Scene::small(), move |call| (call.method == "vtklocal.get.status").then(|| Answer::of(&announced)));
    scenectl().args(["pull", &fake.url]).run().ok();
    let batches = fake.asked("vtklocal.get.batch");
    let states: usize = batches.iter().map(|args| args[0].as_array().unwrap().len()).sum();
    let blobs: usize = batches.iter().map(|args| args[1].as_array().unwrap().len()).sum();
    assert_eq!(states, 9);
    assert_eq!(blobs + fake.asked("vtklocal.get.hash").len(), 1);
}

#[test]
fn without_batch_it_asks_one_by_one() {
    let fake = Fake::of(Scene::small(), |call| {
        (call.method == "vtklocal.get.batch").then_some(Answer::Error(-32601, "Unregistered method called"))
    });
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    scenectl().args(["pull", &fake.url, "-o"]).arg(&path).run().ok();
    Content::of(&path).assert_same_bytes(&Content::of(&fixture("small")));
    assert!(fake.asked("vtklocal.get.batch").len() <= 1);
    assert_eq!(fake.asked("vtklocal.get.state").len(), 9);
    assert_eq!(fake.asked("vtklocal.get.hash"), [json!([HASH])]);
}

/// A page without a template that names a window: the windows are looked for.
#[test]
fn windows_are_found_by_looking_for_them() {
    let fake = Fake::of(Scene::small(), |call| {
        (call.method == "trame.state.get").then(|| Answer::of(&json!({"name": "x", "state": {"a": 1}})))
    });
    assert_eq!(scenectl().args(["pull", &fake.url, "--json"]).run().ok().json()["roots"][0]["id"], 1);
}

#[test]
fn what_the_handshake_carries() {
    use std::io::Read;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = std::thread::spawn(move || {
        let mut head = vec![0; 4096];
        let (mut stream, _) = listener.accept().unwrap();
        let length = stream.read(&mut head).unwrap();
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    let args = ["--header", "X-Token: t0ken", "--cookie", "a=b", "--cookie", "c=d", "--path", "/deep/socket"];
    let url = format!("http://{address}/app/");
    let output = scenectl().args(["pull", &url, "--timeout", "1", "--retries", "0", "-vv"]).args(args).run();
    let output = output.fails(4, &[]);
    assert!(!output.stderr.contains("t0ken"), "{}", output.stderr);
    let head = heard.join().unwrap().to_ascii_lowercase();
    for line in ["get /deep/socket http/1.1\r\n", "x-token: t0ken\r\n", "cookie: a=b; c=d\r\n"] {
        assert!(head.contains(line), "`{line}` is not in\n{head}");
    }
    assert!(!head.contains("permessage-deflate"), "compression costs the server more than it saves");
}

/// Nothing that a file is to be pulled from, and nothing that would go to nowhere.
#[test]
fn things_that_make_no_sense() {
    let pull = |args: &[&str]| scenectl().arg("pull").args(args).run();
    pull(&[fixture("small").to_str().unwrap()]).fails(2, &["is a file", "hint: "]);
    for args in [&["demo:", "--keep-partial"][..], &["demo:", "--updates", "3"], &["demo:", "--for", "3"]] {
        pull(args).code(2);
    }
    pull(&["demo:", "--secret", "a", "--secret-file", "b"]).code(2);
    pull(&["no-such-file.wazex"]).fails(2, &["no-such-file.wazex", "hint: "]);
    pull(&["ftp://host/"]).fails(2, &["hint: "]);
    let output = pull(&["ws://user:pass-word@127.0.0.1:1/ws?secret=hush", "--retries", "0"]).fails(4, &[]);
    assert!(!output.stderr.contains("pass-word") && !output.stderr.contains("hush"), "{}", output.stderr);
}

#[test]
fn onto_its_own_snapshot_only_what_changed_is_fetched() {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let pull = |scene: Scene| {
        let fake = Fake::of(scene, |_| None);
        scenectl().args(["pull", &fake.url, "--json", "-o"]).arg(&path).run().ok().json()
    };
    let fetched = |summary: &Value| summary["fetched_blobs"].as_u64().unwrap();
    assert_eq!(fetched(&pull(Scene::with_blobs(5, 1000))), 6);
    assert_eq!(fetched(&pull(Scene::with_blobs(5, 1000))), 0);
    assert_eq!(fetched(&pull(Scene::with_blobs(7, 1000))), 2);
    assert_eq!(Content::of(&path).blobs.len(), 8);
    assert_eq!(fetched(&pull(Scene::small())), 0);
    assert_eq!(Content::of(&path).blobs.len(), 1, "what no object uses any more is gone");
    assert_eq!(names(folder.path()), ["scene.wazex"]);
}

#[test]
fn provenance_only_on_demand() {
    let fake = Fake::of(Scene::small(), |_| None);
    let folder = scratch();
    let pull = |name: &str, args: &[&str]| {
        let path = folder.path().join(name);
        scenectl().args(["pull", &fake.url, "-q", "-o"]).arg(&path).args(args).run().ok();
        Content::of(&path).others.remove("scenectl.json").map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert!(!pull("plain.wazex", &[]).unwrap_or_default().contains("127.0.0.1"));
    assert!(pull("noted.wazex", &["--provenance"]).unwrap().contains(&fake.url));
}

#[test]
fn to_stdout() {
    let fake = Fake::of(Scene::small(), |_| None);
    let output = scenectl().args(["pull", &fake.url, "-o", "-"]).run().ok();
    assert!(output.stdout.starts_with(b"PK"), "only the snapshot is on stdout");
    let listed = scenectl().args(["ls", "-", "--json"]).input(output.stdout).run().ok();
    assert_eq!(listed.text().lines().count(), 9);
}

/// Without a terminal there are no bars, and nothing of theirs in a log.
#[test]
fn no_bars_without_a_terminal() {
    let fake = Fake::of(Scene::with_blobs(20, 100_000), |_| None);
    let output = scenectl().args(["pull", &fake.url]).run().ok();
    assert!(!output.stderr.contains(['\r', '\x1b']), "{:?}", output.stderr);
    assert_eq!(scenectl().args(["pull", &fake.url, "-q"]).run().ok().stderr, "");
}

/// A server whose scene changes with each status, and that says so right behind it, `updates` times: the property (6)
/// gets another opacity and a higher MTime. `extra` may change the status, given how many there were before.
fn changing(updates: u64, extra: impl Fn(u64, &mut Value) + Send + Sync + 'static) -> Fake {
    let statuses = AtomicU64::new(0);
    Fake::start(move |call| {
        let is_status = call.method == "vtklocal.get.status";
        let before = statuses.fetch_add(u64::from(is_status), Ordering::SeqCst);
        let changes = if is_status { before } else { before.saturating_sub(1) };
        let mut scene = Scene::small();
        scene.edit(6, |state| {
            state["Opacity"] = json!(1.0 / (1.0 + changes as f64));
            state["MTime"] = json!(16 + 10 * changes);
        });
        if !is_status {
            return honest(&scene, call);
        }
        let mut announced = status(&scene);
        extra(before, &mut announced);
        let mut messages = vec![single(&reply(call, pack(&announced)))];
        if before < updates {
            let action = json!([{"type": "method", "ref": "view", "method": "update", "args": [{}]}]);
            let publish = json!({"wslink": "1.0", "id": "publish:trame.actions.topic:0", "result": action});
            messages.push(single(&pack(&publish)));
        }
        Answer::Raw(messages)
    })
}

#[test]
fn watch_fetches_what_changed() {
    let fake = changing(3, |_, _| ());
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let output =
        scenectl().args(["pull", &fake.url, "--watch", "--updates", "3", "--json", "-o"]).arg(&path).limit(20).run();
    let lines = output.ok().json_lines();
    let updates: Vec<_> = lines.iter().filter(|line| line["changed"].is_array()).collect();
    assert_eq!(updates.len(), 3, "{lines:?}");
    for update in updates {
        assert_eq!((&update["fetched_states"], &update["changed"]), (&json!(1), &json!([6])), "{update}");
    }
    assert_eq!(Content::of(&path).state(6)["Opacity"], 0.25);
    assert_eq!(names(folder.path()), ["scene.wazex"]);
}

/// What the server wants ignored stays as it came first, until the server pushes it.
#[test]
fn watch_leaves_ignored_objects_alone() {
    for (pushed, opacity) in [(false, 1.0), (true, 0.25)] {
        let fake = changing(3, move |before, status| {
            status["ignore_ids"] = json!([6]);
            if pushed && before == 3 {
                status["ignore_ids"] = json!([]);
                status["force_push"] = json!([6]);
            }
        });
        let folder = scratch();
        let path = folder.path().join("scene.wazex");
        let watch = ["--watch", "--updates", "3", "-q", "-o"];
        scenectl().args(["pull", &fake.url]).args(watch).arg(&path).limit(20).run().ok();
        assert_eq!(Content::of(&path).state(6)["Opacity"], opacity, "pushed: {pushed}");
    }
}

/// More entries than a plain zip can count.
#[test]
fn very_many_objects() {
    let mut scene = Scene::small();
    let ids: Vec<u64> = (100..70_100).collect();
    for id in &ids {
        let text = format!(r#"{{"ClassName":"vtkObject","Id":{id},"MTime":3,"SuperClassNames":["vtkObjectBase"]}}"#);
        scene.states.insert(*id, text);
    }
    scene.edit(8, |state| state["Arrays"] = ids.iter().map(|id| json!({"Id": id})).collect());
    let fake = Fake::of(scene, |_| None);
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    scenectl().args(["pull", &fake.url, "-q", "-o"]).arg(&path).run().ok();
    let info = scenectl().arg("info").arg(&path).arg("--json").run().ok().json();
    assert_eq!((&info["objects"], &info["unreachable_objects"]), (&json!(70_009), &json!(1)));
    assert_eq!(scenectl().arg("get").arg(&path).args(["70099", "MTime"]).run().ok().text(), "3\n");
}
