//! The arrays of a node: what is in them, and whether they fit together.

use serde_json::Value;

use super::codes::{COARSE, EMPTY, FACES, FORMAT, LARGE, MISFIT, NOT_FINITE, OVERFLOW};
use crate::analysis::doctor::{BlobHealth, Contents, Draft, Exam, Patient};
use crate::protocol::viser::properties::Properties;
use crate::scene::{Element, ObjectId};

/// The largest array, in bytes, that a browser takes without a pause that people notice.
const LARGE_BYTES: u64 = 50_000_000;

/// So many steps of a float16 across a cloud are too few to look right.
const FEWEST_STEPS: f64 = 500.0;

/// Properties that hold places.
const PLACES: [&str; 5] = ["points", "vertices", "batched_positions", "control_points", "bone_positions"];

/// Arrays that are read side by side.
const PAIRS: [(&str, &str); 8] = [
    ("points", "colors"),
    ("batched_positions", "batched_wxyzs"),
    ("batched_positions", "batched_scales"),
    ("batched_positions", "batched_colors"),
    ("batched_positions", "batched_opacities"),
    ("vertices", "skin_indices"),
    ("vertices", "skin_weights"),
    ("bone_positions", "bone_wxyzs"),
];

/// What can be said of a node's arrays.
pub(super) fn rule(exam: &Exam<'_>, patient: &Patient<'_>, state: &Properties) -> Vec<Draft> {
    let mut found = Vec::new();
    found.extend(empty(exam, patient, state));
    for place in PLACES {
        if let Some((id, contents)) = state.array(exam, place) {
            found.extend(numbers(&id, contents));
        }
    }
    for (one, other) in PAIRS {
        found.extend(misfit(exam, patient, state, one, other));
    }
    found.extend(faces(exam, state));
    for name in ["points", "vertices", "faces", "colors", "buffer", "batched_positions"] {
        if let Some((id, contents)) = state.array(exam, name)
            && let Some(bytes) =
                contents.element.map(|e| e.bytes_for(contents.tuples.saturating_mul(contents.components)))
            && bytes > LARGE_BYTES
        {
            found.push(Draft::of(&LARGE, &id, format!("{} rows, {bytes} bytes", contents.tuples)));
        }
    }
    for name in ["glb_data", "_data", "_image_data"] {
        found.extend(format(exam, state, name));
    }
    found
}

fn empty(exam: &Exam<'_>, patient: &Patient<'_>, state: &Properties) -> Option<Draft> {
    let names = ["points", "vertices", "batched_positions", "buffer"];
    let (name, _) = names
        .into_iter()
        .filter_map(|name| Some((name, state.array(exam, name)?.1)))
        .find(|(_, contents)| contents.tuples == 0)?;
    Some(Draft::of(&EMPTY, patient.id, format!("its {name} has no rows")).at(format!("props.{name}")))
}

fn numbers(id: &ObjectId, contents: &Contents) -> Option<Draft> {
    if contents.health != BlobHealth::Sound {
        return None;
    }
    let is_half = contents.element == Some(Element::F16);
    let row = contents.first_bad.map(|row| format!(", first in row {row}")).unwrap_or_default();
    if is_half && contents.infinite > 0 {
        return Some(Draft::of(&OVERFLOW, id, format!("{} numbers are beyond 65504{row}", contents.infinite)));
    }
    if contents.nan + contents.infinite > 0 {
        let text = format!("{} NaN and {} infinite numbers{row}", contents.nan, contents.infinite);
        return Some(Draft::of(&NOT_FINITE, id, text));
    }
    if !is_half || contents.tuples < 2 {
        return None;
    }
    let extent = contents.ranges.iter().map(|range| range.max - range.min).fold(0.0, f64::max);
    let furthest = contents.ranges.iter().map(|range| range.max.abs().max(range.min.abs())).fold(0.0, f64::max);
    // 10 bits behind the point.
    let step = (furthest.max(6.2e-5).log2().floor() - 10.0).exp2();
    let steps = extent / step;
    (extent > 0.0 && steps < FEWEST_STEPS).then(|| {
        let text = format!("numbers near {furthest} are {step} apart: {steps:.0} steps across all of the cloud");
        Draft::of(&COARSE, id, text)
    })
}

fn misfit(exam: &Exam<'_>, patient: &Patient<'_>, state: &Properties, one: &str, other: &str) -> Option<Draft> {
    let (_, first) = state.array(exam, one)?;
    let (_, second) = state.array(exam, other)?;
    // One colour for all is no array of rows.
    let is_one_for_all = other.ends_with("colors") && second.tuples.saturating_mul(second.components) == 3;
    if first.tuples == second.tuples || is_one_for_all {
        return None;
    }
    let text = format!("{one} has {} rows, {other} has {}", first.tuples, second.tuples);
    Some(Draft::of(&MISFIT, patient.id, text).at(format!("props.{other}")))
}

fn faces(exam: &Exam<'_>, state: &Properties) -> Option<Draft> {
    let (_, vertices) = state.array(exam, "vertices")?;
    let (id, faces) = state.array(exam, "faces")?;
    if faces.health != BlobHealth::Sound || faces.tuples == 0 {
        return None;
    }
    if faces.components != 3 {
        return Some(Draft::of(&FACES, &id, format!("{} indices are no triangles", faces.tuples)));
    }
    let highest = faces.range().max;
    (highest >= vertices.tuples as f64)
        .then(|| Draft::of(&FACES, &id, format!("a face refers to vertex {highest}; there are {}", vertices.tuples)))
}

/// The first bytes of a file tell what it is.
fn format(exam: &Exam<'_>, state: &Properties, name: &str) -> Option<Draft> {
    let id = ObjectId::parse(state.prop(name)?.get("$id")?.as_str()?);
    let hash = exam.scene.array(&id)?.hash?.into_owned();
    let bytes = exam.scene.blob(&hash)?.read().ok()?;
    let said = match name {
        "glb_data" => "glb",
        _ => state.prop("_format").and_then(Value::as_str)?,
    };
    let magic: &[u8] = match said {
        "glb" => b"glTF",
        "png" => b"\x89PNG",
        "jpeg" => b"\xff\xd8\xff",
        _ => return None,
    };
    (!bytes.starts_with(magic))
        .then(|| Draft::of(&FORMAT, &id, format!("its {} bytes do not begin as {said} does", bytes.len())))
}
