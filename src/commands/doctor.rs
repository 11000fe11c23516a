//! `doctor`: what will not show, and why.

use anyhow::Result;
use serde_json::{Value, json};

use super::load::{Loaded, load, load_and_probe, outcome};
use super::{Context, Outcome, UsageError};
use crate::analysis::doctor::{self, Code, Diagnosis, Finding, Options, Severity};
use crate::cli::{DoctorArgs, DoctorWhat, SourceArgs};
use crate::protocol;
use crate::render::{bytes, count, print_code, print_findings, warn};
use crate::scene::Scene;
use crate::source::{Source, read_bundle};

/// The version of the JSON.
const VERSION: u64 = 1;

pub(super) fn run(context: &mut Context, args: DoctorArgs) -> Result<Outcome> {
    if args.what.explain.is_some() {
        return explain(context, &args.what);
    }
    options(&args.what)?;
    // Only a launcher needs no source.
    let source = args.source.unwrap_or_else(|| String::from("launcher:"));
    let source = SourceArgs { source, connection: args.connection };
    let loaded = match args.probe {
        Some(time) => load_and_probe(context, &source, time)?,
        None => load(context, &source)?,
    };
    show(context, &loaded, &Source::parse(&source.source)?.name(), &args.what)
}

fn explain(context: &mut Context, args: &DoctorWhat) -> Result<Outcome> {
    if let Some(name) = &args.explain {
        print_code(&mut context.out, code(name)?)?;
    }
    Ok(Outcome::Done)
}

/// What there is to say of a scene; `source` is what to call where it is from.
pub(super) fn show(context: &mut Context, loaded: &Loaded, source: &str, args: &DoctorWhat) -> Result<Outcome> {
    if args.explain.is_some() {
        return explain(context, args);
    }
    let mut options = options(args)?;
    options.also.clone_from(&loaded.probed);
    let scene = &loaded.scene;
    let rules = protocol::by_dialect(scene.dialect().name()).map(protocol::Protocol::rules);
    if let (Some(path), Some(rules)) = (&args.bundle, rules) {
        options.client = Some(read_bundle(path, rules)?);
    }
    if scene.without_blobs && !context.global.quiet {
        warn("a baseline without its blobs: what is in the arrays was not looked at");
    }
    let diagnosis = doctor::diagnose(scene, rules, &options);
    if args.json {
        context.out.line(json(source, scene, &diagnosis).to_string())?;
    } else if diagnosis.findings.is_empty() {
        context.out.line(format!(
            "no findings: {}, {} ({})",
            count(scene.objects().len() as u64, "object"),
            count(scene.blobs().len() as u64, "blob"),
            bytes(scene.blob_bytes())
        ))?;
    } else {
        print_findings(&mut context.out, &diagnosis, args.all)?;
    }
    Ok(if diagnosis.count(Severity::Error) > 0 { Outcome::No } else { outcome(loaded.incomplete) })
}

fn code(name: &str) -> Result<&'static Code, UsageError> {
    protocol::codes().into_iter().find(|code| code.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let list: Vec<&str> = protocol::codes().iter().map(|code| code.name).collect();
        let hint = Some("findings carry their code; docs/doctor-codes.md lists what they mean");
        UsageError { text: format!("there is no code `{name}`; there are {}", list.join(" ")), hint }
    })
}

fn options(args: &DoctorWhat) -> Result<Options, UsageError> {
    let mut options = Options::default();
    for name in &args.deny {
        if name == "warnings" {
            options.deny_warnings = true;
        } else {
            options.deny.insert(code(name)?.name.to_owned());
        }
    }
    for name in &args.allow {
        options.allow.insert(code(name)?.name.to_owned());
    }
    Ok(options)
}

pub(super) fn json(source: &str, scene: &Scene, diagnosis: &Diagnosis) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "code": finding.code.name,
            "severity": finding.severity.name(),
            "title": finding.code.title,
            "place": finding.place,
            "id": finding.id,
            "class": finding.class,
            "text": finding.text,
            "advice": finding.advice,
        })
    };
    json!({
        "version": VERSION,
        "source": source,
        "protocol": scene.dialect().name(),
        "objects": scene.objects().len(),
        "blobs": scene.blobs().len(),
        "blob_bytes": scene.blob_bytes(),
        "findings": diagnosis.findings.iter().map(finding).collect::<Vec<_>>(),
        "omitted": diagnosis.omitted,
        "errors": diagnosis.count(Severity::Error),
        "warnings": diagnosis.count(Severity::Warning),
        "infos": diagnosis.count(Severity::Info),
    })
}
