//! What must not be kept of viser's traffic: viser itself has no secrets. Those that somebody gave may stand in what is
//! compressed.

use bytes::Bytes;

use super::frame;
use crate::protocol::{Direction, Part, Scrubber, WsMessage};

/// Takes apart what is compressed.
pub(super) struct ViserScrubber;

impl Scrubber for ViserScrubber {
    fn scrub(&mut self, _direction: Direction, message: WsMessage) -> WsMessage {
        message
    }

    fn take_found(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// Everybody is.
    fn is_let_in(&self) -> bool {
        true
    }

    fn part(&self, _message: &WsMessage) -> Option<Part> {
        None
    }

    fn mask_packed(&self, message: &WsMessage, mask: &dyn Fn(&Bytes) -> Option<Bytes>) -> Option<WsMessage> {
        let data = frame::change_body(&message.data, mask)?;
        Some(WsMessage::binary(data))
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Frame, Limits};
    use super::*;

    #[test]
    fn what_is_compressed_is_masked_and_buffers_stay_where_they_belong() {
        for name in ["points.raw", "basic.raw"] {
            for data in crate::protocol::viser::fixtures::frames(name) {
                let mask = |body: &Bytes| {
                    let at = memchr::memmem::find(body, b"WorldAxes")?;
                    let mut masked = body.to_vec();
                    masked[at..at + 9].fill(b'*');
                    Some(Bytes::from(masked))
                };
                let message = WsMessage::binary(data.clone());
                let Some(masked) = ViserScrubber.mask_packed(&message, &mask) else { continue };
                let before = Frame::decode(&data, Limits::default()).unwrap();
                let after = Frame::decode(&masked.data, Limits::default()).unwrap();
                let lengths = |frame: &Frame| frame.messages.iter().map(|message| message.len()).collect::<Vec<_>>();
                assert_eq!(lengths(&before), lengths(&after));
                assert!(after.messages.iter().any(|message| message.text("name") == Some("/*********")));
            }
            assert!(ViserScrubber.mask_packed(&WsMessage::text("no frame"), &|_| None).is_none());
        }
    }
}
