//! Durations in little memory, however many there are.

use std::time::Duration;

/// A bucket's upper end is so much larger than that of the one before: percentiles are right to 5 %.
const STEP: f64 = 1.05;
/// Where the first bucket ends, in milliseconds.
const FIRST: f64 = 0.01;
/// The last one ends beyond a day.
const BUCKETS: usize = 480;

/// Counts durations by their size.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Histogram {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.counts.resize(BUCKETS, 0);
        let steps = ((time.as_secs_f64() * 1e3).max(FIRST) / FIRST).ln() / STEP.ln();
        // Rounded up, for a bucket holds what is up to its end.
        let bucket = (steps.ceil() as usize).min(BUCKETS - 1);
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
        self.total += 1;
        self.longest = self.longest.max(time);
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.total
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The longest.
    pub fn longest(&self) -> Option<Duration> {
        (self.total > 0).then_some(self.longest)
    }

    /// What this share of them (0 to 1) does not exceed, to 5 %.
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        let wanted = ((self.total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                let end = FIRST * STEP.powi(i32::try_from(bucket).unwrap_or(i32::MAX));
                return Some(Duration::from_secs_f64(end / 1e3).min(self.longest));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_near() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.percentile(0.5), histogram.longest()), (None, None));
        for ms in 1..=1000 {
            histogram.add(Duration::from_millis(ms));
        }
        for (share, ms) in [(0.5, 500.0), (0.95, 950.0), (1.0, 1000.0), (0.0, 1.0)] {
            let found = histogram.percentile(share).unwrap().as_secs_f64() * 1e3;
            assert!((found - ms).abs() <= 0.051 * ms, "{share}: {found}");
        }
        histogram.add(Duration::ZERO);
        histogram.add(Duration::from_secs(1 << 40));
        assert_eq!((histogram.len(), histogram.longest()), (1002, Some(Duration::from_secs(1 << 40))));
    }
}
