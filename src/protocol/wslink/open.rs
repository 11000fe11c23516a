//! Opening a connection to a server of either version.
//!
//! A server of wslink 1.x takes the hello of 2.x for text that is not UTF-8, and drops the connection without a word; a
//! server of 2.x does not answer text at all. So 2.x is spoken first. Seen with wslink 1.12.4 and 2.6.0.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use serde_json::Value;

use super::client::{Client, ClientOptions, ConnectionTap, HelloError};
use super::frame::UNAUTHENTICATED_MESSAGE;
use super::{DEFAULT_SECRET, Version};
use crate::protocol::{ClientError, ConnectError, Connecting, ServerInfo, step};
use crate::wire::{self, Fact};

/// Where wslink servers put their websocket under a prefix.
pub const ENDPOINT: &str = "ws";

/// A server that just dropped a connection answers soon, if it speaks 1.x at all.
const SECOND_TRY: Duration = Duration::from_secs(10);

/// Opens a connection and says hello, in the version that the server speaks.
///
/// # Errors
/// [`ConnectError`].
pub async fn open(how: &Connecting) -> Result<(Client, ServerInfo), ConnectError> {
    open_again(how, &Arc::default(), None).await
}

/// As [`open`]; counts what is received, and asks no more for the version where it is known.
///
/// # Errors
/// [`ConnectError`].
pub async fn open_again(
    how: &Connecting,
    received: &Arc<AtomicU64>,
    known: Option<Version>,
) -> Result<(Client, ServerInfo), ConnectError> {
    match known {
        Some(version) => hello(how, received, version).await.map_err(Failed::into),
        None => match hello(how, received, Version::Two).await {
            Err(Failed { error, is_dropped: true }) => {
                if matches!(error, ConnectError::HelloTooLarge { .. }) && answers_a_small_hello(how).await {
                    return Err(error);
                }
                tracing::debug!("the server drops the hello of wslink 2; trying wslink 1");
                match tokio::time::timeout(how.wire.timeout.min(SECOND_TRY), hello(how, received, Version::One)).await {
                    Ok(Ok(opened)) => Ok(opened),
                    Ok(Err(Failed { error: error @ ConnectError::WrongSecret, .. })) => Err(error),
                    // It does not understand the second hello either: the first error says more.
                    _ => Err(error),
                }
            }
            other => other.map_err(Failed::into),
        },
    }
}

/// A server of 2.x drops a hello that is too large, and one of 1.x drops any of 2.x. Only the first answers one
/// without a secret: it refuses it.
async fn answers_a_small_hello(how: &Connecting) -> bool {
    let how = Connecting { secret: Some(Value::from("").to_string()), tap: None, ..how.clone() };
    match hello(&how, &Arc::default(), Version::Two).await {
        Ok((client, _)) => {
            client.close().await;
            true
        }
        Err(failed) => matches!(failed.error, ConnectError::WrongSecret),
    }
}

/// Why one version's hello failed.
struct Failed {
    error: ConnectError,
    /// The server went away instead of an answer.
    is_dropped: bool,
}

impl From<Failed> for ConnectError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

async fn hello(how: &Connecting, received: &Arc<AtomicU64>, version: Version) -> Result<(Client, ServerInfo), Failed> {
    let opened = wire::connect(&how.target, ENDPOINT, &how.wire).await;
    let (connection, url, connect_time) = opened.map_err(|error| Failed { error: error.into(), is_dropped: false })?;
    let url = wire::display_url(&url);
    let options = ClientOptions {
        secret: how.secret.clone().unwrap_or_else(|| Value::from(DEFAULT_SECRET).to_string()),
        timeout: how.wire.timeout,
        largest: how.largest_message,
        received: Arc::clone(received),
        tap: how.tap.as_ref().map(|tap| ConnectionTap::open(Arc::clone(tap), &url)),
    };
    let watch = &how.wire.watch;
    watch.begin(step::HELLO, format!("wslink {}", version.name()));
    let client = Client::hello(connection, version, &options).await.map_err(|error| {
        let is_dropped = matches!(error, HelloError::Dropped(_) | HelloError::TooLarge { .. });
        watch.end(|| Fact::Failed(error.to_string()));
        let error = match error {
            HelloError::WrongSecret => ConnectError::WrongSecret,
            HelloError::TooLarge { bytes } => {
                ConnectError::HelloTooLarge { bytes, limit: UNAUTHENTICATED_MESSAGE as usize }
            }
            HelloError::Dropped(_) => ConnectError::OtherProtocol(format!("{url} is not a wslink server: {error}")),
            HelloError::NotWslink(reason) => {
                ConnectError::OtherProtocol(format!("{url} is not a wslink server: {reason}"))
            }
            HelloError::Call(error) => ClientError::from(error).into(),
        };
        Failed { error, is_dropped }
    })?;
    watch.end(|| {
        Fact::Words(match client.max_frame() {
            Some(bytes) => format!("welcome, in frames of up to {bytes} bytes"),
            None => String::from("welcome, in text"),
        })
    });
    let info = ServerInfo {
        protocol: "wslink",
        url,
        software: vec![(String::from("wslink"), String::from(version.name()))],
        connect_time,
        ..ServerInfo::default()
    };
    Ok((client, info))
}
