//! Playing a session: what happens when, and what is served now.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use tokio::sync::{Notify, watch};

use super::tape::{Found, Tape, normalised};
use super::{Known, Published, Session};
use crate::protocol::vtklocal::server::{Served, World, pack_status};
use crate::protocol::wslink::json::push_msgpack;
use crate::protocol::wslink::message::Request;
use crate::protocol::wslink::server::{Answer, exception, unknown_method};
use crate::protocol::{PlayReport, Playing};
use crate::scene::Blob;

/// The call that lets the next update come.
const STEP: &str = "scenectl.step";

/// A client that asks for nothing for so long has its scene.
const QUIET: Duration = Duration::from_millis(200);

/// A client that has not asked for a scene by then wants none.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between the end of a session and its next start.
const PAUSE: Duration = Duration::from_secs(1);

/// A session that is being played.
pub(super) struct Play {
    session: Arc<Session>,
    playing: Playing,
    tape: Tape,
    /// What happens after the first hydration, in order.
    events: Vec<Event>,
    /// Which of them publish something.
    publishing: Vec<usize>,
    /// What a round is later than the one before: the newest modification time, and one.
    later: u64,
    /// Whoever lets something happen holds it all the while; nobody who only asks waits for it.
    head: Mutex<Head>,
    now: Mutex<Now>,
    /// How much was published so far, over all rounds.
    told: watch::Sender<u64>,
    begun: Notify,
}

/// Something that happens.
#[derive(Clone, Copy, Debug)]
struct Event {
    time: Duration,
    /// The moment that is served from then on.
    moment: Option<usize>,
    /// What is published.
    published: Option<usize>,
    /// It is an update, for those who go by steps.
    is_update: bool,
}

/// Where the session is.
struct Head {
    moment: usize,
    /// The event that comes next.
    next: usize,
    /// How often the session was played before.
    round: u64,
    /// What makes the scene of the next moment cheap.
    known: Known,
}

struct Now {
    served: Arc<Served>,
    /// When the first client was let in.
    started: Option<Instant>,
    /// When a client asked for something of the scene last.
    asked: Option<Instant>,
}

impl Play {
    pub(super) fn new(session: Arc<Session>, playing: &Playing) -> Self {
        let told = session.told();
        let mut events: Vec<Event> = Vec::new();
        for (index, published) in told.published.iter().enumerate() {
            events.push(Event {
                time: published.time,
                moment: None,
                published: Some(index),
                is_update: published.announces,
            });
        }
        let mut announced: HashMap<Duration, usize> = HashMap::new();
        for (index, event) in events.iter().enumerate().filter(|(_, event)| event.is_update) {
            announced.entry(event.time).or_insert(index);
        }
        for (index, moment) in told.moments.iter().enumerate().skip(1) {
            match announced.get(&moment.from).and_then(|&index| events.get_mut(index)) {
                Some(event) => event.moment = Some(index),
                None => {
                    events.push(Event { time: moment.from, moment: Some(index), published: None, is_update: true });
                }
            }
        }
        // What is announced while the first hydration goes on is part of the session, too.
        let start = told.moments.first().map(|moment| moment.from).unwrap_or_default();
        events.retain(|event| event.time > start);
        events.sort_by_key(|event| (event.time, event.published));
        let next = events.partition_point(|event| event.time <= playing.at);
        let moment = events.iter().take(next).filter_map(|event| event.moment).next_back().unwrap_or_default();
        let newest = told.changes.iter().flat_map(|change| change.statuses.values());
        let newest = newest.flat_map(|status| &status.ids).map(|(_, time)| *time).max().unwrap_or_default();
        let mut head = Head { moment, next, round: 0, known: Known::default() };
        let served = Arc::new(serve(&session, &mut head, 0));
        let publishing = (0..events.len()).filter(|&k| events.get(k).is_some_and(|event| event.published.is_some()));
        let now = Now { served, started: None, asked: None };
        Self {
            tape: Tape::new(told.calls.clone(), playing.miss),
            publishing: publishing.collect(),
            later: newest.saturating_add(1),
            events,
            head: Mutex::new(head),
            now: Mutex::new(now),
            told: watch::channel(0).0,
            begun: Notify::new(),
            playing: playing.clone(),
            session,
        }
        .with_told(next)
    }

