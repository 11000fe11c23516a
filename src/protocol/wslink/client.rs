//! A wslink client: calls with replies, any number at a time, and what the server publishes.
//!
//! Two tasks serve a connection. One reads: it only puts frames together, finds out whose reply it
//! is and hands it over, so that it never waits for a disk or a terminal, and pings are answered
//! always. One writes: it sends all requests that are waiting and flushes once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{Notify, broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error as WsError, Message as SocketMessage};

use super::frame::{self, DEFAULT_FRAME, FrameError, Header, Limits, Reassembler};
use super::json;
use super::message::{self, BinaryHead, Incoming, Payload, RpcError, code};
use super::msgpack::{MsgpackError, Reader};
use super::pages::Pages;
use crate::protocol::{Direction, Tap, WsMessage};
use crate::wire::Connection;

/// Published messages that a slow listener may be behind before it misses some.
const PUBLISHED: usize = 256;
/// Requests that may wait for the writer.
const OUTGOING: usize = 1024;
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(100);
/// How often the reader looks at the clock.
const TICK: Duration = Duration::from_millis(250);

/// Why a call got no result.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// The server answered with an error.
    #[error("{method} failed: {error}")]
    Refused {
        /// The method called.
        method: String,
        /// What the server says.
        error: RpcError,
    },
    /// The answer is not what it should be.
    #[error("{method} answered with something else than expected: {reason}")]
    Unexpected {
        /// The method called.
        method: String,
        /// What is wrong.
        reason: String,
    },
    /// The connection is gone.
    #[error(transparent)]
    Closed(#[from] Closed),
}

impl CallError {
    /// True where another connection may do better.
    pub fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Closed(closed) if closed.may_come_back())
    }

    /// True where the server does not know the method.
    pub fn is_unknown_method(&self) -> bool {
        matches!(self, Self::Refused { error, .. } if error.code == code::METHOD_NOT_FOUND)
    }

    /// An [`CallError::Unexpected`].
    pub fn unexpected(method: &str, reason: impl ToString) -> Self {
        Self::Unexpected { method: method.to_owned(), reason: reason.to_string() }
    }
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The server closed it, or it broke.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The server owes an answer and is silent.
    #[error("the server does not answer: nothing came for {} s", .0.as_secs_f64())]
    Silent(Duration),
    /// A message is larger than we let it be.
    #[error("{0}")]
    TooLarge(String),
    /// A frame is not one of wslink's.
    #[error("the server sent something that is not wslink: {0}")]
    BadFrame(#[from] FrameError),
    /// A message is not one of wslink's.
    #[error("the server sent something that is not wslink: {0}")]
    BadMessage(#[from] MsgpackError),
    /// We closed it.
    #[error("the connection was closed")]
    ByUs,
}

impl Closed {
    fn may_come_back(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Silent(_))
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Lost(_) => Some("is the server still running? `--keep-partial` keeps what has come"),
            Self::Silent(_) => Some("a busy server may need more time: --timeout SECONDS"),
            Self::BadFrame(_) | Self::BadMessage(_) => Some("is this a trame / wslink 2 server?"),
            Self::TooLarge(_) => Some("--max-message SIZE lets larger ones through"),
            Self::ByUs => None,
        }
    }
}

