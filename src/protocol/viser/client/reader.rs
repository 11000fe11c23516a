//! The task that reads the socket: it decodes frames and applies them to the model, and never waits for anybody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::{Error as WsError, Message as SocketMessage};

use super::super::frame::{Frame, Limits};
use super::super::message::Message;
use super::super::model::{Applied, Model};
use crate::protocol::{ClientError, Direction, Tap, WsMessage};
use crate::wire::Connection;

/// viser pings every 20 s, also while a script holds back everything else: a link that is silent for longer is dead.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// A version that does not say when all has come has sent it when it is silent for so long.
const QUIESCENT: Duration = Duration::from_millis(500);

/// Messages for one client only that wait for somebody to look at them.
const MOST_PASSING: usize = 4_096;

/// What the reader and who asks share.
pub(super) struct Shared {
    pub(super) held: Mutex<Held>,
    /// Something in it changed.
    pub(super) news: Notify,
    /// Bytes that came, over all connections.
    pub(super) received: Arc<AtomicU64>,
}

/// What came.
#[derive(Default)]
pub(super) struct Held {
    pub(super) model: Model,
    /// All that was built before we came is there.
    pub(super) is_hydrated: bool,
    /// Frames that came since the last update.
    pub(super) frames: u64,
    /// Messages so far.
    pub(super) messages: u64,
    /// Why nothing more comes.
    pub(super) ended: Option<ClientError>,
    /// What is said once to one client, for who attends.
    pub(super) passing: Option<mpsc::Sender<Message>>,
}

impl Shared {
    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sees all messages of one connection.
#[derive(Clone)]
pub(in crate::protocol::viser) struct ConnectionTap {
    tap: Arc<dyn Tap>,
    connection: u32,
}

impl ConnectionTap {
    pub(in crate::protocol::viser) fn open(tap: Arc<dyn Tap>, url: &str) -> Self {
        let connection = tap.opened(url);
        Self { tap, connection }
    }

    pub(in crate::protocol::viser) fn saw(&self, direction: Direction, data: &Bytes) {
        self.tap.message(self.connection, direction, &WsMessage::binary(data.clone()));
    }

    pub(in crate::protocol::viser) fn closed(&self, reason: &str) {
        self.tap.closed(self.connection, reason);
    }
}

/// Reads until the connection ends.
pub(super) struct Reader {
    pub(super) shared: Arc<Shared>,
    pub(super) timeout: Duration,
    pub(super) says_the_end: bool,
    pub(super) limits: Limits,
    pub(super) meter: Option<Arc<AtomicU64>>,
    pub(super) tap: Option<ConnectionTap>,
}

impl Reader {
    pub(super) async fn run(self, mut stream: SplitStream<Connection>, pongs: mpsc::Sender<SocketMessage>) {
        let error = self.read(&mut stream, &pongs).await;
        if let Some(tap) = &self.tap {
            tap.closed(&error.to_string());
        }
        self.shared.held().ended.get_or_insert(error);
        self.shared.news.notify_one();
    }

    async fn read(&self, stream: &mut SplitStream<Connection>, pongs: &mpsc::Sender<SocketMessage>) -> ClientError {
        let mut counted = 0;
        let mut heard = Instant::now();
        loop {
            let is_settling = !self.says_the_end && {
                let held = self.shared.held();
                !held.is_hydrated && held.frames > 0
            };
            let tick = if is_settling { QUIESCENT } else { Duration::from_millis(500) };
            let next = tokio::time::timeout(tick, stream.next()).await;
            if self.count(&mut counted) {
                heard = Instant::now();
            }
            let message = match next {
                Err(_) if heard.elapsed() > self.timeout + HEARTBEAT => {
                    let silent = heard.elapsed().as_secs();
                    return ClientError::Lost(format!("nothing came for {silent} s, not even a heartbeat"));
                }
                Err(_) => {
                    if is_settling && heard.elapsed() >= QUIESCENT {
                        self.hydrated();
                    }
                    continue;
                }
                Ok(None) => return ClientError::Lost(String::from("the server closed the connection")),
                Ok(Some(Err(WsError::Capacity(error)))) => return ClientError::TooLarge(error.to_string()),
                Ok(Some(Err(error))) => return ClientError::Lost(error.to_string()),
                Ok(Some(Ok(message))) => message,
            };
            match message {
                SocketMessage::Binary(data) => {
                    if let Some(tap) = &self.tap {
                        tap.saw(Direction::ToClient, &data);
                    }
                    if let Err(error) = self.frame(&data) {
                        return error;
                    }
                }
                SocketMessage::Close(frame) => {
                    let why = frame.map(|frame| format!(" ({} {})", frame.code, frame.reason)).unwrap_or_default();
                    return ClientError::Lost(format!("the server closed the connection{}", why.trim_end()));
                }
                SocketMessage::Text(_) => return ClientError::Failed(String::from("the server sends text")),
                SocketMessage::Ping(data) => {
                    // tungstenite has its answer ready; somebody has to send it.
                    let _ = pongs.try_send(SocketMessage::Pong(data));
                }
                SocketMessage::Pong(_) | SocketMessage::Frame(_) => {}
            }
        }
    }

    /// Counts what came, also of a message that is not whole yet. True where something did.
    fn count(&self, counted: &mut u64) -> bool {
        let now = self.meter.as_ref().map_or(*counted, |meter| meter.load(Ordering::Relaxed));
        let new = now.saturating_sub(*counted);
        *counted = now;
        self.shared.received.fetch_add(new, Ordering::Relaxed);
        new > 0
    }

    fn frame(&self, data: &Bytes) -> Result<(), ClientError> {
        let frame = Frame::decode(data, self.limits).map_err(|error| ClientError::Failed(error.to_string()))?;
        let mut done = false;
        {
            let mut held = self.shared.held();
            held.frames += 1;
            held.messages += frame.messages.len() as u64;
            for message in frame.messages {
                let kept = held.passing.is_some().then(|| message.clone());
                match held.model.apply(message) {
                    Applied::Kept => {}
                    Applied::ReplayDone => done = true,
                    Applied::Passing => {
                        if let (Some(passing), Some(message)) = (&held.passing, kept)
                            && passing.try_send(message).is_err()
                        {
                            return Err(ClientError::Failed(format!(
                                "the server sends more than {MOST_PASSING} requests before they are answered"
                            )));
                        }
                    }
                }
            }
        }
        if done {
            self.hydrated();
        }
        self.shared.news.notify_one();
        Ok(())
    }

    fn hydrated(&self) {
        self.shared.held().is_hydrated = true;
        self.shared.news.notify_one();
    }
}

/// Sends what is to be sent.
pub(super) async fn write(
    mut sink: SplitSink<Connection, SocketMessage>,
    mut outgoing: mpsc::Receiver<SocketMessage>,
    tap: Option<ConnectionTap>,
) {
    while let Some(message) = outgoing.recv().await {
        if let (Some(tap), SocketMessage::Binary(data)) = (&tap, &message) {
            tap.saw(Direction::ToServer, data);
        }
        let is_last = matches!(message, SocketMessage::Close(_));
        if sink.send(message).await.is_err() || is_last {
            return;
        }
    }
}
