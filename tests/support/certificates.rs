//! Certificates, good and bad, made when they are needed.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

/// A certificate and its key, in PEM files.
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// An authority of one's own.
pub(crate) struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate.
    pub(crate) file: PathBuf,
}

impl Authority {
    /// Makes one, whose files go into the folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let mut params = params(&[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "An Authority Of Ours");
        let key = KeyPair::generate().unwrap();
        let file = folder.join("authority.pem");
        fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder: folder.to_owned(), issuer: Issuer::new(params, key), file }
    }

    /// A certificate for these hosts.
    pub(crate) fn issue(&self, name: &str, hosts: &[&str]) -> Pair {
        self.sign(name, &params(hosts))
    }

    /// One that has expired.
    pub(crate) fn issue_expired(&self, name: &str, hosts: &[&str]) -> Pair {
        let mut params = params(hosts);
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 29);
        self.sign(name, &params)
    }

    /// One that holds only much later.
    pub(crate) fn issue_early(&self, name: &str, hosts: &[&str]) -> Pair {
        let mut params = params(hosts);
        params.not_before = date_time_ymd(2999, 1, 1);
        params.not_after = date_time_ymd(3000, 1, 1);
        self.sign(name, &params)
    }

    fn sign(&self, name: &str, params: &CertificateParams) -> Pair {
        let key = KeyPair::generate().unwrap();
        write(&self.folder, name, &params.signed_by(&key, &self.issuer).unwrap().pem(), &key)
    }
}

/// A certificate that only itself has signed; `openssl req -x509` makes it an authority, too.
pub(crate) fn self_signed(folder: &Path, name: &str, hosts: &[&str], is_authority: bool) -> Pair {
    let mut params = params(hosts);
    if is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let key = KeyPair::generate().unwrap();
    write(folder, name, &params.self_signed(&key).unwrap().pem(), &key)
}

fn params(hosts: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2900, 1, 1);
    params
}

fn write(folder: &Path, name: &str, certificate: &str, key: &KeyPair) -> Pair {
    let pair = Pair { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
    fs::write(&pair.certificate, certificate).unwrap();
    fs::write(&pair.key, key.serialize_pem()).unwrap();
    pair
}
