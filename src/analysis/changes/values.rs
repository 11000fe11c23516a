//! A value before and after, down to where it differs.

use std::collections::BTreeSet;

use super::PropertyChange;
use super::by_name;
use crate::scene::raw::{self, Kind};
use crate::scene::{Path, Scene, Segment};

/// Values are nested a few levels deep; what is deeper is compared as text.
const DEEPEST: usize = 32;

/// Notes where two values differ: within objects and lists of objects, else as a whole.
pub(super) fn compare(
    scene: &Scene,
    place: &mut Vec<String>,
    old: Option<&str>,
    new: Option<&str>,
    found: &mut Vec<PropertyChange>,
) {
    if old == new {
        return;
    }
    if let (Some(old), Some(new)) = (old, new)
        && place.len() < DEEPEST
        && scene.dialect().as_reference(old).is_none()
        && scene.dialect().as_reference(new).is_none()
        && within(scene, place, old, new, found)
    {
        return;
    }
    let path = Path(place.iter().cloned().map(Segment).collect()).to_string();
    found.push(PropertyChange { path, old: old.map(str::to_owned), new: new.map(str::to_owned) });
}

/// Compares what is inside of two values; false where that says less than the values as they are.
fn within(scene: &Scene, place: &mut Vec<String>, old: &str, new: &str, found: &mut Vec<PropertyChange>) -> bool {
    let mut step = |name: String, old: Option<&str>, new: Option<&str>| {
        place.push(name);
        compare(scene, place, old, new, found);
        place.pop();
    };
    match (Kind::of(old), Kind::of(new)) {
        (Kind::Object, Kind::Object) => {
            let (Ok(olds), Ok(news)) = (raw::members(old), raw::members(new)) else { return false };
            let (olds, news) = (by_name(&olds), by_name(&news));
            let names: BTreeSet<&str> = olds.keys().chain(news.keys()).copied().collect();
            for name in names {
                step(name.to_owned(), olds.get(name).copied(), news.get(name).copied());
            }
            true
        }
        (Kind::Array, Kind::Array) => {
            let (Ok(olds), Ok(news)) = (raw::elements(old), raw::elements(new)) else { return false };
            let is_nested = |element: &&str| {
                matches!(Kind::of(element), Kind::Object | Kind::Array)
                    && scene.dialect().as_reference(element).is_none()
            };
            if olds.len() != news.len() || !olds.iter().chain(&news).any(is_nested) {
                return false;
            }
            for (k, (old, new)) in olds.iter().zip(&news).enumerate() {
                step(k.to_string(), Some(old), Some(new));
            }
            true
        }
        _ => false,
    }
}
