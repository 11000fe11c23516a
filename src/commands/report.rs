//! `report`: what to attach to a bug, and nothing that should not leave the house.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::info::Page;
use super::load::{Loaded, load_for, outcome};
use super::{Context, Outcome, UsageError};
use crate::analysis::doctor::{self, Severity};
use crate::analysis::redact::{Removed, redact, without_secrets};
use crate::analysis::usage::Usage;
use crate::cli::{ConnectionArgs, ReportArgs, TopBy};
use crate::protocol::{self, Update};
use crate::render::{Out, bytes, count, note, print_findings, print_tree};
use crate::scene::{ObjectId, Scene};
use crate::snapshot::{self, WriteOptions};
use crate::source::Source;

/// Rows of the table of `top`.
const ROWS: usize = 100;

pub(super) fn run(context: &mut Context, args: ReportArgs) -> Result<Outcome> {
    if !args.output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        let text = format!("{}: a report is written as a .zip", args.output.display());
        return Err(UsageError { text, hint: Some("for instance -o report.zip") }.into());
    }
    snapshot::check_output(&args.output, args.force)?;
    let source = Source::parse(&args.source.source)?;
    if let Source::Snapshot(path) = &source
        && matches!((path.canonicalize(), args.output.canonicalize()), (Ok(a), Ok(b)) if a == b)
    {
        let text = format!("{} is the scene itself: a report lacks its blobs and texts", args.output.display());
        return Err(UsageError { text, hint: Some("give the report another name") }.into());
    }
    let mut loaded = load_for(context, &args.source, true)?;
    let (scene, mut removed) = if args.no_redact { (loaded.scene.clone(), Vec::new()) } else { redact(&loaded.scene) };
    removed.sort_by_key(|entry| entry.what);
    loaded.scene = scene;
    let mut left_out = secrets_of(&args.source.connection);
    let with_blobs = loaded.scene.blobs().len() as u64;
    if !args.blobs && with_blobs > 0 {
        let size = bytes(loaded.scene.blob_bytes());
        left_out.push(format!("{} ({size}); --blobs includes them", count(with_blobs, "blob")));
    }
    // Folders tell whose they are.
    let source = match &source {
        Source::Snapshot(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        _ => source.name(),
    };
    let source = if args.no_redact { source } else { without_secrets(&source).into_owned() };
    let entries = entries(&loaded, &source, &removed, &left_out)?;
    if !args.blobs {
        loaded.scene.retain_blobs(|_| false);
    }
    let options = WriteOptions { force: args.force, compress: true, ..WriteOptions::default() };
    snapshot::write_with(&loaded.scene, &entries, &args.output, &options)?;
    if args.json {
        let document = json!({
            "version": 1,
            "output": args.output,
            "entries": entries.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "blobs": args.blobs,
            "removed": removed.iter().map(removed_json).collect::<Vec<_>>(),
            "left_out": left_out,
        });
        context.out.line(document.to_string())?;
    } else {
        for line in told(&removed, &left_out) {
            context.out.line(line)?;
        }
        if !context.global.quiet {
            let size = std::fs::metadata(&args.output).map(|file| file.len()).unwrap_or_default();
            note(format!("wrote {} ({})", args.output.display(), bytes(size)));
        }
    }
    Ok(outcome(loaded.incomplete))
}

/// What was given to connect with, which is in no file of the report.
fn secrets_of(args: &ConnectionArgs) -> Vec<String> {
    let mut left_out = Vec::new();
    if args.secret.is_some() || args.secret_file.is_some() {
        left_out.push(String::from("the secret"));
    }
    for (n, noun) in [(args.header.len(), "header"), (args.cookie.len(), "cookie")] {
        if n > 0 {
            left_out.push(format!("{} of the handshake", count(n as u64, noun)));
        }
    }
    if !args.launcher.launcher_config.is_empty() {
        left_out.push(String::from("what the launcher was told"));
    }
    left_out
}

