//! The same mesh in many places: batched meshes and axes, and arrows.

use bytes::Bytes;

use super::look::{Look, brightened};
use super::surface::read;
use super::thing::Thing;
use super::{Piece, Walk, solid};
use crate::analysis::shapes::{Content, Instance, LossKind, Losses, MeshId, Primitive, Transform};
use crate::scene::Scene;

/// More than this many of one node are left out: each is a node of its own in the file.
const MOST: usize = 1_000_000;

impl Walk<'_> {
    /// `BatchedMeshes`.
    pub(super) fn meshes(&mut self, thing: &Thing) -> Vec<Piece> {
        let mesh = self.own_mesh(thing, batched);
        let Some(places) = self.places(thing) else { return Vec::new() };
        let losses = &mut self.shapes.losses;
        let opacities = thing.some_floats(self.scene, "batched_opacities", losses);
        // Of all opacities together one is in the mesh.
        let whole = opacities.as_ref().map_or(1.0, |_| thing.number("opacity", 1.0));
        let colors = colors(self.scene, thing, "batched_colors", places.len(), losses);
        let opacity = |k: usize| Some(f64::from(opacities.as_ref()?.row::<1>(k)?[0]) * whole);
        let instances = places.into_iter().enumerate().map(|(k, transform)| {
            let color = colors.as_ref().and_then(|colors| colors.at(k));
            let color = match opacity(k) {
                Some(opacity) => {
                    let [r, g, b, _] = color.unwrap_or([u8::MAX; 4]);
                    Some([r, g, b, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8])
                }
                None => color,
            };
            Instance { transform, color }
        });
        let instances = instances.collect();
        many(thing, mesh, instances)
    }

    /// `BatchedAxes`.
    pub(super) fn axes(&mut self, thing: &Thing) -> Vec<Piece> {
        let Some(places) = self.places(thing) else { return Vec::new() };
        let (length, radius) = (thing.number("axes_length", 0.5), thing.number("axes_radius", 0.0125));
        let mesh = self.shared(format!("axes {length} {radius}"), "axes", move || solid::axes(length, radius));
        many(thing, mesh, places.into_iter().map(|transform| Instance { transform, color: None }).collect())
    }

    /// `Arrow`s: a shaft and a head each.
    pub(super) fn arrows(&mut self, thing: &Thing) -> Vec<Piece> {
        let losses = &mut self.shapes.losses;
        let Some(points) = thing.floats(self.scene, "points", losses) else { return Vec::new() };
        let count = points.count(6);
        let arrows: Vec<[f64; 6]> = points.rows::<6>().take(MOST).map(|row| row.map(f64::from)).collect();
        let colors = colors(self.scene, thing, "colors", count, losses);
        if count > MOST {
            self.too_many(thing, count);
        }
        let (shaft, wide, long) =
            (thing.number("shaft_radius", 0.0), thing.number("head_radius", 0.0), thing.number("head_length", 0.0));
        let mut parts = [Vec::new(), Vec::new()];
        for (k, [x, y, z, tx, ty, tz]) in arrows.into_iter().enumerate() {
            let ([dx, dy, dz], color) = ([tx - x, ty - y, tz - z], colors.as_ref().and_then(|colors| colors.at(k)));
            let length = (dx * dx + dy * dy + dz * dz).sqrt();
            let [dx, dy, dz] = if length < 1e-8 { [0.0, 1.0, 0.0] } else { [dx, dy, dz].map(|value| value / length) };
            let turned = Transform { rotation: upwards_to([dx, dy, dz]), ..Transform::IDENTITY };
            let back = |far: f64| [tx - dx * far, ty - dy * far, tz - dz * far];
            let [bx, by, bz] = back(long);
            let middle = [(x + bx) / 2.0, (y + by) / 2.0, (z + bz) / 2.0];
            let rod = Transform { translation: middle, scale: [shaft, (length - long).max(0.0), shaft], ..turned };
            let tip = Transform { translation: back(long / 2.0), scale: [wide, long, wide], ..turned };
            let [shafts, heads] = &mut parts;
            shafts.push(Instance { transform: rod, color });
            heads.push(Instance { transform: tip, color });
        }
        let mut pieces = Vec::new();
        for (is_cone, part) in [false, true].into_iter().zip(parts) {
            let name = if is_cone { "head" } else { "shaft" };
            let mesh = self.shared(format!("arrow {name}"), name, move || solid::rod(is_cone, &look()));
            pieces.extend(many(thing, mesh, part));
        }
        pieces
    }

    /// Where each is. Of places, turns and sizes there may be fewer than of the others: then they begin anew, as in
    /// the client.
    fn places(&mut self, thing: &Thing) -> Option<Vec<Transform>> {
        let losses = &mut self.shapes.losses;
        let positions = thing.floats(self.scene, "batched_positions", losses)?;
        let wxyzs = thing.floats(self.scene, "batched_wxyzs", losses)?;
        let scales = thing.some_floats(self.scene, "batched_scales", losses);
        let (count, turns) = (positions.count(3), wxyzs.count(4));
        if turns != count {
            let reason = String::from("there are not as many turns as places: they begin anew");
            let detail = Some(format!("{turns} for {count}"));
            losses.note(LossKind::Damaged, reason, self.scene.describe(&thing.id), detail);
        }
        if count > MOST {
            self.too_many(thing, count);
        }
        let by_axes = scales.as_ref().is_some_and(|scales| scales.count(1) == turns * 3);
        let scale = |k: usize| -> Option<[f64; 3]> {
            let scales = scales.as_ref()?;
            let all = scales.count(if by_axes { 3 } else { 1 }).max(1);
            let scale = if by_axes { scales.row::<3>(k % all)? } else { [scales.row::<1>(k % all)?[0]; 3] };
            Some(scale.map(f64::from))
        };
        let place = |(k, place): (usize, [f32; 3])| {
            let [w, x, y, z] = wxyzs.row::<4>(k % turns.max(1)).unwrap_or([f32::NAN; 4]).map(f64::from);
            Transform { translation: place.map(f64::from), rotation: [x, y, z, w], scale: scale(k).unwrap_or([1.0; 3]) }
        };
        Some(positions.rows::<3>().take(MOST).enumerate().map(place).collect())
    }

    fn too_many(&mut self, thing: &Thing, count: usize) {
        let reason = format!("of instances no more than {MOST} are there");
        let who = self.scene.describe(&thing.id);
        self.shapes.losses.note(LossKind::Unsupported, reason, who, Some(format!("of {count}")));
    }
}

