//! Replaying the messages of a recorded connection as they were.
//!
//! Where the server only speaks, see [`super::pushed`]. Else it is done to one client at a time: what the client sends takes the place of what was recorded; what the server sent follows after the same time
//! as it did then. It suits clients that do the same again: ids are those of the recording.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::pushed::PushedServer;
use crate::protocol::{
    Direction, Dropped, Handshake, Happening, Newcomer, Outgoing, Peer, PlayReport, Protocol, Server, WsMessage,
};
use crate::recording::{Events, RecordingError};

/// Differences that are told one by one.
const MOST_MISSES: usize = 100;

/// A fake server that repeats one connection of a recording: the one of this number, or the first on which anything was
/// said. `speed` is how many times as fast it goes.
///
/// # Errors
/// [`RecordingError`].
pub fn exact(
    path: &Path,
    connection: Option<u32>,
    speed: f64,
    protocol: &'static dyn Protocol,
) -> Result<Arc<dyn Server>, RecordingError> {
    let handshake = protocol.handshake();
    Ok(if protocol.is_pushed() {
        Arc::new(PushedServer::open(path, connection, speed, handshake)?.refusing(protocol))
    } else {
        Arc::new(ExactServer::open(path, connection, speed, handshake)?)
    })
}

/// A server that waits for its client's messages.
struct ExactServer {
    shared: Arc<Shared>,
    handshake: Handshake,
}

struct Shared {
    path: PathBuf,
    connection: u32,
    speed: f64,
    state: Mutex<State>,
    /// There is another time to wait for.
    due: Notify,
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// The client that is being served.
    client: Option<u64>,
    events: Option<Events>,
    next: Option<(Duration, Direction, WsMessage)>,
    /// The session's clock: where it stood at some instant.
    clock: Option<(Duration, Instant)>,
    /// Messages that the client sent before it was their turn.
    ahead: u64,
    report: PlayReport,
}

impl ExactServer {
    fn open(path: &Path, connection: Option<u32>, speed: f64, handshake: Handshake) -> Result<Self, RecordingError> {
        let mut events = Events::open(path)?;
        let mut calls = 0;
        let mut found = connection;
        while let Some(traffic) = events.next_traffic()? {
            let Happening::Message(direction, _) = traffic.what else { continue };
            let wanted = *found.get_or_insert(traffic.connection);
            calls += u64::from(wanted == traffic.connection && direction == Direction::ToServer);
        }
        let Some(connection) = found.filter(|_| calls > 0) else {
            let reason = String::from("there is no such connection in it, or nothing was said on it");
            return Err(RecordingError::NoSuchMoment { path: path.to_owned(), reason });
        };
        let report = PlayReport { calls, ..PlayReport::default() };
        let shared = Shared {
            path: path.to_owned(),
            connection,
            speed,
            state: Mutex::new(State { report, ..State::default() }),
            due: Notify::new(),
            news: watch::channel(0).0,
        };
        Ok(Self { shared: Arc::new(shared), handshake })
    }
}

impl Server for ExactServer {
    fn handshake(&self) -> Handshake {
        self.handshake
    }

    fn page(&self) -> String {
        let path = self.handshake.path.unwrap_or("every path");
        format!("This is `scenectl replay --exact` of a recorded session.\nIts websocket is at {path}.\n")
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        let mut state = self.shared.state();
        if state.client.is_none() {
            state.client = Some(client.number);
            state.events = Events::open(&self.shared.path).ok();
            (state.next, state.clock, state.ahead) = (None, None, 0);
            state.report.hits = 0;
        }
        Box::new(Repeater { shared: Arc::clone(&self.shared), number: client.number })
    }

    fn news(&self) -> Option<watch::Receiver<u64>> {
        Some(self.shared.news.subscribe())
    }

