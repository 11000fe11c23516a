//! What a path and the rows behind it lead to.

use std::borrow::Cow;

use anyhow::{Context as _, Result};

use crate::commands::Refused;
use crate::render::array_json;
use crate::scene::raw::{self, Kind};
use crate::scene::{
    ArrayError, ArrayHead, Found, ObjectId, Path, Picked, Scene, SceneError, Segment, Slice, SlicedPath,
};

/// A value.
pub(super) struct Value<'a> {
    /// As JSON.
    pub(super) text: Cow<'a, str>,
    /// The object that it is the state of.
    pub(super) object: Option<ObjectId>,
    /// It is made of rows of an array.
    pub(super) is_rows: bool,
    /// What is wrong with the array's blob.
    pub(super) misfit: Option<String>,
}

/// Looks a value up.
pub(super) fn of<'a>(scene: &'a Scene, id: &ObjectId, path: &SlicedPath) -> Result<Value<'a>> {
    let found = look_up(scene, id, &path.path)?;
    let Some(slice) = path.slice else { return Ok(plain(found)) };
    if let Some(object) = &found.object
        && let Some(array) = scene.array(object)
    {
        let picked = rows(scene, object, &array, Some(slice))?;
        let mut text = Vec::new();
        array_json(&mut text, &picked)?;
        let misfit = misfit(scene, &array);
        return Ok(Value { text: String::from_utf8(text)?.into(), object: None, is_rows: true, misfit });
    }
    if found.object.is_none() && Kind::of(&found.value) == Kind::Array {
        return of_json(scene, id, path, &found.value, slice);
    }
    // An element of a collection.
    if let Slice::Row(row) = slice
        && let Ok(found) = scene.lookup(id, &with_index(&path.path, row))
    {
        return Ok(plain(found));
    }
    let found = if found.object.is_some() { "an object that is no array" } else { Kind::of(&found.value).noun() };
    let place = place(scene, id, &path.path);
    Err(SceneError::NotAContainer { place, found, property: slice.to_string() }.into())
}

/// Rows of an array; an error says of which.
pub(super) fn rows(scene: &Scene, object: &ObjectId, array: &ArrayHead<'_>, slice: Option<Slice>) -> Result<Picked> {
    let place = scene.describe(object);
    scene.rows(array, slice).map_err(|error| match error {
        ArrayError::NoSuchRow { rows, row } => {
            SceneError::OutOfRange { place, index: row.to_string(), length: rows }.into()
        }
        error if error.is_no() => Refused { text: format!("{place}: {error}"), hint: None }.into(),
        error => anyhow::anyhow!("{place}: {error}"),
    })
}

/// What is wrong with the size of an array's blob.
pub(super) fn misfit(scene: &Scene, array: &ArrayHead<'_>) -> Option<String> {
    let (len, expected) = scene.misfit(&array.clone().blob_use()?)?;
    Some(format!("its blob has {len} bytes, and {expected} are needed"))
}

/// As [`Scene::lookup`], with the object's id where its state cannot be read.
pub(super) fn look_up<'a>(scene: &'a Scene, id: &ObjectId, path: &Path) -> Result<Found<'a>> {
    scene.lookup(id, path).map_err(|error| match error {
        error @ SceneError::NotJson(_) => {
            anyhow::Error::from(error).context(format!("the state of object {id} cannot be read"))
        }
        error => error.into(),
    })
}

/// `vtkActor #5 Property.Color`
pub(super) fn place(scene: &Scene, id: &ObjectId, path: &Path) -> String {
    if path.0.is_empty() { scene.describe(id) } else { format!("{} {path}", scene.describe(id)) }
}

fn plain(found: Found<'_>) -> Value<'_> {
    Value { text: found.value, object: found.object, is_rows: false, misfit: None }
}

fn with_index(path: &Path, row: i64) -> Path {
    Path(path.0.iter().cloned().chain([Segment(row.to_string())]).collect())
}

/// Of an array in a state: one element is what a path to it leads to.
fn of_json<'a>(scene: &'a Scene, id: &ObjectId, path: &SlicedPath, array: &str, slice: Slice) -> Result<Value<'a>> {
    let elements = raw::elements(array).with_context(|| format!("the state of object {id} cannot be read"))?;
    let Some(mut rows) = slice.rows(elements.len()) else {
        let (place, index) = (place(scene, id, &path.path), slice.to_string());
        return Err(SceneError::OutOfRange { place, index, length: elements.len() }.into());
    };
    if matches!(slice, Slice::Row(_)) {
        let row = rows.next().and_then(|row| i64::try_from(row).ok()).unwrap_or_default();
        return Ok(plain(scene.lookup(id, &with_index(&path.path, row))?));
    }
    let picked: Vec<&str> = rows.filter_map(|row| elements.get(row).copied()).collect();
    Ok(Value { text: format!("[{}]", picked.join(",")).into(), object: None, is_rows: false, misfit: None })
}
