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
    Some(Draft::of(&EMPTY, patient.id, format!("there are no rows in its {name}")).at(format!("props.{name}")))
}

fn numbers(id: &ObjectId, contents: &Contents) -> Vec<Draft> {
    let mut found = Vec::new();
    if contents.health != BlobHealth::Sound {
        return found;
    }
    let is_half = contents.element == Some(Element::F16);
    let counted = |count: u64, what: &str, first: Option<u64>| {
        let row = first.map(|row| format!(", first in row {row}")).unwrap_or_default();
        let subject = if count == 1 { "1 number is".to_owned() } else { format!("{count} numbers are") };
        (count > 0).then(|| format!("{subject} {what}{row}"))
    };
    let nan = counted(contents.nan, "NaN", contents.first_nan);
    let infinite = if is_half { "beyond 65504" } else { "infinite" };
    let infinite = counted(contents.infinite, infinite, contents.first_infinite);
    if is_half {
        found.extend(nan.map(|text| Draft::of(&NOT_FINITE, id, text)));
        found.extend(infinite.map(|text| Draft::of(&OVERFLOW, id, text)));
    } else if nan.is_some() || infinite.is_some() {
        let text: Vec<String> = nan.into_iter().chain(infinite).collect();
        found.push(Draft::of(&NOT_FINITE, id, text.join("; ")));
    }
    if found.is_empty() {
        found.extend(coarse(id, contents).filter(|_| is_half && contents.tuples > 1));
    }
    found
}

/// Places of 16 bits that are far from the origin, for as close together as they are.
fn coarse(id: &ObjectId, contents: &Contents) -> Option<Draft> {
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
    let rows = if first.tuples == 1 { "row" } else { "rows" };
    let text = format!("{} {rows} in {one}, {} in {other}", first.tuples, second.tuples);
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