/// Why a hello failed.
#[derive(Debug, thiserror::Error)]
pub enum HelloError {
    /// The secret is not the server's.
    #[error("the server refuses the secret")]
    WrongSecret,
    /// It is not a wslink 2 server.
    #[error("this is not a wslink 2 server: {0}")]
    NotWslink(String),
    /// The connection ended.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Something published by the server.
#[derive(Clone, Debug)]
pub struct Published {
    /// The topic.
    pub topic: String,
    /// The data.
    pub data: Payload,
}

/// Watches a large binary result arrive, slice by slice and in order. It is called by the task that
/// reads the socket, so it must never wait.
pub trait SliceSink: Send {
    /// The data will have so many bytes.
    fn begin(&mut self, len: u32);
    /// The next slice of it.
    fn slice(&mut self, slice: Bytes);
}

/// How to speak with a server.
#[derive(Clone)]
pub struct ClientOptions {
    /// What the hello carries, as JSON text; usually a string.
    pub secret: String,
    /// How long a server that owes an answer may be silent.
    pub timeout: Duration,
    /// Largest message taken, in bytes.
    pub largest: u32,
    /// Counts the bytes received, those of unfinished messages included.
    pub received: Arc<AtomicU64>,
    /// Sees all traffic of the connection.
    pub tap: Option<ConnectionTap>,
}

/// A tap, and what it calls the connection.
#[derive(Clone)]
pub struct ConnectionTap {
    tap: Arc<dyn Tap>,
    connection: u32,
}

impl ConnectionTap {
    /// Tells the tap of a new connection.
    pub fn open(tap: Arc<dyn Tap>, url: &str) -> Self {
        let connection = tap.opened(url);
        Self { tap, connection }
    }

    fn see(&self, direction: Direction, message: &SocketMessage) {
        let seen = match message {
            SocketMessage::Binary(data) => WsMessage::binary(data.clone()),
            SocketMessage::Text(data) => WsMessage::text(data.clone()),
            _ => return,
        };
        self.tap.message(self.connection, direction, &seen);
    }
}

/// An authenticated connection. Cheap to clone; the last clone that goes closes it.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<SocketMessage>,
    tasks: Vec<JoinHandle<()>>,
    client_id: String,
    max_frame: usize,
    next: AtomicU64,
}

struct Shared {
    pending: Mutex<HashMap<String, Pending>>,
    closed: Mutex<Option<Closed>>,
    ended: Notify,
    published: broadcast::Sender<Published>,
    received: Arc<AtomicU64>,
}

struct Pending {
    reply: oneshot::Sender<Result<Payload, CallError>>,
    sink: Option<Box<dyn SliceSink>>,
}

/// Takes a call off the list of those that wait, however it ends.
struct Owed<'a> {
    shared: &'a Shared,
    id: &'a str,
}

impl Drop for Owed<'_> {
    fn drop(&mut self) {
        lock(&self.shared.pending).remove(self.id);
    }
}

