//! When all that was built before a client came has come, from servers that do not say so.
//!
//! Servers of 1.1.0 and later end it with `ReplayDoneMessage`. Older ones send windows of 128 messages one right after the
//! other until there are no more: a smaller one is the last.

use std::time::Duration;

/// Messages in a window that is not the last one.
const FULL: usize = 128;

/// Where the last one happened to be full, nothing follows it.
pub const SILENCE: Duration = Duration::from_millis(500);

/// A server that goes on with full windows for so long is not catching up: it is that busy.
const LATEST: Duration = Duration::from_secs(3);

/// Watches frames for the last of the first ones. Times are since any one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settling {
    first: Option<Duration>,
    last: Duration,
    is_drained: bool,
}

impl Settling {
    /// A frame came.
    pub fn frame(&mut self, now: Duration, messages: usize) {
        self.first.get_or_insert(now);
        self.last = now;
        self.is_drained |= messages < FULL;
    }

    /// All has come.
    pub fn is_over(&self, now: Duration) -> bool {
        let Some(first) = self.first else { return false };
        self.is_drained || now.saturating_sub(self.last) >= SILENCE || now.saturating_sub(first) >= LATEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_is_not_full_is_the_last() {
        let ms = Duration::from_millis;
        let mut settling = Settling::default();
        assert!(!settling.is_over(ms(10_000)), "a script may hold back everything");
        settling.frame(ms(1), FULL);
        assert!(!settling.is_over(ms(400)) && settling.is_over(ms(501)));
        settling.frame(ms(2), 9);
        assert!(settling.is_over(ms(2)));
        let mut busy = Settling::default();
        (0..=200).for_each(|k| busy.frame(ms(k * 15), FULL));
        assert!(busy.is_over(ms(3_000)) && !busy.is_over(ms(2_999)));
    }
}
