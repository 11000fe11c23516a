//! `shell`, driven through pipes: its commands are the verbs, on a scene that stays.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::fake::{Fake, honest};
use crate::support::files::Content;
use crate::support::run::Scenectl;
use crate::support::scene::Scene;
use crate::support::schema::assert_valid;
use crate::support::{fixture, names, scenectl, scratch};

fn shell(source: impl AsRef<std::ffi::OsStr>, input: impl Into<Vec<u8>>) -> Scenectl {
    scenectl().arg("shell").arg(source).input(input)
}

/// What a verb prints is what the command prints, byte for byte.
#[test]
fn commands_print_what_verbs_print() {
    let source = fixture("reference/mixed-vtk9.7.2.wazex");
    for words in [
        &["info"][..],
        &["info", "--json"],
        &["ls"],
        &["ls", "vtkActor"],
        &["ls", "vtkActor[Visibility=1]", "--json"],
        &["tree"],
        &["tree", "/Renderers/0/ViewProps/0", "--depth", "2"],
        &["tree", "--json"],
        &["get", "3"],
        &["get", "5", "Property.Color"],
        &["get", "5", "Property.Color", "--json"],
        &["get", "vtkActor", "Property.Color"],
        &["get", "vtkActor", "Property.Color", "--json"],
        &["get", "vtkPolyData", "Points.Data[0:3]"],
        &["query", ".objects | length"],
        &["query", "-r", "-c", ".objects[] | select(.state.Visibility == 1) | .path"],
        &["doctor"],
        &["doctor", "--json"],
        &["doctor", "--explain", "E102"],
        &["top", "-n", "4"],
        &["top", "--by", "class", "--json"],
        &["ls", "vtkNothing"],
    ] {
        let verb = scenectl()
            .arg(words[0])
            .args((words[0] != "doctor" || words[1..] != ["--explain", "E102"]).then_some(&source));
        let verb = verb.args(&words[1..]).run();
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let command = shell(&source, quoted.join(" ")).run();
        assert_eq!(command.text(), verb.text(), "{words:?}");
        assert_eq!(command.code, verb.code, "{words:?}");
        let said = scenectl().arg("shell").arg(&source).arg("-c").arg(quoted.join(" ")).run();
        assert_eq!(said.text(), verb.text(), "{words:?}");
    }
}

#[test]
fn what_is_set_stays_and_is_saved() {
    let folder = scratch();
    let (out, again) = (folder.path().join("out.wazex"), folder.path().join("again.wazex"));
    let set = ["vtkActor", "Visibility=0", "Property.Opacity=0.5"];
    let script = format!(
        "# first look\nget 5 Visibility\nset {}\nget 5 Visibility; get 6 Opacity\nsave {}\n",
        set.join(" "),
        out.display()
    );
    let output = shell(fixture("small"), script).run().ok();
    let lines: Vec<&str> = output.text().lines().collect();
    let property = "vtkOpenGLProperty #6 \"scène ☃\" Property.Opacity: 1.0 -> 0.5";
    assert_eq!(lines, ["1", "vtkOpenGLActor #5 Visibility: 1 -> 0", property, "0", "0.5"]);
    assert!(output.stderr.contains("in memory only"), "{}", output.stderr);
    scenectl().arg("set").arg(fixture("small")).args(set).arg("-o").arg(&again).run().ok();
    assert_eq!(fs::read(&out).unwrap(), fs::read(&again).unwrap(), "save writes what set writes");
    // Nothing is overwritten unasked.
    let save = format!("save {}", out.display());
    shell(fixture("small"), save.as_str()).run().fails(2, &["line 1: ", "out.wazex", "--force"]);
    shell(fixture("small"), format!("{save} -f")).run().ok();
    assert_eq!(Content::of(&out).state(5)["Visibility"], 1);
    // A folder, and a source that is written over while it is read from.
    let copy = folder.path().join("copy");
    shell(fixture("small"), format!("save {}/ --pretty", copy.display())).run().ok();
    let script = format!("set 5 Visibility=0; save -f {0}; get 9 '[0]'; save -f {0}; get 9 '[7]'", copy.display());
    let output = shell(&copy, script).run().ok();
    assert_eq!(Content::of(&copy).state(5)["Visibility"], 0);
    assert_eq!(output.text().lines().count(), 3, "{}", output.text());
    assert_eq!(names(folder.path()), ["again.wazex", "copy", "out.wazex"]);
}

