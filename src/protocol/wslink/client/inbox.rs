//! What comes from the socket, put together by either version's codec.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

use super::super::Version;
use super::super::frame::{self, FrameError, Header, Limits, Message, Reassembler};
use super::super::message::{BinaryHead, Incoming};
use super::super::pages::Pages;
use super::super::v1::Decoder;
use super::shared::{Shared, lock};
use super::{Closed, SliceSink};
use crate::protocol::WsMessage;

/// Puts messages together.
pub(super) enum Inbox {
    /// wslink 1.x: text, and attachments.
    One(Decoder),
    /// wslink 2.x: frames.
    Two(Box<Frames>),
}

/// Frames of messages that are not whole yet.
pub(super) struct Frames {
    reassembler: Reassembler,
    pages: Pages,
    /// By the ids of their messages.
    watched: HashMap<u32, Watched>,
}

/// A large result that a sink watches.
struct Watched {
    /// The id of the call that it answers.
    call: String,
    sink: Box<dyn SliceSink>,
    next_offset: u64,
}

impl Inbox {
    /// For messages of at most so many bytes.
    pub(super) fn new(version: Version, largest: u32) -> Self {
        match version {
            Version::One => Self::One(Decoder::new(largest.into())),
            Version::Two => Self::Two(Box::new(Frames {
                reassembler: Reassembler::new(Limits::for_messages(largest)),
                pages: Pages::default(),
                watched: HashMap::new(),
            })),
        }
    }

    /// Takes a text or binary message; what is whole by it goes to who waits for it.
    pub(super) fn take(&mut self, message: SocketMessage, shared: &Shared) -> Result<(), Closed> {
        shared.received.fetch_add(message.len() as u64, Ordering::Relaxed);
        match (self, message) {
            (Self::Two(frames), SocketMessage::Binary(frame)) => frames.take(frame, shared),
            (Self::One(decoder), message) => {
                let message = match message {
                    SocketMessage::Text(text) => WsMessage::text(text),
                    other => WsMessage::binary(other.into_data()),
                };
                if let Some(whole) = decoder.push(&message)? {
                    shared.deliver(Incoming::decode(Message { parts: vec![whole] })?);
                }
                Ok(())
            }
            (Self::Two(_), _) => Ok(()), // text is not wslink 2
        }
    }
}

impl Frames {
    fn take(&mut self, frame: Bytes, shared: &Shared) -> Result<(), Closed> {
        let header = Header::read(&frame)?;
        let frame = self.pages.take_over(frame);
        if frame.len() - frame::HEADER_LEN < header.total as usize {
            self.watch(header, frame.slice(frame::HEADER_LEN..), shared);
        }
        let pushed = self.reassembler.push(frame).map_err(|error| match error {
            FrameError::TooLarge { .. } => Closed::TooLarge(error.to_string()),
            _ => error.into(),
        })?;
        if let Some(message) = pushed {
            let incoming = Incoming::decode(message)?;
            if let Incoming::Reply { id, .. } = &incoming {
                // With the sink goes the last that holds on to what it watches with. It may have watched another
                // message: one that was cut, when a relay lost its server, and will never end.
                self.watched.retain(|_, watched| watched.call != *id);
            }
            shared.deliver(incoming);
        }
        Ok(())
    }

    /// Shows a slice to the sink that waits for it, if there is one and the slices come in order.
    fn watch(&mut self, header: Header, slice: Bytes, shared: &Shared) {
        let len = slice.len() as u64;
        if header.offset == 0 {
            let Some(head) = BinaryHead::read(&slice, header.total as usize) else { return };
            let sink = lock(&shared.pending).get_mut(&head.id).and_then(|pending| pending.sink.take());
            if let Some(mut sink) = sink {
                sink.begin(head.len);
                sink.slice(slice.slice(head.start..));
                self.watched.insert(header.message, Watched { call: head.id, sink, next_offset: len });
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
