//! Ctrl-C in a shell stops a command and not the shell. Whatever ends the process gives a launched session back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use crate::commands::load::Connection;
use crate::commands::signals::{Signals, Wanted};
use crate::render::{COULD_NOT, note};

/// The connection to a live server: whoever ends the process takes it.
pub(super) type Shared = Arc<Mutex<Option<Connection>>>;

/// How long an update that is broken off may take to let go of the connection.
const LETS_GO: Duration = Duration::from_secs(5);

/// Whether the command that runs should stop.
#[derive(Clone)]
pub(super) struct Stop {
    /// For what writes answers.
    flag: Arc<AtomicBool>,
    /// For what waits for sockets.
    wanted: watch::Sender<bool>,
    /// How often it was asked for since the command began.
    times: Arc<AtomicU8>,
    /// There is a scene.
    is_open: Arc<AtomicBool>,
    pub(super) connection: Shared,
}

impl Stop {
    pub(super) fn new(flag: &Arc<AtomicBool>) -> Self {
        Self {
            flag: Arc::clone(flag),
            wanted: watch::Sender::new(false),
            times: Arc::default(),
            is_open: Arc::default(),
            connection: Arc::default(),
        }
    }

    /// Listens to signals from now on. At a terminal Ctrl-C stops what is being done, else it ends the process.
    pub(super) fn listen(&self, runtime: &Runtime, is_terminal: bool) {
        let stop = self.clone();
        runtime.spawn(async move {
            let mut signals = Signals::register();
            loop {
                let wanted = signals.next().await;
                let times = stop.times.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                stop.flag.store(true, Ordering::Relaxed);
                stop.wanted.send_replace(true);
                // Who connects sees it, and ends.
                let is_opening = !stop.is_open.load(Ordering::Relaxed);
                match wanted {
                    _ if is_opening && times == 1 => {}
                    Wanted::Interrupt if is_terminal && !is_opening && times == 1 => {}
                    Wanted::Interrupt if is_terminal && !is_opening && times == 2 => {
                        note("still at work; Ctrl-C once more ends the shell, and what is not saved is lost");
                    }
                    _ => stop.end().await,
                }
            }
        });
    }

    async fn end(&self) {
        if let Ok(mut connection) = timeout(LETS_GO, self.connection.lock()).await
            && let Some(mut connection) = connection.take()
        {
            connection.live.give_back();
            note("error: interrupted");
        }
        std::process::exit(i32::from(COULD_NOT));
    }

    /// A command begins.
    pub(super) fn begin(&self) {
        self.is_open.store(true, Ordering::Relaxed);
        self.times.store(0, Ordering::Relaxed);
        self.flag.store(false, Ordering::Relaxed);
        self.wanted.send_replace(false);
    }

    /// Waits until somebody wants the command to stop.
    pub(super) async fn wanted(&self) {
        // The sender is here: there is always one.
        let _ = self.wanted.subscribe().wait_for(|wanted| *wanted).await;
    }
}
