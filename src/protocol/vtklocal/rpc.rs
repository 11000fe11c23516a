//! The vtklocal RPCs, as the fetchers that a remote session needs.
//!
//! Source: trame-vtklocal 1.8.0, `module/protocol.py`; `get.batch` is there from 1.2.0 on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::hasher::{Hasher, Stream};
use super::session::{Batch, BatchRequest, FetchError, FetchedBlob, Fetchers};
use super::status::Status;
use crate::protocol::msgpack::{MsgpackError, Reader, Token};
use crate::protocol::wslink::client::{CallError, Client, Closed, SliceSink};
use crate::protocol::wslink::json::{self, Unspeakable, push_json};
use crate::protocol::wslink::message::Payload;

pub(super) const STATUS: &str = "vtklocal.get.status";
pub(super) const STATE: &str = "vtklocal.get.state";
pub(super) const HASH: &str = "vtklocal.get.hash";
pub(super) const BATCH: &str = "vtklocal.get.batch";

/// Fetchers that call a server. Large blobs are hashed on the way while `verify` is set.
pub(super) fn fetchers(client: &Client, verify: &Arc<AtomicBool>) -> Fetchers {
    let hasher = Hasher::start();
    let (c1, c2, c3, c4) = (client.clone(), client.clone(), client.clone(), client.clone());
    let verify = Arc::clone(verify);
    let fetchers = Fetchers::new(
        move |id| {
            let client = c1.clone();
            async move { get_state(&client, id).await.map_err(fetch_error) }
        },
        move |hash| {
            let (client, hasher) = (c2.clone(), verify.load(Ordering::Relaxed).then(|| hasher.clone()));
            async move { get_hash(&client, hasher, &hash).await.map_err(fetch_error) }
        },
        move |root| {
            let client = c3.clone();
            async move { get_status(&client, root).await.map_err(fetch_error) }
        },
    );
    // Once the server said that it has no batches, no more are asked for.
    let known = Arc::new(AtomicBool::new(true));
    fetchers.with_batch(move |ids, hashes| {
        let (client, known) = (c4.clone(), Arc::clone(&known));
        async move {
            if !known.load(Ordering::Relaxed) {
                return Err(FetchError::Unsupported(format!("{BATCH} is unknown to the server")));
            }
            let answer = get_batch(&client, &ids, &hashes).await.map_err(fetch_error);
            if matches!(answer, Err(FetchError::Unsupported(_))) {
                known.store(false, Ordering::Relaxed);
            }
            answer
        }
    })
}

fn fetch_error(error: CallError) -> FetchError {
    match &error {
        CallError::Refused { .. } if error.is_unknown_method() => FetchError::Unsupported(error.to_string()),
        CallError::Refused { .. } => FetchError::Refused(error.to_string()),
        CallError::Unexpected { .. } | CallError::Unspeakable { .. } => FetchError::Invalid(error.to_string()),
        CallError::Closed(Closed::TooLarge(reason)) => FetchError::TooLarge(reason.clone()),
        CallError::Closed(_) if error.is_lost_connection() => FetchError::Lost(error.to_string()),
        CallError::Closed(_) => FetchError::Broken(error.to_string()),
    }
}

pub(super) async fn get_status(client: &Client, root: u64) -> Result<Status, CallError> {
    let reply = client.call(STATUS, |out| one_number(out, root)).await?;
    let Payload::Msgpack(bytes) = reply else { return Err(CallError::unexpected(STATUS, "binary data")) };
    Status::read(&bytes).map_err(|error| CallError::unexpected(STATUS, error))
}

/// The JSON text of a state; `null` (VTK 9.7) or nothing (before) for an id without one.
pub(super) async fn get_state(client: &Client, id: u64) -> Result<Bytes, CallError> {
    let reply = client.call(STATE, |out| one_number(out, id)).await?;
    let Payload::Msgpack(bytes) = reply else { return Err(CallError::unexpected(STATE, "binary data")) };
    match Reader::new(&bytes).token() {
        Ok(Token::Text(text)) => Ok(bytes.slice_ref(text)),
        Ok(Token::Nil) => Ok(Bytes::new()),
        Ok(_) => Err(CallError::unexpected(STATE, "a string is wanted")),
        Err(error) => Err(CallError::unexpected(STATE, error)),
    }
}

