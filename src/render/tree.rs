//! The lines that join a tree's branches.

use crate::scene::Visit;

/// The branch before each line of a tree walk: `│  ├─ `.
pub fn branches(visits: &[Visit]) -> Vec<String> {
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
