//! What is wrong with viser's scenes: the rules that need to know its messages.

mod arrays;
mod codes;
mod controls;
mod nodes;
mod state;

use super::properties::Properties;
use crate::analysis::doctor::{ClientClasses, Code, Draft, Exam, Rules};

/// The rules of viser's scenes.
#[derive(Clone, Copy, Debug)]
pub struct ViserRules;

impl Rules for ViserRules {
    fn codes(&self) -> &'static [&'static Code] {
        &codes::ALL
    }

    fn examine(&self, exam: &Exam<'_>, found: &mut Vec<Draft>) {
        found.extend(exam.each(|patient| {
            let Some(state) = Properties::of(patient) else { return Vec::new() };
            let mut found = nodes::rule(exam, patient, &state);
            found.extend(arrays::rule(exam, patient, &state));
            found.extend(controls::rule(patient, &state));
            found
        }));
        nodes::visibility(exam, found);
    }

    /// viser's client comes with its server: there are no others.
    fn read_client(&self, _part: &[u8], _classes: &mut ClientClasses) {}
}

#[cfg(test)]
mod tests;
