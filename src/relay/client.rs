//! The client's side of a connection: one task reads, one writes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::link::{Ending, Link};
use crate::protocol::{Direction, Dropped, Outgoing, WsMessage};
use crate::wire::{self, Fault};

/// As servers do: a ping now and then keeps proxies from closing a quiet connection.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long a client may take to take in what is queued when its connection ends.
const GOODBYE: Duration = Duration::from_secs(10);

/// Takes in what a client says, until it goes. A client is not read while enough of its requests wait.
pub(super) async fn read<S>(link: Arc<Link>, mut stream: SplitStream<WebSocketStream<S>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        link.may_read().await;
        let message = match stream.next().await {
            Some(Ok(Message::Binary(data))) => WsMessage::binary(data),
            Some(Ok(Message::Text(text))) => WsMessage::text(text),
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(1000, |frame| frame.code.into());
                return link.end(code, "closed by the client");
            }
            Some(Ok(_)) => continue,
            Some(Err(error)) => return link.end(1001, error.to_string()),
            None => return link.end(1001, "closed by the client"),
        };
        link.relay.counters.messages.fetch_add(1, Ordering::Relaxed);
        link.tap.hear(Direction::ToServer, &message);
        if let Err(dropped) = link.client_says(message) {
            let (code, reason) = dropped.close_or(1002);
            return link.end(code, reason);
        }
    }
}

/// Sends what is queued, and flushes when nothing is. Ends when the connection does.
pub(super) async fn write<S>(link: Arc<Link>, mut sink: SplitSink<WebSocketStream<S>, Message>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let sending = async {
        match send_all(&link, &mut sink).await {
            Ok(ending) => {
                let _ = sink.send(Message::Close(Some(wire::close_frame(ending.code, &ending.reason)))).await;
                let _ = sink.flush().await;
            }
            Err(reason) => link.end(1001, reason),
        }
    };
    let too_late = async {
        link.ended().await;
        tokio::time::sleep(GOODBYE).await;
    };
    tokio::select! {
        () = sending => {}
        () = too_late => {}
    }
}

/// Sends until the connection ends and nothing is queued any longer.
///
/// The end must not interrupt it: a message that waits for its turn would be missing among those that follow.
async fn send_all<S>(link: &Link, sink: &mut SplitSink<WebSocketStream<S>, Message>) -> Result<Ending, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.reset();
    let mut ending = None;
    loop {
        match link.pop() {
            Some((Outgoing::Ready(message), bytes)) => {
                send(link, sink, message).await?;
                link.sent(bytes);
            }
            Some((Outgoing::Whole(pieces), mut bytes)) if link.tap.is_deaf() => {
                let sent = |part: u64| {
                    link.relay.counters.bytes.fetch_add(part, Ordering::Relaxed);
                    let part = bytes.min(part);
                    link.sent(part);
                    bytes -= part;
                };
                wire::feed_pieces(sink, pieces, sent).await.map_err(|fault| match fault {
                    Fault::Pieces(dropped) => unreadable(dropped),
                    Fault::Socket(error) => error.to_string(),
                })?;
                link.sent(bytes);
            }
            Some((Outgoing::Whole(pieces), bytes)) => {
                // Whoever listens to what passes hears whole messages.
                let pieces: Result<Vec<Bytes>, Dropped> = pieces.collect();
                let whole = pieces.map_err(unreadable)?.concat();
                send(link, sink, WsMessage::binary(whole)).await?;
                link.sent(bytes);
            }
            Some((Outgoing::Many(frames), mut bytes)) => {
                for frame in frames {
                    let frame = frame.map_err(unreadable)?;
                    let part = bytes.min(frame.len() as u64);
                    send(link, sink, WsMessage::binary(frame)).await?;
                    link.sent(part);
                    bytes -= part;
                }
                link.sent(bytes);
            }
            None => {
                sink.flush().await.map_err(|error| error.to_string())?;
                if let Some(ending) = ending {
                    return Ok(ending);
                }
                tokio::select! {
                    () = link.outgoing.notified() => {}
                    found = link.ended() => ending = Some(found),
                    _ = heartbeat.tick() => {
                        sink.send(Message::Ping(Bytes::new())).await.map_err(|error| error.to_string())?;
                    }
                }
            }
        }
    }
}

async fn send<S>(
    link: &Link,
    sink: &mut SplitSink<WebSocketStream<S>, Message>,
    message: WsMessage,
) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    link.relay.counters.bytes.fetch_add(message.data.len() as u64, Ordering::Relaxed);
    link.tap.hear(Direction::ToClient, &message);
    wire::feed(sink, message.is_text, message.data).await
}

fn unreadable(dropped: Dropped) -> String {
    format!("an answer could not be read: {dropped}")
}
