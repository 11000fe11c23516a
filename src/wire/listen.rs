//! Being a server: listening on loopback, and telling websockets from plain HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::{WireError, config};

/// A client that has not finished its handshake by then is none.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The head of an HTTP request that we look at before we decide what it is.
const HEAD: usize = 16 << 10;

/// A listening socket.
pub struct Listener {
    socket: TcpListener,
    /// Where it listens; the port is the real one, also if 0 was asked for.
    pub address: SocketAddr,
}

impl Listener {
    /// Listens on an address such as `127.0.0.1:0`.
    ///
    /// # Errors
    /// [`WireError::NotLoopback`] for an address that other machines reach, unless that is allowed.
    pub async fn bind(address: &str, allow_remote: bool) -> Result<Self, WireError> {
        let failed = |source| WireError::Listen { address: address.to_owned(), source };
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host(address).await.map_err(failed)?.collect();
        if !allow_remote && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(WireError::NotLoopback { address: address.to_owned() });
        }
        let socket = TcpListener::bind(addresses.as_slice()).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address })
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// What the system says; a single client's failure is none.
    pub async fn next(&self) -> Result<(TcpStream, SocketAddr), WireError> {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok((stream, peer));
                }
                // Out of file descriptors, or a client that left already: neither ends a server.
                Err(error) => {
                    tracing::debug!(%error, "accept");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}

/// What a connection turned out to be.
pub enum Accepted {
    /// A websocket.
    WebSocket(Box<WebSocketStream<TcpStream>>),
    /// Something else, which was answered and is closed.
    Answered,
}

/// Does the server's side of a handshake. Plain HTTP is answered with a few words for people.
///
/// `path` is the only one at which there is a websocket; `largest` the largest frame taken.
pub async fn accept(mut stream: TcpStream, path: &str, page: &str, largest: usize) -> Accepted {
    let accepting = async {
        if !is_upgrade(&stream).await {
            answer(&mut stream, page).await;
            return Accepted::Answered;
        }
        #[allow(clippy::result_large_err, reason = "tungstenite's own signature")]
        let check = |request: &Request, response: Response| {
            if request.uri().path() == path {
                return Ok(response);
            }
            let mut refused = ErrorResponse::new(Some(format!("there is no websocket here, but at {path}\n")));
            *refused.status_mut() = StatusCode::NOT_FOUND;
            Err(refused)
        };
        match accept_hdr_async_with_config(stream, check, Some(config(largest))).await {
            Ok(websocket) => Accepted::WebSocket(Box::new(websocket)),
            Err(error) => {
                tracing::debug!(%error, "handshake");
                Accepted::Answered
            }
        }
    };
    timeout(HANDSHAKE, accepting).await.unwrap_or(Accepted::Answered)
}

/// Looks at the request's head without taking it off the socket.
async fn is_upgrade(stream: &TcpStream) -> bool {
    let mut head = vec![0; HEAD];
    let mut seen = 0;
    loop {
        let Ok(len) = stream.peek(&mut head).await else { return false };
        let text = String::from_utf8_lossy(head.get(..len).unwrap_or_default()).to_ascii_lowercase();
        if text.contains("\r\n\r\n") || len == HEAD {
            return text.lines().any(|line| line.starts_with("upgrade:") && line.contains("websocket"));
        }
        if len == 0 || (len == seen && stream.readable().await.is_err()) {
            return false;
        }
        if len == seen {
            // The rest of the head is on its way; peeking again at once would only burn a core.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        seen = len;
    }
}

async fn answer(stream: &mut TcpStream, page: &str) {
    let response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // Whatever was sent must be read before closing, or the client sees a reset instead of the answer.
    let mut sink = vec![0; HEAD];
    let _ = stream.try_read(&mut sink);
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
}
