//! A launched session, which is ended when nobody needs it any more.

use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use url::Url;

use crate::wire::http_reason;

/// How long ending a session may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// Longest id that is taken for one.
const LONGEST_ID: usize = 200;

/// A launched session. When this goes, the launcher is asked to end it; many do not allow that, which is fine: an idle
/// server ends by itself.
#[derive(Debug)]
pub struct LaunchedSession {
    client: Client,
    url: Option<Url>,
}

impl LaunchedSession {
    pub(super) fn new(client: Client, launcher: &Url, id: Option<&Value>) -> Self {
        let is_plain = |id: &&str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain)
        };
        // A launcher's id is never let become another path of its host.
        let url = id.and_then(Value::as_str).filter(is_plain).map(|id| {
            let mut url = launcher.clone();
            url.set_path(&format!("{}{id}", launcher.path()));
            url
        });
        Self { client, url }
    }

    #[cfg(test)]
    pub(super) fn forget(&mut self) -> Option<Url> {
        self.url.take()
    }
}

impl Drop for LaunchedSession {
    /// Waits for it: the program is about to end.
    fn drop(&mut self) {
        let Some(url) = self.url.take() else { return };
        let client = self.client.clone();
        // A thread and runtime of its own: whoever drops this may be within a runtime, or within one that ends.
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(async { client.delete(url).timeout(GOODBYE).send().await }))
        });
        match ended.join() {
            Ok(Ok(Ok(response))) => tracing::info!(status = response.status().as_u16(), "the session was given back"),
            Ok(Ok(Err(error))) => tracing::info!(error = http_reason(error), "the session was not given back"),
            Ok(Err(error)) => tracing::info!(%error, "the session was not given back"),
            Err(_) => {}
        }
    }
}
