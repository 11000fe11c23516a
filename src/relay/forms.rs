//! What HTTP headers become on their way through a relay, so that a browser stays on it and the server does not
//! wonder.

use hyper::HeaderMap;
use hyper::header::{
    AUTHORIZATION, CONNECTION, COOKIE, HOST, HeaderName, HeaderValue, LOCATION, ORIGIN, REFERER,
    SEC_WEBSOCKET_PROTOCOL, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use url::{Host, Url};

/// Headers that are about one connection and not about what it carries. Source: RFC 9110, section 7.6.1.
const HOP_BY_HOP: [HeaderName; 5] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];
/// Where a browser says how a page and what it asks for are related.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Those that never got into a standard.
const HOP_BY_HOP_TOO: [&str; 4] = ["keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"];

/// `http://host:port` of a server that is known by its websocket's URL.
pub(super) fn origin(websocket: &Url) -> String {
    let scheme = if websocket.scheme() == "wss" { "https" } else { "http" };
    let host = websocket.host_str().unwrap_or_default();
    websocket.port().map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"))
}

/// Takes out what is only about this connection.
pub(super) fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.into_iter().chain(named) {
        headers.remove(name);
    }
    for name in HOP_BY_HOP_TOO {
        headers.remove(name);
    }
}

/// The headers of a request as the server gets them.
pub(super) fn to_server(headers: &mut HeaderMap, upstream: &Url, more: &[(HeaderName, HeaderValue)]) {
    let here = headers.get(HOST).and_then(|host| host.to_str().ok()).map(|host| format!("http://{host}"));
    drop_hop_by_hop(headers);
    headers.remove(HOST);
    let there = origin(upstream);
    for name in [ORIGIN, REFERER] {
        let value = headers.get(&name).and_then(|value| value.to_str().ok());
        let rest = value.zip(here.as_deref()).and_then(|(value, here)| value.strip_prefix(here));
        if let Some(Ok(value)) = rest.map(|rest| HeaderValue::from_str(&format!("{there}{rest}"))) {
            headers.insert(name, value);
        }
    }
    for (name, value) in more {
        if name == COOKIE {
            // One header: servers are not asked to read two.
            let both = headers.get(COOKIE).map(|own| [own.as_bytes(), b"; ", value.as_bytes()].concat());
            let both = both.and_then(|both| HeaderValue::from_bytes(&both).ok());
            headers.insert(COOKIE, both.unwrap_or_else(|| value.clone()));
        } else {
            headers.insert(name, value.clone());
        }
    }
}

/// The headers of a websocket's handshake that the server gets, too.
pub(super) fn for_websocket(headers: &HeaderMap, upstream: &Url, more: &[(HeaderName, HeaderValue)]) -> HeaderMap {
    let mut all = headers.clone();
    to_server(&mut all, upstream, more);
    let mut kept = HeaderMap::new();
    let wanted = [AUTHORIZATION, COOKIE, ORIGIN, USER_AGENT, SEC_WEBSOCKET_PROTOCOL];
    for name in wanted.iter().chain(more.iter().map(|(name, _)| name)) {
        if let Some(value) = all.get(name) {
            kept.insert(name, value.clone());
        }
    }
    kept
}

/// The headers of an answer as the client gets them.
pub(super) fn to_client(headers: &mut HeaderMap, upstream: &Url) {
    drop_hop_by_hop(headers);
    if let Some(location) = headers.get(LOCATION).and_then(|value| value.to_str().ok())
        && let Ok(here) = HeaderValue::from_str(&location_here(location, upstream))
    {
        headers.insert(LOCATION, here);
    }
    let cookies: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        let here = cookie.to_str().ok().and_then(|text| HeaderValue::from_str(&cookie_here(text)).ok());
        headers.append(SET_COOKIE, here.unwrap_or(cookie));
    }
}

/// True for what a page from elsewhere asks: one of another origin, or one whose own name was made to lead here.
/// Browsers would let it use whatever the relay adds for its user.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(&HOST).unwrap_or_default();
    // No name was made to lead here where there is none.
    let is_own = is_of_this_machine(host) || matches!(named(host), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    let is_from_elsewhere = match text(&ORIGIN) {
        // `null` is what sandboxed pages and files say.
        Some(origin) => {
            let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
            authority != host && !is_of_this_machine(authority)
        }
        // Pictures and links do not say where they are from, only that it is elsewhere.
        None => text(&FETCH_SITE) == Some("cross-site"),
    };
    !is_own || headers.get_all(HOST).iter().count() != 1 || is_from_elsewhere
}

/// The host in `host:port`.
fn named(authority: &str) -> Option<Host<String>> {
    Url::parse(&format!("http://{authority}/")).ok()?.host().map(|host| host.to_owned())
}

