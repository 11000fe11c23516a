//! What `ping` finds, for programs. The schema is `docs/schemas/ping.schema.json`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Summary;
use crate::ping::{Round, Step, Times};

/// One round. `url` is what was given, without secrets.
pub fn round(number: u64, url: &str, round: &Round) -> Value {
    let failure = round.failure.as_ref();
    json!({
        "version": 1,
        "type": "ping",
        "round": number,
        "url": url,
        "ok": failure.is_none(),
        "ms": ms(round.time),
        "steps": round.steps.iter().map(step).collect::<Vec<_>>(),
        "server": round.server.as_ref().map(|server| json!({
            "url": server.url,
            "protocol": server.protocol,
            "software": server.software.iter().map(|(name, version)| (name.clone(), Value::from(version.as_str())))
                .collect::<Map<_, _>>(),
        })),
        "cause": failure.map(|failure| failure.cause.code()),
        "error": failure.map(|failure| &failure.text),
        "hint": failure.map(|failure| &failure.hint).filter(|hint| !hint.is_empty()),
        "notes": round.notes,
    })
}

fn step(step: &Step) -> Value {
    json!({"name": step.name, "subject": step.subject, "ms": ms(step.time), "ok": step.ok, "detail": step.detail})
}

/// What many rounds came to.
pub fn summary(summary: &Summary) -> Value {
    let times = |times: &Times| {
        json!({
            "name": times.name,
            "count": times.count,
            "min_ms": ms(times.min),
            "median_ms": ms(times.median),
            "max_ms": ms(times.max),
        })
    };
    json!({
        "version": 1,
        "type": "summary",
        "rounds": summary.rounds,
        "failed": summary.failed,
        "causes": summary.causes,
        "steps": summary.times.iter().map(times).collect::<Vec<_>>(),
    })
}

/// Milliseconds, to the microsecond.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
