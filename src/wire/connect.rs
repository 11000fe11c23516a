//! Opening a websocket to a server.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, COOKIE};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderName, HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_with_config};
use url::Url;

use super::dial::{Place, dial, tls_error};
use super::error::HTTP_1_0;
use super::target::display;
use super::watch::{Fact, Watching, step};
use super::{Answer, Metered, Target, WireError, config};

/// A websocket that we opened.
pub type Connection = WebSocketStream<MaybeTlsStream<Metered>>;

/// A login page behind a login page behind … : nobody needs more hops.
const MOST_REDIRECTS: usize = 5;

/// How to open a websocket.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// More headers for the handshake, cookies among them. Not sent on to another host.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The websocket's path, where it is not the usual one.
    pub path: Option<String>,
    /// Check no certificate.
    pub insecure: bool,
    /// Trust the certificates in this PEM file, too.
    pub ca_file: Option<PathBuf>,
    /// How long a step may take, and how long a peer that owes us something may be silent.
    pub timeout: Duration,
    /// Largest websocket frame or message we take, in bytes.
    pub largest: usize,
    /// Who sees each step.
    pub watch: Watching,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            path: None,
            insecure: false,
            ca_file: None,
            timeout: Duration::from_secs(30),
            largest: 64 << 20,
            watch: Watching::default(),
        }
    }
}

/// Opens the first of the target's websockets that answers as one; says which URL it was, and how
/// long that took.
///
/// # Errors
/// [`WireError`]: of the first candidate, unless a later one got further.
pub async fn connect(
    target: &Target,
    endpoint: &str,
    options: &ConnectOptions,
) -> Result<(Connection, Url, Duration), WireError> {
    let start = Instant::now();
    let mut first_error = None;
    for url in target.candidates(endpoint, options.path.as_deref()) {
        match follow(url, options).await {
            Ok((connection, url)) => return Ok((connection, url, start.elapsed())),
            // Only a wrong path is worth another try; a dead host stays dead.
            Err(error @ (WireError::Http { .. } | WireError::Handshake { .. })) => {
                first_error.get_or_insert(error);
            }
            Err(error) => return Err(first_error.unwrap_or(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| WireError::BadAddress {
        text: target.to_string(),
        reason: String::from("it gives no websocket to try"),
    }))
}

async fn follow(mut url: Url, options: &ConnectOptions) -> Result<(Connection, Url), WireError> {
    let origin = (url.host_str().map(str::to_owned), url.port_or_known_default());
    for _ in 0..MOST_REDIRECTS {
        let same = origin == (url.host_str().map(str::to_owned), url.port_or_known_default());
        match open_one(&url, options, same).await {
            Err(WireError::Http { status, location: Some(location), url: asked }) => {
                let error = || WireError::Http { status, location: Some(location.clone()), url: asked };
                url = followed(&url, status, &location).ok_or_else(error)?;
            }
            Err(error) => return Err(error),
            Ok((connection, _)) => return Ok((connection, url)),
        }
    }
    Err(WireError::Handshake { url: display(&url), reason: format!("more than {MOST_REDIRECTS} redirects") })
}

/// Where a redirect leads that may lead to a websocket: to the same path under another host or scheme, or to a
/// path that still ends in the endpoint. A login page is none.
fn followed(from: &Url, status: u16, location: &str) -> Option<Url> {
    let last = |url: &Url| url.path().trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    let to = redirected(from, location).filter(|_| (300..400).contains(&status))?;
    (last(&to) == last(from) && to != *from).then_some(to)
}

fn redirected(from: &Url, location: &str) -> Option<Url> {
    let mut to = from.join(location).ok()?;
    let scheme = match to.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return None,
    };
    if from.scheme() == "wss" && scheme == "ws" {
        return None; // never from TLS back to none
    }
    if to.scheme() != scheme {
        // The url crate does not turn http into ws in place.
        let rest = to.as_str().split_once("://")?.1.to_owned();
        to = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    }
    Some(to)
}

/// Opens the websocket at this very URL; gives the headers of the server's answer, too.
///
/// # Errors
/// [`WireError`]; a redirect is one.
pub async fn open(url: &Url, options: &ConnectOptions) -> Result<(Connection, HeaderMap), WireError> {
    open_one(url, options, true).await
}

async fn open_one(
    url: &Url,
    options: &ConnectOptions,
    with_headers: bool,
) -> Result<(Connection, HeaderMap), WireError> {
    let place = Place::of(url)?;
    let stream = dial(url, &place, options).await?;
    let request = request(url, options, with_headers)?;
    options.watch.begin(step::UPGRADE, display(url));
    let handshake = client_async_with_config(request, stream, Some(config(options.largest)));
    match timeout(options.timeout, handshake).await {
        Err(_) => Err(place.late("the websocket handshake with", options.timeout)),
        Ok(Ok((connection, response))) => {
            options.watch.end(|| Fact::Opened(url));
            Ok((connection, response.into_parts().0.headers))
        }
        Ok(Err(WsError::Http(response))) => {
            let answer = Answer::of(*response);
            let (status, location) = (answer.status, answer.location.clone());
            let followed = location.as_ref().and_then(|location| followed(url, status, location));
            options.watch.end(|| Fact::Answered { url, answer, followed: followed.as_ref() });
            Err(WireError::Http { url: display(url), status, location })
        }
        // A server may only refuse us when the handshake of TLS is over for us.
        Ok(Err(WsError::Io(error))) if url.scheme() == "wss" => Err(tls_error(place.address(), &error)),
        Ok(Err(error)) => {
            let reason = match error {
                WsError::Protocol(ProtocolError::WrongHttpVersion) => String::from(HTTP_1_0),
                error => error.to_string(),
            };
            options.watch.end(|| Fact::Failed(reason.clone()));
            Err(WireError::Handshake { url: display(url), reason })
        }
    }
}

fn request(url: &Url, options: &ConnectOptions, with_headers: bool) -> Result<Request, WireError> {
    let bad = |reason: String| WireError::BadAddress { text: display(url), reason };
    let mut bare = url.clone();
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    let mut request = bare.as_str().into_client_request().map_err(|error| bad(error.to_string()))?;
    if !with_headers {
        return Ok(request);
    }
    if let Some((name, value)) = basic_authorization(url) {
        request.headers_mut().insert(name, value);
    }
    for (name, value) in &options.headers {
        if name == COOKIE {
            request.headers_mut().append(name, value.clone());
        } else {
            request.headers_mut().insert(name, value.clone());
        }
    }
    Ok(request)
}

/// What the user name and password in a URL become; nothing where there are none.
pub fn basic_authorization(url: &Url) -> Option<(HeaderName, HeaderValue)> {
    if url.username().is_empty() {
        return None;
    }
    let decode = |text| percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let user = format!("{}:{}", decode(url.username()), decode(url.password().unwrap_or_default()));
    let basic = format!("Basic {}", data_encoding::BASE64.encode(user.as_bytes()));
    let mut value = HeaderValue::from_str(&basic).ok()?;
    value.set_sensitive(true);
    Some((AUTHORIZATION, value))
}
