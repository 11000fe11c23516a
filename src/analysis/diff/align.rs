//! Which element of one list is which of another.
//!
//! First by content: the same fingerprint is the same element. What is left is matched by what it has
//! in common with few others: a value that one element on each side has says much, one that all have
//! says nothing.

use std::collections::HashMap;

use super::features::Feature;

/// An element as far as matching needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// Equal for elements with equal content.
    pub(super) token: u64,
    /// Only elements of the same kind are matched (a class, or what kind of JSON it is).
    pub(super) kind: u64,
}

/// Who is who.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Alignment {
    /// (position in A, position in B, it is out of order: moved), sorted by the position in B.
    pub(super) pairs: Vec<(usize, usize, bool)>,
    /// Positions in A without a partner.
    pub(super) removed: Vec<usize>,
    /// Positions in B without a partner.
    pub(super) added: Vec<usize>,
}

/// Matches two lists. `features` is asked only for elements without an equal one: hashes of what they hold,
/// at most so many.
pub(super) fn align(
    a: &[Item],
    b: &[Item],
    features_a: impl Fn(usize, usize) -> Vec<Feature>,
    features_b: impl Fn(usize, usize) -> Vec<Feature>,
) -> Alignment {
    let mut partner_a: Vec<Option<usize>> = vec![None; a.len()];
    let mut partner_b: Vec<Option<usize>> = vec![None; b.len()];
    {
        let mut join = |x: usize, y: usize| {
            if let (Some(left @ None), Some(right @ None)) = (partner_a.get_mut(x), partner_b.get_mut(y)) {
                *left = Some(y);
                *right = Some(x);
            }
        };
        by_content(a, b, &mut join);
    }
    let free = |partners: &[Option<usize>]| -> Vec<usize> {
        partners.iter().enumerate().filter(|(_, partner)| partner.is_none()).map(|(k, _)| k).collect()
    };
    let (left_a, left_b) = (free(&partner_a), free(&partner_b));
    if !left_a.is_empty() && !left_b.is_empty() {
        let mut join = |x: usize, y: usize| {
            if let (Some(left @ None), Some(right @ None)) = (partner_a.get_mut(x), partner_b.get_mut(y)) {
                *left = Some(y);
                *right = Some(x);
            }
        };
        by_likeness(a, b, &left_a, &left_b, &features_a, &features_b, &mut join);
        // What has nothing in common is still the same element, where both sides have one of its kind left.
        in_order(a, b, &left_a, &left_b, &mut join);
    }
    untangle(a, &mut partner_b);
    let in_chain = longest_chain(&partner_b);
    let pairs = partner_b
        .iter()
        .enumerate()
        .filter_map(|(y, partner)| partner.map(|x| (x, y, in_chain.get(y) != Some(&true))))
        .collect();
    Alignment { pairs, removed: free(&partner_a), added: free(&partner_b) }
}

/// The same beginning, the same end, and between them the k-th of a kind with the k-th.
fn by_content(a: &[Item], b: &[Item], join: &mut impl FnMut(usize, usize)) {
    let same = |(x, y): &(&Item, &Item)| x.token == y.token;
    let front = a.iter().zip(b).take_while(same).count();
    let (rest_a, rest_b) = (a.get(front..).unwrap_or_default(), b.get(front..).unwrap_or_default());
    let back = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(same).count();
    (0..front).for_each(|k| join(k, k));
    (0..back).for_each(|k| join(a.len() - 1 - k, b.len() - 1 - k));
    let mut waiting: HashMap<u64, std::collections::VecDeque<usize>> = HashMap::new();
    for (x, item) in a.iter().enumerate().take(a.len() - back).skip(front) {
        waiting.entry(item.token).or_default().push_back(x);
    }
    for (y, item) in b.iter().enumerate().take(b.len() - back).skip(front) {
        if let Some(x) = waiting.get_mut(&item.token).and_then(std::collections::VecDeque::pop_front) {
            join(x, y);
        }
    }
}

/// A feature that more pairs than this have says too little to be worth counting.
const COMMON: usize = 256;
/// Features of all elements together: they are held in memory.
const ALL_FEATURES: usize = 2_000_000;
/// Features of one element, where there are few elements, and where there are very many.
const MOST: usize = 1024;
const FEWEST: usize = 16;
/// A vote as a whole number: sums of floating point numbers depend on their order, and who is equally
/// alike must have equally many votes.
const ONE: f64 = (1_u64 << 40) as f64;

fn by_likeness(
    a: &[Item],
    b: &[Item],
    left_a: &[usize],
    left_b: &[usize],
    features_a: &impl Fn(usize, usize) -> Vec<Feature>,
    features_b: &impl Fn(usize, usize) -> Vec<Feature>,
    join: &mut impl FnMut(usize, usize),
) {
    let most = (ALL_FEATURES / (left_a.len() + left_b.len())).clamp(FEWEST, MOST);
    let mut holders: HashMap<u64, Holders> = HashMap::new();
    for &x in left_a {
        for (feature, weight) in features_a(x, most) {
            let holders = holders.entry(feature).or_default();
            holders.a.push(x);
            holders.weight = weight;
        }
    }
    for &y in left_b {
        features_b(y, most).into_iter().for_each(|(feature, _)| holders.entry(feature).or_default().b.push(y));
    }
    let mut votes: HashMap<(usize, usize), u64> = HashMap::new();
    for Holders { a: xs, b: ys, weight } in holders.values() {
        let pairs = xs.len() * ys.len();
        if pairs > COMMON {
            continue;
        }
        for &x in xs {
            for &y in ys {
                if a.get(x).map(|item| item.kind) == b.get(y).map(|item| item.kind) {
                    *votes.entry((x, y)).or_default() += (weight / pairs as f64 * ONE) as u64;
                }
            }
        }
    }
    let mut ranked: Vec<((usize, usize), u64)> = votes.into_iter().collect();
    ranked.sort_unstable_by(|(p, v), (q, w)| {
        w.cmp(v).then_with(|| p.0.abs_diff(p.1).cmp(&q.0.abs_diff(q.1))).then_with(|| p.cmp(q))
    });
    ranked.into_iter().for_each(|((x, y), _)| join(x, y));
}

