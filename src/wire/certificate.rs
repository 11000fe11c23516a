//! What there is to read in a server's certificate.
//!
//! Source: RFC 5280, sections 4.1 (validity, issuer, subject) and 4.2.1.6 (names).

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, SystemTime};

use x509_cert::Certificate as X509;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// A certificate for a host of many names is shown with this many.
const MOST_NAMES: usize = 8;

/// The part of a certificate that people ask for. Nothing here is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The hosts that it is for, the first of them; names and addresses.
    pub names: Vec<String>,
    /// Names beyond those.
    pub more_names: usize,
    /// Whom it is for, as one text (RFC 4514).
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// It says that nobody but itself signed it.
    pub is_self_signed: bool,
    /// Since when it holds.
    pub from: SystemTime,
    /// Until when.
    pub until: SystemTime,
    /// The same for people: `2027-01-31`.
    pub until_date: String,
}

impl Certificate {
    /// Reads DER; nothing where that is impossible.
    pub fn read(der: &[u8]) -> Option<Self> {
        let certificate = X509::from_der(der).ok()?;
        let inner = certificate.tbs_certificate();
        let all = inner.get_extension::<SubjectAltName>().ok().flatten().map(|(_, names)| names.0).unwrap_or_default();
        let mut names: Vec<String> = all.iter().filter_map(name).collect();
        let more_names = names.len().saturating_sub(MOST_NAMES);
        names.truncate(MOST_NAMES);
        let until = inner.validity().not_after.to_date_time();
        Some(Self {
            names,
            more_names,
            subject: inner.subject().to_string(),
            issuer: inner.issuer().to_string(),
            is_self_signed: inner.subject() == inner.issuer(),
            from: SystemTime::UNIX_EPOCH + inner.validity().not_before.to_unix_duration(),
            until: SystemTime::UNIX_EPOCH + until.unix_duration(),
            until_date: format!("{:04}-{:02}-{:02}", until.year(), until.month(), until.day()),
        })
    }

    /// How long it still holds; nothing once it has expired.
    pub fn left(&self) -> Option<Duration> {
        self.until.duration_since(SystemTime::now()).ok()
    }

    /// The hosts that it is for, as one text.
    pub fn hosts(&self) -> String {
        match (self.names.is_empty(), self.more_names) {
            (true, _) => String::from("no host"),
            (_, 0) => self.names.join(", "),
            (_, more) => format!("{} and {more} more", self.names.join(", ")),
        }
    }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(address) => {
            let bytes = address.as_bytes();
            let v4 = || <[u8; 4]>::try_from(bytes).ok().map(|bytes| Ipv4Addr::from(bytes).to_string());
            let v6 = || <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string());
            v4().or_else(v6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    fn made(names: &[&str]) -> Vec<u8> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 2, 3);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn names_and_dates_are_read() {
        let certificate = Certificate::read(&made(&["scenes.example", "127.0.0.1", "::1"])).unwrap();
        assert_eq!(certificate.names, ["scenes.example", "127.0.0.1", "::1"]);
        assert_eq!(certificate.until_date, "2021-02-03");
        assert!(certificate.is_self_signed && certificate.left().is_none() && certificate.from < certificate.until);
        let many: Vec<String> = (0..20).map(|n| format!("host{n}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let certificate = Certificate::read(&made(&many)).unwrap();
        assert!(certificate.hosts().ends_with("host7.example and 12 more"), "{}", certificate.hosts());
        assert_eq!(Certificate::read(&made(&[])).unwrap().hosts(), "no host");
    }

    #[test]
    fn what_is_no_certificate_is_not_read() {
        let good = made(&["scenes.example"]);
        assert_eq!(Certificate::read(b""), None);
        for len in 0..good.len() {
            assert_eq!(Certificate::read(&good[..len]), None);
        }
        // Whatever is changed in it, it is read or it is not.
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            let _ = Certificate::read(&bad);
        }
    }
}
