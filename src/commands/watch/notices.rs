//! News of the connection: lines on stderr, or a line of the page.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::protocol::Progress;
use crate::pull::Events;
use crate::render::warn;

/// Keeps or prints what happens to the connection.
pub(super) struct Notices {
    on_page: bool,
    quiet: bool,
    last: Mutex<Option<String>>,
}

impl Notices {
    pub(super) fn new(on_page: bool, quiet: bool) -> Self {
        Self { on_page, quiet, last: Mutex::default() }
    }

    /// There is a page, and it tells.
    pub(super) fn is_on_page(&self) -> bool {
        self.on_page
    }

    /// What happened last.
    pub(super) fn last(&self) -> Option<String> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All is well again.
    pub(super) fn clear(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Events for Notices {
    fn progress(&self, _: Progress) {}

    fn reconnecting(&self, reason: &str, attempt: u32, wait: Duration) {
        let text = format!("{reason}; attempt {attempt} to connect again in {:.1} s", wait.as_secs_f64());
        if self.on_page {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
        } else if !self.quiet {
            warn(text);
        }
    }
}
