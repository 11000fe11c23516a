//! The tree of names: which nodes there are below which, whoever owns them.
//!
//! Children may come before their parents, and outlive them. So a name is there as long as a node has it or
//! something is below it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

/// Bytes of names that stand for nodes that nobody made: a hostile server may name a leaf of many branches.
const MOST_STAND_INS: usize = 256 << 20;

#[derive(Clone, Default)]
pub(super) struct Names {
    known: HashMap<Arc<str>, Named, RandomState>,
    /// Bytes of the names above nodes.
    bytes: usize,
}

/// What there is at a name.
#[derive(Clone)]
pub(super) struct Named {
    name: Arc<str>,
    /// Who has a node of this name.
    pub(super) owners: SmallVec<[Arc<str>; 1]>,
    /// The names right below it, in order.
    pub(super) children: BTreeSet<Arc<str>>,
}

impl Named {
    fn of(name: Arc<str>) -> Self {
        Self { name, owners: SmallVec::new(), children: BTreeSet::new() }
    }
}

/// A name without its last part; nothing for the root's.
fn parent(name: &str) -> Option<&str> {
    name.rsplit_once('/').map(|(parent, _)| parent)
}

impl Names {
    /// A node has this name from now on. Adds the names at which something is to be written anew.
    pub(super) fn add(&mut self, name: &Arc<str>, owner: &str, touched: &mut Vec<Arc<str>>) {
        let entry = self.known.entry(Arc::clone(name)).or_insert_with_key(|name| Named::of(Arc::clone(name)));
        let was_there = !entry.owners.is_empty() || !entry.children.is_empty();
        touched.push(Arc::clone(&entry.name));
        let is_new = !entry.owners.iter().any(|known| **known == *owner);
        if is_new {
            // There is one of the empty text for all.
            entry.owners.push(if owner.is_empty() { Arc::default() } else { owner.into() });
        }
        // Who stands for a name among several is written in its parent: also a node that is made anew may be another.
        if was_there && (is_new || entry.owners.len() > 1) {
            touched.extend(parent(name).map(|above| self.shared(above)));
        }
        if !was_there {
            self.link(Arc::clone(name), touched);
        }
    }

    /// A name as it is kept here, where it is.
    fn shared(&self, name: &str) -> Arc<str> {
        self.known.get(name).map_or_else(|| name.into(), |entry| Arc::clone(&entry.name))
    }

    /// Makes a name known to those above it, as far as they do not know it.
    fn link(&mut self, name: Arc<str>, touched: &mut Vec<Arc<str>>) {
        let mut name = name;
        while let Some(above) = parent(&name) {
            self.bytes += above.len();
            let Some(entry) = self.known.get_mut(above) else {
                let above: Arc<str> = above.into();
                touched.push(Arc::clone(&above));
                let mut entry = Named::of(Arc::clone(&above));
                entry.children.insert(name);
                self.known.insert(Arc::clone(&above), entry);
                name = above;
                continue;
            };
            touched.push(Arc::clone(&entry.name));
            let was_there = !entry.owners.is_empty() || !entry.children.is_empty();
            entry.children.insert(name);
            if was_there {
                return;
            }
            name = Arc::clone(&entry.name);
        }
    }

    /// An owner's node of this name is gone, with all of the same owner below it. Gives their names, and those at which
    /// something is to be written anew.
    pub(super) fn remove(&mut self, name: &str, owner: &str) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
        let (mut gone, mut touched) = (Vec::new(), Vec::new());
        let mut stack: Vec<Arc<str>> = vec![name.into()];
        let mut below = Vec::new();
        while let Some(name) = stack.pop() {
            if let Some(entry) = self.known.get_mut(&name) {
                let had = entry.owners.len();
                entry.owners.retain(|known| **known != *owner);
                if entry.owners.len() < had {
                    gone.push(Arc::clone(&name));
                }
                stack.extend(entry.children.iter().cloned());
                below.push(name);
            }
        }
        // From the bottom up: a name that nothing holds any longer is forgotten.
        for name in below.into_iter().rev() {
            touched.push(Arc::clone(&name));
            self.prune(&name, &mut touched);
        }
        (gone, touched)
    }

    fn prune(&mut self, name: &str, touched: &mut Vec<Arc<str>>) {
        let mut name: Arc<str> = name.into();
        while !name.is_empty()
            && self.known.get(&name).is_some_and(|entry| entry.owners.is_empty() && entry.children.is_empty())
        {
            self.known.remove(&name);
            let Some(above) = parent(&name).map(Arc::<str>::from) else { return };
            self.bytes = self.bytes.saturating_sub(above.len());
            if let Some(entry) = self.known.get_mut(&above) {
                entry.children.remove(&name);
            }
            touched.push(Arc::clone(&above));
            name = above;
        }
        touched.extend(parent(&name).map(Arc::from));
    }

    /// True when there are so many names that no more are taken.
    pub(super) fn is_full(&self) -> bool {
        self.bytes > MOST_STAND_INS
    }

    /// Who has a node of this name.
    pub(super) fn owners(&self, name: &str) -> &[Arc<str>] {
        self.known.get(name).map_or(&[], |entry| entry.owners.as_slice())
    }

    /// Names that nobody has, and that something is below; the root's is none.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = &Arc<str>> {
        let is_one = |(name, entry): &(&Arc<str>, &Named)| entry.owners.is_empty() && !name.is_empty();
        self.known.iter().filter(is_one).map(|(name, _)| name)
    }

    /// What there is at a name.
    pub(super) fn get(&self, name: &str) -> Option<&Named> {
        self.known.get(name)
    }

    /// True for a name that a node has, or below which there is one.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }
}
