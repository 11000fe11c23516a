//! What happens to a client that attends: a line an event, for people or as JSON.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::{bytes, count, seconds};
use crate::protocol::{Camera, Change, Download, DownloadState, Event, Notification, ServerInfo, Update};
use crate::scene::{Scene, shortened, without_controls};

/// Characters of a text that are repeated in a line.
const MOST_TEXT: usize = 200;

/// Characters of a title that is kept.
const MOST_KEPT: usize = 1_000;

/// Notifications whose titles are kept, for when they go.
const MOST_TITLES: usize = 1_000;

/// Writes lines.
#[derive(Default)]
pub struct Lines {
    titles: HashMap<String, String>,
}

/// A JSON line: what happened, and when.
#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    t: f64,
    #[serde(flatten)]
    what: &'a T,
}

fn stamp(at: Duration) -> f64 {
    (at.as_secs_f64() * 1e4).round() / 1e4
}

/// True for a part of a file.
pub fn is_part(event: &Event) -> bool {
    matches!(event, Event::Download(Download { state: DownloadState::Part { .. }, .. }))
}

/// The first JSON line.
pub fn json_start(at: Duration, server: &ServerInfo, camera: &Camera, scene: &Scene) -> String {
    let software: serde_json::Map<String, Value> =
        server.software.iter().map(|(name, version)| (name.clone(), version.as_str().into())).collect();
    let server = json!({"protocol": server.protocol, "url": server.url, "software": software});
    let scene = json!({"objects": scene.objects().len(), "blobs": scene.blobs().len()});
    json!({"t": stamp(at), "event": "attending", "server": server, "camera": camera, "scene": scene}).to_string()
}

/// A change of the scene as a JSON line.
pub fn json_update(at: Duration, number: u64, update: &Update, scene: &Scene) -> String {
    json!({
        "t": stamp(at),
        "event": "update",
        "update": number,
        "changed": update.changed,
        "removed": update.removed,
        "objects": scene.objects().len(),
    })
    .to_string()
}

/// The last JSON line.
pub fn json_end(at: Duration, reason: &str, output: Option<&std::path::Path>) -> String {
    json!({"t": stamp(at), "event": "end", "reason": reason, "output": output}).to_string()
}

/// The first line.
pub fn start(server: &ServerInfo, camera: &Camera, scene: &Scene) -> String {
    let objects = count(scene.objects().len() as u64, "object");
    format!("attending {} ({}): {objects}, {}", server.url, server.protocol, camera_words(camera))
}

/// A change of the scene.
pub fn update(number: u64, update: &Update, scene: &Scene) -> String {
    const NAMED: usize = 4;
    let named = |ids: &[crate::scene::ObjectId]| {
        let names: Vec<String> = ids.iter().take(NAMED).map(|id| scene.describe(id)).collect();
        let more = if ids.len() > NAMED { format!(" and {} more", ids.len() - NAMED) } else { String::new() };
        format!("{}{more}", names.join(", "))
    };
    let said = |ids: &[crate::scene::ObjectId], word| {
        (!ids.is_empty()).then(|| format!("{} {word} ({})", ids.len(), named(ids)))
    };
    let parts: Vec<String> =
        [said(&update.changed, "changed"), said(&update.removed, "gone")].into_iter().flatten().collect();
    let line = format!("update {number}: {}", parts.join(", "));
    without_controls(&line).into_owned()
}

fn camera_words(camera: &Camera) -> String {
    let point = |[x, y, z]: [f64; 3]| format!("{x},{y},{z}");
    let (position, look_at) = (point(camera.position), point(camera.look_at));
    format!("camera at {position} looks at {look_at}, fov {}°", (camera.fov * 1e4).round() / 1e4)
}

/// A text of the server's in a line of ours.
fn quoted(text: &str) -> String {
    format!("\"{}\"", without_controls(&shortened(text, MOST_TEXT).replace(['\n', '\r'], " ")))
}