#[test]
fn set_in_json_has_no_output() {
    let said = shell(fixture("small"), "set 5 Visibility=0 --json").run().ok().json();
    assert_eq!(said["output"], Value::Null);
    assert_eq!(said["edits"], json!([{"id": 5, "path": "Visibility", "old": 1, "new": 0}]));
    let words = ["line 1: ", "Visibility"];
    shell(fixture("small"), "set 5 'Visibility=\"x\"'").run().fails(1, &words);
    assert_eq!(
        shell(fixture("small"), "set 5 'Visibility=\"x\"' -f; get 5 Visibility").run().ok().text().lines().last(),
        Some("\"x\"")
    );
}

#[test]
fn the_first_failure_ends_it_with_its_code() {
    for (script, code, words) in [
        ("get 3 Background\nget 999\nget 5\n", 1, &["line 2: ", "999"][..]),
        ("\n\n# x\nget [bad", 2, &["line 4: ", "cannot read the selector"]),
        ("frob", 2, &["line 1: ", "frob", "hint: `help`"]),
        ("get", 2, &["line 1: ", "SELECTOR"]),
        ("ls 'vtk", 2, &["line 1: ", "a quote is not closed"]),
        ("get 5 Visibility extra", 2, &["line 1: ", "extra"]),
        ("ls --secret x", 2, &["line 1: ", "--secret"]),
        ("query '.['", 2, &["line 1: "]),
        ("query 'error(\"x\")'", 4, &["line 1: "]),
        ("update", 1, &["line 1: ", "is no live server"]),
        ("save /nowhere/at/all.wazex", 4, &["line 1: "]),
        ("help frob", 2, &["line 1: ", "frob"]),
        ("save out.txt; get 3", 2, &["line 1: "]),
    ] {
        let output = shell(fixture("small"), script).run().fails(code, words);
        assert!(!output.text().contains("ClassName"), "{script}: it went on: {}", output.text());
    }
    // An answer that is no ends it, too, without an error.
    let output = shell(fixture("small"), "ls vtkNothing --exit-status\nget 5").run().code(1);
    assert!(output.stderr.contains("line 1: the answer is no"), "{}", output.stderr);
    for refused in ["new vtkActor", "delete vtkActor"] {
        let output = shell(fixture("small"), format!("{refused}\nget 5")).run().code(1);
        assert!(output.stderr.contains("warning: ") && output.stderr.contains("a session does not support"));
        assert_eq!(output.text(), "");
    }
}

#[test]
fn going_on_ends_with_the_worst() {
    let script = "get 999\nget 3 Background\nget [bad\nls vtkNothing --exit-status; new X\nget 5 Visibility";
    let output = shell(fixture("small"), script).arg("--keep-going").run().code(2);
    assert_eq!(output.text().lines().collect::<Vec<_>>()[1..], ["1"]);
    for line in ["line 1: ", "line 3: "] {
        assert_eq!(output.stderr.matches(line).count(), 1, "{}", output.stderr);
    }
    shell(fixture("small"), "get 999\nquery 'error(1)'\nget [").arg("-k").run().code(4);
    shell(fixture("small"), "get 999\nget 5").arg("-k").run().code(1);
    shell(fixture("small"), "get 5\nquit\nget 999").arg("-k").run().ok();
    // A scene that lacks something is a loss, whatever is asked.
    let mut scene = Scene::small();
    scene.blobs.clear();
    let folder = scratch();
    let source = scene.write(folder.path());
    let verb = scenectl().arg("get").arg(&source).args(["9", "[0]"]).run();
    assert_eq!(shell(&source, "get 9 [0]").run().code, verb.code);
}

