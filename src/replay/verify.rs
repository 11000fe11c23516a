//! Asking a live server what was asked in a recording, and comparing the answers.

use std::collections::HashMap;
use std::path::Path;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::Xxh3;

use crate::protocol::{Argument, Body, CallFailure, Caller, ClientError, Happening, Keep, Kind, Protocol, Request};
use crate::recording::{Events, RecordingError};

/// Differences that are told one by one.
const MOST: usize = 1000;

/// How a live server's answers compare with the recorded ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Calls that were made.
    pub calls: u64,
    /// Those that were answered as in the recording.
    pub same: u64,
    /// Those that were not made: without a recorded answer, with binary arguments, or never to be made.
    pub skipped: u64,
    /// What was answered otherwise, the first of them.
    pub drift: Vec<Drift>,
}

/// A call that was answered otherwise than in the recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The method.
    pub method: String,
    /// Its arguments, cut where they are long.
    pub args: String,
    /// What differs.
    pub what: String,
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The server.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl VerifyError {
    /// The error that this one stands for.
    pub fn inner(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Self::Recording(error) => error,
            Self::Client(error) => error,
        }
    }
}

/// Makes the recorded calls in their order, one after the other.
///
/// # Errors
/// [`VerifyError`]; another answer is none.
pub async fn verify(
    path: &Path,
    protocol: &'static dyn Protocol,
    caller: &dyn Caller,
) -> Result<Verified, VerifyError> {
    let mut events = Events::open(path)?;
    let mut ear = protocol.ear(Keep::Whole);
    let mut asked: HashMap<(u32, String), Box<dyn Body>> = HashMap::new();
    let mut verified = Verified::default();
    while let Some(traffic) = events.next_traffic()? {
        let Happening::Message(direction, message) = traffic.what else { continue };
        let mut said = Vec::new();
        ear.hear(traffic.time, traffic.connection, direction, &message, &mut |heard| said.push(heard));
        for heard in said {
            let key = heard.id.map(|id| (traffic.connection, id));
            match (heard.kind, key, heard.body) {
                (Kind::Call, Some(key), Some(body)) => drop(asked.insert(key, body)),
                (Kind::Answer | Kind::Error, Some(key), Some(recorded)) => {
                    let Some(args) = asked.remove(&key) else { continue };
                    let request = request(&heard.name, &*args).filter(|_| !protocol.forbids(&heard.name));
                    let Some(request) = request else {
                        verified.skipped += 1;
                        continue;
                    };
                    let recorded = (heard.kind == Kind::Error, value(&*recorded));
                    compare(protocol, caller, &request, recorded, &*args, &mut verified).await?;
                }
                _ => {}
            }
        }
    }
    verified.skipped += asked.len() as u64;
    Ok(verified)
}

async fn compare(
    protocol: &'static dyn Protocol,
    caller: &dyn Caller,
    request: &Request,
    (was_error, recorded): (bool, Value),
    args: &dyn Body,
    verified: &mut Verified,
) -> Result<(), VerifyError> {
    let (is_error, live) = match caller.call(request).await {
        Ok(body) => (false, value(&*body)),
        Err(CallFailure::Refused { error, .. }) => (true, value(&*error)),
        Err(CallFailure::Forbidden { .. } | CallFailure::NoCalls { .. }) => {
            verified.skipped += 1;
            return Ok(());
        }
        Err(CallFailure::Client(error)) => return Err(error.into()),
    };
    verified.calls += 1;
    let what = match (was_error, is_error) {
        (true, false) => Some(String::from("a result instead of an error")),
        (false, true) => Some(format!("an error instead of a result: {}", short(&live))),
        // The traceback of an error is another on every machine.
        (true, true) => (recorded.get("code") != live.get("code")).then(|| format!("another error: {}", short(&live))),
        (false, false) => protocol.drift(&request.method, &recorded, &live),
    };
    match what {
        None => verified.same += 1,
        Some(what) if verified.drift.len() < MOST => {
            verified.drift.push(Drift { method: request.method.clone(), args: short(&value(args)), what });
        }
        Some(_) => {}
    }
    Ok(())
}

/// A body as a value in which binary data is its size and digest.
fn value(body: &dyn Body) -> Value {
    let mut binary = |pieces: &[Bytes]| {
        let mut digest = Xxh3::new();
        pieces.iter().for_each(|piece| digest.update(piece));
        let bytes: usize = pieces.iter().map(Bytes::len).sum();
        format!("{{\"$binary\":{{\"bytes\":{bytes},\"xxh3\":\"{:016x}\"}}}}", digest.digest())
    };
    body.to_json(&mut binary).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The call that was recorded; none where it carries binary data, whose content is not JSON.
fn request(method: &str, args: &dyn Body) -> Option<Request> {
    let mut has_binary = false;
    let text = args.to_json(&mut |_| {
        has_binary = true;
        String::from("null")
    });
    let text = text.ok().filter(|_| !has_binary)?;
    #[derive(serde::Deserialize)]
    struct Given<'a> {
        #[serde(borrow)]
        args: Vec<&'a RawValue>,
        #[serde(borrow)]
        kwargs: std::collections::BTreeMap<String, &'a RawValue>,
    }
    let given: Given<'_> = serde_json::from_str(&text).ok()?;
    let json = |raw: &RawValue| Argument::Json(raw.get().to_owned());
    Some(Request {
        method: method.to_owned(),
        args: given.args.into_iter().map(json).collect(),
        kwargs: given.kwargs.into_iter().map(|(name, raw)| (name, json(raw))).collect(),
    })
}

fn short(value: &Value) -> String {
    crate::scene::shortened(&value.to_string(), 120).into_owned()
}
