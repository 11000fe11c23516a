//! `report`: what is in it, and what is not.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::support::files::Content;
use crate::support::{fixture, scenectl, scratch};

/// One of the report's own files.
fn entry(report: &Path, name: &str) -> String {
    let name = name.strip_prefix("report/").unwrap();
    String::from_utf8(Content::of(report).others.remove(name).unwrap_or_else(|| panic!("{name} is not there"))).unwrap()
}

#[test]
fn it_is_a_snapshot_with_more() {
    let folder = scratch();
    let report = folder.path().join("report.zip");
    let said = scenectl().arg("report").arg(fixture("broken/assembly.wazex")).arg("-o").arg(&report).run().ok();
    assert!(said.text().contains("left out") && said.text().contains("--blobs"), "{}", said.text());
    assert!(entry(&report, "report/doctor.txt").contains("error E101"));
    assert!(entry(&report, "report/tree.txt").contains("vtkPropCollection"));
    assert!(entry(&report, "report/top.txt").contains("BYTES"));
    let summary: Value = serde_json::from_str(&entry(&report, "report/report.json")).unwrap();
    assert_eq!((&summary["errors"], &summary["info"]["protocol"]), (&1.into(), &"vtklocal".into()));
    assert_eq!(summary["timings_ms"], Value::Null);
    scenectl().arg("tree").arg(&report).run().ok();
    scenectl().arg("report").arg(fixture("demo.wazex")).arg("-o").arg(&report).run().fails(2, &["--force"]);
    scenectl().arg("report").arg(fixture("demo.wazex")).arg("-f").arg("-o").arg(&report).arg("--blobs").run().ok();
    let (ours, demo) = (Content::of(&report), Content::of(&fixture("demo.wazex")));
    assert!(ours.states == demo.states && ours.blobs == demo.blobs);
    scenectl().arg("diff").arg(fixture("demo.wazex")).arg(&report).run().ok();
}

#[test]
fn nothing_secret_is_in_it() {
    let folder = scratch();
    let (scene, report) = (folder.path().join("scene.wazex"), folder.path().join("report.zip"));
    let texts = r#"Input="https://me:pw-word@host/?token=t0k3n see /home/alice/data, password: hunter2""#;
    scenectl().arg("set").arg(fixture("demo.wazex")).args(["vtkTextActor", texts, "-o"]).arg(&scene).run().ok();
    let args = ["--secret", "s3cret", "--header", "Authorization: Bearer b34rer", "--cookie", "a=c00kie", "--json"];
    let said = scenectl().arg("report").arg(&scene).arg("-o").arg(&report).args(args).run().ok().json();
    assert_eq!(said["removed"].as_array().unwrap().len(), 3, "{said}");
    let mut bytes = Vec::new();
    let content = Content::of(&report);
    content.others.into_values().chain(content.states.into_values()).for_each(|entry| bytes.extend(entry));
    std::fs::File::open(&report).unwrap().read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for secret in ["pw-word", "t0k3n", "alice", "hunter2", "s3cret", "b34rer", "c00kie"] {
        assert!(!text.contains(secret), "{secret}");
    }
    // The rest of the text is there, and so is the scene.
    let left = scenectl().arg("get").arg(&report).args(["vtkTextActor", "Input"]).run().ok();
    assert!(left.text().contains("https://REMOVED@host/?token=REMOVED see /home/REMOVED/data, password: REMOVED"));
    scenectl().arg("report").arg(&scene).arg("-f").arg("-o").arg(&report).arg("--no-redact").run().ok();
    let left = scenectl().arg("get").arg(&report).args(["vtkTextActor", "Input"]).run().ok();
    assert!(left.text().contains("alice"));
}

#[test]
fn a_live_one_has_timings() {
    let folder = scratch();
    let report = folder.path().join("report.zip");
    scenectl().args(["report", "demo:", "-q", "-o"]).arg(&report).run().ok();
    let summary: Value = serde_json::from_str(&entry(&report, "report/report.json")).unwrap();
    assert!(summary["timings_ms"]["states"].is_number(), "{summary}");
    for bad in ["folder/", "-", "report.txt"] {
        scenectl().args(["report", "demo:", "-o", bad]).current_dir(folder.path()).run().fails(2, &["hint:"]);
    }
}
