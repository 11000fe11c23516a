//! The remote session: what npm @kitware/vtk-wasm's `RemoteSession` does in the browser, without
//! the pixels.
//!
//! A session does not know how to reach a server. It is given async fetchers for status, state, blob
//! and (optionally) batches of them, and keeps a scene up to date with them:
//!
//! ```
//! use std::sync::Arc;
//! use scenectl::protocol::vtklocal::session::{FetchError, Fetchers, RemoteSession};
//! use scenectl::protocol::vtklocal::status::Status;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A render window that owns a renderer with a grey background.
//! let state = |id: u64| match id {
//!     1 => r#"{"ClassName":"vtkRenderWindow","Id":1,"MTime":5,"Renderers":{"Id":2},"SuperClassNames":["vtkObject"]}"#,
//!     2 => r#"{"ClassName":"vtkRendererCollection","Id":2,"Items":[{"Id":3}],"MTime":4,"SuperClassNames":["vtkObject"]}"#,
//!     3 => r#"{"Background":[0.5,0.5,0.5],"ClassName":"vtkRenderer","Id":3,"MTime":3,"SuperClassNames":["vtkObject"]}"#,
//!     _ => "null",
//! };
//! let session = RemoteSession::new(Fetchers::new(
//!     move |id| async move { Ok(state(id).into()) },
//!     |hash: Arc<str>| async move { Err(FetchError::refused(format!("there is no blob {hash}"))) },
//!     |_root| async { Ok(Status { ids: vec![(1, 5), (2, 4), (3, 3)], ..Status::default() }) },
//! ));
//!
//! let update = session.update(1).await?;
//! assert_eq!(update.fetched_states, 3);
//! let grey = session.get_state_value(1, "Renderers.Items.0.Background")?;
//! assert_eq!(grey, serde_json::json!([0.5, 0.5, 0.5]));
//!
//! // Existing objects can be changed, here as in the browser: the server is not told.
//! let renderer = session.object(3).ok_or("object 3 is there")?;
//! renderer.set("background", serde_json::json!([1.0, 0.0, 0.0]))?;
//! assert_eq!(renderer.get("Background")?, serde_json::json!([1.0, 0.0, 0.0]));
//! assert!(session.create("vtkActor").is_none());
//! # Ok(())
//! # }
//! ```

mod fetch;
mod fetchers;
mod plan;
mod progress;
mod proxy;
mod update;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use serde_json::Value;

pub use fetchers::{Batch, BatchRequest, FetchError, FetchedBlob, Fetchers};
pub use plan::Plan;
pub use progress::ProgressHandle;
pub use proxy::ObjectProxy;
pub use update::SessionError;

pub use crate::protocol::{BlobStore, Count, MemoryStore, Progress, Update};

use super::dialect::VTK;
use super::status::Status;
use crate::scene::{Blob, ObjectId, Path, Root, Scene, SceneError, State};
use progress::Listeners;

/// Bytes of blobs that no window uses any more which are kept for when they come back, as
/// trame-vtklocal's browser side does.
pub const DEFAULT_CACHE: u64 = 100_000_000;

/// A hydrated scene and the means to keep it up to date. Cheap to clone; the last clone that goes
/// frees everything.
#[derive(Clone)]
pub struct RemoteSession {
    inner: Arc<Inner>,
}

struct Inner {
    fetchers: Mutex<Arc<Fetchers>>,
    store: Mutex<Arc<dyn BlobStore>>,
    held: Mutex<Held>,
    listeners: Listeners,
    verify: AtomicBool,
    /// Updates that wait for their turn, by their roots: who asks for the same shares them.
    waiting: Mutex<HashMap<Vec<u64>, WeakShared<BoxFuture<'static, UpdateResult>>>>,
    turn: tokio::sync::Mutex<()>,
}

type UpdateResult = Result<Update, SessionError>;

/// What the session holds, all of it behind one lock.
struct Held {
    scene: Scene,
    /// The MTime of each object's state as the server sent it: what decides whether it is new.
    mtimes: HashMap<u64, u64>,
    /// Objects that were registered by themselves: windows and widgets.
    registered: BTreeSet<u64>,
    /// Ids without a state, with the time that the status gave when they were asked for.
    without_state: BTreeMap<u64, u64>,
    /// The last status of each root.
    statuses: BTreeMap<u64, Status>,
    /// When each blob was last used, counted in updates.
    used: HashMap<Arc<str>, u64>,
    clock: u64,
    cache: u64,
    /// States of an update that broke off, and the statuses they were fetched for.
    staged: Staged,
}

#[derive(Default)]
struct Staged {
    statuses: BTreeMap<u64, Status>,
    /// Each with its MTime.
    states: BTreeMap<u64, (u64, State)>,
}

impl RemoteSession {
    /// A session with nothing in it yet.
    pub fn new(fetchers: Fetchers) -> Self {
        let held = Held {
            scene: Scene::new(&VTK),
            mtimes: HashMap::new(),
            registered: BTreeSet::new(),
            without_state: BTreeMap::new(),
            statuses: BTreeMap::new(),
            used: HashMap::new(),
            clock: 0,
            cache: DEFAULT_CACHE,
            staged: Staged::default(),
        };
        Self {
            inner: Arc::new(Inner {
                fetchers: Mutex::new(Arc::new(fetchers)),
                store: Mutex::new(Arc::new(MemoryStore)),
                held: Mutex::new(held),
                listeners: Listeners::default(),
                verify: AtomicBool::new(true),
                waiting: Mutex::default(),
                turn: tokio::sync::Mutex::new(()),
            }),
        }
    }

