//! Giving one client's answer to another one: the same message under another id.

use bytes::Bytes;

use crate::protocol::relay::{ToClient, Whole};
use crate::protocol::wslink::client::message_id;
use crate::protocol::wslink::frame::{self, HEADER_LEN};
use crate::protocol::wslink::json;
use crate::protocol::wslink::message::ReplyHead;
use crate::protocol::{Outgoing, WsMessage};

/// Frames smaller than this are not sent, whatever the first client got.
const SMALLEST: usize = 64 << 10;

/// A whole answer under another id; built frame by frame when it is its turn. `None` where it cannot be read.
pub(super) fn readdress(whole: &Whole, id: &str) -> Option<ToClient> {
    let largest = whole.messages.iter().map(Bytes::len).max()?.max(SMALLEST);
    let mut slices = whole.messages.iter().map(|frame| frame.slice(HEADER_LEN.min(frame.len())..));
    let first = slices.next()?;
    let head = ReplyHead::read(&first)?;
    let mut name = Vec::with_capacity(id.len() + 5);
    json::push_str(&mut name, id);
    let (from, to) = head.id_at;
    let mut parts = vec![first.slice(..from), Bytes::from(name), first.slice(to..)];
    parts.extend(slices);
    let total: usize = parts.iter().map(Bytes::len).sum();
    let mut frames = frame::frames(message_id(), total, parts.into_iter(), largest);
    let bytes = (total + HEADER_LEN * total.div_ceil(largest)) as u64;
    // Not made before it is its turn: many clients may wait for the same large answer.
    let outgoing = if total + HEADER_LEN <= SMALLEST {
        Outgoing::Ready(WsMessage::binary(frames.next()?))
    } else {
        Outgoing::Many(Box::new(frames.map(Ok)))
    };
    Some(ToClient { outgoing, bytes, superseded_by: None })
}
