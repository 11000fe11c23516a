use super::*;
use crate::protocol::viser::fixtures::timed_frames;
use crate::protocol::viser::frame::{Frame, Limits};
use crate::protocol::{Miss, Newcomer, Outgoing, WsMessage, in_memory};
use bytes::Bytes;

fn heard(listening: &mut Listening, ms: u64, connection: u32, what: Happening) {
    let traffic = Traffic { time: Duration::from_millis(ms), connection, what };
    listening.hear(traffic, &mut |parts| Ok(in_memory(parts))).unwrap();
}

fn frame(listening: &mut Listening, ms: u64, connection: u32, data: Bytes) {
    heard(listening, ms, connection, Happening::Message(Direction::ToClient, WsMessage::binary(data)));
}

fn opened() -> Happening {
    Happening::Opened { url: String::from("ws://a/") }
}

fn story(name: &str) -> Arc<dyn Chronicle> {
    let mut listening = Box::new(Listening::default());
    heard(&mut listening, 0, 1, opened());
    for (time, data) in timed_frames(name) {
        frame(&mut listening, 100 + time.as_millis() as u64, 1, data);
    }
    listening.end()
}

fn playing() -> Playing {
    Playing { speed: 1.0, at: Duration::ZERO, repeats: false, by_step: false, miss: Miss::Error }
}

fn said(out: Vec<Outgoing>) -> Vec<Bytes> {
    let data = out.into_iter().map(|outgoing| match outgoing {
        Outgoing::Ready(message) => message.data,
        Outgoing::Whole(pieces) | Outgoing::Many(pieces) => {
            pieces.map(Result::unwrap).collect::<Vec<_>>().concat().into()
        }
    });
    data.collect()
}

/// The scene at each moment is that of somebody who applied what came until then.
#[test]
fn each_frame_is_a_moment() {
    let frames = timed_frames("animated.raw");
    let story = story("animated.raw");
    assert!(story.moments().len() > 20 && story.not_understood().is_none());
    let updates: Vec<u64> = story.moments().iter().map(|moment| moment.update).collect();
    assert!(updates.iter().copied().eq(0..updates.len() as u64));
    let before = frames.len() - updates.len();
    let mut model = Model::default();
    for (k, (_, data)) in frames.iter().enumerate() {
        let frame = Frame::decode(data, Limits::default()).unwrap();
        frame.messages.into_iter().for_each(|message| {
            model.apply(message);
        });
        if let Some(moment) = k.checked_sub(before) {
            assert!(story.scene(moment).unwrap().has_same_content(&scene_of(model.clone(), None)), "{moment}");
        }
    }
    assert!(story.scene(updates.len()).is_none());
}

/// The client lost its connection and came back; another one beside it saw less.
#[test]
fn one_connection_after_another_tells_the_story() {
    let frames: Vec<Bytes> = timed_frames("animated.raw").into_iter().map(|(_, data)| data).collect();
    let mut listening = Box::new(Listening::default());
    for (connection, start) in [(1, 0), (2, 50), (4, 10_000)] {
        heard(&mut listening, start, connection, opened());
        let many = if connection == 2 { 5 } else { 15 };
        for (k, data) in frames.iter().take(many).enumerate() {
            frame(&mut listening, start + 10 * k as u64, connection, data.clone());
        }
        heard(&mut listening, start + 500, connection, Happening::Closed { reason: String::new() });
    }
    // Somebody wanted to know the version.
    heard(&mut listening, 9_000, 3, opened());
    heard(&mut listening, 9_001, 3, Happening::Closed { reason: String::from("1002") });
    let story = listening.end();
    let moments = story.moments();
    let (half, times) = (moments.len() / 2, moments.iter().map(|moment| moment.time.as_millis()).collect::<Vec<_>>());
    assert!(moments.len() >= 20 && times[half - 1] < 1000 && times[half] >= 10_000, "{times:?}");
    assert_eq!(moments[half].update, half as u64);
    assert!(story.scene(0).unwrap().has_same_content(&story.scene(half).unwrap()));
}

/// viser before 1.1 does not say when all has come.
#[test]
fn a_window_that_is_not_full_ends_the_first_state_of_older_servers() {
    let frames = timed_frames("animated.raw");
    let mut listening = Box::new(Listening::default());
    let mut sent = 0;
    for (_, data) in &frames {
        let mut decoded = Frame::decode(data, Limits::default()).unwrap();
        decoded.messages.retain(|message| message.kind() != "ReplayDoneMessage");
        // What moves goes on without a pause.
        frame(&mut listening, 10 * sent, 1, decoded.encode().concat().into());
        sent += 1;
    }
    let story = listening.end();
    assert_eq!((story.moments().len() as u64, story.moments()[0].is_partial), (sent, false));
}

