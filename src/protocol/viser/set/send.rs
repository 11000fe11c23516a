//! Sending what was planned, and seeing what becomes of it.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::gui::{same, same_number};
use super::silent::Silent;
use super::{Act, Field, ViserPlan, say};
use crate::protocol::viser::attend::ViserAttendant;
use crate::protocol::{Attendant, CameraWish, Client, ClientError, Connecting, Fate, SendError, Settled, Step};
use crate::scene::{ObjectId, Scene};

/// Bytes of a file in one message: what viser's page sends.
const PART: usize = 512 << 10;
/// Parts that are on their way at a time.
const MOST_PARTS: u64 = 8;
/// What is not seen by then is not confirmed.
const SEEN: Duration = Duration::from_secs(3);
/// A script that changes a value again does so by then.
const SETTLED: Duration = Duration::from_millis(250);
/// How long a connection stays for a server to read what it was sent.
const READ: Duration = Duration::from_millis(200);

/// Sends all of it over a connection of its own, which the script sees as a client: callbacks are run for clients only.
pub(super) async fn send(
    plan: &ViserPlan,
    how: &Connecting,
    observer: &mut dyn Client,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Settled, SendError> {
    let mut fates: Settled = plan.wishes.iter().map(|_| Fate::Unchanged).collect();
    if plan.acts.iter().all(|(_, _, act)| matches!(act, Act::Nothing)) {
        return Ok(fates);
    }
    let mut sender = ViserAttendant::connect(how, CameraWish::default(), Arc::new(Silent)).await?;
    // The server listens only when it is through with what was built so far.
    sender.client().update().await?;
    sender.begin().await?;
    let mut is_seen = false;
    for (_, wishes, act) in &plan.acts {
        let fate = match act {
            Act::Nothing => continue,
            Act::Say { messages, seen } => {
                for message in messages {
                    sender.send(message.clone()).await?;
                }
                is_seen |= seen.is_some();
                if seen.is_some() { Fate::Unconfirmed } else { Fate::Sent }
            }
            Act::Submit { uuid } => {
                sender.expect(uuid);
                sender.send(say("GuiFormSubmitMessage", &[("uuid", Field::Text(Some(uuid)))])).await?;
                match tokio::time::timeout(SEEN, acknowledged(&mut sender, uuid, 0)).await {
                    Ok(told) => told.map(|_| Fate::Confirmed)?,
                    Err(_) => Fate::Unconfirmed,
                }
            }
            Act::Upload { uuid, path, mime } => {
                if upload(&mut sender, uuid, path, mime, progress).await? {
                    Fate::Confirmed
                } else {
                    Fate::Sent
                }
            }
        };
        fates.get_mut(wishes.clone()).into_iter().flatten().for_each(|slot| *slot = fate.clone());
    }
    if is_seen {
        watch(plan, &mut sender, observer, &mut fates).await?;
    } else {
        during(&mut sender, READ).await?;
    }
    sender.client().close().await;
    Ok(fates)
}

/// Answers what the script asks this client for, for a while.
async fn during(sender: &mut ViserAttendant, time: Duration) -> Result<(), ClientError> {
    let end = Instant::now() + time;
    loop {
        match tokio::time::timeout_at(end, sender.next()).await {
            Err(_) => return Ok(()),
            Ok(Ok(Step::Changed(_))) => drop(sender.client().update().await?),
            Ok(Ok(Step::Happened(_))) => {}
            Ok(Err(error)) => return Err(error),
        }
    }
}

/// Looks at what others see, until all of it is settled.
async fn watch(
    plan: &ViserPlan,
    sender: &mut ViserAttendant,
    observer: &mut dyn Client,
    fates: &mut Settled,
) -> Result<(), ClientError> {
    let end = Instant::now() + SEEN;
    let mut until = end;
    loop {
        tokio::select! {
            changed = observer.changed() => {
                changed?;
                let update = observer.update().await?;
                if look(plan, &observer.scene(), &update.changed, fates) {
                    let all = fates.iter().all(|fate| *fate != Fate::Unconfirmed);
                    until = if all { Instant::now() + SETTLED } else { end };
                }
            }
            answered = during(sender, SEEN) => answered?,
            () = tokio::time::sleep_until(until) => return Ok(()),
        }
    }
}

/// Sees what became of the wishes; true where some of them were touched.
fn look(plan: &ViserPlan, scene: &Scene, changed: &[ObjectId], fates: &mut Settled) -> bool {
    let mut is_touched = false;
    for (id, _, act) in &plan.acts {
        let Act::Say { seen: Some(seen), .. } = act else { continue };
        if !changed.contains(id) {
            continue;
        }
        let state = scene.state(id).and_then(|state| serde_json::from_str::<Value>(state.as_str()).ok());
        let Some(state) = state else { continue };
        for (at, wish) in seen.wishes.clone().filter_map(|at| Some((at, plan.wishes.get(at)?))) {
            let wanted = seen.values.iter().rev().find(|(name, _)| *name == wish.path);
            let (Some((name, wanted)), Some(fate)) = (wanted, fates.get_mut(at)) else { continue };
            let now = state.get(*name).unwrap_or(&Value::Null);
            *fate = if near(now, wanted) { Fate::Confirmed } else { Fate::Changed(now.to_string()) };
            is_touched = true;
        }
    }
    is_touched
}

/// The same, for a server that may keep fractions with fewer digits.
fn near(a: &Value, b: &Value) -> bool {
    let is_fraction = |x: f64| x.fract() != 0.0;
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b)),
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(x), Some(y)) if is_fraction(x) || is_fraction(y) => (x - y).abs() <= 1e-6 * x.abs().max(y.abs()),
            _ => same_number(a, b),
        },
        _ => same(a, b),
    }
}

