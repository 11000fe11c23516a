//! From an error, and what was seen on the way, to the cause.

use std::io;
use std::time::{Duration, Instant};

use url::Url;

use super::cause::{Cause, Failure};
use super::steps::Log;
use super::{foreign, http, in_full, tls};
use crate::protocol::{self, ClientError, ConnectError, Connecting};
use crate::wire::{ConnectOptions, Watching, WireError, display_url, step};

/// A question that is asked to find a cause may take so long at most.
const PATIENCE: Duration = Duration::from_secs(5);
/// All of them together.
const ALL_PATIENCE: Duration = Duration::from_secs(12);

/// What is known of a failed try.
pub(super) struct Case<'a> {
    pub(super) how: &'a Connecting,
    pub(super) log: &'a Log,
    end: Instant,
}

impl Case<'_> {
    /// The page of the server that was meant.
    pub(super) fn page(&self) -> Url {
        self.how.target.page(protocol::usual().endpoint())
    }

    /// How to ask more of this URL: unwatched, and without much patience. Headers are for nobody but the server that
    /// was meant, and not for plain HTTP where TLS was.
    pub(super) fn options(&self, url: &Url) -> ConnectOptions {
        let left = self.end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let mut options = self.how.wire.clone();
        options.timeout = options.timeout.min(PATIENCE).min(left);
        options.watch = Watching::default();
        let meant = self.page();
        let place = |url: &Url| (url.host_str().map(str::to_owned), url.port_or_known_default());
        let is_plain = matches!(url.scheme(), "http" | "ws");
        if place(url) != place(&meant) || (is_plain && self.how.target.is_tls()) {
            options.headers.clear();
        }
        options
    }
}

/// Finds the cause; asks the server more where that helps.
pub(super) async fn diagnose(how: &Connecting, log: &Log, error: &ConnectError) -> Failure {
    let case = Case { how, log, end: Instant::now() + ALL_PATIENCE };
    match error {
        ConnectError::Wire(error) => case.wire(error).await,
        ConnectError::OtherProtocol(text) => foreign::recognise(&case, text).await,
        ConnectError::WrongSecret => {
            let sent = if how.secret.is_some() { "the secret" } else { "wslink's usual secret, since none was given" };
            case.plainly(Cause::WrongSecret, error, format!("the server refuses {sent}"))
        }
        ConnectError::HelloTooLarge { .. } => case.plainly(Cause::HelloTooLarge, error, error.to_string()),
        ConnectError::TooOld { .. } => case.plainly(Cause::TooOld, error, error.to_string()),
        ConnectError::NoRoots => {
            let text = "no root found: the application names no view, and no object is a render window";
            case.plainly(Cause::NoRoot, error, String::from(text))
        }
        ConnectError::NoSuchRoot { .. } => case.plainly(Cause::NoSuchRoot, error, error.to_string()),
        // What a server says of a window that it has not is different in every version.
        ConnectError::Client(ClientError::Failed(said))
            if !how.roots.is_empty() && case.ended_at(protocol::step::STATUS) =>
        {
            let text = format!("there is no status of the root {}: {said}", how.roots.join(", "));
            let hint = "--root takes a root's id or its view's name; without it, the first there is";
            Failure::new(Cause::NoSuchRoot, text, hint)
        }
        ConnectError::Client(ClientError::Lost(_)) if case.last_took(how.wire.timeout) => {
            let (at, seconds) = (case.at(), how.wire.timeout.as_secs_f64());
            let step = log.last().map_or("", |step| step.name);
            let text = format!("{at} opens a websocket, and says nothing for {seconds} s at the step `{step}`");
            let hint = "is it a scene server? A busy one may need more time: --timeout SECONDS";
            Failure::new(Cause::Silent, text, hint)
        }
        ConnectError::Client(ClientError::Lost(_)) => case.plainly(Cause::Lost, error, error.to_string()),
        ConnectError::NothingToAttend { .. } | ConnectError::Client(_) => {
            case.plainly(Cause::Failed, error, in_full(error))
        }
    }
}