/// A large result that a sink watches.
struct Watched {
    sink: Box<dyn SliceSink>,
    next_offset: u64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Client {
    /// Says hello on a fresh connection.
    ///
    /// # Errors
    /// [`HelloError`].
    pub async fn hello(connection: Connection, options: &ClientOptions) -> Result<Self, HelloError> {
        let (sink, stream) = connection.split();
        let (outgoing, waiting) = mpsc::channel(OUTGOING);
        let shared = Arc::new(Shared {
            pending: Mutex::default(),
            closed: Mutex::default(),
            ended: Notify::new(),
            published: broadcast::channel(PUBLISHED).0,
            received: Arc::clone(&options.received),
        });
        let reader = Receiver {
            shared: Arc::clone(&shared),
            pings: outgoing.clone(),
            reassembler: Reassembler::new(Limits::for_messages(options.largest)),
            pages: Pages::default(),
            watched: HashMap::new(),
            timeout: options.timeout,
            tap: options.tap.clone(),
        };
        let tap = options.tap.clone();
        let tasks =
            vec![tokio::spawn(reader.run(stream)), tokio::spawn(write(sink, waiting, Arc::clone(&shared), tap))];
        let mut inner = Inner {
            shared,
            outgoing,
            tasks,
            client_id: String::new(),
            max_frame: frame::UNAUTHENTICATED_MESSAGE as usize,
            next: AtomicU64::new(1),
        };
        let hello = inner.request("system:c0:0", "wslink.hello", None, |out| {
            json::push_array_len(out, 1);
            json::push_map_len(out, 1);
            json::push_str(out, "secret");
            if json::push_msgpack(&options.secret, out).is_err() {
                json::push_str(out, &options.secret);
            }
        });
        let reply = match hello.await {
            Err(CallError::Refused { error, .. }) if error.code == code::AUTHENTICATION => {
                return Err(HelloError::WrongSecret);
            }
            Err(CallError::Closed(Closed::Lost(reason))) => {
                return Err(HelloError::NotWslink(format!("it dropped the connection at the hello ({reason})")));
            }
            Err(CallError::Closed(closed @ (Closed::BadFrame(_) | Closed::BadMessage(_)))) => {
                return Err(HelloError::NotWslink(closed.to_string()));
            }
            other => other?,
        };
        let (client_id, max_frame) = read_hello(&reply).map_err(|error| HelloError::NotWslink(error.to_string()))?;
        inner.client_id = client_id;
        inner.max_frame = max_frame;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Calls a method. `write_args` appends one msgpack array.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call(&self, method: &str, write_args: impl FnOnce(&mut Vec<u8>)) -> Result<Payload, CallError> {
        self.inner.request(&self.next_id(), method, None, write_args).await
    }

    /// Calls a method whose result may be large binary data: the sink sees it arrive.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call_watched(
        &self,
        method: &str,
        sink: Option<Box<dyn SliceSink>>,
        write_args: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Payload, CallError> {
        self.inner.request(&self.next_id(), method, sink, write_args).await
    }

    /// Calls a method with keyword arguments: `write_kwargs` appends one msgpack map.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call_with_kwargs(
        &self,
        method: &str,
        write_args: impl FnOnce(&mut Vec<u8>),
        write_kwargs: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Payload, CallError> {
        let id = self.next_id();
        let buffer = message::encode_request_with(&id, method, write_args, write_kwargs);
        self.inner.exchange(&id, method, None, buffer).await
    }

    fn next_id(&self) -> String {
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        format!("rpc:{}:{number}", self.inner.client_id)
    }

    /// Listens to what the server publishes from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Published> {
        self.inner.shared.published.subscribe()
    }

    /// Why the connection ended, if it did.
    pub fn closed(&self) -> Option<Closed> {
        lock(&self.inner.shared.closed).clone()
    }

    /// Sends a close frame and waits a little for the other end.
    pub async fn close(&self) {
        let _ = self.inner.outgoing.send(SocketMessage::Close(None)).await;
        let _ = tokio::time::timeout(GOODBYE, self.wait_closed()).await;
        self.inner.shared.end(Closed::ByUs);
    }

    /// Waits until the connection ends, and says why it did.
    pub async fn wait_closed(&self) -> Closed {
        loop {
            let ended = self.inner.shared.ended.notified();
            if let Some(reason) = self.closed() {
                return reason;
            }
            ended.await;
        }
    }
}

impl Inner {
    async fn request(
        &self,
        id: &str,
        method: &str,
        sink: Option<Box<dyn SliceSink>>,
        write_args: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Payload, CallError> {
        self.exchange(id, method, sink, message::encode_request(id, method, write_args)).await
    }

    async fn exchange(
        &self,
        id: &str,
        method: &str,
        sink: Option<Box<dyn SliceSink>>,
        buffer: Vec<u8>,
    ) -> Result<Payload, CallError> {
        let (reply, waiting) = oneshot::channel();
        lock(&self.shared.pending).insert(id.to_owned(), Pending { reply, sink });
        // Who gives up waiting must not leave the server owing an answer for ever.
        let _owed = Owed { shared: &self.shared, id };
        let mut frames = Vec::with_capacity(1);
        frame::finish_message(message_id(), buffer, self.max_frame.max(frame::HEADER_LEN + 1), |frame| {
            frames.push(frame);
        });
        if let Some(closed) = lock(&self.shared.closed).clone() {
            return Err(closed.into());
        }
        for frame in frames {
            if self.outgoing.send(SocketMessage::Binary(frame)).await.is_err() {
                return Err(self.shared.reason().into());
            }
        }
        match waiting.await {
            Ok(Err(CallError::Refused { error, .. })) => Err(CallError::Refused { method: method.to_owned(), error }),
            Ok(outcome) => outcome,
            Err(_) => Err(self.shared.reason().into()),
        }
    }
}

impl Shared {
    /// Ends the connection for everybody who waits for something.
    fn end(&self, reason: Closed) {
        lock(&self.closed).get_or_insert(reason);
        lock(&self.pending).clear();
        self.ended.notify_waiters();
    }

