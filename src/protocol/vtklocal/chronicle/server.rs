//! The fake server of a recorded session.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::Session;
use super::play::Play;
use crate::faults::LostBlobs;
use crate::protocol::vtklocal::server::{Answers, HANDSHAKE, World, options};
use crate::protocol::wslink::server::{ServerHalf, ServerOptions};
use crate::protocol::{
    Dropped, Handshake, Newcomer, Outgoing, Peer, PlayReport, Playing, Server, ServerSettings, WsMessage,
};

/// A fake server for a session, shared by all its clients: they all see the same moment.
pub(super) struct TapeServer {
    play: Arc<Play>,
    options: ServerOptions,
    lost: LostBlobs,
}

impl TapeServer {
    pub(super) fn new(session: Arc<Session>, settings: &ServerSettings, playing: &Playing) -> Self {
        Self { play: Arc::new(Play::new(session, playing)), options: options(settings), lost: settings.lost.clone() }
    }
}

impl Server for TapeServer {
    fn handshake(&self) -> Handshake {
        HANDSHAKE
    }

    fn page(&self) -> String {
        String::from("This is `scenectl replay` of a recorded session.\nIts websocket is at /ws.\n")
    }

    fn open(&self, client: &Newcomer) -> Box<dyn Peer> {
        Box::new(Listener {
            half: ServerHalf::new(self.options.clone(), client.number),
            answers: Answers::new(Arc::clone(&self.play) as Arc<dyn World>, self.lost.clone()),
            told: self.play.count(),
            play: Arc::clone(&self.play),
        })
    }

    fn news(&self) -> Option<watch::Receiver<u64>> {
        Some(self.play.news())
    }

    fn run(&self) -> BoxFuture<'_, ()> {
        self.play.run().boxed()
    }

    fn report(&self) -> Option<PlayReport> {
        Some(self.play.report())
    }
}

/// One client.
struct Listener {
    half: ServerHalf,
    answers: Answers,
    play: Arc<Play>,
    /// How much of what was published it was told.
    told: u64,
}

impl Peer for Listener {
    fn receive(&mut self, message: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        let was_in = self.half.is_authenticated();
        self.half.receive(message, &mut self.answers, out)?;
        if !was_in && self.half.is_authenticated() {
            self.told = self.play.count();
            self.play.begin();
        }
        Ok(())
    }

    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        while self.told < self.play.count() {
            if let Some(published) = self.play.published(self.told) {
                let mut data = Vec::new();
                match published.data.push_to(&mut data) {
                    Ok(()) => self.half.publish(&published.topic, |buffer| buffer.extend_from_slice(&data), out),
                    Err(error) => tracing::warn!(%error, published.topic, "what was published cannot be read"),
                }
            }
            self.told += 1;
        }
        Ok(())
    }
}