#[test]
fn commands_come_from_files_arguments_and_pipes() {
    let folder = scratch();
    let script = folder.path().join("look.txt");
    fs::write(&script, "\u{feff}get 5 Visibility\r\n# a comment\r\nget 3 Background # another\r\n").unwrap();
    let wanted = shell(fixture("small"), "get 5 Visibility; get 3 Background").run().ok();
    for args in [
        &["-f", script.to_str().unwrap()][..],
        &["--file", script.to_str().unwrap()],
        &["-c", "get 5 Visibility", "-c", "get 3 Background"],
        &["-c", "get 5 Visibility\nget 3 Background"],
    ] {
        let output = scenectl().arg("shell").arg(fixture("small")).args(args).run().ok();
        assert_eq!(output.text(), wanted.text(), "{args:?}");
        assert_eq!(output.stderr, "", "{args:?}: no prompt and no greeting");
    }
    assert_eq!(
        shell(fixture("small"), "get 5 Visibility\nget 3 Background").args(["-f", "-"]).run().ok().text(),
        wanted.text()
    );
    let shell_of = |args: &[&str]| scenectl().arg("shell").arg(fixture("small")).args(args).run();
    shell_of(&["-f", "/nowhere/at.all"]).fails(4, &["cannot read /nowhere/at.all"]);
    shell_of(&["-c", "ls", "-f", "x"]).fails(2, &["cannot be used with"]);
    shell_of(&["-c", "get 5", "-c", "get 999"]).fails(1, &["line 2: "]);
    assert_eq!(shell_of(&["-c", "tree; ls", "--color", "auto"]).ok().text().matches('\u{1b}').count(), 0);
    // The scene from stdin, and the commands from elsewhere.
    let zip = fs::read(fixture("demo.wazex")).unwrap();
    scenectl().args(["shell", "-", "-c", "ls //vtkCamera"]).input(zip.clone()).run().ok();
    scenectl().args(["shell", "-"]).input(zip).run().fails(2, &["would the commands"]);
    scenectl().args(["shell", "/nowhere/at.all", "-c", "ls"]).run().fails(2, &["/nowhere/at.all"]);
}

#[test]
fn a_scene_goes_to_stdout() {
    let output = shell(fixture("small"), "set 5 Visibility=0 -q; save -").run().ok();
    let folder = scratch();
    let file = folder.path().join("out.wazex");
    fs::write(&file, &output.stdout).unwrap();
    assert_eq!(Content::of(&file).state(5)["Visibility"], 0);
}

#[test]
fn hostile_lines() {
    let long = [b"get 5 Visibility\n".to_vec(), vec![b'x'; 3 << 20], b"\nget 3".to_vec()].concat();
    let output = shell(fixture("small"), long.clone()).run().fails(2, &["line 2: ", "longer than"]);
    assert_eq!(output.text(), "1\n");
    // Nothing behind it is read, whatever was asked for.
    assert_eq!(shell(fixture("small"), long).arg("-k").run().fails(2, &["line 2: "]).text(), "1\n");
    let output =
        shell(fixture("small"), &b"\xff\xfe\nget 5 Visibility\n"[..]).arg("-k").run().fails(2, &["line 1: ", "UTF-8"]);
    assert_eq!(output.text(), "1\n");
    let wide = format!("get {}", "a".repeat((1 << 20) - 10));
    shell(fixture("small"), wide).run().code(1);
    let many = "get 5 Visibility;".repeat(5000);
    assert_eq!(shell(fixture("small"), many).run().ok().text().len(), 10_000);
    shell(fixture("small"), &b"get \0\nget 5 \x1b[31m\n"[..]).arg("-k").run();
    // Endless input without a line's end, and with many.
    for (text, code) in [("cat /dev/zero", 2), ("yes 'get 999'", 1)] {
        let program = env!("CARGO_BIN_EXE_scenectl");
        let line = format!("{text} | '{program}' shell '{}'", fixture("small").display());
        let status = std::process::Command::new("sh").arg("-c").arg(line).output().unwrap();
        assert_eq!(status.status.code(), Some(code), "{text}: {}", String::from_utf8_lossy(&status.stderr));
    }
}

