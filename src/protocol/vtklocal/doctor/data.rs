//! Points that are places, and cells that refer to points that are there.

use crate::analysis::doctor::{BlobHealth, Contents, Draft, Exam, Patient};

use super::codes::{BAD_POINTS, INDEX};
use super::object::Object;
use super::scenery::{CELLS, Points, points};

pub(super) fn rule(exam: &Exam<'_>, patient: &Patient<'_>) -> Vec<Draft> {
    if !patient.head.is_a("vtkPointSet") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let Some(data) = Object::new(patient) else { return found };
    let count = match points(exam, &data) {
        // A text that was never drawn has cells and no points yet: nothing to draw is for another rule.
        Points::Unknown | Points::None => return found,
        Points::Array(id, count) => {
            if let Some(contents) = exam.contents(id).filter(|contents| contents.nan + contents.infinite > 0) {
                found.push(Draft::of(&BAD_POINTS, data.id(), bad_points(contents)).at("Points"));
            }
            count
        }
    };
    for name in CELLS {
        let Some(cells) = data.follow(exam, name) else { continue };
        if let Some(text) = bad_cells(exam, &cells, count) {
            found.push(Draft::of(&INDEX, data.id(), text).at(name));
        }
    }
    found
}

fn bad_points(contents: &Contents) -> String {
    let mut kinds = Vec::new();
    if contents.nan > 0 {
        kinds.push(format!("{} NaN", contents.nan));
    }
    if contents.infinite > 0 {
        kinds.push(format!("{} infinite", contents.infinite));
    }
    let all = contents.tuples.saturating_mul(contents.components);
    let first = contents.first_bad.map(|first| format!(", the first in point {first}")).unwrap_or_default();
    format!("of {all} coordinates {} are no places ({}){first}", contents.nan + contents.infinite, kinds.join(", "))
}

/// What does not fit in a list of cells.
fn bad_cells(exam: &Exam<'_>, cells: &Object<'_, '_>, points: u64) -> Option<String> {
    let array = |name: &str| {
        let id = cells.reference(name)?;
        exam.contents(&id).filter(|contents| {
            let is_integer = contents.element.is_some_and(|element| !element.is_float());
            contents.health == BlobHealth::Sound && is_integer && contents.range().is_some()
        })
    };
    let (offsets, connectivity) = (array("Offsets")?, array("Connectivity")?);
    let (ids, ends) = (connectivity.range(), offsets.range());
    let length = connectivity.tuples;
    if ids.min < 0.0 {
        return Some(format!("a cell refers to point {}: ids count from 0", ids.min));
    }
    if ids.max >= points as f64 {
        return Some(format!("a cell refers to point {}, and there are {points}, from 0 on", ids.max));
    }
    if !offsets.rising || ends.min < 0.0 || ends.max > length as f64 {
        return Some(format!(
            "the offsets of its cells ({} to {}) do not fit a connectivity of {length} ids",
            ends.min, ends.max
        ));
    }
    None
}
