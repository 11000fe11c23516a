//! Sessions that a launcher starts: `POST` names an application, the answer says where its server is.
//!
//! Source: wslink 2.6.0 and 1.12.4, `wslink/launcher.py` and `wslink/backends/aiohttp/launcher.py`; what becomes of
//! the session's address is from wslink.js 2.5, `SmartConnect`.

mod error;
mod session;

use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use crate::protocol::Connecting;
use crate::pull::Backoff;
use crate::wire::{self, BodyError, Target, display_url, http_reason};

pub use error::LauncherError;
pub use session::LaunchedSession;

use error::shown;

/// A launcher answers when the session is ready, which it waits 25 s for unless it is told otherwise.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to ask a launcher for.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The launcher, with a slash at its end.
    url: Url,
    /// What else goes into the request, `application` among it.
    request: Map<String, Value>,
    retries: u32,
    told: fn(&str),
}

/// `told` is only who listens.
impl PartialEq for Launch {
    fn eq(&self, other: &Self) -> bool {
        (&self.url, &self.request, self.retries) == (&other.url, &other.request, other.retries)
    }
}

impl Eq for Launch {}

impl Launch {
    /// An application of the launcher at a URL. A launcher without room is asked again so often; each time, `told`
    /// is told.
    ///
    /// # Errors
    /// [`LauncherError::BadAddress`].
    pub fn new(
        url: &str,
        application: &str,
        more: Map<String, Value>,
        retries: u32,
        told: fn(&str),
    ) -> Result<Self, LauncherError> {
        let mut url = Url::parse(url).map_err(|error| LauncherError::BadAddress { reason: error.to_string() })?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(LauncherError::BadAddress { reason: String::from("it takes http://… or https://…") });
        }
        url.set_fragment(None);
        if !url.path().ends_with('/') {
            // Without the slash, the launcher answers 404.
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        let mut request = more;
        request.insert(String::from("application"), Value::from(application));
        Ok(Self { url, request, retries, told })
    }

    /// The launcher, without secrets.
    pub fn address(&self) -> String {
        display_url(&self.url)
    }

    /// Starts a session, and puts its address and secret where a connection takes them from.
    ///
    /// # Errors
    /// [`LauncherError`].
    pub async fn start(&self, how: &mut Connecting) -> Result<LaunchedSession, LauncherError> {
        let client = wire::http_client(&how.wire, how.wire.timeout.max(PATIENCE))?;
        let mut backoff = Backoff::new(self.retries);
        let answer = loop {
            match self.ask(&client).await {
                Err(error) if error.may_pass() => {
                    let Some((attempt, wait)) = backoff.next() else { return Err(error) };
                    (self.told)(&format!("{error}; attempt {attempt} to launch in {:.1} s", wait.as_secs_f64()));
                    tokio::time::sleep(wait).await;
                }
                answer => break answer?,
            }
        };
        // From here on there is something to clean up, also where what follows fails.
        let session = LaunchedSession::new(client, &self.url, answer.get("id"));
        self.apply(&answer, how)?;
        Ok(session)
    }

    async fn ask(&self, client: &Client) -> Result<Map<String, Value>, LauncherError> {
        let url = display_url(&self.url);
        let failed = |reason| LauncherError::Http { url: url.clone(), reason };
        let start = Instant::now();
        let body = Value::from(self.request.clone()).to_string();
        let sent = client.post(self.url.clone()).header("Content-Type", "application/json").body(body).send().await;
        let response = sent.map_err(|error| failed(http_reason(error)))?;
        let status = response.status();
        tracing::info!(%url, status = status.as_u16(), elapsed = ?start.elapsed(), "the launcher answered");
        let body = wire::small_body(response).await.map_err(|error| match error {
            BodyError::Broken(reason) => failed(reason),
            BodyError::TooLarge(_) => LauncherError::BadAnswer { url: url.clone(), reason: error.to_string() },
        })?;
        let answer = serde_json::from_slice::<Map<String, Value>>(&body);
        let said = match &answer {
            Ok(answer) => answer.get("error").map(|error| error.as_str().map_or(error.to_string(), str::to_owned)),
            Err(_) if status.is_success() => None,
            Err(_) => Some(String::from_utf8_lossy(&body).into_owned()),
        };
        match (answer, said) {
            (Ok(answer), None) if status == StatusCode::OK => Ok(answer),
            (Err(_), None) => Err(LauncherError::BadAnswer { url, reason: String::from("it is not a JSON object") }),
            (_, said) => {
                Err(LauncherError::Refused { url, status: status.as_u16(), said: shown(&said.unwrap_or_default()) })
            }
        }
    }

    /// Where the session is, and its secret.
    fn apply(&self, answer: &Map<String, Value>, how: &mut Connecting) -> Result<(), LauncherError> {
        let url = display_url(&self.url);
        let bad = |reason: String| LauncherError::BadAnswer { url: url.clone(), reason };
        let address = answer.get("sessionURL").and_then(Value::as_str);
        let address = address.ok_or_else(|| bad(String::from("it has no sessionURL")))?;
        let host = self.url.host_str().unwrap_or_default();
        let with_port = self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let address = address.replace("USE_HOSTNAME", host).replace("USE_HOST", &with_port);
        let target: Target = address.parse().map_err(|error: wire::WireError| bad(error.to_string()))?;
        if self.url.scheme() == "https" && !target.is_tls() && !how.wire.insecure {
            return Err(LauncherError::Downgrade { session: target.to_string() });
        }
        if target.host() != self.url.host_str() {
            // They were given for the launcher: no other host shall see them.
            how.wire.headers.clear();
        }
        tracing::info!(session = %target, "launched");
        how.target = target;
        if let Some(secret) = answer.get("secret").filter(|secret| !secret.is_null()) {
            how.secret = Some(secret.to_string());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
