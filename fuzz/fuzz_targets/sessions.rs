//! Sessions: arbitrary traffic of several connections as a recorded session, which is told, served and looked into.
//!
//! Input: many messages, each behind a byte (bit 0: from the server; bit 1: text; bit 2: without a frame's header;
//! bits 4 and 5: the connection) and its length (two bytes, little endian).

#![no_main]

use std::time::Duration;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use scenectl::protocol::wslink::frame;
use scenectl::protocol::{
    Direction, Happening, Keep, Miss, Newcomer, Playing, ServerSettings, Traffic, WsMessage, in_memory, usual,
};

/// More traffic tells nothing new.
const MOST: usize = 200;

fuzz_target!(|data: &[u8]| {
    let protocol = usual();
    let mut chronicler = protocol.chronicler();
    let mut ear = protocol.ear(Keep::Heads);
    let mut data = data;
    let mut scrubber = protocol.scrubber();
    for tick in 0..MOST {
        let [kind, low, high, rest @ ..] = data else { break };
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (message, after) = rest.split_at(len);
        data = after;
        let direction = if kind & 1 == 1 { Direction::ToClient } else { Direction::ToServer };
        let message = if kind & 2 == 2 {
            let text = String::from_utf8_lossy(message).into_owned();
            WsMessage::text(text)
        } else if kind & 4 == 4 {
            WsMessage::binary(Bytes::copy_from_slice(message))
        } else {
            let mut buffer = frame::start_message(len);
            buffer.extend_from_slice(message);
            let mut framed = Bytes::new();
            frame::finish_message(tick as u32, buffer, usize::MAX, |frame| framed = frame);
            WsMessage::binary(framed)
        };
        let connection = u32::from(kind >> 4 & 3);
        let time = Duration::from_millis(tick as u64);
        let message = scrubber.scrub(direction, message);
        ear.hear(time, connection, direction, &message, &mut |_| ());
        let what = Happening::Message(direction, message);
        let traffic = Traffic { time, connection, what };
        chronicler.hear(traffic, &mut |parts| Ok(in_memory(parts))).expect("memory takes it");
    }
    let chronicle = chronicler.end();
    for moment in 0..chronicle.moments().len() {
        let scene = chronicle.scene(moment).expect("each moment has a scene");
        assert!(scene.objects().all(|(id, _)| id.number().is_some()));
    }
    let playing = Playing { speed: 1.0, at: Duration::ZERO, repeats: false, by_step: true, miss: Miss::Nearest };
    let server = chronicle.server(&ServerSettings::default(), &playing);
    let mut peer = server.open(&Newcomer { number: 1, subprotocol: None });
    let mut out = Vec::new();
    let _ = peer.receive(WsMessage::text(r#"{"id":"rpc:c:1","method":"scenectl.step"}"#), &mut out);
    server.report();
});
