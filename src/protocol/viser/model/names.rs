//! The tree of names: which nodes there are below which, whoever owns them.
//!
//! Children may come before their parents, and outlive them. So a name is there as long as a node has it or
//! something is below it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Bytes of names that stand for nodes that nobody made: a hostile server may name a leaf of many branches.
const MOST_STAND_INS: usize = 256 << 20;

#[derive(Clone, Default)]
pub(super) struct Names {
    known: HashMap<Arc<str>, Entry>,
    /// Bytes of the names above nodes.
    bytes: usize,
}

#[derive(Clone, Default)]
struct Entry {
    /// Who has a node of this name.
    owners: Vec<Arc<str>>,
    children: BTreeSet<Arc<str>>,
}

/// A name without its last part; nothing for the root's.
fn parent(name: &str) -> Option<&str> {
    name.rsplit_once('/').map(|(parent, _)| parent)
}

impl Names {
    /// A node has this name from now on. Gives the names at which something is to be written anew.
    pub(super) fn add(&mut self, name: &str, owner: &str) -> Vec<Arc<str>> {
        let mut touched: Vec<Arc<str>> = vec![name.into()];
        let entry = self.known.entry(name.into()).or_default();
        let was_there = !entry.owners.is_empty() || !entry.children.is_empty();
        let is_new = !entry.owners.iter().any(|known| **known == *owner);
        if is_new {
            entry.owners.push(owner.into());
        }
        // Who stands for a name among several is written in its parent: also a node that is made anew may be another.
        if is_new || entry.owners.len() > 1 {
            touched.extend(parent(name).map(Arc::from));
        }
        if !was_there {
            self.link(name, &mut touched);
        }
        touched
    }

    /// Makes a name known to those above it, as far as they do not know it.
    fn link(&mut self, name: &str, touched: &mut Vec<Arc<str>>) {
        let mut name = name;
        while let Some(above) = parent(name) {
            touched.push(above.into());
            self.bytes += above.len();
            let entry = self.known.entry(above.into()).or_default();
            let was_there = !entry.owners.is_empty() || !entry.children.is_empty();
            entry.children.insert(name.into());
            if was_there {
                return;
            }
            name = above;
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
        let is_one = |(name, entry): &(&Arc<str>, &Entry)| entry.owners.is_empty() && !name.is_empty();
        self.known.iter().filter(is_one).map(|(name, _)| name)
    }

    /// The names right below this one, in order.
    pub(super) fn children(&self, name: &str) -> impl Iterator<Item = &Arc<str>> {
        self.known.get(name).into_iter().flat_map(|entry| &entry.children)
    }

    /// True for a name that a node has, or below which there is one.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }
}
