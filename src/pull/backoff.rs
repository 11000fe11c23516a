//! Growing pauses between attempts.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// A limited number of attempts, each after a longer pause.
#[derive(Clone, Debug)]
pub struct Backoff {
    attempt: u32,
    most: u32,
}

impl Backoff {
    /// At most so many attempts.
    pub fn new(most: u32) -> Self {
        Self { attempt: 0, most }
    }
}

impl Iterator for Backoff {
    type Item = (u32, Duration);

    /// The number of the next attempt, from 1 on, and the pause before it.
    fn next(&mut self) -> Option<Self::Item> {
        if self.attempt >= self.most {
            return None;
        }
        let wait = FIRST.saturating_mul(1_u32.checked_shl(self.attempt).unwrap_or(u32::MAX)).min(LONGEST);
        self.attempt += 1;
        Some((self.attempt, wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let pauses: Vec<u128> = Backoff::new(7).map(|(_, wait)| wait.as_millis()).collect();
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(Backoff::new(0).next(), None);
    }
}