    fn reason(&self) -> Closed {
        lock(&self.closed).clone().unwrap_or(Closed::ByUs)
    }

    fn deliver(&self, incoming: Incoming) {
        match incoming {
            Incoming::Reply { id, outcome } => {
                let waiting = lock(&self.pending).remove(&id);
                if let Some(waiting) = waiting {
                    let outcome = outcome.map_err(|error| CallError::Refused { method: String::new(), error });
                    let _ = waiting.reply.send(outcome);
                }
            }
            Incoming::Publish { topic, data } => {
                let _ = self.published.send(Published { topic, data });
            }
        }
    }
}

struct Receiver {
    shared: Arc<Shared>,
    pings: mpsc::Sender<SocketMessage>,
    reassembler: Reassembler,
    pages: Pages,
    /// By the ids of their messages.
    watched: HashMap<u32, Watched>,
    timeout: Duration,
    tap: Option<ConnectionTap>,
}

impl Receiver {
    async fn run(mut self, mut stream: SplitStream<Connection>) {
        let mut tick = tokio::time::interval(TICK);
        // When the last message came, and when anything did: a server that owes an answer and only
        // answers pings is as good as silent.
        let (mut spoke, mut heard) = (Instant::now(), Instant::now());
        let mut owes_since = None;
        let mut asked = None;
        let reason = loop {
            tokio::select! {
                biased;
                message = stream.next() => {
                    heard = Instant::now();
                    asked = None;
                    if let (Some(tap), Some(Ok(message))) = (&self.tap, &message) {
                        tap.see(Direction::ToClient, message);
                    }
                    match message {
                        Some(Ok(SocketMessage::Binary(frame))) => {
                            spoke = heard;
                            if let Err(reason) = self.take(frame) {
                                break reason;
                            }
                        }
                        Some(Ok(SocketMessage::Close(frame))) => {
                            let said = frame.map(|f| f.reason.to_string()).filter(|reason| !reason.is_empty());
                            break Closed::Lost(said.unwrap_or_else(|| String::from("the server closed it")));
                        }
                        Some(Ok(_)) => {} // text is not wslink 2; pings are answered by tungstenite
                        Some(Err(error @ WsError::Capacity(_))) => break Closed::TooLarge(error.to_string()),
                        Some(Err(error)) => break Closed::Lost(plain(&error)),
                        None => break Closed::Lost(String::from("the server closed it")),
                    }
                }
                _ = tick.tick() => {
                    let owes = !lock(&self.shared.pending).is_empty();
                    owes_since = owes.then(|| owes_since.unwrap_or_else(Instant::now));
                    let is_late = |since: Instant| since.max(spoke).elapsed() >= self.timeout;
                    if owes_since.is_some_and(is_late) || asked.is_some_and(|at: Instant| at.elapsed() >= self.timeout) {
                        break Closed::Silent(self.timeout);
                    }
                    if asked.is_none() && heard.elapsed() >= self.timeout / 2 {
                        // A peer that vanished without a word is only noticed by asking it something.
                        asked = Some(Instant::now());
                        let _ = self.pings.try_send(SocketMessage::Ping(Bytes::new()));
                    }
                }
            }
        };
        if let Some(tap) = &self.tap {
            tap.tap.closed(tap.connection, &reason.to_string());
        }
        self.shared.end(reason);
    }

