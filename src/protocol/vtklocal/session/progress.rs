//! Telling others how far an update is.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::protocol::Progress;

type Callback = Arc<dyn Fn(Progress) + Send + Sync>;
type Callbacks = Mutex<Vec<(u64, Callback)>>;

/// Everybody who wants to be told.
#[derive(Default)]
pub(super) struct Listeners {
    callbacks: Arc<Callbacks>,
}

impl Listeners {
    pub(super) fn add(&self, callback: Callback) -> ProgressHandle {
        let mut callbacks = self.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
        let id = callbacks.last().map_or(0, |(id, _)| id + 1);
        callbacks.push((id, callback));
        ProgressHandle { id, callbacks: Arc::downgrade(&self.callbacks) }
    }

    /// Tells everybody. Nothing is locked meanwhile, so a callback may register or unregister.
    pub(super) fn tell(&self, progress: Progress) {
        let callbacks = self.callbacks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        callbacks.iter().for_each(|(_, callback)| callback(progress));
    }
}

/// Keeps a progress callback registered.
#[must_use = "dropping it unregisters the callback"]
pub struct ProgressHandle {
    id: u64,
    callbacks: Weak<Callbacks>,
}

impl ProgressHandle {
    /// Ends the calls. Dropping the handle does the same.
    pub fn unregister(self) {}
}

impl Drop for ProgressHandle {
    fn drop(&mut self) {
        if let Some(callbacks) = self.callbacks.upgrade() {
            callbacks.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _)| *id != self.id);
        }
    }
}
