//! Colours by values: ranges that hide what differs.

use std::collections::HashSet;

use crate::analysis::doctor::{BlobHealth, Draft, Exam, Range};
use crate::scene::{Element, ObjectId};

use super::codes::{CLEAR_VOLUME, CONSTANT_RANGE, FAR_RANGE, UNBUILT_TABLE};
use super::object::Object;
use super::scenery::{Prop, Window, leaves};

pub(super) fn rules(exam: &Exam<'_>, windows: &[Window<'_, '_>], found: &mut Vec<Draft>) {
    let mut seen: HashSet<&ObjectId> = HashSet::new();
    let renderers = windows.iter().flat_map(|window| &window.renderers);
    for prop in renderers.flat_map(|renderer| &renderer.props).filter(|prop| prop.is_visible && prop.is_plain) {
        let Some(mapper) = &prop.mapper else { continue };
        if mapper.is_a("vtkMapper") && seen.insert(mapper.id()) {
            found.extend(colours(exam, mapper));
        }
        if mapper.is_a("vtkVolumeMapper") && seen.insert(prop.object.id()) {
            found.extend(opacity(exam, prop, mapper));
        }
    }
}

fn colours(exam: &Exam<'_>, mapper: &Object<'_, '_>) -> Option<Draft> {
    /// ColorMode: bytes are colours already, unless scalars are always mapped; 2: they always are.
    const MAP: f64 = 1.0;
    const DIRECT: f64 = 2.0;
    if mapper.number("ScalarVisibility")? == 0.0 {
        return None;
    }
    let mode = mapper.number("ColorMode")?;
    let table = mapper.follow(exam, "LookupTable")?;
    // Transfer functions have places of their own for their colours: the mapper's range does not move them.
    if !table.is_a("vtkLookupTable") && table.plain_class() != "vtkLookupTable" {
        return None;
    }
    if mode == DIRECT || table.number("IndexedLookup").is_some_and(|indexed| indexed != 0.0) {
        return None;
    }
    let from_table = mapper.number("UseLookupTableScalarRange").is_some_and(|from_table| from_table != 0.0);
    let (owner, property) = if from_table { (&table, "Range") } else { (mapper, "ScalarRange") };
    let [low, high] = owner.vector(property)?;
    let mut values = Range::NONE;
    let mut name = None;
    for data in leaves(exam, &mapper.inputs()?)? {
        let Some(array) = scalars(exam, mapper, &data) else { continue };
        let contents = exam.contents(array.id())?;
        let are_colours = contents.element == Some(Element::U8) && mode != MAP;
        // Of vectors, the table picks a component or takes the length: that is not followed here.
        if contents.components != 1 || contents.health != BlobHealth::Sound || are_colours {
            return None;
        }
        values.join(contents.range());
        name = name.or_else(|| array.text("Name")).filter(|name| !name.is_empty());
    }
    if !values.is_some() {
        return None;
    }
    if let Some(draft) = unbuilt(exam, &table) {
        return Some(draft);
    }
    let what = name.map_or_else(|| String::from("the scalars"), |name| format!("the scalars {name:?}"));
    let data = format!("{what} are {} to {}", short(values.min), short(values.max));
    if low == high && values.min < values.max {
        let text = format!("{data}, and the range is the single value {}", short(low));
        return Some(Draft::of(&CONSTANT_RANGE, owner.id(), text).at(property));
    }
    if values.max < low.min(high) || values.min > low.max(high) {
        let end = if values.max < low.min(high) { "lower" } else { "upper" };
        let text =
            format!("{data}, and the range is {} to {}: all get the {end} end's colour", short(low), short(high));
        return Some(Draft::of(&FAR_RANGE, owner.id(), text).at(property));
    }
    None
}

/// A table of colours is filled when it is first used for drawing; until then it is sent empty, and clients
/// do not fill it.
fn unbuilt(exam: &Exam<'_>, table: &Object<'_, '_>) -> Option<Draft> {
    let colours = table.follow(exam, "Table")?;
    if table.plain_class() != "vtkLookupTable" || colours.number("NumberOfTuples")? > 0.0 {
        return None;
    }
    let text = format!("{} has no colours yet, and scalars are to be coloured by it", exam.scene.describe(table.id()));
    Some(Draft::of(&UNBUILT_TABLE, table.id(), text).at("Table"))
}

