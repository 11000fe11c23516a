//! `pull` from servers that break off, lie or say nothing: the right exit code, a clear text, no file, no junk.

use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::fake::{Answer, Call, Fake, chunks, frame, honest, reply, single, status};
use crate::support::msgpack::{array, bin, map, pack, text_bytes};
use crate::support::replay::Replay;
use crate::support::run::Output;
use crate::support::scene::{HASH, Scene};
use crate::support::{names, scenectl, scratch};

/// Pulls into a file of an empty folder with a short timeout and no retries, and returns what was left there, too.
fn pull(url: &str, args: &[&str]) -> (Output, Vec<String>) {
    let folder = scratch();
    let output = scenectl()
        .args(["pull", url, "--timeout", "1", "--retries", "0", "-o"])
        .arg(folder.path().join("scene.wazex"))
        .args(args)
        .limit(30)
        .run();
    (output, names(folder.path()))
}

/// A pull that cannot work: exit code 4, an error, nothing left behind, soon.
#[track_caller]
fn fails(url: &str, words: &[&str]) {
    let (output, left) = pull(url, &[]);
    let output = output.fails(4, words);
    assert_eq!(left, [""; 0], "something was left behind");
    assert!(output.elapsed < Duration::from_secs(10), "{:?}", output.elapsed);
    assert!(output.peak < 100 << 20, "{} MiB of memory", output.peak >> 20);
}

/// A server of the small scene that answers calls of one method in another way.
fn faulty(method: &'static str, answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Fake {
    Fake::of(Scene::small(), move |call| (call.method == method).then(|| answer(call)))
}

/// A server of the small scene that has one more state, or another one in its place, as this JSON text.
fn with_state(id: u64, text: String) -> Fake {
    let mut scene = Scene::small();
    scene.states.insert(id, String::from("{}"));
    // No batch, so that the state comes as the text it is.
    Fake::of(scene, move |call| match call.method.as_str() {
        "vtklocal.get.batch" => Some(no_such_method()),
        "vtklocal.get.state" if call.args[0] == id => Some(Answer::of(&json!(text))),
        _ => None,
    })
}

fn no_such_method() -> Answer {
    Answer::Error(-32601, "Unregistered method called")
}

#[test]
fn the_fake_server_is_a_server() {
    let (output, left) = pull(&Fake::of(Scene::small(), |_| None).url, &[]);
    output.ok();
    assert_eq!(left, ["scene.wazex"]);
}

// -- silence and breaking off ------------------------------------------------

#[test]
fn nobody_listens() {
    fails("ws://127.0.0.1:1/ws", &["127.0.0.1:1", "hint: "]);
}

#[test]
fn the_server_accepts_and_says_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    fails(&format!("ws://{}/ws", listener.local_addr().unwrap()), &["1 s", "hint: "]);
}

#[test]
fn the_server_speaks_something_else() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = std::io::Write::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.9\r\n");
        }
    });
    fails(&url, &["hint: "]);
}

#[test]
fn silence_from_any_call_on() {
    for method in ["wslink.hello", "trame.state.get", "vtklocal.get.status", "vtklocal.get.batch"] {
        println!("silence at {method}");
        fails(&faulty(method, |_| Answer::Silence).url, &["hint: "]);
    }
}

#[test]
fn closing_or_dropping_at_any_call() {
    for method in ["wslink.hello", "trame.state.get", "vtklocal.get.status", "vtklocal.get.batch"] {
        println!("the end at {method}");
        fails(&faulty(method, |_| Answer::Close).url, &[]);
        fails(&faulty(method, |_| Answer::Drop).url, &[]);
    }
}

#[test]
fn a_wrong_secret() {
    let url = faulty("wslink.hello", |_| Answer::Error(-32000, "Authentication failed")).url;
    let (output, _) = pull(&url, &["--secret", "open-sesame", "-vv"]);
    let output = output.fails(4, &["secret", "hint: "]);
    assert!(!output.stderr.contains("open-sesame"), "{}", output.stderr);
}

#[test]
fn no_scene_at_all() {
    let fake = Fake::of(Scene::small(), |call| match call.method.as_str() {
        "trame.state.get" => Some(Answer::of(&json!({"name": "empty", "state": {}}))),
        method if method.starts_with("vtklocal.") => Some(no_such_method()),
        _ => None,
    });
    fails(&fake.url, &["hint: "]);
}

