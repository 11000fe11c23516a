//! References and what they lead to: roots, dangling references, circles, objects that nobody reaches, states.

use std::collections::{BTreeMap, HashSet};

use super::codes::{CYCLE, DANGLING, NO_ROOT, UNREACHABLE, UNREADABLE};
use super::{Draft, Exam, MOST_OF_A_CODE, Patient};
use crate::scene::{ObjectId, Role};

pub(super) fn rules(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    roots(exam, found);
    unreadable(exam, found);
    dangling(exam, found);
    circles(exam, found);
    unreachable(exam, found);
}

fn roots(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    if exam.scene.roots.is_empty() {
        found.push(Draft::of_scene(&NO_ROOT, "the scene has no root: nothing says where to start"));
    }
    for root in exam.scene.roots.iter().filter(|root| exam.object(&root.id).is_none()) {
        found.push(Draft::of(&NO_ROOT, &root.id, format!("the root, object {}, has no state", root.id)));
    }
}

fn unreadable(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    // What names its ancestors and no class is a protocol's matter.
    let is_unreadable = |patient: &&Patient<'_>| patient.head.class.is_empty() && patient.head.ancestors.is_empty();
    for patient in exam.objects.iter().filter(is_unreadable) {
        let why = match patient.state.members() {
            Ok(_) => String::from("it does not name its class"),
            Err(error) => error.to_string(),
        };
        found.push(Draft::of(&UNREADABLE, patient.id, format!("the state cannot be read: {why}")));
    }
}

/// Ids that the server announced without a state have a rule of their own, in each protocol.
fn dangling(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    let missing = |target: &ObjectId| exam.object(target).is_none() && !exam.scene.without_state.contains(target);
    let mut seen = HashSet::new();
    for (from, target) in exam.graph.dangling() {
        if !missing(target) || !seen.insert(*from) {
            continue;
        }
        let who = exam.scene.describe(from);
        let edges = exam.scene.edges(from).into_iter().filter(|edge| missing(&edge.target));
        // One too many, so that it is said that there are more.
        for edge in edges.take(MOST_OF_A_CODE + 1) {
            let text = format!("{who} refers to object {}, which is not in the scene", edge.target);
            found.push(Draft::of(&DANGLING, from, text).at(edge.place));
        }
    }
}

/// What shows is a tree by nature; only windows, cameras and what handles the mouse refer back up.
fn is_tree(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Prop | Role::Mapper | Role::Data | Role::Array))
}

/// Walks down through props, mappers, data and arrays; what leads to an object on the way down is a circle.
fn circles(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    /// Circles that are told; an honest scene has none.
    const TOLD: usize = 100;
    let mut told = 0;
    let children = |id: &ObjectId| {
        let mut children: Vec<&ObjectId> = exam
            .graph
            .targets(id)
            .filter(|target| exam.object(target).is_some_and(|patient| is_tree(patient.role)))
            .collect();
        children.sort_unstable();
        children.dedup();
        children
    };
    let mut done: HashSet<&ObjectId> = HashSet::new();
    for start in exam.objects.iter().filter(|patient| is_tree(patient.role)) {
        if done.contains(start.id) {
            continue;
        }
        let mut on_the_way = HashSet::from([start.id]);
        let mut way = vec![(start.id, children(start.id))];
        while let Some((id, rest)) = way.last_mut() {
            let id = *id;
            match rest.pop() {
                None => {
                    on_the_way.remove(id);
                    done.insert(id);
                    way.pop();
                }
                Some(child) if on_the_way.contains(child) => {
                    told += 1;
                    if told > TOLD {
                        return;
                    }
                    let text = format!(
                        "{} refers to {}, which leads down to it again",
                        exam.scene.describe(id),
                        exam.scene.describe(child)
                    );
                    let place = exam.scene.edges(id).into_iter().find(|edge| edge.target == *child);
                    found.push(Draft::of(&CYCLE, id, text).at(place.map(|edge| edge.place).unwrap_or_default()));
                }
                Some(child) if done.contains(child) => {}
                Some(child) => {
                    on_the_way.insert(child);
                    way.push((child, children(child)));
                }
            }
        }
    }
}

fn unreachable(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    /// Classes that are named.
    const NAMED: usize = 4;
    let lost: Vec<_> = exam.objects.iter().filter(|patient| !patient.is_reachable).collect();
    let Some(first) = lost.first() else { return };
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    for patient in &lost {
        *classes.entry(patient.head.class.as_ref()).or_default() += 1;
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(class, count)| (std::cmp::Reverse(*count), *class));
    let mut named: Vec<String> = classes.iter().take(NAMED).map(|(class, count)| format!("{count} {class}")).collect();
    if classes.len() > NAMED {
        named.push(String::from("…"));
    }
    let objects = if lost.len() == 1 { String::from("1 object") } else { format!("{} objects", lost.len()) };
    let text = format!("no root leads to {objects}: {}", named.join(", "));
    found.push(Draft::of(&UNREACHABLE, first.id, text));
}