/// Who has a feature.
#[derive(Default)]
struct Holders {
    a: Vec<usize>,
    b: Vec<usize>,
    weight: f64,
}

fn in_order(a: &[Item], b: &[Item], left_a: &[usize], left_b: &[usize], join: &mut impl FnMut(usize, usize)) {
    let mut by_kind: HashMap<u64, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for &x in left_a {
        by_kind.entry(a.get(x).map_or(0, |item| item.kind)).or_default().0.push(x);
    }
    for &y in left_b {
        by_kind.entry(b.get(y).map_or(0, |item| item.kind)).or_default().1.push(y);
    }
    // Those that are taken already stay as they are: `join` sees to it.
    for (xs, ys) in by_kind.into_values() {
        if xs.len() == ys.len() {
            xs.into_iter().zip(ys).for_each(|(x, y)| join(x, y));
        }
    }
}

/// Equal elements of A can stand for each other: they keep their order, so that none seems to have moved.
fn untangle(a: &[Item], partners: &mut [Option<usize>]) {
    let mut equals: HashMap<u64, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (y, x) in partners.iter().enumerate().filter_map(|(y, x)| x.map(|x| (y, x))) {
        let (xs, ys) = equals.entry(a.get(x).map_or(0, |item| item.token)).or_default();
        xs.push(x);
        ys.push(y);
    }
    for (mut xs, ys) in equals.into_values() {
        xs.sort_unstable();
        for (x, y) in xs.into_iter().zip(ys) {
            if let Some(partner) = partners.get_mut(y) {
                *partner = Some(x);
            }
        }
    }
}

/// The longest run of partners that are in order in both lists; the others moved.
fn longest_chain(partners: &[Option<usize>]) -> Vec<bool> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; partners.len()];
    let partner = |y: usize| partners.get(y).copied().flatten().unwrap_or_default();
    for (y, x) in partners.iter().enumerate().filter_map(|(y, x)| x.map(|x| (y, x))) {
        let place = tails.partition_point(|&tail| partner(tail) < x);
        if let Some(slot) = before.get_mut(y) {
            *slot = place.checked_sub(1).and_then(|k| tails.get(k).copied());
        }
        match tails.get_mut(place) {
            Some(tail) => *tail = y,
            None => tails.push(y),
        }
    }
    let mut chain = vec![false; partners.len()];
    let mut at = tails.last().copied();
    while let Some(y) = at {
        if let Some(place) = chain.get_mut(y) {
            *place = true;
        }
        at = before.get(y).copied().flatten();
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(tokens: &[u64]) -> Vec<Item> {
        tokens.iter().map(|&token| Item { token, kind: 0 }).collect()
    }

    fn plain(a: &[u64], b: &[u64]) -> Alignment {
        align(&items(a), &items(b), |_, _| Vec::new(), |_, _| Vec::new())
    }

    #[test]
    fn an_insertion_is_one_and_a_move_is_one() {
        let found = plain(&[1, 2, 3], &[9, 1, 2, 3]);
        assert_eq!((found.added, found.removed.len()), (vec![0], 0));
        assert!(found.pairs.iter().all(|&(_, _, moved)| !moved));
        let found = plain(&[1, 2, 3, 4], &[2, 3, 4, 1]);
        assert_eq!(found.pairs, [(1, 0, false), (2, 1, false), (3, 2, false), (0, 3, true)]);
        let found = plain(&[7, 7, 1], &[7, 7, 7, 1]);
        assert_eq!(found.added, [2]);
    }

    #[test]
    fn equal_ones_keep_their_order() {
        // The second and the last of four changed to the same.
        let found = plain(&[1, 1, 1, 1], &[1, 2, 1, 2]);
        assert_eq!(found.pairs, [(0, 0, false), (1, 1, false), (2, 2, false), (3, 3, false)]);
    }

    #[test]
    fn what_changed_is_found_by_what_it_has_left() {
        // All have 100 in common; 2 and 20 share 200 besides; 9 is new.
        let features_a = |x: usize, _: usize| if x == 1 { vec![(100, 1.0), (200, 1.0)] } else { vec![(100, 1.0)] };
        let features_b = |y: usize, _: usize| if y == 2 { vec![(100, 1.0), (200, 1.0)] } else { vec![(100, 1.0)] };
        let found = align(&items(&[1, 2, 3]), &items(&[9, 1, 20, 3]), features_a, features_b);
        assert_eq!(found.pairs, [(0, 1, false), (1, 2, false), (2, 3, false)]);
        assert_eq!((found.added, found.removed.len()), (vec![0], 0));
    }

    #[test]
    fn other_kinds_are_never_matched() {
        let a = [Item { token: 1, kind: 1 }];
        let b = [Item { token: 2, kind: 2 }];
        let found = align(&a, &b, |_, _| vec![(5, 1.0)], |_, _| vec![(5, 1.0)]);
        assert_eq!((found.removed, found.added), (vec![0], vec![0]));
    }
}