/// Whoever drives it through pipes has each answer before the next question.
#[test]
fn answers_come_at_once() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_scenectl"))
        .arg("shell")
        .arg(fixture("small"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for (question, answer) in [("get 5 Visibility\n", "1\n"), ("get 3 Background.1\n", "0.5\n")] {
        to.write_all(question.as_bytes()).unwrap();
        let mut heard = vec![0; answer.len()];
        from.read_exact(&mut heard).unwrap();
        assert_eq!(String::from_utf8(heard).unwrap(), answer);
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[test]
fn find_looks_everywhere() {
    let found = shell(fixture("small"), "find OPACITY --json").run().ok().json_lines();
    assert!(found.iter().any(|hit| hit["id"] == 6 && hit["path"] == "Opacity"), "{found:?}");
    assert_eq!(found[0]["class"], "vtkOpenGLProperty");
    let text = shell(fixture("small"), "find vtkactor").run().ok();
    assert!(text.text().contains("ClassName"), "{}", text.text());
    let none = shell(fixture("small"), "find nothing-like-it").run().ok();
    assert_eq!((none.text(), none.stderr.contains("is nowhere")), ("", true));
    shell(fixture("small"), "find nothing-like-it --exit-status").run().code(1);
    shell(fixture("small"), "find Opacity vtkActor --exit-status").run().code(1);
    shell(fixture("small"), "find ''").run().fails(2, &["a text is missing"]);
}

/// The small scene, whose property (6) has another opacity and whose actor (5) is gone, once the window was asked
/// about often enough.
fn moving() -> Fake {
    let asked = AtomicU64::new(0);
    Fake::start(move |call| {
        let is_status = call.method == "vtklocal.get.status";
        let before = asked.fetch_add(u64::from(is_status), Ordering::SeqCst);
        let step = if is_status { before } else { before.saturating_sub(1) };
        let mut scene = Scene::small();
        if step >= 1 {
            scene.edit(6, |state| {
                state["Opacity"] = json!(0.25);
                state["MTime"] = json!(100);
            });
        }
        if step >= 2 {
            scene.states.remove(&5);
            scene.edit(4, |state| {
                state["Items"] = json!([{"Id": 6}]);
                state["MTime"] = json!(101);
            });
        }
        honest(&scene, call)
    })
}

#[test]
fn a_live_scene_is_fetched_once_and_updated_when_asked() {
    let server = moving();
    let folder = scratch();
    let out = folder.path().join("out.wazex");
    let script = format!(
        "get 6 Opacity\nset 3 Background=[1,0,0]\nset 6 Opacity=0.5 Color=[1,0,0]\nset 5 Visibility=0\nget 6 Opacity\n\
         update\nget 6 Opacity; get 6 Color; get 5 Visibility\nsave {}\nupdate --json\nupdate --discard\nget 6 Opacity",
        out.display()
    );
    let output = shell(&server.url, script).arg("-k").run().code(3);
    assert_eq!(server.connections(), 1);
    let said = output.text();
    assert!(said.starts_with("1.0\n"), "{said}");
    for words in ["\n0.5\nupdate 1 ", "Opacity: 1.0 -> 0.25", "\n0.5\n[1.0,0.0,0.0]\n0\n"] {
        assert!(said.contains(words), "`{words}` is not in:\n{said}");
    }
    let conflict = "warning: vtkOpenGLProperty #6 \"scène ☃\" Opacity: the server has 0.25 now, 0.5 is kept";
    for words in [
        conflict,
        "kept what was set here: 4 values",
        "the live server is left untouched",
        "forgot what was set here: 3 values",
    ] {
        assert!(output.stderr.contains(words), "`{words}` is not in:\n{}", output.stderr);
    }
    let saved = Content::of(&out);
    assert_eq!((&saved.state(6)["Opacity"], &saved.state(6)["Color"]), (&json!(0.5), &json!([1.0, 0.0, 0.0])));
    assert_eq!((&saved.state(3)["Background"], &saved.state(5)["Visibility"]), (&json!([1.0, 0.0, 0.0]), &json!(0)));
    // The second update took the actor away, and what was set in it.
    let lines: Vec<Value> =
        said.lines().filter_map(|line| serde_json::from_str(line).ok()).filter(Value::is_object).collect();
    assert_valid(include_str!("../docs/schemas/watch.schema.json"), &lines[0]);
    assert_eq!((&lines[0]["type"], &lines[0]["counts"]["removed"]), (&json!("update"), &json!(1)));
    assert_eq!(
        (&lines[1]["type"], &lines[1]["kept"], &lines[1]["lost"][0]["id"]),
        (&json!("local"), &json!(3), &json!(5)),
        "{}",
        lines[1]
    );
    assert!(said.ends_with("0.25\n"), "{said}");
    let calls: Vec<String> = server.calls().into_iter().map(|call| call.method).collect();
    assert!(!calls.iter().any(|method| method.contains("set") || method.contains("event")), "{calls:?}");
}

#[test]
fn a_lost_server_is_found_again_or_told_of() {
    let statuses = AtomicU64::new(0);
    let server = Fake::start(move |call| {
        if call.method == "vtklocal.get.status" && statuses.fetch_add(1, Ordering::SeqCst) == 1 {
            return crate::support::fake::Answer::Drop;
        }
        honest(&Scene::small(), call)
    });
    let output = shell(&server.url, "update\nget 5 Visibility").run().ok();
    assert!(output.text().ends_with("nothing changed\n1\n"), "{}", output.text());
    assert_eq!(server.connections(), 2);
    // Nobody is there at all.
    scenectl().args(["shell", "127.0.0.1:1", "-c", "ls"]).run().fails(4, &["127.0.0.1:1"]);
    let demo = scenectl().args(["shell", "demo:", "-c", "ls vtkCamera; update; get 1 Size -q"]).limit(60).run().ok();
    assert!(demo.text().contains("nothing changed"), "{}", demo.text());
}

/// A server that does not answer does not keep the shell from ending.
#[test]
fn a_signal_ends_a_script() {
    let statuses = AtomicU64::new(0);
    let server = Fake::start(move |call| {
        if call.method == "vtklocal.get.status" && statuses.fetch_add(1, Ordering::SeqCst) == 1 {
            return crate::support::fake::Answer::Silence;
        }
        honest(&Scene::small(), call)
    });
    let running = shell(&server.url, "update\nget 5").limit(30).start();
    for _ in 0..500 {
        if server.asked("vtklocal.get.status").len() > 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = running.process.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = running.finish();
    assert_eq!((output.code, output.text()), (Some(4), ""), "{}", output.stderr);
}

#[test]
fn help_is_there_for_every_command() {
    let help = shell(fixture("small"), "help").run().ok();
    let listed: Vec<&str> = help
        .text()
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split([' ', ',']).next())
        .collect();
    let wanted = [
        "info", "ls", "tree", "get", "find", "query", "set", "doctor", "top", "update", "save", "new", "delete",
        "help", "quit",
    ];
    assert_eq!(listed, wanted);
    for command in wanted {
        let asked = shell(fixture("small"), format!("help {command}")).run().ok();
        assert!(asked.text().contains(&format!("Usage: {command}")), "{}", asked.text());
        let short = shell(fixture("small"), format!("{command} --help")).run().ok();
        assert!(short.text().contains(&format!("Usage: {command}")), "{}", short.text());
        assert!(!asked.text().contains("--secret"), "{}", asked.text());
    }
}

/// Nothing is remembered of what does not come from a terminal.
#[test]
fn pipes_leave_no_history() {
    let folder = scratch();
    shell(fixture("small"), "get 5").env("XDG_STATE_HOME", folder.path()).env("HOME", folder.path()).run().ok();
    assert_eq!(names(Path::new(folder.path())), [""; 0]);
}