fn many(thing: &Thing, mesh: MeshId, instances: Vec<Instance>) -> Vec<Piece> {
    vec![Piece::new(thing.scale(), Content::Instances(mesh, instances))]
}

/// The mesh that `BatchedMeshes` shows, in the colour that all have.
fn batched(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let mut look = Look::of(thing);
    look.note(scene, thing, losses);
    look.material.color = [1.0; 3];
    if thing.array("batched_opacities").is_some() {
        look.material.opacity = 1.0;
    }
    read(scene, thing, losses).map(|triangles| triangles.drawn(&look)).unwrap_or_default()
}

fn look() -> Look {
    let material = crate::analysis::shapes::Material { is_double_sided: false, ..Default::default() };
    Look { material, is_wireframe: false, is_flat: false, is_turned: false }
}

/// The colours of instances: one for all, or one for each.
enum Colors {
    All([u8; 4]),
    Each(Bytes),
}

impl Colors {
    fn at(&self, k: usize) -> Option<[u8; 4]> {
        match self {
            Self::All(color) => Some(*color),
            Self::Each(bytes) => bytes.as_chunks::<3>().0.get(k).map(|rgb| brightened(*rgb)),
        }
    }
}

fn colors(scene: &Scene, thing: &Thing, name: &str, count: usize, losses: &mut Losses) -> Option<Colors> {
    thing.array(name)?;
    let bytes = thing.bytes(scene, name, losses)?;
    match bytes.as_ref() {
        [r, g, b] => Some(Colors::All(brightened([*r, *g, *b]))),
        bytes_of if bytes_of.len() / 3 == count => Some(Colors::Each(bytes)),
        bytes_of => {
            let reason = String::from("there are not as many colours as places, so these are left out");
            let detail = Some(format!("{} for {count}", bytes_of.len() / 3));
            losses.note(LossKind::Damaged, reason, scene.describe(&thing.id), detail);
            None
        }
    }
}

/// The rotation that takes +Y to a direction.
fn upwards_to([x, y, z]: [f64; 3]) -> [f64; 4] {
    // Opposite directions have no axis of their own.
    if y < -1.0 + 1e-12 { [0.0, 0.0, 1.0, 0.0] } else { unit([z, 0.0, -x, 1.0 + y]) }
}

fn unit(quaternion: [f64; 4]) -> [f64; 4] {
    let length = quaternion.iter().map(|value| value * value).sum::<f64>().sqrt();
    quaternion.map(|value| value / length)
}
