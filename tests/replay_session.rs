//! `replay` of sessions: what was not recorded, strictness, steps, exactness. The sessions are written by hand, frame
//! by frame, and come in through `import`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::support::fake::single;
use crate::support::msgpack::pack;
use crate::support::process::Lines;
use crate::support::replay::Replay;
use crate::support::run::{Output, Running};
use crate::support::{fixture, scenectl, scratch};

/// A session as lines of frames.
#[derive(Default)]
struct Script(Vec<String>, u64);

impl Script {
    fn say(&mut self, time: f64, direction: &str, message: &Value) {
        let data = BASE64.encode(&single(&pack(message)));
        let line = json!({"t": time, "conn": 1, "dir": direction, "type": "binary", "b64": data});
        self.0.push(line.to_string());
    }

    fn call(&mut self, time: f64, method: &str, args: Value, kwargs: Value, outcome: (&str, Value)) {
        // As our client counts: from 1 on, behind the hello.
        let id = if self.0.is_empty() { String::from("system:c0:0") } else { format!("rpc:c1:{}", self.1) };
        self.1 += 1;
        self.say(time, "c2s", &json!({"wslink": "1.0", "id": id, "method": method, "args": args, "kwargs": kwargs}));
        let (key, value) = outcome;
        self.say(time + 0.01, "s2c", &json!({"wslink": "1.0", "id": id, key: value}));
    }

    /// A scene of one window, and after a second an update that makes it wider.
    fn scene() -> Self {
        let mut script = Self::default();
        let state = |width: u64, time: u64| {
            json!({"ClassName": "vtkRenderWindow", "Id": 1, "MTime": time, "Size": [width, 300],
                "SuperClassNames": ["vtkObjectBase", "vtkObject"], "vtk-object-manager-kept-alive": true})
        };
        let status = |time: u64| json!({"ids": [[1, time]], "hashes": [], "ignore_ids": [], "cameras": [], "force_push": [], "interactor": 0});
        let template = json!({"name": "app", "state": {"trame__template_main": "<vtk-local :render-window=\"1\" />"}});
        script.call(
            0.0,
            "wslink.hello",
            json!([{"secret": "(removed)"}]),
            json!({}),
            ("result", json!({"clientID": "c1", "maxMsgSize": 4194304})),
        );
        script.call(0.1, "trame.state.get", json!([]), json!({}), ("result", template));
        for (start, width, time) in [(0.2, 300, 5), (1.2, 400, 9)] {
            if start > 1.0 {
                let actions = json!([{"type": "method", "ref": "view", "method": "update", "args": [{}]}]);
                script.say(
                    1.0,
                    "s2c",
                    &json!({"wslink": "1.0", "id": "publish:trame.actions.topic:0", "result": actions}),
                );
                let changed = json!({"width": width});
                script.say(
                    1.05,
                    "s2c",
                    &json!({"wslink": "1.0", "id": "publish:trame.state.topic:0", "result": changed}),
                );
            }
            script.call(start, "vtklocal.get.status", json!([1]), json!({}), ("result", status(time)));
            let batch = json!({"states": [state(width, time)], "hashes": {}, "next": false});
            script.call(start + 0.1, "vtklocal.get.batch", json!([[1], []]), json!({}), ("result", batch));
        }
        script
    }

    fn write(&self, folder: &Path) -> PathBuf {
        let (lines, path) = (folder.join("script.frames.jsonl"), folder.join("script.mcap"));
        std::fs::write(&lines, self.0.join("\n")).unwrap();
        scenectl().arg("import").arg(&lines).args(["-q", "-f", "-o"]).arg(&path).run().ok();
        path
    }
}

/// A running replay, whose last line is its report.
struct Played {
    running: Running,
    lines: Lines,
    url: String,
}

