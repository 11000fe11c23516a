//! `top` for people.

use std::io;

use crate::analysis::usage::{ArrayUse, Share, Usage};
use crate::cli::TopBy;
use crate::render::{Out, Table, bytes, count};
use crate::scene::{ObjectId, Paths, without_controls};

/// Prints the table and the sums.
pub(in crate::commands) fn print(out: &mut Out, usage: &Usage<'_>, by: TopBy, most: usize) -> io::Result<()> {
    let total = usage.totals.bytes();
    let rows = match by {
        TopBy::Array => arrays(out, usage, total, most)?,
        TopBy::Object => objects(out, usage, total, most)?,
        TopBy::Class => classes(out, usage, total, most)?,
        TopBy::Actor => actors(out, usage, total, most)?,
    };
    if rows > most {
        out.line(format!("… and {} more (--all shows them)", rows - most))?;
    }
    if rows > 0 {
        out.line("")?;
    }
    for line in sums(usage) {
        out.line(line)?;
    }
    Ok(())
}

fn arrays(out: &mut Out, usage: &Usage<'_>, total: u64, most: usize) -> io::Result<usize> {
    let rows = usage.by_array();
    let paths = usage.paths();
    let absent = if usage.scene().without_blobs { "-" } else { "missing" };
    let header = ["BYTES", "%", "ID", "NAME", "TYPE", "SHAPE", "USED BY", "NOTES"];
    let mut table = Table::new(header, &[0, 1]).with_ids(2, rows.iter().take(most).map(|array| array.id));
    for array in rows.iter().take(most) {
        table.row([
            array.blob_bytes.map_or_else(|| String::from(absent), |_| bytes(array.bytes())),
            percent(array.bytes(), total),
            clean(&array.id.to_string()),
            name(&paths, array),
            array.element.map_or_else(|| clean(&array.class), |element| element.name().to_owned()),
            format!("{}x{}", array.tuples, array.components),
            used_by(usage, &paths, array),
            notes(array).join(", "),
        ]);
    }
    if !rows.is_empty() {
        table.hiding_empty(&[3, 7]).print(out)?;
    }
    for (hash, size) in usage.unreferenced.iter().take(most) {
        out.line(format!("{} in the blob {}, to which no object refers", bytes(*size), clean(hash)))?;
    }
    Ok(rows.len().max(usage.unreferenced.len()))
}

/// Its name, else where it stands: `(Connectivity)`; nothing where its id says that.
fn name(paths: &Paths<'_>, array: &ArrayUse<'_>) -> String {
    let place = || {
        let place = paths.place(array.id);
        let is_said = matches!(array.id, ObjectId::Name(id) if id.ends_with(&place));
        if is_said { String::new() } else { format!("({place})") }
    };
    clean(&array.name.as_deref().map_or_else(place, str::to_owned))
}

/// The way down to a prop, and how many more there are.
fn used_by(usage: &Usage<'_>, paths: &Paths<'_>, array: &ArrayUse<'_>) -> String {
    let (props, maybe_more) = usage.props_of(array.id);
    let Some(first) = props.first() else { return String::from("-") };
    let path = clean(&paths.to(first));
    match (props.len() - 1, maybe_more) {
        (0, _) => path,
        (more, false) => format!("{path} +{more}"),
        (more, true) => format!("{path} +{more} or more"),
    }
}

/// What is odd about an array.
fn notes(array: &ArrayUse<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if !array.reachable {
        notes.push(String::from("no root leads to it"));
    } else if array.unused {
        notes.push(String::from("unused"));
    }
    if let Some(first) = array.same_as {
        notes.push(format!("same blob as {first}"));
    }
    if array.copies > 0 {
        notes.push(format!("held once for {}", count(array.copies + 1, "array")));
    }
    let Some(facts) = &array.facts else { return notes };
    notes.extend(facts.constant.as_ref().map(|value| format!("constant {value}")));
    notes.extend(facts.ramp.map(|ramp| format!("ramp {}..{} step {}", ramp.first, ramp.last, ramp.step)));
    if let (Some(narrow), Some(wide)) = (facts.fits, array.element) {
        let exactly = if wide.is_float() { " exactly" } else { "" };
        let saves = array.narrower_saves();
        let saves = if saves > 0 { format!(", saves {}", bytes(saves)) } else { String::new() };
        notes.push(format!("{} fits {}{exactly}{saves}", wide.name(), narrow.name()));
    }
    notes.extend(facts.problem.clone());
    notes
}

