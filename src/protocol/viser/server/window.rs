//! Windows of messages that are ready to be sent, as often as there are clients.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use rmp::encode;

use crate::protocol::viser::encode::{Pack, Said};
use crate::protocol::viser::frame::{ALIGNMENT, HEADER, compress};
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
    /// What comes behind the head: how many bytes to leave free before it, and what.
    buffers: Arc<[(usize, Blob)]>,
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
        let mut body = Vec::with_capacity(pack.body.len() + 96);
        // Writing to a vector cannot fail.
        let _ = encode::write_map_len(&mut body, 3);
        let _ = encode::write_str(&mut body, "messages");
        let _ = encode::write_array_len(&mut body, pack.messages);
        body.extend_from_slice(&pack.body);
        let _ = encode::write_str(&mut body, "timestampSec");
        let _ = encode::write_f64(&mut body, timestamp);
        let _ = encode::write_str(&mut body, "binaryBufferLengths");
        let _ = encode::write_array_len(&mut body, u32::try_from(lengths.len()).unwrap_or(u32::MAX));
        lengths.iter().for_each(|len| drop(encode::write_uint(&mut body, *len)));
        let packed = compress(&body);
        let mut head = BytesMut::with_capacity(HEADER + packed.len());
        head.put_u64_le(body.len() as u64);
        head.put_u64_le(packed.len() as u64);
        head.put_slice(&packed);
        let mut at = head.len() as u64;
        let buffers: Arc<[(usize, Blob)]> = pack
            .buffers
            .into_iter()
            .map(|blob| {
                let gap = at.next_multiple_of(ALIGNMENT as u64) - at;
                at += gap + blob.len();
                (gap as usize, blob)
            })
            .collect();
        Self { head: head.freeze(), buffers, len: at }
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
            let gap = Bytes::from_static(&[0; ALIGNMENT]).slice(..gap);
            let parts = blob.parts(PIECE).map(|part| part.map_err(|error| Dropped::new(error.to_string())));
            std::iter::once(Ok(gap)).filter(|gap| !matches!(gap, Ok(gap) if gap.is_empty())).chain(parts)
        });
        std::iter::once(Ok(self.head.clone())).chain(buffers)
    }
}
