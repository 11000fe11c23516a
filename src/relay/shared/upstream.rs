//! The shared connection: always read, and opened again when it is lost.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Ending, Shared, State, too_large};
use crate::protocol::relay::{Opened, SILENCE};
use crate::protocol::{Direction, Dropped, WsMessage};
use crate::relay::taps::Connection as Taps;
use crate::relay::{Relay, taps};
use crate::wire::{self, Connection};

/// How often a lost server is tried again: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// After this it is tried whether a server says something else by now than what could not be taken.
const HOPELESS: Duration = Duration::from_secs(30);
/// A server that says nothing for so long, not even a ping, is gone.
const DEAD: Duration = Duration::from_secs(90);
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(200);

/// How a connection is over.
enum Over {
    /// The relay stops.
    Stopped,
    /// The server is gone, or closed it.
    Lost(Ending),
    /// What the server says cannot be taken, and would not be the next time.
    Hopeless(Dropped),
}

/// Holds the shared connection for as long as the relay runs.
pub(in crate::relay) async fn hold(relay: Arc<Relay>) {
    let Some(shared) = &relay.shared else { return };
    let mut pause = RETRY.0;
    // Since when it is lost, and how it said goodbye. It counts as found when its scene is there: one that only opens
    // connections is none.
    let mut lost: Option<(Instant, Ending)> = None;
    let mut is_told = false;
    loop {
        let deadline = lost.as_ref().map(|(since, _)| *since + relay.reconnect);
        let attempt = match deadline.filter(|_| *shared.state.borrow() == State::Up) {
            Some(deadline) => timeout_at(deadline, shared.fanout.connect(&shared.how)).await,
            None => Ok(shared.fanout.connect(&shared.how).await),
        };
        match attempt {
            Ok(Ok(Opened { connection, url })) => {
                tracing::info!(url, "the server is there");
                is_told = false;
                let tap = taps::Connection::open(&relay.taps, &url);
                let over = listen(shared, connection, &tap).await;
                let was_found = shared.fanout.is_whole();
                shared.fanout.shared_is_lost();
                match over {
                    Over::Stopped => return,
                    Over::Lost(ending) => {
                        tracing::warn!(
                            "the server is lost ({} {}): trying to reach it again",
                            ending.code,
                            ending.reason
                        );
                        tap.close(&ending.reason);
                        if was_found {
                            (lost, pause) = (None, RETRY.0);
                        }
                        lost.get_or_insert((Instant::now(), ending));
                    }
                    Over::Hopeless(dropped) => {
                        shared.fanout.shared_is_hopeless(&dropped);
                        let (code, reason) = dropped.close_or(1011);
                        tracing::error!("what the server says cannot be taken: {reason}");
                        tap.close(&reason);
                        let ending = Ending { code, reason };
                        shared.enter(State::Gone(ending.clone()));
                        (lost, pause) = (Some((Instant::now(), ending)), HOPELESS);
                    }
                }
            }
            Ok(Err(error)) if !is_told => {
                tracing::warn!("the server cannot be reached: {error}");
                is_told = true;
            }
            Ok(Err(_)) | Err(_) => {}
        }
        if let Some((since, ending)) = &lost
            && since.elapsed() >= relay.reconnect
        {
            shared.enter(State::Gone(ending.clone()));
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = shared.stopped() => return,
        }
        pause = (pause * 2).min(RETRY.1);
    }
}

impl Shared {
    /// Waits until the relay stops.
    async fn stopped(&self) {
        let _ = self.state.subscribe().wait_for(|state| *state == State::Stopped).await;
    }

    fn enter(&self, next: State) {
        self.state.send_if_modified(|state| {
            let changes = *state != next && *state != State::Stopped;
            if changes {
                *state = next;
            }
            changes
        });
    }
}

/// Takes in what the server says.
async fn listen(shared: &Shared, mut connection: Connection, tap: &Taps) -> Over {
    let ending = |code, reason: &str| Over::Lost(Ending { code, reason: reason.to_owned() });
    let mut heard = Instant::now();
    // Clients that come now are told what is there as it comes; one that was gone has to have a scene first.
    let mut is_up = !matches!(*shared.state.borrow(), State::Gone(_));
    if is_up {
        shared.enter(State::Up);
    }
    loop {
        if !is_up && shared.fanout.is_whole() {
            is_up = true;
            shared.enter(State::Up);
        }
        tap.room().await;
        let next = tokio::select! {
            next = timeout(SILENCE, connection.next()) => next,
            () = shared.stopped() => {
                let goodbye = async {
                    let _ = connection.send(Message::Close(Some(wire::close_frame(1001, "the relay stops")))).await;
                };
                let _ = timeout(GOODBYE, goodbye).await;
                return Over::Stopped;
            }
        };
        let message = match next {
            Err(_) if heard.elapsed() > DEAD => return ending(1011, "the server says nothing any more"),
            Err(_) => match shared.fanout.shared_is_silent() {
                Ok(()) => continue,
                Err(dropped) => return Over::Hopeless(dropped),
            },
            Ok(Some(Ok(Message::Binary(data)))) => WsMessage::binary(data),
            Ok(Some(Ok(Message::Text(text)))) => WsMessage::text(text),
            Ok(Some(Ok(Message::Close(frame)))) => {
                let said = frame.map(|frame| (u16::from(frame.code), frame.reason.to_string()));
                let (code, reason) = said.unwrap_or((1000, String::new()));
                return ending(code, &reason);
            }
            Ok(Some(Ok(_))) => {
                heard = Instant::now();
                continue;
            }
            Ok(Some(Err(Error::Capacity(error)))) => return Over::Hopeless(too_large(&error)),
            Ok(Some(Err(error))) => return ending(1011, &error.to_string()),
            Ok(None) => return ending(1011, "the server closed it"),
        };
        heard = Instant::now();
        tap.hear(Direction::ToClient, &message);
        if let Err(dropped) = shared.fanout.shared_says(&message) {
            return Over::Hopeless(dropped);
        }
    }
}
