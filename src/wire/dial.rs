//! From a URL to a stream that HTTP can be spoken over: name, TCP, TLS.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::ProtocolVersion;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::MaybeTlsStream;
use url::{Host, Url};

use super::target::display;
use super::watch::{Fact, step};
use super::{Certificate, ConnectOptions, Metered, TlsFault, WireError, tls};

/// A URL's host and port.
pub(super) struct Place {
    host: Host<String>,
    port: u16,
}

impl Place {
    pub(super) fn of(url: &Url) -> Result<Self, WireError> {
        let missing = || WireError::BadAddress { text: display(url), reason: String::from("host or port is missing") };
        let host = url.host().ok_or_else(missing)?.to_owned();
        Ok(Self { host, port: url.port_or_known_default().ok_or_else(missing)? })
    }

    /// `host:port`.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) fn late(&self, what: &str, limit: Duration) -> WireError {
        WireError::Timeout { what: format!("{what} {}", self.address()), limit }
    }

    async fn resolve(&self, options: &ConnectOptions) -> Result<Vec<SocketAddr>, WireError> {
        let name = match &self.host {
            Host::Ipv4(address) => return Ok(vec![(*address, self.port).into()]),
            Host::Ipv6(address) => return Ok(vec![(*address, self.port).into()]),
            Host::Domain(name) => name,
        };
        options.watch.begin(step::DNS, name);
        let resolve = |source: io::Error| {
            options.watch.end(|| Fact::Failed(source.to_string()));
            WireError::Resolve { host: name.clone(), source }
        };
        let found = timeout(options.timeout, tokio::net::lookup_host((name.as_str(), self.port))).await;
        let found: Vec<_> = found.map_err(|_| self.late("finding", options.timeout))?.map_err(resolve)?.collect();
        options.watch.end(|| Fact::Addresses(&found));
        Ok(found)
    }

    /// Connects to the first address that lets us.
    async fn tcp(&self, options: &ConnectOptions) -> Result<TcpStream, WireError> {
        let addresses = self.resolve(options).await?;
        let failed = |source| WireError::Connect { address: self.address(), source };
        let first = async {
            let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
            for address in &addresses {
                options.watch.begin(step::TCP, address.to_string());
                match TcpStream::connect(address).await {
                    Ok(tcp) => {
                        options.watch.end(|| Fact::Connected);
                        return Ok(tcp);
                    }
                    Err(error) => {
                        options.watch.end(|| Fact::Failed(error.to_string()));
                        last = error;
                    }
                }
            }
            Err(failed(last))
        };
        let tcp = timeout(options.timeout, first).await.map_err(|_| self.late("connecting to", options.timeout))??;
        let _ = tcp.set_nodelay(true);
        Ok(tcp)
    }

    async fn secure(&self, tcp: Metered, options: &ConnectOptions) -> Result<TlsStream<Metered>, WireError> {
        let config = tls::client(options.insecure, options.ca_file.as_deref())?;
        let address = self.address();
        options.watch.begin(step::TLS, &address);
        let name = match &self.host {
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|error| WireError::Tls {
                address: address.clone(),
                reason: error.to_string(),
                fault: TlsFault::Other,
            })?,
        };
        let handshake = timeout(options.timeout, TlsConnector::from(config).connect(name, tcp)).await;
        let stream = handshake.map_err(|_| self.late("the TLS handshake with", options.timeout))?;
        let stream = stream.map_err(|error| {
            options.watch.end(|| Fact::Failed(tls_reason(&error).0));
            tls_error(address, &error)
        })?;
        options.watch.end(|| {
            let session = stream.get_ref().1;
            let certificate = session.peer_certificates().and_then(|chain| Certificate::read(chain.first()?));
            Fact::Secured { version: version(session.protocol_version()), certificate }
        });
        Ok(stream)
    }
}

/// A stream to where this URL leads, with TLS where it says so.
pub(super) async fn dial(
    url: &Url,
    place: &Place,
    options: &ConnectOptions,
) -> Result<MaybeTlsStream<Metered>, WireError> {
    let tcp = Metered::new(place.tcp(options).await?);
    match url.scheme() {
        "wss" => Ok(MaybeTlsStream::Rustls(place.secure(tcp, options).await?)),
        _ => Ok(MaybeTlsStream::Plain(tcp)),
    }
}

/// Sets up TLS with whoever is at this URL, whatever its scheme and the certificate, and reads the certificate.
///
/// # Errors
/// [`WireError`]; [`WireError::Tls`] where nobody there speaks TLS.
pub async fn peek_tls(url: &Url, options: &ConnectOptions) -> Result<Option<Certificate>, WireError> {
    let options = ConnectOptions { insecure: true, ca_file: None, ..options.clone() };
    let place = Place::of(url)?;
    let stream = place.secure(Metered::new(place.tcp(&options).await?), &options).await?;
    Ok(stream.get_ref().1.peer_certificates().and_then(|chain| Certificate::read(chain.first()?)))
}

/// What an I/O error of a TLS stream says.
pub(super) fn tls_error(address: String, error: &io::Error) -> WireError {
    let (reason, fault) = tls_reason(error);
    WireError::Tls { address, reason, fault }
}

fn tls_reason(error: &io::Error) -> (String, TlsFault) {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let fault = inner.map_or(TlsFault::Other, TlsFault::of);
    let reason = inner.map_or_else(|| error.to_string(), ToString::to_string);
    // webpki has no words for this one, and it is what a certificate of `openssl req -x509` gives.
    let is_authority = reason.contains("CaUsedAsEndEntity");
    (
        if is_authority { String::from("the certificate is one for authorities, and not for servers") } else { reason },
        fault,
    )
}

fn version(version: Option<ProtocolVersion>) -> &'static str {
    match version {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    }
}
