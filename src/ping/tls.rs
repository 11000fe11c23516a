//! What is wrong with TLS.

use url::Url;

use super::cause::{Cause, Failure};
use super::diagnose::Case;
use super::steps::days;
use crate::wire::{Certificate, TlsFault, look, peek_tls};

/// What helps against any certificate that is not taken.
const INSECURE: &str = "--insecure checks nothing";

/// Why TLS with `address` failed.
pub(super) async fn diagnose(case: &Case<'_>, address: &str, reason: &str, fault: TlsFault) -> Failure {
    if fault == TlsFault::ClientCertificate {
        return wants_ours(address);
    }
    if !fault.is_certificate() {
        if let Some(failure) = mismatch(case, address).await {
            return failure;
        }
        if fault == TlsFault::NotTls {
            let hint = "is this the scene server's port? Something else may listen there";
            return Failure::new(Cause::NotWebsocket, format!("{address} speaks neither TLS nor HTTP"), hint);
        }
        let hint = "does the server speak TLS on this port? Otherwise use ws:// or http://";
        return Failure::new(Cause::Tls, format!("no TLS with {address}: {reason}"), hint);
    }
    let seen = match case.url(address) {
        Some(url) => peek_tls(&url, &case.options(&url)).await.ok().flatten(),
        None => None,
    };
    match seen {
        Some(certificate) => refused(address, fault, reason, &certificate),
        None => {
            let text = format!("the certificate of {address} is not taken: {reason}");
            Failure::new(Cause::Certificate, text, format!("--ca-file FILE trusts your own authority; {INSECURE}"))
        }
    }
}

/// The server lets nobody in without a certificate.
pub(super) fn wants_ours(at: &str) -> Failure {
    Failure::new(
        Cause::ClientCertificate,
        format!("{at} wants to see a certificate of ours, and scenectl has none"),
        "is there a way in without one, for instance from inside the network?",
    )
}

/// Why this certificate was not taken.
fn refused(address: &str, fault: TlsFault, reason: &str, certificate: &Certificate) -> Failure {
    let Certificate { subject, issuer, until_date, .. } = certificate;
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    // Who trusts it by --ca-file only meets the next obstacle.
    let expired = certificate.left().is_none();
    let also = if expired { format!(", and expired on {until_date}") } else { String::new() };
    match fault {
        TlsFault::Expired => {
            let ago = std::time::SystemTime::now().duration_since(certificate.until).unwrap_or_default();
            let text = format!("the certificate of {address} expired on {until_date}, {} ago", days(ago));
            Failure::new(Cause::Expired, text, format!("it must be renewed on the server; {INSECURE}"))
        }
        TlsFault::NotYetValid => Failure::new(
            Cause::NotYetValid,
            format!("the certificate of {address} does not hold yet"),
            format!("is this machine's clock right? {INSECURE}"),
        ),
        TlsFault::WrongName => Failure::new(
            Cause::WrongName,
            format!("the certificate of {address} is for {}, and not for {host}", certificate.hosts()),
            format!("use a name that it is for, or let the server show one for this name; {INSECURE}"),
        ),
        _ if certificate.is_self_signed => Failure::new(
            Cause::SelfSigned,
            format!("the certificate of {address} ({subject}) is signed by itself alone{also}"),
            format!("--ca-file FILE, with this certificate in it, trusts it; {INSECURE}"),
        ),
        TlsFault::UnknownIssuer => Failure::new(
            Cause::UnknownAuthority,
            format!("the certificate of {address} is signed by {issuer}, whom this machine does not know{also}"),
            format!(
                "--ca-file FILE trusts that authority; if it is a public one, the server does not send the certificates \
                 in between; {INSECURE}"
            ),
        ),
        _ => {
            let text = format!("the certificate of {address} is not taken: {reason}");
            Failure::new(Cause::Certificate, text, format!("the server needs another one; {INSECURE}"))
        }
    }
}

/// TLS on a port without, or the other way round. `subject` is a URL, or an address that TLS was tried with.
pub(super) async fn mismatch(case: &Case<'_>, subject: &str) -> Option<Failure> {
    let url = case.url(subject)?;
    let address = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    if url.scheme() == "wss" {
        let plain = Url::parse(&format!("http://{address}/")).ok()?;
        look(&plain, &case.options(&plain)).await.ok()?;
        let text = format!("{address} speaks plain HTTP, and TLS was tried");
        return Some(Failure::new(Cause::TlsOnPlain, text, "use http:// or ws:// in place of https:// or wss://"));
    }
    peek_tls(&url, &case.options(&url)).await.ok()?;
    let text = format!("{address} speaks TLS, and was asked without");
    Some(Failure::new(Cause::PlainOnTls, text, "use https:// or wss:// in place of http:// or ws://"))
}
