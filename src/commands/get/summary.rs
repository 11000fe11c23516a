//! What there is to say of an array object.

use super::value::misfit;
use crate::render::ArraySummary;
use crate::scene::{ObjectId, Picked, Scene, Slice};

/// First values that are shown, and rows of them.
const FIRST_VALUES: u64 = 64;
const FIRST_ROWS: u64 = 5;

/// Looks at an array; `None` for an object that is none, or that holds something else than numbers in a blob.
pub(super) fn summary<'a>(scene: &'a Scene, id: &ObjectId) -> Option<ArraySummary<'a>> {
    let state = scene.state(id)?;
    let head = scene.dialect().head(state);
    let array = scene.dialect().array(state)?;
    if array.hash.is_none() && array.element.is_none() {
        return None;
    }
    let title = scene.describe(id);
    let blob_bytes = array.hash.as_ref().and_then(|hash| scene.blob(hash)).map(crate::scene::Blob::len);
    let (stats, first, problem) = match scene.rows(&array, None) {
        Err(error) => (None, None, Some(error.to_string())),
        Ok(Picked { values, rows, components, .. }) => {
            let wanted = (FIRST_VALUES / array.components.max(1)).clamp(1, FIRST_ROWS);
            let wanted = Slice::Range(None, i64::try_from(wanted).ok(), 1).rows(rows);
            let first = wanted.filter(|_| array.components <= FIRST_VALUES).map(|wanted| Picked {
                values: values.rows(wanted, components),
                rows: wanted.count,
                components,
                row: array.row.clone(),
                is_single: false,
            });
            (Some(values.stats(array.components)), first, misfit(scene, &array))
        }
    };
    Some(ArraySummary { title, name: head.name, array, blob_bytes, stats, first, problem })
}
