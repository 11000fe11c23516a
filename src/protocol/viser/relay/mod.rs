//! Standing between many clients and a viser server, over one connection.
//!
//! One connection that observes says what everybody gets. What still counts of it is `keyed`; all clients share it, each
//! with a place of its own in it (`hub`). A client that says something has a connection of its own for that, and gets
//! from it what is for that client alone (`sieve`). A server does not tell a client what it has set itself, and neither
//! does the relay (`echo`). When a server was lost and is back, `again` finds out what differs.

mod again;
mod echo;
mod hearing;
mod hub;
mod keyed;
mod member;
mod sieve;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::client::open::{connect, open, says_the_end};
use super::frame::Limits;
use super::server::HANDSHAKE;
use crate::protocol::relay::{Fanout, Hearing, Member, Opened, Patch, Settings};
use crate::protocol::{ConnectError, Connecting, Dropped, Handshake, Newcomer, WsMessage};
use crate::wire;

use hearing::ViserHearing;
use hub::Hub;
use member::ViserMember;

/// What a relay knows of viser.
pub(super) struct ViserFanout {
    hub: Arc<Hub>,
}

impl ViserFanout {
    /// # Errors
    /// For settings that make no sense here.
    pub(super) fn new(settings: Settings) -> Result<Self, String> {
        if !settings.views.is_empty() {
            return Err(String::from("--view and --root: a viser server has one scene, and all clients see it"));
        }
        refuse_patches(&settings.patches)?;
        let limits = Limits::within(settings.largest_message.into());
        Ok(Self { hub: Arc::new(Hub::new(!settings.only_watch, settings.lost, limits)) })
    }
}

fn refuse_patches(patches: &[Patch]) -> Result<(), String> {
    if patches.is_empty() {
        return Ok(());
    }
    Err(String::from("what passes from a viser server is not changed on its way (--set, --control, relay-set)"))
}

impl Fanout for ViserFanout {
    fn handshake(&self) -> Handshake {
        HANDSHAKE
    }

    fn hearing(&self, with_bodies: bool) -> Box<dyn Hearing> {
        Box::new(ViserHearing { with_bodies })
    }

    fn patch(&self, patches: &[Patch]) -> Result<(), String> {
        refuse_patches(patches)
    }

    fn connect<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Opened, ConnectError>> {
        async move {
            let opened = open(how).await?;
            self.hub.begin(&opened.version, says_the_end(&opened.version));
            Ok(Opened { connection: opened.connection, url: opened.url })
        }
        .boxed()
    }

    fn connect_alone<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Opened, ConnectError>> {
        async move {
            let version = self.hub.version().unwrap_or_default();
            let (connection, url, _) = connect(how, &version).await?;
            Ok(Opened { connection, url: wire::display_url(&url) })
        }
        .boxed()
    }

    fn shared_says(&self, message: &WsMessage) -> Result<(), Dropped> {
        if message.is_text {
            return Err(Dropped::closing(1011, "the server sends text"));
        }
        self.hub.hear(&message.data)
    }

    fn shared_is_silent(&self) -> Result<(), Dropped> {
        self.hub.rest()
    }

    fn shared_is_lost(&self) {
        self.hub.lose();
    }

    fn shared_is_hopeless(&self, dropped: &Dropped) {
        self.hub.give_up(dropped);
    }

    fn is_whole(&self) -> bool {
        self.hub.inner().is_whole()
    }

    fn open(&self, client: &Newcomer) -> Arc<dyn Member> {
        Arc::new(ViserMember::new(&self.hub, client))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.hub.news.subscribe()
    }
}
