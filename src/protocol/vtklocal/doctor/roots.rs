//! What the server announces: roots that are kept alive, ids that have states.

use crate::analysis::doctor::{Draft, Exam};
use crate::scene::ObjectId;

use super::super::dialect::is_registered;
use super::codes::{NO_STATE, NOT_KEPT};

pub(super) fn rules(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    for patient in exam.scene.roots.iter().filter_map(|root| exam.object(&root.id)) {
        if !is_registered(patient.state) {
            let text = format!(
                "{} is not marked as `vtk-object-manager-kept-alive`: VTK builds nothing from it",
                exam.scene.describe(patient.id)
            );
            found.push(Draft::of(&NOT_KEPT, patient.id, text));
        }
    }
    announced(exam, found);
}

/// One finding for all of them: they have one cause, and one of them is as bad as many.
fn announced(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    /// Ids, and objects that refer to them, that are named.
    const NAMED: usize = 8;
    let missing = &exam.scene.without_state;
    if missing.is_empty() {
        return;
    }
    let mut ids: Vec<String> = missing.iter().take(NAMED).map(ObjectId::to_string).collect();
    if missing.len() > NAMED {
        ids.push(String::from("…"));
    }
    let ids = ids.join(", ");
    let mut text = if missing.len() == 1 {
        format!("object {ids} was announced and has no state")
    } else {
        format!("{} ids were announced and have no state ({ids})", missing.len())
    };
    text.push_str(": vtklocal.get.batch answers `skip`, and the browser stays black without an error");
    let mut owners: Vec<&ObjectId> =
        exam.graph.dangling().iter().filter(|(_, target)| missing.contains(target)).map(|(from, _)| *from).collect();
    owners.sort_unstable();
    owners.dedup();
    // A mapper that was never rendered is the usual cause.
    let is_mapper =
        |id: &ObjectId| exam.object(id).is_some_and(|patient| patient.role == Some(crate::scene::Role::Mapper));
    owners.sort_by_key(|id| !is_mapper(id));
    for owner in owners.iter().take(NAMED) {
        let never = if is_mapper(owner) { ", and was probably never rendered" } else { "" };
        text.push_str(&format!(". {} refers to one of them{never}", exam.scene.describe(owner)));
    }
    let draft = match owners.first() {
        Some(owner) => {
            let edge = exam.scene.edges(owner).into_iter().find(|edge| missing.contains(&edge.target));
            Draft::of(&NO_STATE, owner, text).at(edge.map(|edge| edge.place).unwrap_or_default())
        }
        None => Draft::of_scene(&NO_STATE, text),
    };
    found.push(draft);
}