    /// Counts what was published before the start as told.
    fn with_told(self, next: usize) -> Self {
        let before = self.publishing.iter().filter(|&&k| k < next).count() as u64;
        self.told.send_replace(before);
        self
    }

    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.told.subscribe()
    }

    /// How much was published so far.
    pub(super) fn count(&self) -> u64 {
        *self.told.borrow()
    }

    /// What was published as the n-th, over all rounds.
    pub(super) fn published(&self, n: u64) -> Option<&Published> {
        let k = usize::try_from(n).ok()?.checked_rem(self.publishing.len())?;
        let event = self.events.get(*self.publishing.get(k)?)?;
        self.session.told().published.get(event.published?)
    }

    /// A client was let in.
    pub(super) fn begin(&self) {
        Play::now(self).started.get_or_insert_with(Instant::now);
        self.begun.notify_waiters();
    }

    pub(super) fn report(&self) -> PlayReport {
        self.tape.report()
    }

    /// Lets time go by, from when the first client is let in.
    pub(super) async fn run(&self) {
        if self.playing.by_step {
            return std::future::pending().await;
        }
        loop {
            let begun = self.begun.notified();
            if self.now().started.is_some() {
                break;
            }
            begun.await;
        }
        self.first_scene().await;
        // The clock of the session: where it stood at some instant. It stands still while the first client
        // hydrates, or a slow one would miss what a fast one saw.
        let first = self.session.told().moments.first().map(|moment| moment.time).unwrap_or_default();
        let mut tape = self.playing.at.max(first);
        let mut instant = tokio::time::Instant::now();
        loop {
            let next = self.events.get(self.head().next).copied();
            let Some(event) = next else {
                if !self.playing.repeats || self.events.is_empty() {
                    return std::future::pending().await;
                }
                tokio::time::sleep(PAUSE).await;
                self.again(&mut self.head());
                (tape, instant) = (first, tokio::time::Instant::now());
                continue;
            };
            let wait = event.time.saturating_sub(tape).as_secs_f64() / self.playing.speed;
            let due = Duration::try_from_secs_f64(wait).ok().and_then(|wait| instant.checked_add(wait));
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => return std::future::pending().await,
            }
            self.advance(&mut self.head());
        }
    }

    /// Waits until the first client has its scene, as far as can be told: it asks for nothing any more.
    async fn first_scene(&self) {
        loop {
            tokio::time::sleep(QUIET / 4).await;
            let now = self.now();
            let is_quiet = now.asked.is_some_and(|asked| asked.elapsed() >= QUIET);
            // A client that wants no scene does not stop the clock for ever.
            let waits_in_vain = now.asked.is_none() && now.started.is_some_and(|started| started.elapsed() >= PATIENCE);
            if is_quiet || waits_in_vain {
                return;
            }
        }
    }

    /// Lets the next event happen, if there is one.
    fn advance(&self, head: &mut Head) {
        let Some(event) = self.events.get(head.next).copied() else { return };
        head.next += 1;
        if let Some(moment) = event.moment {
            head.moment = moment;
            self.show(head);
        }
        if event.published.is_some() {
            self.told.send_modify(|count| *count += 1);
        }
    }

    /// Starts the session again: everything is later than all before.
    fn again(&self, head: &mut Head) {
        head.round += 1;
        head.next = 0;
        head.moment = 0;
        self.show(head);
    }

    /// Serves the moment from now on.
    fn show(&self, head: &mut Head) {
        let later = head.round.saturating_mul(self.later);
        let served = Arc::new(serve(&self.session, head, later));
        self.now().served = served;
    }

    /// Lets the next update come, and what is published with it.
    fn step(&self) -> Result<Vec<u8>, String> {
        if !self.playing.by_step {
            return Err(String::from("RuntimeError('the session goes by itself: start the replay with --step')"));
        }
        let mut head = self.head();
        if head.next >= self.events.len() {
            if !self.playing.repeats || self.events.is_empty() {
                return Err(String::from("RuntimeError('there are no more updates in the recording')"));
            }
            self.again(&mut head);
        }
        let mut updates = 0;
        while let Some(event) = self.events.get(head.next).copied() {
            if event.is_update && updates > 0 {
                break;
            }
            updates += u64::from(event.is_update);
            self.advance(&mut head);
        }
        let moments = &self.session.told().moments;
        let moment = moments.get(head.moment);
        let mut out = Vec::new();
        let left = self.events.iter().skip(head.next).filter(|event| event.is_update).count();
        let answer = json!({
            "update": moment.map(|moment| moment.update),
            "left": left,
            "time": moment.map(|moment| (moment.from.as_secs_f64() * 1e3).round() / 1e3),
        });
        let _ = push_msgpack(&answer.to_string(), &mut out);
        Ok(out)
    }

    fn head(&self) -> MutexGuard<'_, Head> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is served at a moment; all its modification times are so much later than recorded.
fn serve(session: &Session, head: &mut Head, later: u64) -> Served {
    let (told, moment) = (session.told(), head.moment);
    let scene = told.scene_from(moment, &mut head.known);
    let scene = scene.unwrap_or_else(|| crate::scene::Scene::new(&crate::protocol::vtklocal::dialect::VTK));
    let statuses = told.changes.get(moment).map(|change| Arc::clone(&change.statuses)).unwrap_or_default();
    let packed = |status: &super::Status| {
        let mut status = status.clone();
        status.ids.iter_mut().for_each(|(_, time)| *time = time.saturating_add(later));
        pack_status(&status)
    };
    let statuses: BTreeMap<u64, Vec<u8>> = statuses.iter().map(|(window, status)| (*window, packed(status))).collect();
    let time = told.moments.get(moment).map(|moment| moment.time).unwrap_or_default();
    let application = told.application(time).cloned().unwrap_or(Bytes::from_static(b"\xc0"));
    Served { scene: Arc::new(scene), statuses: statuses.into_iter().collect(), application, later }
}

impl World for Play {
    fn now(&self) -> Arc<Served> {
        Arc::clone(&Play::now(self).served)
    }

    fn answer(&self, method: &str, args: &[u8], kwargs: &[u8], mut head: Vec<u8>) -> Answer {
        if method == STEP {
            return match self.step() {
                Ok(result) => {
                    head.extend_from_slice(&result);
                    Answer::Value(head)
                }
                Err(raised) => exception(method, &raised),
            };
        }
        let request = Request {
            id: None,
            method: method.to_owned(),
            args: Bytes::copy_from_slice(args),
            kwargs: Bytes::copy_from_slice(kwargs),
        };
        match self.tape.answer(method, normalised(&request)) {
            Found::Answer(Ok(kept)) => match kept.push_to(&mut head) {
                Ok(()) => Answer::Value(head),
                Err(error) => exception(method, &format!("OSError({error:?})")),
            },
            Found::Answer(Err(error)) => Answer::Error(error.clone()),
            Found::Null => {
                head.push(0xc0);
                Answer::Value(head)
            }
            Found::Unknown => unknown_method(method),
        }
    }

    fn hydrates(&self) {
        Play::now(self).asked = Some(Instant::now());
    }

    fn old_blob(&self, hash: &str) -> Option<Blob> {
        self.session.told().blobs.get(hash).cloned().flatten()
    }
}
