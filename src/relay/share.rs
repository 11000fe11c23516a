//! Asking a server once for what several clients ask.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;

use super::link::Link;
use crate::protocol::relay::{Ask, Whole};

/// What makes two questions the same: where they go and as whom, and what is asked.
pub(super) type Key = (u64, Bytes);

/// What becomes of a question.
pub(super) enum Route {
    /// The answer is known.
    Known(Arc<Whole>),
    /// Somebody else has asked; the answer will come.
    Joined,
    /// It is to be asked; others may join under this number.
    Lead(u64),
}

/// Questions on their way and answers that last.
pub(super) struct Sharing {
    inner: Mutex<Inner>,
    /// Grows whenever an answer that is on its way may be out of date for somebody who asks now.
    epoch: AtomicU64,
    joined: AtomicU64,
    known: AtomicU64,
}

struct Inner {
    flights: HashMap<u64, Flight>,
    current: HashMap<Key, u64>,
    next: u64,
    cache: Cache,
}

struct Flight {
    key: Key,
    epoch: u64,
    followers: Vec<Follower>,
}

/// Somebody who waits for the answer to a question that another one has asked.
pub(super) struct Follower {
    pub(super) link: Weak<Link>,
    pub(super) call: u64,
    epoch: u64,
}

impl Sharing {
    /// Keeps so many bytes of answers that last.
    pub(super) fn new(cache: u64) -> Self {
        let inner = Inner {
            flights: HashMap::new(),
            current: HashMap::new(),
            next: 0,
            cache: Cache { limit: cache, ..Cache::default() },
        };
        Self { inner: Mutex::new(inner), epoch: AtomicU64::new(0), joined: AtomicU64::new(0), known: AtomicU64::new(0) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something may have changed: answers on their way are only for those who wait for them already.
    pub(super) fn something_changed(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// Where a question goes.
    pub(super) fn route(&self, key: Key, ask: &Ask, link: &Arc<Link>) -> Route {
        let epoch = self.epoch.load(Ordering::Acquire);
        let inner = &mut *self.inner();
        if ask.is_lasting
            && let Some(whole) = inner.cache.get(&key)
        {
            self.known.fetch_add(1, Ordering::Relaxed);
            return Route::Known(whole);
        }
        if let Some(flight) = inner.current.get(&key).and_then(|number| inner.flights.get_mut(number))
            && (flight.epoch == epoch || ask.is_lasting)
        {
            flight.followers.push(Follower { link: Arc::downgrade(link), call: ask.call, epoch });
            self.joined.fetch_add(1, Ordering::Relaxed);
            return Route::Joined;
        }
        let number = inner.next;
        inner.next += 1;
        inner.current.insert(key.clone(), number);
        inner.flights.insert(number, Flight { key, epoch, followers: Vec::new() });
        Route::Lead(number)
    }

    /// A question was answered, or will not be; gives those who wait for it, and what each of them gets.
    pub(super) fn land(&self, number: u64, whole: Option<&Arc<Whole>>) -> Vec<(Follower, Option<Arc<Whole>>)> {
        let inner = &mut *self.inner();
        let Some(flight) = inner.flights.remove(&number) else { return Vec::new() };
        if inner.current.get(&flight.key) == Some(&number) {
            inner.current.remove(&flight.key);
        }
        if let Some(whole) = whole.filter(|whole| whole.is_lasting) {
            inner.cache.put(flight.key, Arc::clone(whole));
        }
        // What was to last may turn out not to: a blob that was not there yet may be for those who asked later.
        let is_for = |follower: &Follower, whole: &Whole| whole.is_lasting || follower.epoch == flight.epoch;
        let share = |follower: Follower| {
            let own = whole.filter(|whole| is_for(&follower, whole)).cloned();
            (follower, own)
        };
        flight.followers.into_iter().map(share).collect()
    }

    /// Questions that were not asked: those that joined others, and those whose answers were known.
    pub(super) fn saved(&self) -> u64 {
        self.joined.load(Ordering::Relaxed) + self.known.load(Ordering::Relaxed)
    }
}

/// Answers that last, those used longest ago going first.
#[derive(Default)]
struct Cache {
    limit: u64,
    bytes: u64,
    clock: u64,
    answers: HashMap<Key, (Arc<Whole>, u64)>,
    by_use: BTreeMap<u64, Key>,
}

impl Cache {
    fn get(&mut self, key: &Key) -> Option<Arc<Whole>> {
        let (whole, used) = self.answers.get_mut(key)?;
        self.clock += 1;
        self.by_use.remove(used);
        self.by_use.insert(self.clock, key.clone());
        *used = self.clock;
        Some(Arc::clone(whole))
    }

    fn put(&mut self, key: Key, whole: Arc<Whole>) {
        // A small answer costs more than its bytes.
        let cost = |whole: &Whole| whole.bytes + 512;
        if cost(&whole) > self.limit || self.answers.contains_key(&key) {
            return;
        }
        self.clock += 1;
        self.bytes += cost(&whole);
        self.by_use.insert(self.clock, key.clone());
        self.answers.insert(key, (whole, self.clock));
        while self.bytes > self.limit {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            if let Some((whole, _)) = self.answers.remove(&oldest) {
                self.bytes -= cost(&whole);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let mut cache = Cache { limit: 3 * 1512, ..Cache::default() };
        let whole = || Arc::new(Whole { messages: Vec::new(), bytes: 1000, is_lasting: true });
        let key = |name: &'static str| (0, Bytes::from(name));
        for name in ["a", "b", "c"] {
            cache.put(key(name), whole());
        }
        assert!(cache.get(&key("a")).is_some());
        cache.put(key("d"), whole());
        let there = ["a", "b", "c", "d"].map(|name| cache.get(&key(name)).is_some());
        assert_eq!(there, [true, false, true, true]);
        assert_eq!((cache.bytes, cache.by_use.len()), (3 * 1512, 3));
        cache.put(key("huge"), Arc::new(Whole { messages: Vec::new(), bytes: 1 << 30, is_lasting: true }));
        assert!(cache.get(&key("huge")).is_none() && cache.get(&key("a")).is_some());
    }
}
