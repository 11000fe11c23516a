//! Why a server cannot be reached: the causes that are told apart.

use std::fmt;

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// A cause. Its code is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Cause {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Cause {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name for programs.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

causes! {
    /// The address is none, or cannot be used.
    Address = "address",
    /// The host's name leads nowhere.
    UnknownHost = "unknown-host",
    /// Nothing listens on the port.
    Refused = "refused",
    /// There is no way to the host.
    Unreachable = "unreachable",
    /// Nobody answers at all: a firewall, a wrong address.
    Timeout = "timeout",
    /// Somebody takes the connection and says nothing.
    Silent = "silent",
    /// A plain request went to a port that speaks TLS.
    PlainOnTls = "plain-on-tls",
    /// TLS was tried on a port that speaks plain HTTP.
    TlsOnPlain = "tls-on-plain",
    /// The certificate is signed by itself alone.
    SelfSigned = "self-signed",
    /// The certificate is signed by an authority that this machine does not know.
    UnknownAuthority = "unknown-authority",
    /// The certificate is for other hosts.
    WrongName = "wrong-name",
    /// The certificate has expired.
    Expired = "expired",
    /// The certificate does not hold yet.
    NotYetValid = "not-yet-valid",
    /// Something else is wrong with the certificate.
    Certificate = "certificate",
    /// The server wants a certificate of ours.
    ClientCertificate = "client-certificate",
    /// The file with authorities cannot be used.
    CaFile = "ca-file",
    /// TLS fails for another reason.
    Tls = "tls",
    /// There is a page to log in.
    LoginPage = "login-page",
    /// The server wants to know who we are (HTTP 401 or 403).
    LoginNeeded = "login-needed",
    /// The server leads to something that is no websocket.
    Redirected = "redirected",
    /// The server leads in circles.
    RedirectLoop = "redirect-loop",
    /// There is nothing at the paths that were tried.
    NotFound = "not-found",
    /// A web page is where the websocket should be.
    PageInstead = "page-instead",
    /// A proxy does not pass on that a websocket is wanted.
    UpgradeDropped = "upgrade-dropped",
    /// A proxy gets no answer from the server behind it.
    BadGateway = "bad-gateway",
    /// Another HTTP status.
    HttpError = "http-error",
    /// What answers is no web server.
    NotWebsocket = "not-websocket",
    /// The secret is not the server's.
    WrongSecret = "wrong-secret",
    /// The hello is larger than the server takes from somebody it does not know.
    HelloTooLarge = "hello-too-large",
    /// The server's software is older than what scenectl speaks with.
    TooOld = "too-old",
    /// A viser server's page is there, and its websocket does not open.
    Viser = "viser",
    /// A vtkWeb or trame-vtk server.
    VtkWeb = "vtkweb",
    /// wslink, with neither a VTK.wasm scene nor a vtkWeb view.
    NoScene = "no-scene",
    /// A websocket of something else.
    NotWslink = "not-wslink",
    /// There is no root.
    NoRoot = "no-root",
    /// The root that is asked for is not there.
    NoSuchRoot = "no-such-root",
    /// The connection was lost.
    Lost = "lost",
    /// The server does not answer as it should.
    Failed = "failed",
    /// The launcher gave no session.
    Launcher = "launcher",
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a server could not be reached, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// The cause.
    pub cause: Cause,
    /// What is wrong, with no secret in it.
    pub text: String,
    /// What to do about it.
    pub hint: String,
}

impl Failure {
    pub(super) fn new(cause: Cause, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { cause, text: text.into(), hint: hint.into() }
    }
}
