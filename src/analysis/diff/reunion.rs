//! Objects that are elsewhere and changed on the way.
//!
//! What went here and came there with the same content moved; that is told without looking. With
//! other content it is taken for the same where most of its data is: a blob that nothing else that
//! went or came has. Something new in one place for something old in another remains two differences.

use std::collections::HashMap;

use super::index::Index;
use super::note::Note;
use super::unmatched::Unmatched;
use crate::scene::Blob;

/// Objects of A and B that are the same though the places are not: by the numbers of the notes that
/// say that one went and the other came.
pub(super) fn reunite(a: &Index<'_>, b: &Index<'_>, notes: &[Note]) -> Vec<(usize, usize)> {
    let some = |is: fn(&Note) -> bool| notes.iter().any(is);
    if !some(|note| matches!(note, Note::Went { .. })) || !some(|note| matches!(note, Note::Came { .. })) {
        return Vec::new();
    }
    let (went, came) = (Unmatched::went(a, notes), Unmatched::came(b, notes));
    let (gone, new) = (Data::new(a, &went), Data::new(b, &came));
    // Bytes that two of them have in common.
    let mut common: HashMap<(usize, usize), u64> = HashMap::new();
    for (content, holder) in &gone.holders {
        if let (Some((x, bytes)), Some(Some((y, _)))) = (holder, new.holders.get(content)) {
            *common.entry((*x, *y)).or_default() += bytes;
        }
    }
    let mut ranked: Vec<((usize, usize), u64)> =
        common.into_iter().filter(|((x, y), bytes)| 2 * bytes > gone.all(*x).max(new.all(*y))).collect();
    ranked.sort_unstable_by(|(p, v), (q, w)| w.cmp(v).then(p.cmp(q)));
    let (mut taken_a, mut taken_b) = (vec![false; went.references.len()], vec![false; came.references.len()]);
    let mut pairs = Vec::new();
    for ((x, y), _) in ranked {
        let (Some(from), Some(to)) = (went.references.get(x), came.references.get(y)) else { continue };
        let (Some(old), Some(new)) = (a.node(from.object), b.node(to.object)) else { continue };
        let moved = from.owner.is_some()
            && to.owner.is_some()
            && went.is_top(x, from)
            && came.is_top(y, to)
            && old.class == new.class
            && old.fingerprint != new.fingerprint;
        if let (true, Some(left @ false), Some(right @ false)) = (moved, taken_a.get_mut(x), taken_b.get_mut(y)) {
            (*left, *right) = (true, true);
            pairs.push((from.note, to.note));
        }
    }
    pairs
}

/// The data of what one side lacks.
struct Data {
    /// By content: the number of the only reference that leads to it, and its bytes; `None` where there
    /// are several.
    holders: HashMap<u64, Option<(usize, u64)>>,
    /// Bytes of data by the number of the reference.
    totals: HashMap<usize, u64>,
}

impl Data {
    fn new(index: &Index<'_>, unmatched: &Unmatched) -> Self {
        let mut data = Self { holders: HashMap::new(), totals: HashMap::new() };
        for (&at, &reference) in &unmatched.alone {
            let Some(node) = index.node(at) else { continue };
            let Some(found) = index.scene.dialect().blob_use(node.state) else { continue };
            // A baseline may be without its blobs.
            let bytes = index.scene.blob(&found.hash).map(Blob::len).or(found.expected_bytes()).unwrap_or_default();
            *data.totals.entry(reference).or_default() += bytes;
            data.holders
                .entry(node.fingerprint)
                .and_modify(|holder| *holder = None)
                .or_insert_with(|| (bytes > 0).then_some((reference, bytes)));
        }
        data
    }

    fn all(&self, reference: usize) -> u64 {
        self.totals.get(&reference).copied().unwrap_or_default()
    }
}
