//! `record`, and recordings as sources: files, secrets, what is cut, broken or in the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::support::process::Lines;
use crate::support::replay::Replay;
use crate::support::{fixture, names, scenectl, scratch};

/// A recording of the demo, in a folder of its own.
fn recorded() -> (tempfile::TempDir, PathBuf) {
    let folder = scratch();
    let path = folder.path().join("session.mcap");
    scenectl().args(["record", "demo:", "--updates", "0", "-q", "-o"]).arg(&path).run().ok();
    (folder, path)
}

fn at(path: &Path, moment: &str) -> String {
    format!("{}@{moment}", path.display())
}

#[test]
fn every_reading_verb_takes_a_recording() {
    let (folder, path) = recorded();
    let pulled = folder.path().join("pulled.wazex");
    scenectl().args(["pull", "demo:", "-q", "-o"]).arg(&pulled).run().ok();
    for source in [path.display().to_string(), at(&path, "end"), at(&path, "update:0")] {
        assert_eq!(scenectl().args(["diff", &source]).arg(&pulled).run().ok().text().trim(), "equal");
    }
    scenectl().args(["diff", &at(&path, "9s")]).arg(&pulled).run().fails(2, &["at 9 s it was over"]);
    let converted = folder.path().join("converted.wazex");
    scenectl().arg("convert").args([&path, &converted]).run().ok();
    assert_eq!(fs::read(&converted).unwrap(), fs::read(&pulled).unwrap());
    let get = |source: &Path| scenectl().arg("get").arg(source).args(["vtkCamera", "Position"]).run().ok().stdout;
    assert_eq!(get(&path), get(&pulled));
    for verb in ["ls", "tree"] {
        let run = |source: &Path| scenectl().arg(verb).arg(source).run().ok().stdout;
        assert_eq!(run(&path), run(&pulled), "{verb}");
    }
    for verb in ["doctor", "top"] {
        assert!(matches!(scenectl().arg(verb).arg(&path).args(["-q"]).run().code, Some(0 | 1)), "{verb}");
    }
    let page = scenectl().args(["info", "--json"]).arg(&path).run().ok().json();
    assert_eq!(page["recording"]["complete"], json!(true));
    assert_eq!(page["objects"], json!(265));
}

#[test]
fn wrong_moments_are_told() {
    let (folder, path) = recorded();
    scenectl().args(["info", &at(&path, "update:7")]).run().fails(2, &["no update 7"]);
    scenectl().args(["info", &at(&path, "0s")]).run().fails(2, &["hydration"]);
    scenectl().args(["info", &at(&path, "noon")]).run().fails(2, &["no moment", "@12.5s"]);
    // A recording that is not there is no host that is to be looked for.
    let none = at(&folder.path().join("none.mcap"), "update:1");
    scenectl().args(["info", &none]).run().fails(4, &["none.mcap", "No such file"]);
    let snapshot = fixture("demo.wazex");
    scenectl().args(["info", &at(&snapshot, "1s")]).run().fails(2, &["no recording"]);
    // A file of that very name is that file.
    let odd = folder.path().join("odd@1s");
    fs::copy(&path, &odd).unwrap();
    scenectl().arg("info").arg(&odd).run().ok();
}