/// A lost connection is set up again, and what has come is not asked for again.
#[test]
fn it_goes_on_where_it_was() {
    let scene = Scene::with_blobs(40, 100_000);
    let blobs = scene.blobs.len();
    let answers = scene.clone();
    let fake = Fake::of(scene.clone(), move |call| match call.method.as_str() {
        // Half of the blobs, then nothing more.
        "vtklocal.get.hash" if call.connection == 0 => {
            let at = answers.blobs.keys().position(|hash| call.args[0] == **hash);
            if at < Some(20) {
                return Some(honest(&answers, call));
            }
            // A reset would take back what the client has not read yet.
            thread::sleep(Duration::from_millis(300));
            Some(Answer::Drop)
        }
        _ => None,
    });
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let output = scenectl().args(["pull", &fake.url, "--json", "-o"]).arg(&path).limit(30).run().ok();
    assert_eq!(fake.connections(), 2);
    assert_eq!(output.json()["blobs"], blobs);
    let again = fake.calls().into_iter().filter(|call| call.connection == 1);
    let again: usize = again
        .map(|call| match call.method.as_str() {
            "vtklocal.get.hash" => 1,
            "vtklocal.get.batch" => call.args[1].as_array().unwrap().len(),
            _ => 0,
        })
        .sum();
    assert!(again < blobs, "{again} of {blobs} blobs were asked for again");
    let content = crate::support::files::Content::of(&path);
    assert!(content.blobs == scene.blobs, "the blobs are all there");
}

