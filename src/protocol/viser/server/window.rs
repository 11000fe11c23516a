//! Windows of messages that are ready to be sent, as often as there are clients.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::protocol::viser::encode::{Pack, Said};
use crate::protocol::viser::frame;
use crate::protocol::{Dropped, Outgoing, WsMessage};
use crate::scene::{Blob, Scene};

/// As many messages as real servers put into one window.
pub const MOST_MESSAGES: usize = 128;

/// Buffers are sent in pieces of this size, in bytes.
const PIECE: usize = 512 << 10;

/// A frame up to this size goes out as one piece.
const SMALL: u64 = 64 << 10;

/// One window. All clients share its bytes; large buffers stay where they are until they are sent.
pub struct Window {
    head: Bytes,
    /// What comes behind the head: what is left free before it, and what.
    buffers: Arc<[(Bytes, Blob)]>,
    /// Bytes in all.
    pub len: u64,
}

impl Window {
    /// Of these messages of a scene. Those that cannot be said are left out, and told.
    pub fn new(scene: &Scene, said: &[Said], timestamp: f64) -> Self {
        let mut pack = Pack::new(scene);
        for message in said {
            if let Err(error) = pack.push(message) {
                tracing::warn!("a message is not served: {error}");
            }
        }
        Self::of(pack, timestamp)
    }

    fn of(pack: Pack<'_>, timestamp: f64) -> Self {
        let lengths: Vec<u64> = pack.buffers.iter().map(Blob::len).collect();
        let head = frame::head(pack.messages, &pack.body, timestamp, &lengths);
        let mut at = head.len() as u64;
        let buffers: Arc<[(Bytes, Blob)]> = pack
            .buffers
            .into_iter()
            .map(|blob| {
                let gap = frame::gap(at);
                at += gap.len() as u64 + blob.len();
                (gap, blob)
            })
            .collect();
        Self { head, buffers, len: at }
    }

    /// As one websocket message.
    pub fn outgoing(&self) -> Outgoing {
        if self.buffers.is_empty() {
            return Outgoing::Ready(WsMessage::binary(self.head.clone()));
        }
        let mut pieces = self.pieces();
        if self.len > SMALL {
            return Outgoing::Whole(Box::new(pieces));
        }
        let mut whole = BytesMut::with_capacity(self.len as usize);
        let read = pieces.try_for_each(|piece| piece.map(|piece| whole.extend_from_slice(&piece)));
        match read {
            Ok(()) => Outgoing::Ready(WsMessage::binary(whole.freeze())),
            Err(error) => Outgoing::Whole(Box::new(std::iter::once(Err(error)))),
        }
    }

    /// Its bytes, each when it is its turn.
    pub fn pieces(&self) -> impl Iterator<Item = Result<Bytes, Dropped>> + Send + use<> {
        let buffers = Arc::clone(&self.buffers);
        let buffers = (0..buffers.len()).filter_map(move |k| buffers.get(k).cloned()).flat_map(|(gap, blob)| {
            let parts = blob.parts(PIECE).map(|part| part.map_err(|error| Dropped::new(error.to_string())));
            std::iter::once(Ok(gap)).filter(|gap| !matches!(gap, Ok(gap) if gap.is_empty())).chain(parts)
        });
        std::iter::once(Ok(self.head.clone())).chain(buffers)
    }
}