/// Whatever a person gives as a secret is nowhere in the file, in whatever chunk: they are not compressed away,
/// so all chunks are unpacked and looked at.
#[test]
fn secrets_stay_out() {
    let folder = scratch();
    let secret = "tr0ub4dor&3-secret";
    let replay = Replay::start(&fixture("demo.wazex"), &["--secret", secret]);
    let path = folder.path().join("session.mcap");
    let url = format!("{}?token=query-token-4711&app=vtklocal", replay.url.replace("ws://", "ws://user:pass-word-42@"));
    scenectl()
        .args(["record", &url, "--secret", secret, "--updates", "0", "-q", "-o"])
        .arg(&path)
        .args(["--header", "Authorization: Bearer header-token-0815", "--cookie", "lang=de; session=cookie-value-99"])
        .args(["--header", "X-Session: id=\"header-value-4242\"; path=/"])
        .run()
        .ok();
    let all = crate::support::recording::unpacked(&path);
    for secret in
        [secret, "query-token-4711", "header-token-0815", "header-value-4242", "cookie-value-99", "pass-word-42"]
    {
        assert!(!all.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is in the recording");
    }
    // What is not secret is there, also where it was in the query: the look was at the right place.
    for word in ["wslink.hello", "vtklocal.get.status", "vtkRenderWindow", "(removed)"] {
        assert!(all.windows(word.len()).any(|window| window == word.as_bytes()), "{word} is missing");
    }
    scenectl().arg("diff").arg(&path).arg(fixture("demo.wazex")).run().ok();
}

#[test]
fn a_killed_recorder_loses_little() {
    let folder = scratch();
    let path = folder.path().join("session.mcap");
    let replay = Replay::start(&fixture("demo.wazex"), &[]);
    let mut running = scenectl().args(["record", &replay.url, "-o"]).arg(&path).start();
    let lines = Lines::of(running.process.stdout());
    assert!(lines.next(Duration::from_secs(30)).unwrap().starts_with("update 0"));
    // Nobody else may write to it meanwhile, not even with --force.
    scenectl()
        .args(["record", &replay.url, "--updates", "0", "-f", "-o"])
        .arg(&path)
        .run()
        .fails(4, &["another process"]);
    std::thread::sleep(Duration::from_millis(1500));
    running.process.signal("KILL");
    running.process.wait(Duration::from_secs(10));
    let page = scenectl().args(["info", "--json"]).arg(&path).run().code(3).json();
    assert_eq!(page["recording"]["complete"], json!(false));
    assert_eq!(scenectl().arg("diff").arg(&path).arg(fixture("demo.wazex")).run().code(3).text().trim(), "equal");
}

#[test]
fn files_in_the_way_and_servers_that_are_not_there() {
    let (folder, path) = recorded();
    let before = fs::read(&path).unwrap();
    scenectl().args(["record", "demo:", "-o"]).arg(&path).run().fails(2, &["exists already"]);
    assert_eq!(fs::read(&path).unwrap(), before);
    scenectl().args(["record", "demo:", "--updates", "0", "-f", "-o"]).arg(&path).run().ok();
    // What is to be overwritten stays until there is something to put in its place.
    let before = fs::read(&path).unwrap();
    scenectl().args(["record", "127.0.0.1:1", "-f", "-o"]).arg(&path).run().code(4);
    assert_eq!(fs::read(&path).unwrap(), before);
    let short = scenectl().args(["record", "demo:", "--for", "0", "-f", "-o"]).arg(&path).run();
    assert!(short.code == Some(3) && fs::read(&path).unwrap().len() < before.len(), "{short:?}");
    scenectl().args(["record", "demo:", "--updates", "0", "-f", "-o"]).arg(&path).run().ok();
    let none = folder.path().join("none.mcap");
    scenectl().args(["record", "127.0.0.1:1", "-o"]).arg(&none).run().code(4);
    // What went to stdout is no file, whatever a file here is called.
    fs::write(folder.path().join("-"), "mine").unwrap();
    scenectl().args(["record", "127.0.0.1:1", "-o", "-"]).current_dir(folder.path()).run().code(4);
    assert_eq!(names(folder.path()), ["-", "session.mcap"]);
    scenectl().args(["record", "demo:", "-o", "/nowhere/x.mcap"]).run().fails(4, &["/nowhere"]);
    scenectl().arg("record").arg(fixture("demo.wazex")).arg("-o").arg(&none).run().fails(2, &["a file"]);
    scenectl().args(["record", "demo:", "-o", "-", "--json"]).run().fails(2, &["stdout"]);
    // Into a pipe, whole.
    let piped = scenectl().args(["record", "demo:", "--updates", "0", "-o", "-"]).run().ok().stdout;
    let copy = folder.path().join("copy.mcap");
    fs::write(&copy, piped).unwrap();
    assert_eq!(scenectl().arg("diff").arg(&copy).arg(fixture("demo.wazex")).run().ok().text().trim(), "equal");
}

#[test]
fn a_full_disk_ends_a_recording_with_a_word() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    scenectl().args(["record", "demo:", "--updates", "0", "-f", "-o", "/dev/full"]).run().fails(4, &["/dev/full"]);
}

