//! What `pull` says in the end.

use std::io;
use std::time::Duration;

use serde_json::json;

use super::target::Written;
use crate::cli::PullArgs;
use crate::commands::Context;
use crate::protocol::{ServerInfo, Update};
use crate::render::{bytes, count, note, seconds};
use crate::scene::Scene;

pub(super) struct Report<'a> {
    pub(super) args: &'a PullArgs,
    pub(super) info: &'a ServerInfo,
    pub(super) scene: &'a Scene,
    pub(super) update: &'a Update,
    pub(super) written: &'a Written,
    pub(super) verified: bool,
    pub(super) hydrated: Duration,
    pub(super) total: Duration,
}

impl Report<'_> {
    pub(super) fn print(&self, context: &mut Context) -> io::Result<()> {
        if *self.written == Written::Stdout {
            return Ok(()); // stdout is the snapshot
        }
        if self.args.json {
            let line = self.json().to_string();
            context.out.line(line)?;
        } else if !context.global.quiet {
            for line in self.lines() {
                context.out.line(line)?;
            }
        }
        if self.args.timings && !self.args.json {
            self.timings().into_iter().for_each(note);
        }
        context.out.flush()
    }

    fn json(&self) -> serde_json::Value {
        let (scene, update) = (self.scene, self.update);
        let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        let (output, changed) = match self.written {
            Written::Yes(path) => (Some(path), true),
            Written::Unchanged(path) => (Some(path), false),
            Written::No | Written::Stdout => (None, false),
        };
        json!({
            "url": self.info.url,
            "protocol": self.info.protocol,
            "software": self.info.software.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "roots": scene.roots.iter().map(|root| json!({"id": root.id, "name": root.name})).collect::<Vec<_>>(),
            "states": scene.objects().len(),
            "state_bytes": scene.state_bytes(),
            "blobs": scene.blobs().len(),
            "blob_bytes": scene.blob_bytes(),
            "fetched_states": update.fetched_states,
            "fetched_blobs": update.fetched_blobs,
            "fetched_bytes": update.fetched_bytes,
            "reused_blobs": update.reused_blobs,
            "requests": update.requests,
            "without_state": scene.without_state,
            "losses": update.losses.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "verified": self.verified,
            "output": output,
            "written": changed,
            "ms": {
                "connect": ms(self.info.connect_time),
                "discover": ms(self.info.discover_time),
                "status": ms(update.status_time),
                "states": ms(update.states_time),
                "blobs": ms(update.blobs_time),
                "waiting": ms(update.waiting),
                "write": ms(self.total.saturating_sub(self.hydrated)),
                "total": ms(self.total),
            },
        })
    }

    fn lines(&self) -> Vec<String> {
        let (scene, update) = (self.scene, self.update);
        let software: Vec<String> =
            self.info.software.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let roots: Vec<String> = scene
            .roots
            .iter()
            .map(|root| match &root.name {
                Some(name) => format!("{name} ({})", root.id.label()),
                None => root.id.to_string(),
            })
            .collect();
        let mut lines = vec![
            format!("pulled   {} ({}; {})", self.info.url, self.info.protocol, software.join(", ")),
            format!("roots    {}", roots.join(", ")),
            format!("objects  {} ({})", scene.objects().len(), bytes(scene.state_bytes())),
        ];
        let here = if update.reused_blobs > 0 {
            format!(", {} of them here already", update.reused_blobs)
        } else {
            String::new()
        };
        lines.push(format!("blobs    {} ({}){here}", scene.blobs().len(), bytes(scene.blob_bytes())));
        if !scene.without_state.is_empty() {
            lines.push(format!("missing  {} without a state", count(scene.without_state.len() as u64, "object")));
        }
        lines.push(format!("time     {}", seconds(self.total)));
        lines.push(match self.written {
            Written::Yes(path) => {
                let size = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
                let size = size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
                format!("wrote    {}{size}", path.display())
            }
            Written::Unchanged(path) => format!("kept     {}: nothing has changed", path.display()),
            Written::No | Written::Stdout => String::from("kept     in memory only; -o FILE writes a snapshot"),
        });
        lines
    }

    fn timings(&self) -> Vec<String> {
        let update = self.update;
        let row = |name: &str, time: Duration| format!("{name:<22} {:>10}", seconds(time));
        let handshake = self.info.connect_time;
        vec![
            row("websocket open after", handshake),
            row("roots found in", self.info.discover_time),
            row("status", update.status_time),
            row("states", update.states_time),
            row("blobs", update.blobs_time),
            row("write", self.total.saturating_sub(self.hydrated)),
            row("waiting on the server", update.waiting),
            row("ours", self.total.saturating_sub(update.waiting + handshake + self.info.discover_time)),
        ]
    }
}
