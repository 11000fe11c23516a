//! Updates for programs: a line each. The schema is `docs/schemas/watch.schema.json`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Size, Step, Summary};
use crate::analysis::changes::{ObjectChange, PropertyChange};
use crate::protocol::{ServerInfo, Update};
use crate::render::differences::{Array, Object, array_json, object_json, raw_json};
use crate::watch::{Gone, Leaks, Rate, Row};

/// Of the lines; raised when a reader would have to change.
const VERSION: u32 = 1;
/// Objects of a kind that are listed in a line; `counts` counts all.
const MOST: usize = 1000;
/// Properties that are listed of an object.
const MOST_PROPERTIES: usize = 100;
/// Longer values are not repeated.
const LONGEST: usize = 4096;

#[derive(Serialize)]
struct Start<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    url: &'a str,
    protocol: &'a str,
    software: BTreeMap<&'a str, &'a str>,
    ms: f64,
    received: u64,
    requests: u64,
    scene: Size,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    update: u64,
    t: f64,
    ms: f64,
    requests: u64,
    received: u64,
    fetched_states: u64,
    fetched_blobs: u64,
    fetched_bytes: u64,
    losses: usize,
    counts: Counts,
    changed: Vec<Changed<'a>>,
    added: Vec<Object<'a>>,
    removed: Vec<Object<'a>>,
    scene: Size,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaks: Option<Left<'a>>,
}

#[derive(Serialize)]
struct Counts {
    changed: usize,
    properties: usize,
    added: usize,
    removed: usize,
    noise: u64,
}

#[derive(Serialize)]
struct Changed<'a> {
    #[serde(flatten)]
    object: Object<'a>,
    properties: Vec<Property<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    array: Option<Array<'a>>,
}

/// Numbers stay as the server wrote them, so values are raw.
#[derive(Serialize)]
struct Property<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Left<'a> {
    objects: u64,
    newest_id: u64,
    blobs: u64,
    blobs_seen: u64,
    blobs_left: u64,
    asked: u64,
    still_served: u64,
    still_served_bytes: u64,
    per_update: Option<PerUpdate>,
    left: Vec<Blob<'a>>,
}

#[derive(Serialize)]
struct PerUpdate {
    objects: f64,
    ids: f64,
    blobs: f64,
    bytes: f64,
}

#[derive(Serialize)]
struct Blob<'a> {
    blob: &'a str,
    bytes: u64,
    of: &'a str,
}

#[derive(Serialize)]
struct End<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    announced: u64,
    updates: u64,
    seconds: f64,
    received: u64,
    scene: Size,
    methods: Vec<Method<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaks: Option<Left<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Failed<'a>>,
}

#[derive(Serialize)]
struct Method<'a> {
    name: &'a str,
    pushed: bool,
    all: Figures,
    recent: Figures,
}

#[derive(Serialize)]
struct Figures {
    count: u64,
    errors: u64,
    bytes: u64,
    per_second: f64,
    bytes_per_second: f64,
    p50_ms: Option<f64>,
    p95_ms: Option<f64>,
    max_ms: Option<f64>,
}

#[derive(Serialize)]
struct Failed<'a> {
    assert: &'a str,
    yields: &'a str,
}

/// The first line: the server, and the scene at first.
///
/// # Errors
/// Never.
pub fn start(
    server: &ServerInfo,
    update: &Update,
    took: Duration,
    received: u64,
    scene: Size,
) -> serde_json::Result<String> {
    serde_json::to_string(&Start {
        kind: "start",
        version: VERSION,
        url: &server.url,
        protocol: server.protocol,
        software: server.software.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect(),
        ms: ms(took),
        received,
        requests: update.requests,
        scene,
    })
}

