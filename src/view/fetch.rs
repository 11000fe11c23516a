//! Fetching the viewer or the WebAssembly from an address, once.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::ViewError;
use crate::snapshot::write_whole;
use crate::wire::{ConnectOptions, body_up_to, display_url, http_client, http_reason};

/// The largest that is fetched, in bytes.
const LARGEST: usize = 512 << 20;
/// Packages are often elsewhere than their names say.
const MOST_REDIRECTS: usize = 5;
/// How long it may take.
const LIMIT: Duration = Duration::from_secs(600);

/// Where a copy of what an address leads to is; it is fetched where there is none yet.
pub(super) async fn kept(address: &str) -> Result<PathBuf, ViewError> {
    let url: Url =
        address.parse().map_err(|error| ViewError::Fetch { url: String::from("it"), reason: format!("{error}") })?;
    let failed = |reason: String| ViewError::Fetch { url: display_url(&url), reason };
    let folder = dirs::cache_dir().map(|cache| cache.join("scenectl"));
    let folder = folder.ok_or_else(|| failed(String::from("there is no folder for caches here")))?;
    let name = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let path = folder.join(format!("{:016x}-{}", xxh3_64(address.as_bytes()), name.trim_start_matches('.')));
    if path.is_file() {
        return Ok(path);
    }
    let client = http_client(&ConnectOptions::default(), LIMIT).map_err(|error| failed(error.to_string()))?;
    let mut at = url.clone();
    let mut answer = client.get(at.clone()).send().await.map_err(|error| failed(http_reason(error)))?;
    for _ in 0..MOST_REDIRECTS {
        let Some(next) = redirect(&at, &answer) else { break };
        at = next;
        answer = client.get(at.clone()).send().await.map_err(|error| failed(http_reason(error)))?;
    }
    if !answer.status().is_success() {
        return Err(failed(format!("the server answers with HTTP {}", answer.status().as_u16())));
    }
    let data = body_up_to(LARGEST, answer).await.map_err(|error| failed(error.to_string()))?;
    fs::create_dir_all(&folder).map_err(|source| ViewError::Io { path: folder.clone(), source })?;
    write_whole(&path, &data).map_err(|error| failed(error.to_string()))?;
    Ok(path)
}

/// Where an answer leads to: anywhere, since nothing secret is asked with, but never from TLS to a plain connection.
fn redirect(from: &Url, answer: &reqwest::Response) -> Option<Url> {
    if !answer.status().is_redirection() {
        return None;
    }
    let to = from.join(answer.headers().get(reqwest::header::LOCATION)?.to_str().ok()?).ok()?;
    (to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http")).then_some(to)
}