/// Sends a file in parts, some of which are on their way at a time, until the server has all of it.
async fn upload(
    sender: &mut ViserAttendant,
    uuid: &str,
    path: &std::path::Path,
    mime: &str,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<bool, SendError> {
    let failed = |source| SendError::File { path: path.display().to_string(), source };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let transfer = random_uuid();
    sender.expect(&transfer);
    let parts = size.div_ceil(PART as u64);
    let mut got = 0;
    progress(0, size);
    let start = [
        ("source_component_uuid", Field::Text(Some(uuid))),
        ("transfer_uuid", Field::Text(Some(&transfer))),
        ("filename", Field::Text(Some(&name))),
        ("mime_type", Field::Text(Some(mime))),
        ("part_count", Field::Count(parts)),
        ("size_bytes", Field::Count(size)),
    ];
    sender.send(say("FileTransferStartUpload", &start)).await?;
    for index in 0..parts {
        let mut content = Vec::with_capacity(PART);
        (&mut file).take(PART as u64).read_to_end(&mut content).map_err(failed)?;
        if content.len() as u64 != (size - index * PART as u64).min(PART as u64) {
            return Err(failed(std::io::Error::other("its size changed while it was read")));
        }
        let part = [
            ("source_component_uuid", Field::Text(Some(uuid))),
            ("transfer_uuid", Field::Text(Some(&transfer))),
            ("part_index", Field::Count(index)),
            ("content", Field::Bytes(&content)),
        ];
        sender.send(say("FileTransferPart", &part)).await?;
        while got + MOST_PARTS * PART as u64 <= index * PART as u64 {
            got = acknowledged(sender, &transfer, got).await?;
            progress(got, size);
        }
    }
    while got < size {
        got = acknowledged(sender, &transfer, got).await?;
        progress(got, size);
    }
    // Nobody acknowledges a file without parts.
    Ok(parts > 0)
}

/// Waits until the server says that it has more of a file.
async fn acknowledged(sender: &mut ViserAttendant, transfer: &str, got: u64) -> Result<u64, ClientError> {
    let patience = sender.timeout();
    let end = Instant::now() + patience;
    loop {
        let now = sender.acknowledged(transfer);
        if now > got {
            return Ok(now);
        }
        match tokio::time::timeout_at(end, sender.next()).await {
            Err(_) => {
                let seconds = patience.as_secs();
                return Err(ClientError::Failed(format!(
                    "the server did not say that it has the file within {seconds} s"
                )));
            }
            Ok(Ok(Step::Changed(_))) => drop(sender.client().update().await?),
            Ok(Ok(Step::Happened(_))) => {}
            Ok(Err(error)) => return Err(error),
        }
    }
}

/// A UUID of version 4: a browser makes one for every file.
fn random_uuid() -> String {
    use std::hash::{BuildHasher, RandomState};
    // Each state is keyed anew, from the system's randomness; it must only be another than everybody else's.
    let half = || RandomState::new().hash_one(std::time::SystemTime::now());
    let bits = (u128::from(half()) << 64 | u128::from(half())) & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}
