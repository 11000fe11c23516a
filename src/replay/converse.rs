//! One client's websocket, from the handshake to its end.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, Interval, interval, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Shared;
use crate::protocol::{Close, Dropped, Outgoing, Peer, WsMessage};
use crate::wire;

/// As real servers: a ping now and then keeps proxies from closing a quiet connection.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long a client may take to close its side, too.
const GOODBYE: Duration = Duration::from_secs(1);

/// What a websocket may run over: TCP, or a bad link in between.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket for S {}

/// What happens next.
enum Next {
    Said(Option<Result<Message, Error>>),
    CatchUp,
    Ping,
}

/// Serves one client until it goes, or has to; says why it ended.
pub(super) async fn converse<S: Socket>(websocket: WebSocketStream<S>, peer: Box<dyn Peer>, shared: &Shared) -> String {
    let mut conversation = Conversation { websocket, peer, shared };
    let Err(dropped) = conversation.go_on().await;
    conversation.end(dropped.close).await;
    dropped.reason
}

struct Conversation<'a, S> {
    websocket: WebSocketStream<S>,
    peer: Box<dyn Peer>,
    shared: &'a Shared,
}

impl<S: Socket> Conversation<'_, S> {
    async fn go_on(&mut self) -> Result<Infallible, Dropped> {
        let mut news = self.shared.server.news();
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.reset();
        loop {
            match self.next(&mut news, &mut heartbeat).await {
                Next::Said(said) => self.hear(said).await?,
                Next::CatchUp => {
                    let mut out = Vec::new();
                    let said = self.peer.catch_up(&mut out);
                    let was_silent = out.is_empty();
                    self.send_all(out).await?;
                    said?;
                    if self.peer.due().is_some_and(|due| due <= Instant::now()) {
                        // Much that is due at once goes out together.
                        if !was_silent {
                            continue;
                        }
                        // It is still at it.
                        yield_now().await;
                    }
                }
                Next::Ping => self.websocket.feed(Message::Ping(Bytes::new())).await.map_err(lost)?,
            }
            self.flush().await?;
        }
    }

    async fn next(&mut self, news: &mut Option<watch::Receiver<u64>>, heartbeat: &mut Interval) -> Next {
        let due = self.peer.due();
        let due = async {
            match due {
                Some(due) => sleep_until(due).await,
                None => pending().await,
            }
        };
        tokio::select! {
            said = self.websocket.next() => Next::Said(said),
            () = changed(news) => Next::CatchUp,
            () = due => Next::CatchUp,
            _ = heartbeat.tick() => Next::Ping,
        }
    }

    /// Answers what a client said, and what else has arrived, before anything is flushed.
    async fn hear(&mut self, said: Option<Result<Message, Error>>) -> Result<(), Dropped> {
        let mut next = said;
        loop {
            match next {
                Some(Ok(Message::Binary(data))) => self.answer(WsMessage::binary(data)).await?,
                Some(Ok(Message::Text(data))) => self.answer(WsMessage::text(data)).await?,
                Some(Ok(Message::Close(_))) | None => return Err(Dropped::new("closed by the client")),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(lost(error)),
            }
            match self.websocket.next().now_or_never() {
                Some(another) => next = another,
                None => return Ok(()),
            }
        }
    }

    async fn answer(&mut self, message: WsMessage) -> Result<(), Dropped> {
        self.shared.messages.fetch_add(1, Ordering::Relaxed);
        let mut out = Vec::new();
        let said = self.peer.receive(message, &mut out);
        self.send_all(out).await?;
        said
    }

    async fn send_all(&mut self, out: Vec<Outgoing>) -> Result<(), Dropped> {
        for outgoing in out {
            let sent = |bytes| {
                self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
            };
            outgoing.feed(&mut self.websocket, sent).await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Dropped> {
        self.websocket.flush().await.map_err(lost)
    }

    /// Sends what waits to be sent. Where the websocket is closed with a code, the client may close its side, too.
    async fn end(&mut self, close: Option<Close>) {
        let ending = async {
            let Some(close) = close else {
                let _ = self.websocket.flush().await;
                return;
            };
            let frame = wire::close_frame(close.code, &close.reason);
            if self.websocket.send(Message::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = self.websocket.next().await {}
            }
        };
        let _ = timeout(GOODBYE, ending).await;
    }
}

fn lost(error: Error) -> Dropped {
    Dropped::new(error.to_string())
}

/// Waits for news; for ever where there never are any.
async fn changed(news: &mut Option<watch::Receiver<u64>>) {
    if let Some(receiver) = news {
        if receiver.changed().await.is_ok() {
            return;
        }
        *news = None;
    }
    pending().await
}
