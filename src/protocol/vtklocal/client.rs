//! The client of VTK.wasm remote sessions: a wslink connection, and a remote session fed by it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::discover::{self, View};
use super::probe::{self, Probe};
use super::rpc;
use super::session::{FetchError, ProgressHandle, RemoteSession, SessionError};
use crate::analysis::doctor::Draft;
use crate::protocol::wslink;
use crate::protocol::wslink::client::{self, CallError, Published};
use crate::protocol::{
    Announced, BlobStore, Client, ClientError, ConnectError, Connecting, Progress, ServerInfo, Update, step,
};
use crate::scene::{ObjectId, Root, Scene};
use crate::wire::Fact;

/// A connection to a trame-vtklocal server.
pub(super) struct VtkLocalClient {
    how: Connecting,
    info: ServerInfo,
    views: Vec<View>,
    wslink: client::Client,
    published: broadcast::Receiver<Published>,
    session: RemoteSession,
    verify: Arc<AtomicBool>,
    progress: Vec<ProgressHandle>,
    received: Arc<AtomicU64>,
}

impl VtkLocalClient {
    pub(super) async fn connect(how: &Connecting) -> Result<Self, ConnectError> {
        let received = Arc::new(AtomicU64::new(0));
        let (wslink, mut info) = wslink::open_again(how, &received, None).await?;
        info.protocol = "vtklocal";
        let published = wslink.subscribe();
        let start = Instant::now();
        how.wire.watch.begin(step::ROOTS, info.protocol);
        let application = discover::application(&wslink).await.map_err(ClientError::from)?;
        let views = wanted_views(how, &wslink, application.views).await?;
        info.discover_time = start.elapsed();
        how.wire.watch.end(|| Fact::Words(named(&views)));
        let known = |name: &str, version: &Option<String>| Some((name.to_owned(), version.clone()?));
        info.software.extend(known("vtk", &application.vtk));
        info.software.extend(known("trame-vtklocal", &application.trame_vtklocal));
        let verify = Arc::new(AtomicBool::new(true));
        let session = RemoteSession::new(rpc::fetchers(&wslink, &verify));
        session.describe(roots(&views), application.vtk);
        Ok(Self { how: how.clone(), info, views, wslink, published, session, verify, progress: Vec::new(), received })
    }

    fn windows(&self) -> Vec<u64> {
        self.views.iter().map(|view| view.window).collect()
    }

    /// True where a published message says that one of our windows has something new.
    fn concerns_us(&self, published: &Published) -> bool {
        discover::announces_update(&published.topic, &published.data, |name| {
            // A view that has no name we know may be any of ours.
            let ours = self.views.iter().any(|view| view.name.is_none() || view.name.as_deref() == name);
            ours || self.how.roots.is_empty()
        })
    }
}

