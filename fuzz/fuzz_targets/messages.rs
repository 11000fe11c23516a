//! Messages: arbitrary bytes as a reply, as a request, and as what a client sends to a fake server, in wslink 2
//! or as the text of wslink 1.
//!
//! Input: a byte with switches, a byte that says where to cut, then the message; for the server it is
//! many messages, each behind its length (two bytes, little endian).

#![no_main]

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use scenectl::protocol::wslink::frame::{self, HEADER_LEN, Limits, Message, Reassembler};
use scenectl::protocol::wslink::json::{push_array_len, push_bin_len, push_msgpack};
use scenectl::protocol::wslink::message::{Incoming, Request, RpcError, encode_error, encode_request};
use scenectl::protocol::wslink::server::{Answer, Handler, ServerHalf, ServerOptions, unknown_method};
use scenectl::protocol::wslink::v1::Decoder;
use scenectl::protocol::{Newcomer, Outgoing, Server, ServerSettings, WsMessage, by_dialect};
use scenectl::source::demo_scene;

/// The real server makes no smaller ones.
const MAX_FRAME: usize = 1 << 10;

static SERVER: LazyLock<Arc<dyn Server>> = LazyLock::new(|| {
    let scene = demo_scene().expect("the demo's scene is healthy");
    let protocol = by_dialect(scene.dialect().name()).expect("and of a protocol we know");
    protocol.server(scene, &ServerSettings { max_frame: Some(MAX_FRAME), ..ServerSettings::default() })
});

fuzz_target!(|data: &[u8]| {
    let [switches, cut, rest @ ..] = data else { return };
    decode(Bytes::copy_from_slice(rest), usize::from(*cut));
    if switches & 4 == 4 {
        serve_text(rest, switches & 2 == 2);
    } else {
        serve(rest, switches & 1 == 1, switches & 2 == 2);
    }
});

fn decode(message: Bytes, cut: usize) {
    let at = cut.min(message.len());
    let whole = Incoming::decode(Message { parts: vec![message.clone()] });
    let cut = Incoming::decode(Message { parts: vec![message.slice(..at), message.slice(at..)] });
    if let (Ok(whole), Ok(cut)) = (whole, cut) {
        assert_eq!(flat(whole), flat(cut), "a message means the same however it was cut");
    }
    if let Ok(Request { id: Some(id), method, .. }) = Request::decode(message) {
        let error = RpcError { code: -1, message: method, data: Some(id.clone()) };
        let body = Bytes::from(encode_error(&id, &error)).slice(HEADER_LEN..);
        assert!(Incoming::decode(Message { parts: vec![body] }).is_ok(), "our own error cannot be read");
    }
}

/// Id or topic, and binary data in one piece.
fn flat(incoming: Incoming) -> (String, Option<Result<Vec<u8>, String>>) {
    match incoming {
        Incoming::Publish { topic, data } => {
            (topic, Some(data.binary().map(|p| p.concat()).map_err(|e| e.to_string())))
        }
        Incoming::Reply { id, outcome: Ok(data) } => {
            (id, Some(data.binary().map(|p| p.concat()).map_err(|e| e.to_string())))
        }
        Incoming::Reply { id, outcome: Err(_) } => (id, None),
    }
}

/// Answers with what it was asked.
struct Echo;

impl Handler for Echo {
    fn call(&mut self, method: &str, args: &[u8], kwargs: &[u8], mut head: Vec<u8>) -> Answer {
        match method {
            "args" => {
                head.extend_from_slice(args);
                Answer::Value(head)
            }
            "bytes" => {
                push_bin_len(&mut head, kwargs.len());
                Answer::Binary(head, kwargs.len(), Box::new(std::iter::once(Bytes::copy_from_slice(kwargs))))
            }
            other => unknown_method(other),
        }
    }
}