pub(super) async fn get_hash(client: &Client, hasher: Option<Hasher>, hash: &str) -> Result<FetchedBlob, CallError> {
    let (watch, watched) = oneshot::channel();
    let sink = hasher
        .map(|hasher| Box::new(HashWhileArriving { hasher, stream: None, done: Some(watch) }) as Box<dyn SliceSink>);
    let reply = client
        .call_watched(HASH, sink, |out| {
            json::push_array_len(out, 1);
            json::push_str(out, hash);
        })
        .await?;
    let parts = reply.binary().map_err(|error| CallError::unexpected(HASH, error))?;
    let hash = match watched.await {
        Ok(stream) => stream.hash().await,
        Err(_) => None,
    };
    Ok(FetchedBlob { parts, hash })
}

/// Hands a blob that arrives in slices to the hasher, and the hash in progress to who waits for it.
struct HashWhileArriving {
    hasher: Hasher,
    stream: Option<Stream>,
    done: Option<oneshot::Sender<Stream>>,
}

impl SliceSink for HashWhileArriving {
    fn begin(&mut self, len: u32) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        self.stream = self.hasher.begin(NEXT.fetch_add(1, Ordering::Relaxed), len.into());
    }

    fn slice(&mut self, slice: Bytes) {
        if let Some(stream) = &mut self.stream {
            stream.slice(slice);
        }
    }
}

impl Drop for HashWhileArriving {
    fn drop(&mut self) {
        if let (Some(stream), Some(done)) = (self.stream.take(), self.done.take()) {
            let _ = done.send(stream);
        }
    }
}

async fn get_batch(client: &Client, ids: &[u64], hashes: &[Arc<str>]) -> Result<Batch, CallError> {
    let reply = client
        .call(BATCH, |out| {
            json::push_array_len(out, 2);
            json::push_array_len(out, ids.len());
            ids.iter().for_each(|&id| json::push_uint(out, id));
            json::push_array_len(out, hashes.len());
            hashes.iter().for_each(|hash| json::push_str(out, hash));
        })
        .await?;
    let Payload::Msgpack(bytes) = reply else { return Err(CallError::unexpected(BATCH, "binary data")) };
    read_batch(&bytes).map_err(|error| CallError::unexpected(BATCH, error))
}

fn one_number(out: &mut Vec<u8>, number: u64) {
    json::push_array_len(out, 1);
    json::push_uint(out, number);
}

pub(super) fn read_batch(bytes: &Bytes) -> Result<Batch, MsgpackError> {
    let mut batch = Batch::default();
    let mut reader = Reader::new(bytes);
    for _ in 0..reader.map()? {
        match reader.text()? {
            "states" => batch.states = read_states(bytes.len(), &mut reader)?,
            "hashes" => {
                for _ in 0..reader.map()? {
                    let hash = Arc::from(reader.text()?);
                    let here = reader.clone();
                    match reader.token()? {
                        Token::Binary(data) => batch.blobs.push((hash, vec![bytes.slice_ref(data)])),
                        _ => return Err(here.error("binary data is wanted here")),
                    }
                }
            }
            "next" => batch.next = read_next(&mut reader)?,
            "skip" => batch.skip = matches!(reader.token()?, Token::Bool(true)),
            _ => {
                reader.skip()?;
            }
        }
    }
    Ok(batch)
}

/// The states as JSON text, all in one buffer. One that cannot be read does not spoil the others.
fn read_states(size: usize, reader: &mut Reader<'_>) -> Result<Vec<Option<Bytes>>, MsgpackError> {
    let len = reader.array()?;
    let mut text = String::with_capacity(size + size / 4);
    let mut ends = Vec::new();
    for _ in 0..len {
        let start = text.len();
        let mut inside = reader.clone();
        reader.skip()?;
        let readable = push_json(&mut inside, &mut text, Unspeakable::Refuse).is_ok();
        if !readable {
            text.truncate(start);
        }
        ends.push(readable.then_some(start..text.len()));
    }
    let text = Bytes::from(text);
    Ok(ends.into_iter().map(|range| range.map(|range| text.slice(range))).collect())
}

fn read_next(reader: &mut Reader<'_>) -> Result<Option<BatchRequest>, MsgpackError> {
    let here = reader.clone();
    let len = match reader.token()? {
        Token::Bool(_) | Token::Nil => return Ok(None),
        Token::Map(len) => len,
        _ => return Err(here.error("a map or false is wanted here")),
    };
    let (mut states, mut hashes) = (Vec::new(), Vec::new());
    for _ in 0..len {
        match reader.text()? {
            "states" => {
                for _ in 0..reader.array()? {
                    states.push(reader.count()?);
                }
            }
            "hashes" => {
                for _ in 0..reader.array()? {
                    hashes.push(Arc::from(reader.text()?));
                }
            }
            _ => {
                reader.skip()?;
            }
        }
    }
    Ok(Some((states, hashes)))
}
