//! What a session is given to reach a server with.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::super::status::Status;

/// Why something could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server does not know how to answer this kind of question (no `get.batch`).
    #[error("the server cannot do that: {0}")]
    Unsupported(String),
    /// The server answered with an error.
    #[error("{0}")]
    Refused(String),
    /// The answer makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The connection is gone; another one may do better.
    #[error("{0}")]
    Lost(String),
    /// The answer is larger than we let it be.
    #[error("{0}")]
    TooLarge(String),
    /// The connection is gone for good.
    #[error("{0}")]
    Broken(String),
}

impl FetchError {
    /// A [`FetchError::Refused`].
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

/// The answer to a request for a batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The states, as JSON text, in the order asked for. `None`: it came, but could not be read.
    pub states: Vec<Option<Bytes>>,
    /// The blobs, in the pieces in which they came.
    pub blobs: Vec<(Arc<str>, Vec<Bytes>)>,
    /// What the server put off: ask again for these.
    pub next: Option<BatchRequest>,
    /// Some state was not there, so the server sent none.
    pub skip: bool,
}

/// A blob that was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchedBlob {
    /// The data, in the pieces in which it came.
    pub parts: Vec<Bytes>,
    /// The hash of its content, where the fetcher computed it on the way; else the session does.
    pub hash: Option<u64>,
}

impl From<Vec<Bytes>> for FetchedBlob {
    fn from(parts: Vec<Bytes>) -> Self {
        Self { parts, hash: None }
    }
}

impl From<Bytes> for FetchedBlob {
    fn from(data: Bytes) -> Self {
        vec![data].into()
    }
}

type Fetch<I, O> = dyn Fn(I) -> BoxFuture<'static, Result<O, FetchError>> + Send + Sync;

/// What a batch asks for, and what it puts off: ids of states and names of blobs.
pub type BatchRequest = (Vec<u64>, Vec<Arc<str>>);

/// The async functions that reach a server.
pub struct Fetchers {
    state: Box<Fetch<u64, Bytes>>,
    blob: Box<Fetch<Arc<str>, FetchedBlob>>,
    status: Box<Fetch<u64, Status>>,
    batch: Option<Box<Fetch<BatchRequest, Batch>>>,
}

impl Fetchers {
    /// Three are needed: state by id (JSON text; `null` or nothing for an unknown id), blob by name
    /// (in one piece or more; empty for an unknown one), status by the window's id.
    pub fn new<S, B, T>(
        state: impl Fn(u64) -> S + Send + Sync + 'static,
        blob: impl Fn(Arc<str>) -> B + Send + Sync + 'static,
        status: impl Fn(u64) -> T + Send + Sync + 'static,
    ) -> Self
    where
        S: Future<Output = Result<Bytes, FetchError>> + Send + 'static,
        B: Future<Output = Result<FetchedBlob, FetchError>> + Send + 'static,
        T: Future<Output = Result<Status, FetchError>> + Send + 'static,
    {
        Self {
            state: Box::new(move |id| state(id).boxed()),
            blob: Box::new(move |hash| blob(hash).boxed()),
            status: Box::new(move |root| status(root).boxed()),
            batch: None,
        }
    }

    /// With a fourth, many states and blobs come in one answer.
    #[must_use]
    pub fn with_batch<F>(mut self, batch: impl Fn(Vec<u64>, Vec<Arc<str>>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Batch, FetchError>> + Send + 'static,
    {
        self.batch = Some(Box::new(move |(ids, hashes)| batch(ids, hashes).boxed()));
        self
    }

    pub(super) fn state(&self, id: u64) -> BoxFuture<'static, Result<Bytes, FetchError>> {
        (self.state)(id)
    }

    pub(super) fn blob(&self, hash: Arc<str>) -> BoxFuture<'static, Result<FetchedBlob, FetchError>> {
        (self.blob)(hash)
    }

    pub(super) fn status(&self, root: u64) -> BoxFuture<'static, Result<Status, FetchError>> {
        (self.status)(root)
    }

    /// `None` where there is no batch fetcher.
    pub(super) fn batch(
        &self,
        ids: Vec<u64>,
        hashes: Vec<Arc<str>>,
    ) -> Option<BoxFuture<'static, Result<Batch, FetchError>>> {
        self.batch.as_ref().map(|batch| batch((ids, hashes)))
    }

    pub(super) fn has_batch(&self) -> bool {
        self.batch.is_some()
    }
}
