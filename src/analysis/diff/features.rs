//! What an element of a list holds, as hashes: what two lists' elements are matched by.

use std::cell::Cell;
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

/// How much is looked at.
pub(super) struct Limits<'l> {
    /// Features of one element.
    pub(super) most: usize,
    /// Bytes of states that may still be read for features, for all elements together; without them,
    /// elements are matched by their order.
    pub(super) left: &'l Cell<usize>,
}

impl Limits<'_> {
    /// False where so much is not left.
    fn take(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// The features of a list's element.
pub(super) fn of_element(index: &Index<'_>, element: &str, limits: &Limits<'_>) -> Vec<Feature> {
    match index.scene.dialect().as_reference(element) {
        Some(id) => index.graph.position(&id).map(|at| of_object(index, at, limits)).unwrap_or_default(),
        None if Kind::of(element) == Kind::Object && limits.take(element.len()) => {
            let mut features = Vec::new();
            of_members(index, ("", element), (0, 1.0), (&mut features, limits.most), &mut |_, _, _| {});
            features
        }
        None => Vec::new(),
    }
}

/// The features of an object: its properties, and those of the objects below it.
pub(super) fn of_object(index: &Index<'_>, at: usize, limits: &Limits<'_>) -> Vec<Feature> {
    let mut features = Vec::new();
    let mut seen = HashSet::from([at]);
    let mut queue = VecDeque::from([(at, 0_u64, 1.0)]);
    let mut text = 0;
    while let Some((at, path, weight)) = queue.pop_front() {
        let Some(node) = index.node(at) else { continue };
        text += node.state.len();
        if text > MOST_TEXT || features.len() >= limits.most || !limits.take(node.state.len()) {
            break;
        }
        of_members(
            index,
            (&node.class, node.state.as_str()),
            (path, weight),
            (&mut features, limits.most),
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
        let value = &*raw::without(value, dialect.noise_within(class, &key));
        features.push((xxh3_64_with_seed(&index.token(value).to_le_bytes(), path), weight));
        dialect.reference_spans(value, &mut |_, id| {
            if let Some(child) = index.graph.position(&id) {
                below(child, path, weight);
            }
        });
    }
}