    /// Where blobs go as they arrive, and where they may be already. In memory unless told otherwise.
    pub fn set_store(&self, store: Arc<dyn BlobStore>) {
        *lock(&self.inner.store) = store;
    }

    /// Whether blobs' contents are compared with their names. They are unless told otherwise.
    pub fn set_verify(&self, verify: bool) {
        self.inner.verify.store(verify, Ordering::Relaxed);
    }

    /// How many bytes of blobs that no window uses any more are kept.
    pub fn set_cache_limit(&self, bytes: u64) {
        self.held().cache = bytes;
    }

    /// Goes on over another connection. States are trusted by their time only within one connection,
    /// so all are asked for again; blobs are known by their content and stay. An update that broke off
    /// is continued where it was if the server's status is still the same.
    pub fn rebind(&self, fetchers: Fetchers) {
        *lock(&self.inner.fetchers) = Arc::new(fetchers);
        let mut held = self.held();
        held.mtimes.clear();
        held.without_state.clear();
    }

    /// Brings one render window up to date. Callers who ask for the same window before an update of it
    /// has started share one; updates of different windows run one after another.
    ///
    /// # Errors
    /// [`SessionError`]; what was fetched stays, and the next call goes on from there.
    pub async fn update(&self, root: u64) -> UpdateResult {
        self.update_all(&[root]).await
    }

    /// Brings several render windows up to date in one go: what they share is fetched once.
    ///
    /// # Errors
    /// As [`RemoteSession::update`].
    pub async fn update_all(&self, roots: &[u64]) -> UpdateResult {
        let mut key = roots.to_vec();
        key.sort_unstable();
        key.dedup();
        self.share(key).await
    }

    fn share(&self, key: Vec<u64>) -> Shared<BoxFuture<'static, UpdateResult>> {
        let mut waiting = lock(&self.inner.waiting);
        if let Some(shared) = waiting.get(&key).and_then(WeakShared::upgrade) {
            return shared;
        }
        let (inner, roots) = (Arc::clone(&self.inner), key.clone());
        let shared = async move {
            let _turn = inner.turn.lock().await;
            lock(&inner.waiting).remove(&roots);
            update::run(&inner, &roots).await
        }
        .boxed()
        .shared();
        // Weak: the future holds the session, so the session must not hold the future.
        if let Some(weak) = shared.downgrade() {
            waiting.insert(key, weak);
        }
        shared
    }

    /// Calls back with the progress of every update, until the handle is dropped or unregistered.
    #[must_use = "dropping the handle unregisters the callback"]
    pub fn on_progress(&self, callback: impl Fn(Progress) + Send + Sync + 'static) -> ProgressHandle {
        self.inner.listeners.add(Arc::new(callback))
    }

    /// The scene as the last update left it: what the windows reach and the blobs they use. Cheap: states
    /// and blobs are shared.
    pub fn scene(&self) -> Scene {
        let held = self.held();
        let mut scene = held.scene.clone();
        let now = held.clock;
        scene.retain_blobs(|hash| held.used.get(hash) == Some(&now));
        held.describe(&mut scene, held.statuses.keys().copied());
        scene
    }

    /// What there is of a scene whose update broke off: fetched states and blobs, whatever they miss.
    pub fn partial_scene(&self) -> Scene {
        let held = self.held();
        held.candidate(&held.staged.statuses)
    }

    /// What the windows are called and which VTK made them, where the application says so.
    pub fn describe(&self, roots: Vec<Root>, producer: Option<String>) {
        let mut held = self.held();
        held.scene.roots = roots;
        held.scene.producer = producer;
    }

    /// The ids that the server announced and had no state for.
    pub fn without_state(&self) -> BTreeSet<u64> {
        self.held().without_state.keys().copied().collect()
    }

    /// One object's state, as it is here.
    pub fn get_state(&self, id: u64) -> Option<State> {
        self.held().scene.state(&ObjectId::Number(id)).cloned()
    }

    /// A value by its path, references followed at every hop: what the browser's
    /// `getStateValue([id, "Renderers", "Items", 0])` gives.
    ///
    /// # Errors
    /// Where the browser throws: see [`Scene::lookup`].
    pub fn get_state_value(&self, id: u64, path: &str) -> Result<Value, SceneError> {
        let path: Path = path.parse()?;
        let held = self.held();
        let found = held.scene.lookup(&ObjectId::Number(id), &path)?;
        Ok(serde_json::from_str(&found.value)?)
    }

    /// A blob, if it is here.
    pub fn get_blob(&self, hash: &str) -> Option<Blob> {
        self.held().scene.blob(hash).cloned()
    }

    /// An existing object, to read and set its properties.
    pub fn object(&self, id: u64) -> Option<ObjectProxy> {
        self.get_state(id)?;
        Some(ObjectProxy::new(self.clone(), id))
    }

    /// Always nothing: a remote session does not make objects. It says so, as the browser does.
    pub fn create(&self, class: &str) -> Option<ObjectProxy> {
        tracing::warn!("Cannot create '{class}': this session does not support creating objects.");
        None
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        lock(&self.inner.held)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
