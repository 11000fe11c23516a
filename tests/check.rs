//! `check`: scenes against baselines.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::run::{Output, Scenectl};
use crate::support::scene::Scene;
use crate::support::schema::assert_valid;
use crate::support::{fixture, names, scenectl, scratch};

/// A folder with scenes in `run/` and their baselines in `base/`.
struct Suite(TempDir);

impl Suite {
    /// Scenes and variants of `fixtures/variants`, whose baselines are those of `base`.
    fn of(scenes: &[(&str, &str)]) -> Self {
        let suite = Self(scratch());
        for (name, _) in scenes {
            suite.put(name, "base");
        }
        suite.check(&["--update"]).run().ok();
        for (name, variant) in scenes {
            suite.put(name, variant);
        }
        suite
    }

    fn put(&self, name: &str, variant: &str) {
        let path = self.run(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(fixture(&format!("variants/{variant}.wazex")), path).unwrap();
    }

    fn run(&self, name: &str) -> PathBuf {
        self.0.path().join(format!("run/{name}.wazex"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join("base").join(name).join("scene.json")
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn check(&self, args: &[&str]) -> Scenectl {
        let plain = scenectl().current_dir(self.0.path()).env("GITHUB_ACTIONS", "");
        plain.args(["check", "run", "--baseline", "base"]).args(args)
    }

    fn accept(&self, name: &str, args: &[&str]) -> Scenectl {
        let name = format!("run/{name}.wazex");
        scenectl().current_dir(self.0.path()).args(["accept", &name, "--baseline", "base"]).args(args)
    }
}

/// The status of each scene, as `--json` has it.
#[track_caller]
fn statuses(output: &Output) -> Vec<(String, String)> {
    let document = output.json();
    assert_valid(include_str!("../docs/schemas/check.schema.json"), &document);
    for diff in document["scenes"].as_array().unwrap().iter().filter_map(|scene| scene.get("diff")) {
        assert_valid(include_str!("../docs/schemas/diff.schema.json"), diff);
    }
    let text = |scene: &Value, name: &str| scene[name].as_str().unwrap().to_owned();
    document["scenes"].as_array().unwrap().iter().map(|scene| (text(scene, "name"), text(scene, "status"))).collect()
}

#[track_caller]
fn assert_statuses(output: &Output, wanted: &[(&str, &str)]) {
    let found = statuses(output);
    let found: Vec<_> = found.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
    assert_eq!(found, wanted);
    let well = wanted.iter().all(|(_, status)| ["equal", "accepted", "removed"].contains(status));
    assert_eq!(output.json()["ok"], well);
}

#[test]
fn all_that_may_come_out() {
    let suite = Suite::of(&[("a", "base_again"), ("b", "color"), ("deep/er/c", "insert_first"), ("gone", "base")]);
    fs::remove_file(suite.run("gone")).unwrap();
    suite.put("fresh", "base");
    fs::write(suite.0.path().join("run/notes.txt"), "no scene").unwrap();
    let output = suite.check(&[]).run().code(1);
    let lines: Vec<&str> = output.text().lines().filter(|line| !line.starts_with(' ')).collect();
    let words: Vec<(&str, &str)> =
        lines.iter().map(|line| line.split_once(' ').unwrap()).map(|(word, rest)| (word, rest.trim())).collect();
    assert_eq!(words[0], ("equal", "a"));
    assert!(
        words[1].0 == "differs" && words[1].1.starts_with("b ") && words[1].1.contains("4 values changed in 1 object"),
        "{words:?}"
    );
    assert!(words[2].0 == "differs" && words[2].1.starts_with("deep/er/c "), "{words:?}");
    assert!(words[3].0 == "new" && words[3].1.starts_with("fresh ") && words[3].1.contains("--update"), "{words:?}");
    assert!(words[4].0 == "missing" && words[4].1.contains("--prune"), "{words:?}");
    assert!(output.text().contains("DiffuseColor"), "what differs is below: {}", output.text());
    assert!(output.stderr.contains("5 scenes in "), "{}", output.stderr);
    assert!(output.stderr.contains("2 differs, 1 equal, 1 missing, 1 new"), "{}", output.stderr);
    let found = [("a", "equal"), ("b", "differs"), ("deep/er/c", "differs"), ("fresh", "new"), ("gone", "missing")];
    assert_statuses(&suite.check(&["--json"]).run().code(1), &found);
    // Quietly: what is not well, and nothing else.
    let quiet = suite.check(&["-q", "--details", "0"]).run().code(1);
    assert_eq!((quiet.text().lines().filter(|line| !line.starts_with(' ')).count(), quiet.stderr.as_str()), (4, ""));

    // Files instead of a folder: only they are asked for, so none is missing.
    let one = |name: &str, args: &[&str]| {
        let file = format!("run/{name}.wazex");
        scenectl().current_dir(suite.0.path()).args(["check", &file, "-b", "base", "--json"]).args(args).run()
    };
    assert_statuses(&one("a", &[]).ok(), &[("a", "equal")]);
    assert_statuses(&one("b", &[]).code(1), &[("b", "differs")]);
    assert_statuses(&one("b", &["--ignore", "vtkProperty", "*"]).ok(), &[("b", "equal")]);
    // A baseline by the environment.
    let by_environment = suite.check(&[]).run();
    assert_eq!(by_environment.code, Some(1));
    let environment = scenectl().current_dir(suite.0.path()).env("SCENECTL_BASELINE", "base");
    assert_statuses(&environment.args(["check", "run/a.wazex", "--json"]).run().ok(), &[("a", "equal")]);

    // All of it is accepted, and then all is well.
    let accepted =
        [("a", "equal"), ("b", "accepted"), ("deep/er/c", "accepted"), ("fresh", "accepted"), ("gone", "missing")];
    let before = suite.text("a");
    assert_statuses(&suite.check(&["--update", "--json"]).run().code(1), &accepted);
    assert_eq!(suite.text("a"), before, "what is equal is not written again");
    let pruned = [("a", "equal"), ("b", "equal"), ("deep/er/c", "equal"), ("fresh", "equal"), ("gone", "removed")];
    assert_statuses(&suite.check(&["--update", "--prune", "--json"]).run().ok(), &pruned);
    assert_eq!(names(&suite.0.path().join("base")), ["a", "b", "deep", "fresh"]);
    assert_statuses(&suite.check(&["--json"]).run().ok(), &pruned[..4]);
}

/// Whatever cannot be read: the others are checked nevertheless, and the code says so.
#[test]
fn one_that_cannot_be_read() {
    let suite = Suite::of(&[("a", "base"), ("b", "base"), ("c", "color"), ("d", "base")]);
    fs::write(suite.run("b"), "no zip").unwrap();
    fs::write(suite.file("d"), "{").unwrap();
    let output = suite.check(&["--json", "--junit", "junit.xml"]).run().fails(4, &["2 scenes could not be checked"]);
    assert_statuses(&output, &[("a", "equal"), ("b", "failed"), ("c", "differs"), ("d", "failed")]);
    let scenes = output.json()["scenes"].clone();
    assert!(scenes[1]["message"].as_str().unwrap().contains("b.wazex"), "{scenes}");
    assert!(scenes[3]["message"].as_str().unwrap().contains("scene.json"), "{scenes}");
    let xml = fs::read_to_string(suite.0.path().join("junit.xml")).unwrap();
    assert_eq!(elements(&xml).iter().filter(|name| *name == "error").count(), 2, "{xml}");
    // Nothing is accepted of what cannot be read, and the others are.
    let output = suite.check(&["--update", "--json"]).run().code(4);
    assert_statuses(&output, &[("a", "equal"), ("b", "failed"), ("c", "accepted"), ("d", "failed")]);
    assert_eq!(suite.text("d"), "{");
}

/// Whatever cannot be written: the same.
#[test]
fn a_baseline_that_cannot_be_written() {
    let suite = Suite::of(&[("a", "base"), ("b", "color")]);
    suite.put("x/y", "base");
    suite.put("z", "base");
    // A file where a folder has to be.
    fs::write(suite.0.path().join("base/x"), "precious").unwrap();
    let output = suite.check(&["--update", "--json", "--junit", "junit.xml"]).run().code(4);
    assert_statuses(&output, &[("a", "equal"), ("b", "accepted"), ("x/y", "failed"), ("z", "accepted")]);
    assert!(suite.0.path().join("junit.xml").is_file());
    let answers = suite.check(&["--interactive", "--json"]).input("y\n").run().code(4);
    assert_statuses(&answers, &[("a", "equal"), ("b", "equal"), ("x/y", "failed"), ("z", "equal")]);
    assert_eq!(fs::read(suite.0.path().join("base/x")).unwrap(), b"precious");
}

#[test]
fn a_wrong_command_line() {
    let suite = Suite::of(&[("a", "base")]);
    let folder = suite.0.path();
    suite.check(&["--prune"]).run().code(2);
    suite.check(&["--update", "--interactive"]).run().code(2);
    scenectl().args(["check", "run"]).current_dir(folder).run().code(2);
    scenectl().args(["check", "none", "-b", "base"]).current_dir(folder).run().fails(4, &["1 scene"]);
    fs::write(folder.join("file"), "").unwrap();
    scenectl().args(["check", "run", "-b", "file"]).current_dir(folder).run().fails(2, &["file", "hint: "]);
    fs::create_dir(folder.join("empty")).unwrap();
    scenectl().args(["check", "empty", "-b", "base"]).current_dir(folder).run().fails(2, &["no snapshot", "hint: "]);
    // Two scenes, one baseline.
    fs::copy(suite.run("a"), folder.join("run/a.zip")).unwrap();
    suite.check(&[]).run().fails(2, &["two scenes are called a", "a.wazex", "a.zip"]);
    fs::remove_file(folder.join("run/a.zip")).unwrap();
    // The blobs of the one would lie where the other is.
    suite.put("a/blobs", "base");
    suite.check(&[]).run().fails(2, &["a/blobs", "hint: "]);
}

/// The same scene by a file and by its folder is one scene; names come from where the folder starts.
#[test]
fn names_of_scenes() {
    let suite = Suite::of(&[("a", "base"), ("a/b", "base"), ("x.y", "base")]);
    let all = [("a", "equal"), ("a/b", "equal"), ("x.y", "equal")];
    assert_statuses(&suite.check(&["--json", "run/a.wazex"]).run().ok(), &all);
    fs::remove_file(suite.run("a/b")).unwrap();
    let output = suite.check(&["--json"]).run().code(1);
    assert_statuses(&output, &[("a", "equal"), ("a/b", "missing"), ("x.y", "equal")]);
    // A snapshot that is a folder, and where one is oneself.
    let folder = suite.0.path().join("run/unpacked");
    scenectl().arg("convert").arg(suite.run("a")).arg(&folder).run().ok();
    for (here, there) in [(suite.0.path(), "run/unpacked"), (folder.as_path(), "."), (&folder.join("states"), "..")] {
        let base = suite.0.path().join("base");
        let output = scenectl().current_dir(here).args(["check", there, "--json", "-b"]).arg(base).run().code(1);
        assert_statuses(&output, &[("unpacked", "new")]);
    }
    // Baselines below the run are no scenes of it.
    let inside = scenectl().current_dir(suite.0.path()).args(["check", ".", "-b", "base", "--json"]).run().code(1);
    assert!(statuses(&inside).iter().all(|(name, _)| !name.starts_with("base")), "{inside:?}");
}

#[test]
fn asking_for_each() {
    let suite = Suite::of(&[("a", "both"), ("b", "color"), ("c", "base")]);
    suite.put("n", "base");
    let before = suite.text("a");
    let output = suite.check(&["--interactive"]).input("what?\nn\nno\nno\nn\nn\nn\nn\nn\nn\nn\n").run().code(1);
    assert!(output.stderr.contains("accept? [y]es, [n]o, [a]ll, [q]uit"), "{}", output.stderr);
    assert_eq!(suite.text("a"), before);
    // The end of the input is a no, too.
    suite.check(&["-i"]).run().code(1);
    suite.check(&["-i"]).input("q\n").run().code(1);
    assert_eq!(suite.text("a"), before);
    assert!(!suite.file("n").exists());
    // The first difference of the first scene only.
    let output = suite.check(&["-i", "--json"]).input("yes\nq\n").run().code(1);
    assert_statuses(&output, &[("a", "differs"), ("b", "differs"), ("c", "equal"), ("n", "new")]);
    let now = suite.text("a");
    assert_ne!(now, before);
    let left = output.json()["scenes"][0]["diff"]["changes"].as_array().unwrap().len();
    assert_eq!(left, 4);
    // All of the rest.
    let output = suite.check(&["-i", "--json"]).input("n\ny\ny\ny\na\n").run().code(1);
    assert_statuses(&output, &[("a", "differs"), ("b", "accepted"), ("c", "equal"), ("n", "accepted")]);
    let output = suite.check(&["-i", "--json"]).input("y\n").run().ok();
    assert_statuses(&output, &[("a", "accepted"), ("b", "equal"), ("c", "equal"), ("n", "equal")]);
    suite.check(&[]).run().ok();
}

/// What is printed of a scene is as much as is asked for, whether somebody was asked or not.
#[test]
fn details() {
    let suite = Suite::of(&[("a", "camera")]);
    let below = |output: Output| output.text().lines().filter(|line| line.starts_with(' ')).count();
    let all = below(suite.check(&["--details", "1000"]).run().code(1));
    assert!(all > 3);
    assert_eq!(below(suite.check(&["--details", "0"]).run().code(1)), 1);
    assert_eq!(below(suite.check(&["--details", "2"]).run().code(1)), 3);
    assert_eq!(below(suite.check(&["--details", "2", "-i"]).input("q\n").run().code(1)), 3);
}

/// With blobs, numbers are compared; without, names.
#[test]
fn blobs_beside() {
    let suite = Suite::of(&[("a", "points_ulp"), ("b", "base")]);
    let none = suite.0.path().join("base/a/blobs");
    assert!(!none.exists());
    let output = suite.check(&["--json"]).run().code(1);
    assert_statuses(&output, &[("a", "differs"), ("b", "equal")]);
    suite.put("a", "base");
    for name in ["a", "b"] {
        fs::remove_file(suite.file(name)).unwrap();
    }
    suite.check(&["--update", "--blobs"]).run().ok();
    let blobs = names(&none);
    assert!(blobs.len() > 10);
    suite.put("a", "points_ulp");
    suite.put("b", "points");
    let (kept, path) = (suite.text("a"), suite.0.path().join("base/b/blobs"));
    assert_statuses(&suite.check(&["--json"]).run().code(1), &[("a", "equal"), ("b", "differs")]);
    assert_statuses(&suite.check(&["--json", "--ulp", "0"]).run().code(1), &[("a", "differs"), ("b", "differs")]);
    assert_statuses(&suite.check(&["--json", "--atol", "0.01"]).run().ok(), &[("a", "equal"), ("b", "equal")]);
    // An update sweeps the blob that is no longer needed, and brings the new one.
    suite.check(&["--update", "--blobs"]).run().ok();
    let after = names(&path);
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (blobs.iter().collect(), after.iter().collect());
    assert_eq!((old.difference(&new).count(), new.difference(&old).count()), (1, 1));
    assert_eq!(suite.text("a"), kept);
    // They stay up to date beside a baseline that has them.
    suite.put("b", "color");
    suite.check(&["--update"]).run().ok();
    assert_eq!(names(&path), blobs);
    suite.check(&[]).run().ok();
    // Pruning takes them along, and leaves what is not its own.
    fs::remove_file(suite.run("a")).unwrap();
    fs::write(suite.0.path().join("base/a/README"), "mine").unwrap();
    suite.check(&["--update", "--prune"]).run().ok();
    assert_eq!(names(&suite.0.path().join("base/a")), ["README"]);
}

/// The names of the elements; their nesting and the escapes must be right.
#[track_caller]
fn elements(xml: &str) -> Vec<String> {
    let (mut open, mut all): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    assert!(xml.starts_with("<?xml "), "{xml}");
    let mut rest = &xml[xml.find("?>").unwrap() + 2..];
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "{xml}");
        for (k, _) in rest[..at].match_indices('&') {
            assert!(
                ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#"].iter().any(|entity| rest[k..].starts_with(entity))
            );
        }
        let end = rest.find('>').unwrap();
        let tag = &rest[at + 1..end];
        assert!(!tag.contains('<'), "{xml}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "{xml}");
        } else {
            let name = tag.split([' ', '\n', '/']).next().unwrap().to_owned();
            if !tag.ends_with('/') {
                open.push(name.clone());
            }
            all.push(name);
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{xml}");
    assert!(!xml.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r')), "{xml:?}");
    all
}

#[test]
fn junit() {
    let tricky = "a<b>&\"c' é\u{1b}[31m";
    let suite = Suite::of(&[("fine", "base"), (tricky, "color"), ("gone", "base")]);
    fs::remove_file(suite.run("gone")).unwrap();
    fs::create_dir(suite.0.path().join("reports")).unwrap();
    let output = suite.check(&["--junit", "reports/junit.xml"]).run().code(1);
    assert!(!output.text().contains('\u{1b}'), "{output:?}");
    let xml = fs::read_to_string(suite.0.path().join("reports/junit.xml")).unwrap();
    let found = elements(&xml);
    let count = |name: &str| found.iter().filter(|found| *found == name).count();
    assert_eq!((count("testsuites"), count("testsuite"), count("testcase"), count("failure")), (1, 1, 3, 2), "{xml}");
    assert!(xml.contains("tests=\"3\" skipped=\"0\" failures=\"2\" errors=\"0\""), "{xml}");
    assert!(xml.contains("a&lt;b&gt;&amp;&quot;c"), "{xml}");
    assert!(xml.contains("DiffuseColor"), "what differs is in it: {xml}");
    // Written over an earlier one.
    suite.check(&["--update", "--prune", "--junit", "reports/junit.xml"]).run().ok();
    let xml = fs::read_to_string(suite.0.path().join("reports/junit.xml")).unwrap();
    assert!(xml.contains("tests=\"3\" skipped=\"0\" failures=\"0\" errors=\"0\""), "{xml}");
    suite.check(&["--junit", "nowhere/junit.xml"]).run().fails(4, &["nowhere"]);
}

#[test]
fn annotations() {
    let suite = Suite::of(&[("fine", "base"), ("50%, a:b", "color")]);
    suite.put("new", "base");
    let on_github = |args: &[&str]| suite.check(args).env("GITHUB_ACTIONS", "true").run().code(1);
    let output = on_github(&[]);
    let lines: Vec<&str> = output.text().lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(lines.len(), 2, "{}", output.text());
    let wanted =
        "::error file=base/50%25%2C a%3Ab/scene.json,title=scene 50%25%2C a%3Ab differs::4 values changed in 1 object";
    assert!(lines[0].starts_with(wanted), "{}", lines[0]);
    assert!(lines[0].contains("%0A") && lines[0].contains("DiffuseColor"), "{}", lines[0]);
    assert!(lines[1].starts_with("::error file=base/new/scene.json,title=scene new new::"), "{}", lines[1]);
    // Programs get their one document.
    on_github(&["--json"]).json();
    assert!(!suite.check(&[]).run().code(1).text().contains("::error"));
}

/// The baseline of a snapshot.
fn baseline(folder: &Path, name: &str, snapshot: &Path) -> String {
    let accept = scenectl().arg("accept").arg(snapshot).args(["--name", name, "--baseline"]).arg(folder);
    accept.run().ok();
    fs::read_to_string(folder.join(name).join("scene.json")).unwrap()
}

fn lines(text: &str) -> BTreeSet<&str> {
    text.lines().map(|line| line.trim_end_matches(',')).collect()
}

/// What `git diff --stat` would say: lines that went, and lines that came.
fn changed(a: &str, b: &str) -> (usize, usize) {
    let (a, b) = (lines(a), lines(b));
    (a.difference(&b).count(), b.difference(&a).count())
}

#[test]
fn baselines_change_as_little_as_the_scene() {
    let folder = scratch();
    let text = |name: &str| baseline(folder.path(), name, &fixture(&format!("variants/{name}.wazex")));
    let base = text("base");
    for (variant, gone, came) in [
        ("base_again", 0, 0),
        ("keys_order", 0, 0),
        ("color", 1, 1),
        ("move", 1, 1),
        ("camera", 1, 1),
        ("points", 1, 1),
        ("points_ulp", 1, 1),
    ] {
        assert_eq!(changed(&base, &text(variant)), (gone, came), "{variant}");
    }
    // The list of actors, and the lines of the new one. The other way round as well.
    let (gone, came) = changed(&base, &text("insert_first"));
    assert!(gone == 1 && (10..30).contains(&came), "{gone} {came}");
    let (gone, came) = changed(&base, &text("remove"));
    assert!(came == 1 && (10..30).contains(&gone), "{gone} {came}");
    let both = changed(&base, &text("both"));
    assert_eq!(both, (2, changed(&base, &text("insert_first")).1 + 1));
}

#[test]
fn baselines_of_all_fixtures_are_sorted_and_quiet() {
    let folder = scratch();
    for (dir, scenes) in [("reference", 10), ("variants", 16), ("", 2)] {
        let all = names(&fixture(dir));
        let all: Vec<&String> = all.iter().filter(|name| name.ends_with(".wazex") || *name == "small").collect();
        assert!(all.len() >= scenes, "{all:?}");
        for name in all {
            let snapshot = fixture(dir).join(name);
            let text = baseline(folder.path(), &format!("{dir}{name}"), &snapshot);
            assert_eq!(text, baseline(folder.path(), "again", &snapshot), "{name}: always the same");
            fs::remove_dir_all(folder.path().join("again")).unwrap();
            let document: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(document["format"], "scenectl-baseline");
            let objects: Vec<&str> = text
                .lines()
                .skip_while(|line| !line.starts_with("\"objects\""))
                .filter_map(|line| line.strip_prefix("\"/"))
                .collect();
            assert_eq!(objects.len(), document["objects"].as_object().unwrap().len(), "{name}: an object a line");
            let paths: Vec<&str> = objects.iter().map(|line| line.split_once('"').unwrap().0).collect();
            assert!(paths.is_sorted(), "{name}");
            for (path, object) in document["objects"].as_object().unwrap() {
                for noise in ["Id", "MTime", "SuperClassNames"] {
                    assert!(object.get(noise).is_none(), "{name} {path}: {noise}");
                }
            }
            assert!(!text.contains("{\"Id\":"), "{name}");
            // Nothing is lost on the way there and back.
            let there = folder.path().join(format!("{dir}{name}"));
            scenectl().arg("diff").args([&there, &snapshot]).args(["--ulp", "0", "--summary"]).run().ok();
            let mut copy: Value = serde_json::from_str(&baseline(folder.path(), "copy", &there)).unwrap();
            let mut document = document;
            for objects in [&mut copy, &mut document] {
                // What there is to say of values needs the values.
                let objects = objects["objects"].as_object_mut().unwrap().values_mut();
                objects.for_each(|object| drop(object.as_object_mut().unwrap().remove("~values")));
            }
            assert!(copy == document, "{name}: a baseline of the baseline");
            fs::remove_dir_all(folder.path().join("copy")).unwrap();
        }
    }
}

#[test]
fn statistics_of_arrays() {
    let suite = Suite::of(&[("a", "points")]);
    let values = |text: &str| -> Vec<Value> {
        let document: Value = serde_json::from_str(text).unwrap();
        document["objects"].as_object().unwrap().values().filter_map(|object| object.get("~values").cloned()).collect()
    };
    let before = values(&suite.text("a"));
    let facts = |value: &&Value| value["type"] == "float32" && value["shape"] == json!([7, 3]);
    let cone = before.iter().find(facts).unwrap();
    assert_eq!((&cone["bytes"], &cone["min"], &cone["max"]), (&json!(84), &json!(-0.5), &json!(0.5)));
    suite.check(&["--update"]).run().ok();
    let after = values(&suite.text("a"));
    let differ: Vec<_> = before.iter().zip(&after).filter(|(old, new)| old != new).collect();
    assert_eq!(differ.len(), 1);
    assert_ne!(differ[0].0["mean"], differ[0].1["mean"]);
}

/// A formatter has been over a baseline: it means the same.
#[test]
fn a_baseline_that_was_formatted() {
    let suite = Suite::of(&[("a", "base")]);
    let document: Value = serde_json::from_str(&suite.text("a")).unwrap();
    fs::write(suite.file("a"), serde_json::to_string_pretty(&document).unwrap()).unwrap();
    suite.check(&[]).run().ok();
}

#[test]
fn hostile_baselines() {
    let suite = Suite::of(&[("a", "base"), ("b", "base")]);
    let good: Value = serde_json::from_str(&suite.text("a")).unwrap();
    let text = suite.text("a");
    let with = |name: &str, value: Value| {
        let mut document = good.clone();
        document[name] = value;
        document.to_string()
    };
    let without = |name: &str| {
        let mut document = good.clone();
        document.as_object_mut().unwrap().remove(name);
        document.to_string()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases = [
        (String::new(), "EOF"),
        (String::from("[]"), "no baseline"),
        (String::from("<<<<<<< HEAD\n") + &text, "conflict there, at line 1"),
        (text.replacen("\"/Renderers\": {", "<<<<<<< HEAD\n\"/Renderers\": {", 1), "marks of a conflict"),
        (text.replacen("\"/Renderers\": {", "\"/Renderers\": {},\n\"/Renderers\": {", 1), "/Renderers is there twice"),
        (text[..text.len() / 2].to_owned(), "EOF"),
        (with("format", json!("something")), "no baseline"),
        (with("version", json!(2)), "version 2"),
        (with("version", json!(-1)), "-1"),
        (with("version", json!("1")), "string"),
        (with("dialect", json!("nonsense")), "dialect `nonsense`"),
        (with("roots", json!([{"path": "/none", "name": null}])), "no object /none"),
        (with("roots", json!("/")), "sequence"),
        (without("roots"), "roots"),
        (without("objects"), "objects"),
        (without("version"), "version"),
        (with("objects", json!([])), "scene.json"),
        (with("objects", json!({"/": 5})), "/"),
        (
            with("objects", json!({"/": {"ClassName": "vtkRenderWindow", "Renderers": {"@": "/none"}}})),
            "no object /none",
        ),
        (with("objects", json!({"/": {"ClassName": "vtkRenderWindow", "Renderers": {"@": 5}}})), "/"),
        (text.replacen("{\"@\":\"/Renderers\"}", "{\"@\":\"/Renderers\",\"x\":1}", 1), "not closed"),
        (text.replacen("{\"@\":\"/Renderers\"}", &deep, 1), ""),
    ];
    for (text, words) in cases {
        fs::write(suite.file("a"), &text).unwrap();
        let output = suite.check(&["--json"]).run();
        let shown: String = text.chars().take(200).collect();
        if words.is_empty() {
            assert!(matches!(output.code, Some(1 | 4)), "{shown}: {output:?}");
            continue;
        }
        let output = output.code(4);
        assert_statuses(&output, &[("a", "failed"), ("b", "equal")]);
        let said = output.json()["scenes"][0]["message"].as_str().unwrap().to_owned();
        assert!(said.contains(words) && said.contains("a"), "`{words}` is not in {said} for {shown}");
        // The same by any other verb.
        scenectl().arg("info").arg(suite.0.path().join("base/a")).run().fails(4, &[]);
    }
    // No roots at all are none of anybody's.
    fs::write(suite.file("a"), with("roots", json!([]))).unwrap();
    assert_eq!(suite.check(&["--json"]).run().code, Some(1));
}

/// Names of blobs are names, and links lead nowhere.
#[test]
fn hostile_blobs() {
    let suite = Suite::of(&[("a", "base")]);
    fs::remove_file(suite.file("a")).unwrap();
    suite.check(&["--update", "--blobs"]).run().ok();
    let blobs = suite.0.path().join("base/a/blobs");
    let secret = suite.0.path().join("secret");
    let first = blobs.join(names(&blobs).iter().find(|name| !name.starts_with('.')).unwrap());
    let long = "x".repeat(fs::read(&first).unwrap().len());
    fs::write(&secret, &long).unwrap();
    fs::remove_file(&first).unwrap();
    std::os::unix::fs::symlink(&secret, &first).unwrap();
    fs::write(blobs.join(".hidden"), "x").unwrap();
    let output = suite.check(&[]).run().code(1);
    assert!(output.text().contains("its blob is not in A"), "{}", output.text());
    fs::write(blobs.join("a:b"), "x").unwrap();
    let output = suite.check(&["--json"]).run().code(4);
    assert!(output.json()["scenes"][0]["message"].as_str().unwrap().contains("not safe"), "{}", output.text());
    fs::remove_file(blobs.join("a:b")).unwrap();
    // Writing does not go through the link.
    suite.put("a", "color");
    suite.check(&["--update", "--blobs"]).run().ok();
    assert_eq!(fs::read_to_string(&secret).unwrap(), long);
    suite.check(&[]).run().ok();
}

/// What somebody else put there stays, here and wherever links lead.
#[test]
fn nothing_but_its_own_is_removed() {
    let suite = Suite::of(&[("a", "base")]);
    fs::remove_file(suite.file("a")).unwrap();
    suite.check(&["--update", "--blobs"]).run().ok();
    let blobs = suite.0.path().join("base/a/blobs");
    assert_eq!(fs::read_to_string(blobs.join(".gitattributes")).unwrap(), "* binary\n");
    fs::write(blobs.join("notes.txt"), "mine").unwrap();
    suite.put("a", "points");
    suite.check(&["--update"]).run().ok();
    suite.check(&[]).run().ok();
    assert_eq!(fs::read_to_string(blobs.join("notes.txt")).unwrap(), "mine");
    // Elsewhere.
    let precious = suite.0.path().join("precious");
    fs::rename(&blobs, &precious).unwrap();
    std::os::unix::fs::symlink(&precious, &blobs).unwrap();
    let before = names(&precious);
    suite.put("a", "base");
    let output = suite.check(&["--update", "--json"]).run().code(4);
    assert!(output.json()["scenes"][0]["message"].as_str().unwrap().contains("link"), "{}", output.text());
    fs::remove_file(suite.run("a")).unwrap();
    suite.put("b", "base");
    suite.check(&["--update", "--prune"]).run().ok();
    assert_eq!(names(&precious), before);
    let outside = suite.0.path().join("outside");
    fs::rename(suite.0.path().join("base/b"), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, suite.0.path().join("base/b")).unwrap();
    fs::remove_file(suite.run("b")).unwrap();
    suite.put("c", "base");
    suite.check(&["--update", "--prune"]).run().code(4);
    assert_eq!(names(&outside), ["scene.json"]);
}

/// A folder with a snapshot in it is not made a baseline: its blobs would go.
#[test]
fn a_snapshot_is_no_place_for_a_baseline() {
    let suite = Suite::of(&[("a", "base")]);
    let folder = suite.0.path();
    scenectl().current_dir(folder).args(["convert", "run/a.wazex", "a/"]).run().ok();
    let before = names(&folder.join("a/blobs"));
    let accept = scenectl().current_dir(folder).args(["accept", "run/a.wazex", "--baseline", "."]);
    accept.run().fails(4, &["vtk-wasm.json", "snapshot"]);
    scenectl().current_dir(folder).args(["check", "a", "--baseline", ".", "--update"]).run().code(4);
    assert_eq!(names(&folder.join("a/blobs")), before);
    assert!(!folder.join("a/scene.json").exists());
}

/// What cannot be read is not new, and does not keep the others from being checked.
#[test]
fn scenes_that_cannot_be_read() {
    let suite = Suite::of(&[("a", "base")]);
    let run = suite.0.path().join("run");
    fs::write(run.join("junk.wazex"), "junk").unwrap();
    std::os::unix::fs::symlink("nowhere", run.join("link.wazex")).unwrap();
    fs::copy(suite.run("a"), run.join("UP.WAZEX")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff.wazex");
    fs::copy(suite.run("a"), run.join(odd)).unwrap();
    let names = [("UP", "new"), ("a", "equal"), ("junk", "failed"), ("link", "failed"), ("odd\u{fffd}", "new")];
    assert_statuses(&suite.check(&["--json"]).run().code(4), &names);
    let output = scenectl().current_dir(suite.0.path()).args(["check", "run/a.wazex", "none.wazex", "-b", "base"]);
    assert_statuses(&output.arg("--json").run().code(4), &[("a", "equal"), ("none", "failed")]);
}

/// Two actors change their tables, one of which a third uses: path by path it comes to an end.
#[test]
fn swapped_objects_are_accepted_one_by_one() {
    let suite = Suite::of(&[("a", "base")]);
    let set = |from: PathBuf, to: &str, id: &str, table: u64| {
        let assignment = format!(r#"LookupTable={{"Id":{table}}}"#);
        let to = suite.0.path().join(to);
        scenectl().arg("set").arg(from).args([id, &assignment, "-f", "-o"]).arg(&to).run().ok();
        to
    };
    let half = set(suite.run("a"), "half.wazex", "9", 63);
    fs::copy(set(half, "whole.wazex", "48", 24), suite.run("a")).unwrap();
    for round in 0.. {
        let found = suite.check(&["--json"]).run().json()["scenes"][0].clone();
        if found["status"] == "equal" {
            assert!(round > 0);
            break;
        }
        assert!(round < 6, "{found}");
        let change = &found["diff"]["changes"][0];
        suite.accept("a", &["--path", change["path"].as_str().unwrap()]).run().ok();
    }
}

/// Other verbs read a baseline, too, and know that it has no blobs.
#[test]
fn a_baseline_without_blobs_is_no_broken_scene() {
    let suite = Suite::of(&[("a", "base")]);
    let verb = |args: &[&str]| scenectl().current_dir(suite.0.path()).args(args);
    let output = verb(&["doctor", "base/a"]).run().ok();
    assert!(output.text().starts_with("no findings"), "{}", output.text());
    assert!(output.stderr.contains("without its blobs"), "{}", output.stderr);
    let output = verb(&["top", "base/a"]).run().ok();
    assert!(output.text().contains("without its blobs") && !output.text().contains("missing"), "{}", output.text());
    verb(&["extract", "base/a", "/Renderers/0/ViewProps/0", "-o", "x.wazex"]).run().fails(1, &["blobs", "hint: "]);
}

/// Not over a device: it would be a file then.
#[test]
fn a_report_into_a_device() {
    let suite = Suite::of(&[("a", "base")]);
    let link = suite.0.path().join("link");
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    suite.check(&["--junit", "link"]).run().fails(4, &["link", "No space left"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let output = suite.check(&["--junit", "/dev/stdout", "-q"]).run().ok();
    assert!(output.text().contains("<testsuites"), "{}", output.text());
    let output = scenectl().current_dir(suite.0.path()).args(["convert", "run/a.wazex"]);
    std::os::unix::fs::symlink("/dev/null", suite.0.path().join("null.wazex")).unwrap();
    output.args(["null.wazex", "-f"]).run().fails(2, &["null.wazex", "device"]);
}

/// An object under another one is gone where it was.
#[test]
fn a_reparented_object_is_accepted() {
    for path in ["*Texture", "*"] {
        let suite = Suite::of(&[("a", "reparent")]);
        suite.check(&[]).run().code(1);
        suite.accept("a", &["--path", path]).run().ok();
        suite.check(&[]).run().ok();
    }
    let suite = Suite::of(&[("a", "reparent")]);
    suite.check(&["--update", "--ignore", "vtkLight", "Intensity"]).run().ok();
    suite.check(&[]).run().ok();
}

/// The disk is full, or the process is killed: the old baseline stays, whole.
#[test]
fn an_update_that_fails_leaves_whole_files() {
    let suite = Suite::of(&[("a", "base"), ("b", "base")]);
    let before = suite.text("a");
    suite.put("a", "color");
    suite.put("b", "insert_first");
    // A limit on the size of files that scene.json does not keep to.
    let output = suite.check(&["--update", "--json"]).after("ulimit -f 20; trap '' XFSZ").run().code(4);
    assert_statuses(&output, &[("a", "failed"), ("b", "failed")]);
    assert_eq!((suite.text("a"), suite.text("b")), (before.clone(), before.clone()));
    assert_eq!(names(&suite.0.path().join("base/a")), ["scene.json"]);
    for milliseconds in [5, 20, 40, 60, 90, 150] {
        let mut running = suite.check(&["--update", "--blobs"]).start();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        running.process.kill();
        for name in ["a", "b"] {
            let text = suite.text(name);
            serde_json::from_str::<Value>(&text).unwrap();
            scenectl().arg("info").arg(suite.0.path().join("base").join(name)).run().ok();
        }
    }
    suite.check(&["--update"]).run().ok();
    suite.check(&[]).run().ok();
}

/// A hundred scenes, side by side.
#[test]
fn many_scenes() {
    let suite = Suite(scratch());
    fs::create_dir(suite.0.path().join("run")).unwrap();
    let mut scene = Scene::small();
    for k in 0..100 {
        scene.edit(3, |state| state["Background"] = json!([k, 0, 0]));
        fs::rename(scene.write(suite.0.path()), suite.run(&format!("{k:03}"))).unwrap();
    }
    suite.check(&["--update"]).run().ok();
    fs::copy(suite.run("007"), suite.run("042")).unwrap();
    let output = suite.check(&["--json"]).run().code(1);
    let found = statuses(&output);
    assert!(found.is_sorted() && found.len() == 100);
    let differ: Vec<&String> = found.iter().filter(|(_, status)| status != "equal").map(|(name, _)| name).collect();
    assert_eq!(differ, ["042"]);
}

mod accept {
    use super::*;

    fn left(suite: &Suite, name: &str) -> Vec<Value> {
        let there = suite.0.path().join("base").join(name);
        let output = scenectl().arg("diff").arg(there).arg(suite.run(name)).arg("--json").run();
        output.json()["changes"].as_array().unwrap().clone()
    }

    #[test]
    fn everything() {
        let suite = Suite::of(&[("a", "both"), ("b", "color")]);
        let output = suite.accept("a", &[]).run().ok();
        assert_eq!(output.text(), "a: 5 differences accepted, nothing left\n");
        let again = suite.accept("a", &["--json"]).run().ok().json();
        assert_eq!(again, json!({"version": 1, "name": "a", "new": false, "accepted": 0, "remaining": 0}));
        assert!(left(&suite, "a").is_empty());
        assert_eq!(left(&suite, "b").len(), 4);
        // The same as an update would have written.
        let accepted = suite.text("a");
        fs::remove_file(suite.file("a")).unwrap();
        suite.check(&["--update"]).run().ok();
        assert_eq!(suite.text("a"), accepted);
    }

    #[test]
    fn by_path() {
        let suite = Suite::of(&[("a", "both")]);
        let before = suite.text("a");
        let nothing = suite.accept("a", &["--path", "/nowhere/*"]).run().code(1);
        assert!(
            nothing.text().contains("a: 0 differences accepted, ") && nothing.stderr.contains("hint: "),
            "{nothing:?}"
        );
        assert_eq!(suite.text("a"), before);
        // A property of one object: one line changes.
        let output = suite.accept("a", &["--path", "*/DiffuseColor", "--json"]).run().ok().json();
        assert_eq!(output, json!({"version": 1, "name": "a", "new": false, "accepted": 1, "remaining": 4}));
        assert_eq!(changed(&before, &suite.text("a")), (1, 1));
        suite.accept("a", &["-p", "*/AmbientColor", "-p", "*/{SpecularColor,Color}"]).run().ok();
        assert_eq!(changed(&before, &suite.text("a")), (1, 1));
        let rest = left(&suite, "a");
        assert_eq!((rest.len(), &rest[0]["kind"]), (1, &json!("object-added")));
        // The object that came, by its own path, with all that is below it.
        let path = rest[0]["path"].as_str().unwrap();
        suite.accept("a", &["--path", path]).run().ok();
        assert!(left(&suite, "a").is_empty());
        suite.check(&[]).run().ok();
    }

    /// The same in the other order, for objects that went and that moved.
    #[test]
    fn objects_that_came_went_and_moved() {
        for (variant, kind) in
            [("insert_first", "object-added"), ("remove", "object-removed"), ("move", "object-moved")]
        {
            let suite = Suite::of(&[("a", variant)]);
            let found = left(&suite, "a");
            assert_eq!((found.len(), &found[0]["kind"]), (1, &json!(kind)), "{variant}: {found:?}");
            suite.accept("a", &["-p", found[0]["path"].as_str().unwrap()]).run().ok();
            assert!(left(&suite, "a").is_empty(), "{variant}");
            // Nothing of what went stays behind.
            let fresh = baseline(&suite.0.path().join("fresh"), "a", &suite.run("a"));
            assert_eq!(suite.text("a"), fresh, "{variant}");
        }
        let suite = Suite::of(&[("a", "both")]);
        let before = suite.text("a");
        suite.accept("a", &["-p", "/Renderers/0/ViewProps/0"]).run().ok();
        let (gone, came) = changed(&before, &suite.text("a"));
        assert!(gone == 1 && came > 10, "{gone} {came}");
        assert_eq!(left(&suite, "a").len(), 4);
        assert!(left(&suite, "a").iter().all(|change| change["property"].as_str().unwrap().ends_with("Color")));
    }

    #[test]
    fn values_of_arrays() {
        let suite = Suite::of(&[("a", "points")]);
        suite.accept("a", &["-p", "*/Points/Data"]).run().ok();
        assert!(left(&suite, "a").is_empty());
        let fresh = baseline(&suite.0.path().join("fresh"), "a", &suite.run("a"));
        assert_eq!(suite.text("a"), fresh);
        // Blobs stay where they were, also when only some is accepted.
        suite.put("a", "base");
        fs::remove_file(suite.file("a")).unwrap();
        suite.check(&["--update", "--blobs"]).run().ok();
        suite.put("a", "both");
        let blobs = suite.0.path().join("base/a/blobs");
        let before = names(&blobs).len();
        suite.accept("a", &["-p", "*Color"]).run().ok();
        assert_eq!(names(&blobs).len(), before);
        suite.accept("a", &["-p", "/Renderers/0/ViewProps/0"]).run().ok();
        assert!(names(&blobs).len() > before);
        suite.check(&["--ulp", "0"]).run().ok();
    }

    #[test]
    fn by_asking() {
        let suite = Suite::of(&[("a", "both")]);
        suite.put("n", "base");
        let before = suite.text("a");
        suite.accept("a", &["--interactive"]).input("n\nn\nn\nn\nn\n").run().code(1);
        assert_eq!(suite.text("a"), before);
        let output = suite.accept("a", &["--interactive"]).input("n\ny\nq\n").run().ok();
        assert!(output.text().starts_with("a: 1 difference accepted, "), "{}", output.text());
        assert_eq!(left(&suite, "a").len(), 4);
        suite.accept("a", &["-i"]).input("all\n").run().ok();
        suite.check(&[]).run().code(1);
        // A new scene is asked for, too.
        suite.accept("n", &["-i"]).input("n\n").run().code(1);
        assert!(!suite.file("n").exists());
        suite.accept("n", &["-i"]).input("y\n").run().ok();
        suite.check(&[]).run().ok();
        suite.accept("a", &["-i", "--path", "*"]).run().code(2);
    }

    #[test]
    fn new_scenes_and_names() {
        let suite = Suite::of(&[("a", "base")]);
        suite.put("n", "base");
        suite.accept("n", &["--path", "*"]).run().fails(2, &["no baseline", "hint: "]);
        let document = suite.accept("n", &["--json"]).run().ok().json();
        assert_eq!(document, json!({"version": 1, "name": "n", "new": true, "accepted": 0, "remaining": 0}));
        assert_eq!(suite.accept("n", &["--name", "deep/m"]).run().ok().text(), "deep/m: a new scene, accepted\n");
        assert_eq!(names(&suite.0.path().join("base")), ["a", "deep", "n"]);
        for name in ["../out", "/tmp/out", "", ".", "a/../../b", "a//b"] {
            suite.accept("n", &["--name", name]).run().fails(2, &["--name"]);
        }
        // The baseline itself may be named.
        suite.put("a", "color");
        let args = ["accept", "run/a.wazex", "-b", "base/a"];
        scenectl().current_dir(suite.0.path()).args(args).run().ok();
        assert!(left(&suite, "a").is_empty());
        suite.accept("none", &[]).run().fails(4, &["none.wazex"]);
        suite.accept("a", &["--path", "[", "--path", "x"]).run().fails(2, &["--path ["]);
        fs::write(suite.file("a"), "{").unwrap();
        suite.accept("a", &[]).run().fails(4, &["scene.json"]);
        assert_eq!(suite.text("a"), "{");
    }

    /// What is not looked at is not accepted.
    #[test]
    fn only_what_counts() {
        let suite = Suite::of(&[("a", "both")]);
        let before = suite.text("a");
        suite.accept("a", &["--only", "vtkProperty"]).run().ok();
        assert_eq!(changed(&before, &suite.text("a")), (1, 1));
        assert_eq!(left(&suite, "a").len(), 1);
    }
}
