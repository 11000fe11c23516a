//! What is wrong with a scene: findings with stable codes.
//!
//! Rules that hold for every protocol are here; those that need to know properties are a protocol's
//! [`Rules`], in its own folder. All of them only look: nothing here reads a file or a socket.

mod blobs;
pub mod codes;
mod contents;
mod exam;
mod finding;
mod places;
mod references;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use codes::Code;
pub use contents::{BlobHealth, Contents};
pub use exam::{ClientClasses, Exam, Patient};
pub use finding::{Draft, Finding, Severity};

pub use crate::scene::Range;
use crate::scene::Scene;
use places::Places;

/// Findings of one code that are kept; the rest is counted. A broken scene may have one per element of a list.
const MOST_OF_A_CODE: usize = 10_000;

/// The rules of one protocol.
pub trait Rules: Sync {
    /// The codes that these rules find.
    fn codes(&self) -> &'static [&'static Code];

    /// Looks at a scene.
    fn examine(&self, exam: &Exam<'_>, found: &mut Vec<Draft>);

    /// Reads the classes that a client can build, and its version, out of a part of its program. Parts
    /// overlap, so that nothing is cut.
    fn read_client(&self, part: &[u8], classes: &mut ClientClasses);
}

/// What to look for, and what to make of it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the client can build.
    pub client: Option<ClientClasses>,
    /// Codes that are errors here.
    pub deny: BTreeSet<String>,
    /// All warnings are errors.
    pub deny_warnings: bool,
    /// Codes that are left out.
    pub allow: BTreeSet<String>,
    /// What was found elsewhere, such as on a live server.
    pub also: Vec<Draft>,
}

/// What came of an examination.
#[derive(Clone, Debug, Default)]
pub struct Diagnosis {
    /// The findings: errors first, then by code, then in the order of the objects.
    pub findings: Vec<Finding>,
    /// How many more there are of a code than were kept.
    pub omitted: BTreeMap<&'static str, u64>,
}

impl Diagnosis {
    /// How many findings are this bad, those that were not kept included.
    pub fn count(&self, severity: Severity) -> u64 {
        let mut of_code: BTreeMap<&str, u64> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.severity == severity) {
            *of_code.entry(finding.code.name).or_default() += 1;
        }
        of_code.iter().map(|(name, count)| count + self.omitted.get(name).copied().unwrap_or_default()).sum()
    }
}

/// Examines a scene.
pub fn diagnose(scene: &Scene, rules: Option<&dyn Rules>, options: &Options) -> Diagnosis {
    let exam = Exam::new(scene, options.client.as_ref());
    let mut drafts = options.also.clone();
    references::rules(&exam, &mut drafts);
    blobs::rules(&exam, &mut drafts);
    if let Some(rules) = rules {
        rules.examine(&exam, &mut drafts);
    }
    conclude(&exam, drafts, options)
}

/// Sorts, names the places, and follows `--deny` and `--allow`.
fn conclude(exam: &Exam<'_>, mut drafts: Vec<Draft>, options: &Options) -> Diagnosis {
    let severity = |code: &'static Code| {
        let denied = options.deny.contains(code.name);
        if denied || (options.deny_warnings && code.severity() == Severity::Warning) {
            Severity::Error
        } else {
            code.severity()
        }
    };
    drafts.retain(|draft| !options.allow.contains(draft.code.name));
    drafts.sort_by(|a, b| {
        let key = |draft: &Draft| (severity(draft.code), draft.code.name);
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    let mut diagnosis = Diagnosis::default();
    let places = Places::new(exam.scene, &exam.graph);
    let mut of_code = (0, "");
    for draft in drafts {
        of_code = if of_code.1 == draft.code.name { (of_code.0 + 1, of_code.1) } else { (1, draft.code.name) };
        if of_code.0 > MOST_OF_A_CODE {
            *diagnosis.omitted.entry(draft.code.name).or_default() += 1;
            continue;
        }
        let class = draft.id.as_ref().and_then(|id| exam.object(id)).map(|patient| patient.head.class.to_string());
        diagnosis.findings.push(Finding {
            code: draft.code,
            severity: severity(draft.code),
            place: places.of(draft.id.as_ref(), &draft.place),
            id: draft.id,
            class: class.filter(|class| !class.is_empty()),
            text: draft.text,
            advice: draft.advice.map_or(Cow::Borrowed(draft.code.advice), Cow::Owned),
        });
    }
    diagnosis
}
