//! `relay` before viser servers that do what real ones would not.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, connect};

use crate::support::fake_viser::{self, FakeViser};
use crate::support::relay::Relay;

fn client(url: &str) -> Result<WebSocket<MaybeTlsStream<TcpStream>>, Error> {
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("viser-v1.1.1"));
    connect(request).map(|(socket, _)| socket)
}

/// How a client is sent away: the code and the reason of its close, or of the HTTP answer.
fn sent_away(url: &str) -> (u16, String) {
    match client(url) {
        Ok(mut socket) => loop {
            match socket.read() {
                Ok(Message::Close(Some(frame))) => return (frame.code.into(), frame.reason.to_string()),
                Ok(_) => {}
                Err(error) => panic!("it is not closed: {error}"),
            }
        },
        Err(Error::Http(answer)) => {
            let body = answer.body().as_deref().unwrap_or_default();
            (answer.status().as_u16(), String::from_utf8_lossy(body).into_owned())
        }
        Err(error) => panic!("{error}"),
    }
}

/// What was too large once is the next time, too.
#[test]
fn what_cannot_be_taken_is_not_asked_for_again_and_again() {
    let noise: String = (0..400_000_u64)
        .map(|at| char::from(33 + (at.wrapping_mul(at).wrapping_mul(0x9e37_79b9_7f4a_7c15) % 89) as u8))
        .collect();
    let large = fake_viser::message(&json!({"source": noise, "type": "RunJavascriptMessage"}));
    let broken = vec![0x93, 1, 2, 3];
    for (scene, args, word) in
        [(vec![large], &["--max-message", "64kB"][..], "--max-message"), (vec![broken], &[], "msgpack")]
    {
        let fake = FakeViser::start(scene, Vec::new);
        let relay = Relay::before(&fake.url, &[&["-q", "--protocol", "viser"], args].concat());
        let (code, reason) = sent_away(&relay.url);
        assert!([1011, 502].contains(&code) && reason.contains(word), "{code} {reason}");
        thread::sleep(Duration::from_secs(2));
        assert_eq!(fake.connections(), 1);
        let (code, reason) = sent_away(&relay.url);
        assert!([1011, 502].contains(&code) && reason.contains(word), "{code} {reason}");
    }
}

/// A server that takes every connection and closes it is not there: `--reconnect` counts from the first time.
#[test]
fn a_server_that_only_opens_connections_is_lost() {
    let fake = FakeViser::by(|socket, _| fake_viser::close(socket, 1012, "not now"));
    let start = Instant::now();
    let relay = Relay::before(&fake.url, &["-q", "--protocol", "viser", "--reconnect", "1"]);
    let (code, reason) = sent_away(&relay.url);
    assert!([1012, 502].contains(&code) && reason.contains("not now"), "{code} {reason}");
    thread::sleep(Duration::from_secs(4).saturating_sub(start.elapsed()));
    // After 0, 0.1, 0.3, 0.7, 1.5, 3.1 s.
    assert!((3..=7).contains(&fake.connections()), "{}", fake.connections());
    let (code, reason) = sent_away(&relay.url);
    assert!(code == 502 && reason.contains("not now"), "{code} {reason}");
}
