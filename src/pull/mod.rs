//! Hydrating a scene from a live server, whatever its protocol: retries, and following updates.

mod backoff;

use std::sync::Arc;
use std::time::Duration;

pub use backoff::Backoff;

use crate::protocol::{Client, ClientError, ConnectError, Progress, Update};

/// What a pull tells while it runs. The only thing here that knows of terminals is who implements it.
pub trait Events: Send + Sync {
    /// How far the update is.
    fn progress(&self, progress: Progress);

    /// The connection was lost; it is tried again after a while.
    fn reconnecting(&self, reason: &str, attempt: u32, wait: Duration);
}

/// Why a pull did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The connection, or what came over it.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The connection was lost and could not be set up again.
    #[error("the connection was lost ({lost}) and could not be set up again")]
    Reconnect {
        /// Why it was lost.
        lost: String,
        /// Why it could not be set up again.
        source: ConnectError,
    },
}

impl PullError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Client(error) => error.hint(),
            Self::Reconnect { .. } => {
                Some("is the server still running? `pull -o FILE --keep-partial` keeps what has come")
            }
        }
    }
}

/// Brings a client's scene up to date. A lost connection is set up again, with growing pauses, and the
/// update goes on where it was.
///
/// # Errors
/// [`PullError`]; [`Client::partial_scene`] has what came until then.
pub async fn update(client: &mut dyn Client, retries: u32, events: &Arc<dyn Events>) -> Result<Update, PullError> {
    let mut backoff = Backoff::new(retries);
    loop {
        match client.update().await {
            Ok(update) => return Ok(update),
            Err(error) if error.is_lost() => reconnect(client, &mut backoff, error, events).await?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Waits for the server to announce a change, and says how many announcements there were.
///
/// # Errors
/// When the connection is lost and cannot be set up again. After a reconnect something may have
/// changed unheard, so that counts as a change.
pub async fn changed(client: &mut dyn Client, retries: u32, events: &Arc<dyn Events>) -> Result<u64, PullError> {
    match client.changed().await {
        Err(error) if error.is_lost() => {
            reconnect(client, &mut Backoff::new(retries), error, events).await?;
            Ok(1)
        }
        other => Ok(other?),
    }
}

/// Sets up a lost connection again, with growing pauses.
///
/// # Errors
/// When that does not work, or is not to be tried.
pub async fn reconnect(
    client: &mut dyn Client,
    backoff: &mut Backoff,
    lost: ClientError,
    events: &Arc<dyn Events>,
) -> Result<(), PullError> {
    let mut last = None;
    for (attempt, wait) in backoff.by_ref() {
        events.reconnecting(&lost.to_string(), attempt, wait);
        tokio::time::sleep(wait).await;
        match client.reconnect().await {
            Ok(()) => return Ok(()),
            Err(error) => last = Some(error),
        }
    }
    match last {
        Some(source) => Err(PullError::Reconnect { lost: lost.to_string(), source }),
        None => Err(lost.into()),
    }
}
