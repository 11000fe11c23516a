//! What a slow client is told of what it missed: as real servers do, the last of each kind.

use std::collections::HashSet;

use crate::protocol::viser::kinds::redundancy_key;
use crate::protocol::viser::message::Message;

/// The messages that no later one makes needless, in their order.
pub(super) fn compact(messages: Vec<Message>) -> Vec<Message> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Message> = Vec::new();
    for message in messages.into_iter().rev() {
        if redundancy_key(&message).is_none_or(|key| seen.insert(key)) {
            kept.push(message);
        }
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::viser::words::{Field, plain};

    #[test]
    fn the_last_word_on_each_thing_is_enough() {
        let text = |text| Field::Text(Some(text));
        let message = |kind: &str, name| plain(kind, &[("name", text(name)), ("owner", text(""))]).unwrap();
        let said = vec![
            message("SetPositionMessage", "/a"),
            message("GetRenderRequestMessage", "x"),
            message("SetPositionMessage", "/b"),
            message("SetPositionMessage", "/a"),
            message("FrameMessage", "/c"),
            message("RemoveSceneNodeMessage", "/c"),
        ];
        let kept: Vec<String> = compact(said).iter().map(|m| format!("{} {:?}", m.kind(), m.text("name"))).collect();
        assert_eq!(kept.len(), 4, "{kept:?}");
        assert!(kept[1].contains("/b") && kept[2].contains("/a") && kept[3].starts_with("Remove"), "{kept:?}");
    }
}