fn told(removed: &[Removed], left_out: &[String]) -> Vec<String> {
    const SHOWN: usize = 5;
    let ids = |objects: &[ObjectId]| {
        let shown: Vec<String> = objects.iter().take(SHOWN).map(ToString::to_string).collect();
        let more = if objects.len() > SHOWN { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    };
    let mut lines: Vec<String> = removed
        .iter()
        .map(|entry| format!("removed   {}: {} (in objects {})", entry.what, entry.times, ids(&entry.objects)))
        .collect();
    lines.extend(left_out.iter().map(|what| format!("left out  {what}")));
    if removed.is_empty() {
        lines.push(String::from("removed   nothing: no text in the states looks like a secret or a user's name"));
    }
    lines
}

fn removed_json(entry: &Removed) -> Value {
    json!({"what": entry.what, "times": entry.times, "objects": entry.objects})
}

/// The report's own files.
fn entries(loaded: &Loaded, source: &str, removed: &[Removed], left_out: &[String]) -> Result<Vec<(String, Vec<u8>)>> {
    let scene = &loaded.scene;
    let from: Vec<ObjectId> = scene.roots.iter().map(|root| root.id.clone()).collect();
    let rules = protocol::by_dialect(scene.dialect().name()).map(protocol::Protocol::rules);
    let diagnosis = doctor::diagnose(scene, rules, &doctor::Options::default());
    let usage = Usage::new(scene, true);
    let page = Page::new(source.to_owned(), scene, loaded.server.clone());
    let summary = json!({
        "version": 1,
        "scenectl": env!("CARGO_PKG_VERSION"),
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "info": page.json(),
        "timings_ms": loaded.update.as_ref().map(|update| timings(loaded, update)),
        "losses": loaded.update.iter().flat_map(|update| &update.losses).map(ToString::to_string).collect::<Vec<_>>(),
        "errors": diagnosis.count(Severity::Error),
        "warnings": diagnosis.count(Severity::Warning),
        "removed": removed.iter().map(removed_json).collect::<Vec<_>>(),
        "left_out": left_out,
    });
    let tree = Out::to_text(|out| print_tree(out, scene, &scene.tree(&from, usize::MAX)))?;
    let findings = Out::to_text(|out| print_findings(out, &diagnosis, true))?;
    let top = Out::to_text(|out| super::top::table::print(out, &usage, TopBy::Array, ROWS))?;
    let classes = Out::to_text(|out| super::top::table::print(out, &usage, TopBy::Class, ROWS))?;
    let pretty = |value: &Value| serde_json::to_string_pretty(value).map(|text| (text + "\n").into_bytes());
    Ok(vec![
        (String::from("report/README.txt"), readme(source, removed, left_out, scene).into_bytes()),
        (String::from("report/report.json"), pretty(&summary)?),
        (String::from("report/tree.txt"), tree),
        (String::from("report/doctor.txt"), findings),
        (String::from("report/doctor.json"), pretty(&super::doctor::json(source, scene, &diagnosis))?),
        (String::from("report/top.txt"), [top, b"\n".to_vec(), classes].concat()),
    ])
}

fn timings(loaded: &Loaded, update: &Update) -> BTreeMap<&'static str, f64> {
    let ms = |time: std::time::Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
    let mut timings = BTreeMap::from([
        ("status", ms(update.status_time)),
        ("states", ms(update.states_time)),
        ("blobs", ms(update.blobs_time)),
        ("waiting", ms(update.waiting)),
    ]);
    if let Some(server) = &loaded.server {
        timings.extend([("connect", ms(server.connect_time)), ("roots", ms(server.discover_time))]);
    }
    timings
}

fn readme(source: &str, removed: &[Removed], left_out: &[String], scene: &Scene) -> String {
    let objects = count(scene.objects().len() as u64, "object");
    format!(
        "A report of scenectl {} about {source}: {objects}.\n\n\
         report/report.json   versions, counts, timings, what was removed\n\
         report/tree.txt      the objects as a tree\n\
         report/doctor.txt    what will not show, and why (doctor.json: for programs)\n\
         report/top.txt       what makes it big\n\
         states/, blobs/ and the files beside them make this file a snapshot: `scenectl tree FILE` reads it.\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        told(removed, left_out).join("\n")
    )
}
