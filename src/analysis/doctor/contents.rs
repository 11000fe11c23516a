//! What is in the arrays: one look through every blob, for all rules together.

use std::collections::{BTreeMap, HashMap};

use crate::parallel;
use crate::scene::{BlobUse, Element, ObjectId, Range, Scene, Values};

/// A blob larger than this is not read: its size is looked at, not its values.
const LARGEST: u64 = 4 << 30;
/// A blob is read as no more types and shapes than this; honest scenes have one or two.
const MOST_SHAPES: usize = 8;

/// How an array's blob was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobHealth {
    /// There, and of the right size.
    Sound,
    /// Not in the scene.
    Missing,
    /// No bytes at all, where there should be some.
    Empty {
        /// How many there should be.
        expected: u64,
    },
    /// Another number of bytes than the array needs.
    WrongSize {
        /// How many there are.
        bytes: u64,
        /// How many there should be.
        expected: u64,
    },
    /// It could not be read.
    Unreadable(String),
}

/// What is in an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// The blob's name.
    pub hash: String,
    /// How its blob was found.
    pub health: BlobHealth,
    /// False where the content does not belong to the name; `None` where that cannot be told.
    pub verified: Option<bool>,
    /// The type of the values.
    pub element: Option<Element>,
    /// Rows.
    pub tuples: u64,
    /// Values in a row.
    pub components: u64,
    /// The range of each component.
    pub ranges: Vec<Range>,
    /// Values that are not numbers.
    pub nan: u64,
    /// Infinite values.
    pub infinite: u64,
    /// The row of the first value that is not a number.
    pub first_nan: Option<u64>,
    /// The row of the first infinite value.
    pub first_infinite: Option<u64>,
    /// No value is smaller than the one before.
    pub rising: bool,
}

impl Contents {
    /// The range of all components.
    pub fn range(&self) -> Range {
        self.ranges.iter().fold(Range::NONE, |mut all, range| {
            all.join(*range);
            all
        })
    }

    fn new(found: &BlobUse<'_>, health: BlobHealth) -> Self {
        Self {
            hash: found.hash.clone().into_owned(),
            health,
            verified: None,
            element: found.element,
            tuples: found.tuples,
            components: found.components,
            ranges: Vec::new(),
            nan: 0,
            infinite: 0,
            first_nan: None,
            first_infinite: None,
            rising: true,
        }
    }

    fn look(&mut self, values: &Values) {
        let stats = values.stats(self.components);
        self.ranges = stats.columns.iter().map(|column| column.range).collect();
        (self.nan, self.infinite) = (stats.nan, stats.infinite);
        (self.first_nan, self.first_infinite) = (stats.first_nan, stats.first_infinite);
        self.rising = stats.rising;
    }
}

/// Looks through the blobs of all arrays, each blob once.
pub(super) fn look<'a>(scene: &'a Scene) -> HashMap<&'a ObjectId, Contents> {
    let objects: Vec<_> = scene.objects().collect();
    let uses = parallel::map(&objects, 512, |(_, state)| scene.dialect().blob_use(state));
    let mut by_hash: BTreeMap<&str, Vec<(&'a ObjectId, &BlobUse<'_>)>> = BTreeMap::new();
    for ((id, _), found) in objects.iter().zip(&uses) {
        if let Some(found) = found {
            by_hash.entry(found.hash.as_ref()).or_default().push((id, found));
        }
    }
    let groups: Vec<_> = by_hash.into_iter().collect();
    parallel::map(&groups, 1, |(hash, users)| look_at_one(scene, hash, users)).into_iter().flatten().collect()
}

fn look_at_one<'a>(scene: &Scene, hash: &str, users: &[(&'a ObjectId, &BlobUse<'_>)]) -> Vec<(&'a ObjectId, Contents)> {
    let all =
        |health: BlobHealth| users.iter().map(|(id, found)| (*id, Contents::new(found, health.clone()))).collect();
    let Some(blob) = scene.blob(hash) else { return all(BlobHealth::Missing) };
    if blob.len() > LARGEST {
        return users.iter().map(|(id, found)| (*id, Contents::new(found, health(found, blob.len())))).collect();
    }
    let bytes = match blob.read() {
        Ok(bytes) => bytes,
        Err(error) => return all(BlobHealth::Unreadable(error.to_string())),
    };
    let verified = if bytes.is_empty() { None } else { scene.dialect().verify(hash, std::slice::from_ref(&bytes)) };
    let mut seen: Vec<Contents> = Vec::new();
    let mut found = Vec::with_capacity(users.len());
    for (id, user) in users {
        let mut contents = Contents::new(user, health(user, bytes.len() as u64));
        let same = |other: &&Contents| {
            (other.element, other.tuples, other.components) == (user.element, user.tuples, user.components)
        };
        if let Some(same) = seen.iter().find(same) {
            contents = same.clone();
        } else if seen.len() < MOST_SHAPES {
            contents.verified = verified;
            if let Some(element) = user.element {
                contents.look(&Values::new(bytes.clone(), element, user.count()));
            }
            seen.push(contents.clone());
        }
        found.push((*id, contents));
    }
    found
}

fn health(found: &BlobUse<'_>, bytes: u64) -> BlobHealth {
    match found.expected_bytes() {
        Some(expected) if bytes == 0 && expected > 0 => BlobHealth::Empty { expected },
        Some(expected) if bytes != expected => BlobHealth::WrongSize { bytes, expected },
        _ => BlobHealth::Sound,
    }
}
