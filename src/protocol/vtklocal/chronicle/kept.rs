//! What a session said besides its scene, kept until it is played: large things where blobs are kept, since a session
//! of many images is larger than memory.

use std::io;

use bytes::Bytes;

use crate::protocol::Keeper;
use crate::protocol::wslink::json::push_bin_len;
use crate::protocol::wslink::message::Payload;
use crate::scene::Blob;

/// What is larger is kept with the blobs.
const LARGE: usize = 4 << 10;

/// A payload that is kept.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    Small(Payload),
    /// The bytes of a msgpack value.
    Value(Blob),
    /// Binary data.
    Binary(Blob),
}

impl Kept {
    pub(super) fn new(payload: Payload, keep: Keeper<'_>) -> io::Result<Self> {
        Ok(match payload {
            Payload::Msgpack(bytes) if bytes.len() > LARGE => Self::Value(keep(vec![bytes])?),
            Payload::Binary(parts) if parts.iter().map(Bytes::len).sum::<usize>() > LARGE => Self::Binary(keep(parts)?),
            small => Self::Small(small),
        })
    }

    /// Appends the value, as it was.
    ///
    /// # Errors
    /// When it cannot be read where it was kept.
    pub(super) fn push_to(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let blob = match self {
            Self::Small(payload) => {
                payload.push_to(out);
                return Ok(());
            }
            Self::Value(blob) | Self::Binary(blob) => blob.pieces()?,
        };
        if matches!(self, Self::Binary(_)) {
            push_bin_len(out, blob.iter().map(Bytes::len).sum());
        }
        blob.iter().for_each(|piece| out.extend_from_slice(piece));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::in_memory;

    #[test]
    fn what_is_large_is_kept_elsewhere_and_comes_back() {
        for (len, kept) in [(10, 0), (100_000, 100_000)] {
            let data = Bytes::from(vec![7; len]);
            let parts = vec![data.slice(..3), data.slice(3..)];
            for payload in [Payload::Msgpack(data), Payload::Binary(parts)] {
                let (mut wanted, mut came, mut elsewhere) = (Vec::new(), Vec::new(), 0);
                payload.push_to(&mut wanted);
                let mut keep = |parts: Vec<Bytes>| {
                    elsewhere += parts.iter().map(Bytes::len).sum::<usize>();
                    Ok(in_memory(parts))
                };
                Kept::new(payload, &mut keep).unwrap().push_to(&mut came).unwrap();
                assert_eq!((came == wanted, elsewhere), (true, kept), "{len}");
            }
        }
    }
}
