//! Frames: whatever comes, nothing panics and no more is held than the limits say; and what we cut comes
//! back together, in any order.
//!
//! Input: a byte that seeds the order, a byte for the frame's size, then frames, each behind its length
//! (two bytes, little endian).

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use scenectl::protocol::wslink::frame::{HEADER_LEN, Header, Limits, Message, Reassembler, frames};

const LIMITS: Limits = Limits { message: 1 << 16, unfinished: 8, unfinished_bytes: 1 << 17 };

fuzz_target!(|data: &[u8]| {
    let [order, size, rest @ ..] = data else { return };
    hostile(rest);
    round_trip(u64::from(*order), usize::from(*size), rest);
});

fn hostile(mut data: &[u8]) {
    let mut reassembler = Reassembler::new(LIMITS);
    while let [low, high, rest @ ..] = data {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (frame, after) = rest.split_at(len);
        data = after;
        match reassembler.push(Bytes::copy_from_slice(frame)) {
            Ok(Some(message)) => {
                let header = Header::read(frame).expect("a frame that was taken has a header");
                assert_eq!(message.len(), header.total as usize);
                assert!(header.total <= LIMITS.message);
            }
            Ok(None) => {}
            Err(_) => return, // the connection is of no more use
        }
        assert!(reassembler.held() <= LIMITS.unfinished_bytes);
    }
}

/// Two messages, cut, mixed and shuffled.
fn round_trip(order: u64, size: usize, data: &[u8]) {
    if data.len() < 2 {
        return; // an empty message has no frames
    }
    // Crumbs are refused: at most 1000 slices.
    let max_frame = HEADER_LEN + 1 + size.max(data.len() / 1000);
    let (left, right) = data.split_at(1 + size % (data.len() - 1));
    let mut all = Vec::new();
    for (number, message) in [(1, left), (2, right)] {
        let (a, b) = message.split_at(message.len() / 3);
        let parts = [Bytes::copy_from_slice(a), Bytes::copy_from_slice(b)];
        all.extend(frames(number, message.len(), parts.into_iter(), max_frame));
    }
    assert!(all.iter().all(|frame| frame.len() <= max_frame));
    let mut random = order;
    for at in (1..all.len()).rev() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(at, (random >> 33) as usize % (at + 1));
    }
    let mut reassembler = Reassembler::new(LIMITS);
    let mut done = Vec::new();
    for frame in all {
        match reassembler.push(frame) {
            Ok(message) => done.extend(message.map(Message::joined)),
            Err(error) => panic!("our own frames are refused: {error}"),
        }
    }
    assert_eq!(reassembler.held(), 0);
    done.sort_by_key(|message| message.as_ref() != left);
    assert_eq!(done, [left, right].map(Bytes::copy_from_slice));
}
