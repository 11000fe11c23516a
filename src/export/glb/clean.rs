//! What glTF's rules refuse, taken out of a primitive: corners that are no places or refer to none, and arrays of another length.

use crate::analysis::shapes::{Floats, LossKind, Losses, Primitive};

/// A primitive as it may be written.
pub(super) struct Clean {
    pub(super) primitive: Primitive,
    pub(super) vertices: usize,
    /// Corners that are drawn.
    pub(super) corners: usize,
    pub(super) min: [f32; 3],
    pub(super) max: [f32; 3],
}

/// Cleans; `None` where nothing is left, or was there.
pub(super) fn clean(mut primitive: Primitive, who: &str, losses: &mut Losses) -> Option<Clean> {
    // Vertices are counted in 32 bits, of which the last number means something else.
    let vertices = primitive.positions.count(3).min(u32::MAX as usize - 1);
    let mut damaged = |reason: &str, detail: String| {
        losses.note(LossKind::Damaged, String::from(reason), who.to_owned(), Some(detail));
    };
    let mut fits = |what: &str, count: Option<usize>| {
        let fits = count.is_none_or(|count| count == vertices);
        if let Some(count) = count.filter(|_| !fits) {
            damaged(
                &format!("there are not as many {what} as points, so these are left out"),
                format!("{count} for {vertices}"),
            );
        }
        fits
    };
    if !fits("normals", primitive.normals.as_ref().map(|normals| normals.count(3))) {
        primitive.normals = None;
    }
    if !fits("texture coordinates", primitive.uvs.as_ref().map(|uvs| uvs.count(2))) {
        primitive.uvs = None;
    }
    if !fits("colours", primitive.colors.as_ref().map(|colors| colors.len() / 4)) {
        primitive.colors = None;
    }
    let Bounds { min, max, bad } = bounds(&primitive.positions);
    if !bad.is_empty() {
        damaged(
            "points are no places (NaN or infinite), so what they are corners of is left out",
            format!("{} of {vertices} points", bad.len()),
        );
        primitive.positions = without(&primitive.positions, min);
    }
    let mut refused = 0;
    if !bad.is_empty() || primitive.indices.is_some() {
        let is_bad = |index: &u32| *index as usize >= vertices || bad.binary_search(index).is_ok();
        let mut indices = primitive.indices.take().unwrap_or_else(|| (0..vertices as u32).collect());
        let corners = primitive.topology.corners();
        if bad.is_empty() && indices.iter().all(|index| (*index as usize) < vertices) {
            indices.truncate(indices.len() / corners * corners);
        } else {
            let all = indices.len() / corners;
            indices =
                indices.chunks_exact(corners).filter(|cell| !cell.iter().any(is_bad)).flatten().copied().collect();
            refused = all - indices.len() / corners;
        }
        primitive.indices = Some(indices);
    }
    // Of those with a bad point it was said already.
    if refused > 0 && bad.is_empty() {
        damaged(
            "cells refer to points that are not there, and are left out",
            format!("{refused} of them, {vertices} points"),
        );
    }
    let corners = primitive.indices.as_ref().map_or(vertices, Vec::len);
    let corners = corners / primitive.topology.corners() * primitive.topology.corners();
    if corners == 0 {
        return None;
    }
    if primitive.indices.is_none() && corners < vertices {
        primitive.indices = Some((0..corners as u32).collect());
    }
    Some(Clean { primitive, vertices, corners, min, max })
}

struct Bounds {
    min: [f32; 3],
    max: [f32; 3],
    /// Rows with something that is no number, in their order.
    bad: Vec<u32>,
}

fn bounds(positions: &Floats) -> Bounds {
    let mut found = Bounds { min: [f32::INFINITY; 3], max: [f32::NEG_INFINITY; 3], bad: Vec::new() };
    for (row, place) in positions.rows::<3>().enumerate() {
        if !place.iter().all(|value| value.is_finite()) {
            found.bad.extend(u32::try_from(row));
            continue;
        }
        found.min.iter_mut().zip(place).for_each(|(min, value)| *min = min.min(value));
        found.max.iter_mut().zip(place).for_each(|(max, value)| *max = max.max(value));
    }
    found
}

/// The same places, with `instead` where one is none: nothing refers to it, but it must be a place.
fn without(positions: &Floats, instead: [f32; 3]) -> Floats {
    let place = |place: [f32; 3]| if place.iter().all(|value| value.is_finite()) { place } else { instead };
    positions.rows::<3>().flat_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::shapes::{Material, Topology};

    fn primitive(positions: &[f32], indices: Option<Vec<u32>>) -> Primitive {
        let positions = positions.iter().copied().collect();
        Primitive { indices, ..Primitive::new(Topology::Triangles, positions, Material::default()) }
    }

    const SQUARE: [f32; 12] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 2.0, -1.0];

    #[test]
    fn a_sound_mesh_stays() {
        let mut losses = Losses::default();
        let clean = clean(primitive(&SQUARE, Some(vec![0, 1, 2, 0, 2, 3])), "it", &mut losses).unwrap();
        assert_eq!((clean.vertices, clean.corners, clean.min, clean.max), (4, 6, [0.0, 0.0, -1.0], [1.0, 2.0, 0.0]));
        assert_eq!(losses.iter().count(), 0);
    }

    #[test]
    fn what_is_no_place_goes_with_its_cells() {
        let mut positions = SQUARE;
        positions[10] = f32::NAN;
        let mut losses = Losses::default();
        let clean = clean(primitive(&positions, Some(vec![0, 1, 2, 0, 2, 3, 9, 0, 1])), "it", &mut losses).unwrap();
        assert_eq!(clean.primitive.indices, Some(vec![0, 1, 2]));
        assert_eq!(clean.primitive.positions.row::<3>(3), Some([0.0, 0.0, 0.0]));
        assert_eq!((clean.max, losses.iter().count()), ([1.0, 1.0, 0.0], 1));
        assert!(losses.are_damage());
        let points = Primitive { topology: Topology::Points, ..primitive(&positions, None) };
        assert_eq!(super::clean(points, "it", &mut losses).unwrap().primitive.indices, Some(vec![0, 1, 2]));
        assert!(super::clean(primitive(&[f32::NAN; 12], None), "it", &mut losses).is_none());
    }

    #[test]
    fn cells_and_arrays_that_do_not_fit() {
        let mut losses = Losses::default();
        let mut broken = primitive(&SQUARE, Some(vec![0, 1, 4, 0, 1, u32::MAX, 0, 1, 3, 2]));
        broken.normals = Some(SQUARE[..9].iter().copied().collect());
        broken.colors = Some(vec![0; 15]);
        let clean = clean(broken, "it", &mut losses).unwrap();
        assert_eq!(clean.primitive.indices, Some(vec![0, 1, 3]));
        assert!(clean.primitive.normals.is_none() && clean.primitive.colors.is_none());
        assert_eq!(losses.iter().count(), 3);
        assert!(super::clean(primitive(&SQUARE[..6], None), "it", &mut losses).is_none());
        let four = super::clean(primitive(&SQUARE, None), "it", &mut losses).unwrap();
        assert_eq!((four.corners, four.primitive.indices), (3, Some(vec![0, 1, 2])));
    }
}
