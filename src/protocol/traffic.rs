//! What goes over a websocket, as whoever keeps or relays it sees it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;

use super::Protocol;

/// One websocket message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WsMessage {
    /// A text message; its data is UTF-8.
    pub is_text: bool,
    /// What it carries.
    pub data: Bytes,
}

impl WsMessage {
    /// A binary message.
    pub fn binary(data: impl Into<Bytes>) -> Self {
        Self { is_text: false, data: data.into() }
    }

    /// A text message.
    pub fn text(data: impl Into<Bytes>) -> Self {
        Self { is_text: true, data: data.into() }
    }
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Direction {
    /// From a client to the server.
    #[serde(rename = "c2s")]
    ToServer,
    /// From the server to a client.
    #[serde(rename = "s2c")]
    ToClient,
}

impl Direction {
    /// As it is written in recordings: `c2s` or `s2c`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ToServer => "c2s",
            Self::ToClient => "s2c",
        }
    }
}

/// Sees everything that goes over connections. It is called by tasks that read sockets: it must never wait.
pub trait Tap: Send + Sync {
    /// What all connections speak; told before any of them, by those who do not know it before they have connected.
    fn speaks(&self, protocol: &'static dyn Protocol) {
        let _ = protocol;
    }

    /// A connection was opened; gives the number that it is called by.
    fn opened(&self, url: &str) -> u32;

    /// As [`Tap::opened`], a while ago: for taps that care for times.
    fn opened_at(&self, when: Instant, url: &str) -> u32 {
        let _ = when;
        self.opened(url)
    }

    /// As [`Tap::message`], a while ago: for taps that care for times.
    fn message_at(&self, when: Instant, connection: u32, direction: Direction, message: &WsMessage) {
        let _ = when;
        self.message(connection, direction, message);
    }

    /// A message came or goes.
    fn message(&self, connection: u32, direction: Direction, message: &WsMessage);

    /// A connection ended.
    fn closed(&self, connection: u32, reason: &str);

    /// Waits until there is room for more: whoever asks a server for something large waits for this first.
    fn room(&self) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }
}

/// Something that happened on a connection, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Since the start of the session.
    pub time: Duration,
    /// The connection's number.
    pub connection: u32,
    /// What happened.
    pub what: Happening,
}

/// What can happen on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It was opened.
    Opened {
        /// Where to; without user names, passwords and queries.
        url: String,
    },
    /// A message came or went.
    Message(Direction, WsMessage),
    /// It ended.
    Closed {
        /// Why.
        reason: String,
    },
}

/// Takes out of traffic what nobody else must see: secrets, before it is kept.
pub trait Scrubber: Send {
    /// The message without secrets; it is as long as it was where that can be.
    fn scrub(&mut self, direction: Direction, message: WsMessage) -> WsMessage;

    /// The secrets that were found since it was asked last, to be masked wherever else they turn up on the connection.
    fn take_found(&mut self) -> Vec<Vec<u8>>;

    /// The server let the client in: what was found until then is no invention, and no more will be found.
    fn is_let_in(&self) -> bool;

    /// What a message is a part of; nothing for one that stands by itself.
    fn part(&self, message: &WsMessage) -> Option<Part>;

    /// The message with `mask` applied to what is compressed in it; nothing where nothing is, or `mask` changes nothing.
    fn mask_packed(&self, message: &WsMessage, mask: &dyn Fn(&Bytes) -> Option<Bytes>) -> Option<WsMessage> {
        let _ = (message, mask);
        None
    }
}

/// A message that is a part of something larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Groups the parts of one whole.
    pub of: u32,
    /// Bytes before the content.
    pub head: usize,
    /// More follows.
    pub goes_on: bool,
}
