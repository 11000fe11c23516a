//! One client and its own connection to the server: what both sides of it share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::ledger::{Landed, Ledger, Waiting};
use super::share::Route;
use super::{Relay, taps::Connection};
use crate::protocol::relay::{Ask, FromClient, FromServer, Middle, ToClient, Whole};
use crate::protocol::{Dropped, WsMessage};

/// See the module.
pub(super) struct Link {
    pub(super) relay: Arc<Relay>,
    /// Tells apart whom the server may answer differently.
    pub(super) realm: u64,
    pub(super) tap: Connection,
    inner: Mutex<Ledger>,
    /// A request came, or there is room for one.
    pub(super) work: Notify,
    /// Something is to be sent to the client.
    pub(super) outgoing: Notify,
    /// Fewer requests wait.
    pub(super) fewer: Notify,
    ending: watch::Sender<Option<Ending>>,
}

/// How a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// The websocket's code.
    pub(super) code: u16,
    /// Why.
    pub(super) reason: String,
}

impl Link {
    pub(super) fn new(relay: Arc<Relay>, middle: &dyn Middle, realm: u64, tap: Connection) -> Arc<Self> {
        let inner = Ledger::new(middle.open());
        Arc::new(Self {
            relay,
            realm,
            tap,
            inner: Mutex::new(inner),
            work: Notify::new(),
            outgoing: Notify::new(),
            fewer: Notify::new(),
            ending: watch::Sender::new(None),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Ledger> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends both sides; what is queued is still sent. The first reason counts.
    pub(super) fn end(&self, code: u16, reason: impl Into<String>) {
        let ending = Ending { code, reason: reason.into() };
        self.ending.send_if_modified(|now| {
            let first = now.is_none();
            if first {
                *now = Some(ending);
            }
            first
        });
    }

    /// Waits for the end.
    pub(super) async fn ended(&self) -> Ending {
        let mut ending = self.ending.subscribe();
        let found = ending.wait_for(Option::is_some).await.ok().and_then(|ending| ending.clone());
        found.unwrap_or(Ending { code: 1001, reason: String::new() })
    }

    /// Waits until another message of the client may be read.
    pub(super) async fn may_read(&self) {
        while self.inner().is_full() {
            self.fewer.notified().await;
        }
    }

    /// Takes a client's message.
    pub(super) fn client_says(&self, message: WsMessage) -> Result<(), Dropped> {
        let mut found = Vec::new();
        let inner = &mut *self.inner();
        inner.between.client_says(message, &mut found)?;
        for what in found {
            match what {
                FromClient::Pass(message) => inner.waiting.push_back(Waiting::Pass(message)),
                FromClient::Answer(answers) => {
                    // Nothing limits how fast the relay answers itself.
                    answers.into_iter().try_for_each(|answer| inner.push_unasked(answer))?;
                    self.outgoing.notify_one();
                }
                FromClient::Ask(ask) => inner.wait(ask),
            }
        }
        self.work.notify_one();
        Ok(())
    }

    /// The next message for the server, when there is one and the client has room for its answer.
    pub(super) fn next(&self) -> Option<Waiting> {
        let next = self.inner().next();
        if next.is_some() {
            self.fewer.notify_one();
        }
        next
    }

    /// Sends a call on its way: true where it is to be asked over this connection.
    pub(super) fn route(self: &Arc<Self>, ask: &Ask, alone: bool) -> bool {
        self.inner().owe(ask.clone(), self.relay.sizes.expected(&ask.kind));
        if ask.has_effect {
            self.relay.sharing.something_changed();
        }
        let Some(question) = ask.question.clone().filter(|_| !alone) else { return true };
        // Said before it is so: an answer that comes at once must find it.
        self.set_asked(ask.call, false, None);
        match self.relay.sharing.route((self.realm, question), ask, self) {
            Route::Known(whole) => self.deliver(ask.call, &whole),
            Route::Joined => {}
            Route::Lead(flight) => {
                self.set_asked(ask.call, true, Some(flight));
                return true;
            }
        }
        false
    }

    fn set_asked(&self, call: u64, is_asked: bool, flight: Option<u64>) {
        if let Some(owed) = self.inner().owed.get_mut(&call) {
            (owed.is_asked, owed.flight) = (is_asked, flight);
        }
    }

    /// Answers a call with what another connection was answered.
    fn deliver(&self, call: u64, whole: &Whole) {
        let inner = &mut *self.inner();
        if inner.settle(call).is_none() {
            return;
        }
        let answers = inner.between.answer(call, whole);
        inner.send(answers);
        self.outgoing.notify_one();
    }

    /// Takes a server's message; tells whether the server knows us again, where that was the question.
    pub(super) fn server_says(&self, message: WsMessage) -> Result<Option<bool>, Dropped> {
        let mut found = Vec::new();
        let mut landed = Vec::new();
        let mut resumed = None;
        {
            let inner = &mut *self.inner();
            inner.between.server_says(message, &mut found)?;
            for what in found {
                match what {
                    FromServer::Pass(message) => inner.push_unasked(ToClient::message(message))?,
                    FromServer::Publish(message) => {
                        self.relay.sharing.something_changed();
                        inner.push_unasked(message)?;
                    }
                    FromServer::Answer(part) => landed.extend(inner.part(part, &self.relay)),
                    FromServer::Resumed(is_known) => resumed = Some(is_known),
                }
            }
        }
        self.outgoing.notify_one();
        self.work.notify_one();
        landed.into_iter().for_each(|landed| self.land(&landed));
        Ok(resumed)
    }

    fn land(&self, landed: &Landed) {
        for (follower, whole) in self.relay.sharing.land(landed.flight, landed.whole.as_ref()) {
            let Some(link) = follower.link.upgrade() else { continue };
            match &whole {
                Some(whole) => link.deliver(follower.call, whole),
                None => link.ask_again(follower.call),
            }
        }
    }

    /// Asks over this connection what was to be answered by another one.
    fn ask_again(&self, call: u64) {
        let inner = &mut *self.inner();
        if let Some(owed) = inner.settle(call) {
            inner.waiting.push_front(Waiting::Ask { ask: owed.ask, alone: true });
        }
        self.work.notify_one();
    }

    /// The next thing for the client.
    pub(super) fn pop(&self) -> Option<(crate::protocol::Outgoing, u64)> {
        self.inner().queue.pop()
    }

    /// Something of this size was sent to the client.
    pub(super) fn sent(&self, bytes: u64) {
        let inner = &mut *self.inner();
        inner.sent(bytes);
        if !inner.waiting.is_empty() {
            self.work.notify_one();
        }
    }

    /// Tells the client that there is something to fetch.
    pub(super) fn tell_news(&self) {
        let inner = &mut *self.inner();
        let news = inner.between.news();
        inner.send(news);
        self.outgoing.notify_one();
    }

    /// Whoever waits for answers over this connection asks on its own.
    pub(super) fn abandon(&self) {
        let flights: Vec<u64> =
            self.inner().owed.values_mut().filter(|owed| owed.is_asked).filter_map(|owed| owed.flight.take()).collect();
        for flight in flights {
            self.land(&Landed { flight, whole: None });
        }
    }

    /// What to say on a new connection; `None` where the client must begin again itself.
    pub(super) fn resume(&self) -> Option<Vec<WsMessage>> {
        self.inner().between.resume()
    }

    /// The server knows us again: what was asked is asked again, or has failed.
    pub(super) fn ask_all_again(&self) {
        let inner = &mut *self.inner();
        let calls: Vec<u64> = inner.owed.iter().filter(|(_, owed)| owed.is_asked).map(|(call, _)| *call).collect();
        for call in calls.into_iter().rev() {
            let Some(owed) = inner.settle(call) else { continue };
            if owed.ask.is_repeatable {
                inner.waiting.push_front(Waiting::Ask { ask: owed.ask, alone: true });
            } else {
                let answers = inner.between.fail(call);
                inner.send(answers);
            }
        }
        // What was announced meanwhile was missed.
        let news = inner.between.news();
        inner.send(news);
        self.outgoing.notify_one();
        self.work.notify_one();
    }

    /// How many notices were left out because a newer one came.
    pub(super) fn superseded(&self) -> u64 {
        self.inner().queue.superseded()
    }
}
