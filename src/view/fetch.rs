//! Fetching the viewer or the WebAssembly from an address, once.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::ViewError;
use crate::snapshot::write_whole;
use crate::wire::{ConnectOptions, display_url, http_client, http_reason};

/// The largest that is fetched, in bytes.
const LARGEST: usize = 512 << 20;
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
    let mut answer = client.get(url.clone()).send().await.map_err(|error| failed(http_reason(error)))?;
    if !answer.status().is_success() {
        return Err(failed(format!("the server answers with HTTP {}", answer.status().as_u16())));
    }
    let mut data = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| failed(http_reason(error)))? {
        if data.len() + part.len() > LARGEST {
            return Err(failed(String::from("it is larger than 512 MiB")));
        }
        data.extend_from_slice(&part);
    }
    fs::create_dir_all(&folder).map_err(|source| ViewError::Io { path: folder.clone(), source })?;
    write_whole(&path, &data).map_err(|error| failed(error.to_string()))?;
    Ok(path)
}
