//! The values of arrays, as far as they are there.

use super::{LossKind, Losses};
use crate::scene::{ObjectId, Picked, Scene};

/// The values of an array: as many whole rows as there are. What is missing is noted.
pub fn values(scene: &Scene, id: &ObjectId, losses: &mut Losses) -> Option<Picked> {
    let mut damaged = |detail: String| {
        let reason = String::from("an array cannot be read, or not all of it");
        losses.note(LossKind::Damaged, reason, scene.describe(id), Some(detail));
    };
    let Some(array) = scene.array(id) else {
        damaged(String::from("it is not there, or no array"));
        return None;
    };
    let picked = scene.rows(&array, None).map_err(|error| damaged(error.to_string())).ok()?;
    if (picked.rows as u64) < array.tuples {
        damaged(format!("{} of {} rows are there", picked.rows, array.tuples));
    }
    Some(picked)
}