    fn take(&mut self, frame: Bytes) -> Result<(), Closed> {
        self.shared.received.fetch_add(frame.len() as u64, Ordering::Relaxed);
        let header = Header::read(&frame)?;
        let frame = self.pages.take_over(frame);
        if frame.len() - frame::HEADER_LEN < header.total as usize {
            self.watch(header, frame.slice(frame::HEADER_LEN..));
        }
        let pushed = self.reassembler.push(frame).map_err(|error| match error {
            FrameError::TooLarge { .. } => Closed::TooLarge(error.to_string()),
            _ => error.into(),
        })?;
        if let Some(message) = pushed {
            // With the sink goes the last that holds on to what it watches with.
            self.watched.remove(&header.message);
            self.shared.deliver(Incoming::decode(message)?);
        }
        Ok(())
    }

    /// Shows a slice to the sink that waits for it, if there is one and the slices come in order.
    fn watch(&mut self, header: Header, slice: Bytes) {
        let len = slice.len() as u64;
        if header.offset == 0 {
            let Some(head) = BinaryHead::read(&slice, header.total as usize) else { return };
            let sink = lock(&self.shared.pending).get_mut(&head.id).and_then(|pending| pending.sink.take());
            if let Some(mut sink) = sink {
                sink.begin(head.len);
                sink.slice(slice.slice(head.start..));
                self.watched.insert(header.message, Watched { sink, next_offset: len });
            }
        } else if let Some(watched) = self.watched.get_mut(&header.message) {
            if watched.next_offset == u64::from(header.offset) {
                watched.sink.slice(slice);
                watched.next_offset += len;
            } else {
                self.watched.remove(&header.message);
            }
        }
    }
}

async fn write(
    mut sink: SplitSink<Connection, SocketMessage>,
    mut waiting: mpsc::Receiver<SocketMessage>,
    shared: Arc<Shared>,
    tap: Option<ConnectionTap>,
) {
    let see = |message: &SocketMessage| {
        if let Some(tap) = &tap {
            tap.see(Direction::ToServer, message);
        }
    };
    while let Some(message) = waiting.recv().await {
        see(&message);
        let mut sent = sink.feed(message).await;
        while sent.is_ok()
            && let Ok(message) = waiting.try_recv()
        {
            see(&message);
            sent = sink.feed(message).await;
        }
        if sent.is_ok() {
            sent = sink.flush().await;
        }
        if let Err(error) = sent {
            // The reader usually knows better why; give it the time to say so.
            tokio::time::sleep(TICK).await;
            shared.end(Closed::Lost(plain(&error)));
            return;
        }
    }
}

/// `(clientID, maxMsgSize)` of the reply to a hello.
fn read_hello(reply: &Payload) -> Result<(String, usize), MsgpackError> {
    let Payload::Msgpack(bytes) = reply else {
        return Err(MsgpackError { at: 0, what: "the hello was answered with binary data" });
    };
    let mut reader = Reader::new(bytes);
    let (mut client_id, mut max_frame) = (None, None);
    for _ in 0..reader.map()? {
        match reader.text()? {
            "clientID" => client_id = Some(reader.text()?.to_owned()),
            "maxMsgSize" => max_frame = usize::try_from(reader.count()?).ok(),
            _ => {
                reader.skip()?;
            }
        }
    }
    let client_id = client_id.ok_or_else(|| reader.error("the hello's answer has no clientID"))?;
    let max_frame = max_frame.unwrap_or(DEFAULT_FRAME).clamp(frame::HEADER_LEN + 1, DEFAULT_FRAME);
    Ok((client_id, max_frame))
}

/// A message's id only groups its slices: a count that wraps is as good as a random number.
pub(super) fn message_id() -> u32 {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0x1122_3344);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What went wrong, in the words people know.
fn plain(error: &WsError) -> String {
    match error {
        WsError::ConnectionClosed | WsError::AlreadyClosed => String::from("the server closed it"),
        WsError::Protocol(tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
            String::from("the server is gone (no closing handshake)")
        }
        WsError::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
