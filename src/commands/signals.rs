//! Ctrl-C and its relatives.

use tokio::sync::watch;

/// Whether somebody wants us to stop. Made once, so that no signal is missed while something else is
/// being done.
#[derive(Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on to Ctrl-C and SIGTERM. The second one ends the process at once.
    pub(super) fn listen() -> Self {
        let (wanted, receiver) = watch::channel(false);
        tokio::spawn(async move {
            signal().await;
            let _ = wanted.send(true);
            signal().await;
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

async fn signal() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return ctrl_c.await };
        tokio::select! {
            () = ctrl_c => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}
