//! Trees, with the lines that join their branches.

use std::io;

use console::Style;

use super::Out;
use crate::scene::{Scene, Visit, without_controls};

/// Prints a tree walk, an object a line.
///
/// # Errors
/// As [`Out::line`].
pub fn print_tree(out: &mut Out, scene: &Scene, visits: &[Visit]) -> io::Result<()> {
    for (visit, branch) in visits.iter().zip(branches(visits)) {
        let branch = out.paint(&branch, Style::new().dim());
        let place = if visit.place.is_empty() { String::new() } else { format!("{} ", visit.place) };
        let what = match scene.head(&visit.id) {
            None => out.paint(&format!("#{} (not in this scene)", visit.id), Style::new().red()),
            Some(head) => {
                let name = head.name.map(|name| format!(" {name:?}")).unwrap_or_default();
                let class = out.paint(&without_controls(&head.class), Style::new().cyan());
                format!("{class} #{}{name}", visit.id)
            }
        };
        let repeated = if visit.repeated { out.paint(" (see above)", Style::new().dim()) } else { String::new() };
        out.line(format!("{branch}{place}{what}{repeated}"))?;
    }
    Ok(())
}

/// The branch before each line of a tree walk: `│  ├─ `.
fn branches(visits: &[Visit]) -> Vec<String> {
    let mut open: Vec<bool> = Vec::new();
    visits
        .iter()
        .map(|visit| {
            open.truncate(visit.depth.saturating_sub(1));
            let mut branch: String = open.iter().map(|&open| if open { "│  " } else { "   " }).collect();
            if visit.depth > 0 {
                branch.push_str(if visit.last { "└─ " } else { "├─ " });
                open.push(!visit.last);
            }
            branch
        })
        .collect()
}
