//! Findings for people.

use std::io;

use console::Style;

use super::{Out, count};
use crate::analysis::doctor::{Code, Diagnosis, Finding, Severity};
use crate::scene::without_controls;

/// Findings of one code that are shown before the rest is only counted.
const SHOWN: usize = 10;
/// Columns that texts are wrapped to.
const WIDTH: usize = 100;

/// Prints findings: a block each, the first of each code unless `all` are wanted, and a last line that counts.
///
/// # Errors
/// As [`Out::line`].
pub fn print_findings(out: &mut Out, diagnosis: &Diagnosis, all: bool) -> io::Result<()> {
    let mut rest = diagnosis.findings.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|finding| finding.code == first.code).count();
        let (group, others) = rest.split_at(length);
        let shown = if all { length } else { length.min(SHOWN) };
        let mut advice = "";
        for finding in group.iter().take(shown) {
            print_finding(out, finding, advice)?;
            advice = &finding.advice;
        }
        let hidden = (length - shown) as u64 + diagnosis.omitted.get(first.code.name).copied().unwrap_or_default();
        if hidden > 0 {
            let hint = if all { "" } else { "; --all shows them" };
            out.line(format!("… and {hidden} more {} like these{hint}\n", first.code.name))?;
        }
        rest = others;
    }
    let counted = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let counted: Vec<String> = counted
        .into_iter()
        .map(|(severity, noun)| (diagnosis.count(severity), noun))
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| count(n, noun))
        .collect();
    out.line(counted.join(", "))
}

/// The advice is left out where it is that of the block before.
fn print_finding(out: &mut Out, finding: &Finding, advice_before: &str) -> io::Result<()> {
    let head = out.paint(&format!("{} {}", finding.severity.name(), finding.code.name), style(finding.severity));
    let class = match (&finding.class, &finding.id) {
        (Some(class), Some(id)) => format!("  {} {}", without_controls(class), id.label()),
        (None, Some(id)) => format!("  {}", id.label()),
        _ => String::new(),
    };
    let place = out.paint(&without_controls(&finding.place), Style::new().bold());
    out.line(format!("{head}  {place}{class}"))?;
    out.line(wrapped(&finding.text, "  ", "  "))?;
    if finding.advice != advice_before {
        out.line(wrapped(&finding.advice, "  → ", "    "))?;
    }
    out.line("")
}

/// Prints what a code means.
///
/// # Errors
/// As [`Out::line`].
pub fn print_code(out: &mut Out, code: &Code) -> io::Result<()> {
    let head = out.paint(&format!("{} {}", code.severity().name(), code.name), style(code.severity()));
    out.line(format!("{head}: {}\n", code.title))?;
    out.line(wrapped(code.explanation, "", ""))?;
    out.line("")?;
    out.line(wrapped(code.advice, "→ ", "  "))
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => Style::new().red().bold(),
        Severity::Warning => Style::new().yellow().bold(),
        Severity::Info => Style::new().cyan().bold(),
    }
}

/// Text in lines that are not too long, each after an indent.
fn wrapped(text: &str, first: &str, next: &str) -> String {
    let text = without_controls(text);
    let mut lines = first.to_owned();
    let mut width = first.chars().count();
    for (k, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if k > 0 && width + 1 + length > WIDTH {
            lines.push('\n');
            lines.push_str(next);
            width = next.chars().count();
        } else if k > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    lines
}
