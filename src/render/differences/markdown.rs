//! Differences for a comment on a pull request.

use std::io;

use super::{Names, array, extent, summary_line, values};
use crate::analysis::diff::{Change, Diff, Kind};
use crate::render::Out;
use crate::scene::without_controls;

/// A comment is not a place for thousands of lines.
const ROWS: usize = 100;

/// A heading, how much differs, and a table.
///
/// # Errors
/// As [`Out::line`].
pub fn markdown(out: &mut Out, names: &Names, found: &Diff) -> io::Result<()> {
    out.line(format!("### scenectl diff {} {}", code(&names.a), code(&names.b)))?;
    out.line("")?;
    if found.is_equal() {
        return out.line("The scenes are equal.");
    }
    out.line(format!("**{}**", summary_line(found)))?;
    out.line("")?;
    out.line("| | object | property | difference |")?;
    out.line("|---|---|---|---|")?;
    for change in found.changes.iter().take(ROWS) {
        out.line(row(change))?;
    }
    if found.changes.len() > ROWS {
        out.line("")?;
        out.line(format!("… and {} more of {}.", found.changes.len() - ROWS, found.counted()))?;
    }
    Ok(())
}

fn row(change: &Change) -> String {
    let Some(place) = change.place() else { return String::new() };
    // A name may be anything, `@somebody` for instance: as code it calls nobody.
    let name = place.name.as_ref().map(|name| format!(" {}", code(name))).unwrap_or_default();
    let object = format!("{} {}{name}", code(&place.path), escape(&place.class));
    let moved = || change.a.as_ref().map(|from| format!("moved from {}", code(&from.path))).unwrap_or_default();
    let (mark, property, what) = match change.kind {
        Kind::ObjectAdded => ("+", String::new(), format!("added {}", escape(&extent(change)))),
        Kind::ObjectRemoved => ("−", String::new(), format!("removed {}", escape(&extent(change)))),
        Kind::ObjectMoved => (">", String::new(), moved()),
        Kind::Array => ("~", String::from("values"), escape(&change.array.as_ref().map(array).unwrap_or_default())),
        Kind::ObjectReplaced => ("~", String::from("class"), code(&values(change))),
        _ => ("~", code(&change.property), code(&values(change))),
    };
    format!("| {mark} | {object} | {property} | {what} |")
}

/// Text as code; a table's cell cannot hold a bar, nor code a backtick.
fn code(text: &str) -> String {
    let text = without_controls(text);
    if text.is_empty() { String::new() } else { format!("`{}`", text.replace('`', "'").replace('|', "\\|")) }
}

fn escape(text: &str) -> String {
    without_controls(text).chars().fold(String::new(), |mut escaped, c| {
        if matches!(c, '|' | '<' | '>' | '*' | '_' | '`' | '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    })
}
