//! What `check` prints.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use console::Style;
use serde::Serialize;
use serde_json::value::RawValue;

use super::say;
use super::verdict::{Status, Verdict};
use crate::cli::CheckArgs;
use crate::commands::Context;
use crate::render::differences::{self, Names};
use crate::render::{count, seconds};

/// One line a scene, what differs below it, and how many of each there are.
pub(super) fn print(context: &mut Context, verdicts: &[Verdict], args: &CheckArgs, time: Duration) -> Result<()> {
    if args.json {
        context.out.line(document(verdicts)?)?;
    } else {
        people(context, verdicts)?;
    }
    if is_on_github() && !args.json {
        for verdict in verdicts.iter().filter(|verdict| !verdict.is_well()) {
            context.out.line(annotation(verdict))?;
        }
    }
    // The last line is on stderr: at a terminal it comes last, too.
    context.out.flush()?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    verdicts.iter().for_each(|verdict| *counts.entry(verdict.word()).or_default() += 1);
    let parts: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
    let scenes = count(verdicts.len() as u64, "scene");
    say(context, &format!("{scenes} in {}: {}", seconds(time), parts.join(", ")));
    Ok(())
}

fn people(context: &mut Context, verdicts: &[Verdict]) -> Result<()> {
    let width = verdicts.iter().map(|verdict| verdict.name.chars().count()).max().unwrap_or_default().min(48);
    let quiet = context.global.quiet;
    let out = &mut context.out;
    for verdict in verdicts.iter().filter(|verdict| !(quiet && verdict.is_well())) {
        let style = match verdict.status {
            Status::Equal | Status::Accepted => Style::new().green(),
            Status::Removed | Status::New | Status::Missing => Style::new().yellow(),
            Status::Differs(_) | Status::Failed(_) => Style::new().red(),
        };
        let word = out.paint(&format!("{:8}", verdict.word()), style);
        let name = crate::scene::without_controls(&verdict.name).into_owned();
        out.line(format!("{word}  {name:width$}  {}", verdict.text()).trim_end())?;
        for line in &verdict.lines {
            // A property may be called like a command to the build server.
            let is_command = line.iter().map(|(text, _)| text.trim_start()).find(|text| !text.is_empty());
            let indent = if is_command.is_some_and(|text| text.starts_with("::")) && is_on_github() {
                "          | "
            } else {
                "            "
            };
            differences::styled(out, indent, line)?;
        }
        if verdict.more > 0 {
            out.line(format!("            … and {} more lines (--details N, or `scenectl diff`)", verdict.more))?;
        }
    }
    Ok(())
}

fn is_on_github() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// A line that GitHub shows beside the baseline in the pull request.
fn annotation(verdict: &Verdict) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let details = super::junit::details(verdict);
    let text = if details.is_empty() { verdict.text() } else { format!("{}\n{details}", verdict.text()) };
    format!(
        "::error file={},title={}::{}",
        property(&verdict.baseline.join(crate::snapshot::baseline::FILE).display().to_string()),
        property(&format!("scene {} {}", verdict.name, verdict.word())),
        escape(&text)
    )
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    ok: bool,
    scenes: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    status: &'static str,
    run: Option<String>,
    baseline: String,
    message: String,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<Box<RawValue>>,
}

fn document(verdicts: &[Verdict]) -> Result<String> {
    let mut scenes = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        let run = verdict.run.as_ref().map(|run| run.display().to_string());
        let baseline = verdict.baseline.display().to_string();
        let diff = match &verdict.status {
            Status::Differs(found) => {
                let names = Names { a: baseline.clone(), b: run.clone().unwrap_or_default() };
                Some(RawValue::from_string(differences::document(&names, found)?)?)
            }
            _ => None,
        };
        let seconds = verdict.time.as_secs_f64();
        let (status, message) = (verdict.word(), verdict.text());
        scenes.push(Entry { name: &verdict.name, status, run, baseline, message, seconds, diff });
    }
    let ok = verdicts.iter().all(Verdict::is_well);
    Ok(serde_json::to_string(&Document { version: 1, ok, scenes })?)
}
