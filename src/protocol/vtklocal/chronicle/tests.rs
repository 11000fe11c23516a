use std::time::Instant;

use serde_json::json;

use super::*;
use crate::protocol::vtklocal::server::World;
use crate::protocol::wslink::server::Answer;
use crate::protocol::wslink::{frame, json as pack, message};
use crate::protocol::{Direction, Miss, WsMessage, in_memory};
use play::Play;

/// Hands a message to a session, and counts what is kept beside it.
fn say(listening: &mut Listening, connection: u32, ms: u64, direction: Direction, message: Vec<u8>) -> usize {
    let mut kept = 0;
    frame::finish_message(7, message, usize::MAX, |frame| {
        let what = Happening::Message(direction, WsMessage::binary(frame));
        let traffic = Traffic { time: Duration::from_millis(ms), connection, what };
        let mut keep = |parts: Vec<Bytes>| {
            kept += parts.iter().map(Bytes::len).sum::<usize>();
            Ok(in_memory(parts))
        };
        listening.hear(traffic, &mut keep).unwrap();
    });
    kept
}

/// A call and its answer.
fn call(listening: &mut Listening, (connection, ms): (u32, u64), method: &str, args: &str, answer: &str) -> usize {
    let write = |text: &str, out: &mut Vec<u8>| pack::push_msgpack(text, out).unwrap();
    let request = message::encode_request("rpc:c:1", method, |out| write(args, out));
    say(listening, connection, ms, Direction::ToServer, request);
    let mut reply = message::start_reply("rpc:c:1", 0);
    write(answer, &mut reply);
    say(listening, connection, ms, Direction::ToClient, reply)
}

/// An update in which the state of the only object is a new one.
fn update(listening: &mut Listening, ms: u64) {
    let status =
        json!({"ids": [[1, ms + 1]], "hashes": [], "ignore_ids": [], "cameras": [], "force_push": [], "interactor": 0});
    call(listening, (1, ms), "vtklocal.get.status", "[1]", &status.to_string());
    let state = json!({"ClassName": "vtkRenderWindow", "Id": 1, "MTime": ms + 1}).to_string();
    call(listening, (1, ms), "vtklocal.get.state", "[1]", &json!(state).to_string());
}

fn told(listening: Listening) -> Session {
    let mut told = listening.told;
    for mut connection in listening.connections.into_values() {
        connection.end(&mut told);
    }
    Session::new(told)
}

#[test]
fn what_the_application_says_is_found_by_time() {
    let mut listening = Listening::default();
    for (connection, ms) in [(1, 100), (1, 300), (2, 0), (2, 200), (3, 250)] {
        call(&mut listening, (connection, ms), "trame.state.get", "[]", &ms.to_string());
    }
    let told = told(listening).told;
    for (ms, wanted) in [(0, 0), (150, 100), (200, 200), (260, 250), (900, 300)] {
        let mut packed = Vec::new();
        pack::push_msgpack(&wanted.to_string(), &mut packed).unwrap();
        assert_eq!(told.application(Duration::from_millis(ms)).unwrap(), &packed, "{ms}");
    }
}

#[test]
fn what_is_large_is_not_held() {
    let mut listening = Listening::default();
    let large = json!("x".repeat(100_000)).to_string();
    assert!(call(&mut listening, (1, 0), "app.image", "[]", &large) > 100_000);
    assert_eq!(call(&mut listening, (1, 1), "app.number", "[]", "7"), 0);
    let mut push = message::start_publish("app.image");
    pack::push_bin_len(&mut push, 50_000);
    push.resize(push.len() + 50_000, 1);
    assert!(say(&mut listening, 1, 2, Direction::ToClient, push) >= 50_000);
}

/// Twenty thousand updates: what is served is the scene of each moment, and comes at once.
#[test]
fn playing_costs_what_is_new() {
    const UPDATES: u64 = 20_000;
    let mut listening = Listening::default();
    (0..UPDATES).for_each(|ms| update(&mut listening, ms));
    let session = Arc::new(told(listening));
    assert_eq!(session.moments().len() as u64, UPDATES);
    let playing = Playing { speed: 1.0, at: Duration::ZERO, repeats: true, by_step: true, miss: Miss::Error };
    let play = Play::new(Arc::clone(&session), &playing);
    let start = Instant::now();
    for moment in (1..UPDATES).chain([1]) {
        let answer = play.answer("scenectl.step", b"\x90", b"\x80", Vec::new());
        assert!(matches!(answer, Answer::Value(_)));
        let served = World::now(&play);
        let state = served.scene.state(&ObjectId::Number(1)).unwrap();
        assert!(state.as_str().ends_with(&format!("\"MTime\":{}}}", moment + 1)), "{}", state.as_str());
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
