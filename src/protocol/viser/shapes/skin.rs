//! A mesh with bones, in the pose that it has now.

use serde_json::Value;

use super::look::Look;
use super::surface::read;
use super::thing::{Thing, vector};
use crate::analysis::shapes::{Floats, Losses, Primitive, Transform, values};
use crate::scene::Scene;

/// Bones that have a say in a vertex.
const INFLUENCES: usize = 4;

/// A `SkinnedMesh`.
pub(super) fn mesh(scene: &Scene, thing: &Thing, losses: &mut Losses) -> Vec<Primitive> {
    let look = Look::of(thing);
    look.note(scene, thing, losses);
    let Some(mut triangles) = read(scene, thing, losses) else { return Vec::new() };
    // Bones that nobody moved leave the mesh as it is.
    if let Some(moved) = thing.get("bones").and_then(Value::as_object).filter(|moved| !moved.is_empty()) {
        losses.unsupported(scene, &thing.id, "a mesh with bones is there in the pose it has now, without them");
        if let Some(posed) = posed(scene, thing, moved, &triangles.positions, losses) {
            triangles.positions = posed;
        }
    }
    triangles.drawn(&look)
}

/// Vertices as the bones carry them.
fn posed(
    scene: &Scene,
    thing: &Thing,
    moved: &serde_json::Map<String, Value>,
    positions: &Floats,
    losses: &mut Losses,
) -> Option<Floats> {
    let wxyzs = thing.floats(scene, "bone_wxyzs", losses)?;
    let places = thing.floats(scene, "bone_positions", losses)?;
    let weights = thing.floats(scene, "skin_weights", losses)?;
    let indices = thing.array("skin_indices").and_then(|id| values(scene, &id, losses))?;
    let mut none = 0;
    let bones: Vec<Transform> = places
        .rows::<3>()
        .enumerate()
        .map(|(k, place)| {
            let now = moved.get(&k.to_string());
            let bind = bone(wxyzs.row::<4>(k).map(|wxyz| wxyz.map(f64::from)), Some(place.map(f64::from)))?;
            let part = |name: &str| now.and_then(|now| now.get(name));
            let [x, y, z, w] = bind.rotation;
            let wxyz = part("wxyz").map_or(Some([w, x, y, z]), vector);
            let pose = bone(wxyz, part("position").map_or(Some(bind.translation), vector))?;
            // Back from where it was bound, then to where it is.
            let turned = pose.turned_by(Transform { rotation: [-x, -y, -z, w], ..Transform::IDENTITY });
            let [bx, by, bz] = Transform { translation: [0.0; 3], ..turned }.apply(bind.translation);
            let [px, py, pz] = pose.translation;
            Some(Transform { translation: [px - bx, py - by, pz - bz], ..turned })
        })
        .map(|bone| {
            bone.unwrap_or_else(|| {
                none += 1;
                Transform::IDENTITY
            })
        })
        .collect();
    if none > 0 {
        losses.damaged(scene, &thing.id, "bones have no pose, and stay as they are");
    }
    let mut at = [0.0; INFLUENCES];
    let mut strays = false;
    let mut out = Vec::with_capacity(positions.count(3) * 3);
    for (row, place) in positions.rows::<3>().enumerate() {
        at.fill(f64::NAN);
        indices.values.read(row * INFLUENCES, &mut at);
        let of = weights.row::<INFLUENCES>(row).unwrap_or_default();
        let mut sum = [0.0; 3];
        for (index, weight) in at.into_iter().zip(of).filter(|(_, weight)| *weight != 0.0) {
            match bones.get(index as usize).filter(|_| index >= 0.0) {
                Some(bone) => {
                    let carried = bone.apply(place.map(f64::from));
                    sum.iter_mut().zip(carried).for_each(|(sum, value)| *sum += value * f64::from(weight));
                }
                None => strays = true,
            }
        }
        out.extend(sum.map(|value| value as f32));
    }
    if strays {
        losses.damaged(scene, &thing.id, "vertices hang on bones that are not there");
    }
    Some(out.into_iter().collect())
}

fn bone(wxyz: Option<[f64; 4]>, place: Option<[f64; 3]>) -> Option<Transform> {
    let ([w, x, y, z], translation) = (wxyz?, place?);
    Transform { translation, rotation: [x, y, z, w], scale: [1.0; 3] }.normalized()
}
