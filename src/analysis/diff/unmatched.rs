//! References that only one side has, and what only they lead to.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::index::Index;
use super::note::Note;
use crate::scene::Paths;

/// A reference that only one side has.
pub(super) struct Reference {
    pub(super) object: usize,
    /// The objects that it stands in, in A and in B; a root stands in none.
    pub(super) owner: Option<(usize, usize)>,
    pub(super) place: String,
    /// The note that says so, by its number.
    pub(super) note: usize,
}

/// The references of one side.
pub(super) struct Unmatched {
    /// The shortest way first: it is where the object is said to be.
    pub(super) references: Vec<Reference>,
    /// Objects that nothing else leads to, each with the number of the reference that does.
    pub(super) alone: HashMap<usize, usize>,
}

impl Unmatched {
    /// What only A has.
    pub(super) fn went(a: &Index<'_>, notes: &[Note]) -> Self {
        let references = notes.iter().enumerate().filter_map(|(note, found)| match found {
            Note::Went { object, owner, place } => {
                Some(Reference { object: *object, owner: *owner, place: place.clone(), note })
            }
            _ => None,
        });
        Self::new(a, references.collect(), |pair| pair.0)
    }

    /// What only B has.
    pub(super) fn came(b: &Index<'_>, notes: &[Note]) -> Self {
        let references = notes.iter().enumerate().filter_map(|(note, found)| match found {
            Note::Came { object, owner, place } => {
                Some(Reference { object: *object, owner: *owner, place: place.clone(), note })
            }
            _ => None,
        });
        Self::new(b, references.collect(), |pair| pair.1)
    }

    fn new(index: &Index<'_>, mut references: Vec<Reference>, owner: impl Fn((usize, usize)) -> usize) -> Self {
        let paths = Paths::new(index.scene, &index.graph);
        let path = |at: usize| index.node(at).map(|node| paths.to(node.id)).unwrap_or_default();
        references.sort_by_cached_key(|it| (sortable(&path(it.object)), it.place.clone()));
        let alone = alone(index, &references, owner);
        Self { references, alone }
    }

    /// True for a reference that brings an object with it, rather than lead to one that is there anyway.
    pub(super) fn is_top(&self, number: usize, reference: &Reference) -> bool {
        self.alone.get(&reference.object) == Some(&number)
    }

    /// The references that bring an object with them.
    pub(super) fn tops(&self) -> impl DoubleEndedIterator<Item = (usize, &Reference)> {
        self.references.iter().enumerate().filter(|(number, reference)| self.is_top(*number, reference))
    }
}

/// What only these references lead to.
fn alone(
    index: &Index<'_>,
    references: &[Reference],
    owner: impl Fn((usize, usize)) -> usize,
) -> HashMap<usize, usize> {
    // How many references of an owner to an object are left when these are taken away.
    let mut left: HashMap<(usize, usize), i64> = HashMap::new();
    for reference in references {
        if let Some(pair) = reference.owner {
            *left.entry((owner(pair), reference.object)).or_default() -= 1;
        }
    }
    for at in references.iter().filter_map(|it| it.owner.map(&owner)).collect::<BTreeSet<usize>>() {
        for child in index.children(at) {
            if let Some(left) = left.get_mut(&(at, child)) {
                *left += 1;
            }
        }
    }
    let tops: HashSet<usize> = references.iter().filter(|it| it.owner.is_none()).map(|it| it.object).collect();
    let starts = index.roots().into_iter().chain(index.orphans.iter().copied()).map(|(at, _)| at);
    let starts = starts.filter(|at| !tops.contains(at));
    let is_closed = |parent: usize, child: usize| left.get(&(parent, child)).is_some_and(|&left| left <= 0);
    let elsewhere = index.reach(starts, &is_closed);
    let mut found = HashMap::new();
    for (k, reference) in references.iter().enumerate() {
        let mut stack = vec![reference.object];
        while let Some(at) = stack.pop() {
            if elsewhere.get(at) == Some(&false) && !found.contains_key(&at) {
                found.insert(at, k);
                stack.extend(index.children(at));
            }
        }
    }
    found
}

/// A path as something to sort by: indexes in it as numbers.
pub(super) fn sortable(path: &str) -> Vec<(u64, String)> {
    let part = |part: &str| match part.parse() {
        Ok(number) => (number, String::new()),
        Err(_) => (u64::MAX, part.to_owned()),
    };
    path.split(['/', '.']).map(part).collect()
}
