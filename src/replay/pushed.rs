//! Replaying the messages of a server that speaks without waiting for its clients: each client gets them from the start,
//! with the time between them that there was, on a clock of its own. What clients say is not waited for.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::protocol::{
    Direction, Dropped, Handshake, Happening, Newcomer, Outgoing, Peer, Protocol, Server, Spool, WsMessage,
};
use crate::recording::{Events, RecordingError};
use crate::scene::Blob;

/// Larger messages are sent in pieces of this size, in bytes.
const PIECE: usize = 1 << 20;

/// A fake server that repeats what a server said on one connection of a recording.
pub(super) struct PushedServer {
    said: Arc<[Said]>,
    handshake: Handshake,
    speed: f64,
    protocol: Option<&'static dyn Protocol>,
}

/// A message of the server. All clients share its bytes.
struct Said {
    /// Since the connection was opened, as fast as it is replayed.
    after: Duration,
    is_text: bool,
    data: Blob,
}

impl PushedServer {
    /// For a connection of a recording, or its first on which the server said anything.
    pub(super) fn open(
        path: &Path,
        connection: Option<u32>,
        speed: f64,
        handshake: Handshake,
    ) -> Result<Self, RecordingError> {
        let mut events = Events::open(path)?;
        let mut chosen = connection;
        let mut opened = HashMap::new();
        let mut spool = Spool::default();
        let mut said = Vec::new();
        while let Some(traffic) = events.next_traffic()? {
            // A capture may not tell when a connection was opened: then it is when something was first said.
            let start = *opened.entry(traffic.connection).or_insert(traffic.time);
            let Happening::Message(Direction::ToClient, message) = traffic.what else { continue };
            if *chosen.get_or_insert(traffic.connection) != traffic.connection {
                continue;
            }
            let after = traffic.time.saturating_sub(start).as_secs_f64() / speed;
            said.push(Said {
                after: Duration::try_from_secs_f64(after).unwrap_or(Duration::MAX),
                is_text: message.is_text,
                data: spool.keep(vec![message.data]).map_err(RecordingError::io(path, "unpack"))?,
            });
        }
        if said.is_empty() {
            let reason = String::from("there is no such connection in it, or the server said nothing on it");
            return Err(RecordingError::NoSuchMoment { path: path.to_owned(), reason });
        }
        Ok(Self { said: said.into(), handshake, speed, protocol: None })
    }
}

impl PushedServer {
    /// Clients that only want to know something are told that, and not served.
    pub(super) fn refusing(self, protocol: &'static dyn Protocol) -> Self {
        Self { protocol: Some(protocol), ..self }
    }
}

impl Server for PushedServer {
    fn handshake(&self) -> Handshake {
        self.handshake
    }

    fn page(&self) -> String {
        let times = self.speed;
        format!("This is `scenectl replay --exact` of a recorded session, {times} times as fast as it was.\n")
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        let refused = self.protocol.and_then(|protocol| protocol.refuses(client));
        Box::new(Teller { said: Arc::clone(&self.said), next: 0, start: Instant::now(), refused })
    }
}

/// One client.
struct Teller {
    said: Arc<[Said]>,
    next: usize,
    start: Instant,
    refused: Option<Dropped>,
}

impl Peer for Teller {
    fn receive(&mut self, _message: WsMessage, _out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        if self.refused.is_some() {
            return Some(self.start);
        }
        self.said.get(self.next).and_then(|said| self.start.checked_add(said.after))
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        if self.due().is_none_or(|due| due > Instant::now()) {
            return Ok(());
        }
        if let Some(said) = self.said.get(self.next) {
            self.next += 1;
            out.push(said.outgoing()?);
        }
        Ok(())
    }
}

impl Said {
    fn outgoing(&self) -> Result<Outgoing, Dropped> {
        let unreadable = |error: std::io::Error| Dropped::new(format!("the recording cannot be read on: {error}"));
        if self.is_text || self.data.len() <= PIECE as u64 {
            let data = self.data.read().map_err(unreadable)?;
            return Ok(Outgoing::Ready(WsMessage { is_text: self.is_text, data }));
        }
        Ok(Outgoing::Whole(Box::new(self.data.clone().parts(PIECE).map(move |part| part.map_err(unreadable)))))
    }
}
