//! The client: it observes. It says nothing but what the handshake needs, so that the script behind the server does
//! not notice it; who wants to be noticed attends.

pub(super) mod open;
mod reader;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::dialect::{ROOT, VISER};
use super::frame::Limits;
use super::model::{Builder, Built};
use super::settling::Settling;
use crate::protocol::{
    Announced, BlobStore, Client, ClientError, ConnectError, Connecting, Count, Loss, MemoryStore, Progress,
    ServerInfo, Update, step,
};
use crate::scene::{ObjectId, Root, Scene};
use crate::wire::{self, Fact};

use open::{Opened, says_the_end};
use reader::{Attended, Held, Reader, Shared, write};

pub(super) use open::open;
pub(super) use reader::{ConnectionTap, Window, closed};

/// Messages to the server that may wait.
const OUTGOING: usize = 256;
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(100);
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(100);
/// Who waits longer wants to know why.
const PATIENCE: Duration = Duration::from_secs(3);
/// A heartbeat is less than this, in bytes: it says nothing of the scene.
const HEARTBEAT: u64 = 256;
const WHY_NOTHING_COMES: &str = "nothing comes: the script may be within atomic()";

type Listener = Arc<dyn Fn(Progress) + Send + Sync>;

/// A connection to a viser server.
pub(super) struct ViserClient {
    how: Connecting,
    info: ServerInfo,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
    outgoing: mpsc::Sender<SocketMessage>,
    builder: Builder,
    scene: Scene,
    store: Arc<dyn BlobStore>,
    listeners: Vec<Listener>,
    /// Who asks for updates knows that something could not be kept.
    is_overflow_told: bool,
}

impl Drop for ViserClient {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl ViserClient {
    pub(super) async fn connect(how: &Connecting) -> Result<Self, ConnectError> {
        if let Some(root) = how.roots.iter().find(|root| root.as_str() != ROOT) {
            return Err(ConnectError::NoSuchRoot { wanted: root.clone(), known: vec![String::from(ROOT)] });
        }
        let opened = open(how).await?;
        let info = opened.info.clone();
        let mut scene = Scene::new(&VISER);
        scene.roots = vec![root()];
        scene.producer = Some(format!("viser {}", opened.version));
        let received = Arc::default();
        let held = Held::default();
        let shared = Arc::new(Shared { held: held.into(), news: Notify::new(), received });
        let (tasks, outgoing) = converse(how, opened, &shared);
        Ok(Self {
            how: how.clone(),
            info,
            shared,
            tasks,
            outgoing,
            builder: Builder::default(),
            scene,
            store: Arc::new(MemoryStore),
            listeners: Vec::new(),
            is_overflow_told: false,
        })
    }

    /// Hears from now on what is said to this client alone.
    pub(super) fn attend(&self) -> mpsc::Receiver<Window> {
        let (attended, windows) = Attended::open();
        self.shared.held().attended = Some(attended);
        windows
    }

    /// Where what is to be said goes.
    pub(super) fn outgoing(&self) -> &mpsc::Sender<SocketMessage> {
        &self.outgoing
    }

    /// How long the server may be silent.
    pub(super) fn timeout(&self) -> Duration {
        self.how.wire.timeout
    }

    fn tell(&self, progress: Progress) {
        self.listeners.iter().for_each(|listener| listener(progress));
    }

    /// Waits until all that was built before we came is there.
    async fn hydrated(&mut self) -> Result<(), ClientError> {
        let before = self.shared.received.load(Ordering::Relaxed);
        let (mut heard, mut messages, mut counted) = (Instant::now(), 0, 0);
        loop {
            let progress = {
                let held = self.shared.held();
                if held.is_hydrated {
                    return Ok(());
                }
                if let Some(error) = &held.ended {
                    return Err(error.clone());
                }
                let bytes = self.shared.received.load(Ordering::Relaxed).saturating_sub(before);
                // A large frame comes for a while before it is there.
                if held.messages != messages || bytes > counted + HEARTBEAT {
                    (heard, messages, counted) = (Instant::now(), held.messages, bytes);
                }
                Progress {
                    active: true,
                    state: Count { current: held.messages, total: held.messages },
                    bytes: Count { current: bytes, total: bytes },
                    is_open: true,
                    patience: (heard.elapsed() > PATIENCE).then_some(WHY_NOTHING_COMES),
                    ..Progress::default()
                }
            };
            self.tell(progress);
            let _ = tokio::time::timeout(LOOK, self.shared.news.notified()).await;
        }
    }

