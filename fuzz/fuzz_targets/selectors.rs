//! Selectors, paths and assignments: whatever a person types, against whatever a server sent.
//!
//! Input: a selector, a path, an assignment and a state, with a zero byte between them. The state is put
//! into a small scene as object 10.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scenectl::protocol::by_dialect;
use scenectl::scene::{Assignment, EditOptions, Graph, ObjectId, Path, Root, Scene, Selector, State, raw};
use serde_json::value::RawValue;

const STATES: [&str; 9] = [
    include_str!("../../fixtures/small/states/1"),
    include_str!("../../fixtures/small/states/2"),
    include_str!("../../fixtures/small/states/3"),
    include_str!("../../fixtures/small/states/4"),
    include_str!("../../fixtures/small/states/5"),
    include_str!("../../fixtures/small/states/6"),
    include_str!("../../fixtures/small/states/7"),
    include_str!("../../fixtures/small/states/8"),
    include_str!("../../fixtures/small/states/9"),
];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.splitn(4, '\0');
    let mut next = || parts.next().unwrap_or_default();
    let (selector, path, assignment, state) = (next(), next(), next(), next());
    let scene = scene(state);
    let is_json = serde_json::from_str::<&RawValue>(state).is_ok();
    pretty(state);
    let ids = match selector.parse::<Selector>() {
        Ok(selector) => {
            assert_eq!(selector.to_string(), selector_text(selector.clone()));
            scene.select(&selector).unwrap_or_default()
        }
        Err(_) => vec![ObjectId::Number(3), ObjectId::Number(10)],
    };
    assert!(ids.iter().all(|id| scene.state(id).is_some()), "only objects that are there are selected");
    let visits = scene.tree(&ids, 8);
    assert!(ids.iter().all(|id| visits.iter().any(|visit| visit.id == *id)));
    assert_eq!(Graph::new(&scene).below(&ids, true).iter().filter(|id| ids.contains(id)).count(), {
        let mut distinct = ids.clone();
        distinct.sort();
        distinct.dedup();
        distinct.len()
    });
    if let Ok(path) = path.parse::<Path>() {
        assert_eq!(path.to_string().parse::<Path>().ok(), Some(path.clone()), "a path reads back as it prints");
        for id in &ids {
            if let Ok(found) = scene.lookup(id, &path) {
                let value = serde_json::from_str::<&RawValue>(&found.value);
                assert!(value.is_ok() || !is_json, "no JSON: {}", found.value);
            }
        }
    }
    if let Ok(assignment) = assignment.parse::<Assignment>() {
        for force in [false, true] {
            edit(&scene, &ids, &assignment, EditOptions { force });
        }
    }
});

fn selector_text(selector: Selector) -> String {
    selector.to_string().parse::<Selector>().expect("it was read once").to_string()
}

fn scene(state: &str) -> Scene {
    let protocol = by_dialect("vtklocal").expect("the one protocol there is");
    let mut scene = Scene::new(protocol.dialect());
    scene.roots = vec![Root { id: ObjectId::Number(1), name: Some(String::from("view")) }];
    for (id, text) in (1..).zip(STATES.into_iter().chain([state])) {
        scene.insert(ObjectId::Number(id), State::new(text).expect("UTF-8"));
    }
    scene
}

/// Printing for reading changes white space and nothing else.
fn pretty(state: &str) {
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(state) {
        let back = serde_json::from_str::<serde_json::Value>(&raw::pretty(state));
        assert_eq!(back.ok(), Some(value));
    }
}

/// What was set can be read back, and states stay JSON.
fn edit(scene: &Scene, ids: &[ObjectId], assignment: &Assignment, options: EditOptions) {
    let Ok((edited, edits)) = scene.edit(ids, std::slice::from_ref(assignment), options) else { return };
    for edit in &edits {
        let state = edited.state(&edit.id).expect("an object stays where it is");
        assert!(serde_json::from_str::<&RawValue>(state.as_str()).is_ok(), "no JSON any more: {}", state.as_str());
        assert!(state.as_str().contains(&edit.new));
    }
    for (id, state) in scene.objects() {
        if !edits.iter().any(|edit| edit.id == *id) {
            assert_eq!(edited.state(id), Some(state), "an object that was not asked for has changed");
        }
    }
}
