//! A folder with a real client's page, served to browsers.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hyper::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::wire::{Body, body, content_type, read_body};

/// What is served at `/`.
const INDEX: &str = "index.html";

/// Files that browsers get: those in a folder, and nothing else.
#[derive(Clone, Debug)]
pub struct ClientFolder {
    /// Without links in it.
    top: PathBuf,
}

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ClientFolderError {
    /// The system said no.
    #[error("cannot read {}", .path.display())]
    Io {
        /// What was tried.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no page in it.
    #[error("{} has no {INDEX}", .path.display())]
    NoPage {
        /// The folder.
        path: PathBuf,
    },
}

impl ClientFolderError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Io { .. } => None,
            Self::NoPage { .. } => Some("--client-dir takes the folder with the built page of the real client"),
        }
    }
}

impl ClientFolder {
    /// A folder that has an `index.html`.
    ///
    /// # Errors
    /// [`ClientFolderError`].
    pub fn open(path: &Path) -> Result<Self, ClientFolderError> {
        let top = fs::canonicalize(path).map_err(|source| ClientFolderError::Io { path: path.to_owned(), source })?;
        let folder = Self { top };
        match folder.find("/") {
            Some(_) => Ok(folder),
            None => Err(ClientFolderError::NoPage { path: path.to_owned() }),
        }
    }

    /// Answers a request.
    pub(super) async fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        let (folder, path) = (self.clone(), request.uri().path().to_owned());
        let takes_gzip = takes_gzip(request.headers());
        let opened = tokio::task::spawn_blocking(move || folder.open_file(&path, takes_gzip)).await;
        let Ok(Some(opened)) = opened else { return empty(StatusCode::NOT_FOUND) };
        let mut answer = Response::new(read_body(opened.file.take(opened.len)));
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(opened.kind));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(opened.len));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if opened.is_packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer
    }

    /// The file that a path of a URL names; what is packed beside it (`.gz`) where that may be sent instead.
    fn open_file(&self, path: &str, takes_gzip: bool) -> Option<Opened> {
        let plain = self.find(path)?;
        let kind = content_type(plain.file_name()?.to_str()?);
        let packed = takes_gzip.then(|| self.find(&format!("{}.gz", if path == "/" { "/index.html" } else { path })));
        let packed = packed.flatten();
        let is_packed = packed.is_some();
        let file = File::open(packed.unwrap_or(plain)).ok()?;
        let len = file.metadata().ok()?.len();
        Some(Opened { file, len, kind, is_packed })
    }

    /// A regular file in the folder; nothing for whatever leads out of it.
    fn find(&self, path: &str) -> Option<PathBuf> {
        let path = percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
        let mut found = self.top.clone();
        for name in if path.is_empty() { INDEX } else { &path }.split('/') {
            // On Windows a backslash separates names, and a colon makes a drive or a stream of one.
            if matches!(name, "" | "." | "..") || name.contains(['\\', ':', '\0']) {
                return None;
            }
            found.push(name);
        }
        // Links are followed first: it is where they lead that counts.
        let found = fs::canonicalize(found).ok()?;
        (found.starts_with(&self.top) && fs::metadata(&found).ok()?.is_file()).then_some(found)
    }
}

/// A file on its way to a browser.
struct Opened {
    file: File,
    len: u64,
    kind: &'static str,
    is_packed: bool,
}

/// True where a browser says that it takes gzip, and does not say with `q=0` that it does not.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f64>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(body(""));
    *answer.status_mut() = status;
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let around = tempfile::tempdir().unwrap();
        let top = around.path().join("build");
        fs::create_dir_all(top.join("assets")).unwrap();
        fs::write(around.path().join("secret"), "secret").unwrap();
        assert!(matches!(ClientFolder::open(&top), Err(ClientFolderError::NoPage { .. })));
        assert!(matches!(ClientFolder::open(&top.join("none")), Err(ClientFolderError::Io { .. })));
        fs::write(top.join("index.html"), "page").unwrap();
        fs::write(top.join("assets/a b.js"), "script").unwrap();
        let folder = ClientFolder::open(&top).unwrap();
        let read = |path: &str| {
            let mut text = String::new();
            folder.open_file(path, false)?.file.read_to_string(&mut text).unwrap();
            Some(text)
        };
        assert_eq!(read("/").as_deref(), Some("page"));
        assert_eq!(read("/index.html").as_deref(), Some("page"));
        assert_eq!(read("/assets/a%20b.js").as_deref(), Some("script"));
        let absolute = around.path().join("secret").display().to_string();
        for path in [
            "/../secret",
            "/%2e%2e/secret",
            "/%2E%2e%2Fsecret",
            "/assets/../../secret",
            "/assets/%2e%2e/%2e%2e/secret",
            "/..%5csecret",
            &absolute,
            &format!("/{absolute}"),
            "/assets",
            "/assets/",
            "//index.html",
            "/./index.html",
            "/index.html%00",
            "/index.html/",
            "/%ff",
            "",
            "*",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("../secret", top.join("out")).unwrap();
            symlink("..", top.join("up")).unwrap();
            symlink("assets", top.join("in")).unwrap();
            assert_eq!((read("/out"), read("/up/secret"), read("/up/build/index.html").is_some()), (None, None, true));
            assert_eq!(read("/in/a%20b.js").as_deref(), Some("script"));
        }
    }

    #[test]
    fn what_is_packed_is_sent_to_whoever_takes_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), "page").unwrap();
        fs::write(folder.path().join("index.html.gz"), "packed").unwrap();
        let folder = ClientFolder::open(folder.path()).unwrap();
        let opened = |takes| folder.open_file("/", takes).map(|opened| (opened.is_packed, opened.kind, opened.len));
        assert_eq!(opened(true), Some((true, "text/html; charset=utf-8", 6)));
        assert_eq!(opened(false), Some((false, "text/html; charset=utf-8", 4)));
        let takes =
            |text: &'static str| takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]));
        assert!(takes("gzip, deflate, br") && takes("br;q=1.0, GZIP;q=0.8") && takes("gzip"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br") && !takes(""));
    }
}