impl Case<'_> {
    /// The websocket that opened, or else the address that was given.
    pub(super) fn at(&self) -> String {
        self.log.opened.as_ref().map_or_else(|| self.how.target.to_string(), display_url)
    }

    fn last_took(&self, time: Duration) -> bool {
        self.log.last().is_some_and(|step| step.time >= time)
    }

    fn ended_at(&self, name: &str) -> bool {
        self.log.last().is_some_and(|step| step.name == name)
    }

    fn plainly(&self, cause: Cause, error: &ConnectError, text: String) -> Failure {
        Failure::new(cause, text, error.hint().unwrap_or_default())
    }

    async fn wire(&self, error: &WireError) -> Failure {
        let hint = error.hint().unwrap_or_default();
        match error {
            WireError::Resolve { host, source } => Failure::new(
                Cause::UnknownHost,
                format!("no address is known for the host {host}: {source}"),
                "check the name for typing errors; does it need a VPN?",
            ),
            WireError::Connect { address, source } => self.not_connected(address, source),
            WireError::Timeout { limit, .. } => self.late(*limit).await,
            WireError::Tls { address, reason, fault } => tls::diagnose(self, address, reason, *fault).await,
            WireError::CaFile { .. } => Failure::new(Cause::CaFile, error.to_string(), hint),
            WireError::Http { .. } | WireError::Handshake { .. } => http::diagnose(self, error).await,
            WireError::BadAddress { .. }
            | WireError::NothingThere { .. }
            | WireError::NotLoopback { .. }
            | WireError::BadListen { .. }
            | WireError::Listen { .. } => Failure::new(Cause::Address, error.to_string(), hint),
        }
    }

    fn not_connected(&self, address: &str, source: &io::Error) -> Failure {
        let tried: Vec<&str> =
            self.log.steps.iter().filter(|step| step.name == step::TCP).map(|step| step.subject.as_str()).collect();
        let tried = if tried.len() > 1 { format!(" ({})", tried.join(", ")) } else { String::new() };
        if source.kind() == io::ErrorKind::ConnectionRefused {
            return Failure::new(
                Cause::Refused,
                format!("{address}{tried} refuses the connection: nothing listens there"),
                "is the server running, and on this port? In a container it must listen on all addresses (trame: --host \
                 0.0.0.0), and its port must be published",
            );
        }
        let text = format!("cannot reach {address}{tried}: {source}");
        Failure::new(Cause::Unreachable, text, "check the address and the network; does it need a VPN?")
    }

    async fn late(&self, limit: Duration) -> Failure {
        let Some(step) = self.log.last() else {
            return Failure::new(Cause::Timeout, "nothing happened", "--timeout SECONDS gives it more time");
        };
        let (subject, seconds) = (&step.subject, limit.as_secs_f64());
        match step.name {
            step::DNS => {
                let text = format!("nobody says within {seconds} s which address {subject} has");
                Failure::new(Cause::Timeout, text, "does this machine reach its name server?")
            }
            step::TCP => Failure::new(
                Cause::Timeout,
                format!("{subject} does not answer within {seconds} s, neither yes nor no"),
                "is it the right address? A firewall that drops packets looks like this; --timeout SECONDS waits longer",
            ),
            name => {
                if let Some(failure) = tls::mismatch(self, subject).await {
                    return failure;
                }
                let what = if name == step::TLS { "TLS handshake" } else { "request" };
                let text = format!("{subject} takes the connection, and says nothing for {seconds} s to the {what}");
                let hint = "is it a scene server's port? A busy server may need more time: --timeout SECONDS";
                Failure::new(Cause::Silent, text, hint)
            }
        }
    }

    /// The URL that a step was about.
    pub(super) fn url(&self, subject: &str) -> Option<Url> {
        let text = if subject.contains("://") { subject.to_owned() } else { format!("wss://{subject}/") };
        Url::parse(&text).ok()
    }
}
