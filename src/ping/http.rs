//! Web servers that open no websocket.

use url::Url;

use super::cause::{Cause, Failure};
use super::diagnose::Case;
use super::steps::REDIRECT;
use super::{foreign, page, tls};
use crate::protocol;
use crate::wire::{Answer, WireError, as_http, display_url, look, open, step};

/// Pages behind pages that are looked at.
const MOST_PAGES: usize = 4;
/// Other paths that are tried.
const MOST_PATHS: usize = 6;

const NGINX: &str = "the proxy must pass it on; nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                     proxy_set_header Connection \"upgrade\";";
const LOG_IN: &str = "log in with a browser, and pass on what it got then: --cookie NAME=VALUE, or --header \
                      'Authorization: …'";

/// Why no websocket opened.
pub(super) async fn diagnose(case: &Case<'_>, error: &WireError) -> Failure {
    if case.log.last().is_some_and(|step| step.name == REDIRECT) {
        let first = case.log.steps.iter().find(|step| step.name == REDIRECT).map_or("", |step| step.subject.as_str());
        let text = format!("{first} leads in circles: no websocket after {} redirects", case.log.count(REDIRECT));
        let hint = "the server, or a proxy before it, does not know its own address: is it right in its settings?";
        return Failure::new(Cause::RedirectLoop, text, hint);
    }
    let asked = case.log.subject(step::UPGRADE);
    let is_unclear = case.log.answers.is_empty() || case.log.answers.iter().any(|(_, answer)| answer.status == 400);
    if is_unclear
        && let Some(subject) = asked.filter(|subject| subject.starts_with("ws://"))
        && let Some(failure) = tls::mismatch(case, subject).await
    {
        return failure;
    }
    // Of all that was answered, what says most: that a path is not there says least.
    let mut best: Option<Failure> = None;
    for (url, answer) in &case.log.answers {
        let failure = judge(case, url, answer).await;
        if best.as_ref().is_none_or(|best| weight(failure.cause) > weight(best.cause)) {
            best = Some(failure);
        }
    }
    match best {
        Some(failure) if matches!(failure.cause, Cause::NotFound | Cause::PageInstead) => {
            elsewhere(case, failure).await
        }
        Some(failure) => failure,
        None => {
            if let Some(failure) = plain(case, asked).await {
                return failure;
            }
            let subject = asked.map_or_else(|| case.how.target.to_string(), str::to_owned);
            let reason = case.log.last().map_or_else(|| error.to_string(), |step| step.detail.clone());
            let hint = "is this the scene server's port? Something else may listen there";
            Failure::new(Cause::NotWebsocket, format!("{subject} does not answer as a web server does: {reason}"), hint)
        }
    }
}

/// A web server that answers a plain request, and to one for a websocket nothing that could be understood.
async fn plain(case: &Case<'_>, asked: Option<&str>) -> Option<Failure> {
    let url = case.url(asked?)?;
    let answer = look(&url, &case.options(&url)).await.ok().filter(|answer| answer.status >= 200)?;
    let (at, status) = (display_url(&url), answer.status);
    let by = answer.server.as_ref().map(|server| format!(" ({server})")).unwrap_or_default();
    let cause = match status {
        200..=299 => Cause::PageInstead,
        404 | 405 | 410 => Cause::NotFound,
        _ => Cause::HttpError,
    };
    let text = format!("{at} is a web server's{by}, which knows no websockets: it answers HTTP {status}");
    Some(Failure::new(cause, text, "is this the scene server's port? Something else listens there"))
}

fn weight(cause: Cause) -> u8 {
    match cause {
        Cause::LoginPage => 7,
        Cause::UpgradeDropped => 6,
        Cause::LoginNeeded => 5,
        Cause::BadGateway => 4,
        Cause::PageInstead => 3,
        Cause::Redirected => 2,
        Cause::HttpError => 1,
        _ => 0,
    }
}

