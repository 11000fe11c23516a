//! viser's frames: arbitrary bytes as one, and arbitrary msgpack as what is in one.
//!
//! Input: a byte with what it is, the number of bytes that are a buffer, a byte that says after which messages the scene is
//! looked at (bit k: after message k, k + 8, …), then the bytes: a frame (0), what a client says (1), or the array of a
//! frame's messages and the buffer behind it (2).
//!
//! What is built piece by piece must be what is built at once, every object must be found from another one, and what a
//! scene says of itself must give the same scene again.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use scenectl::protocol::viser::dialect::{ROOT, VISER};
use scenectl::protocol::viser::encode::say;
use scenectl::protocol::viser::frame::{Frame, Limits, compress};
use scenectl::protocol::viser::message::Message;
use scenectl::protocol::viser::model::{Builder, MAIN_PANEL, Model};
use scenectl::protocol::viser::server::{Window, hear};
use scenectl::protocol::{Outgoing, WsMessage};
use scenectl::scene::{Dialect, ObjectId, Scene, State};

const LIMITS: Limits = Limits { inflated: 1 << 20 };

fuzz_target!(|data: &[u8]| {
    let [what, len, looks, rest @ ..] = data else { return };
    match what % 3 {
        0 => {
            if let Ok(frame) = Frame::decode(&Bytes::copy_from_slice(rest), LIMITS) {
                follow(&frame, *looks);
            }
        }
        1 => drop(hear(&WsMessage::binary(rest.to_vec()))),
        _ => {
            let at = rest.len() - usize::from(*len).min(rest.len());
            let (messages, buffer) = rest.split_at(at);
            if let Ok(frame) = Frame::decode(&frame(messages, buffer), LIMITS) {
                follow(&frame, *looks);
            }
        }
    }
});

/// A frame of these messages, with a buffer behind it: `{"messages": …, "binaryBufferLengths": [n]}`.
fn frame(messages: &[u8], buffer: &[u8]) -> Bytes {
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
    frame.into()
}

fn follow(frame: &Frame, looks: u8) {
    let first = Told::of(&frame.messages, 0);
    assert!(first == Told::of(&frame.messages, looks), "built piece by piece it is another scene");
    let mut known = BTreeSet::from([ObjectId::parse(ROOT)]);
    first.states.values().for_each(|state| VISER.references(state, &mut |id| known.extend([id])));
    assert!(first.states.keys().all(|id| known.contains(id)), "nothing refers to an object");
    // What cannot be named or placed is kept as a message, and numbered as it came: it is said last.
    if first.states.keys().any(|id| id.to_string().starts_with("message:")) {
        return;
    }
    let scene = first.scene();
    let window = Window::new(&scene, &say(&scene), 0.0);
    let bytes = match window.outgoing() {
        Outgoing::Ready(message) => message.data,
        Outgoing::Whole(pieces) => {
            pieces.map(|piece| piece.expect("memory can be read")).collect::<Vec<_>>().concat().into()
        }
        Outgoing::Many(_) => unreachable!("a window is one message"),
    };
    let again = Frame::decode(&bytes, Limits::default()).expect("our own frame cannot be read");
    let again = Told::of(&again.messages, 0);
    assert!(first.ids().eq(again.ids()), "other objects than before");
}

/// What a client has of a scene.
#[derive(Default, PartialEq)]
struct Told {
    states: BTreeMap<ObjectId, State>,
    blobs: BTreeMap<Arc<str>, Bytes>,
}

impl Told {
    /// What messages add up to, for a client that looks after some of them, and at the end.
    fn of(messages: &[Message], looks: u8) -> Self {
        let (mut model, mut builder, mut told) = (Model::default(), Builder::default(), Self::default());
        for (k, message) in messages.iter().enumerate() {
            model.apply(message.clone());
            if looks >> (k % 8) & 1 == 1 {
                told.look(&mut builder, &mut model);
            }
        }
        told.look(&mut builder, &mut model);
        told
    }

    /// In the order in which clients do it.
    fn look(&mut self, builder: &mut Builder, model: &mut Model) {
        let built = builder.build(model);
        built.removed.iter().for_each(|id| drop(self.states.remove(id)));
        self.states.extend(built.states);
        built.unused.iter().for_each(|hash| drop(self.blobs.remove(hash)));
        self.blobs.extend(built.blobs);
    }

    /// What it has, but for what is always there, also where there is nothing to say of it.
    fn ids(&self) -> impl Iterator<Item = &ObjectId> {
        let always = [ObjectId::parse(ROOT), ObjectId::parse(&format!("gui:{MAIN_PANEL}"))];
        self.states.keys().filter(move |id| !always.contains(id))
    }

    fn scene(&self) -> Scene {
        let mut scene = Scene::new(&VISER);
        self.states.iter().for_each(|(id, state)| scene.insert(id.clone(), state.clone()));
        self.blobs.iter().for_each(|(hash, bytes)| scene.insert_blob(Arc::clone(hash), bytes.clone().into()));
        scene
    }
}
