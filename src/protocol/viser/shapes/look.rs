//! How surfaces look: the properties that all meshes have.

use super::thing::Thing;
use crate::analysis::shapes::{Losses, Material, shown};
use crate::scene::Scene;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) material: Material,
    /// Only edges show.
    pub(super) is_wireframe: bool,
    /// Faces are flat.
    pub(super) is_flat: bool,
    /// The back of faces shows.
    pub(super) is_turned: bool,
}

impl Look {
    pub(super) fn of(thing: &Thing) -> Self {
        let side = thing.text("side");
        let material = Material {
            color: thing.color("color"),
            opacity: thing.number("opacity", 1.0),
            is_double_sided: side == "double",
            ..Material::default()
        };
        Self {
            material,
            is_wireframe: thing.is_on("wireframe"),
            is_flat: thing.is_on("flat_shading"),
            is_turned: side == "back",
        }
    }

    /// Notes what of it is lost.
    pub(super) fn note(&self, scene: &Scene, thing: &Thing, losses: &mut Losses) {
        if thing.text("material").starts_with("toon") && !self.is_wireframe {
            losses.unsupported(scene, &thing.id, "toon shading is plain shading in the file");
        }
    }
}

/// The opaque colour that shows where the client takes a byte for light as it is, and not for how it shows: it does so
/// with the colours of instances and of the ends of lines, which are therefore brighter on the screen.
pub(super) fn brightened(rgb: [u8; 3]) -> [u8; 4] {
    let [r, g, b] = rgb.map(|channel| (shown(f64::from(channel) / 255.0) * 255.0).round() as u8);
    [r, g, b, u8::MAX]
}

/// The same as fractions.
pub(super) fn fractions([r, g, b, _]: [u8; 4]) -> [f64; 3] {
    [r, g, b].map(|channel| f64::from(channel) / 255.0)
}