/// What one answer means.
async fn judge(case: &Case<'_>, url: &Url, answer: &Answer) -> Failure {
    let (at, status) = (display_url(url), answer.status);
    let by = answer.server.as_ref().map(|server| format!(" ({server})")).unwrap_or_default();
    match status {
        300..=399 if answer.location.is_some() => led_away(case, url, answer).await,
        401 | 403 | 407 => {
            let page = whole(case, url, answer).await;
            if page::is_login("", &page.body) {
                return login(&at, status, &page);
            }
            let text = format!("{at} answers HTTP {status}{by}: it does not know you, or you may not");
            Failure::new(Cause::LoginNeeded, text, format!("{LOG_IN}; or USER:PASSWORD@ before the host"))
        }
        404 | 405 | 410 => Failure::new(Cause::NotFound, format!("HTTP {status}{by}"), ""),
        426 => {
            let text = format!("{at} answers HTTP 426, that it wants an upgrade: ours was lost on the way{by}");
            Failure::new(Cause::UpgradeDropped, text, NGINX)
        }
        502..=504 => Failure::new(
            Cause::BadGateway,
            format!("{at} answers HTTP {status}: a proxy{by} gets no answer from the server behind it"),
            "is the application running, and where that proxy looks for it? Some servers drop what comes in HTTP/1.0: nginx \
             then needs proxy_http_version 1.1",
        ),
        200..=299 => {
            let page = whole(case, url, answer).await;
            if page.is_html() && page::is_login(url.path(), &page.body) {
                return login(&at, status, &page);
            }
            let what = if page.is_html() { "a web page" } else { "a document" };
            let text = format!("{at} answers with {what}{} in place of a websocket: HTTP {status}{by}", titled(&page));
            let hint = format!("is it the websocket's path? --path /PATH/ws names it. Otherwise {NGINX}");
            Failure::new(Cause::PageInstead, text, hint)
        }
        // What a server says to a plain request for its websocket: 400, or 500 where it trips over it.
        400 | 500 => {
            if url.scheme() == "wss" && page::title(&answer.body).is_some_and(|title| title.contains("SSL certificate"))
            {
                return tls::wants_ours(&at);
            }
            let plain = look(url, &case.options(url)).await;
            if plain.is_ok_and(|plain| plain.status == status) {
                let text = format!(
                    "{at} answers HTTP {status}{by} to a websocket's request as to any other: something on the way drops \
                     the upgrade"
                );
                return Failure::new(Cause::UpgradeDropped, text, NGINX);
            }
            other(&at, status, &by)
        }
        _ => other(&at, status, &by),
    }
}

fn other(at: &str, status: u16, by: &str) -> Failure {
    let hint = "what does the server's log, or that of a proxy in between, say?";
    Failure::new(Cause::HttpError, format!("{at} answers HTTP {status}{by}"), hint)
}

fn login(at: &str, status: u16, page: &Answer) -> Failure {
    let text = format!("{at} answers with a page to log in{} (HTTP {status})", titled(page));
    Failure::new(Cause::LoginPage, text, LOG_IN)
}

/// A redirect to something that is no websocket.
async fn led_away(case: &Case<'_>, url: &Url, answer: &Answer) -> Failure {
    let (to, page) = follow(case, url, answer.clone()).await;
    let (at, there, status) = (display_url(url), display_url(&to), answer.status);
    if page::is_login(to.path(), &page.body) {
        let text = format!("{at} leads to a page to log in: {there}{} (HTTP {status})", titled(&page));
        return Failure::new(Cause::LoginPage, text, LOG_IN);
    }
    let text = format!("{at} leads to {there}{} (HTTP {status}), which is no websocket", titled(&page));
    let hint = "is that the application? Then give that address. If it wants you to log in: --header or --cookie";
    Failure::new(Cause::Redirected, text, hint)
}

