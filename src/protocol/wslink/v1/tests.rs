use bytes::Bytes;
use proptest::prelude::*;

use super::super::frame::{HEADER_LEN, Message};
use super::super::json;
use super::super::message::{self, Incoming, Payload, Request};
use super::{Decoder, Encoder, V1Error, is_name};
use crate::protocol::WsMessage;

const LARGEST: u64 = 1 << 20;

fn text(text: &str) -> WsMessage {
    WsMessage::text(text.to_owned())
}

fn announce(name: &str) -> WsMessage {
    text(&format!(r#"{{"wslink": "1.0", "method": "wslink.binary.attachment", "args": ["{name}"]}}"#))
}

fn reply(result: &str) -> WsMessage {
    text(&format!(r#"{{"wslink": "1.0", "id": "rpc:c:1", "result": {result}}}"#))
}

/// What the last of some messages says.
fn heard(decoder: &mut Decoder, messages: &[WsMessage]) -> Payload {
    let (last, before) = messages.split_last().unwrap();
    for message in before {
        assert_eq!(decoder.push(message), Ok(None));
    }
    let whole = decoder.push(last).unwrap().unwrap();
    match Incoming::decode(Message { parts: vec![whole] }).unwrap() {
        Incoming::Reply { outcome: Ok(payload), .. } => payload,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_messages_seen_on_the_wire() {
    let mut decoder = Decoder::new(LARGEST);
    let messages = [announce("wslink_bin0"), WsMessage::binary(&b"\0\xff"[..]), reply(r#""wslink_bin0""#)];
    assert_eq!(heard(&mut decoder, &messages).binary().unwrap().concat(), b"\0\xff");
    // The name is used up: the same again is a string, and so is one that nobody announced.
    for name in ["wslink_bin0", "wslink_bin7"] {
        assert_eq!(heard(&mut decoder, &[reply(&format!("\"{name}\""))]).json().unwrap(), format!("\"{name}\""));
    }
    assert_eq!(decoder.held(), (0, 0));
}

#[test]
fn attachments_come_in_the_order_of_their_names() {
    let mut decoder = Decoder::new(LARGEST);
    let messages = [
        announce("wslink_bin3"),
        announce("wslink_bin4"),
        announce("no name"),
        WsMessage::binary(&b"three"[..]),
        WsMessage::binary(&b"four"[..]),
        WsMessage::binary(&b"lost"[..]),
        WsMessage::binary(&b"not announced"[..]),
        reply(r#"{"a": ["wslink_bin4", "no name"], "wslink_bin3": {"b": "wslink_bin3"}}"#),
    ];
    let Payload::Msgpack(packed) = heard(&mut decoder, &messages) else { panic!() };
    let wanted = b"\x82\xa1a\x92\xc4\x04four\xa7no name\xabwslink_bin3\x81\xa1b\xc4\x05three";
    assert_eq!(packed.as_ref(), wanted);
}

#[test]
fn only_results_and_arguments_hold_data() {
    let mut decoder = Decoder::new(LARGEST);
    for message in [announce("wslink_bin1"), WsMessage::binary(&b"x"[..])] {
        decoder.push(&message).unwrap();
    }
    let message = text(r#"{"id": "wslink_bin1", "method": "wslink_bin1", "args": [], "kwargs": {"k": "wslink_bin1"}}"#);
    let request = Request::decode(decoder.push(&message).unwrap().unwrap()).unwrap();
    assert_eq!((request.id.as_deref(), request.method.as_str()), (Some("wslink_bin1"), "wslink_bin1"));
    assert_eq!(request.kwargs.as_ref(), b"\x81\xa1k\xc4\x01x");
}

#[test]
fn a_message_about_attachments_is_still_a_message() {
    let mut decoder = Decoder::new(LARGEST);
    let call = text(r#"{"wslink":"1.0","id":"rpc:c:1","method":"wslink.binary.attachment","args":["wslink_bin0"]}"#);
    let request = Request::decode(decoder.push(&call).unwrap().unwrap()).unwrap();
    assert_eq!(request.method, "wslink.binary.attachment");
    assert_eq!(decoder.push(&text(r#"{"wslink":"1.0","method":"something else","args":[]}"#)), Ok(None));
}

#[test]
fn what_python_writes_for_nan_is_null() {
    let mut decoder = Decoder::new(LARGEST);
    let said = heard(&mut decoder, &[reply(r#"[NaN, -Infinity, Infinity, "NaN \" Infinity", -1]"#)]);
    assert_eq!(said.json().unwrap(), r#"[null,null,null,"NaN \" Infinity",-1]"#);
}

#[test]
fn what_nobody_uses_does_not_pile_up() {
    let mut decoder = Decoder::new(LARGEST);
    for k in 0..10_000 {
        let name = format!("wslink_bin{k}");
        heard(&mut decoder, &[announce(&name), WsMessage::binary(vec![0; 100]), reply("null")]);
    }
    assert_eq!(decoder.held().0, 256 - 1);
}

#[test]
fn hostile_messages_are_refused() {
    let error = |messages: &[WsMessage]| {
        let mut decoder = Decoder::new(LARGEST);
        messages.iter().find_map(|message| decoder.push(message).err())
    };
    assert!(matches!(error(&[text(&"[".repeat(100_000))]), Some(V1Error::NotAMessage)));
    assert!(matches!(error(&[reply(&"[".repeat(100_000))]), Some(V1Error::NotJson(_))));
    assert!(matches!(error(&[text("{")]), Some(V1Error::NotJson(_))));
    assert_eq!(error(&[text("\"s3cret\"")]), Some(V1Error::NotAMessage));
    assert_eq!(error(&[WsMessage::text(&b"\xff"[..])]), Some(V1Error::NotUtf8));
    let large = vec![b' '; LARGEST as usize + 1];
    assert!(matches!(error(&[WsMessage::text(large.clone())]), Some(V1Error::TooLarge { .. })));
    assert!(matches!(error(&[WsMessage::binary(large)]), Some(V1Error::TooLarge { .. })));
    let pairs = |count: usize, len: usize| -> Vec<WsMessage> {
        let pair = |k: usize| [announce(&format!("wslink_bin{k}")), WsMessage::binary(vec![0; len])];
        (0..count).flat_map(pair).collect()
    };
    assert!(matches!(error(&pairs(3, LARGEST as usize)), Some(V1Error::TooMuch { .. })));
    assert!(matches!(error(&pairs(70_000, 0)), Some(V1Error::TooMany { .. })));
    assert!(matches!(error(&vec![announce("x"); 70_000]), Some(V1Error::TooMany { .. })));
    // The same name again and again holds one attachment.
    let mut decoder = Decoder::new(LARGEST);
    for _ in 0..70_000 {
        decoder.push(&announce("wslink_bin0")).unwrap();
        decoder.push(&WsMessage::binary(&b"x"[..])).unwrap();
    }
    assert_eq!(decoder.held(), (1, 1));
}

#[test]
fn names_are_those_of_the_real_ends() {
    for good in ["wslink_bin0", "wslink_bin123"] {
        assert!(is_name(good), "{good}");
    }
    for bad in ["wslink_bin", "wslink_bin1x", " wslink_bin1", "wslink_bin-1", "wslink_bin٣", "WSLINK_BIN1"] {
        assert!(!is_name(bad), "{bad}");
    }
}

#[test]
fn strings_that_look_like_names_stay_strings() {
    let mut packed = message::start_reply("rpc:c:1", 0).split_off(HEADER_LEN);
    json::push_array_len(&mut packed, 3);
    json::push_str(&mut packed, "wslink_bin0");
    json::push_bin_len(&mut packed, 1);
    packed.push(7);
    json::push_str(&mut packed, "wslink_bin1");
    let messages = Encoder::new().encode(&packed).unwrap();
    let mut decoder = Decoder::new(LARGEST);
    let back = messages.iter().find_map(|message| decoder.push(message).unwrap()).unwrap();
    assert_eq!(back, packed);
}

#[test]
fn a_reply_of_nothing_but_data() {
    let (header, last) = Encoder::new().encode_binary_reply("rpc:c:1");
    let messages = [header, WsMessage::binary(&b"data"[..]), last];
    assert_eq!(heard(&mut Decoder::new(LARGEST), &messages).binary().unwrap().concat(), b"data");
}

/// A value as msgpack.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let packed = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut out = Vec::new();
        write(&mut out);
        out
    };
    let leaf = prop_oneof![
        Just(vec![0xc0]),
        any::<bool>().prop_map(move |b| vec![if b { 0xc3 } else { 0xc2 }]),
        any::<u64>().prop_map(move |n| packed(&|out| json::push_uint(out, n))),
        any::<f64>()
            .prop_filter("JSON has no word for others", |f| f.is_finite())
            .prop_map(move |f| packed(&|out| drop(rmp::encode::write_f64(out, f)))),
        any::<String>().prop_map(move |s| packed(&|out| json::push_str(out, &s))),
        (0_u64..20).prop_map(move |n| packed(&|out| json::push_str(out, &format!("wslink_bin{n}")))),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(move |data| packed(&|out| {
            json::push_bin_len(out, data.len());
            out.extend_from_slice(&data);
        })),
    ];
    leaf.prop_recursive(4, 60, 20, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..20).prop_map(move |values| packed(&|out| {
                json::push_array_len(out, values.len());
                out.extend(values.concat());
            })),
            proptest::collection::vec((any::<String>(), inner), 0..20).prop_map(move |pairs| packed(&|out| {
                json::push_map_len(out, pairs.len());
                for (key, value) in &pairs {
                    json::push_str(out, key);
                    out.extend(value);
                }
            })),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_the_same(values in proptest::collection::vec(any_value(), 1..5)) {
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new(LARGEST));
        for value in values {
            let mut reply = message::start_reply("rpc:c:1", 0).split_off(HEADER_LEN);
            reply.extend(&value);
            let call = message::encode_request("rpc:c:2", "m", |out| {
                json::push_array_len(out, 1);
                out.extend(&value);
            });
            for wanted in [reply, call.get(HEADER_LEN..).unwrap().to_vec()] {
                let messages = encoder.encode(&wanted).unwrap();
                let mut back = None;
                for message in &messages {
                    prop_assert_eq!(&back, &None);
                    back = decoder.push(message).unwrap();
                }
                prop_assert_eq!(back, Some(Bytes::from(wanted)));
                prop_assert_eq!(decoder.held(), (0, 0));
            }
        }
    }

    #[test]
    fn any_bytes_are_answered_without_a_panic(
        messages in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..60)), 0..20),
        said in "\\{(\"(id|method|args|result)\":[\\[\"a-z_0-9\\]NIfiny,{}-]{0,20},?){0,4}\\}?",
    ) {
        let mut decoder = Decoder::new(1000);
        for (is_text, data) in messages {
            let _ = Encoder::new().encode(&data);
            let _ = decoder.push(&WsMessage { is_text, data: data.into() });
        }
        let _ = decoder.push(&text(&said));
    }
}
