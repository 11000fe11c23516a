//! The task that writes, and what it is given: requests as either version says them.

use std::sync::Arc;

use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::{Mutex, mpsc};
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::super::Version;
use super::super::frame::{self, HEADER_LEN};
use super::super::v1::Encoder;
use super::reader::TICK;
use super::shared::Shared;
use super::{CallError, Closed, ConnectionTap, message_id, plain};
use crate::protocol::Direction;
use crate::wire::{self, Connection};

/// Says requests.
pub(super) enum Outbox {
    /// wslink 1.x. Held while a request is queued: its attachments come right before it.
    One(Mutex<Encoder>),
    /// wslink 2.x, in frames of at most so many bytes.
    Two {
        /// Largest frame, header included.
        max_frame: usize,
    },
}

impl Outbox {
    pub(super) fn new(version: Version) -> Self {
        match version {
            Version::One => Self::One(Mutex::new(Encoder::new())),
            Version::Two => Self::Two { max_frame: frame::UNAUTHENTICATED_MESSAGE as usize },
        }
    }

    pub(super) fn version(&self) -> Version {
        match self {
            Self::One(_) => Version::One,
            Self::Two { .. } => Version::Two,
        }
    }

    pub(super) fn max_frame(&self) -> Option<usize> {
        match self {
            Self::One(_) => None,
            Self::Two { max_frame } => Some(*max_frame),
        }
    }

    /// The server says how large frames may be; 1.x has none.
    pub(super) fn set_max_frame(&mut self, size: usize) {
        if let Self::Two { max_frame } = self {
            *max_frame = size;
        }
    }

    /// Queues a request that was encoded with room for a frame's header.
    pub(super) async fn send(
        &self,
        method: &str,
        buffer: Vec<u8>,
        shared: &Shared,
        outgoing: &mpsc::Sender<SocketMessage>,
    ) -> Result<(), CallError> {
        let mut messages = Vec::with_capacity(1);
        let _in_order = match self {
            Self::Two { max_frame } => {
                frame::finish_message(message_id(), buffer, (*max_frame).max(HEADER_LEN + 1), |frame| {
                    messages.push(SocketMessage::Binary(frame));
                });
                None
            }
            Self::One(encoder) => {
                let mut encoder = encoder.lock().await;
                let unspeakable = |error: String| CallError::Unspeakable { method: method.to_owned(), reason: error };
                let said = encoder.encode(buffer.get(HEADER_LEN..).unwrap_or_default());
                for message in said.map_err(|error| unspeakable(error.to_string()))? {
                    let message = wire::message(message.is_text, message.data);
                    messages.push(message.map_err(|error| unspeakable(error.to_string()))?);
                }
                Some(encoder)
            }
        };
        if let Some(closed) = shared.closed() {
            return Err(closed.into());
        }
        for message in messages {
            if outgoing.send(message).await.is_err() {
                return Err(shared.reason().into());
            }
        }
        Ok(())
    }
}

/// Sends all that is waiting, and flushes once.
pub(super) async fn write(
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
