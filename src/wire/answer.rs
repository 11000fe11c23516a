//! What a server says where no websocket is.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, SERVER};
use reqwest::redirect::Policy;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use url::Url;

use super::connect::basic_authorization;
use super::requests::{build, builder, http_reason};
use super::target::{as_http, display};
use super::{ConnectOptions, WireError};

/// As much of a page as is read: its title is at its beginning.
const MOST: usize = 64 << 10;

/// An answer in HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it wants us to go instead. May hold a token in its query.
    pub location: Option<String>,
    /// What software it says it is.
    pub server: Option<String>,
    /// The body's type.
    pub content_type: Option<String>,
    /// What has come of the body: the first 64 KiB at most, and of a handshake's answer what came with its head.
    pub body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { status, location: text(LOCATION), server: text(SERVER), content_type: text(CONTENT_TYPE), body }
    }

    pub(super) fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let mut body = body.unwrap_or_default();
        body.truncate(MOST);
        Self::new(head.status.as_u16(), &head.headers, body)
    }

    /// True for a web page.
    pub fn is_html(&self) -> bool {
        self.content_type.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
    }
}

/// Asks for a page as a browser does, within the options' time; follows no redirect. A `ws` URL is asked for with
/// HTTP. The options' headers and the URL's user go along.
///
/// # Errors
/// [`WireError::Handshake`] where HTTP is not what is spoken there, and for all else.
pub async fn look(url: &Url, options: &ConnectOptions) -> Result<Answer, WireError> {
    let mut asked = as_http(url);
    let _ = asked.set_username("");
    let _ = asked.set_password(None);
    let failed = |error| WireError::Handshake { url: display(&asked), reason: http_reason(error) };
    let client = build(builder(options)?.redirect(Policy::none()).pool_max_idle_per_host(0).timeout(options.timeout))?;
    let mut request = client.get(asked.clone()).header(ACCEPT, "text/html, */*");
    for (name, value) in options.headers.iter().cloned().chain(basic_authorization(url)) {
        request = request.header(name, value);
    }
    let mut response = request.send().await.map_err(failed)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    // A body that breaks off has begun with a title all the same.
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= MOST {
            body.truncate(MOST);
            break;
        }
    }
    Ok(Answer::new(status, &headers, body))
}
