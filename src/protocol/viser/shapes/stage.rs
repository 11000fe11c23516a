//! What is said of the whole scene: which way is up, where the page looks from first, its lights, and what is around.

use serde_json::Value;

use super::Walk;
use super::thing::{Thing, reference, vector};
use crate::analysis::shapes::{Camera, Content, Lens, Light, LightKind, LossKind, Node, NodeId, Transform};
use crate::scene::ObjectId;

/// How the client turns its world where the server says nothing: Z up becomes Y up.
const USUAL: Transform = Transform { translation: [0.0; 3], rotation: [-0.5, 0.5, 0.5, 0.5], scale: [1.0, 1.0, 1.0] };

/// The lights that are there unless they were turned off: where they shine from, and how brightly.
const LAMPS: [([f64; 3], f64); 2] = [([-0.2, 1.0, -0.2], 3.0), ([0.0, -1.0, 0.0], 0.4)];

/// How the world is turned so that +Y is up.
pub(super) fn world(root: &Thing) -> Transform {
    let pose = root.pose();
    let rotation = if root.get("wxyz").is_some() { pose.rotation } else { USUAL.rotation };
    Transform { rotation, ..pose }.normalized().unwrap_or(USUAL)
}

impl Walk<'_> {
    /// Puts in what the settings of a root say, and notes what cannot be said.
    pub(super) fn settings(&mut self, root: &Thing, top: NodeId, world: &Transform) {
        let setting = |name: &str| {
            let id = reference(root.get("settings")?.get(name)?)?;
            Thing::read(self.scene, &id)
        };
        let camera = self.camera(&setting, world);
        let lights = setting("EnableLights").and_then(|lights| lights.get("enabled").and_then(Value::as_bool));
        let is_on = |thing: &Thing, name: &str| {
            thing.get(name).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)))
        };
        let around = [
            ("BackgroundImage", "rgb_data", "glTF has no background"),
            ("EnvironmentMap", "hdri_data", "glTF has no environment that lights the scene"),
            ("Fog", "enabled", "glTF has no fog"),
        ];
        let lost: Vec<(ObjectId, &str)> = around
            .into_iter()
            .filter_map(|(name, property, reason)| {
                setting(name).filter(|thing| is_on(thing, property)).map(|thing| (thing.id, reason))
            })
            .collect();
        if let Some(camera) = camera {
            self.shapes.add(Some(top), camera);
        }
        for (id, reason) in lost {
            self.shapes.losses.unsupported(self.scene, &id, reason);
        }
        if lights != Some(false) {
            for (from, intensity) in LAMPS {
                let light = Light { kind: LightKind::Directional, color: [1.0; 3], intensity };
                let at = Transform::looking(from, from.map(|value| -value), [0.0, 0.0, 1.0]).unwrap_or_default();
                self.shapes.add(None, Node::new("light of viser", None).at(at).with(Content::Light(light)));
            }
        }
        self.panels(root);
    }

    /// Where the page looks from when it is opened, if anybody said so.
    fn camera(&self, setting: &dyn Fn(&str) -> Option<Thing>, world: &Transform) -> Option<Node> {
        let said = |name: &str| setting(name).filter(|thing| thing.get("initial") == Some(&Value::Bool(true)));
        let place = |name: &str, property: &str| said(name).and_then(|thing| vector::<3>(thing.get(property)?));
        let number = |name: &str, property: &str| said(name).and_then(|thing| thing.get(property)?.as_f64());
        let names = ["SetCameraPosition", "SetCameraLookAt", "SetCameraUpDirection", "SetCameraFov"];
        let first = names.into_iter().find_map(said)?;
        // What nobody said is in the client's own world.
        let [x, y, z, w] = world.rotation;
        let back = Transform { rotation: [-x, -y, -z, w], ..Transform::IDENTITY };
        let usual = |[a, b, c]: [f64; 3]| {
            let [x, y, z] = world.translation;
            back.apply([a - x, b - y, c - z])
        };
        let from = place("SetCameraPosition", "position").unwrap_or_else(|| usual([3.0; 3]));
        let to = place("SetCameraLookAt", "look_at").unwrap_or_else(|| usual([0.0; 3]));
        let up = place("SetCameraUpDirection", "position").unwrap_or_else(|| back.apply([0.0, 1.0, 0.0]));
        let ([a, b, c], [x, y, z]) = (from, to);
        let at = Transform::looking(from, [x - a, y - b, z - c], up)?;
        let fov = number("SetCameraFov", "fov").unwrap_or(75.0_f64.to_radians());
        let near = number("SetCameraNear", "near").unwrap_or(0.01);
        let far = number("SetCameraFar", "far").unwrap_or(1000.0);
        let camera = Camera { lens: Lens::Perspective(fov, None), near, far };
        Some(Node::new("camera", Some(first.id)).at(at).with(Content::Camera(camera)))
    }

    /// Notes how many parts of panels there are.
    fn panels(&mut self, root: &Thing) {
        let is_part = |id: &ObjectId| match id {
            ObjectId::Name(name) => name.starts_with("gui:") && !name.contains('#'),
            ObjectId::Number(_) => false,
        };
        let parts = self.scene.objects().filter(|(id, _)| is_part(id));
        let count =
            parts.filter(|(id, _)| self.scene.head(id).is_some_and(|head| head.class != "ControlPanel")).count();
        if count > 0 {
            let detail = Some(format!("{count} controls"));
            let who = self.scene.describe(&root.id);
            self.shapes.losses.note(LossKind::Unsupported, String::from("glTF has no panels"), who, detail);
        }
    }
}
