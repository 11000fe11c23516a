//! What all rules look at: the scene, with everything that takes long worked out once.

use std::collections::{BTreeSet, HashMap};
use std::thread;

use super::contents::{self, Contents};
use crate::parallel;
use crate::scene::{Graph, Head, ObjectId, Role, Scene, State};

/// The classes that the client which shows the scene can build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientClasses {
    /// The bundle's file name, or what to call the table.
    pub name: String,
    /// Its version, where it tells.
    pub version: Option<String>,
    /// The classes.
    pub classes: BTreeSet<String>,
    /// It was read from the bundle in use: what it lacks is an error, not a guess.
    pub is_given: bool,
}

/// A scene under examination.
pub struct Exam<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// Who refers to whom.
    pub graph: Graph<'a>,
    /// What the client can build; `None`: the protocol's own table.
    pub client: Option<&'a ClientClasses>,
    /// All objects, sorted by id, with their heads.
    pub objects: Vec<Patient<'a>>,
    index: HashMap<&'a ObjectId, usize>,
    contents: HashMap<&'a ObjectId, Contents>,
}

/// One object under examination.
#[derive(Clone, Debug)]
pub struct Patient<'a> {
    /// Its id.
    pub id: &'a ObjectId,
    /// Its state.
    pub state: &'a State,
    /// Class, name, age.
    pub head: Head<'a>,
    /// What it is for.
    pub role: Option<Role>,
    /// A root leads to it.
    pub is_reachable: bool,
}

impl<'a> Exam<'a> {
    /// Looks at everything once.
    pub fn new(scene: &'a Scene, client: Option<&'a ClientClasses>) -> Self {
        let states: Vec<_> = scene.objects().collect();
        let (graph, contents, heads) = thread::scope(|scope| {
            let graph = scope.spawn(|| Graph::new(scene));
            let heads = parallel::map(&states, 512, |(_, state)| scene.dialect().head(state));
            let contents = contents::look(scene);
            (graph.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), contents, heads)
        });
        let objects: Vec<_> = states
            .iter()
            .zip(heads)
            .map(|(&(id, state), head)| {
                let role = scene.dialect().role(&head);
                Patient { id, state, head, role, is_reachable: graph.is_reachable(id) }
            })
            .collect();
        let index = objects.iter().enumerate().map(|(k, patient)| (patient.id, k)).collect();
        Self { scene, graph, client, objects, index, contents }
    }

    /// One object.
    pub fn object(&self, id: &ObjectId) -> Option<&Patient<'a>> {
        self.index.get(id).and_then(|&k| self.objects.get(k))
    }

    /// What is in an array, if the object is one with a blob.
    pub fn contents(&self, id: &ObjectId) -> Option<&Contents> {
        self.contents.get(id)
    }

    /// Runs a rule over every object that a root leads to, on all processors.
    pub fn each<R: Send>(&self, rule: impl Fn(&Patient<'a>) -> Vec<R> + Sync) -> Vec<R> {
        let found =
            parallel::map(&self.objects, 256, |patient| if patient.is_reachable { rule(patient) } else { Vec::new() });
        found.into_iter().flatten().collect()
    }
}