/// An update's line.
///
/// # Errors
/// Never.
pub fn update(step: &Step<'_>) -> serde_json::Result<String> {
    let changes = step.changes;
    serde_json::to_string(&Line {
        kind: "update",
        update: step.number,
        t: seconds(step.at),
        ms: ms(step.took),
        requests: step.update.requests,
        received: step.received,
        fetched_states: step.update.fetched_states,
        fetched_blobs: step.update.fetched_blobs,
        fetched_bytes: step.update.fetched_bytes,
        losses: step.update.losses.len(),
        counts: Counts {
            changed: changes.changed.len(),
            properties: changes.changed.iter().map(|change| change.properties.len()).sum(),
            added: changes.added.len(),
            removed: changes.removed.len(),
            noise: changes.noise,
        },
        changed: changes.changed.iter().take(MOST).map(changed).collect(),
        added: changes.added.iter().take(MOST).map(object_json).collect(),
        removed: changes.removed.iter().take(MOST).map(object_json).collect(),
        scene: step.scene,
        leaks: step.leaks.map(|(leaks, gone)| left(leaks, gone)),
    })
}

/// The last line.
///
/// # Errors
/// Never.
pub fn summary(summary: &Summary<'_>) -> serde_json::Result<String> {
    serde_json::to_string(&End {
        kind: "summary",
        announced: summary.announced,
        updates: summary.updates,
        seconds: seconds(summary.time),
        received: summary.received,
        scene: summary.scene,
        methods: summary.rows.iter().map(|row| method(row, summary.time)).collect(),
        leaks: summary.leaks.map(|(leaks, gone)| left(leaks, gone)),
        failed: summary.failed.map(|(assert, yields)| Failed { assert, yields }),
    })
}

fn changed(change: &ObjectChange) -> Changed<'_> {
    Changed {
        object: object_json(&change.place),
        properties: change.properties.iter().take(MOST_PROPERTIES).map(property).collect(),
        array: change.array.as_ref().map(array_json),
    }
}

fn property(change: &PropertyChange) -> Property<'_> {
    Property { path: &change.path, old: change.old.as_deref().map(value), new: change.new.as_deref().map(value) }
}

/// A value, or how long it is.
fn value(text: &str) -> Box<RawValue> {
    if text.len() <= LONGEST { raw_json(text) } else { raw_json(&format!("{{\"$cut\":{{\"bytes\":{}}}}}", text.len())) }
}

fn left<'a>(leaks: &Leaks, gone: &'a [Gone]) -> Left<'a> {
    let ((objects, newest_id), (blobs, blobs_seen)) = (leaks.objects(), leaks.blobs());
    let (asked, still_served, still_served_bytes) = leaks.served();
    let per_update = leaks.growth().map(|growth| PerUpdate {
        objects: rounded(growth.objects),
        ids: rounded(growth.ids),
        blobs: rounded(growth.blobs),
        bytes: rounded(growth.bytes),
    });
    let blob = |gone: &'a Gone| Blob { blob: &gone.hash, bytes: gone.bytes, of: &gone.user };
    Left {
        objects,
        newest_id,
        blobs,
        blobs_seen,
        blobs_left: leaks.left(),
        asked,
        still_served,
        still_served_bytes,
        per_update,
        left: gone.iter().take(MOST).map(blob).collect(),
    }
}

fn method(row: &Row, time: Duration) -> Method<'_> {
    let figures = |rate: &Rate, window: Duration| Figures {
        count: rate.count,
        errors: rate.errors,
        bytes: rate.bytes,
        per_second: per_second(rate.count, window),
        bytes_per_second: per_second(rate.bytes, window),
        p50_ms: rate.times.percentile(0.5).map(ms),
        p95_ms: rate.times.percentile(0.95).map(ms),
        max_ms: rate.times.longest().map(ms),
    };
    Method {
        name: &row.name,
        pushed: row.pushed,
        all: figures(&row.all, time),
        recent: figures(&row.recent, row.window),
    }
}

fn per_second(n: u64, window: Duration) -> f64 {
    if window.is_zero() { 0.0 } else { rounded(n as f64 / window.as_secs_f64()) }
}

fn ms(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1e3)
}

fn seconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64())
}

/// To a thousandth.
fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}