fn objects(out: &mut Out, usage: &Usage<'_>, total: u64, most: usize) -> io::Result<usize> {
    let rows = usage.by_object();
    let header = ["BYTES", "%", "STATE", "BLOB", "ID", "CLASS", "NAME"];
    let mut table = Table::new(header, &[0, 1, 2, 3]).with_ids(4, rows.iter().take(most).map(|row| row.id));
    for row in rows.iter().take(most) {
        let [all, percent, state, blob] = shares(&row.share, total);
        table.row([
            all,
            percent,
            state,
            blob,
            clean(&row.id.to_string()),
            clean(row.class),
            clean(row.name.filter(|name| !row.id.says(name)).unwrap_or_default()),
        ]);
    }
    if !rows.is_empty() {
        table.hiding_empty(&[6]).print(out)?;
    }
    Ok(rows.len())
}

fn classes(out: &mut Out, usage: &Usage<'_>, total: u64, most: usize) -> io::Result<usize> {
    let rows = usage.by_class();
    let mut table = Table::new(["BYTES", "%", "STATES", "BLOBS", "OBJECTS", "CLASS"], &[0, 1, 2, 3, 4]);
    for row in rows.iter().take(most) {
        let [all, percent, state, blob] = shares(&row.share, total);
        table.row([all, percent, state, blob, row.share.objects.to_string(), clean(row.class)]);
    }
    if !rows.is_empty() {
        table.print(out)?;
    }
    Ok(rows.len())
}

/// The rests are always shown: without them the rows do not add up.
fn actors(out: &mut Out, usage: &Usage<'_>, total: u64, most: usize) -> io::Result<usize> {
    let rows = usage.by_actor();
    let props = rows.iter().filter(|row| row.owner.is_ok()).count();
    let paths = usage.paths();
    let mut table =
        Table::new(["BYTES", "%", "STATES", "BLOBS", "OBJECTS", "OWNER", "CLASS", "NAME"], &[0, 1, 2, 3, 4]);
    let rests = rows.iter().filter(|row| row.owner.is_err());
    for row in rows.iter().filter(|row| row.owner.is_ok()).take(most).chain(rests) {
        let [all, percent, state, blob] = shares(&row.share, total);
        let objects = row.share.objects.to_string();
        let [owner, class, name] = match &row.owner {
            Ok(prop) => {
                let path = clean(&paths.to(prop.id));
                let name = clean(prop.name.filter(|name| *name != path).unwrap_or_default());
                [path, clean(prop.class), name]
            }
            Err(rest) => [format!("({rest})"), String::new(), String::new()],
        };
        table.row([all, percent, state, blob, objects, owner, class, name]);
    }
    table.hiding_empty(&[7]).print(out)?;
    Ok(props)
}

fn shares(share: &Share, total: u64) -> [String; 4] {
    [bytes(share.bytes()), percent(share.bytes(), total), bytes(share.state_bytes), bytes(share.blob_bytes)]
}

fn percent(part: u64, total: u64) -> String {
    if total == 0 { String::from("0.0") } else { format!("{:.1}", part as f64 * 100.0 / total as f64) }
}

fn clean(text: &str) -> String {
    without_controls(text).into_owned()
}

fn sums(usage: &Usage<'_>) -> Vec<String> {
    let totals = &usage.totals;
    let mut lines = vec![
        format!("states  {} ({})", bytes(totals.state_bytes), count(totals.objects, "object")),
        format!("blobs   {} ({})", bytes(totals.blob_bytes), count(totals.blobs, "blob")),
        format!("total   {}", bytes(totals.bytes())),
    ];
    if totals.missing_blobs > 0 {
        let arrays = count(totals.missing_blobs, "array");
        lines.push(match usage.scene().without_blobs {
            true => format!("a baseline without its blobs: those of {arrays} are not in these sums"),
            false => format!("missing the blobs of {arrays}: they are not in these sums"),
        });
    }
    let parts = [(totals.unused_bytes, "that nothing uses"), (totals.narrower_bytes, "by narrower types")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(size, _)| *size > 0).map(|(size, how)| format!("{} {how}", bytes(size))).collect();
    if !parts.is_empty() {
        lines.push(format!("could save {}: {}", bytes(totals.savings()), parts.join(", ")));
    }
    lines
}
