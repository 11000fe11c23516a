//! Signals and full disks in the middle: the right exit code, and nothing half done left behind.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::fake::{Answer, Fake, reply, single, status};
use crate::support::msgpack::pack;
use crate::support::run::Output;
use crate::support::scene::Scene;
use crate::support::{names, scenectl, scratch};

/// A server whose last blob never comes, so that a pull hangs when almost all is there.
fn hanging() -> Fake {
    let scene = Scene::with_blobs(30, 200_000);
    let last = scene.blobs.keys().next_back().unwrap().clone();
    Fake::of(scene, move |call| {
        (call.method == "vtklocal.get.hash" && call.args[0] == *last).then_some(Answer::Silence)
    })
}

/// Starts a pull and sends it a signal when it hangs.
fn interrupted(output: &str, signal: &str) -> (Output, Vec<String>) {
    let (fake, folder) = (hanging(), scratch());
    let path = folder.path().join(output);
    let pull = scenectl().args(["pull", &fake.url, "--timeout", "20", "-o"]).arg(path).limit(10).start();
    for _ in 0..1000 {
        if fake.asked("vtklocal.get.hash").len() >= 30 {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(200));
    pull.process.signal(signal);
    (pull.finish(), names(folder.path()))
}

#[test]
fn ctrl_c_leaves_nothing() {
    for output in ["scene.wazex", "scene/"] {
        let (run, left) = interrupted(output, "INT");
        assert!(run.signal == Some(2) || matches!(run.code, Some(4 | 130)), "{run:?}");
        assert!(run.elapsed < Duration::from_secs(18), "it waited for the server");
        assert_eq!(left, [""; 0], "{output}");
    }
}

/// The signal is not lost when it comes while an update is under way, and the last whole snapshot stays.
#[test]
fn ctrl_c_in_the_middle_of_an_update() {
    let statuses = AtomicUsize::new(0);
    let scene = Scene::small();
    let announced = status(&scene);
    let fake = Fake::of(scene, move |call| {
        if call.method != "vtklocal.get.status" {
            return None;
        }
        if statuses.fetch_add(1, Ordering::SeqCst) > 0 {
            thread::sleep(Duration::from_secs(1));
            return None;
        }
        let action = json!([{"type": "method", "ref": "view", "method": "update", "args": [{}]}]);
        let publish = json!({"wslink": "1.0", "id": "publish:trame.actions.topic:0", "result": action});
        Some(Answer::Raw(vec![single(&reply(call, pack(&announced))), single(&pack(&publish))]))
    });
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    let watch = scenectl().args(["pull", &fake.url, "--watch", "-o"]).arg(&path).limit(10).start();
    while fake.asked("vtklocal.get.status").len() < 2 {
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(200));
    watch.process.signal("INT");
    watch.finish().ok();
    assert_eq!(names(folder.path()), ["scene.wazex"]);
    scenectl().arg("info").arg(&path).run().ok();
}

#[test]
fn a_kill_leaves_no_half_file() {
    for output in ["scene.wazex", "scene/"] {
        let (run, left) = interrupted(output, "KILL");
        assert_eq!(run.signal, Some(9));
        assert!(!left.iter().any(|name| name.starts_with("scene")), "{left:?}");
    }
}

/// A disk that takes no more than 64 kB, as far as the program can tell.
#[test]
fn a_full_disk() {
    let fake = Fake::of(Scene::with_blobs(10, 100_000), |_| None);
    let folder = scratch();
    for output in ["scene.wazex", "scene/"] {
        let run = scenectl()
            .args(["pull", &fake.url, "--retries", "0", "-o"])
            .arg(folder.path().join(output))
            .after("trap '' XFSZ; ulimit -f 128")
            .run();
        run.fails(4, &[]);
        assert_eq!(names(folder.path()), [""; 0], "{output}");
    }
}

#[test]
fn a_full_disk_behind_stdout() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = scratch();
    let snapshot = Scene::small().write(folder.path());
    let program = env!("CARGO_BIN_EXE_scenectl");
    for args in [&["ls"][..], &["get", "1"], &["convert", "-"], &["tree", "--json"]] {
        let (verb, rest) = args.split_first().unwrap();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run =
            std::process::Command::new(program).arg(verb).arg(&snapshot).args(rest).stdout(full).output().unwrap();
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(4), "{args:?}: {stderr}");
        assert!(stderr.contains("error: "), "{args:?}: {stderr}");
    }
}

#[test]
fn places_where_nothing_can_be_written() {
    let fake = Fake::of(Scene::small(), |_| None);
    let folder = scratch();
    let nowhere = folder.path().join("no/such/folder/scene.wazex");
    scenectl().args(["pull", &fake.url, "-o"]).arg(&nowhere).run().fails(4, &["no/such/folder"]);
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    scenectl().args(["pull", &fake.url, "-o"]).arg(file.join("scene.wazex")).run().fails(4, &["file"]);
    let odd = folder.path().join("scene.txt");
    scenectl().args(["pull", &fake.url, "-o"]).arg(&odd).run().fails(2, &[".wazex", "hint: "]);
    assert_eq!(fake.asked("vtklocal.get.status"), [json!(null); 0], "that could be known before anything was pulled");
    assert_eq!(names(folder.path()), ["file"]);
}
