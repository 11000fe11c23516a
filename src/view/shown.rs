//! The scene behind the page: a snapshot of how it was at first, and what has changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::protocol::Update;
use crate::scene::{Blob, ObjectId, Scene};
use crate::snapshot::{self, SnapshotError, WriteOptions};

/// The snapshot's name.
const SNAPSHOT: &str = "scene.wazex";

/// See the module.
pub struct Shown {
    /// What the page's title says.
    pub title: String,
    /// Whether changes may come.
    pub is_live: bool,
    root: ObjectId,
    /// Holds the snapshot of how the scene was at first.
    folder: tempfile::TempDir,
    now: Mutex<Now>,
    version: watch::Sender<u64>,
}

struct Now {
    scene: Scene,
    version: u64,
    /// The version in which an object changed last.
    changed: BTreeMap<ObjectId, u64>,
}

/// What a page is told that knows an earlier version: states as JSON text, and the blobs that they need.
#[derive(serde::Serialize)]
pub(super) struct Changes {
    pub(super) version: u64,
    pub(super) states: Vec<Box<RawValue>>,
    pub(super) blobs: Vec<Arc<str>>,
}

impl Shown {
    /// Keeps a scene. The viewer shows the first root only: that is the wanted one.
    ///
    /// # Errors
    /// When the snapshot cannot be kept.
    pub fn new(mut scene: Scene, root: &ObjectId, title: String, is_live: bool) -> Result<Self, SnapshotError> {
        scene.roots.sort_by_key(|other| other.id != *root);
        let io = |verb| SnapshotError::io(Path::new("the snapshot for the viewer"), verb);
        let folder = tempfile::Builder::new().prefix("scenectl-view-").tempdir().map_err(io("write"))?;
        snapshot::write(&scene, &folder.path().join(SNAPSHOT), &WriteOptions::default())?;
        let now = Mutex::new(Now { scene, version: 0, changed: BTreeMap::new() });
        Ok(Self { title, is_live, root: root.clone(), folder, now, version: watch::Sender::new(0) })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what an update left.
    pub fn update(&self, scene: Scene, update: &Update) {
        let mut now = self.now();
        now.scene = scene;
        now.version += 1;
        let version = now.version;
        now.changed.extend(update.changed.iter().map(|id| (id.clone(), version)));
        drop(now);
        self.version.send_replace(version);
    }

    pub(super) fn root(&self) -> &ObjectId {
        &self.root
    }

    pub(super) fn version(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The snapshot of how the scene was at first.
    pub(super) fn snapshot(&self) -> std::io::Result<File> {
        File::open(self.folder.path().join(SNAPSHOT))
    }

    pub(super) fn blob(&self, hash: &str) -> Option<Blob> {
        self.now().scene.blob(hash).cloned()
    }

    /// What has changed since a version.
    pub(super) fn changes(&self, since: u64) -> Changes {
        let now = self.now();
        let changed = now.changed.iter().filter(|(_, version)| **version > since);
        let states: Vec<_> = changed.filter_map(|(id, _)| now.scene.state(id)).collect();
        let dialect = now.scene.dialect();
        let blobs: BTreeSet<_> = states.iter().filter_map(|state| Some(dialect.blob_use(state)?.hash)).collect();
        Changes {
            version: now.version,
            blobs: blobs.into_iter().map(|hash| Arc::from(&*hash)).collect(),
            states: states.iter().filter_map(|state| RawValue::from_string(state.as_str().to_owned()).ok()).collect(),
        }
    }
}
