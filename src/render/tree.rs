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
    let mut branches = Branches::default();
    for visit in visits {
        let branch = branches.of(visit);
        let branch = out.paint(&branch, Style::new().dim());
        let place = if visit.place.is_empty() { String::new() } else { format!("{} ", without_controls(&visit.place)) };
        let what = match scene.head(&visit.id) {
            None => out.paint(&format!("{} (not in this scene)", visit.id.label()), Style::new().red()),
            Some(head) => {
                let name = head.name_beside(&visit.id).map(|name| format!(" {name:?}")).unwrap_or_default();
                let class = out.paint(&without_controls(&head.class), Style::new().cyan());
                format!("{class} {}{name}", visit.id.label())
            }
        };
        let repeated = if visit.repeated { out.paint(" (see above)", Style::new().dim()) } else { String::new() };
        out.line(format!("{branch}{place}{what}{repeated}"))?;
    }
    Ok(())
}

/// The branch before each line of a tree walk: `│  ├─ `.
#[derive(Default)]
struct Branches {
    open: Vec<bool>,
}

impl Branches {
    /// Levels that are drawn; what is deeper says how deep it is.
    const DRAWN: usize = 48;

    fn of(&mut self, visit: &Visit) -> String {
        self.open.truncate(visit.depth.saturating_sub(1));
        let deeper = visit.depth.saturating_sub(Self::DRAWN);
        let mut branch: String =
            self.open.iter().take(Self::DRAWN).map(|&open| if open { "│  " } else { "   " }).collect();
        if deeper > 0 {
            branch.push_str(&format!("(+{deeper}) "));
        }
        if visit.depth > 0 {
            branch.push_str(if visit.last { "└─ " } else { "├─ " });
            self.open.push(!visit.last);
        }
        branch
    }
}
