//! The task that reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as WsError, Message as SocketMessage};

use super::inbox::Inbox;
use super::shared::{Shared, lock};
use super::{Closed, ConnectionTap, plain};
use crate::protocol::Direction;
use crate::wire::Connection;

/// How often the reader looks at the clock.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// More bytes between two looks than this are part of a message, and not only pings.
const MORE_THAN_PINGS: u64 = 512;

/// Puts messages together and hands them to who waits for them.
pub(super) struct Receiver {
    pub(super) shared: Arc<Shared>,
    pub(super) pings: mpsc::Sender<SocketMessage>,
    pub(super) inbox: Inbox,
    pub(super) timeout: Duration,
    /// Bytes that came so far: a large message takes its time, and is not silence.
    pub(super) meter: Option<Arc<AtomicU64>>,
    pub(super) tap: Option<ConnectionTap>,
}

impl Receiver {
    pub(super) async fn run(mut self, mut stream: SplitStream<Connection>) {
        let mut tick = tokio::time::interval(TICK);
        // When the last message came, and when anything did: a server that owes an answer and only
        // answers pings is as good as silent.
        let (mut spoke, mut heard) = (Instant::now(), Instant::now());
        let mut counted = 0;
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
                        Some(Ok(message @ (SocketMessage::Binary(_) | SocketMessage::Text(_)))) => {
                            spoke = heard;
                            if let Err(reason) = self.inbox.take(message, &self.shared) {
                                break reason;
                            }
                        }
                        // Servers of wslink never say that: whoever does speaks something else.
                        Some(Ok(SocketMessage::Close(Some(frame)))) if frame.code == CloseCode::Protocol => {
                            break Closed::NotUnderstood(frame.reason.to_string());
                        }
                        Some(Ok(SocketMessage::Close(frame))) => {
                            let said = frame.map(|f| f.reason.to_string()).filter(|reason| !reason.is_empty());
                            break Closed::Lost(said.unwrap_or_else(|| String::from("the server closed it")));
                        }
                        Some(Ok(_)) => {} // pings are answered by tungstenite
                        Some(Err(error @ WsError::Capacity(_))) => break Closed::TooLarge(error.to_string()),
                        Some(Err(error)) => break Closed::Lost(plain(&error)),
                        None => break Closed::Lost(String::from("the server closed it")),
                    }
                }
                _ = tick.tick() => {
                    let came = self.meter.as_ref().map_or(0, |meter| meter.load(Ordering::Relaxed));
                    if came > counted + MORE_THAN_PINGS {
                        (spoke, heard) = (Instant::now(), Instant::now());
                    }
                    counted = came;
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
            tap.closed(&reason.to_string());
        }
        self.shared.end(reason);
    }
}