/// The array by whose values a mapper colours; `None` where there is none, or it cannot be told.
fn scalars<'e, 'a>(exam: &'e Exam<'a>, mapper: &Object<'_, '_>, data: &Object<'e, 'a>) -> Option<Object<'e, 'a>> {
    let points = || data.follow(exam, "PointData");
    let cells = || data.follow(exam, "CellData");
    match mapper.number("ScalarMode")? as i64 {
        0 => points().and_then(|points| active(exam, &points)).or_else(|| active(exam, &cells()?)),
        1 => active(exam, &points()?),
        2 => active(exam, &cells()?),
        3 => chosen(exam, mapper, &points()?),
        4 => chosen(exam, mapper, &cells()?),
        _ => None,
    }
}

/// The array that is a data set's scalars.
fn active<'e, 'a>(exam: &'e Exam<'a>, attributes: &Object<'e, 'a>) -> Option<Object<'e, 'a>> {
    let index = *attributes.numbers("AttributeIndices")?.first()?;
    let arrays = attributes.references("Arrays");
    (index >= 0.0).then(|| arrays.get(index as usize)).flatten().and_then(|id| Object::read(exam, id))
}

/// The array that a mapper names, or counts.
fn chosen<'e, 'a>(exam: &'e Exam<'a>, mapper: &Object<'_, '_>, attributes: &Object<'e, 'a>) -> Option<Object<'e, 'a>> {
    let arrays = attributes.references("Arrays");
    if mapper.number("ArrayAccessMode")? == 0.0 {
        let index = mapper.number("ArrayId").filter(|index| *index >= 0.0)?;
        return Object::read(exam, arrays.get(index as usize)?);
    }
    let name = mapper.text("ArrayName")?;
    let mut arrays = arrays.iter().filter_map(|id| Object::read(exam, id));
    arrays.find(|array| array.text("Name").as_deref() == Some(&name))
}

/// The scalar opacity function is a list of x, y.
fn opacity(exam: &Exam<'_>, prop: &Prop<'_, '_>, mapper: &Object<'_, '_>) -> Option<Draft> {
    /// BlendMode: from here on (isosurfaces, slices) opacities are not those of the values.
    const ISOSURFACE: f64 = 5.0;
    if mapper.number("BlendMode").is_some_and(|mode| mode >= ISOSURFACE) {
        return None;
    }
    let property = prop.object.follow(exam, "Property")?;
    let function = Object::read(exam, property.references("ScalarOpacityFunction").first()?)?;
    let mut values = Range::NONE;
    for data in leaves(exam, &mapper.inputs()?)? {
        let array = active(exam, &data.follow(exam, "PointData")?)?;
        let contents = exam.contents(array.id())?;
        if contents.components != 1 || contents.health != BlobHealth::Sound {
            return None;
        }
        values.join(contents.range());
    }
    let nodes: Vec<(f64, f64)> = function.numbers("Data")?.as_chunks().0.iter().map(|&[x, y]| (x, y)).collect();
    if !values.is_some() || nodes.is_empty() || function.number("Clamping") == Some(0.0) {
        return None;
    }
    let inside = nodes.iter().filter(|(x, _)| (values.min..=values.max).contains(x)).map(|(_, y)| *y);
    let before = nodes.iter().rev().find(|(x, _)| *x <= values.min).or(nodes.first()).map(|(_, y)| *y);
    let after = nodes.iter().find(|(x, _)| *x >= values.max).or(nodes.last()).map(|(_, y)| *y);
    if inside.chain(before).chain(after).any(|y| y != 0.0) {
        return None;
    }
    let text =
        format!("the values are {} to {}, and the opacity is 0 at all of them", short(values.min), short(values.max));
    Some(Draft::of(&CLEAR_VOLUME, property.id(), text).at("ScalarOpacityFunction.0"))
}

/// A number for people: no more digits than help.
fn short(value: f64) -> String {
    let rounded = format!("{value:.6e}").parse::<f64>().unwrap_or(value);
    let size = rounded.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) { format!("{rounded:e}") } else { rounded.to_string() }
}