#[tokio::test]
async fn each_client_has_a_clock_of_its_own() {
    let frames = timed_frames("animated.raw");
    let story = story("animated.raw");
    let server = Arc::clone(&story).server(&ServerSettings::default(), &playing());
    let newcomer = |version: &str| Newcomer { number: 1, subprotocol: Some(format!("viser-v{version}")) };
    let mut asking = server.open(&newcomer("0.0.0"));
    assert_eq!(asking.catch_up(&mut Vec::new()).unwrap_err().close.unwrap().code, 1002);
    for _ in 0..2 {
        let mut peer = server.open(&newcomer("1.1.1"));
        let start = tokio::time::Instant::now();
        let mut came = Vec::new();
        while let Some(due) = peer.due() {
            tokio::time::sleep_until(due).await;
            let mut out = Vec::new();
            peer.catch_up(&mut out).unwrap();
            came.extend(said(out));
        }
        // At the speed at which it was recorded, in the very bytes.
        assert!(came.iter().eq(frames.iter().map(|(_, data)| data)));
        let length = frames.last().unwrap().0 - frames[frames.len() - story.moments().len()].0;
        let took = start.elapsed();
        assert!(took + Duration::from_millis(5) > length && took < length + Duration::from_millis(200), "{took:?}");
    }
}

fn applied(model: &mut Model, frames: Vec<Bytes>) -> Vec<f64> {
    let mut times = Vec::new();
    for data in frames {
        let frame = Frame::decode(&data, Limits::default()).unwrap();
        frame.messages.into_iter().for_each(|message| {
            model.apply(message);
        });
        times.push(frame.timestamp);
    }
    times
}

#[tokio::test]
async fn a_slow_client_is_told_what_matters_and_the_end_leads_to_the_start() {
    let story = story("animated.raw");
    let (first, last) = (story.moments()[0], *story.moments().last().unwrap());
    let settings = ServerSettings::default();
    let server = Arc::clone(&story).server(&settings, &Playing { speed: 2.0, repeats: true, ..playing() });
    let mut peer = server.open(&Newcomer { number: 1, subprotocol: Some(String::from("viser-v1.1.1")) });
    let mut model = Model::default();
    let mut next = |model: &mut Model| {
        let mut out = Vec::new();
        peer.catch_up(&mut out).unwrap();
        applied(model, said(out))
    };
    let begun = *next(&mut model).last().unwrap();
    // It does not read until almost all is over.
    let length = (last.time - first.time) / 2;
    tokio::time::sleep(length + Duration::from_millis(1)).await;
    let times = next(&mut model);
    assert!(times.len() == 1 && (times[0] - begun - length.as_secs_f64()).abs() < 0.1, "{times:?} {begun} {length:?}");
    let end = story.scene(story.moments().len() - 1).unwrap();
    assert!(scene_of(model.clone(), None).has_same_content(&end));
    tokio::time::sleep(Duration::from_millis(40)).await;
    assert_eq!(next(&mut model).len(), 1);
    let again = scene_of(model.clone(), None);
    let found = crate::analysis::diff::diff(&again, &story.scene(0).unwrap(), &Default::default()).unwrap();
    assert!(found.changes.is_empty(), "{:?}", found.changes);
}

/// A client that was away for long: nobody waits until all that it missed is read.
#[tokio::test]
async fn what_was_missed_is_read_in_portions() {
    let frames = timed_frames("animated.raw");
    let mut listening = Box::new(Listening::default());
    let moving = &frames.last().unwrap().1;
    let missed = 5_000;
    for (k, data) in frames.iter().map(|(_, data)| data).chain(std::iter::repeat_n(moving, missed)).enumerate() {
        frame(&mut listening, k as u64 / 100, 1, data.clone());
    }
    let story = listening.end();
    let server = Arc::clone(&story).server(&ServerSettings::default(), &playing());
    let mut peer = server.open(&Newcomer { number: 1, subprotocol: Some(String::from("viser-v1.1.1")) });
    let mut model = Model::default();
    let mut out = Vec::new();
    peer.catch_up(&mut out).unwrap();
    applied(&mut model, said(out));
    tokio::time::sleep(Duration::from_millis(400)).await;
    let (mut silent, mut windows) = (0, 0);
    while peer.due().is_some() {
        let mut out = Vec::new();
        peer.catch_up(&mut out).unwrap();
        match applied(&mut model, said(out)).len() {
            0 => silent += 1,
            many => windows += many,
        }
    }
    assert!(silent >= 5 && windows == 1, "{silent} {windows}");
    assert!(scene_of(model, None).has_same_content(&story.scene(story.moments().len() - 1).unwrap()));
}
