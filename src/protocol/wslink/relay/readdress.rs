//! Giving one client's answer to another one: the same message under another id.

use bytes::Bytes;

use crate::protocol::relay::{ToClient, Whole};
use crate::protocol::wslink::client::message_id;
use crate::protocol::wslink::frame::{self, HEADER_LEN};
use crate::protocol::wslink::json;
use crate::protocol::wslink::message::ReplyHead;
use crate::protocol::{Outgoing, WsMessage};
use crate::scene::raw;

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

/// The same for wslink 1, where an answer is text, behind an announcement and the data for each of its attachments.
pub(super) fn readdress_text(whole: &Whole, id: &str) -> Option<Vec<ToClient>> {
    let (last, before) = whole.messages.split_last()?;
    let text = std::str::from_utf8(last).ok()?;
    let (from, to) = id_at(text)?;
    let mut changed = String::with_capacity(text.len() + id.len());
    changed.push_str(text.get(..from)?);
    json::push_string(&mut changed, id);
    changed.push_str(text.get(to..)?);
    let before = before.iter().cloned().enumerate();
    let before = before.map(|(k, data)| if is_text(k) { WsMessage::text(data) } else { WsMessage::binary(data) });
    Some(before.chain([WsMessage::text(changed)]).map(ToClient::message).collect())
}

/// Which messages of an answer in wslink 1 are text.
pub(super) fn is_text(place: usize) -> bool {
    place.is_multiple_of(2)
}

/// True for an answer in wslink 1 that [`readdress_text`] can do.
pub(super) fn can_be_readdressed(messages: &[WsMessage]) -> bool {
    let text = messages.last().and_then(|message| std::str::from_utf8(&message.data).ok());
    text.is_some_and(|text| id_at(text).is_some())
}

/// Where the id stands in a text.
fn id_at(text: &str) -> Option<(usize, usize)> {
    let members = raw::members(text).ok()?;
    let range = raw::span(text, raw::member(&members, "id")?)?;
    Some((range.start, range.end))
}