/// What a fake server answers can be read, whatever it was asked; it may drop the client instead.
fn serve(mut data: &[u8], after_hello: bool, real: bool) {
    let options = ServerOptions { max_frame: MAX_FRAME, ..ServerOptions::default() };
    let mut half = ServerHalf::new(options, 1);
    let mut peer = SERVER.open(&Newcomer { number: 1, subprotocol: None });
    let mut out = Vec::new();
    let mut receive = |frame: Bytes, out: &mut Vec<Outgoing>| {
        let message = WsMessage::binary(frame);
        if real { peer.receive(message, out) } else { half.receive(message, &mut Echo, out) }
    };
    if after_hello {
        let hello = encode_request("system:c0:0", "wslink.hello", |out| {
            push_array_len(out, 1);
            push_msgpack(r#"{"secret":"wslink-secret"}"#, out).expect("it is JSON");
        });
        frame::finish_message(7, hello, usize::MAX, |frame| receive(frame, &mut out).expect("a good hello"));
        check(&mut out);
    }
    while let [low, high, rest @ ..] = data {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (message, after) = rest.split_at(len);
        data = after;
        let mut buffer = frame::start_message(len);
        buffer.extend_from_slice(message);
        let mut dropped = false;
        frame::finish_message(1, buffer, usize::MAX, |frame| dropped = receive(frame, &mut out).is_err());
        check(&mut out);
        if dropped {
            return;
        }
    }
}

/// The same in wslink 1: a hello, then texts and attachments by turns.
fn serve_text(mut data: &[u8], real: bool) {
    let mut half = ServerHalf::new(ServerOptions::default(), 1);
    let mut peer = SERVER.open(&Newcomer { number: 1, subprotocol: None });
    let mut out = Vec::new();
    let mut decoder = Decoder::new(64 << 20);
    let mut receive = |message: WsMessage| {
        let taken =
            if real { peer.receive(message, &mut out) } else { half.receive(message, &mut Echo, &mut out) };
        for outgoing in out.drain(..) {
            let mut read = |message: WsMessage| {
                if let Some(message) = decoder.push(&message).expect("our text is good") {
                    assert!(Incoming::decode(Message { parts: vec![message] }).is_ok(), "our answer cannot be read");
                }
            };
            match outgoing {
                Outgoing::Ready(message) => read(message),
                Outgoing::Many(parts) => parts.for_each(|part| read(WsMessage::binary(part.expect("it is there")))),
                Outgoing::Whole(parts) => {
                    read(WsMessage::binary(parts.map(|part| part.expect("it is there")).collect::<Vec<_>>().concat()));
                }
            }
        }
        taken.is_ok()
    };
    let hello = r#"{"wslink":"1.0","id":"system:c0:0","method":"wslink.hello","args":[{"secret":"wslink-secret"}]}"#;
    receive(WsMessage::text(hello));
    while let [kind, low, high, rest @ ..] = data {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (message, after) = rest.split_at(len);
        data = after;
        let bytes = Bytes::copy_from_slice(message);
        let is_text = kind & 1 == 0 && std::str::from_utf8(&bytes).is_ok();
        if !receive(if is_text { WsMessage::text(bytes) } else { WsMessage::binary(bytes) }) {
            return;
        }
    }
}

fn check(out: &mut Vec<Outgoing>) {
    let mut reassembler = Reassembler::new(Limits::for_messages(64 << 20));
    let mut take = |frame: Bytes| {
        assert!(frame.len() <= MAX_FRAME);
        if let Some(message) = reassembler.push(frame).expect("our frames are good") {
            assert!(Incoming::decode(message).is_ok(), "our answer cannot be read");
        }
    };
    for outgoing in out.drain(..) {
        match outgoing {
            Outgoing::Ready(message) => take(message.data),
            Outgoing::Many(frames) => frames.for_each(|frame| take(frame.expect("it is there"))),
            Outgoing::Whole(pieces) => {
                take(pieces.map(|piece| piece.expect("it is there")).collect::<Vec<_>>().concat().into());
            }
        }
    }
    assert_eq!(reassembler.held(), 0, "an answer is not whole");
}
