//! What waits to be sent to one client.

use std::collections::VecDeque;

use crate::protocol::Outgoing;
use crate::protocol::relay::ToClient;

/// What it costs to keep a message, however small: hostile servers send empty ones.
const ITEM: u64 = 256;

/// See the module. Answers stay in it until they are sent; of what supersedes each other, only the newest.
#[derive(Default)]
pub(super) struct Queue {
    items: VecDeque<ToClient>,
    bytes: u64,
    superseded: u64,
}

impl Queue {
    /// What is not sent costs so many bytes, what is at hand included.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many were left out because a newer one came.
    pub(super) fn superseded(&self) -> u64 {
        self.superseded
    }

    pub(super) fn push(&mut self, item: ToClient) {
        if let Some(key) = &item.superseded_by
            && let Some(at) = self.items.iter().position(|earlier| earlier.superseded_by.as_ref() == Some(key))
            && let Some(old) = self.items.remove(at)
        {
            self.bytes = self.bytes.saturating_sub(cost(&old));
            self.superseded += 1;
        }
        self.bytes = self.bytes.saturating_add(cost(&item));
        self.items.push_back(item);
    }

    /// The next one. What it costs counts until [`Queue::sent`].
    pub(super) fn pop(&mut self) -> Option<(Outgoing, u64)> {
        let item = self.items.pop_front()?;
        let cost = cost(&item);
        Some((item.outgoing, cost))
    }

    /// So many bytes are on their way.
    pub(super) fn sent(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// Bytes that it takes to keep one.
pub(super) fn cost(item: &ToClient) -> u64 {
    item.bytes.saturating_add(ITEM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::WsMessage;
    use bytes::Bytes;

    #[test]
    fn only_the_newest_of_those_that_supersede_each_other_stays_and_nothing_else_goes() {
        let mut queue = Queue::default();
        let item = |text: &'static str, key: Option<&'static str>| ToClient {
            superseded_by: key.map(Bytes::from),
            ..ToClient::message(WsMessage::text(text))
        };
        for (text, key) in [("n1", Some("a")), ("answer", None), ("m", Some("b")), ("n2", Some("a")), ("n3", Some("a"))]
        {
            queue.push(item(text, key));
        }
        assert_eq!((queue.bytes(), queue.superseded()), (9 + 3 * ITEM, 2));
        let mut texts = Vec::new();
        while let Some((Outgoing::Ready(message), bytes)) = queue.pop() {
            queue.sent(bytes);
            texts.push(message.data);
        }
        assert_eq!((texts.concat(), queue.bytes()), (b"answermn3".to_vec(), 0));
    }
}
