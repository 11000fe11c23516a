//! Why there is no session.

use std::sync::LazyLock;

use regex::Regex;

use crate::wire::WireError;

/// So much of what a launcher says is shown.
const SHOWN: usize = 300;

/// Why a launcher gave no session.
#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    /// The address is none of a launcher.
    #[error("--launcher: that is not a launcher's address: {reason}")]
    BadAddress {
        /// What is wrong.
        reason: String,
    },
    /// TLS could not be set up.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// There was no answer.
    #[error("the launcher {url} did not answer: {reason}")]
    Http {
        /// What was asked.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// It gives no session.
    #[error("the launcher {url} gives no session (HTTP {status}){}", said_by(.said))]
    Refused {
        /// What was asked.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What it says.
        said: String,
    },
    /// The answer makes no sense.
    #[error("the answer of {url} is not a launcher's: {reason}")]
    BadAnswer {
        /// What was asked.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The session is not encrypted, though the launcher is.
    #[error("the launcher uses TLS, but its session {session} does not")]
    Downgrade {
        /// The session.
        session: String,
    },
}

impl LauncherError {
    /// True where the next attempt may succeed. A session that did not start would not start then either, and each
    /// attempt would take one more port.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Refused { status: 503, said, .. } if !said.contains("did not"))
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::BadAddress { .. } => "a launcher's address is like http://host/paraview/",
            Self::Wire(error) => return error.hint(),
            Self::Http { reason, .. } if reason.contains("certificate") => {
                "--ca-file FILE trusts your own authority; --insecure checks nothing"
            }
            Self::Http { .. } => "does the launcher run there? --timeout SECONDS gives it more time than a minute",
            Self::Refused { status: 300..=399 | 401 | 403, .. } => {
                "it leads to another page or wants you to log in: try --header or --cookie"
            }
            Self::Refused { status: 404 | 405, .. } => "check the path: wslink's launcher is at /paraview/ by default",
            Self::Refused { status: 500, .. } => {
                "does the launcher know an application of this name? Its log says more"
            }
            Self::Refused { status: 503, .. } if self.may_pass() => {
                "all its sessions are in use: --launcher-retries N asks more often"
            }
            Self::Refused { status: 503, .. } => "the launcher's logs say why the session did not start",
            Self::Refused { .. } => "--launcher-config KEY=VALUE sends what else it wants to know",
            Self::BadAnswer { .. } => "is this a launcher's address? A server's own is given as SOURCE",
            Self::Downgrade { .. } => "nothing secret would be safe on the way; --insecure connects all the same",
        })
    }
}

fn said_by(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

/// What a launcher said, for people's eyes: in one line, not too long, and without the secrets of a command line.
pub(super) fn shown(said: &str) -> String {
    static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)((?:secret|auth-?key|token|password|passwd)\w*['"]?[\s,:=]+['"]?)[^'",\s\]\}]+"#).ok()
    });
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(10 * SHOWN).collect();
    let Some(secrets) = &*SECRETS else { return String::new() };
    let line = secrets.replace_all(line.trim(), "$1…");
    let mut short: String = line.chars().take(SHOWN).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
