//! The task that reads the socket: it decodes frames and applies them to the model, and never waits for anybody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as WsError, Message as SocketMessage};

use super::super::frame::{Frame, Limits};
use super::super::message::Message;
use super::super::model::{Applied, Model};
use super::super::settling::{SILENCE, Settling};
use crate::protocol::{ClientError, Direction, Tap, WsMessage};
use crate::wire::Connection;

/// viser pings every 20 s, also while a script holds back everything else: a link that is silent for longer is dead.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Bytes of windows that wait for somebody who attends; while there are more, nothing is read.
const MOST_WAITING: u32 = 128 << 20;
/// What a window counts for at least.
const LEAST_WINDOW: u64 = 1 << 10;

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
    /// For servers that do not say when that is so.
    pub(super) settling: Settling,
    /// Frames that came since the last update.
    pub(super) frames: u64,
    /// Messages so far.
    pub(super) messages: u64,
    /// Why nothing more comes.
    pub(super) ended: Option<ClientError>,
    /// Where it goes what is said once to one client, for who attends.
    pub(super) attended: Option<Attended>,
}

/// Who attends is told here, window by window.
#[derive(Clone)]
pub(super) struct Attended {
    windows: mpsc::Sender<Window>,
    room: Arc<Semaphore>,
}

/// What one window holds for who attends.
pub(in super::super) struct Window {
    /// The messages, in order.
    pub(in super::super) messages: Vec<Message>,
    /// Room for others, when this one is dropped.
    pub(in super::super) _room: Option<OwnedSemaphorePermit>,
}

impl Attended {
    pub(super) fn open() -> (Self, mpsc::Receiver<Window>) {
        // There is room for all of them: the bytes are what is limited.
        let (windows, waiting) = mpsc::channel(MOST_WAITING as usize / LEAST_WINDOW as usize);
        (Self { windows, room: Arc::new(Semaphore::new(MOST_WAITING as usize)) }, waiting)
    }

    /// Hands a window over. Where too much waits already, this waits, too: then the server has to.
    async fn tell(&self, messages: Vec<Message>) {
        let bytes: u64 = messages.iter().map(Message::len).sum();
        let weight = u32::try_from(bytes.max(LEAST_WINDOW)).unwrap_or(MOST_WAITING).min(MOST_WAITING);
        let room = Arc::clone(&self.room).acquire_many_owned(weight).await.ok();
        let _ = self.windows.send(Window { messages, _room: room }).await;
    }
}

/// True for what who attends wants to hear of, although the scene keeps it.
fn is_told(message: &Message) -> bool {
    let kind = message.kind();
    kind.contains("Notification") || kind == "RunJavascriptMessage"
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
        let start = Instant::now();
        let mut heard = start;
        loop {
            let next = tokio::time::timeout(SILENCE, stream.next()).await;
            if self.count(&mut counted) {
                heard = Instant::now();
            }
            let message = match next {
                Err(_) if heard.elapsed() > self.timeout + HEARTBEAT => {
                    let silent = heard.elapsed().as_secs();
                    return ClientError::Lost(format!("nothing came for {silent} s, not even a heartbeat"));
                }
                Err(_) => {
                    self.settle(start.elapsed());
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
                    if let Err(error) = self.frame(&data, start.elapsed()).await {
                        return error;
                    }
                }
                SocketMessage::Close(frame) => {
                    return closed(frame.as_ref());
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

    async fn frame(&self, data: &Bytes, now: Duration) -> Result<(), ClientError> {
        let frame = Frame::decode(data, self.limits).map_err(|error| ClientError::Failed(error.to_string()))?;
        let mut done = false;
        let mut told = Vec::new();
        let attended = {
            let mut held = self.shared.held();
            held.frames += 1;
            held.messages += frame.messages.len() as u64;
            held.settling.frame(now, frame.messages.len());
            for message in frame.messages {
                let kept = held.attended.is_some().then(|| message.clone());
                match held.model.apply(message) {
                    Applied::Kept => told.extend(kept.filter(is_told)),
                    Applied::ReplayDone => done = true,
                    Applied::Passing => told.extend(kept),
                }
            }
            held.attended.clone().filter(|_| !told.is_empty())
        };
        if done {
            self.hydrated();
        }
        self.settle(now);
        if let Some(attended) = attended {
            attended.tell(told).await;
        }
        // Until all has come, who waits for it looks at how far it is from time to time.
        if self.shared.held().is_hydrated {
            self.shared.news.notify_one();
        }
        Ok(())
    }

    /// What does not say that all has come shows it.
    fn settle(&self, now: Duration) {
        let is_over = !self.says_the_end && {
            let held = self.shared.held();
            !held.is_hydrated && held.settling.is_over(now)
        };
        if is_over {
            self.hydrated();
        }
    }

    fn hydrated(&self) {
        self.shared.held().is_hydrated = true;
        self.shared.news.notify_one();
    }
}

/// Why a connection ended that was closed with such a frame.
pub(in super::super) fn closed(frame: Option<&CloseFrame>) -> ClientError {
    let why = match frame {
        None => String::new(),
        Some(CloseFrame { code, reason }) if reason.is_empty() => format!(" ({code})"),
        Some(CloseFrame { code, reason }) => format!(" ({code} {reason})"),
    };
    ClientError::Lost(format!("the server closed the connection{why}"))
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
