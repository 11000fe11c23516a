use serde_json::{Value, json};

use super::*;
use crate::faults::LostBlobs;
use crate::protocol::viser::frame::Limits;
use crate::protocol::viser::relay::testing::{data, message};

fn hub(version: &str) -> Hub {
    let hub = Hub::new(true, LostBlobs::default(), Limits::default());
    hub.begin(version, true);
    hub
}

fn says(hub: &Hub, messages: &[Value]) {
    hub.hear(&data(messages)).unwrap();
}

fn done() -> Value {
    json!({"type": "ReplayDoneMessage"})
}

fn text(uuid: &str) -> Value {
    json!({"uuid": uuid, "value": "", "container_uuid": "root", "props": {"order": 1}, "type": "GuiTextMessage"})
}

fn update(uuid: &str, value: u64) -> Value {
    json!({"uuid": uuid, "updates": {"value": value}, "type": "GuiUpdateMessage"})
}

fn frame(messages: &[Value]) -> Frame {
    Frame { messages: messages.iter().cloned().map(message).collect(), timestamp: 1.0 }
}

#[tokio::test]
async fn what_was_taken_for_a_clients_own_is_everybodys_once_that_is_known() {
    let (hub, mut sieve) = (hub("1.1.1"), Sieve::default());
    says(&hub, &[done()]);
    // The shared connection is more than a moment behind.
    assert_eq!(sieve.sift(&hub, frame(&[text("u")])).await.len(), 1);
    assert_eq!(sieve.sift(&hub, frame(&[text("own")])).await.len(), 1);
    says(&hub, &[text("u")]);
    assert_eq!(sieve.sift(&hub, frame(&[update("u", 1)])).await.len(), 0);
    assert_eq!(sieve.sift(&hub, frame(&[update("own", 1)])).await.len(), 1);
    let removals = sieve.forget(&hub);
    assert_eq!(removals.iter().map(|removal| removal.text("uuid").unwrap()).collect::<Vec<_>>(), ["own"]);
}

#[tokio::test]
async fn what_everybody_has_by_now_is_not_deleted_when_a_clients_connection_is_lost() {
    let (hub, mut sieve) = (hub("1.1.1"), Sieve::default());
    says(&hub, &[done()]);
    assert_eq!(sieve.sift(&hub, frame(&[text("u")])).await.len(), 1);
    says(&hub, &[text("u")]);
    assert_eq!(sieve.forget(&hub).len(), 0);
}

#[tokio::test]
async fn nothing_is_decided_while_the_shared_connection_is_lost_or_comes_anew() {
    let (hub, mut sieve) = (Arc::new(hub("1.1.1")), Sieve::default());
    says(&hub, &[text("old"), done()]);
    hub.lose();
    let waiting = {
        let hub = Arc::clone(&hub);
        tokio::spawn(async move { sieve.sift(&hub, frame(&[text("new")])).await.len() })
    };
    let later = || tokio::time::sleep(2 * MOMENT);
    later().await;
    assert!(!waiting.is_finished(), "there is no shared connection");
    hub.begin("1.1.1", true);
    later().await;
    assert!(!waiting.is_finished(), "its replay has not ended");
    says(&hub, &[text("new")]);
    says(&hub, &[done()]);
    assert_eq!(waiting.await.unwrap(), 0);
}

#[tokio::test]
async fn a_node_without_an_owner_is_never_guessed_to_be_a_clients() {
    let (hub, mut sieve) = (hub("1.0.30"), Sieve::default());
    says(&hub, &[done()]);
    let node = json!({"name": "/a", "props": {"color": 1}, "type": "BoxMessage"});
    let moved = json!({"name": "/a", "position": [0, 0, 1], "type": "SetPositionMessage"});
    assert_eq!(sieve.sift(&hub, frame(&[node.clone(), moved])).await.len(), 0);
    // Of one frame with something that tells: then it is the client's, but nothing says that it is alone with it.
    let told = json!({"transfer_uuid": "t", "type": "FileTransferStartDownload"});
    assert_eq!(sieve.sift(&hub, frame(&[told, node])).await.len(), 2);
    assert_eq!(sieve.forget(&hub).len(), 0);
}