impl Lines {
    /// An event as JSON, with its keys in order; nothing for those that only a bar shows.
    pub fn json(&mut self, at: Duration, event: &Event) -> Option<String> {
        if is_part(event) {
            return None;
        }
        let mut line = serde_json::to_value(Line { t: stamp(at), what: event }).ok()?;
        if let Event::Notification(notification) = event
            && let (Some(title), Some(slot)) = (self.title(notification), line.get_mut("title"))
        {
            *slot = title.into();
        }
        Some(line.to_string())
    }

    /// The title that a notification had which is gone; of others it is kept for then.
    fn title(&mut self, notification: &Notification) -> Option<String> {
        let Notification { change, id, title, .. } = notification;
        if *change == Change::Gone {
            return self.titles.remove(id);
        }
        if self.titles.len() < MOST_TITLES || self.titles.contains_key(id) {
            self.titles.insert(id.clone(), shortened(title, MOST_KEPT).into_owned());
        }
        None
    }

    /// An event in words; nothing for those that only a bar shows.
    pub fn words(&mut self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Notification(notification) => self.notification(notification),
            Event::Download(download) => download_words(download)?,
            Event::Render { request, bytes: len, error, seconds: took, .. } => {
                let (width, height) = (request.width, request.height);
                let format = without_controls(shortened(&request.format, 40).as_ref()).into_owned();
                let answer = match (error, len) {
                    (Some(_), _) | (None, 0) => String::from("answered that there is none"),
                    (None, len) => format!("answered with {}", bytes(*len as u64)),
                };
                format!("render: {width}x{height} {format} wanted, {answer} ({})", seconds(span(*took)))
            }
            Event::Storage { action, key, value, .. } => {
                let key = key.as_deref().map(|key| format!(" {}", quoted(key))).unwrap_or_default();
                let value = match (value, *action) {
                    (Some(value), _) => format!(" = {}", quoted(value)),
                    (None, "get") => String::from(": there is none"),
                    (None, _) => String::new(),
                };
                format!("storage: {action}{key}{value}")
            }
            Event::Camera(camera) => format!("the server moved the camera: {}", camera_words(camera)),
            Event::Program { bytes: len } => {
                format!("program: {} of JavaScript, not run", bytes(*len as u64))
            }
        })
    }

    fn notification(&mut self, notification: &Notification) -> String {
        let Notification { change, id, title, body, color, loading, close_button, auto_close } = notification;
        let kept = self.title(notification);
        if *change == Change::Gone {
            return format!("notification gone: {}", quoted(kept.as_deref().unwrap_or(id)));
        }
        let mut more = Vec::new();
        match color {
            Value::Null => {}
            Value::String(color) => more.push(without_controls(&shortened(color, 40)).into_owned()),
            color => more.push(color.to_string()),
        }
        if *loading {
            more.push(String::from("loading"));
        }
        if *close_button {
            more.push(String::from("close button"));
        }
        more.extend(auto_close.map(|seconds| format!("closes after {seconds} s")));
        let word = if *change == Change::Shown { "" } else { " changed" };
        let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
        format!("notification{word}: {} {}{more}", quoted(title), quoted(body))
    }
}

/// Seconds that we measured ourselves.
fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn download_words(download: &Download) -> Option<String> {
    let Download { name, size, state } = download;
    let (name, size) = (quoted(name), bytes(*size));
    Some(match state {
        DownloadState::Part { .. } => return None,
        DownloadState::Started { kept: true, .. } => format!("download: {name}, {size}"),
        DownloadState::Started { kept: false, .. } => {
            format!("download: {name}, {size}, is not kept (--downloads DIR keeps it)")
        }
        DownloadState::Saved { path, seconds: took } => {
            let path = path.display().to_string();
            format!("download saved: {}, {size} ({})", without_controls(&path), seconds(span(*took)))
        }
        DownloadState::Dropped { seconds: took } => {
            format!("download dropped: {name}, {size} ({})", seconds(span(*took)))
        }
        DownloadState::Refused { reason } => format!("download refused: {name}: {}", without_controls(reason)),
    })
}
