//! Updates for people: lines, or a page that is drawn again and again.

use std::io;

use super::{Step, Summary};
use crate::analysis::changes::ObjectChange;
use crate::analysis::diff::Place;
use crate::render::differences::{array, place, property};
use crate::render::{Out, Table, bytes, count, seconds};
use crate::scene::without_controls;
use crate::watch::{Gone, Leaks};

/// Objects of a kind that are told of an update.
const MOST: usize = 50;
/// Properties that are told of an object.
const MOST_PROPERTIES: usize = 12;

/// What an update did, in a line, and what changed, in a line each.
pub fn update_lines(step: &Step<'_>) -> Vec<String> {
    let changes = step.changes;
    let mut head = format!(
        "update {}  {}  {}, {}",
        step.number,
        seconds(step.took),
        count(step.update.requests, "request"),
        bytes(step.received)
    );
    for (n, what) in [(changes.changed.len(), "changed"), (changes.added.len(), "new"), (changes.removed.len(), "gone")]
    {
        if n > 0 {
            head.push_str(&format!(", {n} {what}"));
        }
    }
    if changes.is_empty() {
        head.push_str(", nothing changed");
    }
    if !step.update.losses.is_empty() {
        head.push_str(&format!(", {} lost", step.update.losses.len()));
    }
    let mut lines = vec![head];
    changes.changed.iter().take(MOST).for_each(|change| changed(change, &mut lines));
    let (added, removed) = (uppermost(&changes.added), uppermost(&changes.removed));
    for (sign, places) in [("+", &added), ("-", &removed)] {
        for (top, below) in places.iter().take(MOST) {
            let below = if *below > 0 { format!(", and {} below", count(*below, "object")) } else { String::new() };
            lines.push(format!("  {sign} {}{below}", place(top)));
        }
    }
    if changes.changed.len().max(added.len()).max(removed.len()) > MOST {
        lines.push(String::from("  … and more: --json tells of all"));
    }
    if let Some((_, gone)) = step.leaks {
        lines.extend(gone.iter().take(MOST).map(|gone| format!("  left: {}", blob(gone))));
    }
    lines
}

/// Those that are not below another one, by their paths, each with how many are below it.
fn uppermost(places: &[Place]) -> Vec<(&Place, u64)> {
    let mut sorted: Vec<&Place> = places.iter().collect();
    sorted.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    let mut found: Vec<(&Place, u64)> = Vec::new();
    for place in sorted {
        let is_below = |top: &Place| place.path.strip_prefix(&top.path).is_some_and(|rest| rest.starts_with('/'));
        match found.last_mut() {
            Some((top, below)) if is_below(top) => *below += 1,
            _ => found.push((place, 0)),
        }
    }
    found
}

fn changed(change: &ObjectChange, lines: &mut Vec<String>) {
    let place = place(&change.place);
    lines.extend(change.array.iter().map(|change| format!("  {place}: {}", array(change))));
    for change in change.properties.iter().take(MOST_PROPERTIES) {
        let values = property(change.old.as_deref(), change.new.as_deref());
        lines.push(format!("  {place}  {}: {values}", without_controls(&change.path)));
    }
    let more = change.properties.len().saturating_sub(MOST_PROPERTIES);
    if more > 0 {
        lines.push(format!(
            "  {place}  … and {}",
            count(more as u64, "more property").replace("propertys", "properties")
        ));
    }
}

/// A blob that left the scene and is still served.
pub fn kept(gone: &Gone) -> String {
    format!("still served: {}", blob(gone))
}

fn blob(gone: &Gone) -> String {
    let user = without_controls(&gone.user);
    format!("blob {} ({}) of {user}", without_controls(&gone.hash), bytes(gone.bytes))
}

/// How often, how much and how fast.
///
/// # Errors
/// As [`Out::line`].
pub fn rates(out: &mut Out, summary: &Summary<'_>) -> io::Result<()> {
    let header = ["METHOD", "COUNT", "ERRORS", "BYTES", "P50", "P95", "LAST 10 s", "BYTES/s"];
    let mut table = Table::new(header, &[1, 2, 3, 4, 5, 6, 7]);
    for row in summary.rows {
        let time = |share| row.all.times.percentile(share).map(seconds).unwrap_or_default();
        let name = without_controls(&row.name);
        table.row([
            if row.pushed { format!("{name} (pushed)") } else { name.into_owned() },
            row.all.count.to_string(),
            row.all.errors.to_string(),
            bytes(row.all.bytes),
            time(0.5),
            time(0.95),
            format!("{:.1}/s", row.per_second()),
            bytes(row.bytes_per_second() as u64),
        ]);
    }
    table.print(out)
}

/// What is left behind, in lines.
pub fn growth(leaks: &Leaks, gone: &[Gone]) -> Vec<String> {
    let ((objects, newest), (blobs, seen)) = (leaks.objects(), leaks.blobs());
    let (asked, served, served_bytes) = leaks.served();
    let mut lines = vec![
        format!("objects: {objects} in the scene, newest id {newest}"),
        format!("blobs: {blobs} in the scene, {seen} seen, {} left it", leaks.left()),
    ];
    if asked > 0 {
        lines.push(format!("still served: {served} of {asked} that left ({})", bytes(served_bytes)));
    }
    if let Some(growth) = leaks.growth() {
        lines.push(format!(
            "with each update: {:+.1} objects, {:+.1} ids, {:+.1} blobs made ({})",
            growth.objects,
            growth.ids,
            growth.blobs,
            bytes(growth.bytes.max(0.0) as u64)
        ));
    }
    lines.extend(gone.iter().take(MOST).map(|gone| format!("  {}", blob(gone))));
    lines
}

/// All there is to see now, for a terminal.
///
/// # Errors
/// Never.
pub fn page(summary: &Summary<'_>, last: &[String], note: Option<&str>) -> io::Result<Vec<String>> {
    let scene = summary.scene;
    let mut lines = vec![
        format!("{}  {}, {}", summary.server.url, seconds(summary.time), count(summary.announced, "update")),
        format!(
            "{} ({}), {} ({}), {} received",
            count(scene.objects, "object"),
            bytes(scene.state_bytes),
            count(scene.blobs, "blob"),
            bytes(scene.blob_bytes),
            bytes(summary.received)
        ),
        String::new(),
    ];
    let table = Out::to_text(|out| rates(out, summary))?;
    lines.extend(String::from_utf8_lossy(&table).lines().map(str::to_owned));
    if let Some((leaks, _)) = summary.leaks {
        lines.push(String::new());
        lines.extend(growth(leaks, &[]));
    }
    if let Some(note) = note {
        lines.extend([String::new(), without_controls(note).into_owned()]);
    }
    lines.push(String::new());
    lines.extend(last.iter().cloned());
    Ok(lines)
}
