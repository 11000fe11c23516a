//! Points: clouds, and the centres of splats.

use super::thing::Thing;
use crate::analysis::shapes::{Floats, Losses, Material, NO_SIZES, Primitive, Topology};
use crate::scene::Scene;

/// A `PointCloud`: single or half floats, a colour for all or one for each.
pub(super) fn points(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let Some(positions) = thing.floats(scene, "points", losses) else { return Vec::new() };
    losses.unsupported(scene, &thing.id, NO_SIZES);
    let mut material = plain();
    let mut colors = None;
    if let Some(bytes) = thing.bytes(scene, "colors", losses) {
        match bytes.as_ref() {
            [r, g, b] => material.color = [*r, *g, *b].map(|channel| f64::from(channel) / 255.0),
            bytes => {
                colors = Some(bytes.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, u8::MAX]).collect());
            }
        }
    }
    vec![Primitive { colors, ..Primitive::new(Topology::Points, positions, material) }]
}

/// `GaussianSplats`: of 32 bytes each, the first 12 are the centre and the last 4 colour and opacity.
pub(super) fn splats(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let Some(bytes) = thing.bytes(scene, "buffer", losses) else { return Vec::new() };
    losses.unsupported(scene, &thing.id, "splats are points: glTF has no word for how far they spread");
    let rows = bytes.as_chunks::<4>().0.as_chunks::<8>().0;
    let positions: Floats = rows.iter().flat_map(|[x, y, z, ..]| [*x, *y, *z]).map(f32::from_le_bytes).collect();
    let colors = Some(rows.iter().flat_map(|[.., rgba]| *rgba).collect());
    vec![Primitive { colors, ..Primitive::new(Topology::Points, positions, plain()) }]
}

fn plain() -> Material {
    Material { is_unlit: true, ..Material::default() }
}
