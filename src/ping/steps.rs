//! The steps of one round, as they were seen.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use crate::wire::{Answer, Certificate, Fact, Watch, as_http, display_url};

/// Addresses that are shown for a name.
const MOST_ADDRESSES: usize = 8;

/// A redirect that was followed, in place of a websocket.
pub(super) const REDIRECT: &str = "redirect";

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its stable name: `dns`, `tcp`, `tls`, `redirect`, `upgrade`, and what the protocol adds: `hello`, `roots`,
    /// `status`; before all, `launcher`.
    pub name: &'static str,
    /// What it is about: a host, an address, a URL; without secrets.
    pub subject: String,
    /// How long it took.
    pub time: Duration,
    /// It worked.
    pub ok: bool,
    /// What came of it.
    pub detail: String,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) steps: Vec<Step>,
    running: Option<(&'static str, String, Instant)>,
    /// What was answered in place of websockets, and to what.
    pub(super) answers: Vec<(Url, Answer)>,
    /// The last websocket that opened.
    pub(super) opened: Option<Url>,
    /// The last certificate that was taken.
    pub(super) certificate: Option<Certificate>,
}

impl Log {
    /// The last step.
    pub(super) fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// What the last step of this name is about.
    pub(super) fn subject(&self, name: &str) -> Option<&str> {
        self.steps.iter().rev().find(|step| step.name == name).map(|step| step.subject.as_str())
    }

    /// How many steps of this name there were.
    pub(super) fn count(&self, name: &str) -> usize {
        self.steps.iter().filter(|step| step.name == name).count()
    }

    fn finish(&mut self, name: Option<&'static str>, ok: bool, detail: String) {
        if let Some((begun, subject, start)) = self.running.take() {
            let name = name.unwrap_or(begun);
            self.steps.push(Step { name, subject, time: start.elapsed(), ok, detail });
        }
    }
}

/// Writes down what it sees.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Log>);

impl Recorder {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was seen. A step that did not end is the one that the error is about.
    pub(super) fn take(&self, error: Option<&str>) -> Log {
        let mut log = self.log();
        log.finish(None, false, error.unwrap_or("it did not end").to_owned());
        std::mem::take(&mut log)
    }
}

impl Watch for Recorder {
    fn begin(&self, step: &'static str, subject: &str) {
        let mut log = self.log();
        log.finish(None, false, String::from("it did not end"));
        log.running = Some((step, subject.to_owned(), Instant::now()));
    }

    fn end(&self, fact: Fact<'_>) {
        let mut log = self.log();
        match fact {
            Fact::Addresses(found) => log.finish(None, true, addresses(found)),
            Fact::Connected => log.finish(None, true, String::from("connected")),
            Fact::Secured { version, certificate } => {
                let detail = match &certificate {
                    Some(certificate) => format!("{version}; {}", told(certificate)),
                    None => version.to_owned(),
                };
                log.certificate = certificate;
                log.finish(None, true, detail);
            }
            Fact::Opened(url) => {
                log.opened = Some(url.clone());
                log.finish(None, true, String::from("HTTP 101"));
            }
            Fact::Answered { answer, followed: Some(to), .. } => {
                log.finish(Some(REDIRECT), true, format!("HTTP {}, to {}", answer.status, display_url(to)));
            }
            Fact::Answered { url, answer, followed: None } => {
                let server = answer.server.as_ref().map(|server| format!(" from {server}"));
                let to = answer.location.as_ref().and_then(|location| as_http(url).join(location).ok());
                let to = to.map(|to| format!(", to {}", display_url(&to)));
                let detail = format!("HTTP {}{}{}", answer.status, server.unwrap_or_default(), to.unwrap_or_default());
                log.finish(None, false, detail);
                log.answers.push((url.clone(), answer));
            }
            Fact::Words(words) => log.finish(None, true, words),
            Fact::Failed(reason) => log.finish(None, false, reason),
        }
    }
}

fn addresses(found: &[SocketAddr]) -> String {
    let mut shown: Vec<String> = found.iter().take(MOST_ADDRESSES).map(|address| address.ip().to_string()).collect();
    if found.len() > MOST_ADDRESSES {
        shown.push(format!("and {} more", found.len() - MOST_ADDRESSES));
    }
    shown.join(", ")
}

fn told(certificate: &Certificate) -> String {
    let left = match certificate.left() {
        Some(left) => days(left),
        None => String::from("expired"),
    };
    format!("certificate for {} until {} ({left})", certificate.hosts(), certificate.until_date)
}

/// A time of days or hours: `41 days`.
pub(super) fn days(time: Duration) -> String {
    let hours = time.as_secs() / 3600;
    let (n, unit) = if hours >= 48 { (hours / 24, "days") } else { (hours, "hours") };
    format!("{n} {unit}")
}