#[test]
fn retries_come_to_an_end() {
    let fake = faulty("vtklocal.get.batch", |_| Answer::Drop);
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let output = scenectl().args(["pull", &fake.url, "--retries", "2", "-o"]).arg(&path).limit(30).run();
    output.fails(4, &[]);
    assert_eq!(fake.connections(), 3);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_has_come_is_kept_only_on_demand() {
    let scene = Scene::with_blobs(10, 100_000);
    let last = scene.blobs.keys().next_back().unwrap().clone();
    let fake = Fake::of(scene, move |call| {
        let is_last = call.method == "vtklocal.get.hash" && call.args[0] == *last;
        is_last.then_some(Answer::Drop)
    });
    fails(&fake.url, &[]);
    let (output, left) = pull(&fake.url, &["--keep-partial"]);
    output.code(3);
    assert_eq!(left, ["scene.wazex"]);
}

// -- frames ------------------------------------------------------------------

/// Answers the status with frames made from the honest reply.
fn status_as(frames: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Fake {
    let scene = Scene::small();
    faulty("vtklocal.get.status", move |call| Answer::Raw(frames(&reply(call, pack(&status(&scene))))))
}

#[test]
fn odd_but_lawful_frames() {
    let one_byte_each = |message: &[u8]| chunks(1, message, 1);
    let backwards = |message: &[u8]| {
        let mut frames = chunks(2, message, 7);
        frames.reverse();
        frames
    };
    let interleaved = |message: &[u8]| {
        let publish = pack(&json!({"wslink": "1.0", "id": "publish:trame.state.topic:0", "result": {"x": 1}}));
        let (a, b) = (chunks(3, message, 11), chunks(4, &publish, 5));
        let mut frames = Vec::new();
        for k in 0..a.len().max(b.len()) {
            frames.extend(a.get(k).cloned());
            frames.extend(b.get(k).cloned());
        }
        frames
    };
    let with_strangers = |message: &[u8]| {
        let nobody_asked = pack(&json!({"wslink": "1.0", "id": "rpc:c9:77", "result": null}));
        let unknown_topic = pack(&json!({"wslink": "1.0", "id": "publish:no.such.topic:0", "result": [1, 2]}));
        vec![single(&nobody_asked), single(&unknown_topic), single(message)]
    };
    let fakes = [status_as(one_byte_each), status_as(backwards), status_as(interleaved), status_as(with_strangers)];
    for fake in fakes {
        let (output, left) = pull(&fake.url, &[]);
        output.ok();
        assert_eq!(left, ["scene.wazex"]);
    }
}

#[test]
fn frames_that_are_too_short_or_lie_about_totals() {
    fails(&status_as(|_| vec![Vec::new()]).url, &[]);
    fails(&status_as(|_| vec![vec![1, 2, 3, 4, 5]]).url, &[]);
    let total = |message: &[u8]| message.len() as u32;
    // Two parts of one message that disagree about how long it is.
    fails(&status_as(move |m| vec![frame(1, 0, total(m), &m[..9]), frame(1, 9, total(m) + 1, &m[9..])]).url, &[]);
    // More than was announced, in one part and in two; a part beyond the end; an empty message.
    fails(&status_as(move |m| vec![frame(1, 0, total(m) - 1, m)]).url, &[]);
    fails(&status_as(move |m| vec![frame(1, 0, total(m), &m[..9]), frame(1, 8, total(m), &m[8..])]).url, &[]);
    fails(&status_as(move |m| vec![frame(1, u32::MAX - 3, total(m), &m[..9])]).url, &[]);
    fails(&status_as(move |_| vec![frame(1, 0, 0, &[])]).url, &[]);
    // The end never comes.
    fails(&status_as(move |m| vec![frame(1, 0, total(m) + 1, m)]).url, &[]);
}

/// A claim costs nothing until the bytes come.
#[test]
fn claims_of_gigabytes() {
    fails(&status_as(|m| vec![frame(1, 0, u32::MAX, m)]).url, &["--max-message"]);
    fails(&status_as(|m| vec![frame(1, 0, (2 << 30) - 1, m)]).url, &[]);
    let many = |m: &[u8]| (0..5000).map(|id| frame(id, 0, 1 << 30, m)).collect();
    fails(&status_as(many).url, &[]);
    let limit = status_as(|m| vec![single(m)]);
    let (output, _) = pull(&limit.url, &["--max-message", "300"]);
    output.fails(4, &["--max-message"]);
}

#[test]
fn things_that_are_no_messages() {
    let (invalid, cut, deep) = (vec![0xc1], vec![0xdf, 0, 0, 0, 3, 0xa1], vec![0x91; 1_000_000]);
    // A map of four billion entries, a string of four billion bytes.
    let (wide, long) = (vec![0xdf, 0xff, 0xff, 0xff, 0xff, 0x01], vec![0xdb, 0xff, 0xff, 0xff, 0xff, 0x41]);
    for message in [invalid, cut, deep, wide, long, pack(&json!([1, 2, 3])), pack(&json!({"id": 5}))] {
        println!("{:x?}", &message[..message.len().min(30)]);
        fails(&faulty("vtklocal.get.status", move |_| Answer::Raw(vec![single(&message)])).url, &[]);
    }
    // A text message is nothing, so nothing comes.
    fails(&faulty("vtklocal.get.status", |_| Answer::Text("hello")).url, &[]);
}

// -- answers -----------------------------------------------------------------

#[test]
fn answers_of_the_wrong_kind() {
    for wrong in
        [json!(null), json!([]), json!("status"), json!({"ids": 5}), json!({"ids": [["x", "y"]], "hashes": []})]
    {
        fails(&faulty("vtklocal.get.status", move |_| Answer::of(&wrong)).url, &[]);
    }
    fails(&faulty("vtklocal.get.status", |_| Answer::Error(-32001, "Exception raised")).url, &["Exception raised"]);
    for wrong in [json!(null), json!({}), json!({"clientID": 7}), json!("hello")] {
        fails(&faulty("wslink.hello", move |_| Answer::of(&wrong)).url, &[]);
    }
    for wrong in [json!(null), json!({"states": 3, "hashes": {}, "next": false}), json!([1])] {
        // Then there is still the other way to ask.
        let shown = wrong.to_string();
        let (output, left) = pull(&faulty("vtklocal.get.batch", move |_| Answer::of(&wrong)).url, &[]);
        assert!(matches!(output.code, Some(0 | 4)), "{shown}: {output:?}");
        assert_eq!(left.is_empty(), output.code == Some(4), "{shown}");
    }
}

/// Everything else is complete, the exit code is 3, and the ids are told.
fn loses_state_9(fake: &Fake) {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let pull = |url: &str| scenectl().args(["pull", url, "--json", "--force", "-o"]).arg(&path).run().code(3);
    let output = pull(&fake.url);
    assert_eq!(output.json()["without_state"], json!([9]), "{}", output.stderr);
    assert!(output.stderr.contains('9') && output.stderr.contains("warning: "), "{}", output.stderr);
    // The snapshot remembers it, and whoever is served from it learns it, too.
    assert_eq!(scenectl().arg("info").arg(&path).arg("--json").run().ok().json()["without_state"], json!([9]));
    let replay = Replay::start(&path, &[]);
    assert_eq!(pull(&replay.url).json()["without_state"], json!([9]));
}

#[test]
fn a_state_that_is_not_there() {
    loses_state_9(&with_state(9, String::from("null")));
    loses_state_9(&with_state(9, String::new()));
    // In a batch it makes the server answer none of them.
    let mut scene = Scene::small();
    scene.states.remove(&9);
    let mut announced = status(&scene);
    announced["ids"].as_array_mut().unwrap().push(json!([9, 19]));
    loses_state_9(&Fake::of(scene, move |call| (call.method == "vtklocal.get.status").then(|| Answer::of(&announced))));
}

/// One state that makes no sense is a loss, or the end; it is never a crash, a hang or a growth.
#[test]
fn states_that_make_no_sense() {
    let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
    let texts = [
        String::from("{"),
        String::from("[1,2]"),
        String::from("7"),
        String::from(r#"{"Id":9} trailing"#),
        String::from(r#"{"ClassName":"vtkObject","Id":8,"MTime":3}"#),
        String::from(r#"{"ClassName":5,"Id":"nine","MTime":-1e400}"#),
        format!(r#"{{"ClassName":"vtkObject","Id":9,"MTime":3,"Deep":{deep}}}"#),
        deep,
    ];
    for text in texts {
        let shown: String = text.chars().take(60).collect();
        let (output, left) = pull(&with_state(9, text).url, &["--json"]);
        assert!(matches!(output.code, Some(0 | 3 | 4)), "{shown}: {output:?}");
        assert_eq!(left.is_empty(), output.code == Some(4), "{shown}: {left:?}");
        assert!(output.elapsed < Duration::from_secs(10), "{shown}: {:?}", output.elapsed);
    }
}

#[test]
fn a_state_that_is_not_utf8() {
    let invalid = || text_bytes(b"{\"ClassName\":\"vtkObject\",\"Id\":9,\"MTime\":3,\"Name\":\"\xff\xfe\"}");
    let single = Fake::of(Scene::small(), move |call| match call.method.as_str() {
        "vtklocal.get.batch" => Some(no_such_method()),
        "vtklocal.get.state" if call.args[0] == 9 => Some(Answer::Result(invalid())),
        _ => None,
    });
    let batch = Fake::of(Scene::small(), move |call| match call.method.as_str() {
        "vtklocal.get.batch" => {
            let state = map([("Id", pack(&json!(9))), ("ClassName", text_bytes(b"vtk\xff"))]);
            let fields = [("states", array([state])), ("hashes", map([])), ("next", pack(&json!(false)))];
            Some(Answer::Result(map(fields)))
        }
        "vtklocal.get.state" if call.args[0] == 9 => Some(Answer::Result(invalid())),
        _ => None,
    });
    for fake in [single, batch] {
        let (output, left) = pull(&fake.url, &[]);
        let code = output.code;
        assert!(matches!(code, Some(3 | 4)), "{output:?}");
        assert!(output.stderr.contains("error: ") || output.stderr.contains("warning: "), "{}", output.stderr);
        assert_eq!(left.is_empty(), code == Some(4));
    }
}

/// Names that would lead out of the folder, or are no names at all.
#[test]
fn hostile_names_of_blobs() {
    for name in ["../../x", "/etc/passwd", "..", ".", "", "a/b", "a\\b", "C:x", "nul\0", &"x".repeat(5000), "blob name"]
    {
        let mut scene = Scene::small();
        let data = scene.blobs.remove(HASH).unwrap();
        scene.blobs.insert(name.to_owned(), data);
        scene.edit(9, |state| state["Hash"] = json!(name));
        let fake = Fake::of(scene, |_| None);
        let outside = scratch();
        let folder = outside.path().join("a/b/c");
        std::fs::create_dir_all(&folder).unwrap();
        for output in ["scene.wazex", "scene/"] {
            let run = scenectl()
                .args(["pull", &fake.url, "--timeout", "2", "--retries", "0", "-o"])
                .arg(folder.join(output))
                .arg("--blob-cache")
                .arg(folder.join("cache"))
                .run();
            assert!(matches!(run.code, Some(0 | 3 | 4)), "{name:?}: {run:?}");
            if run.code == Some(0) {
                scenectl().arg("info").arg(folder.join(output)).run().ok();
            }
        }
        assert_eq!(all_files(outside.path(), &folder), [""; 0], "{name:?} led out of the folder");
        assert!(!folder.join("x").exists() && !Path::new("x").exists());
    }
}

/// The files under `folder` that are not under `except`.
fn all_files(folder: &Path, except: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path == except {
            continue;
        }
        if path.is_dir() { found.extend(all_files(&path, except)) } else { found.push(path.display().to_string()) }
    }
    found
}

#[test]
fn blobs_that_are_not_what_they_should_be() {
    let answer_with = |data: &'static [u8]| {
        Fake::of(Scene::with_blobs(0, 0), move |call| match call.method.as_str() {
            "vtklocal.get.hash" => Some(Answer::Result(bin(data))),
            "vtklocal.get.batch" if call.args[1] != json!([]) => {
                let Answer::Result(_) = honest(&Scene::small(), call) else { unreachable!() };
                let states: Vec<Value> = call.args[0].as_array().unwrap().iter().map(small_state).collect();
                let hashes = map([(HASH, bin(data))]);
                let fields = [("states", pack(&json!(states))), ("hashes", hashes), ("next", pack(&json!(false)))];
                Some(Answer::Result(map(fields)))
            }
            _ => None,
        })
    };
    // Of the right size, but other bytes: a warning, or the end with --verify.
    let other = answer_with(&[7; 64]);
    let (output, left) = pull(&other.url, &[]);
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    assert!(output.stderr.contains("warning: ") && output.stderr.contains(HASH), "{}", output.stderr);
    assert_eq!(left, ["scene.wazex"]);
    let (output, left) = pull(&other.url, &["--verify"]);
    output.fails(4, &[HASH]);
    assert_eq!(left, [""; 0]);
    // Too short; nothing at all, which is how the server says that it has none.
    let (output, _) = pull(&answer_with(&[7; 10]).url, &[]);
    assert!(output.stderr.contains(HASH), "{}", output.stderr);
    let (output, left) = pull(&answer_with(&[]).url, &[]);
    let output = output.code(3);
    assert!(output.stderr.contains(HASH), "{}", output.stderr);
    assert_eq!(left, ["scene.wazex"]);
}

fn small_state(id: &Value) -> Value {
    serde_json::from_str(&Scene::small().states[&id.as_u64().unwrap()]).unwrap()
}

#[test]
fn ids_that_are_strange() {
    let scene = Scene::small();
    for strange in [json!([0, 1]), json!([u64::MAX, 1]), json!([4_294_967_296_u64, 1]), json!([9, 19])] {
        let mut announced = status(&scene);
        announced["ids"].as_array_mut().unwrap().push(strange.clone());
        announced["hashes"].as_array_mut().unwrap().push(json!(HASH));
        let (output, _) = pull(&faulty("vtklocal.get.status", move |_| Answer::of(&announced)).url, &[]);
        assert!(matches!(output.code, Some(0 | 3 | 4)), "{strange}: {output:?}");
        assert!(output.elapsed < Duration::from_secs(10), "{strange}: {:?}", output.elapsed);
    }
}

/// A batch that asks to come again and never has more is not followed for ever.
#[test]
fn a_batch_that_never_ends() {
    let fake = faulty("vtklocal.get.batch", |call| {
        let next = json!({"states": call.args[0], "hashes": call.args[1]});
        Answer::of(&json!({"states": [], "hashes": {}, "next": next}))
    });
    let (output, _) = pull(&fake.url, &[]);
    assert!(matches!(output.code, Some(0 | 3 | 4)), "{output:?}");
    assert!(fake.calls().len() < 200, "{} calls", fake.calls().len());
}

#[test]
fn nobody_is_ever_told_to_exit() {
    let fake = Fake::of(Scene::small(), |_| None);
    for args in [&["pull"][..], &["info"], &["ls"], &["tree"]] {
        scenectl().args(args).arg(&fake.url).run().ok();
    }
    assert!(fake.calls().iter().all(|call| !call.method.starts_with("application.")));
}
