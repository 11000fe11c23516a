//! Where blobs go when they arrive, and where they may be already.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::Tap;
use crate::scene::{Blob, BlobData, Scene};

/// Takes blobs as they arrive. A file that is being written is one; memory is the simplest.
pub trait BlobStore: Send + Sync {
    /// A blob that need not be fetched because it is here already.
    fn have(&self, hash: &str, expected_bytes: Option<u64>) -> Option<Blob> {
        let _ = (hash, expected_bytes);
        None
    }

    /// Whether it wants to know what to expect.
    fn plans(&self) -> bool {
        true
    }

    /// All states have arrived: these are the objects, and these blobs (sorted by name, with their
    /// sizes where they are known) will follow in any order.
    ///
    /// # Errors
    /// Whatever keeps the store from taking them.
    fn expect(&self, scene: &Scene, blobs: &[(Arc<str>, Option<u64>)]) -> io::Result<()> {
        let _ = (scene, blobs);
        Ok(())
    }

    /// Takes a blob, in the pieces in which it came. May wait: that slows the fetching down, not the
    /// reading of the socket.
    fn put(&self, hash: Arc<str>, parts: Vec<Bytes>) -> BoxFuture<'_, io::Result<Blob>>;
}

/// Keeps blobs in memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryStore;

/// A piece this much smaller than the socket's read buffer is copied out of it: otherwise a blob of a
/// few bytes keeps a megabyte alive.
const OWN_BUFFER: usize = 256 << 10;

impl BlobStore for MemoryStore {
    fn plans(&self) -> bool {
        false
    }

    fn put(&self, _hash: Arc<str>, parts: Vec<Bytes>) -> BoxFuture<'_, io::Result<Blob>> {
        async { Ok(in_memory(parts)) }.boxed()
    }
}

/// A blob in memory that keeps no more alive than itself.
pub fn in_memory(parts: Vec<Bytes>) -> Blob {
    let own = |part: Bytes| if part.len() < OWN_BUFFER { Bytes::copy_from_slice(&part) } else { part };
    let mut parts: Vec<Bytes> = parts.into_iter().map(own).collect();
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Blob::Memory(Bytes::new()),
        (Some(only), true) => Blob::Memory(only),
        (Some(last), false) => {
            parts.push(last);
            Blob::Parts(parts.into())
        }
    }
}

/// Keeps no blobs, only their sizes: for those who are after the traffic. Waits for room where that is kept.
#[derive(Clone)]
pub struct ForgettingStore {
    /// Who keeps the traffic.
    pub tap: Arc<dyn Tap>,
}

/// What is left of a blob that nobody kept.
struct Forgotten(u64);

impl BlobData for Forgotten {
    fn len(&self) -> u64 {
        self.0
    }

    fn read(&self) -> io::Result<Bytes> {
        Err(io::Error::other("the blob was not kept"))
    }
}

impl BlobStore for ForgettingStore {
    fn plans(&self) -> bool {
        false
    }

    fn put(&self, _hash: Arc<str>, parts: Vec<Bytes>) -> BoxFuture<'_, io::Result<Blob>> {
        async move {
            let len = parts.iter().map(|part| part.len() as u64).sum();
            drop(parts);
            self.tap.room().await;
            Ok(Blob::Stored(Arc::new(Forgotten(len))))
        }
        .boxed()
    }
}
