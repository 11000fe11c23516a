//! What an element of a list holds, as hashes: what two lists' elements are matched by.

use std::collections::HashSet;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::index::Index;
use crate::scene::raw::{self, Kind};

/// Objects below an element that are looked at. An actor has some twenty.
const NEAREST: usize = 48;
/// So deep, properties count one by one; below, only whole objects do.
const IN_DETAIL: usize = 2;

/// The features of a list's element.
pub(super) fn of_element(index: &Index<'_>, element: &str) -> Vec<u64> {
    match index.scene.dialect().as_reference(element) {
        Some(id) => index.graph.position(&id).map(|at| of_object(index, at)).unwrap_or_default(),
        None if Kind::of(element) == Kind::Object => of_members(index, element, 0),
        None => Vec::new(),
    }
}

/// The features of an object: its properties and those of what is right below, and every object below as a whole.
pub(super) fn of_object(index: &Index<'_>, at: usize) -> Vec<u64> {
    let mut features = Vec::new();
    let mut seen = HashSet::from([at]);
    let mut level = vec![(at, 0_u64)];
    for depth in 0.. {
        let mut next = Vec::new();
        for &(at, path) in &level {
            let Some(node) = index.node(at) else { continue };
            features.push(xxh3_64_with_seed(&node.fingerprint.to_le_bytes(), path));
            if depth < IN_DETAIL {
                features.extend(of_members(index, node.state.as_str(), path));
            }
            for (k, child) in index.children(at).enumerate() {
                if seen.len() < NEAREST && seen.insert(child) {
                    next.push((child, xxh3_64_with_seed(&k.to_le_bytes(), path)));
                }
            }
        }
        if next.is_empty() {
            break;
        }
        level = next;
    }
    features
}

fn of_members(index: &Index<'_>, object: &str, path: u64) -> Vec<u64> {
    let members = raw::members(object).unwrap_or_default();
    let feature = |(key, value): &(std::borrow::Cow<'_, str>, &str)| {
        xxh3_64_with_seed(&index.token(value).to_le_bytes(), path ^ xxh3_64(key.as_bytes()))
    };
    // Noise agrees with nothing, so it does no harm.
    members.iter().map(feature).collect()
}
