//! Local changes of a scene that a server goes on changing.

use std::collections::BTreeMap;

use crate::scene::{Assignment, EditOptions, Edited, ObjectId, Path, Scene, SceneError};

/// What was set here; of several values for the same place the last.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// By the object that was selected, and the path, which may lead to another one.
    entries: BTreeMap<(ObjectId, Path), Entry>,
    /// Entries that there ever were.
    count: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    /// When it was set.
    number: u64,
    /// The value, as JSON text.
    value: String,
    /// What the server had there.
    base: String,
}

/// Entries with the same path and value that were set one after another.
struct Group {
    assignment: Assignment,
    ids: Vec<ObjectId>,
}

/// What became of local changes when the scene moved on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Changes that are in the scene again.
    pub kept: usize,
    /// Those of them where the server has another value than before, too.
    pub conflicts: Vec<Conflict>,
    /// Those that are gone.
    pub lost: Vec<Lost>,
}

/// A value that was changed here and on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The object whose state it is in.
    pub id: ObjectId,
    /// Where, from the object that was selected.
    pub path: String,
    /// The server's value, as JSON text.
    pub server: String,
    /// Ours, which is kept.
    pub here: String,
}

/// A change that has no place any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The object that was selected.
    pub id: ObjectId,
    /// Where.
    pub path: String,
    /// The value, as JSON text.
    pub here: String,
    /// Why.
    pub reason: String,
}

impl Journal {
    /// True where nothing was changed here.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many values were set here.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Notes what [`Scene::edit`] did with these arguments.
    pub fn note(&mut self, ids: &[ObjectId], assignments: &[Assignment], edits: &[Edited]) {
        for (k, assignment) in assignments.iter().enumerate() {
            for (id, edit) in ids.iter().zip(edits.iter().skip(k).step_by(assignments.len())) {
                self.count += 1;
                let key = (id.clone(), assignment.path.clone());
                let base = self.entries.remove(&key).map_or_else(|| edit.old.clone(), |earlier| earlier.base);
                self.entries.insert(key, Entry { number: self.count, value: assignment.value.clone(), base });
            }
        }
    }

    /// What the server has now, with the local changes in it; those that have no place any more are forgotten.
    pub fn apply(&mut self, server: &Scene) -> (Scene, Merged) {
        let mut scene = server.clone();
        let mut merged = Merged::default();
        for group in self.groups() {
            self.apply_to(&mut scene, &group.assignment, &group.ids, &mut merged);
        }
        (scene, merged)
    }

    fn groups(&self) -> Vec<Group> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.number);
        let mut groups: Vec<Group> = Vec::new();
        for ((id, path), entry) in entries {
            match groups.last_mut() {
                Some(Group { assignment, ids }) if assignment.path == *path && assignment.value == entry.value => {
                    ids.push(id.clone());
                }
                _ => {
                    let assignment = Assignment { path: path.clone(), value: entry.value.clone() };
                    groups.push(Group { assignment, ids: vec![id.clone()] });
                }
            }
        }
        groups
    }

    /// Sets one value at several objects at once; where that is not possible, at as many of them as it is.
    fn apply_to(&mut self, scene: &mut Scene, assignment: &Assignment, ids: &[ObjectId], merged: &mut Merged) {
        // Its kind was allowed when it was set.
        match (scene.edit(ids, std::slice::from_ref(assignment), EditOptions { force: true }), ids) {
            (Ok((edited, edits)), _) => {
                *scene = edited;
                for (id, edit) in ids.iter().zip(edits) {
                    self.kept(id, assignment, edit, merged);
                }
            }
            (Err(error), [id]) => self.lost(id, assignment, &error, merged),
            (Err(_), _) => {
                let (left, right) = ids.split_at(ids.len() / 2);
                self.apply_to(scene, assignment, left, merged);
                self.apply_to(scene, assignment, right, merged);
            }
        }
    }

    fn kept(&mut self, id: &ObjectId, assignment: &Assignment, edit: Edited, merged: &mut Merged) {
        merged.kept += 1;
        let Some(entry) = self.entries.get_mut(&(id.clone(), assignment.path.clone())) else { return };
        if edit.old != entry.base && edit.old != edit.new {
            let (server, here) = (edit.old.clone(), edit.new);
            merged.conflicts.push(Conflict { id: edit.id, path: edit.path, server, here });
        }
        entry.base = edit.old;
    }

    fn lost(&mut self, id: &ObjectId, assignment: &Assignment, error: &SceneError, merged: &mut Merged) {
        self.entries.remove(&(id.clone(), assignment.path.clone()));
        let (path, here) = (assignment.path.to_string(), assignment.value.clone());
        merged.lost.push(Lost { id: id.clone(), path, here, reason: error.to_string() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::by_dialect;
    use crate::scene::State;

    fn scene(states: &[(u64, &str)]) -> Scene {
        let mut scene = Scene::new(by_dialect("vtklocal").unwrap().dialect());
        for (id, text) in states {
            scene.insert(ObjectId::Number(*id), State::new(text).unwrap());
        }
        scene
    }

    #[test]
    fn local_changes_are_kept_told_of_or_lost() {
        let before = scene(&[
            (1, r#"{"ClassName":"vtkActor","Id":1,"MTime":5,"A":1,"B":2}"#),
            (2, r#"{"ClassName":"vtkActor","Id":2,"MTime":6,"A":1}"#),
        ]);
        let mut journal = Journal::default();
        let mut here = before.clone();
        let mut set = |here: &mut Scene, id: u64, text: &str| {
            let (ids, assignments) = ([ObjectId::Number(id)], [text.parse::<Assignment>().unwrap()]);
            let (edited, edits) = here.edit(&ids, &assignments, EditOptions::default()).unwrap();
            journal.note(&ids, &assignments, &edits);
            *here = edited;
        };
        for (id, text) in [(1, "A=7"), (1, "B=8"), (2, "A=9"), (1, "A=10")] {
            set(&mut here, id, text);
        }
        let after = scene(&[(1, r#"{"ClassName":"vtkActor","Id":1,"MTime":50,"A":3,"B":2,"C":4}"#)]);
        let (merged, told) = journal.apply(&after);
        let state = merged.state(&ObjectId::Number(1)).unwrap().as_str();
        assert_eq!(state, r#"{"ClassName":"vtkActor","Id":1,"MTime":52,"A":10,"B":8,"C":4}"#);
        assert_eq!(told.kept, 2);
        assert_eq!((told.conflicts.len(), told.lost.len()), (1, 1), "{told:?}");
        let (conflict, lost) = (&told.conflicts[0], &told.lost[0]);
        assert_eq!((&*conflict.path, &*conflict.server, &*conflict.here), ("A", "3", "10"));
        assert_eq!((&lost.id, &*lost.path, &*lost.here), (&ObjectId::Number(2), "A", "9"));
        // The server's new value is known now, and what is lost is forgotten.
        let (_, told) = journal.apply(&after);
        assert_eq!(told, Merged { kept: 2, ..Merged::default() });
    }
}
