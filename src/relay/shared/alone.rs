//! A client's own connection to the server: opened when it says something, and again when it was lost.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Ending, Session, State, too_large};
use crate::protocol::relay::Opened;
use crate::protocol::{Direction, Dropped, WsMessage};
use crate::relay::taps::Connection as Taps;
use crate::relay::{Relay, taps};
use crate::wire::{self, Connection};

/// What a client has said and the server has not taken, in bytes and messages.
const MOST_WAITING: u32 = 64 << 20;
const MOST_MESSAGES: usize = 1_024;
/// How often a lost server is tried again: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(200);

/// Where a client's messages wait.
pub(super) struct Line {
    sender: mpsc::Sender<(WsMessage, OwnedSemaphorePermit)>,
    room: Arc<Semaphore>,
}

type Waiting = mpsc::Receiver<(WsMessage, OwnedSemaphorePermit)>;

pub(super) fn line() -> (Line, Waiting) {
    let (sender, waiting) = mpsc::channel(MOST_MESSAGES);
    (Line { sender, room: Arc::new(Semaphore::new(MOST_WAITING as usize)) }, waiting)
}

impl Line {
    /// Waits until there is room.
    pub(super) async fn send(&self, message: WsMessage) {
        let bytes = u32::try_from(message.data.len()).unwrap_or(u32::MAX).min(MOST_WAITING);
        if let Ok(room) = Arc::clone(&self.room).acquire_many_owned(bytes).await {
            let _ = self.sender.send((message, room)).await;
        }
    }
}

/// Why a conversation is over.
enum Over {
    /// The client is gone.
    Ended,
    /// The server closed it.
    Closed(Ending),
    /// It is gone.
    Lost(String),
}

/// Talks to the server for one client, from its first message on.
pub(super) async fn talk(relay: Arc<Relay>, session: Arc<Session>, mut waiting: Waiting) {
    let Some(shared) = &relay.shared else { return };
    let first = tokio::select! {
        first = waiting.recv() => first,
        _ = session.ended() => None,
    };
    let Some((first, _)) = first else { return };
    let mut next = Some(first);
    let mut pause = RETRY.0;
    loop {
        let opened = tokio::select! {
            opened = shared.fanout.connect_alone(&shared.how) => opened,
            _ = session.ended() => return,
        };
        match opened {
            Ok(Opened { connection, url }) => {
                let tap = taps::Connection::open(&relay.taps, &url);
                let begin = Instant::now();
                let over = converse(&session, connection, next.take(), &mut waiting, &tap).await;
                let reason = match &over {
                    Over::Ended => "the client is gone",
                    Over::Closed(ending) => &ending.reason,
                    Over::Lost(reason) => reason,
                };
                tap.close(reason);
                tracing::debug!(reason, "a client's own connection is over");
                match over {
                    Over::Ended => return,
                    Over::Closed(ending) if !may_come_back(&ending) => return session.end(ending.code, ending.reason),
                    Over::Closed(_) | Over::Lost(_) => session.member.alone_is_lost(),
                }
                // One that always closes at once is not asked ten times a second.
                if begin.elapsed() > RETRY.1 {
                    pause = RETRY.0;
                }
            }
            Err(error) => tracing::debug!("a client's own connection cannot be opened: {error}"),
        }
        if *shared.state.borrow() == State::Stopped {
            return;
        }
        next = session.member.introduction().or(next);
        tokio::select! {
            () = sleep(pause) => {}
            _ = session.ended() => return,
        }
        pause = (pause * 2).min(RETRY.1);
    }
}

/// True for a server that goes, and not for one that does not want this client.
fn may_come_back(ending: &Ending) -> bool {
    matches!(ending.code, 1000 | 1001 | 1005 | 1006 | 1012 | 1013) || (ending.code == 1011 && !ending.reason.is_empty())
}

async fn converse(
    session: &Session,
    connection: Connection,
    first: Option<WsMessage>,
    waiting: &mut Waiting,
    tap: &Taps,
) -> Over {
    let (mut sink, mut stream) = connection.split();
    let over = tokio::select! {
        _ = session.ended() => Over::Ended,
        over = listen(session, &mut stream, tap) => over,
        reason = forward(&mut sink, first, waiting, tap) => reason.map_or(Over::Ended, Over::Lost),
    };
    if let Over::Ended = over {
        let goodbye = async {
            let _ = sink.send(Message::Close(Some(wire::close_frame(1001, "")))).await;
            let _ = sink.flush().await;
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }
    over
}

/// Takes in what the server says, as fast as the client takes what of it is for it.
async fn listen(session: &Session, stream: &mut SplitStream<Connection>, tap: &Taps) -> Over {
    loop {
        tap.room().await;
        let message = match stream.next().await {
            Some(Ok(Message::Binary(data))) => WsMessage::binary(data),
            Some(Ok(Message::Text(text))) => WsMessage::text(text),
            Some(Ok(Message::Close(frame))) => {
                let said = frame.map(|frame| (u16::from(frame.code), frame.reason.to_string()));
                let (code, reason) = said.unwrap_or((1000, String::new()));
                return Over::Closed(Ending { code, reason });
            }
            Some(Ok(_)) => continue,
            Some(Err(Error::Capacity(error))) => return end(session, too_large(&error)),
            Some(Err(error)) => return Over::Lost(error.to_string()),
            None => return Over::Lost(String::from("the server closed it")),
        };
        tap.hear(Direction::ToClient, &message);
        if let Err(dropped) = session.member.alone_says(message).await {
            return end(session, dropped);
        }
    }
}

/// What the server says cannot be taken: the client is sent away.
fn end(session: &Session, dropped: Dropped) -> Over {
    let (code, reason) = dropped.close_or(1011);
    tracing::error!("what the server says cannot be taken: {reason}");
    session.end(code, reason);
    Over::Ended
}

/// Sends what the client says. Ends when something breaks, and says what; nothing where the client says no more.
async fn forward(
    sink: &mut SplitSink<Connection, Message>,
    first: Option<WsMessage>,
    waiting: &mut Waiting,
    tap: &Taps,
) -> Option<String> {
    let mut next = first;
    loop {
        let message = match next.take() {
            Some(message) => message,
            None => match waiting.try_recv() {
                Ok((message, _)) => message,
                Err(_) => {
                    if let Err(error) = sink.flush().await {
                        return Some(error.to_string());
                    }
                    waiting.recv().await?.0
                }
            },
        };
        tap.hear(Direction::ToServer, &message);
        if let Err(error) = wire::feed(sink, message.is_text, message.data).await {
            return Some(error);
        }
    }
}