/// True for names that lead to nowhere else, whoever uses them.
fn is_of_this_machine(authority: &str) -> bool {
    match named(authority) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// Where a redirect leads: to the relay, if it led to the server.
pub(super) fn location_here(location: &str, upstream: &Url) -> String {
    let same = |url: &Url| {
        let port = |url: &Url| url.port_or_known_default();
        url.host_str() == upstream.host_str() && port(url) == port(upstream)
    };
    match Url::parse(location) {
        Ok(url) if same(&url) => {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
            // `//other.example` at the start would be another host.
            let dot = if url.path().starts_with("//") { "/." } else { "" };
            format!("{dot}{}{query}{fragment}", url.path())
        }
        _ => location.to_owned(),
    }
}

/// A cookie that belongs to the relay's host, which has no TLS.
fn cookie_here(cookie: &str) -> String {
    let kept = cookie.split(';').enumerate().filter(|(k, part)| {
        let name = part.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
        let value = part.split_once('=').map(|(_, value)| value.trim().to_ascii_lowercase()).unwrap_or_default();
        // SameSite=None is only taken together with Secure.
        *k == 0
            || !(name == "domain"
                || name == "secure"
                || name == "partitioned"
                || (name == "samesite" && value == "none"))
    });
    kept.map(|(_, part)| part).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream() -> Url {
        Url::parse("wss://scene.example/app/ws").unwrap()
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_browser_stays_on_the_relay() {
        let mut answer = headers(&[
            ("location", "https://scene.example/login?next=%2F#top"),
            ("set-cookie", "a=1; Path=/app; Domain=scene.example; Secure; HttpOnly; SameSite=None"),
            ("set-cookie", "b=2; SameSite=Lax"),
            ("connection", "keep-alive, x-own"),
            ("x-own", "1"),
            ("keep-alive", "timeout=5"),
            ("content-type", "text/html"),
        ]);
        to_client(&mut answer, &upstream());
        assert_eq!(answer[LOCATION], "/login?next=%2F#top");
        let cookies: Vec<_> = answer.get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1; Path=/app; HttpOnly", "b=2; SameSite=Lax"]);
        assert_eq!(answer.len(), 4, "{answer:?}");
        assert_eq!(location_here("https://scene.example//evil.example/x", &upstream()), "/.//evil.example/x");
        assert_eq!(location_here("index.html", &upstream()), "index.html");
        assert_eq!(location_here("https://other.example/x", &upstream()), "https://other.example/x");
    }

    #[test]
    fn pages_from_elsewhere_are_told_by_their_names() {
        for own in ["127.0.0.1:9000", "localhost:9000", "[::1]:9000", "a.localhost", "192.168.1.7:80"] {
            assert!(!is_foreign(&headers(&[("host", own)])), "{own}");
            assert!(!is_foreign(&headers(&[("host", own), ("origin", "http://localhost:5173")])), "{own}");
            assert!(!is_foreign(&headers(&[("host", own), ("origin", &format!("http://{own}"))])), "{own}");
            for origin in [
                "https://evil.example",
                "null",
                "http://127.0.0.1.evil.example",
                "http://a@evil.example",
                "http://203.0.113.5",
                "http://192.168.1.8:9000",
                "http://[2001:db8::1]:9000",
            ] {
                assert!(is_foreign(&headers(&[("host", own), ("origin", origin)])), "{own} {origin}");
            }
            let site = |site| headers(&[("host", own), ("sec-fetch-site", site)]);
            assert!(is_foreign(&site("cross-site")) && !is_foreign(&site("same-origin")) && !is_foreign(&site("none")));
        }
        for host in
            ["evil.example:9000", "127.0.0.1.evil.example", "localhost.evil.example", "", "127.0.0.1@evil.example"]
        {
            assert!(is_foreign(&headers(&[("host", host)])), "{host}");
        }
        assert!(is_foreign(&HeaderMap::new()));
    }

    #[test]
    fn the_server_sees_its_own_name_and_what_the_user_adds() {
        let mut asked = headers(&[
            ("host", "127.0.0.1:9000"),
            ("origin", "http://127.0.0.1:9000"),
            ("referer", "http://127.0.0.1:9000/app/?x=1"),
            ("cookie", "a=1"),
            ("upgrade", "websocket"),
            ("sec-websocket-extensions", "permessage-deflate"),
        ]);
        let more = [(COOKIE, HeaderValue::from_static("t=2")), (AUTHORIZATION, HeaderValue::from_static("Bearer x"))];
        let websocket = for_websocket(&asked, &upstream(), &more);
        to_server(&mut asked, &upstream(), &more);
        assert_eq!(asked[ORIGIN], "https://scene.example");
        assert_eq!(asked[REFERER], "https://scene.example/app/?x=1");
        assert_eq!((&asked[COOKIE], &asked[AUTHORIZATION]), (&"a=1; t=2".parse().unwrap(), &more[1].1));
        assert!(!asked.contains_key(HOST) && !asked.contains_key(UPGRADE));
        assert_eq!(websocket.len(), 3, "{websocket:?}");
        let mut foreign = headers(&[("host", "127.0.0.1:9000"), ("origin", "https://evil.example")]);
        to_server(&mut foreign, &upstream(), &[]);
        assert_eq!(foreign[ORIGIN], "https://evil.example", "a foreign page stays one");
    }
}
