//! A whole scene as one JSON document, for questions in jq.

use std::collections::BTreeMap;
use std::thread;

use serde_json::json;
use serde_json::value::RawValue;

use crate::parallel;
use crate::scene::{Graph, ObjectId, Paths, Scene, State, raw};

/// Nested deeper than this, a state is none: real ones are some ten deep.
const DEEPEST: usize = 1000;

/// A scene as JSON.
#[derive(Clone, Debug)]
pub struct Document {
    /// `{"roots": [{"id", "name"}], "objects": [{"id", "class", "state", "path"}], "blobs": [{"hash", "size", "objects"}]}`,
    /// objects and blobs sorted. States are byte for byte what they are in the scene.
    pub text: String,
    /// Objects whose state is no JSON: theirs is null here.
    pub unreadable: Vec<ObjectId>,
}

/// Puts a scene into one document. A blob's `objects` are those that use it; one that is not there has no size.
pub fn document(scene: &Scene) -> Document {
    let objects: Vec<(&ObjectId, &State)> = scene.objects().collect();
    let (paths, parts) = thread::scope(|scope| {
        let paths = scope.spawn(|| {
            let graph = Graph::new(scene);
            let paths = Paths::new(scene, &graph);
            objects.iter().map(|(id, _)| paths.to(id)).collect::<Vec<_>>()
        });
        let parts = parallel::map(&objects, 256, |(_, state)| Part::of(scene, state));
        (paths.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), parts)
    });
    let mut blobs: BTreeMap<&str, (Option<u64>, Vec<&ObjectId>)> =
        scene.blobs().map(|(hash, blob)| (hash.as_ref(), (Some(blob.len()), Vec::new()))).collect();
    let roots: Vec<_> = scene.roots.iter().map(|root| json!({"id": root.id, "name": root.name})).collect();
    let states: usize = objects.iter().map(|(_, state)| state.len() + 100).sum();
    let mut text = String::with_capacity(states + 100 * blobs.len());
    text.push_str(&format!("{{\"roots\":{},\"objects\":[", json!(roots)));
    let mut unreadable = Vec::new();
    for (k, (((id, state), part), path)) in objects.iter().zip(&parts).zip(paths).enumerate() {
        let comma = if k > 0 { "," } else { "" };
        let state = if part.is_readable { state.as_str() } else { "null" };
        text.push_str(comma);
        text.push_str(&format!("{{\"id\":{},\"class\":{},\"state\":", json!(id), json!(part.class)));
        text.push_str(state);
        text.push_str(&format!(",\"path\":{}}}", json!(path)));
        unreadable.extend((!part.is_readable).then(|| (*id).clone()));
        if let Some(hash) = &part.hash {
            blobs.entry(hash).or_default().1.push(id);
        }
    }
    text.push_str("],\"blobs\":[");
    for (k, (hash, (size, users))) in blobs.iter().enumerate() {
        let comma = if k > 0 { "," } else { "" };
        text.push_str(&format!(
            "{comma}{{\"hash\":{},\"size\":{},\"objects\":{}}}",
            json!(hash),
            json!(size),
            json!(users)
        ));
    }
    text.push_str("]}");
    Document { text, unreadable }
}

/// What is read of a state.
struct Part {
    class: String,
    hash: Option<String>,
    is_readable: bool,
}

impl Part {
    fn of(scene: &Scene, state: &State) -> Self {
        let text = state.as_str();
        let class = scene.dialect().head(state).class.into_owned();
        // A state with a class was parsed to its end.
        let is_json = || !class.is_empty() || serde_json::from_str::<&RawValue>(text).is_ok();
        let is_readable = raw::is_no_deeper_than(text, DEEPEST) && is_json();
        Self { class, hash: scene.dialect().blob_use(state).map(|found| found.hash.into_owned()), is_readable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::vtklocal::dialect::VTK;
    use crate::scene::Root;

    #[test]
    fn states_are_as_they_were() {
        let mut scene = Scene::new(&VTK);
        scene.roots.push(Root { id: ObjectId::Number(1), name: Some(String::from("a \"view\"")) });
        let states = [
            (1, r#"{"ClassName":"vtkRenderWindow","Renderers":{"Id":2}, "x":1e-05}"#),
            (2, r#"{"ClassName":"vtkFloatArray","Hash":"77","NumberOfTuples":1,"NumberOfComponents":1}"#),
            (3, r#"{"ClassName":"vtkBroken"}],"blobs":["#),
        ];
        for (id, text) in states {
            scene.insert(ObjectId::Number(id), State::new(text).unwrap());
        }
        scene.insert(ObjectId::Number(4), State::new("[".repeat(2000) + &"]".repeat(2000)).unwrap());
        scene.insert_blob("5", bytes::Bytes::from_static(b"abc").into());
        let Document { text, unreadable } = document(&scene);
        assert_eq!(unreadable, [ObjectId::Number(3), ObjectId::Number(4)]);
        assert!(text.contains(states[0].1) && text.contains(states[1].1), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["roots"], json!([{"id": 1, "name": "a \"view\""}]));
        assert_eq!(value["objects"][1]["path"], "/Renderers");
        assert_eq!(value["objects"][2], json!({"id": 3, "class": "", "state": null, "path": "3"}));
        assert_eq!(
            value["blobs"],
            json!([{"hash": "5", "size": 3, "objects": []}, {"hash": "77", "size": null, "objects": [2]}])
        );
    }
}
