//! How often, how much and how fast, by method and topic: lately, and in all.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::protocol::{Heard, Kind};

use super::Histogram;

/// What counts as lately.
const WINDOW: Duration = Duration::from_secs(10);
/// Messages that are remembered for that; of more, the oldest are forgotten.
const MOST_RECENT: usize = 50_000;
/// Names that are told apart; a hostile server may push on a new topic each time.
const MOST_NAMES: usize = 1_000;
/// What all others are called.
const OTHERS: &str = "(others)";

/// What there is to say of a method or a topic.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    /// Answers, or pushed messages.
    pub count: u64,
    /// Those of the answers that are errors.
    pub errors: u64,
    /// Bytes of the answers or messages.
    pub bytes: u64,
    /// How long answers took.
    pub times: Histogram,
}

/// A method or a topic, lately and in all.
#[derive(Clone, Debug)]
pub struct Row {
    /// The method, or the topic.
    pub name: String,
    /// It is pushed, and not asked for.
    pub pushed: bool,
    /// Since the start.
    pub all: Rate,
    /// Within the last ten seconds.
    pub recent: Rate,
    /// How long lately is: less than ten seconds at the start.
    pub window: Duration,
}

type Key = (bool, String);

/// Adds up what is heard.
#[derive(Debug, Default)]
pub struct Rates {
    all: BTreeMap<Key, Rate>,
    recent: VecDeque<Moment>,
}

#[derive(Debug)]
struct Moment {
    time: Duration,
    key: Key,
    failed: bool,
    bytes: u64,
    took: Option<Duration>,
}

impl Rates {
    /// One more message; `time` since the start.
    pub fn add(&mut self, time: Duration, heard: &Heard) {
        let pushed = match heard.kind {
            Kind::Answer | Kind::Error => false,
            Kind::Push => true,
            Kind::Call | Kind::Unreadable => return,
        };
        let mut key = (pushed, heard.name.clone());
        if self.all.len() >= MOST_NAMES && !self.all.contains_key(&key) {
            key.1 = String::from(OTHERS);
        }
        let moment = Moment { time, failed: heard.kind == Kind::Error, bytes: heard.bytes, took: heard.took, key };
        self.all.entry(moment.key.clone()).or_default().add(&moment);
        self.recent.push_back(moment);
        self.forget(time);
    }

    fn forget(&mut self, now: Duration) {
        while self.recent.len() > MOST_RECENT
            || self.recent.front().is_some_and(|oldest| now.saturating_sub(oldest.time) > WINDOW)
        {
            self.recent.pop_front();
        }
    }

    /// All methods and topics, calls first, by name; `now` since the start.
    pub fn rows(&mut self, now: Duration) -> Vec<Row> {
        self.forget(now);
        let mut recent: BTreeMap<&Key, Rate> = BTreeMap::new();
        for moment in &self.recent {
            recent.entry(&moment.key).or_default().add(moment);
        }
        let window = now.min(WINDOW);
        let row = |(key, all): (&Key, &Rate)| {
            let recent = recent.get(key).cloned().unwrap_or_default();
            Row { name: key.1.clone(), pushed: key.0, all: all.clone(), recent, window }
        };
        self.all.iter().map(row).collect()
    }
}

impl Rate {
    fn add(&mut self, moment: &Moment) {
        self.count += 1;
        self.errors += u64::from(moment.failed);
        self.bytes += moment.bytes;
        if let Some(took) = moment.took {
            self.times.add(took);
        }
    }
}

impl Row {
    /// Messages a second, lately.
    pub fn per_second(&self) -> f64 {
        per_second(self.recent.count, self.window)
    }

    /// Bytes a second, lately.
    pub fn bytes_per_second(&self) -> f64 {
        per_second(self.recent.bytes, self.window)
    }
}

fn per_second(n: u64, window: Duration) -> f64 {
    if window.is_zero() { 0.0 } else { n as f64 / window.as_secs_f64() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Direction;

    fn heard(kind: Kind, name: &str, ms: u64) -> Heard {
        Heard {
            connection: 0,
            direction: Direction::ToClient,
            kind,
            name: name.to_owned(),
            id: None,
            bytes: 100,
            took: (kind != Kind::Push).then(|| Duration::from_millis(ms)),
            body: None,
        }
    }

    #[test]
    fn lately_and_in_all() {
        let mut rates = Rates::default();
        for second in 0..20 {
            rates.add(Duration::from_secs(second), &heard(Kind::Answer, "a", second));
            rates.add(Duration::from_secs(second), &heard(Kind::Call, "a", 0));
        }
        rates.add(Duration::from_secs(20), &heard(Kind::Error, "a", 1));
        rates.add(Duration::from_secs(20), &heard(Kind::Push, "a", 0));
        let rows = rates.rows(Duration::from_secs(20));
        assert_eq!(rows.len(), 2);
        let (call, push) = (&rows[0], &rows[1]);
        assert_eq!((call.pushed, call.all.count, call.all.errors, call.all.bytes), (false, 21, 1, 2100));
        assert_eq!((call.recent.count, call.per_second()), (11, 1.1));
        assert_eq!((push.pushed, push.all.count, push.all.times.len()), (true, 1, 0));
        assert_eq!(rates.rows(Duration::from_secs(60))[0].recent.count, 0);
    }

    #[test]
    fn names_and_moments_have_limits() {
        let mut rates = Rates::default();
        for n in 0..60_000 {
            rates.add(Duration::ZERO, &heard(Kind::Push, &n.to_string(), 0));
        }
        assert!(rates.all.len() <= MOST_NAMES + 1 && rates.recent.len() <= MOST_RECENT);
        assert_eq!(rates.rows(Duration::ZERO).iter().map(|row| row.all.count).sum::<u64>(), 60_000);
    }
}
