//! viser's frames: arbitrary bytes as one, and arbitrary msgpack as what is in one.
//!
//! Input: a byte with switches, the number of bytes that are buffers, then the bytes. What a scene says of itself must give
//! the same scene again.

#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use scenectl::protocol::viser::dialect::VISER;
use scenectl::protocol::viser::encode::say;
use scenectl::protocol::viser::frame::{Frame, Limits, compress};
use scenectl::protocol::viser::model::{Builder, Model};
use scenectl::protocol::viser::server::{Window, hear};
use scenectl::protocol::{Outgoing, WsMessage};
use scenectl::scene::{ObjectId, Scene, State};

const LIMITS: Limits = Limits { inflated: 1 << 20 };

fuzz_target!(|data: &[u8]| {
    let [switches, len, rest @ ..] = data else { return };
    match switches % 3 {
        0 => drop(Frame::decode(&Bytes::copy_from_slice(rest), LIMITS)),
        1 => drop(hear(&WsMessage::binary(rest.to_vec()))),
        _ => {
            let at = rest.len() - usize::from(*len).min(rest.len());
            let (body, buffer) = rest.split_at(at);
            follow(body, buffer);
        }
    }
});

/// The messages of a body, with a buffer behind it.
fn follow(messages: &[u8], buffer: &[u8]) {
    // `{"messages": …, "binaryBufferLengths": [n]}`
    let mut body = vec![0x82, 0xa8];
    body.extend(b"messages");
    body.extend(messages);
    body.push(0xb3);
    body.extend(b"binaryBufferLengths");
    body.extend([0x91, 0xcc, buffer.len() as u8]);
    let packed = compress(&body);
    let mut frame = (body.len() as u64).to_le_bytes().to_vec();
    frame.extend((packed.len() as u64).to_le_bytes());
    frame.extend(packed);
    frame.resize(frame.len().next_multiple_of(8), 0);
    frame.extend(buffer);
    let Ok(frame) = Frame::decode(&frame.into(), LIMITS) else { return };
    let first = scene(frame);
    // What cannot be named or placed is kept as a message, and numbered as it came: it is said last.
    if first.objects().any(|(id, _)| id.to_string().starts_with("message:")) {
        return;
    }
    let said = say(&first);
    let window = Window::new(&first, &said, 0.0);
    let bytes = match window.outgoing() {
        Outgoing::Ready(message) => message.data,
        Outgoing::Whole(pieces) => pieces.map(|piece| piece.expect("memory can be read")).collect::<Vec<_>>().concat().into(),
        Outgoing::Many(_) => unreachable!("a window is one message"),
    };
    let again = scene(Frame::decode(&bytes, Limits::default()).expect("our own frame cannot be read"));
    let texts = |scene: &Scene| -> BTreeMap<ObjectId, State> {
        scene.objects().map(|(id, state)| (id.clone(), state.clone())).collect()
    };
    assert_eq!(texts(&first).len(), texts(&again).len(), "other objects than before");
}

fn scene(frame: Frame) -> Scene {
    let (mut model, mut builder) = (Model::default(), Builder::default());
    for message in frame.messages {
        model.apply(message);
    }
    let built = builder.build(&mut model);
    let mut scene = Scene::new(&VISER);
    for (id, state) in built.states {
        scene.insert(id, state);
    }
    for (hash, bytes) in built.blobs {
        scene.insert_blob(Arc::clone(&hash), bytes.into());
    }
    scene
}