    /// Puts what has changed into the scene.
    async fn apply(&mut self, built: Built, update: &mut Update) -> Result<(), ClientError> {
        update.fetched_states = built.states.len() as u64;
        for (id, reason) in built.unreadable {
            update.losses.push(Loss::NoState { id, reason: Some(reason) });
        }
        for id in built.removed {
            // What came and went before anybody looked was never there.
            if self.scene.state(&id).is_some() {
                self.scene.remove(&id);
                update.removed.push(id);
            }
        }
        let mut states = built.states;
        states.retain(|(id, state)| self.scene.state(id) != Some(state));
        update.changed.extend(states.iter().map(|(id, _)| id.clone()));
        self.scene.insert_all(states);
        for hash in built.unused {
            self.scene.remove_blob(&hash);
        }
        let blobs = built.blobs;
        let sizes: Vec<_> = blobs.iter().map(|(hash, bytes)| (Arc::clone(hash), Some(bytes.len() as u64))).collect();
        let stored = |error| ClientError::Store(Arc::new(error));
        if self.store.plans() {
            self.store.expect(&self.scene, &sizes).map_err(stored)?;
        }
        for (hash, bytes) in blobs {
            let len = bytes.len() as u64;
            let blob = match self.store.have(&hash, Some(len)) {
                Some(blob) => {
                    update.reused_blobs += 1;
                    blob
                }
                None => {
                    update.fetched_blobs += 1;
                    update.fetched_bytes += len;
                    self.store.put(Arc::clone(&hash), vec![bytes]).await.map_err(stored)?
                }
            };
            self.scene.insert_blob(hash, blob);
        }
        Ok(())
    }
}

fn root() -> Root {
    Root { id: ObjectId::parse(ROOT), name: None }
}

/// Starts the tasks that read and write.
fn converse(
    how: &Connecting,
    opened: Opened,
    shared: &Arc<Shared>,
) -> (Vec<JoinHandle<()>>, mpsc::Sender<SocketMessage>) {
    let tap = how.tap.as_ref().map(|tap| ConnectionTap::open(Arc::clone(tap), &opened.url));
    let reader = Reader {
        shared: Arc::clone(shared),
        timeout: how.wire.timeout,
        says_the_end: says_the_end(&opened.version),
        limits: Limits::within(how.largest_message.into()),
        meter: wire::meter(&opened.connection),
        tap: tap.clone(),
    };
    let (sink, stream) = opened.connection.split();
    let (outgoing, waiting) = mpsc::channel(OUTGOING);
    let tasks = vec![tokio::spawn(reader.run(stream, outgoing.clone())), tokio::spawn(write(sink, waiting, tap))];
    (tasks, outgoing)
}

impl Client for ViserClient {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn roots(&self) -> Vec<Root> {
        vec![root()]
    }

    fn set_store(&mut self, store: Arc<dyn BlobStore>) {
        self.store = store;
    }

    /// Names are made here, of the contents.
    fn set_verify(&mut self, _verify: bool) {}

    fn on_progress(&mut self, callback: Listener) {
        self.listeners.push(callback);
    }

    /// There is no question to ask: all of it is sent anyway.
    fn status(&mut self) -> BoxFuture<'_, Result<Announced, ClientError>> {
        async move {
            self.how.wire.watch.begin(step::STATUS, ROOT);
            self.update().await?;
            let announced =
                Announced { root: root(), objects: self.scene.objects().len(), blobs: self.scene.blobs().len() };
            self.how
                .wire
                .watch
                .end(|| Fact::Words(format!("{} objects, {} blobs", announced.objects, announced.blobs)));
            Ok(announced)
        }
        .boxed()
    }

    fn update(&mut self) -> BoxFuture<'_, Result<Update, ClientError>> {
        async move {
            let start = Instant::now();
            let mut update = Update::default();
            self.hydrated().await?;
            update.status_time = start.elapsed();
            update.waiting = update.status_time;
            let built = {
                let mut held = self.shared.held();
                held.frames = 0;
                if held.model.overflowed && !std::mem::replace(&mut self.is_overflow_told, true) {
                    update.losses.push(Loss::TooMuch);
                }
                self.builder.build(&mut held.model)
            };
            update.states_time = start.elapsed().saturating_sub(update.status_time);
            let blobs = Instant::now();
            self.apply(built, &mut update).await?;
            update.blobs_time = blobs.elapsed();
            let states = Count { current: update.fetched_states, total: update.fetched_states };
            self.tell(Progress { state: states, is_open: true, ..Progress::default() });
            Ok(update)
        }
        .boxed()
    }

    fn changed(&mut self) -> BoxFuture<'_, Result<u64, ClientError>> {
        async move {
            loop {
                {
                    let held = self.shared.held();
                    if held.frames > 0 {
                        return Ok(held.frames);
                    }
                    if let Some(error) = &held.ended {
                        return Err(error.clone());
                    }
                }
                self.shared.news.notified().await;
            }
        }
        .boxed()
    }

    fn scene(&self) -> Scene {
        self.scene.clone()
    }

    fn partial_scene(&self) -> Scene {
        self.scene.clone()
    }

    fn reconnect(&mut self) -> BoxFuture<'_, Result<(), ConnectError>> {
        async move {
            self.tasks.iter().for_each(JoinHandle::abort);
            // The server may have been started anew, with another version.
            let opened = open(&self.how).await?;
            self.info.software.clone_from(&opened.info.software);
            self.scene.producer = Some(format!("viser {}", opened.version));
            {
                // A new client is told everything anew.
                let mut held = self.shared.held();
                held.model.reset();
                (held.is_hydrated, held.frames, held.messages, held.ended) = (false, 0, 0, None);
                held.settling = Settling::default();
            }
            (self.tasks, self.outgoing) = converse(&self.how, opened, &self.shared);
            Ok(())
        }
        .boxed()
    }

    fn received(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.shared.received)
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        async move {
            let _ = self.outgoing.send(SocketMessage::Close(None)).await;
            for task in std::mem::take(&mut self.tasks) {
                let abort = task.abort_handle();
                if tokio::time::timeout(GOODBYE, task).await.is_err() {
                    abort.abort();
                }
            }
        }
        .boxed()
    }
}
