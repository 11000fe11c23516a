//! The same bytes, added up in other ways.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::{ArrayUse, Usage};
use crate::scene::ObjectId;

/// Bytes of some objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Objects.
    pub objects: u64,
    /// Bytes of their states.
    pub state_bytes: u64,
    /// Bytes of their blobs.
    pub blob_bytes: u64,
}

impl Share {
    /// States and blobs.
    pub fn bytes(&self) -> u64 {
        self.state_bytes.saturating_add(self.blob_bytes)
    }
}

/// One object.
#[derive(Clone, Debug)]
pub struct ObjectRow<'a> {
    /// Which.
    pub id: &'a ObjectId,
    /// Its class.
    pub class: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its bytes: a blob counts for the first object that has it.
    pub share: Share,
}

/// All objects of a class.
#[derive(Clone, Debug)]
pub struct ClassRow<'a> {
    /// Which.
    pub class: &'a str,
    /// Their bytes: a blob counts for the first object that has it.
    pub share: Share,
}

/// What one prop alone needs, or a rest.
#[derive(Clone, Debug)]
pub struct ActorRow<'a> {
    /// The prop; for the rest, what it is.
    pub owner: Result<ObjectRow<'a>, &'static str>,
    /// Its bytes.
    pub share: Share,
}

/// Objects and blobs that several props need.
const SHARED: &str = "shared";
/// Objects that no prop leads to: windows, renderers, lights; objects and blobs that nothing leads to.
const REST: &str = "no prop";

/// To whom something belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner<'a> {
    One(&'a ObjectId),
    Many,
    Nobody,
}

impl<'a> Usage<'a> {
    /// The arrays, largest first.
    pub fn by_array(&self) -> Vec<&ArrayUse<'a>> {
        let mut rows: Vec<&ArrayUse<'a>> = self.arrays.iter().collect();
        rows.sort_by_key(|array| (Reverse(array.bytes()), array.id));
        rows
    }

    /// The objects, largest first.
    pub fn by_object(&self) -> Vec<ObjectRow<'_>> {
        let mut rows = self.objects();
        rows.sort_by_key(|row| (Reverse(row.share.bytes()), row.id));
        rows
    }

    fn objects(&self) -> Vec<ObjectRow<'_>> {
        let blobs: HashMap<&ObjectId, u64> = self.arrays.iter().map(|array| (array.id, array.bytes())).collect();
        let row = |item: &'_ super::Item<'a>| Share {
            objects: 1,
            state_bytes: item.state_bytes,
            blob_bytes: blobs.get(item.id).copied().unwrap_or_default(),
        };
        let items = self.items.iter();
        items
            .map(|item| ObjectRow { id: item.id, class: &item.class, name: item.name.as_deref(), share: row(item) })
            .collect()
    }

    /// The classes, largest first.
    pub fn by_class(&self) -> Vec<ClassRow<'_>> {
        let mut classes: BTreeMap<&str, Share> = BTreeMap::new();
        for row in self.objects() {
            let share = classes.entry(row.class).or_default();
            share.objects += 1;
            share.state_bytes += row.share.state_bytes;
            share.blob_bytes += row.share.blob_bytes;
        }
        let mut rows: Vec<ClassRow<'_>> = classes.into_iter().map(|(class, share)| ClassRow { class, share }).collect();
        rows.sort_by_key(|row| (Reverse(row.share.bytes()), row.class));
        rows
    }

    /// The props, largest first, each with what nobody else needs; then what several need, and the rest. Together they
    /// are the whole scene.
    pub fn by_actor(&self) -> Vec<ActorRow<'_>> {
        let (mut shared, mut rest) = (Share::default(), Share::default());
        let mut props: BTreeMap<&ObjectId, Share> = BTreeMap::new();
        let mut add = |owner: Owner<'a>, more: Share| {
            let share = match owner {
                Owner::One(prop) => props.entry(prop).or_default(),
                Owner::Many => &mut shared,
                Owner::Nobody => &mut rest,
            };
            share.objects += more.objects;
            share.state_bytes += more.state_bytes;
            share.blob_bytes += more.blob_bytes;
        };
        for item in &self.items {
            add(self.owner(item.id), Share { objects: 1, state_bytes: item.state_bytes, blob_bytes: 0 });
        }
        let mut blobs: BTreeMap<&str, (Owner<'_>, u64)> = BTreeMap::new();
        for array in &self.arrays {
            let owner = self.owner(array.id);
            let size = array.blob_bytes.unwrap_or_default();
            let entry = blobs.entry(&array.hash).or_insert((owner, size));
            entry.0 = match (entry.0, owner) {
                (Owner::Nobody, other) | (other, Owner::Nobody) => other,
                (one, other) if one == other => one,
                _ => Owner::Many,
            };
        }
        for (owner, blob_bytes) in blobs.into_values() {
            add(owner, Share { blob_bytes, ..Share::default() });
        }
        for (_, blob_bytes) in &self.unreferenced {
            add(Owner::Nobody, Share { blob_bytes: *blob_bytes, ..Share::default() });
        }
        let mut rows: Vec<ActorRow<'_>> = Vec::new();
        for item in &self.items {
            if let Some(share) = props.get(item.id) {
                let share = *share;
                let owner = ObjectRow { id: item.id, class: &item.class, name: item.name.as_deref(), share };
                rows.push(ActorRow { owner: Ok(owner), share });
            }
        }
        rows.sort_by_key(|row| Reverse(row.share.bytes())); // stable: by id where they are equal
        rows.push(ActorRow { owner: Err(SHARED), share: shared });
        rows.push(ActorRow { owner: Err(REST), share: rest });
        rows
    }

    fn owner(&self, id: &ObjectId) -> Owner<'a> {
        match self.owners.of(id).0 {
            [] => Owner::Nobody,
            [one] => Owner::One(one),
            _ => Owner::Many,
        }
    }
}
