//! From a prop to what it draws: is there a mapper, has it input, is there something in it.

use std::collections::HashSet;

use crate::analysis::doctor::{Draft, Exam};
use crate::scene::ObjectId;

use super::codes::{ALL_HIDDEN, EMPTY_DATA, NO_INPUT, NO_MAPPER, NO_PROPS};
use super::object::Object;
use super::scenery::{CELLS, Points, Window, leaves, points};

/// Mappers that draw cells, and nothing for bare points.
const DRAW_CELLS: [&str; 3] = ["vtkPolyDataMapper", "vtkCompositePolyDataMapper", "vtkDataSetMapper"];

pub(super) fn rules(exam: &Exam<'_>, windows: &[Window<'_, '_>], found: &mut Vec<Draft>) {
    for window in windows {
        visibility(exam, window, found);
    }
    let mut seen: HashSet<&ObjectId> = HashSet::new();
    let renderers = windows.iter().flat_map(|window| &window.renderers);
    for prop in renderers.flat_map(|renderer| &renderer.props).filter(|prop| prop.is_visible && prop.is_plain) {
        match &prop.mapper {
            None if prop.object.is_null("Mapper") && seen.insert(prop.object.id()) => {
                let text = format!(
                    "{} is visible and has no mapper: none was set, or one that the server has no serializer for",
                    exam.scene.describe(prop.object.id())
                );
                found.push(Draft::of(&NO_MAPPER, prop.object.id(), text));
            }
            // Whoever names no ancestors cannot be told.
            Some(mapper)
                if !mapper.is_a("vtkAbstractMapper")
                    && !mapper.patient.head.ancestors.is_empty()
                    && !mapper.patient.head.class.is_empty()
                    && seen.insert(prop.object.id()) =>
            {
                let (prop, mapper) = (prop.object.id(), exam.scene.describe(mapper.id()));
                let text = format!("{} has {mapper} where a mapper should be", exam.scene.describe(prop));
                found.push(Draft::of(&NO_MAPPER, prop, text).at("Mapper"));
            }
            Some(mapper) if seen.insert(mapper.id()) => input(exam, mapper, found),
            _ => {}
        }
    }
}

fn visibility(exam: &Exam<'_>, window: &Window<'_, '_>, found: &mut Vec<Draft>) {
    let props = || window.renderers.iter().filter(|renderer| renderer.draws()).flat_map(|renderer| &renderer.props);
    if window.renderers.iter().any(|renderer| renderer.is_partial) {
        return;
    }
    let (all, visible) = (props().count(), props().filter(|prop| prop.is_visible).count());
    if all == 0 {
        let idle = window.renderers.iter().find(|renderer| !renderer.draws() && !renderer.props.is_empty());
        if let Some(idle) = idle {
            let text = format!("{} has Draw 0, and no other renderer has props", exam.scene.describe(idle.object.id()));
            found.push(Draft::of(&ALL_HIDDEN, idle.object.id(), text).at("Draw"));
            return;
        }
        let has_holes = window.renderers.iter().any(|renderer| {
            let list = renderer.object.follow(exam, "ViewProps");
            list.and_then(|list| list.raw("Items")).is_some_and(|items| items.trim() != "[]")
        });
        if !has_holes {
            let text = format!("{} has no props", exam.scene.describe(window.object.id()));
            found.push(Draft::of(&NO_PROPS, window.object.id(), text));
        }
        return;
    }
    if visible > 0 {
        return;
    }
    let off = props().filter(|prop| prop.object.number("Visibility") == Some(0.0)).count();
    let how = match (off, all - off) {
        (_, 0) => "Visibility 0",
        (0, _) => "a property with Opacity 0",
        _ => "Visibility 0 or a property with Opacity 0",
    };
    let who = if all == 1 { String::from("the only prop has") } else { format!("all {all} props have") };
    let renderer = window.renderers.iter().find(|renderer| !renderer.props.is_empty());
    let (id, place) = renderer.map_or((window.object.id(), ""), |renderer| (renderer.object.id(), "ViewProps"));
    found.push(Draft::of(&ALL_HIDDEN, id, format!("{who} {how}")).at(place));
}

fn input(exam: &Exam<'_>, mapper: &Object<'_, '_>, found: &mut Vec<Draft>) {
    let Some(inputs) = mapper.inputs() else { return };
    if inputs.is_empty() {
        // An input that could not be serialised has a finding of its own.
        let has_hole =
            mapper.raw("InputDataObjects").is_some_and(|ports| ports.contains("null") || ports.contains("{}"));
        if !has_hole {
            let text = format!("{} has no input", exam.scene.describe(mapper.id()));
            found.push(Draft::of(&NO_INPUT, mapper.id(), text).at("InputDataObjects.0"));
        }
        return;
    }
    let Some(data) = leaves(exam, &inputs) else { return };
    let draws_cells = DRAW_CELLS.contains(&mapper.plain_class().as_ref());
    let draws_pixels = mapper.is_a("vtkImageMapper3D") || mapper.is_a("vtkVolumeMapper");
    let mut reason = None;
    for data in &data {
        match nothing_in(exam, data, draws_cells).or_else(|| no_values(exam, data).filter(|_| draws_pixels)) {
            Some(why) => reason = reason.or(Some(why)),
            None => return,
        }
    }
    let why = match (data.len(), reason) {
        (0, _) => "has no blocks",
        (1, Some(why)) => why,
        _ => "has no block with points and cells",
    };
    let Some(first) = inputs.first() else { return };
    found.push(Draft::of(&EMPTY_DATA, first, format!("{} {why}", exam.scene.describe(first))));
}

/// Pixels and voxels are values, and there are none.
fn no_values(exam: &Exam<'_>, data: &Object<'_, '_>) -> Option<&'static str> {
    let has_none = |name: &str| {
        let attributes = data.follow(exam, name)?;
        attributes.raw("Arrays").map(|_| attributes.references("Arrays").is_empty())
    };
    (has_none("PointData")? && has_none("CellData")?).then_some("has no values: neither at points nor in cells")
}

/// Why there is nothing to draw in a data set; `None` where there is, or where the state does not tell.
fn nothing_in(exam: &Exam<'_>, data: &Object<'_, '_>, draws_cells: bool) -> Option<&'static str> {
    if let Some([x0, x1, y0, y1, z0, z1]) = data.vector("Extent").filter(|_| data.is_a("vtkImageData")) {
        return (x1 < x0 || y1 < y0 || z1 < z0).then_some("is an image without pixels");
    }
    match points(exam, data) {
        Points::None => Some("has no points"),
        Points::Unknown => None,
        Points::Array(..) if draws_cells && data.plain_class() == "vtkPolyData" => {
            let is_empty = |name: &str| {
                data.is_null(name)
                    || data.follow(exam, name).and_then(|cells| cells.number("NumberOfCells")) == Some(0.0)
            };
            CELLS.iter().all(|name| is_empty(name)).then_some("has points, and no cells")
        }
        Points::Array(..) => None,
    }
}
