//! Where a scene's bytes are: by array, object, class and prop, and which of them could be saved.

mod groups;
mod inspect;
mod owners;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

pub use groups::{ActorRow, ClassRow, ObjectRow, Share};
pub use inspect::{Facts, Ramp};
pub use owners::Owners;

use super::Stage;
use crate::scene::{Element, Graph, ObjectId, Paths, Role, Scene};

/// A scene's bytes, taken apart.
pub struct Usage<'a> {
    scene: &'a Scene,
    graph: Graph<'a>,
    items: Vec<Item<'a>>,
    owners: Owners<'a>,
    /// The arrays that have a blob, by id.
    pub arrays: Vec<ArrayUse<'a>>,
    /// Blobs that no object refers to, with their sizes.
    pub unreferenced: Vec<(&'a str, u64)>,
    /// The sums.
    pub totals: Totals,
}

/// One object.
struct Item<'a> {
    id: &'a ObjectId,
    class: Cow<'a, str>,
    name: Option<Cow<'a, str>>,
    role: Option<Role>,
    state_bytes: u64,
}

/// One array and its blob.
#[derive(Clone, Debug)]
pub struct ArrayUse<'a> {
    /// The object.
    pub id: &'a ObjectId,
    /// Its class.
    pub class: Cow<'a, str>,
    /// What it is called.
    pub name: Option<Cow<'a, str>>,
    /// The blob.
    pub hash: Cow<'a, str>,
    /// Type of its values, where the class tells.
    pub element: Option<Element>,
    /// Rows.
    pub tuples: u64,
    /// Values in a row.
    pub components: u64,
    /// The blob's size; `None` where it is missing.
    pub blob_bytes: Option<u64>,
    /// The first array with the same blob, which is held once.
    pub same_as: Option<&'a ObjectId>,
    /// How many arrays after it have the same blob.
    pub copies: u64,
    /// Nothing that shows the data uses it.
    pub unused: bool,
    /// A root leads to it.
    pub reachable: bool,
    /// What its values are like, where they were looked at.
    pub facts: Option<Facts>,
}

impl ArrayUse<'_> {
    /// Bytes that this array takes: nothing where an array before it has the same blob.
    pub fn bytes(&self) -> u64 {
        if self.same_as.is_some() { 0 } else { self.blob_bytes.unwrap_or_default() }
    }

    /// Bytes that a narrower type of the same values would save.
    pub fn narrower_saves(&self) -> u64 {
        if self.facts.as_ref().is_some_and(|facts| facts.fits.is_some()) { self.bytes() / 2 } else { 0 }
    }

    /// True where nobody sees it.
    pub fn is_waste(&self) -> bool {
        self.unused || !self.reachable
    }
}

/// Sums over a scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Objects.
    pub objects: u64,
    /// Bytes of their states.
    pub state_bytes: u64,
    /// Blobs.
    pub blobs: u64,
    /// Their bytes.
    pub blob_bytes: u64,
    /// Arrays whose blob is not there: their bytes are not in the sums.
    pub missing_blobs: u64,
    /// Bytes of blobs that nothing uses.
    pub unused_bytes: u64,
    /// Bytes that narrower types would save in the others.
    pub narrower_bytes: u64,
}

impl Totals {
    /// States and blobs.
    pub fn bytes(&self) -> u64 {
        self.state_bytes.saturating_add(self.blob_bytes)
    }

    /// What could be saved.
    pub fn savings(&self) -> u64 {
        self.unused_bytes.saturating_add(self.narrower_bytes)
    }
}

impl<'a> Usage<'a> {
    /// The scene.
    pub fn scene(&self) -> &'a Scene {
        self.scene
    }

    /// Takes a scene apart. With `look`, the values of all blobs are read, one blob at a time in each thread.
    pub fn new(scene: &'a Scene, look: bool) -> Self {
        let graph = Graph::new(scene);
        let mut arrays: Vec<ArrayUse<'a>> = Vec::new();
        let mut first: HashMap<Cow<'a, str>, &'a ObjectId> = HashMap::new();
        let unused = scene.dialect().unused_arrays(scene);
        let mut items = Vec::with_capacity(scene.objects().len());
        for (id, state) in scene.objects() {
            let head = scene.dialect().head(state);
            let role = scene.dialect().role(&head);
            if let Some(found) = scene.dialect().blob_use(state) {
                let same_as = first.get(&found.hash).copied();
                first.entry(found.hash.clone()).or_insert(id);
                arrays.push(ArrayUse {
                    id,
                    class: head.class.clone(),
                    name: head.name.clone(),
                    blob_bytes: scene.blob(&found.hash).map(crate::scene::Blob::len),
                    hash: found.hash,
                    element: found.element,
                    tuples: found.tuples,
                    components: found.components,
                    same_as,
                    copies: 0,
                    unused: unused.contains(id),
                    reachable: graph.is_reachable(id),
                    facts: None,
                });
            }
            items.push(Item { id, class: head.class, name: head.name, role, state_bytes: state.len() as u64 });
        }
        let mut copies: HashMap<&ObjectId, u64> = HashMap::new();
        arrays.iter().filter_map(|array| array.same_as).for_each(|first| *copies.entry(first).or_default() += 1);
        for array in &mut arrays {
            array.copies = copies.get(array.id).copied().unwrap_or_default();
        }
        let unreferenced = scene
            .blobs()
            .filter(|(hash, _)| !first.contains_key(hash.as_ref()))
            .map(|(hash, blob)| (hash.as_ref(), blob.len()))
            .collect();
        if look {
            inspect::look(scene, &mut arrays);
        }
        let stage = Stage::of_roles(&graph, items.iter().map(|item| (item.id, item.role)));
        let owners = Owners::new(&graph, &stage);
        let mut usage = Self { scene, graph, items, owners, arrays, unreferenced, totals: Totals::default() };
        usage.totals = usage.sum();
        usage
    }

    fn sum(&self) -> Totals {
        // A blob is of use when any of its arrays is, and may be narrower when all of these may.
        let mut blobs: BTreeMap<&str, (bool, bool, u64)> = BTreeMap::new();
        for array in &self.arrays {
            let Some(size) = array.blob_bytes else { continue };
            let fits = array.facts.as_ref().is_some_and(|facts| facts.fits.is_some());
            let entry = blobs.entry(&array.hash).or_insert((true, true, size));
            entry.0 &= array.is_waste();
            entry.1 &= array.is_waste() || fits;
        }
        let mut totals = Totals {
            objects: self.items.len() as u64,
            state_bytes: self.scene.state_bytes(),
            blobs: self.scene.blobs().len() as u64,
            blob_bytes: self.scene.blob_bytes(),
            missing_blobs: self.arrays.iter().filter(|array| array.blob_bytes.is_none()).count() as u64,
            unused_bytes: self.unreferenced.iter().map(|(_, size)| size).sum(),
            narrower_bytes: 0,
        };
        for (wasted, fits, size) in blobs.into_values() {
            if wasted {
                totals.unused_bytes += size;
            } else if fits {
                totals.narrower_bytes += size / 2;
            }
        }
        totals
    }

    /// The props that lead to an object, nearest first in no order but that of their ids; and whether there may be more.
    pub fn props_of(&self, id: &ObjectId) -> (&[&'a ObjectId], bool) {
        self.owners.of(id)
    }

    /// Ways down to objects, as selectors.
    pub fn paths(&self) -> Paths<'_> {
        Paths::new(self.scene, &self.graph)
    }
}
