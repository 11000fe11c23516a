//! Addresses of servers as people give them, and the websocket URLs to try for them.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::WireError;

/// An address of a server: `ws://`, `wss://`, `http://`, `https://` or plain `host:port`, with a path
/// that may be a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    url: Url,
    /// The path was given in a `ws://` or `wss://` URL, so it is tried as it is before others.
    exact: bool,
}

impl Target {
    /// The websocket URLs to try, best first. `endpoint` is where the protocol's servers put their
    /// websocket under a prefix (wslink: `ws`); `path` is what the user insists on.
    pub fn candidates(&self, endpoint: &str, path: Option<&str>) -> Vec<Url> {
        let with_path = |path: &str| {
            let mut url = self.url.clone();
            url.set_path(path);
            url
        };
        if let Some(path) = path {
            return vec![with_path(path)];
        }
        let own = self.url.path().to_owned();
        let trimmed = own.trim_end_matches('/');
        let mut paths = Vec::new();
        if self.exact && !trimmed.is_empty() && !own.ends_with('/') {
            paths.push(own.clone());
        }
        let last = trimmed.rsplit('/').next().unwrap_or_default();
        // A page's name is no folder: /app/index.html has its websocket at /app/ws.
        if !last.contains('.') {
            paths.push(format!("{trimmed}/{endpoint}"));
        }
        if !own.ends_with('/')
            && let Some((folder, _)) = own.rsplit_once('/')
        {
            paths.push(format!("{folder}/{endpoint}"));
        }
        let mut seen = Vec::new();
        paths.retain(|path| {
            let new = !seen.contains(path);
            seen.push(path.clone());
            new
        });
        paths.iter().map(|path| with_path(path)).collect()
    }

    /// The page that people would open in a browser: where the address leads without the websocket's `endpoint`.
    pub fn page(&self, endpoint: &str) -> Url {
        let mut page = as_http(&self.url);
        if let Some(folder) = self.url.path().strip_suffix(endpoint).filter(|rest| self.exact && rest.ends_with('/')) {
            page.set_path(folder);
        }
        page
    }

    /// The host's name or address.
    pub fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    /// True for TLS.
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "wss"
    }
}

impl FromStr for Target {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        let bad = |reason: &str| WireError::BadAddress { text: without_secrets(text), reason: reason.to_owned() };
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => (String::from("http"), text),
        };
        let (websocket, exact) = match scheme.as_str() {
            "ws" => ("ws", true),
            "wss" => ("wss", true),
            "http" => ("ws", false),
            "https" => ("wss", false),
            _ => return Err(bad("it takes ws, wss, http or https")),
        };
        if has_impossible_port(rest) {
            return Err(bad("ports go up to 65535"));
        }
        if !text.contains("://") && !looks_like_host_and_port(rest) {
            return Err(WireError::NothingThere { text: without_secrets(text) });
        }
        if rest.is_empty() || rest.starts_with('/') {
            return Err(bad("the host is missing"));
        }
        let mut url = Url::parse(&format!("{websocket}://{rest}")).map_err(|error| bad(&error.to_string()))?;
        url.set_fragment(None);
        if url.host_str().is_none_or(str::is_empty) {
            return Err(bad("the host is missing"));
        }
        Ok(Self { url, exact })
    }
}

fn has_impossible_port(text: &str) -> bool {
    let authority = text.split(['/', '?']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_err()
}

fn looks_like_host_and_port(text: &str) -> bool {
    let authority = text.split(['/', '?']).next().unwrap_or_default();
    authority.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&display(&self.url))
    }
}

/// The same place, asked for with plain HTTP in place of a websocket.
pub fn as_http(url: &Url) -> Url {
    let text = match url.as_str().split_once("://") {
        Some(("ws", rest)) => format!("http://{rest}"),
        Some(("wss", rest)) => format!("https://{rest}"),
        _ => return url.clone(),
    };
    // The url crate does not turn ws into http in place.
    Url::parse(&text).unwrap_or_else(|_| url.clone())
}

/// A URL for people's eyes: no user name, password, query or fragment in it.
pub fn display(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_fragment(None);
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    let query = shown.query().is_some();
    shown.set_query(None);
    if query { format!("{shown}?…") } else { shown.to_string() }
}

/// What was given, without what may be a user name, a password or a query.
fn without_secrets(text: &str) -> String {
    let (before, address) = text.rsplit_once('@').map_or(("", text), |(_, address)| ("…@", address));
    match address.split_once('?') {
        Some((address, _)) => format!("{before}{address}?…"),
        None => format!("{before}{address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(text: &str) -> Vec<String> {
        let target: Target = text.parse().unwrap();
        target.candidates("ws", None).iter().map(Url::to_string).collect()
    }

    #[test]
    fn every_way_to_write_an_address_finds_the_websocket() {
        assert_eq!(tried("ws://h:1/ws"), ["ws://h:1/ws", "ws://h:1/ws/ws"]);
        assert_eq!(tried("ws://h:1"), ["ws://h:1/ws"]);
        assert_eq!(tried("wss://h/a/"), ["wss://h/a/ws"]);
        assert_eq!(tried("h:1"), ["ws://h:1/ws"]);
        assert_eq!(tried("localhost:1/app/"), ["ws://localhost:1/app/ws"]);
        assert_eq!(tried("http://h/a/b/"), ["ws://h/a/b/ws"]);
        assert_eq!(tried("https://h/a/b?token=x"), ["wss://h/a/b/ws?token=x", "wss://h/a/ws?token=x"]);
        assert_eq!(tried("https://h/a/index.html"), ["wss://h/a/ws"]);
        assert_eq!(tried("http://[::1]:8/"), ["ws://[::1]:8/ws"]);
    }

    #[test]
    fn a_path_that_the_user_insists_on_is_the_only_one() {
        let target: Target = "http://h:1/a/?t=1".parse().unwrap();
        let urls = target.candidates("ws", Some("/other"));
        assert_eq!(urls.iter().map(Url::to_string).collect::<Vec<_>>(), ["ws://h:1/other?t=1"]);
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_secrets() {
        for bad in ["", "scene.wazex", "ftp://h", "ws://", "ws:///x", "localhost", "a:b:c", "h:99999"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
        let error = "ftp://user:pass@h/?token=1".parse::<Target>().unwrap_err().to_string();
        assert!(
            !error.contains("token") && "ftp://u:pass@h".parse::<Target>().unwrap_err().to_string().contains("…@h")
        );
        for secret in ["ws://user:pa?ss@", "user:hunter2?x@host", "ftp://u:p@h?q=p"] {
            let error = secret.parse::<Target>().unwrap_err().to_string();
            assert!(!["pa", "hunter2", "u:p", "q="].iter().any(|part| error.contains(part)), "{error}");
        }
        let target: Target = "https://u:p@h/x?token=secret".parse().unwrap();
        assert_eq!(target.to_string(), "wss://h/x?…");
        let page: Url = "https://h/login#access_token=1".parse().unwrap();
        assert_eq!(display(&page), "https://h/login");
    }

    #[test]
    fn the_page_of_a_websocket() {
        let page = |text: &str| text.parse::<Target>().unwrap().page("ws").to_string();
        assert_eq!(page("ws://h:1/ws"), "http://h:1/");
        assert_eq!(page("wss://h/a/ws?token=x"), "https://h/a/?token=x");
        assert_eq!(page("https://h/a/b"), "https://h/a/b");
        assert_eq!(page("http://h/news"), "http://h/news");
        assert_eq!(page("h:1"), "http://h:1/");
    }
}
