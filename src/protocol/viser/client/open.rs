//! The handshake: an exact version for a subprotocol, which the server names when it is asked for another.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as WsError, Message as SocketMessage};
use url::Url;

use super::super::SUBPROTOCOL;
use super::super::frame::{Frame, FrameError, Limits};
use crate::protocol::{ClientError, ConnectError, Connecting, ServerInfo, step};
use crate::wire::{self, Connection, Fact, WireError};

/// No server has it.
const NO_VERSION: &str = "0.0.0";

/// The first version whose frames are today's.
const OLDEST: [u64; 3] = [1, 0, 25];

/// The first version that says when all has come.
const FIRST_WITH_END: [u64; 3] = [1, 1, 0];

/// A version, by its numbers.
fn numbers(version: &str) -> [u64; 3] {
    let mut numbers = version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or_default());
    std::array::from_fn(|_| numbers.next().unwrap_or_default())
}

/// True for versions that end the replay of what was built so far with a message.
pub(in crate::protocol::viser) fn says_the_end(version: &str) -> bool {
    numbers(version) >= FIRST_WITH_END
}

/// An open connection, and what is known of who is behind it.
pub(in crate::protocol::viser) struct Opened {
    pub(in crate::protocol::viser) connection: Connection,
    pub(in crate::protocol::viser) url: String,
    pub(in crate::protocol::viser) info: ServerInfo,
    pub(in crate::protocol::viser) version: String,
}

/// Finds out the server's version, and connects with it.
pub(in crate::protocol::viser) async fn open(how: &Connecting) -> Result<Opened, ConnectError> {
    let start = Instant::now();
    let version = discover(how).await?;
    if numbers(&version) < OLDEST {
        return Err(ConnectError::TooOld { software: "viser", version, oldest: "1.0.25" });
    }
    let discover_time = start.elapsed();
    let (connection, url, connect_time) = connect(how, &version).await?;
    let url = wire::display_url(&url);
    let info = ServerInfo {
        protocol: super::super::NAME,
        url: url.clone(),
        software: vec![(String::from("viser"), version.clone())],
        connect_time,
        discover_time,
    };
    Ok(Opened { connection, url, info, version })
}

/// Opens a websocket as a client of this version.
pub(in crate::protocol::viser) async fn connect(
    how: &Connecting,
    version: &str,
) -> Result<(Connection, Url, Duration), ConnectError> {
    let offered = HeaderValue::from_str(&format!("{SUBPROTOCOL}{version}"));
    let offered = offered.map_err(|_| other("its version is no version"))?;
    let mut options = how.wire.clone();
    options.headers.push((SEC_WEBSOCKET_PROTOCOL, offered));
    match wire::connect(&how.target, super::super::ENDPOINT, &options).await {
        Ok(opened) => Ok(opened),
        // It answers as a websocket, and knows no subprotocol.
        Err(WireError::Handshake { url, reason }) => Err(other(&format!("{url} is not a viser server: {reason}"))),
        Err(error) => Err(error.into()),
    }
}

/// True for a server that names its version.
///
/// # Errors
/// Where it does not answer at all.
pub(in crate::protocol::viser) async fn is_one(how: &Connecting) -> Result<bool, ConnectError> {
    match discover(how).await {
        Ok(_) => Ok(true),
        // Something else answers there, in whichever way.
        Err(
            ConnectError::OtherProtocol(_)
            | ConnectError::Client(_)
            | ConnectError::Wire(WireError::Http { .. } | WireError::Handshake { .. }),
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

fn other(reason: &str) -> ConnectError {
    ConnectError::OtherProtocol(reason.to_owned())
}

/// Asks with a version that no server has: it says its own while it closes.
async fn discover(how: &Connecting) -> Result<String, ConnectError> {
    let (mut connection, url, _) = connect(how, NO_VERSION).await?;
    how.wire.watch.begin(step::HELLO, "viser");
    let url = wire::display_url(&url);
    let answer = loop {
        match tokio::time::timeout(how.wire.timeout, connection.next()).await {
            Err(_) => break Err(other(&format!("{url} is not a viser server: it says nothing"))),
            Ok(Some(Ok(SocketMessage::Close(Some(frame))))) => {
                break version_in(&frame).ok_or_else(|| refused(&url, &frame));
            }
            Ok(Some(Ok(SocketMessage::Ping(_) | SocketMessage::Pong(_) | SocketMessage::Frame(_)))) => {}
            Ok(Some(Ok(SocketMessage::Binary(data)))) => {
                // It takes any version, or none.
                break Err(match Frame::decode(&data, Limits::default()) {
                    Err(error @ FrameError::Old(_)) => ClientError::Failed(error.to_string()).into(),
                    _ => other(&format!("{url} is not a viser server: it takes a version that there is not")),
                });
            }
            Ok(Some(Ok(SocketMessage::Text(_)))) => {
                break Err(other(&format!("{url} is not a viser server: it sends text")));
            }
            Ok(Some(Ok(SocketMessage::Close(None))) | None) => {
                break Err(other(&format!("{url} is not a viser server: it closes the connection")));
            }
            Ok(Some(Err(WsError::Capacity(error)))) => break Err(ClientError::TooLarge(error.to_string()).into()),
            Ok(Some(Err(error))) => break Err(other(&format!("{url} is not a viser server: {error}"))),
        }
    };
    match &answer {
        Ok(version) => how.wire.watch.end(|| Fact::Words(format!("viser {version}"))),
        Err(error) => how.wire.watch.end(|| Fact::Failed(error.to_string())),
    }
    answer
}

/// `Version mismatch. Client: X, Server: Y`
fn version_in(frame: &CloseFrame) -> Option<String> {
    let (_, version) = frame.reason.split_once("Server: ")?;
    let version = version.split([',', ' ']).next()?;
    (frame.code == CloseCode::Protocol && numbers(version) > [0; 3]).then(|| version.to_owned())
}

fn refused(url: &str, frame: &CloseFrame) -> ConnectError {
    other(&format!("{url} is not a viser server: it closes the connection ({} {})", frame.code, frame.reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(numbers("1.0.9") < OLDEST && numbers("1.0.30") > OLDEST && numbers("1.1.0rc1")[..2] == [1, 1]);
        assert!(says_the_end("1.1.1") && says_the_end("2.0") && !says_the_end("1.0.30"));
        let close = |code: u16, reason: &'static str| CloseFrame { code: code.into(), reason: reason.into() };
        let found = version_in(&close(1002, "Version mismatch. Client: 0.0.0, Server: 1.1.1"));
        assert_eq!(found.as_deref(), Some("1.1.1"));
        for (code, reason) in [(1000, "Server: 1.1.1"), (1002, "Server: x"), (1002, "no"), (1002, "Server: ")] {
            assert_eq!(version_in(&close(code, reason)), None, "{code} {reason}");
        }
    }
}