#[test]
fn damaged_recordings_are_read_up_to_the_damage() {
    let (folder, path) = recorded();
    let whole = fs::read(&path).unwrap();
    let damaged = folder.path().join("damaged.mcap");
    for k in 1..40 {
        let mut bytes = whole.clone();
        let place = bytes.len() * k / 40;
        bytes[place] ^= 0x55;
        bytes[place / 2 + 8] ^= 0x81;
        fs::write(&damaged, &bytes).unwrap();
        let output = scenectl().arg("info").arg(&damaged).limit(20).run();
        assert!(matches!(output.code, Some(0 | 2 | 3 | 4)), "byte {place}: {output:?}");
    }
    for cut in 0..60 {
        fs::write(&damaged, &whole[..whole.len() * cut / 60]).unwrap();
        let output = scenectl().arg("info").arg(&damaged).limit(20).run();
        assert!(matches!(output.code, Some(2..=4)), "cut {cut}: {output:?}");
    }
}

/// A recorder that was killed before the scene had come leaves something to look at.
#[test]
fn recordings_without_a_scene_tell_what_there_is() {
    let (folder, path) = recorded();
    let whole = fs::read(&path).unwrap();
    let early = folder.path().join("early.mcap");
    fs::write(&early, &whole[..1000]).unwrap();
    let page = scenectl().args(["info", "--json"]).arg(&early).run().code(3).json();
    assert_eq!((&page["objects"], &page["protocol"]), (&json!(0), &json!("vtklocal")));
    assert_eq!(page["recording"]["moment"], json!(null));
    assert_eq!(page["recording"]["complete"], json!(false));
    let page = scenectl().arg("info").arg(&early).run().code(3);
    assert!(page.text().contains("moment    none: no scene had come"), "{page:?}");
    for verb in ["ls", "replay", "doctor"] {
        scenectl().arg(verb).arg(&early).run().fails(4, &["before a scene had come", "it is cut"]);
    }
    // Of another version of the layout: better not read than misread.
    let at = whole.windows(10).position(|window| window == b"\x06\0\0\0format").unwrap() + 14;
    let mut later = whole.clone();
    assert_eq!(std::mem::replace(&mut later[at], b'2'), b'1');
    fs::write(&early, later).unwrap();
    scenectl().arg("info").arg(&early).run().fails(4, &["format is \"2\""]);
}

/// What is not of the protocol ends what can be told of a session, and that is a loss.
#[test]
fn sessions_that_stop_making_sense() {
    let folder = scratch();
    let capture = fs::read_to_string(fixture("captures/cone.node.frames.jsonl")).unwrap();
    let (lines, path) = (folder.path().join("x.frames.jsonl"), folder.path().join("x.mcap"));
    let odd = |conn: u64| format!(r#"{{"t":9.5,"conn":{conn},"dir":"s2c","type":"binary","b64":"AAAA"}}"#);
    let import = |more: &str| {
        fs::write(&lines, format!("{}\n{more}\n", capture.trim_end())).unwrap();
        scenectl().arg("import").arg(&lines).args(["-q", "-f", "-o"]).arg(&path).run().code(3);
    };
    import(&odd(1));
    for verb in ["info", "ls"] {
        let output = scenectl().arg(verb).arg(&path).run().code(3);
        assert!(output.stderr.starts_with("warning: the session is not understood after 8."), "{output:?}");
    }
    // Reading what is being overwritten would leave neither.
    scenectl().arg("import").arg(&lines).args(["-f", "-o"]).arg(&lines).run().fails(2, &["overwritten at once"]);
    // Somebody who comes later and says nothing sensible takes nothing away.
    import(&odd(77));
    scenectl().arg("info").arg(&path).run().ok();
}
