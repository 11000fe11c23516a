//! What many rounds have in common.

use std::time::Duration;

use super::Round;

/// The times of one step over all rounds in which it worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The step's name; `total` for whole rounds.
    pub name: &'static str,
    /// In how many rounds it worked.
    pub count: usize,
    /// The shortest.
    pub min: Duration,
    /// The one in the middle.
    pub median: Duration,
    /// The longest.
    pub max: Duration,
}

/// Gathers the times of rounds.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    times: Vec<(&'static str, Vec<Duration>)>,
}

impl Statistics {
    /// Takes a round in. Of a step that was made several times in it, the last that worked is the one that led on.
    pub fn add(&mut self, round: &Round) {
        let mut last: Vec<(&'static str, Duration)> = Vec::new();
        for step in round.steps.iter().filter(|step| step.ok) {
            match last.iter_mut().find(|(name, _)| *name == step.name) {
                Some((_, time)) => *time = step.time,
                None => last.push((step.name, step.time)),
            }
        }
        if round.failure.is_none() {
            last.push(("total", round.time));
        }
        for (name, time) in last {
            match self.times.iter_mut().find(|(known, _)| *known == name) {
                Some((_, times)) => times.push(time),
                None => self.times.push((name, vec![time])),
            }
        }
    }

    /// The times of each step, in the order in which they were first made; `total` at the end.
    pub fn times(&self) -> Vec<Times> {
        let of = |(name, times): &(&'static str, Vec<Duration>)| {
            let mut times = times.clone();
            times.sort_unstable();
            let (min, max) = (*times.first()?, *times.last()?);
            let upper = *times.get(times.len() / 2)?;
            let lower = *times.get((times.len() - 1) / 2)?;
            Some(Times { name, count: times.len(), min, median: (lower + upper) / 2, max })
        };
        let mut all: Vec<Times> = self.times.iter().filter_map(of).collect();
        all.sort_by_key(|times| times.name == "total");
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ping::Step;

    fn round(total: u64, steps: &[(&'static str, u64, bool)]) -> Round {
        let step = |&(name, ms, ok): &(&'static str, u64, bool)| Step {
            name,
            subject: String::new(),
            time: Duration::from_millis(ms),
            ok,
            detail: String::new(),
        };
        Round { steps: steps.iter().map(step).collect(), time: Duration::from_millis(total), ..Round::default() }
    }

    #[test]
    fn the_step_that_led_on_counts() {
        let mut statistics = Statistics::default();
        statistics.add(&round(20, &[("tcp", 1, false), ("tcp", 4, true), ("upgrade", 9, true)]));
        statistics.add(&round(30, &[("tcp", 1, true), ("tcp", 2, true), ("upgrade", 5, false)]));
        statistics.add(&round(25, &[("tcp", 9, true), ("hello", 3, true)]));
        let ms = |time: Duration| time.as_millis();
        let of = |times: Times| (times.name, times.count, ms(times.min), ms(times.median), ms(times.max));
        let times: Vec<_> = statistics.times().into_iter().map(of).collect();
        let wanted = [("tcp", 3, 2, 4, 9), ("upgrade", 1, 9, 9, 9), ("hello", 1, 3, 3, 3), ("total", 3, 20, 25, 30)];
        assert_eq!(times, wanted);
    }
}
