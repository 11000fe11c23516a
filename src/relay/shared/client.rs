//! The client's side: one task reads, one writes what the protocol has for it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, interval, sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::alone::Line;
use super::{Ending, Session};
use crate::protocol::WsMessage;
use crate::relay::Relay;
use crate::wire;

/// As servers do: a ping now and then keeps proxies from closing a quiet connection.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// A client that says and takes nothing for so long, not even an answer to a ping, is gone.
const DEAD: Duration = Duration::from_secs(60);
/// How long a client may take to close its side, too.
const GOODBYE: Duration = Duration::from_secs(1);

/// Takes in what a client says, until it goes.
pub(super) async fn read<S>(
    relay: Arc<Relay>,
    session: Arc<Session>,
    mut stream: SplitStream<WebSocketStream<S>>,
    line: Line,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    tokio::select! {
        () = listen(&relay, &session, &mut stream, &line) => {}
        _ = session.ended() => {}
    }
    // Its own goodbye, and what it said before it heard of ours.
    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
    let _ = timeout(GOODBYE, rest).await;
}

async fn listen<S>(relay: &Relay, session: &Session, stream: &mut SplitStream<WebSocketStream<S>>, line: &Line)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let next = tokio::select! {
            next = stream.next() => next,
            // A link that is made a bad one may take longer for a single large piece.
            () = dead(session), if relay.faults.is_none() => return session.end(1011, "the client does not answer"),
        };
        session.touch();
        let message = match next {
            Some(Ok(Message::Binary(data))) => WsMessage::binary(data),
            Some(Ok(Message::Text(text))) => WsMessage::text(text),
            Some(Ok(Message::Close(frame))) => {
                return session.end(frame.map_or(1000, |frame| frame.code.into()), "closed by the client");
            }
            Some(Ok(_)) => continue,
            Some(Err(Error::Capacity(error))) => return session.end(1009, error.to_string()),
            Some(Err(error)) => return session.end(1001, error.to_string()),
            None => return session.end(1001, "closed by the client"),
        };
        relay.counters.messages.fetch_add(1, Ordering::Relaxed);
        match session.member.client_says(message) {
            Ok(None) => {}
            // A server that takes nothing slows its client down.
            Ok(Some(message)) => line.send(message).await,
            Err(dropped) => {
                let (code, reason) = dropped.close_or(1011);
                return session.end(code, reason);
            }
        }
    }
}

/// Waits until a client seems to be gone. It counts from now on at the earliest: nobody may have listened before.
async fn dead(session: &Session) {
    let mut deadline = Instant::now() + DEAD;
    while Instant::now() < deadline {
        sleep_until(deadline).await;
        deadline = deadline.max(session.seen() + DEAD);
    }
}

/// Sends what there is for a client. Ends when the connection does.
pub(super) async fn write<S>(relay: Arc<Relay>, session: Arc<Session>, mut sink: SplitSink<WebSocketStream<S>, Message>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let sending = async {
        match send_all(&relay, &session, &mut sink).await {
            Ok(ending) => {
                let _ = sink.send(Message::Close(Some(wire::close_frame(ending.code, &ending.reason)))).await;
                let _ = sink.flush().await;
            }
            Err(reason) => session.end(1001, reason),
        }
    };
    let too_late = async {
        session.ended().await;
        sleep(GOODBYE).await;
    };
    tokio::select! {
        () = sending => {}
        () = too_late => {}
    }
}

async fn send_all<S>(
    relay: &Relay,
    session: &Session,
    sink: &mut SplitSink<WebSocketStream<S>, Message>,
) -> Result<Ending, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Some(shared) = &relay.shared else { return Err(String::from("there is no server")) };
    let mut news = shared.fanout.news();
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.reset();
    let sent = |bytes: u64| {
        session.touch();
        relay.counters.bytes.fetch_add(bytes, Ordering::Relaxed);
    };
    loop {
        if let Some(ending) = session.ending.borrow().clone() {
            return Ok(ending);
        }
        // Before it is looked: what comes meanwhile is not missed.
        news.borrow_and_update();
        match session.member.next() {
            Err(dropped) => {
                let (code, reason) = dropped.close_or(1011);
                session.end(code, reason);
            }
            Ok(Some(outgoing)) => outgoing.feed(sink, sent).await.map_err(|dropped| dropped.reason)?,
            Ok(None) => {
                sink.flush().await.map_err(|error| error.to_string())?;
                tokio::select! {
                    _ = news.changed() => {}
                    _ = session.ended() => {}
                    _ = heartbeat.tick() => {
                        sink.send(Message::Ping(Bytes::new())).await.map_err(|error| error.to_string())?;
                    }
                }
            }
        }
    }
}