    fn run(&self) -> BoxFuture<'_, ()> {
        async {
            loop {
                let changed = self.shared.due.notified();
                match self.shared.next_due() {
                    Some(due) => {
                        tokio::select! {
                            () = tokio::time::sleep_until(due) => self.shared.news.send_modify(|n| *n += 1),
                            () = changed => continue,
                        }
                        // Whoever is served now takes what is due and says what comes next.
                        self.shared.due.notified().await;
                    }
                    None => changed.await,
                }
            }
        }
        .boxed()
    }

    fn report(&self) -> Option<PlayReport> {
        let mut report = self.shared.state().report.clone();
        let left = report.calls.saturating_sub(report.hits);
        if left > 0 {
            report.unplayed.push(format!("{left} of {} recorded messages of the client", report.calls));
        }
        Some(report)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the next message of the server is due; nothing while it is the client's turn.
    fn next_due(&self) -> Option<Instant> {
        let state = self.state();
        let (time, direction, _) = state.next.as_ref()?;
        let (then, instant) = state.clock?;
        let wait = Duration::try_from_secs_f64(time.saturating_sub(then).as_secs_f64() / self.speed).ok()?;
        (*direction == Direction::ToClient).then(|| instant.checked_add(wait)).flatten()
    }

    /// Sends what is due, up to where it is the client's turn.
    fn pump(&self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        loop {
            let due = {
                let mut state = self.state();
                if state.next.is_none() {
                    state.read_next(self.connection)?;
                }
                match &state.next {
                    None => break,
                    Some((_, Direction::ToServer, _)) if state.ahead == 0 => break,
                    Some((time, Direction::ToServer, _)) => {
                        state.clock = Some((*time, Instant::now()));
                        state.ahead -= 1;
                        state.report.hits += 1;
                        state.next = None;
                        continue;
                    }
                    Some((_, Direction::ToClient, _)) => {}
                }
                drop(state);
                self.next_due().is_none_or(|due| due <= Instant::now())
            };
            if !due {
                break;
            }
            if let Some((_, _, message)) = self.state().next.take() {
                out.push(Outgoing::Ready(message));
            }
        }
        self.due.notify_one();
        Ok(())
    }
}

impl State {
    fn read_next(&mut self, connection: u32) -> Result<(), Dropped> {
        let Some(events) = &mut self.events else { return Ok(()) };
        loop {
            match events.next_traffic().map_err(|error| Dropped::new(error.to_string()))? {
                None => return Ok(()),
                Some(traffic) if traffic.connection == connection => {
                    if let Happening::Message(direction, message) = traffic.what {
                        self.next = Some((traffic.time, direction, message));
                        return Ok(());
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Compares what a client sent with what was recorded in its place.
    fn compare(&mut self, sent: &WsMessage, recorded: &WsMessage) {
        // The first message carries a secret, which is not in the recording. Frames start with a random id.
        let body =
            |message: &WsMessage| message.data.get(if message.is_text { 0 } else { 4 }..).unwrap_or_default().to_vec();
        if self.report.hits > 0 && body(sent) != body(recorded) && self.report.misses.len() < MOST_MISSES {
            let text = format!(
                "message {} of the client is not the recorded one ({} bytes, recorded: {})",
                self.report.hits + 1,
                sent.data.len(),
                recorded.data.len()
            );
            tracing::warn!("{text}");
            self.report.misses.push(text);
        }
    }
}

struct Repeater {
    shared: Arc<Shared>,
    number: u64,
}

impl Repeater {
    fn is_served(&self) -> bool {
        self.shared.state().client == Some(self.number)
    }
}

impl Peer for Repeater {
    fn receive(&mut self, message: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        if !self.is_served() {
            return Err(Dropped::new("an exact replay serves one client at a time"));
        }
        {
            let mut state = self.shared.state();
            if state.next.is_none() {
                state.read_next(self.shared.connection)?;
            }
            match state.next.take() {
                Some((time, Direction::ToServer, recorded)) => {
                    state.compare(&message, &recorded);
                    state.clock = Some((time, Instant::now()));
                    state.report.hits += 1;
                }
                other => {
                    state.next = other;
                    state.ahead += 1;
                }
            }
        }
        self.shared.pump(out)
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        if self.is_served() { self.shared.pump(out) } else { Ok(()) }
    }
}

impl Drop for Repeater {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        if state.client == Some(self.number) {
            state.client = None;
        }
    }
}
