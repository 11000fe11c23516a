//! nginx, as it stands before scene servers.

use std::fmt::Write;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::certificates::Pair;
use super::files::scratch;
use super::process::Process;

/// Passes a websocket on as it should be.
pub(crate) const UPGRADE: &str =
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";

/// One of nginx's ports.
pub(crate) struct Site<'a> {
    /// With TLS where there is one.
    pub(crate) tls: Option<&'a Pair>,
    /// What is between `server {` and `}`, beside that.
    pub(crate) config: String,
}

/// A running nginx, killed when it is dropped.
pub(crate) struct Nginx {
    /// The port of each site.
    pub(crate) ports: Vec<u16>,
    _process: Process,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it in one process, in a folder of its own.
    pub(crate) fn start(program: &Path, sites: &[Site<'_>]) -> Self {
        // Somebody else may take a port before nginx does.
        let mut said = String::new();
        for _ in 0..5 {
            match Self::try_start(program, sites) {
                Ok(nginx) => return nginx,
                Err(errors) => said = errors,
            }
        }
        panic!("nginx does not start: {said}");
    }

    fn try_start(program: &Path, sites: &[Site<'_>]) -> Result<Self, String> {
        let folder = scratch();
        let free: Vec<TcpListener> = sites.iter().map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = free.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        let mut config = String::from(
            "daemon off; master_process off; pid pid; error_log errors;\nevents {}\nhttp {\naccess_log off; default_type text/html;\n",
        );
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            writeln!(config, "{kind}_temp_path {kind};").unwrap();
        }
        for (site, port) in sites.iter().zip(&ports) {
            let tls = site.tls.map_or(String::new(), |pair| {
                let (certificate, key) = (pair.certificate.display(), pair.key.display());
                format!("ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;")
            });
            let ssl = if site.tls.is_some() { " ssl" } else { "" };
            writeln!(config, "server {{ listen 127.0.0.1:{port}{ssl}; {tls}\n{}\n}}", site.config).unwrap();
        }
        config.push_str("}\n");
        fs::write(folder.path().join("nginx.conf"), config).unwrap();
        drop(free);
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "errors"]);
        let mut process = Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()) {
                return Ok(Self { ports, _process: process, _folder: folder });
            }
            if !Path::new(&format!("/proc/{}/fd", process.id())).exists() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        process.kill();
        Err(fs::read_to_string(folder.path().join("errors")).unwrap_or_default())
    }

    /// A URL of a site.
    pub(crate) fn url(&self, scheme: &str, site: usize, path: &str) -> String {
        format!("{scheme}://localhost:{}{path}", self.ports[site])
    }
}
