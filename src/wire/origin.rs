//! Who asks a server of this machine.

use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use url::{Host, Url};

/// False for what a page from elsewhere asks: one of another origin, or one whose own name was made to lead here.
pub fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_ours = |authority: &str| {
        let url = Url::parse(&format!("http://{authority}/"));
        match url.as_ref().ok().and_then(Url::host) {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    };
    let origin = text(ORIGIN).map(|origin| origin.split_once("://").map_or("", |(_, authority)| authority));
    let site = text(HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
    headers.get_all(HOST).iter().count() == 1
        && text(HOST).is_some_and(is_ours)
        && origin.is_none_or(|origin| Some(origin) == text(HOST))
        && matches!(site, "none" | "same-origin")
}
