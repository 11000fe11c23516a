//! Why a server could not be reached.

use std::io;
use std::time::Duration;

/// Errors of reaching and being a server. None of their texts holds a secret: URLs are shown
/// without user names, passwords and queries.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The text is no address of a server.
    #[error("`{text}` is not an address of a server: {reason}")]
    BadAddress {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The text is neither a file's name nor an address.
    #[error("there is no file or folder `{text}`, and it is not a server's address either")]
    NothingThere {
        /// What was given.
        text: String,
    },
    /// The host's name is not known.
    #[error("cannot find the host {host}")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver says.
        source: io::Error,
    },
    /// TCP could not be set up.
    #[error("cannot connect to {address}")]
    Connect {
        /// Host and port.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// Something took too long.
    #[error("{what} took longer than {} s", .limit.as_secs_f64())]
    Timeout {
        /// What did.
        what: String,
        /// How long it may take.
        limit: Duration,
    },
    /// TLS could not be set up.
    #[error("no TLS connection to {address}: {reason}")]
    Tls {
        /// Host and port.
        address: String,
        /// What is wrong.
        reason: String,
        /// The same for programs.
        fault: TlsFault,
    },
    /// A CA file cannot be used.
    #[error("cannot use the CA file {path}: {reason}")]
    CaFile {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The server answered the websocket handshake with an HTTP status.
    #[error("{url} answered HTTP {status} instead of opening a websocket")]
    Http {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
        /// Where it wants us to go instead, if anywhere.
        location: Option<String>,
    },
    /// The handshake failed in another way.
    #[error("{url} does not speak websocket: {reason}")]
    Handshake {
        /// What was asked.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// A loopback-only server was asked to listen elsewhere.
    #[error("{address} can be reached from other machines")]
    NotLoopback {
        /// The address.
        address: String,
    },
    /// The text is nothing to listen on.
    #[error("`{text}` is no address to listen on: {reason}")]
    BadListen {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: io::Error,
    },
    /// Cannot listen.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

/// Why a web server of old opens no websocket.
pub(super) const HTTP_1_0: &str = "it answers in HTTP/1.0, which has no websockets";

/// What is wrong with TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate held until some time ago.
    Expired,
    /// It holds only from some time on.
    NotYetValid,
    /// It is for other hosts.
    WrongName,
    /// Nobody whom we trust has signed it.
    UnknownIssuer,
    /// Something else is wrong with it.
    Certificate,
    /// The server wants to see a certificate of ours.
    ClientCertificate,
    /// What came is no TLS.
    NotTls,
    /// Anything else.
    Other,
}

impl TlsFault {
    /// True where the server's certificate is what is wrong.
    pub fn is_certificate(self) -> bool {
        !matches!(self, Self::ClientCertificate | Self::NotTls | Self::Other)
    }

    pub(super) fn of(error: &rustls::Error) -> Self {
        use rustls::{AlertDescription as Alert, CertificateError as Bad, Error};
        match error {
            Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => Self::Expired,
            Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => Self::NotYetValid,
            Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => Self::WrongName,
            Error::InvalidCertificate(Bad::UnknownIssuer) => Self::UnknownIssuer,
            Error::InvalidCertificate(_) => Self::Certificate,
            Error::AlertReceived(Alert::CertificateRequired) => Self::ClientCertificate,
            Error::InvalidMessage(_) => Self::NotTls,
            _ => Self::Other,
        }
    }
}

impl WireError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NothingThere { .. } => {
                "check the path for typing errors; a server's address is ws://…, http(s)://… or host:port"
            }
            Self::BadAddress { .. } => {
                "give ws://host:port/ws, http(s)://host/prefix/, host:port, or a snapshot's path"
            }
            Self::Resolve { .. } => "check the name for typing errors; a file of that name does not exist either",
            Self::Connect { source, .. } if source.kind() == io::ErrorKind::ConnectionRefused => {
                "nothing listens there: is the server running, and on this port?"
            }
            Self::Connect { .. } => "check the address, and that no firewall is in between",
            Self::Timeout { .. } => "--timeout SECONDS gives it more time",
            Self::Tls { fault: TlsFault::ClientCertificate, .. } => {
                "scenectl has no certificate to show: is there a way in without one?"
            }
            Self::Tls { fault, .. } if fault.is_certificate() => {
                "--ca-file FILE trusts your own authority; --insecure checks nothing"
            }
            Self::Tls { .. } => "does the server speak TLS on this port? Otherwise use ws:// or http://",
            Self::Http { status: 401 | 403, .. } => "the server wants you to log in: try --header or --cookie",
            Self::Http { status: 300..=399, .. } => {
                "it leads to another page, often one to log in: try --header or --cookie"
            }
            Self::Http { status: 404 | 500, .. } => "--path /PATH/ws names the websocket's path",
            Self::Http { .. } => "is there a proxy in between that does not let websockets through?",
            Self::Handshake { reason, .. } if reason == HTTP_1_0 => {
                "a plain web server: is this the scene server's port?"
            }
            Self::Handshake { .. } => "is this the scene server's port? With TLS, use wss:// or https://",
            Self::NotLoopback { .. } => {
                "--allow-remote listens there all the same: anybody who reaches it sees the scene"
            }
            Self::BadListen { .. } => "HOST:PORT is one: 127.0.0.1:9000; with port 0 any that is free",
            Self::CaFile { .. } | Self::Listen { .. } => return None,
        })
    }
}