impl Played {
    fn start(path: &Path, args: &[&str]) -> Self {
        let mut running = scenectl().arg("replay").arg(path).args(["--for", "60"]).args(args).limit(70).start();
        let lines = Lines::of(running.process.stdout());
        let ready: Value = serde_json::from_str(&lines.next(Duration::from_secs(30)).unwrap()).unwrap();
        Self { running, lines, url: ready["url"].as_str().unwrap().to_owned() }
    }

    fn call(&self, args: &[&str]) -> Output {
        scenectl().args(["call", &self.url]).args(args).run()
    }

    fn report(self, code: i32) -> Value {
        self.running.process.signal("INT");
        let line = self.lines.next(Duration::from_secs(30)).expect("a report");
        self.running.finish_with(std::thread::spawn(Vec::new)).code(code);
        serde_json::from_str(&line).unwrap()
    }
}

#[test]
fn calls_are_answered_from_the_tape() {
    let mut script = Script::scene();
    script.call(2.0, "app.add", json!([1, {"b": 2, "a": 1}]), json!({}), ("result", json!("first")));
    script.call(2.1, "app.add", json!([1, {"b": 2, "a": 1}]), json!({}), ("result", json!("second")));
    script.call(2.2, "app.add", json!([2, {"b": 2, "a": 1}]), json!({"x": [1.5]}), ("result", json!(["other"])));
    let raised = json!({"code": -32001, "message": "Exception raised", "data": {"method": "app.fail", "exception": "no", "trace": "t"}});
    script.call(2.3, "app.fail", json!([]), json!({}), ("error", raised));
    let folder = scratch();
    let path = script.write(folder.path());

    let played = Played::start(&path, &["--expect-all-played"]);
    // In order, then the last again; whatever the order of keys.
    for wanted in ["\"first\"", "\"second\"", "\"second\""] {
        assert_eq!(played.call(&["app.add", "1", "{\"a\":1,\"b\":2}"]).ok().text().trim(), wanted);
    }
    let other = played.call(&["app.add", "2", "{\"a\":1,\"b\":2}", "--kwarg", "x=[1.5]"]).ok();
    assert_eq!(other.json(), json!(["other"]));
    played.call(&["app.fail"]).fails(1, &["-32001"]);
    let report = played.report(0);
    assert_eq!((&report["ok"], &report["report"]["hits"]), (&json!(true), &json!(5)));

    // What is missing is told, with what comes nearest.
    let played = Played::start(&path, &["--strict"]);
    played.call(&["app.add", "3", "{\"a\":1,\"b\":2}"]).fails(1, &["-32601"]);
    played.call(&["trame.lifecycle.update", "\"client_connected\""]).ok();
    let report = played.report(1);
    let miss = report["report"]["misses"][0].as_str().unwrap();
    assert!(miss.contains("app.add") && miss.contains("nearest: app.add"), "{miss}");
    assert_eq!(report["report"]["unplayed"].as_array().unwrap().len(), 4);

    for (miss, wanted) in [("null", "null"), ("nearest", "\"first\"")] {
        let played = Played::start(&path, &["--miss", miss]);
        assert_eq!(played.call(&["app.add", "1", "{\"a\":1,\"b\":3}"]).ok().text().trim(), wanted);
    }
    let played = Played::start(&path, &["--expect-all-played"]);
    played.call(&["app.fail"]).code(1);
    assert_eq!(played.report(1)["report"]["unplayed"].as_array().unwrap().len(), 3);
}

