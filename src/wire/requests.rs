//! Plain HTTP requests, on the same TLS as the websockets.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, ClientBuilder, Error, Response};
use url::Url;

use super::{ConnectOptions, TlsFault, WireError, tls};

/// As many redirects as websockets follow.
const MOST_REDIRECTS: usize = 5;

/// Answers between programs are some hundred bytes.
const LARGEST_SMALL: usize = 1 << 20;

/// Makes a client. Requests carry the options' headers, and take at most so long as a whole. Redirects are followed
/// on the same host, port and scheme only: elsewhere nobody shall see what is sent.
///
/// # Errors
/// [`WireError`] where TLS cannot be set up.
pub fn http_client(options: &ConnectOptions, timeout: Duration) -> Result<Client, WireError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &options.headers {
        headers.append(name, value.clone());
    }
    let builder = builder(options)?
        .default_headers(headers)
        .user_agent(concat!("scenectl/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::custom(|attempt| if stays(&attempt) { attempt.follow() } else { attempt.stop() }))
        .pool_max_idle_per_host(0)
        .timeout(timeout);
    build(builder)
}

/// Why a response was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It broke off, or took too long.
    #[error("{0}")]
    Broken(String),
    /// It is no answer to what was asked.
    #[error("it is larger than {0} bytes")]
    TooLarge(usize),
}

/// The body of a response that should be small.
///
/// # Errors
/// [`BodyError`].
pub async fn small_body(response: Response) -> Result<Vec<u8>, BodyError> {
    body_up_to(LARGEST_SMALL, response).await
}

/// The body of a response, if it has no more bytes than this.
///
/// # Errors
/// [`BodyError`].
pub async fn body_up_to(largest: usize, mut response: Response) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| BodyError::Broken(http_reason(error)))? {
        if body.len() + chunk.len() > largest {
            return Err(BodyError::TooLarge(largest));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What all clients have in common: the TLS of the websockets, and no proxy.
pub(super) fn builder(options: &ConnectOptions) -> Result<ClientBuilder, WireError> {
    let tls = tls::client(options.insecure, options.ca_file.as_deref())?;
    let builder = Client::builder().tls_backend_preconfigured(tls.as_ref().clone());
    Ok(builder.connect_timeout(options.timeout).no_proxy())
}

pub(super) fn build(builder: ClientBuilder) -> Result<Client, WireError> {
    let failed = |error: Error| WireError::Tls {
        address: String::from("any server"),
        reason: error.to_string(),
        fault: TlsFault::Other,
    };
    builder.build().map_err(failed)
}

fn stays(attempt: &Attempt<'_>) -> bool {
    let origin = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
    let previous = attempt.previous();
    previous.len() <= MOST_REDIRECTS && previous.first().is_some_and(|first| origin(first) == origin(attempt.url()))
}

/// What went wrong with a request, without its URL: that may hold a token.
pub fn http_reason(error: Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    text
}
