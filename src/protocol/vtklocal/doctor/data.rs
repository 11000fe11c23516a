//! Points that are places, and cells that refer to points that are there.

use crate::analysis::doctor::codes::BLOB_MISSING;
use crate::analysis::doctor::{BlobHealth, Contents, Draft, Exam, Patient};
use crate::scene::Role;

use super::codes::{BAD_POINTS, INDEX, SHORT_ARRAY};
use super::object::Object;
use super::scenery::{CELLS, Points, points};

pub(super) fn rule(exam: &Exam<'_>, patient: &Patient<'_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if patient.role == Some(Role::Array) {
        found.extend(nameless(exam, patient));
    }
    if patient.head.is_a("vtkDataSet") {
        found.extend(Object::new(patient).map(|data| short_arrays(exam, &data)).unwrap_or_default());
    }
    if !patient.head.is_a("vtkPointSet") {
        return found;
    }
    let Some(data) = Object::new(patient) else { return found };
    let count = match points(exam, &data) {
        // A text that was never drawn has cells and no points yet: nothing to draw is for another rule.
        Points::Unknown | Points::None => return found,
        Points::Array(id, count) => {
            if let Some(contents) = exam.contents(id) {
                if contents.components != 3 {
                    let text = format!("its points have {} coordinate(s) each: 3 are needed", contents.components);
                    found.push(Draft::of(&BAD_POINTS, data.id(), text).at("Points"));
                }
                if contents.nan + contents.infinite > 0 {
                    found.push(Draft::of(&BAD_POINTS, data.id(), bad_points(contents)).at("Points"));
                }
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

/// An array with values that says nowhere which.
fn nameless(exam: &Exam<'_>, patient: &Patient<'_>) -> Option<Draft> {
    if exam.scene.dialect().blob_use(patient.state).is_some() || exam.scene.dialect().element(&patient.head).is_none() {
        return None;
    }
    let array = Object::new(patient)?;
    let tuples = array.number("NumberOfTuples").filter(|tuples| *tuples > 0.0)?;
    let text = format!("{} has {tuples} rows and names no blob", exam.scene.describe(patient.id));
    Some(Draft::of(&BLOB_MISSING, patient.id, text).at("Hash"))
}

/// Arrays of values at points or in cells, with fewer rows than there are points or cells.
fn short_arrays(exam: &Exam<'_>, data: &Object<'_, '_>) -> Vec<Draft> {
    let (points_of, cells_of) = counts(exam, data);
    let mut found = Vec::new();
    for (attributes, wanted, what) in [("PointData", points_of, "points"), ("CellData", cells_of, "cells")] {
        let (Some(wanted), Some(attributes)) = (wanted, data.follow(exam, attributes)) else { continue };
        for id in attributes.references("Arrays") {
            let Some(array) = Object::read(exam, &id) else { continue };
            // An empty one is not used by anything.
            let Some(rows) = array.number("NumberOfTuples").filter(|rows| *rows > 0.0 && *rows < wanted) else {
                continue;
            };
            let text = format!("{} has {rows} rows, and there are {wanted} {what}", exam.scene.describe(&id));
            found.push(Draft::of(&SHORT_ARRAY, array.id(), text));
        }
    }
    found
}

/// Points and cells of a data set, where its state tells.
fn counts(exam: &Exam<'_>, data: &Object<'_, '_>) -> (Option<f64>, Option<f64>) {
    if data.is_a("vtkImageData") || data.is_a("vtkRectilinearGrid") {
        let Some([x0, x1, y0, y1, z0, z1]) = data.vector("Extent") else { return (None, None) };
        let sides = [x1 - x0, y1 - y0, z1 - z0];
        if sides.iter().any(|side| *side < 0.0) {
            return (None, None);
        }
        let points = sides.iter().map(|side| side + 1.0).product();
        return (Some(points), Some(sides.iter().map(|side| side.max(1.0)).product()));
    }
    let points = match points(exam, data) {
        Points::Array(_, count) => Some(count as f64),
        Points::None | Points::Unknown => None,
    };
    let cells = || -> Option<f64> {
        let count = |name: &str| match data.follow(exam, name) {
            Some(cells) => cells.number("NumberOfCells"),
            None => Some(0.0),
        };
        CELLS.iter().map(|name| count(name)).sum()
    };
    (points, if data.plain_class() == "vtkPolyData" { cells() } else { None })
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
    let first = contents.first_nan.into_iter().chain(contents.first_infinite).min();
    let first = first.map(|first| format!(", the first in point {first}")).unwrap_or_default();
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
