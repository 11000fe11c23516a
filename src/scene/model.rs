//! A scene in memory.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::{Blob, Dialect, Head, ObjectId, SceneError, State};

/// Where the graph starts: for VTK a render window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The object.
    pub id: ObjectId,
    /// What the application calls the view, where it says so.
    pub name: Option<String>,
}

/// The object graph as one server has it: objects, blobs, roots.
#[derive(Clone)]
pub struct Scene {
    dialect: &'static dyn Dialect,
    /// Where the graph starts.
    pub roots: Vec<Root>,
    /// The software that made the scene, where known, as the dialect has it: for VTK its version alone (`9.7.2`), for
    /// others name and version.
    pub producer: Option<String>,
    /// Ids that the server announced and then had no state for.
    pub without_state: BTreeSet<ObjectId>,
    /// Blobs were left out on purpose: their names stand for them.
    pub without_blobs: bool,
    objects: BTreeMap<ObjectId, State>,
    blobs: BTreeMap<Arc<str>, Blob>,
}

impl Scene {
    /// An empty scene of a dialect.
    pub fn new(dialect: &'static dyn Dialect) -> Self {
        Self {
            dialect,
            roots: Vec::new(),
            producer: None,
            without_state: BTreeSet::new(),
            without_blobs: false,
            objects: BTreeMap::new(),
            blobs: BTreeMap::new(),
        }
    }

    /// What this scene's states mean.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// Name and version of the software that made the scene, where known.
    pub fn made_by(&self) -> Option<Cow<'_, str>> {
        self.producer.as_deref().map(|producer| self.dialect.made_by(producer))
    }

    /// All objects, sorted by id.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = (&ObjectId, &State)> {
        self.objects.iter()
    }

    /// All blobs, sorted by name.
    pub fn blobs(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Blob)> {
        self.blobs.iter()
    }

    /// One object's state.
    pub fn state(&self, id: &ObjectId) -> Option<&State> {
        self.objects.get(id)
    }

    /// One object's state, or the error that says there is none.
    ///
    /// # Errors
    /// [`SceneError::UnknownObject`].
    pub fn require(&self, id: &ObjectId) -> Result<&State, SceneError> {
        self.state(id).ok_or_else(|| SceneError::UnknownObject(id.clone()))
    }

    /// One object's class, name and age.
    pub fn head(&self, id: &ObjectId) -> Option<Head<'_>> {
        self.state(id).map(|state| self.dialect.head(state))
    }

    /// One blob.
    pub fn blob(&self, hash: &str) -> Option<&Blob> {
        self.blobs.get(hash)
    }

    /// Adds or replaces an object's state.
    pub fn insert(&mut self, id: ObjectId, state: State) {
        self.objects.insert(id, state);
    }

    /// Adds or replaces the states of many objects.
    pub fn insert_all(&mut self, states: impl IntoIterator<Item = (ObjectId, State)>) {
        if self.objects.is_empty() {
            // Much faster than one at a time.
            self.objects = states.into_iter().collect();
        } else {
            self.objects.extend(states);
        }
    }

    /// Adds or replaces a blob.
    pub fn insert_blob(&mut self, hash: impl Into<Arc<str>>, blob: Blob) {
        self.blobs.insert(hash.into(), blob);
    }

    /// Forgets an object.
    pub fn remove(&mut self, id: &ObjectId) -> Option<State> {
        self.objects.remove(id)
    }

    /// Forgets a blob.
    pub fn remove_blob(&mut self, hash: &str) -> Option<Blob> {
        self.blobs.remove(hash)
    }

    /// Keeps only the blobs for which `keep` holds.
    pub fn retain_blobs(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.blobs.retain(|hash, _| keep(hash));
    }

    /// True where two scenes have the same objects with the same texts, the same blobs by name and size,
    /// the same roots and versions: a snapshot of one has the bytes of a snapshot of the other.
    pub fn has_same_content(&self, other: &Self) -> bool {
        let sizes =
            |scene: &Self| scene.blobs.iter().map(|(hash, blob)| (Arc::clone(hash), blob.len())).collect::<Vec<_>>();
        self.dialect.name() == other.dialect.name()
            && self.roots == other.roots
            && self.producer == other.producer
            && self.without_state == other.without_state
            && self.objects == other.objects
            && sizes(self) == sizes(other)
    }

    /// Bytes of state text.
    pub fn state_bytes(&self) -> u64 {
        self.objects.values().map(|state| state.len() as u64).sum()
    }

    /// Bytes of blobs.
    pub fn blob_bytes(&self) -> u64 {
        self.blobs.values().map(Blob::len).sum()
    }

    /// The root that a person means by an id or a name.
    pub fn root(&self, wanted: &str) -> Option<&Root> {
        let by_name = self.roots.iter().find(|root| root.name.as_deref() == Some(wanted));
        by_name.or_else(|| self.roots.iter().find(|root| root.id == ObjectId::parse(wanted)))
    }

    /// `vtkActor #12` and, where it has a name, `vtkActor #12 "cone"`; `Mesh /a/b` where ids are names. Long names are
    /// cut.
    pub fn describe(&self, id: &ObjectId) -> String {
        let label = id.label();
        let label = shortened(&label, 160);
        let Some(head) = self.head(id) else { return format!("object {label}") };
        let class = without_controls(&head.class);
        // Some protocols call objects by their names: those need not be said twice.
        match head.name_beside(id) {
            Some(name) => format!("{class} {label} {:?}", shortened(name, 80)),
            None => format!("{class} {label}"),
        }
    }
}

/// Text of at most so many characters; where it is longer, it ends with an ellipsis.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// Text from a server for people's eyes: what would steer a terminal is shown as a box.
pub fn without_controls(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene")
            .field("dialect", &self.dialect.name())
            .field("roots", &self.roots)
            .field("objects", &self.objects.len())
            .field("blobs", &self.blobs.len())
            .finish_non_exhaustive()
    }
}
