//! A fake server whose scene changes step by step.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use super::fake::{Answer, Fake, announcement, honest, reply, single, status};
use super::msgpack::pack;
use super::scene::{HASH, Scene, content_hash};

/// The small scene after so many steps: a property changes with each, the array with the second, an object comes
/// with the third and goes with the fourth, and with the fifth nothing changes but a time.
pub(crate) fn after(steps: u64) -> Scene {
    let mut scene = Scene::small();
    let changes = steps.min(4);
    scene.edit(6, |state| {
        state["Opacity"] = json!(1.0 / (1.0 + changes as f64));
        state["MTime"] = json!(16 + 10 * steps);
    });
    if steps >= 2 {
        let mut data = scene.blobs.remove(HASH).unwrap();
        data[8..16].copy_from_slice(&8.0_f64.to_le_bytes());
        let hash = content_hash(&data);
        scene.blobs.insert(hash.clone(), data);
        scene.edit(9, |state| {
            state["Hash"] = json!(hash);
            state["MTime"] = json!(99);
        });
    }
    if steps == 3 {
        scene.states.insert(
            50,
            r#"{"ClassName":"vtkActor","Id":50,"MTime":200,"SuperClassNames":["vtkObject","vtkProp"]}"#.into(),
        );
    }
    if steps >= 3 {
        scene.edit(4, |state| {
            state["Items"] = if steps == 3 { json!([{"Id": 5}, {"Id": 50}]) } else { json!([{"Id": 5}]) };
            state["MTime"] = json!(200 + steps);
        });
    }
    scene
}

/// A server whose scene makes a step after each status, and says so.
pub(crate) fn stepping(steps: u64) -> Fake {
    let statuses = AtomicU64::new(0);
    Fake::start(move |call| {
        let is_status = call.method == "vtklocal.get.status";
        let before = statuses.fetch_add(u64::from(is_status), Ordering::SeqCst);
        let step = if is_status { before } else { before.saturating_sub(1) };
        let scene = after(step.min(steps));
        if call.method == "vtklocal.get.hash" && call.args[0] == HASH {
            // It keeps what it has served.
            return honest(&Scene::small(), call);
        }
        if !is_status {
            return honest(&scene, call);
        }
        let mut messages = vec![(0, single(&reply(call, pack(&status(&scene)))))];
        if before < steps {
            messages.push((60, announcement()));
        }
        Answer::Paced(messages)
    })
}
