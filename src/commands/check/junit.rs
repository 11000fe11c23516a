//! The report for build servers.

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::verdict::{Status, Verdict};

/// JUnit XML: a test case a scene.
pub(super) fn document(verdicts: &[Verdict]) -> Result<String> {
    let mut report = Report::new("scenectl check");
    let mut suite = TestSuite::new("scenes");
    for verdict in verdicts {
        let mut status = match verdict.status {
            Status::Equal | Status::Accepted | Status::Removed => TestCaseStatus::success(),
            Status::Differs(_) | Status::New | Status::Missing => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Status::Failed(_) => TestCaseStatus::non_success(NonSuccessKind::Error),
        };
        if !verdict.is_well() {
            status.set_type(verdict.word());
            status.set_message(xml(&verdict.text()));
            status.set_description(xml(&details(verdict)));
        }
        let mut case = TestCase::new(xml(&verdict.name), status);
        case.set_classname("scenectl.check");
        case.set_time(verdict.time);
        suite.add_test_case(case);
    }
    report.add_test_suite(suite);
    Ok(report.to_string()?)
}

/// Text without the two characters that XML cannot hold, and that its writer lets through.
fn xml(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// The differences as plain text.
pub(super) fn details(verdict: &Verdict) -> String {
    let mut lines: Vec<String> =
        verdict.lines.iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect();
    if verdict.more > 0 {
        lines.push(format!("… and {} more lines", verdict.more));
    }
    lines.join("\n")
}
