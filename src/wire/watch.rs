//! Whoever sees how a server is reached, step by step.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use url::Url;

use super::{Answer, Certificate};

/// Names of the steps that there are to every websocket. Protocols have more.
pub mod step {
    /// From a host's name to its addresses.
    pub const DNS: &str = "dns";
    /// A TCP connection to one address.
    pub const TCP: &str = "tcp";
    /// The TLS handshake.
    pub const TLS: &str = "tls";
    /// The HTTP request that shall become a websocket.
    pub const UPGRADE: &str = "upgrade";
}

/// What a step that is over has found.
#[derive(Debug)]
pub enum Fact<'a> {
    /// The host's addresses.
    Addresses(&'a [SocketAddr]),
    /// The address took the connection.
    Connected,
    /// TLS is set up: its version, and the certificate as far as it can be read.
    Secured {
        /// For instance `TLS 1.3`.
        version: &'static str,
        /// The server's own.
        certificate: Option<Certificate>,
    },
    /// The websocket is open.
    Opened(&'a Url),
    /// HTTP, and no websocket.
    Answered {
        /// What was asked.
        url: &'a Url,
        /// The answer.
        answer: Answer,
        /// Where we go on from here, as the answer says.
        followed: Option<&'a Url>,
    },
    /// What else a protocol has to say.
    Words(String),
    /// It did not work.
    Failed(String),
}

/// Sees the steps. There is one at a time.
pub trait Watch: Send + Sync {
    /// A step begins: its name, and what it is about, without secrets.
    fn begin(&self, step: &'static str, subject: &str);

    /// It is over. A step that does not end is what the error is about.
    fn end(&self, fact: Fact<'_>);
}

/// Somebody who watches, or nobody.
#[derive(Clone, Default)]
pub struct Watching(Option<Arc<dyn Watch>>);

impl Watching {
    /// By this one.
    pub fn by(watch: Arc<dyn Watch>) -> Self {
        Self(Some(watch))
    }

    /// Tells of a step that begins.
    pub fn begin(&self, step: &'static str, subject: impl AsRef<str>) {
        if let Some(watch) = &self.0 {
            watch.begin(step, subject.as_ref());
        }
    }

    /// Tells what came of it. The fact is made only where somebody watches.
    pub fn end<'a>(&self, fact: impl FnOnce() -> Fact<'a>) {
        if let Some(watch) = &self.0 {
            watch.end(fact());
        }
    }
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watching" } else { "Unwatched" })
    }
}
