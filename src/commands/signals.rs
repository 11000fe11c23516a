//! Ctrl-C and its relatives.

use tokio::sync::watch;

/// Whether somebody wants us to stop. Made once, so that no signal is missed while something else is
/// being done.
#[derive(Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on to Ctrl-C and SIGTERM. The second one ends the process at once.
    pub(super) fn listen() -> Self {
        take_file_limits_as_errors();
        let (wanted, receiver) = watch::channel(false);
        // Registered here and not in the task: a signal may come before the task runs for the first time.
        let mut signals = Signals::register();
        tokio::spawn(async move {
            signals.next().await;
            let _ = wanted.send(true);
            signals.next().await;
            std::process::exit(i32::from(crate::render::COULD_NOT));
        });
        Self(receiver)
    }

    /// Waits until somebody does; at once where somebody did already.
    pub(super) async fn wanted(&mut self) {
        if self.0.wait_for(|wanted| *wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// A file that grows beyond `ulimit -f` shall be an error like a full disk, and not the end of the process.
fn take_file_limits_as_errors() {
    #[cfg(target_os = "linux")]
    {
        const SIGXFSZ: i32 = 25;
        let _ = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ));
    }
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Ctrl-C: what is being done should stop.
    Interrupt,
    /// The process should end.
    End,
}

/// The signals that want a process to stop.
#[cfg(unix)]
pub(super) struct Signals([Option<tokio::signal::unix::Signal>; 2]);

#[cfg(unix)]
impl Signals {
    /// From now on they do not end the process by themselves.
    pub(super) fn register() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self([SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()))
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Wanted {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            () = next(interrupt) => Wanted::Interrupt,
            () = next(terminate) => Wanted::End,
        }
    }
}

#[cfg(unix)]
async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// The signal that wants a process to stop.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn register() -> Self {
        Self
    }

    pub(super) async fn next(&mut self) -> Wanted {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Wanted::Interrupt
    }
}
