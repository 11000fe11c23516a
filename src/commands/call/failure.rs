//! What a server says that could not do what was asked.

use anyhow::Result;
use serde_json::Value;

use crate::cli::CallArgs;
use crate::commands::{Context, Outcome, Refused};
use crate::protocol::{Body, binary_placeholder};

/// Tells of an error as the server gave it: as JSON, or for people, a traceback with its lines.
pub(super) fn report(
    context: &mut Context,
    args: &CallArgs,
    method: &str,
    error: &dyn Body,
    unknown: bool,
) -> Result<Outcome> {
    let text = error.to_json(&mut |pieces| binary_placeholder(pieces))?;
    if args.json {
        context.out.line(format!("{{\"error\":{text}}}"))?;
        return Ok(Outcome::No);
    }
    let error: Value = serde_json::from_str(&text).unwrap_or_default();
    let hint = unknown.then_some("check the name for typing errors; is the part of the server that has it loaded?");
    Err(Refused { text: format!("{method}: {}", in_words(&error)), hint }.into())
}

fn in_words(error: &Value) -> String {
    let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
    let mut text = format!("{message} ({})", error.get("code").unwrap_or(&Value::Null));
    match error.get("data") {
        None | Some(Value::Null) => {}
        Some(Value::String(data)) => text.push_str(&format!(": {data}")),
        Some(data) => {
            // wslink's own: method, exception, trace.
            if let Some(exception) = data.get("exception").and_then(Value::as_str) {
                text.push_str(&format!(": {exception}"));
            }
            if let Some(trace) = data.get("trace").and_then(Value::as_str) {
                text.push_str(&format!("\n{}", trace.trim_end()));
            }
            let known = |name: &str| ["method", "exception", "trace"].contains(&name);
            if data.as_object().is_none_or(|data| data.keys().any(|name| !known(name))) {
                text.push_str(&format!("\n{data}"));
            }
        }
    }
    text
}