#[test]
fn it_goes_by_steps_or_starts_in_the_middle() {
    let folder = scratch();
    let path = Script::scene().write(folder.path());
    let size = |url: &str| scenectl().args(["get", url, "1", "Size.0"]).run().ok().text().trim().to_owned();

    let played = Played::start(&path, &["--step"]);
    assert_eq!(size(&played.url), "300");
    assert_eq!(played.call(&["scenectl.step"]).ok().json(), json!({"update": 1, "left": 0, "time": 1.0}));
    assert_eq!(size(&played.url), "400");
    played.call(&["scenectl.step"]).fails(1, &["no more updates"]);

    let again = Played::start(&path, &["--step", "--loop"]);
    for _ in 0..3 {
        again.call(&["scenectl.step"]).ok();
    }
    assert_eq!(size(&again.url), "400");
    assert!(scenectl().args(["get", &again.url, "1", "MTime"]).run().ok().text().trim().parse::<u64>().unwrap() > 9);

    for args in [["--at", "update:1"], ["--at", "1.1s"]] {
        assert_eq!(size(&Played::start(&path, &args).url), "400");
    }
    assert_eq!(size(&Played::start(&path, &["--step", "--at", "0s"]).url), "300");
    let named = PathBuf::from(format!("{}@update:1", path.display()));
    assert_eq!(size(&Played::start(&named, &[]).url), "400");
    Played::start(&path, &[]).call(&["scenectl.step"]).fails(1, &["--step"]);
}

/// Everything that was published comes at its time, also what is no update.
#[test]
fn what_was_published_is_published() {
    let folder = scratch();
    let path = Script::scene().write(folder.path());
    let played = Played::start(&path, &["--speed", "2"]);
    let heard = scenectl().args(["sub", &played.url, "--count", "2", "--for", "20"]).limit(30).run().ok();
    let topics: Vec<Value> = heard.json_lines().iter().map(|line| line["topic"].clone()).collect();
    assert_eq!(topics, [json!("trame.actions.topic"), json!("trame.state.topic")]);
    assert_eq!(heard.json_lines()[1]["data"], json!({"width": 400}));
}

#[test]
fn the_messages_as_they_were() {
    let folder = scratch();
    let path = Script::scene().write(folder.path());
    let played = Played::start(&path, &["--exact", "--speed", "20"]);
    let pulled =
        scenectl().args(["pull", &played.url, "--watch", "--updates", "1", "--for", "10", "-q"]).limit(20).run();
    pulled.ok();
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = scratch();
    let path = Script::scene().write(folder.path());
    let snapshot = fixture("demo.wazex");
    for args in [&["--loop"][..], &["--step"], &["--strict"], &["--exact"], &["--at", "1s"]] {
        scenectl().arg("replay").arg(&snapshot).args(args).run().fails(2, &["no recording"]);
    }
    scenectl().arg("replay").arg(&path).args(["--speed", "0"]).run().code(2);
    scenectl().arg("replay").arg(&path).args(["--at", "update:9"]).run().fails(2, &["no update 9"]);
    scenectl().arg("replay").arg(&path).args(["--exact", "--step"]).run().code(2);
}

/// The recorded calls are made to a live server: here to a replay of the same session, and to another scene's.
#[test]
fn a_live_server_is_compared_with_the_tape() {
    let mut script = Script::scene();
    script.call(2.0, "app.add", json!([1]), json!({"n": 2}), ("result", json!("three")));
    script.call(2.1, "application.exit", json!([]), json!({}), ("result", Value::Null));
    let folder = scratch();
    let path = script.write(folder.path());
    let same = Played::start(&path, &["--step", "--at", "update:1"]);
    let verify =
        |url: &str, code: i32| scenectl().arg("replay").arg(&path).args(["--verify", url]).run().code(code).json();

    // The first hydration was of a smaller window: just that is told.
    let told = verify(&same.url, 1);
    assert_eq!((&told["verified"]["calls"], &told["verified"]["skipped"]), (&json!(6), &json!(1)));
    let drift = told["verified"]["drift"].as_array().unwrap();
    assert_eq!((drift.len(), &drift[0]["what"]), (1, &json!("vtkRenderWindow #1: Size")), "{told}");

    let other = Replay::start(&fixture("demo.wazex"), &[]);
    let told = verify(&other.url, 1).to_string();
    assert!(told.contains("are new") && told.contains("an error instead of a result"), "{told}");
    scenectl().arg("replay").arg(&path).args(["--verify", "127.0.0.1:1"]).run().code(4);
    scenectl().arg("replay").arg(fixture("demo.wazex")).args(["--verify", &other.url]).run().code(2);
}
