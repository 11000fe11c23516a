//! The server's side of a connection: it is always read, and connected to again when it is lost.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::ledger::Waiting;
use super::link::Link;
use crate::protocol::{Dropped, WsMessage};
use crate::wire::{self, ConnectOptions, Connection};

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(200);
/// How often a lost server is tried again: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// Where a client's server is, and how it is reached.
pub(super) struct Upstream {
    pub(super) url: Url,
    pub(super) options: ConnectOptions,
}

/// Why a conversation is over.
enum Over {
    /// The server closed it as it should be done.
    Closed(u16, String),
    /// It is gone.
    Lost(String),
    /// It makes no sense.
    Broken(Dropped),
}

/// Talks to the server until the client goes, or the server does for good.
pub(super) async fn talk(link: Arc<Link>, upstream: Upstream, mut connection: Connection) {
    loop {
        let (mut sink, stream) = connection.split();
        let over = tokio::select! {
            ending = link.ended() => {
                // Its client may take its time with what is queued; whoever waits for its answers need not.
                link.abandon();
                let goodbye = async {
                    let _ = sink.send(Message::Close(Some(wire::close_frame(ending.code, &ending.reason)))).await;
                    let _ = sink.flush().await;
                };
                let _ = timeout(GOODBYE, goodbye).await;
                return;
            }
            over = listen(&link, stream) => over,
            reason = forward(&link, &mut sink) => Over::Lost(reason),
        };
        link.abandon();
        let (code, reason) = match over {
            Over::Broken(dropped) => {
                let (code, reason) = dropped.close_or(1011);
                return link.end(code, reason);
            }
            Over::Closed(code @ (1000 | 1001 | 1011..=1013), reason) => (code, reason),
            Over::Closed(code, reason) => return link.end(code, reason),
            Over::Lost(reason) => (1011, reason),
        };
        tracing::info!(reason, "the server is lost");
        let Some(hello) = link.resume() else { return link.end(code, reason) };
        let found = tokio::select! {
            _ = link.ended() => return,
            found = reconnect(&link, &upstream, &hello) => found,
        };
        match found {
            Ok(again) => connection = again,
            Err((code, reason)) => return link.end(code, reason),
        }
        tracing::info!("the server is there again");
        link.ask_all_again();
    }
}

/// Takes in what the server says. Nothing makes it wait.
async fn listen(link: &Link, mut stream: SplitStream<Connection>) -> Over {
    loop {
        let message = match stream.next().await {
            Some(Ok(Message::Binary(data))) => WsMessage::binary(data),
            Some(Ok(Message::Text(text))) => WsMessage::text(text),
            Some(Ok(Message::Close(frame))) => {
                return frame.map_or_else(
                    || Over::Closed(1000, String::from("closed by the server")),
                    |frame| Over::Closed(frame.code.into(), frame.reason.to_string()),
                );
            }
            Some(Ok(_)) => continue,
            Some(Err(error)) => return Over::Lost(error.to_string()),
            None => return Over::Lost(String::from("the server closed it")),
        };
        if let Err(dropped) = link.server_says(message) {
            return Over::Broken(dropped);
        }
    }
}

/// Sends what the client asks, as far as it has room for the answers. Ends when something breaks, and says what.
async fn forward(link: &Arc<Link>, sink: &mut SplitSink<Connection, Message>) -> String {
    loop {
        // Before anything is taken: what this future holds while it waits is lost with the server.
        link.tap.room().await;
        let messages = match link.next() {
            Some(Waiting::Pass(message)) => vec![message],
            Some(Waiting::Ask { ask, alone }) => {
                if !link.route(&ask, alone) {
                    continue;
                }
                ask.messages
            }
            None => {
                if let Err(error) = sink.flush().await {
                    return error.to_string();
                }
                link.work.notified().await;
                continue;
            }
        };
        for message in messages {
            let Ok(message) = wire::message(message.is_text, message.data) else { continue };
            if let Err(error) = sink.feed(message).await {
                return error.to_string();
            }
        }
    }
}

/// Connects again and says hello, for as long as that is wanted.
async fn reconnect(link: &Link, upstream: &Upstream, hello: &[WsMessage]) -> Result<Connection, (u16, String)> {
    let deadline = Instant::now() + link.relay.reconnect;
    let gone = || (1011, String::from("the connection to the server was lost"));
    let mut pause = RETRY.0;
    loop {
        let attempt = timeout_at(deadline, wire::open(&upstream.url, &upstream.options)).await;
        match attempt {
            Err(_) => return Err(gone()),
            Ok(Ok((mut connection, _))) => match timeout_at(deadline, introduce(link, &mut connection, hello)).await {
                Err(_) => return Err(gone()),
                Ok(Some(true)) => return Ok(connection),
                Ok(Some(false)) => return Err((1012, String::from("the server was started anew"))),
                Ok(None) => {
                    // It went away again in the middle of it.
                    if link.resume().is_none() {
                        return Err(gone());
                    }
                }
            },
            Ok(Err(error)) => tracing::debug!(%error, "the server is still not there"),
        }
        if Instant::now() + pause > deadline {
            return Err(gone());
        }
        sleep(pause).await;
        pause = (pause * 2).min(RETRY.1);
    }
}

/// Says hello; tells whether the server knows us. `None`: the connection did not live that long.
async fn introduce(link: &Link, connection: &mut Connection, hello: &[WsMessage]) -> Option<bool> {
    for message in hello {
        connection.feed(wire::message(message.is_text, message.data.clone()).ok()?).await.ok()?;
    }
    connection.flush().await.ok()?;
    loop {
        let message = match connection.next().await?.ok()? {
            Message::Binary(data) => WsMessage::binary(data),
            Message::Text(text) => WsMessage::text(text),
            Message::Close(_) => return None,
            _ => continue,
        };
        if let Some(is_known) = link.server_says(message).ok()? {
            return Some(is_known);
        }
    }
}
