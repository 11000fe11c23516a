//! What is wrong with VTK.wasm scenes: the rules that need to know VTK's properties.

mod camera;
mod classes;
pub(super) mod codes;
mod data;
mod geometry;
mod lists;
mod object;
mod props;
mod roots;
mod scalars;
mod scenery;

use crate::analysis::doctor::{ClientClasses, Code, Draft, Exam, Rules};

/// The rules of VTK.wasm scenes.
#[derive(Clone, Copy, Debug)]
pub struct VtkRules;

impl Rules for VtkRules {
    fn codes(&self) -> &'static [&'static Code] {
        &codes::ALL
    }

    fn examine(&self, exam: &Exam<'_>, found: &mut Vec<Draft>) {
        roots::rules(exam, found);
        classes::rule(exam, found);
        found.extend(exam.each(|patient| {
            let mut found = lists::rule(exam, patient);
            found.extend(data::rule(exam, patient));
            found
        }));
        let windows = scenery::windows(exam);
        props::rules(exam, &windows, found);
        scalars::rules(exam, &windows, found);
        camera::rules(exam, &windows, found);
    }

    fn read_client(&self, part: &[u8], classes: &mut ClientClasses) {
        classes::read_client(part, classes);
    }
}
