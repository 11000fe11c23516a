//! A wslink client: calls with replies, any number at a time, and what the server publishes.
//!
//! Two tasks serve a connection. One reads: it only puts frames together, finds out whose reply it
//! is and hands it over, so that it never waits for a disk or a terminal, and pings are answered
//! always. One writes: it sends all requests that are waiting and flushes once.

mod errors;
mod inbox;
mod reader;
mod shared;
mod tap;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error as WsError, Message as SocketMessage};

use super::Version;
use super::frame::{self, DEFAULT_FRAME};
use super::json;
use super::message::{self, Payload, code};
use crate::protocol::msgpack::{MsgpackError, Reader};
use crate::wire::{self, Connection};

pub use errors::{CallError, Closed, HelloError};
pub use tap::ConnectionTap;

use inbox::Inbox;
use reader::Receiver;
use shared::{Owed, Pending, Shared, lock};
use writer::Outbox;

/// Requests that may wait for the writer.
const OUTGOING: usize = 1024;
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(100);

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

/// An authenticated connection. Cheap to clone; the last clone that goes closes it.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<SocketMessage>,
    tasks: Vec<JoinHandle<()>>,
    outbox: Outbox,
    client_id: String,
    next: AtomicU64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// What a hello may take beyond the time that a server may be silent.
const PATIENCE: Duration = Duration::from_secs(1);

impl Client {
    /// Says hello on a fresh connection, in this version of wslink.
    ///
    /// # Errors
    /// [`HelloError`].
    pub async fn hello(connection: Connection, version: Version, options: &ClientOptions) -> Result<Self, HelloError> {
        let meter = wire::meter(&connection);
        let (sink, stream) = connection.split();
        let (outgoing, waiting) = mpsc::channel(OUTGOING);
        let shared = Arc::new(Shared::new(Arc::clone(&options.received)));
        let reader = Receiver {
            shared: Arc::clone(&shared),
            pings: outgoing.clone(),
            inbox: Inbox::new(version, options.largest),
            timeout: options.timeout,
            meter,
            tap: options.tap.clone(),
        };
        let write = writer::write(sink, waiting, Arc::clone(&shared), options.tap.clone());
        let tasks = vec![tokio::spawn(reader.run(stream)), tokio::spawn(write)];
        let outbox = Outbox::new(version);
        let mut inner = Inner { shared, outgoing, tasks, outbox, client_id: String::new(), next: AtomicU64::new(1) };
        const ID: &str = "system:c0:0";
        const METHOD: &str = "wslink.hello";
        let hello = message::encode_request(ID, METHOD, |out| {
            json::push_array_len(out, 1);
            json::push_map_len(out, 1);
            json::push_str(out, "secret");
            if json::push_msgpack(&options.secret, out).is_err() {
                json::push_str(out, &options.secret);
            }
        });
        let bytes = hello.len().saturating_sub(frame::HEADER_LEN);
        // Silence has an end of its own; whoever talks without end and says nothing gets a little longer.
        let patience = options.timeout + PATIENCE;
        let Ok(answered) = tokio::time::timeout(patience, inner.exchange(ID, METHOD, None, hello)).await else {
            return Err(HelloError::NotWslink(String::from("it sends much, and no answer to the hello")));
        };
        let reply = match answered {
            Err(CallError::Refused { error, .. }) if error.code == code::AUTHENTICATION => {
                return Err(HelloError::WrongSecret);
            }
            Err(CallError::Closed(Closed::Lost(reason))) => {
                let is_large = version == Version::Two && bytes > frame::UNAUTHENTICATED_MESSAGE as usize;
                return Err(if is_large { HelloError::TooLarge { bytes } } else { HelloError::Dropped(reason) });
            }
            Err(CallError::Closed(
                closed @ (Closed::NotUnderstood(_) | Closed::BadFrame(_) | Closed::BadMessage(_) | Closed::BadText(_)),
            )) => {
                return Err(HelloError::NotWslink(closed.to_string()));
            }
            other => other?,
        };
        let (client_id, max_frame) = read_hello(&reply).map_err(|error| HelloError::NotWslink(error.to_string()))?;
        inner.client_id = client_id;
        inner.outbox.set_max_frame(max_frame);
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

    /// The version of wslink that the server speaks.
    pub fn version(&self) -> Version {
        self.inner.outbox.version()
    }

    /// The largest frame that the server takes, in bytes, header included; wslink 1.x has none.
    pub fn max_frame(&self) -> Option<usize> {
        self.inner.outbox.max_frame()
    }

    /// Bytes received over this connection, and those that were opened with the same counter.
    pub fn received(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.inner.shared.received)
    }

    /// Why the connection ended, if it did.
    pub fn closed(&self) -> Option<Closed> {
        self.inner.shared.closed()
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
        self.outbox.send(method, buffer, &self.shared, &self.outgoing).await?;
        match waiting.await {
            Ok(Err(CallError::Refused { error, .. })) => Err(CallError::Refused { method: method.to_owned(), error }),
            Ok(outcome) => outcome,
            Err(_) => Err(self.shared.reason().into()),
        }
    }
}

/// `(clientID, maxMsgSize)` of the reply to a hello; wslink 1.x says only the first.
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
pub(in crate::protocol::wslink) fn message_id() -> u32 {
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
