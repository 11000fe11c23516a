//! Colours by values: which array a mapper takes, and what it makes of it.

use super::super::attributes::{Attributes, SCALARS};
use super::super::rule::Colors;
use super::object::Object;
use super::table::Table;
use crate::analysis::shapes::{LossKind, Losses, values};
use crate::scene::{Element, ObjectId, Picked, Scene};

/// Colours of four bytes each.
pub(super) enum Paint {
    /// None.
    Plain,
    /// One for each point.
    Points(Vec<u8>),
    /// One for each cell: verts, lines, polys, strips.
    Cells(Vec<u8>),
}

impl Paint {
    /// What a mapper does with a data set's arrays, those of its points and of its cells.
    pub(super) fn of(
        scene: &Scene,
        mapper: &Object<'_>,
        (points, cells): (&Attributes, &Attributes),
        (point_count, cell_count): (usize, usize),
        losses: &mut Losses,
    ) -> Self {
        if mapper.number("ScalarVisibility") == Some(0.0) {
            return Self::Plain;
        }
        let (array, is_of_points) = match Colors::of(mapper.members()) {
            Some(Colors::Default) => match points.active(SCALARS) {
                Some(array) => (Some(array), true),
                None => (cells.active(SCALARS), false),
            },
            Some(Colors::Points(choice)) => (choice.one(points), true),
            Some(Colors::Cells(choice)) => (choice.one(cells), false),
            Some(Colors::Field(_)) => {
                losses.unsupported(scene, &mapper.id, "colours by field data are left out");
                return Self::Plain;
            }
            Some(Colors::Nothing | Colors::Everything) | None => (None, true),
        };
        let wanted = if is_of_points { point_count } else { cell_count };
        let Some(array) = array.filter(|_| wanted > 0) else { return Self::Plain };
        let Some(colors) = colors(scene, mapper, array, losses) else { return Self::Plain };
        if colors.len() / 4 < wanted {
            let what = if is_of_points { "points" } else { "cells" };
            let reason = format!("there are fewer values to colour by than {what}, so colours are left out");
            let detail = Some(format!("{} for {wanted}", colors.len() / 4));
            losses.note(LossKind::Damaged, reason, scene.describe(array), detail);
            return Self::Plain;
        }
        let mut colors = colors;
        colors.truncate(wanted.saturating_mul(4));
        if is_of_points && mapper.is_on("InterpolateScalarsBeforeMapping") {
            let reason = "between points colours are mixed, where VTK mixes the values they stand for";
            losses.unsupported(scene, &mapper.id, reason);
        }
        if is_of_points { Self::Points(colors) } else { Self::Cells(colors) }
    }
}

/// The colours of an array's values as a mapper shows them; `None` where it cannot be told.
pub(super) fn colors(scene: &Scene, mapper: &Object<'_>, array: &ObjectId, losses: &mut Losses) -> Option<Vec<u8>> {
    let picked = values(scene, array, losses)?;
    let table = Table::of(scene, mapper, losses);
    // ColorMode 0: bytes are colours; 1: they are values, too; 2: whatever they are, they are colours.
    let mode = mapper.number("ColorMode").unwrap_or(0.0);
    let is_direct = (mode == 0.0 && picked.values.element() == Element::U8)
        || mode == 2.0
        || (picked.components > 1 && table.as_ref().is_ok_and(Table::takes_colors));
    if is_direct {
        return Some(direct(&picked));
    }
    match table {
        Ok(table) => Some(table.colors(&picked)),
        Err((kind, reason)) => {
            losses.note(kind, reason, scene.describe(&mapper.id), None);
            None
        }
    }
}

/// Values that are colours: grey, grey and opacity, red green blue, red green blue and opacity. Floats go from 0 to 1.
fn direct(picked: &Picked) -> Vec<u8> {
    let largest = if picked.values.element().is_float() { 255.0 } else { 1.0 };
    let mut colors = Vec::with_capacity(picked.rows.saturating_mul(4));
    let components = picked.components.max(1);
    let mut row: Vec<u8> = Vec::with_capacity(4);
    let mut at = 0;
    picked.values.for_each(|value| {
        if at < 4 {
            row.push((value * largest).round().clamp(0.0, 255.0) as u8);
        }
        at += 1;
        if at == components {
            colors.extend_from_slice(&match *row.as_slice() {
                [grey] => [grey, grey, grey, u8::MAX],
                [grey, opacity] => [grey, grey, grey, opacity],
                [r, g, b] => [r, g, b, u8::MAX],
                [r, g, b, a] => [r, g, b, a],
                _ => [u8::MAX; 4],
            });
            row.clear();
            at = 0;
        }
    });
    colors
}
