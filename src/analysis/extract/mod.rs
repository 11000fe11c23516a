//! The smallest scene that still shows some objects: their props, what these need, and what holds them.

mod cut;
mod keep;

use std::collections::HashSet;

use crate::scene::{Graph, ObjectId, Role, Scene, State};
use cut::{Verdict, cut};
use keep::Keep;

/// A smaller scene, and what it shows.
#[derive(Clone, Debug)]
pub struct Extract {
    /// The scene. Nothing in it refers to what is not in it.
    pub scene: Scene,
    /// The props it was made for, by id, with those around them (an assembly) and in them (its parts).
    pub props: Vec<ObjectId>,
}

/// Why there is no smaller scene.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Nothing of what was asked for shows, or is used by what shows.
    #[error("nothing that shows (an actor, a mesh, a text) is among these objects or uses them")]
    NothingShows,
    /// A reference could not be taken out of a state.
    #[error("the state of object {0} refers to what is left out, in a place too deep to edit")]
    TooDeep(ObjectId),
}

/// Takes out of a scene what some objects need to show.
///
/// Selected data, mappers and arrays stand for the props that use them; selected renderers and windows for all their
/// props. Props that are not kept go from every list, and so do renderers that lead to none that is kept; where such an
/// object stands alone, there is null. Everything else that is still referred to stays, byte for byte.
///
/// # Errors
/// [`ExtractError`]; [`ExtractError::TooDeep`] only for hostile scenes.
pub fn extract(scene: &Scene, selected: &[ObjectId]) -> Result<Extract, ExtractError> {
    let graph = Graph::new(scene);
    let keep = Keep::new(scene, &graph, selected);
    if keep.props.is_empty() {
        return Err(ExtractError::NothingShows);
    }
    let gone = gone(scene, &graph, &keep);
    let mut small = Scene::new(scene.dialect());
    small.producer.clone_from(&scene.producer);
    small.roots = scene.roots.iter().filter(|root| keep.leads.contains(&root.id)).cloned().collect();
    let mut stack: Vec<ObjectId> = small.roots.iter().map(|root| root.id.clone()).collect();
    let mut hashes = HashSet::new();
    while let Some(id) = stack.pop() {
        let Some(state) = scene.state(&id).filter(|_| small.state(&id).is_none()) else { continue };
        let state = without(scene, &id, state, &gone)?;
        hashes.extend(scene.dialect().blob_use(&state).map(|found| found.hash.into_owned()));
        scene.dialect().references(&state, &mut |target| stack.push(target));
        small.insert(id, state);
    }
    for hash in hashes {
        if let Some(blob) = scene.blob(&hash) {
            small.insert_blob(hash, blob.clone());
        }
    }
    let mut props: Vec<ObjectId> = keep.props.into_iter().cloned().collect();
    props.sort_unstable();
    Ok(Extract { scene: small, props })
}

/// The objects to which no reference may stay: props that are not kept, what led to nothing else, and controls that are in
/// none of the kept props.
fn gone<'a>(scene: &'a Scene, graph: &Graph<'a>, keep: &Keep<'a>) -> HashSet<ObjectId> {
    let mut gone: HashSet<ObjectId> =
        keep.stage.props.iter().filter(|prop| !keep.props.contains(*prop)).map(|prop| (*prop).clone()).collect();
    let interface: Vec<&ObjectId> = scene
        .objects()
        .filter(|(_, state)| scene.dialect().is_interface(&scene.dialect().head(state)))
        .map(|(id, _)| id)
        .collect();
    if !interface.is_empty() {
        let props: Vec<ObjectId> = keep.props.iter().map(|id| (*id).clone()).collect();
        let needed: HashSet<&ObjectId> = graph.reachable(&props).into_iter().collect();
        gone.extend(interface.into_iter().filter(|id| !needed.contains(id)).cloned());
    }
    let is_branch = |id: &ObjectId| keep.stage.frame.contains(id) && !keep.leads.contains(id);
    gone.extend(scene.roots.iter().map(|root| &root.id).filter(|id| is_branch(id) && is_window(scene, id)).cloned());
    for state in keep.leads.iter().filter_map(|id| scene.state(id)) {
        let found = cut(scene.dialect(), state.as_str(), |target, in_list| {
            if in_list && is_branch(target) {
                gone.insert(target.clone());
            }
            Verdict::Keep
        });
        drop(found);
    }
    gone
}

fn is_window(scene: &Scene, id: &ObjectId) -> bool {
    scene.head(id).is_some_and(|head| scene.dialect().role(&head) == Some(Role::Root))
}

/// A state without references to what is gone, and to what never was there.
fn without(scene: &Scene, id: &ObjectId, state: &State, gone: &HashSet<ObjectId>) -> Result<State, ExtractError> {
    let stays = |target: &ObjectId| !gone.contains(target) && scene.state(target).is_some();
    let all_stay = |state: &State| {
        let mut all = true;
        scene.dialect().references(state, &mut |target| all &= stays(&target));
        all
    };
    if all_stay(state) {
        return Ok(state.clone());
    }
    let text = cut(scene.dialect(), state.as_str(), |target, in_list| match (stays(target), in_list) {
        (true, _) => Verdict::Keep,
        // The places of others in the list may mean something: only props and the like are taken out of it.
        (false, true) if gone.contains(target) => Verdict::Remove,
        (false, _) => Verdict::Null,
    });
    let edited = text.and_then(|text| State::new(text).ok());
    edited.filter(all_stay).ok_or_else(|| ExtractError::TooDeep(id.clone()))
}