/// Where redirects lead, and the page there. On other hosts nothing is asked: what they show is not ours to fetch.
async fn follow(case: &Case<'_>, from: &Url, mut answer: Answer) -> (Url, Answer) {
    let mut at = as_http(from);
    let origin = at.origin();
    for _ in 0..MOST_PAGES {
        let Some(to) = answer.location.as_deref().and_then(|location| at.join(location).ok()) else { break };
        at = to;
        if at.origin() != origin {
            return (at, Answer::default());
        }
        match look(&at, &case.options(&at)).await {
            Ok(next) => answer = next,
            Err(_) => return (at, Answer::default()),
        }
    }
    (at, answer)
}

/// An answer with more of its body: a handshake sees only what came with the head.
async fn whole(case: &Case<'_>, url: &Url, answer: &Answer) -> Answer {
    let again = look(url, &case.options(url)).await;
    again.ok().filter(|again| again.status == answer.status).unwrap_or_else(|| answer.clone())
}

fn titled(page: &Answer) -> String {
    page::title(&page.body).map(|title| format!(" “{title}”")).unwrap_or_default()
}

/// Looks for the websocket at other paths, and for what is there in its place.
async fn elsewhere(case: &Case<'_>, failure: Failure) -> Failure {
    let tried: Vec<&Url> = case.log.answers.iter().map(|(url, _)| url).collect();
    let endpoint = protocol::usual().endpoint();
    let page = case.page();
    let (page, shown) = match look(&page, &case.options(&page)).await {
        Ok(answer) => follow(case, &page, answer).await,
        Err(_) => (page, Answer::default()),
    };
    if page::title(&shown.body).as_deref() == Some("Viser") {
        return foreign::viser_page(&display_url(&page));
    }
    let found = first_that_opens(case, candidates(case, endpoint, &tried, &page)).await;
    let text = match failure.cause {
        Cause::NotFound => {
            let tried: Vec<String> = tried.iter().map(|url| display_url(url)).collect();
            let there = match shown.status {
                200..=299 => format!("; there is a page{} at {}", titled(&shown), display_url(&page)),
                _ => String::new(),
            };
            format!("no websocket at {}: {}{there}", tried.join(" or "), failure.text)
        }
        _ => failure.text,
    };
    let hint = match found {
        Some(found) => format!("a websocket opens at {}: --path {}", display_url(&found), found.path()),
        None if failure.cause == Cause::NotFound => String::from(
            "--path /PATH/ws names the websocket's path: under the prefix that a proxy gives the application, and /ws, or \
             what the server was told with --ws-endpoint",
        ),
        None => failure.hint,
    };
    Failure::new(failure.cause, text, hint)
}

/// Where else a websocket may be: where it is looked for without --path, beside the page, and in every folder above.
fn candidates(case: &Case<'_>, endpoint: &str, tried: &[&Url], page: &Url) -> Vec<Url> {
    let mut found = case.how.target.candidates(endpoint, None);
    let Some(first) = tried.first() else { return found };
    let mut add = |path: &str| {
        let mut url = (*first).clone();
        url.set_path(path);
        found.push(url);
    };
    for place in std::iter::once(page).chain(tried.iter().copied()) {
        let mut folder = place.path();
        while let Some((above, _)) = folder.rsplit_once('/') {
            add(&format!("{above}/{endpoint}"));
            folder = above;
        }
    }
    let mut seen: Vec<Url> = tried.iter().map(|url| (*url).clone()).collect();
    found.retain(|url| {
        let new = !seen.contains(url);
        seen.push(url.clone());
        new
    });
    found.truncate(MOST_PATHS);
    found
}

async fn first_that_opens(case: &Case<'_>, urls: Vec<Url>) -> Option<Url> {
    for url in urls {
        let options = case.options(&url);
        if let Ok((mut connection, _)) = open(&url, &options).await {
            let _ = tokio::time::timeout(options.timeout, connection.close(None)).await;
            return Some(url);
        }
    }
    None
}
