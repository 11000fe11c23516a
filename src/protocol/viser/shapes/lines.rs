//! Lines.

use super::look::{brightened, fractions};
use super::thing::Thing;
use crate::analysis::shapes::{Floats, Losses, Material, NO_SIZES, Primitive, Topology};
use crate::scene::Scene;

/// `LineSegments`: pairs of points, a colour for all or one for each end.
pub(super) fn segments(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let Some(positions) = thing.floats(scene, "points", losses) else { return Vec::new() };
    losses.unsupported(scene, &thing.id, NO_SIZES);
    let mut line = plain(positions, [1.0; 3]);
    if let Some(bytes) = thing.bytes(scene, "colors", losses) {
        match bytes.as_ref() {
            [r, g, b] => line.material.color = fractions([*r, *g, *b, u8::MAX]),
            bytes => line.colors = Some(bytes.as_chunks::<3>().0.iter().flat_map(|rgb| brightened(*rgb)).collect()),
        }
    }
    vec![line]
}

/// Pairs of points as lines of one colour.
pub(super) fn plain(positions: Floats, color: [f64; 3]) -> Primitive {
    Primitive::new(Topology::Lines, positions, Material { color, is_unlit: true, ..Material::default() })
}

/// Points one after another as a line.
pub(super) fn through(points: &[[f64; 3]]) -> impl Iterator<Item = f32> {
    points.windows(2).flatten().flatten().map(|value| *value as f32)
}
