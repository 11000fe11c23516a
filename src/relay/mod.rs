//! Standing between any number of clients and a server. No protocol is known here: see [`crate::protocol::relay`].
//!
//! Each client has a connection of its own to the server, so that the server's ideas about its clients stay right.
//! Four tasks serve a client: two read, two write. What the server says is always read at once; what bounds memory
//! is that a client's requests go on only as fast as it takes in the answers (`gate`). Questions that several clients
//! ask at the same time are asked once (`share`).
//!
//! Where a protocol's servers push the same to everybody, clients share one connection instead: see `shared`.

mod client;
mod control;
mod forms;
mod gate;
mod http;
mod ledger;
mod link;
mod queue;
mod server;
mod share;
mod shared;
mod talk;
mod taps;
mod words;

use std::collections::HashMap;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use url::Url;

pub use control::{Control, PATCHES};
pub use talk::{Talk, TalkLine, TalkOptions};

use crate::faults::{Faults, through};
use crate::protocol::relay::{Middle, Stance};
use crate::protocol::{Connecting, Tap};
use crate::replay::Until;
use crate::wire::{self, ConnectOptions, Listener};
use gate::Sizes;
use link::Link;
use server::Upstream;
use share::Sharing;
use shared::{Sessions, Shared};

/// How often it is looked whether clients have to be told something.
const NEWS: Duration = Duration::from_millis(100);

/// How long clients may take to take in that the relay stops.
const GOODBYE: Duration = Duration::from_secs(1);

/// How to stand between.
pub struct Settings {
    /// The server. Its path is not used: clients say which.
    pub upstream: Url,
    /// How the server is reached.
    pub how: Connecting,
    /// Knows the protocol.
    pub stance: Stance,
    /// Bytes of lasting answers that are kept.
    pub cache: u64,
    /// For so long a lost server is tried again.
    pub reconnect: Duration,
    /// What is wrong with the way to clients.
    pub faults: Faults,
    /// Who listens.
    pub taps: Vec<Arc<dyn Tap>>,
    /// Patches that come and go.
    pub control: Control,
}

/// What a relay did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relayed {
    /// Clients that came.
    pub clients: u64,
    /// Messages that they sent.
    pub messages: u64,
    /// Bytes sent to them.
    pub bytes: u64,
    /// Questions that were not asked, since their answers were known or on their way.
    pub saved: u64,
    /// Notices that were left out, since newer ones had come.
    pub superseded: u64,
}

/// What all clients of a relay share.
struct Relay {
    upstream: Url,
    options: ConnectOptions,
    http: wire::HttpClient,
    stance: Stance,
    shared: Option<Shared>,
    reconnect: Duration,
    faults: Faults,
    taps: Vec<Arc<dyn Tap>>,
    sharing: Sharing,
    sizes: Sizes,
    counters: Counters,
    control: Control,
    links: Mutex<HashMap<u64, Weak<Link>>>,
    sessions: Mutex<Sessions>,
    presence: watch::Sender<Presence>,
}

#[derive(Default)]
struct Counters {
    clients: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    superseded: AtomicU64,
}

/// Who is connected, and since when nobody is.
#[derive(Clone, Copy)]
struct Presence {
    connected: u64,
    gone: u64,
    since: Instant,
}

