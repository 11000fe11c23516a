//! Finding out how far one gets with a server, what each step takes, and why it goes no further.
//!
//! The way is the one that every verb takes, [`protocol::connect`], with somebody who watches. Only when it fails is
//! more asked, to tell the causes apart: the page there, other paths, the certificate.

mod cause;
mod diagnose;
mod foreign;
mod http;
mod page;
mod statistics;
mod steps;
mod tls;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::protocol::{self, ConnectError, Connecting, ServerInfo};
use crate::wire::Watching;

pub use cause::{Cause, Failure};
pub use statistics::{Statistics, Times};
pub use steps::Step;

use steps::{Log, Recorder};

/// A certificate that ends sooner than this is worth a word.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// What came of one try.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Every step, in the order in which they were made.
    pub steps: Vec<Step>,
    /// How long all of them took together; not what was asked afterwards to find the cause.
    pub time: Duration,
    /// What the server says of itself, where a scene was reached.
    pub server: Option<ServerInfo>,
    /// Why it was not.
    pub failure: Option<Failure>,
    /// What is worth a word though it works.
    pub notes: Vec<String>,
}

/// One try. It begins when it is made, so that what comes before the connection can be watched, too.
pub struct Attempt {
    recorder: Arc<Recorder>,
    start: Instant,
}

impl Attempt {
    /// Begins.
    #[allow(clippy::new_without_default, reason = "the clock starts")]
    pub fn new() -> Self {
        Self { recorder: Arc::default(), start: Instant::now() }
    }

    /// Who must see the steps.
    pub fn watching(&self) -> Watching {
        Watching::by(Arc::clone(&self.recorder) as _)
    }

    /// Connects, asks for the status of the first root, and leaves. The options of `how` must have [`Self::watching`].
    pub async fn go(self, how: &Connecting) -> Round {
        let reached = reach(how).await;
        let time = self.start.elapsed();
        let log = self.recorder.take(reached.as_ref().err().map(|error| in_full(error)).as_deref());
        let (server, failure) = match reached {
            Ok(server) => (Some(server), None),
            Err(error) => (None, Some(diagnose::diagnose(how, &log, &error).await)),
        };
        let notes = if failure.is_none() { notes(how, &log, server.as_ref()) } else { Vec::new() };
        Round { steps: log.steps, time, server, failure, notes }
    }

    /// It failed before there was somebody to connect to.
    pub fn fail(self, cause: Cause, error: &dyn Error, hint: Option<&str>) -> Round {
        let (time, text, hint) = (self.start.elapsed(), in_full(error), hint.unwrap_or_default());
        let log = self.recorder.take(Some(&text));
        Round { steps: log.steps, time, failure: Some(Failure::new(cause, text, hint)), ..Round::default() }
    }
}

async fn reach(how: &Connecting) -> Result<ServerInfo, ConnectError> {
    let mut client = protocol::connect(how).await?;
    let status = client.status().await;
    let info = client.info().clone();
    client.close().await;
    status?;
    Ok(info)
}

/// An error with its causes.
fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    text
}

fn notes(how: &Connecting, log: &Log, server: Option<&ServerInfo>) -> Vec<String> {
    let mut notes = Vec::new();
    let is_old = |(name, version): &(String, String)| name == "wslink" && version == "1";
    if server.is_some_and(|server| server.software.iter().any(is_old)) {
        notes.push(String::from("the server speaks wslink 1, the older one: that is fine, scenectl speaks both"));
    }
    if let Some(certificate) = &log.certificate {
        if how.wire.insecure {
            notes.push(String::from("the certificate was not checked (--insecure)"));
        }
        if let Some(left) = certificate.left().filter(|left| *left < SOON) {
            notes.push(format!("the certificate expires in {}", steps::days(left)));
        }
    }
    notes
}
