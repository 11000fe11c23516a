//! Lights of the scene. viser counts them as glTF does: lux, and candela.

use super::thing::Thing;
use super::{Piece, Walk};
use crate::analysis::shapes::{Content, Light, LightKind, Transform, linear};

const UP: [f64; 3] = [0.0, 1.0, 0.0];

impl Walk<'_> {
    /// A light at a node that is there in the world.
    pub(super) fn lamp(&mut self, thing: &Thing, world: &Transform) -> Vec<Piece> {
        let losses = &mut self.shapes.losses;
        let (kind, direction) = match thing.class.as_str() {
            // From its place to the origin of the world, however it is turned.
            "DirectionalLight" => {
                let [x, y, z, w] = world.rotation;
                let back = Transform { rotation: [-x, -y, -z, w], ..Transform::IDENTITY };
                (LightKind::Directional, back.apply(world.translation.map(|value| -value)))
            }
            "SpotLight" => {
                let angle = thing.number("angle", std::f64::consts::FRAC_PI_3);
                (LightKind::Spot(angle), thing.vector("direction").unwrap_or([0.0, 0.0, -1.0]))
            }
            _ => (LightKind::Point, [0.0, 0.0, -1.0]),
        };
        let Some(at) = Transform::looking([0.0; 3], direction, UP) else {
            let reason = match kind {
                LightKind::Directional => {
                    "a directional light has no direction: it is at the origin, where it shines to"
                }
                _ => "a light shines nowhere",
            };
            losses.unsupported(self.scene, &thing.id, reason);
            return Vec::new();
        };
        if kind != LightKind::Directional && (thing.number("decay", 2.0) != 2.0 || thing.number("distance", 0.0) != 0.0)
        {
            let reason = "a light fades in its own way: glTF's fade with the square of the distance";
            losses.unsupported(self.scene, &thing.id, reason);
        }
        let color = thing.color("color").map(linear);
        let light = Light { kind, color, intensity: thing.number("intensity", 1.0) };
        vec![Piece::new(at, Content::Light(light))]
    }
}
