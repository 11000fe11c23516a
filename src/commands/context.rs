//! What every command is given.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use tokio::runtime::Runtime;

use crate::cli::Global;
use crate::render::{Out, warn};

/// Output and runtime of one command.
pub struct Context {
    /// Options of every verb.
    pub global: Global,
    /// Where answers go.
    pub out: Out,
    /// While it is set, answers go nowhere: somebody wants the command to stop.
    pub(super) stop: Arc<AtomicBool>,
}

impl Context {
    pub(super) fn new(global: Global) -> Self {
        let stop = Arc::<AtomicBool>::default();
        Self { out: Out::until(global.color, Arc::clone(&stop)), global, stop }
    }

    /// Somebody wants the command to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What serves sockets. Two threads: one reads the socket while the other decodes.
    pub(super) fn runtime(&self) -> anyhow::Result<Runtime> {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("cannot start the threads that serve sockets")
    }

    /// Runs what needs sockets.
    pub(super) fn block_on<T>(&self, future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let runtime = self.runtime()?;
        let result = runtime.block_on(future);
        // Whatever still runs (a blob being hashed) is of no more use.
        runtime.shutdown_background();
        result
    }

    /// A warning, unless the user wants none.
    pub(super) fn warn(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            warn(text);
        }
    }
}
