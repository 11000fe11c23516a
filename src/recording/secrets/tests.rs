use data_encoding::BASE64_NOPAD;

use super::*;
use crate::protocol::wslink::scrub::WslinkScrubber;
use crate::protocol::wslink::{frame, json, message};

const SECRET: &str = "tr0ub4dor & \"drei\" /ö";

fn clean(secrets: &mut Secrets, cleaner: &mut Cleaner, text: &str, max_frame: usize) -> Vec<u8> {
    let buffer = [&[0; frame::HEADER_LEN], text.as_bytes()].concat();
    let mut frames = Vec::new();
    frame::finish_message(7, buffer, max_frame, |frame| frames.push(frame));
    let cleaned = frames.into_iter().flat_map(|frame| {
        let message = secrets.clean(cleaner, Direction::ToClient, WsMessage::binary(frame));
        message.data.slice(frame::HEADER_LEN..).to_vec()
    });
    cleaned.collect()
}

/// However small the frames are that a server was told to send.
#[test]
fn secrets_in_several_frames_are_found() {
    let mut secrets = Secrets::new(&[SECRET.to_owned()], &[]);
    let mut cleaner = Cleaner::new(Box::new(WslinkScrubber::default()));
    for size in (1..60).chain([1000]) {
        for before in 0..40 {
            let text = format!("{}{SECRET}, and what follows: {SECRET}", "x".repeat(before));
            let max_frame = size + frame::HEADER_LEN;
            let cleaned = clean(&mut secrets, &mut cleaner, &text, max_frame);
            assert_eq!(cleaned.len(), text.len());
            let left = |len: usize| memchr::memmem::find(&cleaned, &SECRET.as_bytes()[..len]).is_some();
            assert!(!left(START), "{size} {before}: {}", String::from_utf8_lossy(&cleaned));
            let rest = &SECRET.as_bytes()[START..SECRET.len()];
            assert!(memchr::memmem::find(&cleaned, rest).is_none());
            assert!(String::from_utf8_lossy(&cleaned).contains(", and what follows: "));
        }
    }
    assert!(cleaner.open.is_empty());
}

#[test]
fn what_only_looks_like_a_start_is_left() {
    let mut secrets = Secrets::new(&[String::from("abcabcabd")], &[]);
    let mut cleaner = Cleaner::new(Box::new(WslinkScrubber::default()));
    for size in 4..12 {
        assert_eq!(clean(&mut secrets, &mut cleaner, "xxxxab", size + frame::HEADER_LEN), b"xxxxab");
    }
    let found = clean(&mut secrets, &mut cleaner, "..abcabcabcabd..", 10 + frame::HEADER_LEN);
    assert!(found.ends_with(b"*********.."), "{}", String::from_utf8_lossy(&found));
}