/// The views, for people.
fn named(views: &[View]) -> String {
    let name = |view: &View| match &view.name {
        Some(name) => format!("{name} (#{})", view.window),
        None => format!("#{}", view.window),
    };
    views.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn roots(views: &[View]) -> Vec<Root> {
    views.iter().map(|view| Root { id: ObjectId::Number(view.window), name: view.name.clone() }).collect()
}

/// The views that the user asked for, or all there are.
async fn wanted_views(
    how: &Connecting,
    wslink: &client::Client,
    mut found: Vec<View>,
) -> Result<Vec<View>, ConnectError> {
    let ids_are_given = !how.roots.is_empty() && how.roots.iter().all(|root| root.parse::<u64>().is_ok());
    if found.is_empty() && !ids_are_given {
        found = discover::scan(wslink).await.map_err(|error| {
            if error.is_unknown_method() {
                let version = wslink.version().name();
                ConnectError::OtherProtocol(format!(
                    "the server speaks wslink {version}, but has no VTK.wasm scene (no vtklocal)"
                ))
            } else {
                ClientError::from(error).into()
            }
        })?;
    }
    if how.roots.is_empty() {
        return if found.is_empty() { Err(ConnectError::NoRoots) } else { Ok(found) };
    }
    let mut wanted = Vec::new();
    for root in &how.roots {
        let by_name = found.iter().find(|view| view.name.as_deref() == Some(root));
        let by_id = || found.iter().find(|view| Ok(view.window) == root.parse());
        let view = match (by_name.or_else(by_id), root.parse()) {
            (Some(view), _) => view.clone(),
            // An id that no template names may be a window all the same: the status will tell.
            (None, Ok(window)) => View { window, name: None },
            (None, Err(_)) => {
                let name = |view: &View| view.name.clone().unwrap_or_else(|| view.window.to_string());
                return Err(ConnectError::NoSuchRoot { wanted: root.clone(), known: found.iter().map(name).collect() });
            }
        };
        if !wanted.contains(&view) {
            wanted.push(view);
        }
    }
    Ok(wanted)
}

fn session_error(error: SessionError) -> ClientError {
    match error {
        SessionError::Fetch(FetchError::Lost(reason)) => ClientError::Lost(reason),
        SessionError::Fetch(FetchError::TooLarge(reason)) => ClientError::TooLarge(reason),
        SessionError::Fetch(error) => ClientError::Failed(error.to_string()),
        SessionError::Store(error) => ClientError::Store(error),
    }
}

impl Client for VtkLocalClient {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn roots(&self) -> Vec<Root> {
        roots(&self.views)
    }

    fn set_store(&mut self, store: Arc<dyn BlobStore>) {
        self.session.set_store(store);
    }

    fn set_verify(&mut self, verify: bool) {
        self.verify.store(verify, Ordering::Relaxed);
        self.session.set_verify(verify);
    }

    fn on_progress(&mut self, callback: Arc<dyn Fn(Progress) + Send + Sync>) {
        self.progress.push(self.session.on_progress(move |progress| callback(progress)));
    }

    fn status(&mut self) -> BoxFuture<'_, Result<Announced, ClientError>> {
        async move {
            let root = roots(&self.views).into_iter().next();
            let root = root.ok_or_else(|| ClientError::Failed(String::from("there is no root to ask for")))?;
            let window = root.id.number().unwrap_or_default();
            self.how.wire.watch.begin(step::STATUS, format!("#{window}"));
            let status = rpc::get_status(&self.wslink, window).await?;
            let blobs: BTreeSet<_> = status.hashes.iter().collect();
            let announced = Announced { root, objects: status.ids.len(), blobs: blobs.len() };
            self.how
                .wire
                .watch
                .end(|| Fact::Words(format!("{} objects, {} blobs", announced.objects, announced.blobs)));
            Ok(announced)
        }
        .boxed()
    }

    fn update(&mut self) -> BoxFuture<'_, Result<Update, ClientError>> {
        async move { self.session.update_all(&self.windows()).await.map_err(session_error) }.boxed()
    }

    fn changed(&mut self) -> BoxFuture<'_, Result<u64, ClientError>> {
        async move {
            loop {
                let next = tokio::select! {
                    next = self.published.recv() => next,
                    closed = self.wslink.wait_closed() => return Err(CallError::Closed(closed).into()),
                };
                let mut heard = match next {
                    Ok(published) => u64::from(self.concerns_us(&published)),
                    // Some were missed: one of them may have been an update.
                    Err(RecvError::Lagged(missed)) => missed,
                    Err(RecvError::Closed) => return Err(ClientError::Lost(String::from("the connection was closed"))),
                };
                if heard > 0 {
                    while let Ok(published) = self.published.try_recv() {
                        heard += u64::from(self.concerns_us(&published));
                    }
                    return Ok(heard);
                }
            }
        }
        .boxed()
    }

    fn scene(&self) -> Scene {
        self.session.scene()
    }

    fn partial_scene(&self) -> Scene {
        self.session.partial_scene()
    }

    fn reconnect(&mut self) -> BoxFuture<'_, Result<(), ConnectError>> {
        async move {
            let known = self.wslink.version();
            let (wslink, _) = wslink::open_again(&self.how, &self.received, Some(known)).await?;
            self.published = wslink.subscribe();
            self.session.rebind(rpc::fetchers(&wslink, &self.verify));
            self.wslink = wslink;
            Ok(())
        }
        .boxed()
    }

    fn received(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.received)
    }

    fn probe(&mut self, time: Duration) -> BoxFuture<'_, Result<Vec<Draft>, ClientError>> {
        async move {
            let windows = self.windows();
            let end = tokio::time::Instant::now() + time;
            let mut probe = Probe::default();
            probe.look(&self.wslink, &windows).await.map_err(ClientError::from)?;
            while let Ok(announced) = tokio::time::timeout_at(end, self.changed()).await {
                probe.updates += announced?;
                probe.look(&self.wslink, &windows).await.map_err(ClientError::from)?;
            }
            // What is behind twice, with a fetch between and nothing changed by it, will always be.
            let mut unsettled: Option<BTreeSet<u64>> = None;
            for _ in 0..2 {
                self.update().await?;
                probe.look(&self.wslink, &windows).await.map_err(ClientError::from)?;
                let behind = probe.unsettled(&self.scene());
                unsettled = Some(unsettled.map_or(behind.clone(), |before| &before & &behind));
            }
            let scene = self.scene();
            let mut found: Vec<Draft> = Vec::new();
            found.extend(Probe::never_settles(&scene, &unsettled.unwrap_or_default()));
            found.extend(probe.made_anew());
            found.extend(probe.still_served(&self.wslink).await.map_err(ClientError::from)?);
            Ok(found)
        }
        .boxed()
    }

    fn still_served<'a>(&'a mut self, blobs: &'a [Arc<str>]) -> BoxFuture<'a, Result<Option<Vec<u64>>, ClientError>> {
        async move { Ok(Some(probe::served(&self.wslink, blobs).await?)) }.boxed()
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        async move {
            tracing::debug!(bytes = self.received.load(Ordering::Relaxed), "closing");
            self.wslink.close().await;
        }
        .boxed()
    }
}
