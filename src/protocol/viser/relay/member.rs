//! One client of a relay.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::hub::{Hub, Next};
use super::keyed::MOST_MESSAGES;
use super::sieve::Sieve;
use crate::protocol::relay::Member;
use crate::protocol::viser::frame::Frame;
use crate::protocol::viser::kinds::{self, Sender};
use crate::protocol::viser::message::Message;
use crate::protocol::viser::server::hear;
use crate::protocol::{Dropped, Newcomer, Outgoing, WsMessage};

/// What may wait for a client that is only its own, in bytes: then its connection is not read.
const MOST_WAITING: u64 = 8 << 20;

/// A frame up to this size goes out as one piece.
const SMALL: u64 = 64 << 10;

/// See the module.
pub(super) struct ViserMember {
    hub: Arc<Hub>,
    number: u64,
    inner: Mutex<Own>,
    sieve: tokio::sync::Mutex<Sieve>,
    /// Something that waited is gone.
    room: Notify,
}

/// What is only this client's.
#[derive(Default)]
struct Own {
    camera: Option<WsMessage>,
    waiting: VecDeque<(Vec<Message>, f64)>,
    bytes: u64,
    /// The connection was lost, and what came over it is to be taken away.
    is_lost: bool,
}

impl Drop for ViserMember {
    fn drop(&mut self) {
        self.hub.inner().clients.remove(&self.number);
    }
}

impl ViserMember {
    pub(super) fn new(hub: &Arc<Hub>, client: &Newcomer) -> Self {
        let number = hub.inner().open(client);
        Self { hub: Arc::clone(hub), number, inner: Mutex::default(), sieve: Default::default(), room: Notify::new() }
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, messages: Vec<Message>, clock: f64) {
        let mut own = self.own();
        for messages in messages.chunks(MOST_MESSAGES) {
            own.bytes += messages.iter().map(Message::len).sum::<u64>();
            own.waiting.push_back((messages.to_vec(), clock));
        }
        drop(own);
        self.hub.tell_news();
    }
}

/// True for what a server does nothing about, or what must not be asked of it.
fn is_idle(message: &Message) -> bool {
    kinds::kind(message.kind()).is_some_and(|kind| kind.sender == Sender::Server)
        // It would open a way to the server from the outside world.
        || message.kind().starts_with("ShareUrl")
}

impl Member for ViserMember {
    fn client_says(&self, message: WsMessage) -> Result<Option<WsMessage>, Dropped> {
        let heard = hear(&message)?;
        if !self.hub.alone || is_idle(&heard) {
            return Ok(None);
        }
        if heard.kind() == "ViewerCameraMessage" {
            self.own().camera = Some(message.clone());
        }
        if let Some(client) = self.hub.inner().clients.get_mut(&self.number) {
            client.echoes.said(&heard);
        }
        Ok(Some(message))
    }

    fn introduction(&self) -> Option<WsMessage> {
        self.own().camera.clone()
    }

    fn alone_says<'a>(&'a self, message: WsMessage) -> BoxFuture<'a, Result<(), Dropped>> {
        async move {
            let broken = |reason: String| Dropped::closing(1011, reason);
            if message.is_text {
                return Err(broken(String::from("the server sends text")));
            }
            let frame = Frame::decode(&message.data, self.hub.limits).map_err(|error| broken(error.to_string()))?;
            let clock = frame.timestamp;
            let mut sieve = self.sieve.lock().await;
            if std::mem::take(&mut self.own().is_lost) {
                self.wait(sieve.forget(&self.hub), clock);
            }
            let mut found = sieve.sift(&self.hub, frame).await;
            found.retain(|message| !self.hub.is_lost(message));
            if found.is_empty() {
                return Ok(());
            }
            self.wait(found, clock);
            loop {
                let room = self.room.notified();
                if self.own().bytes < MOST_WAITING {
                    return Ok(());
                }
                room.await;
            }
        }
        .boxed()
    }

    fn alone_is_lost(&self) {
        self.own().is_lost = true;
    }

    fn next(&self) -> Result<Option<Outgoing>, Dropped> {
        let is_replayed = self.hub.inner().clients.get(&self.number).is_some_and(|client| client.is_replayed);
        if is_replayed {
            let mut own = self.own();
            if let Some((messages, timestamp)) = own.waiting.pop_front() {
                own.bytes -= messages.iter().map(Message::len).sum::<u64>();
                drop(own);
                self.room.notify_one();
                return Ok(Some(outgoing(messages, timestamp)));
            }
        }
        let next = self.hub.inner().next(self.number)?;
        Ok(next.map(|next| match next {
            Next::Frame(data) => Outgoing::Ready(WsMessage::binary(data)),
            Next::Window(messages, timestamp) => outgoing(messages, timestamp),
        }))
    }
}

/// As one websocket message. Large buffers are not copied.
fn outgoing(messages: Vec<Message>, timestamp: f64) -> Outgoing {
    let pieces = Frame { messages, timestamp }.encode();
    let bytes: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
    if bytes > SMALL {
        return Outgoing::Whole(Box::new(pieces.into_iter().map(Ok)));
    }
    let mut whole = BytesMut::with_capacity(bytes as usize);
    pieces.iter().for_each(|piece| whole.extend_from_slice(piece));
    Outgoing::Ready(WsMessage::binary(Bytes::from(whole)))
}