#[test]
fn secrets_are_found_in_other_clothes() {
    let secrets = Secrets::new(&[SECRET.to_owned()], &[]);
    let encode = |before: &str, after: &str| BASE64_NOPAD.encode(format!("{before}{SECRET}{after}").as_bytes());
    for (text, left) in [
        (serde_json::json!({"a": SECRET}).to_string(), "{\"a\":\""),
        (String::from(r#"{"a":"tr0ub4dor & \"drei\" /\u00f6"}"#), "{\"a\":\""),
        (String::from("?t=tr0ub4dor%20%26%20%22drei%22%20%2F%C3%B6&x"), "?t="),
        (String::from("?t=tr0ub4dor+%26+%22drei%22+%2F%C3%B6&x"), "?t="),
        (String::from("?t=tr0ub4dor%20%26%20%22drei%22%20/%C3%B6&x"), "?t="),
        (encode("", ""), ""),
        (encode("user:", ""), "dXNlcj"),
        (encode("user", ":x"), "dXNlc"),
        (encode("use", ""), "dXNl"),
    ] {
        let cleaned = secrets.clean_text(None, &text);
        assert!(cleaned.starts_with(left) && cleaned.contains("**********"), "{text}: {cleaned}");
        assert!(!cleaned.contains("drei") && cleaned.len() == text.len(), "{text}: {cleaned}");
    }
}

#[test]
fn the_protocols_own_words_are_no_secrets() {
    let secrets = Secrets::new(&[String::from("vtklocal"), String::from("vtklocal2")], &["vtklocal.get.status"]);
    assert_eq!(secrets.clean_text(None, "vtklocal.get.status vtklocal2"), "vtklocal.get.status *********");
}

fn framed(buffer: Vec<u8>) -> WsMessage {
    let mut framed = Bytes::new();
    frame::finish_message(7, buffer, usize::MAX, |frame| framed = frame);
    WsMessage::binary(framed)
}

/// A connection whose client said hello with these words, under this id.
fn hello(secrets: &mut Secrets, id: &str, words: &[&str]) -> Cleaner {
    let mut cleaner = Cleaner::new(Box::new(WslinkScrubber::default()));
    let args = serde_json::json!([{"secret": words}]).to_string();
    let hello = message::encode_request(id, "wslink.hello", |out| json::push_msgpack(&args, out).unwrap());
    let said = secrets.clean(&mut cleaner, Direction::ToServer, framed(hello));
    assert!(words.iter().all(|word| memchr::memmem::find(&said.data, word.as_bytes()).is_none()));
    cleaner
}

fn answer(secrets: &mut Secrets, cleaner: &mut Cleaner, id: &str, result: &str) {
    let mut reply = message::start_reply(id, 0);
    json::push_msgpack(result, &mut reply).unwrap();
    secrets.clean(cleaner, Direction::ToClient, framed(reply));
}

const WELCOME: &str = r#"{"clientID":"c1"}"#;

/// Anybody may say hello with any word. Whether it is a secret, the server says.
#[test]
fn who_is_not_let_in_spoils_nothing_for_others() {
    let mut secrets = Secrets::new(&[], &[]);
    let mut other = Cleaner::new(Box::new(WslinkScrubber::default()));
    let mut seen = |secrets: &mut Secrets| clean(secrets, &mut other, "a vtkOpenGLActor", usize::MAX);
    let mut refused = hello(&mut secrets, "system:c0:0", &["vtkOpenGLActor"]);
    answer(&mut secrets, &mut refused, "system:c0:0", "null");
    assert_eq!(clean(&mut secrets, &mut refused, "a vtkOpenGLActor", usize::MAX), b"a **************");
    assert_eq!(secrets.clean_text(Some(&refused), "no vtkOpenGLActor"), "no **************");
    assert_eq!(seen(&mut secrets), b"a vtkOpenGLActor");
    // Nor does it help to have the server repeat the word by which a welcome is known.
    let mut sly = hello(&mut secrets, "system:clientID", &["vtkOpenGLActor"]);
    answer(&mut secrets, &mut sly, "system:clientID", "\"clientID\"");
    answer(&mut secrets, &mut sly, "rpc:c:1", WELCOME);
    assert_eq!(seen(&mut secrets), b"a vtkOpenGLActor");
    let mut friend = hello(&mut secrets, "system:c0:0", &["vtkOpenGLActor"]);
    answer(&mut secrets, &mut friend, "system:c0:0", WELCOME);
    assert_eq!(seen(&mut secrets), b"a **************");
}

#[test]
fn long_secrets_are_masked_from_end_to_end() {
    let mut secrets = Secrets::new(&[], &[]);
    let letter = |k: u64| char::from(b'a' + (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59) as u8 % 26);
    let long: String = (0..9000).map(|k| if k % 7 == 0 { 'ö' } else { letter(k * k) }).collect();
    let mut cleaner = hello(&mut secrets, "system:c0:0", &[&long]);
    for text in [long.clone(), serde_json::json!(long).to_string(), BASE64_NOPAD.encode(long.as_bytes())] {
        let cleaned = clean(&mut secrets, &mut cleaner, &format!("<<{text}>>"), usize::MAX);
        let left = cleaned.iter().filter(|byte| **byte != b'*').count();
        assert!(left < 12, "{}", String::from_utf8_lossy(&cleaned));
    }
    assert!(!cleaner.is_mute);
}

/// Whoever has more to hide than can be searched for hides everything.
#[test]
fn too_many_secrets_leave_nothing_of_their_connection() {
    let mut secrets = Secrets::new(&[], &[]);
    let words: Vec<String> = (0..10_000).map(|k| format!("word-{k:05}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut cleaner = hello(&mut secrets, "system:c0:0", &words);
    assert!(cleaner.own.len() <= MOST_LEARNED);
    assert_eq!(clean(&mut secrets, &mut cleaner, "it was word-09999", usize::MAX), [0; 17]);
    assert_eq!(secrets.clean_text(Some(&cleaner), "word-09999"), "");
    for k in 0..200 {
        let mut friend = hello(&mut secrets, "system:c0:0", &[&format!("token-{k:04}")]);
        answer(&mut secrets, &mut friend, "system:c0:0", WELCOME);
        assert_eq!(clean(&mut secrets, &mut friend, &format!("token-{k:04}"), usize::MAX), b"**********");
    }
    assert_eq!(secrets.proven.len(), MOST_LEARNED);
}