/// Serves clients until it is time to stop, or somebody wants it to.
///
/// # Errors
/// When TLS cannot be set up.
pub async fn serve(
    listener: Listener,
    settings: Settings,
    until: Until,
    stop: impl Future<Output = ()>,
) -> Result<Relayed, wire::WireError> {
    let start = Presence { connected: 0, gone: 0, since: Instant::now() };
    let shared = match &settings.stance {
        Stance::PerClient(_) => None,
        Stance::Shared(fanout) => Some(Shared::new(Arc::clone(fanout), settings.how.clone())),
    };
    let relay = Arc::new(Relay {
        http: wire::HttpClient::new(&settings.how.wire)?,
        upstream: settings.upstream,
        options: settings.how.wire,
        stance: settings.stance,
        shared,
        reconnect: settings.reconnect,
        faults: settings.faults,
        taps: settings.taps,
        sharing: Sharing::new(settings.cache),
        sizes: Sizes::default(),
        counters: Counters::default(),
        control: settings.control,
        links: Mutex::new(HashMap::new()),
        sessions: Mutex::default(),
        presence: watch::Sender::new(start),
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(Arc::clone(&relay).tell_news());
    tasks.spawn(Arc::clone(&relay).follow_control_file());
    tasks.spawn(shared::hold(Arc::clone(&relay)));
    tokio::select! {
        () = accept(&listener, &relay, until) => {}
        () = stop => {}
    }
    relay.say_goodbye().await;
    Ok(relay.summary())
}

async fn accept(listener: &Listener, relay: &Arc<Relay>, until: Until) {
    let mut changes = relay.presence.subscribe();
    let end = async {
        match until.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => pending().await,
        }
    };
    tokio::pin!(end);
    loop {
        let now = *changes.borrow_and_update();
        if until.clients.is_some_and(|most| now.gone >= most) {
            return;
        }
        let idle = async {
            match until.idle.filter(|_| now.connected == 0) {
                Some(idle) => tokio::time::sleep_until((now.since + idle).into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = &mut end => return,
            () = idle => return,
            _ = changes.changed() => {}
            accepted = listener.next() => {
                let Ok((stream, address)) = accepted else { return };
                tokio::spawn(http::attend(stream, address, Arc::clone(relay)));
            }
        }
    }
}

impl Relay {
    fn summary(&self) -> Relayed {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let links: Vec<_> = self.links().values().filter_map(Weak::upgrade).collect();
        Relayed {
            clients: count(&self.counters.clients),
            messages: count(&self.counters.messages),
            bytes: count(&self.counters.bytes),
            saved: self.sharing.saved(),
            superseded: count(&self.counters.superseded) + links.iter().map(|link| link.superseded()).sum::<u64>(),
        }
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn links(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Weak<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all connections as it should be done, for those that take it in soon.
    async fn say_goodbye(&self) {
        let links: Vec<_> = self.links().values().filter_map(Weak::upgrade).collect();
        links.iter().for_each(|link| link.end(1001, "the relay stops"));
        let sessions: Vec<_> = self.sessions().values().filter_map(Weak::upgrade).collect();
        sessions.iter().for_each(|session| session.end(1001, "the relay stops"));
        drop(sessions);
        if let Some(shared) = &self.shared {
            shared.stop();
        }
        let mut presence = self.presence.subscribe();
        let _ = tokio::time::timeout(GOODBYE, presence.wait_for(|now| now.connected == 0)).await;
    }

    /// Serves a client over a connection of its own to the server.
    async fn attend(
        self: Arc<Self>,
        middle: Arc<dyn Middle>,
        client: WebSocketStream<tokio::net::TcpStream>,
        upstream: Upstream,
        connection: wire::Connection,
        realm: u64,
        address: SocketAddr,
    ) {
        let number = self.counters.clients.fetch_add(1, Ordering::Relaxed) + 1;
        let tap = taps::Connection::open(&self.taps, &wire::display_url(&upstream.url));
        let link = Link::new(Arc::clone(&self), &*middle, realm, tap);
        self.links().insert(number, Arc::downgrade(&link));
        self.presence.send_modify(|now| now.connected += 1);
        tracing::info!(%address, client = number, "connected");
        let mut tasks = JoinSet::new();
        tasks.spawn(server::talk(Arc::clone(&link), upstream, connection));
        if self.faults.is_none() {
            spawn_client(&mut tasks, &link, client);
        } else {
            let config = wire::config(self.options.largest);
            spawn_client(&mut tasks, &link, through(client, self.faults, number, config).await);
        }
        let ending = link.ended().await;
        // The writer still sends what is queued, and the server's side says goodbye.
        while tasks.join_next().await.is_some() {}
        link.abandon();
        link.tap.close(&ending.reason);
        tracing::info!(client = number, reason = ending.reason, "gone");
        self.links().remove(&number);
        self.counters.superseded.fetch_add(link.superseded(), Ordering::Relaxed);
        self.presence.send_modify(|now| {
            now.connected -= 1;
            now.gone += 1;
            now.since = Instant::now();
        });
    }

    /// Tells clients what is new.
    async fn tell_news(self: Arc<Self>) {
        let mut clock = tokio::time::interval(NEWS);
        loop {
            clock.tick().await;
            if self.stance.take_news() {
                self.sharing.something_changed();
                let links: Vec<_> = self.links().values().filter_map(Weak::upgrade).collect();
                links.iter().for_each(|link| link.tell_news());
            }
        }
    }
}

fn spawn_client<S>(tasks: &mut JoinSet<()>, link: &Arc<Link>, client: WebSocketStream<S>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sink, stream) = client.split();
    let reading = Arc::clone(link);
    tasks.spawn(async move {
        tokio::select! {
            () = client::read(Arc::clone(&reading), stream) => {}
            _ = reading.ended() => {}
        }
    });
    tasks.spawn(client::write(Arc::clone(link), sink));
}
