//! Cameras and lights.

use super::Walk;
use super::object::Object;
use crate::analysis::shapes::{Camera, Content, Lens, Light, LightKind, Node, NodeId, Transform};

/// Light types.
const HEADLIGHT: f64 = 1.0;
const CAMERA_LIGHT: f64 = 2.0;

impl<'a> Walk<'a> {
    /// The camera of a renderer and its lights; those that move with the camera are below it.
    pub(super) fn camera_and_lights(&mut self, renderer: &Object<'a>, above: NodeId) {
        let camera = renderer.follow(self.scene, "ActiveCamera").and_then(|camera| self.camera(&camera, above));
        let lights = renderer.items(self.scene, "Lights");
        if lights.is_empty() && renderer.number("AutomaticLightCreation") != Some(0.0) {
            // As VTK does when it first draws.
            if let Some(camera) = camera {
                let light = Light { kind: LightKind::Directional, color: [1.0; 3], intensity: Light::WHITE };
                self.shapes.add(Some(camera), Node::new("headlight", None).with(Content::Light(light)));
            }
        }
        for light in lights.iter().flatten().filter(|light| light.number("Switch") != Some(0.0)) {
            self.light(light, camera, above);
        }
    }

    fn camera(&mut self, camera: &Object<'a>, above: NodeId) -> Option<NodeId> {
        const TRICKS: [&str; 4] = [
            "UseOffAxisProjection",
            "UseExplicitProjectionTransformMatrix",
            "UseHorizontalViewAngle",
            "UseExplicitAspectRatio",
        ];
        if TRICKS.iter().any(|name| camera.is_on(name)) {
            self.shapes.losses.unsupported(self.scene, &camera.id, "a camera does more than glTF has words for");
        }
        let read = || {
            let position: [f64; 3] = camera.vector("Position")?;
            let direction = minus(camera.vector("FocalPoint")?, position);
            let place = Transform::looking(position, direction, camera.vector("ViewUp")?)?;
            let [near, far] = camera.vector("ClippingRange")?;
            let lens = if camera.is_on("ParallelProjection") {
                // How wide it is depends on the window, which glTF does not know.
                let half = camera.number("ParallelScale")?;
                Lens::Parallel(half, half)
            } else {
                Lens::Perspective(camera.number("ViewAngle")?.to_radians(), None)
            };
            Some((place, Camera { lens, near, far }))
        };
        match read() {
            Some((place, lens)) => {
                let node = Node::new(camera.label(), Some(camera.id.clone())).at(place).with(Content::Camera(lens));
                Some(self.shapes.add(Some(above), node))
            }
            None => {
                self.shapes.losses.damaged(self.scene, &camera.id, "a camera looks nowhere");
                None
            }
        }
    }

    fn light(&mut self, light: &Object<'a>, camera: Option<NodeId>, above: NodeId) {
        let position = light.vector("Position").unwrap_or([0.0, 0.0, 1.0]);
        let target = light.vector("FocalPoint").unwrap_or([0.0; 3]);
        let kind = light.number("LightType").unwrap_or(HEADLIGHT);
        let (above, place) = match (kind, camera) {
            (HEADLIGHT, Some(camera)) => (camera, Some(Transform::IDENTITY)),
            (CAMERA_LIGHT, Some(camera)) => (camera, Transform::looking([0.0; 3], minus(target, position), UP)),
            (HEADLIGHT | CAMERA_LIGHT, None) => {
                return self.shapes.losses.unsupported(
                    self.scene,
                    &light.id,
                    "a light is where the camera is, and there is none",
                );
            }
            _ => (above, Transform::looking(position, minus(target, position), UP)),
        };
        let Some(place) = place else {
            return self.shapes.losses.damaged(self.scene, &light.id, "a light shines nowhere");
        };
        let color = light.vector("DiffuseColor").unwrap_or([1.0; 3]);
        let mut intensity = light.number("Intensity").unwrap_or(1.0) * Light::WHITE;
        let mut spread = LightKind::Directional;
        if light.is_on("Positional") {
            // glTF's lights fade with the square of the distance: at what they look at, these are as bright as VTK's.
            let [x, y, z] = minus(target, position);
            intensity *= x * x + y * y + z * z;
            let angle = light.number("ConeAngle").unwrap_or(30.0);
            spread = if angle < 90.0 { LightKind::Spot(angle.to_radians()) } else { LightKind::Point };
            self.shapes.losses.unsupported(
                self.scene,
                &light.id,
                "a light fades in its own way: glTF's fade with the square of the distance",
            );
        }
        let node = Node::new(light.label(), Some(light.id.clone())).at(place);
        self.shapes.add(Some(above), node.with(Content::Light(Light { kind: spread, color, intensity })));
    }
}

const UP: [f64; 3] = [0.0, 1.0, 0.0];

fn minus([a, b, c]: [f64; 3], [x, y, z]: [f64; 3]) -> [f64; 3] {
    [a - x, b - y, c - z]
}
