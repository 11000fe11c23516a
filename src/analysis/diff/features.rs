//! What an element of a list holds, as hashes: what two lists' elements are matched by.

use std::collections::{HashSet, VecDeque};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::index::Index;
use crate::scene::raw::{self, Kind};

/// Objects below an element that are looked at.
const NEAREST: usize = 24;

/// Bytes of states that are read for one element.
const MOST_TEXT: usize = 128 << 10;

/// A feature, and how much it says. An object's properties share its weight, and so do theirs: a texture
/// with forty properties says no more of an actor than its position does.
pub(super) type Feature = (u64, f64);

/// The features of a list's element, at most so many.
pub(super) fn of_element(index: &Index<'_>, element: &str, most: usize) -> Vec<Feature> {
    match index.scene.dialect().as_reference(element) {
        Some(id) => index.graph.position(&id).map(|at| of_object(index, at, most)).unwrap_or_default(),
        None if Kind::of(element) == Kind::Object => {
            let mut features = Vec::new();
            of_members(index, ("", element), (0, 1.0), (&mut features, most), &mut |_, _, _| {});
            features
        }
        None => Vec::new(),
    }
}

/// The features of an object: its properties, and those of the objects below it.
pub(super) fn of_object(index: &Index<'_>, at: usize, most: usize) -> Vec<Feature> {
    let mut features = Vec::new();
    let mut seen = HashSet::from([at]);
    let mut queue = VecDeque::from([(at, 0_u64, 1.0)]);
    let mut text = 0;
    while let Some((at, path, weight)) = queue.pop_front() {
        let Some(node) = index.node(at) else { continue };
        text += node.state.len();
        if text > MOST_TEXT || features.len() >= most {
            break;
        }
        of_members(
            index,
            (&node.class, node.state.as_str()),
            (path, weight),
            (&mut features, most),
            &mut |child, path, weight| {
                if seen.len() < NEAREST && seen.insert(child) {
                    queue.push_back((child, path, weight));
                }
            },
        );
    }
    features
}

fn of_members(
    index: &Index<'_>,
    (class, object): (&str, &str),
    (path, weight): (u64, f64),
    (features, most): (&mut Vec<Feature>, usize),
    below: &mut dyn FnMut(usize, u64, f64),
) {
    let dialect = index.scene.dialect();
    let members = raw::members(object).unwrap_or_default();
    let weight = weight / members.len().max(1) as f64;
    for (key, value) in members {
        if dialect.is_noise(class, &key) {
            continue;
        }
        if features.len() >= most {
            return;
        }
        let path = xxh3_64_with_seed(key.as_bytes(), path);
        features.push((xxh3_64_with_seed(&index.token(value).to_le_bytes(), path), weight));
        dialect.reference_spans(value, &mut |_, id| {
            if let Some(child) = index.graph.position(&id) {
                below(child, path, weight);
            }
        });
    }
}
