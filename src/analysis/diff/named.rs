//! Scenes whose ids are names, with children by name.

use super::{Diff, Kind, Options, diff, patch};
use crate::analysis::extract::extract;
use crate::analysis::patch::apply;
use crate::scene::named::scene;
use crate::scene::{Assignment, ObjectId, Scene};

fn found(diff: &Diff) -> Vec<(Kind, String, String)> {
    let line = |change: &super::Change| {
        let path = change.place().map(|place| place.path.clone()).unwrap_or_default();
        (change.kind, path, change.property.clone())
    };
    diff.changes.iter().map(line).collect()
}

fn changes(a: &Scene, b: &Scene) -> Vec<(Kind, String, String)> {
    for (a, b) in [(a, b), (b, a)] {
        let operations = patch(a, b, &Options::default()).unwrap();
        let patched = apply(a, &operations).unwrap();
        let left = diff(&patched, b, &Options { strict: true, ..Options::default() }).unwrap();
        assert!(left.changes.is_empty(), "{:?}", found(&left));
        // Not just the same graph: the same names.
        let ids = |scene: &Scene| scene.objects().map(|(id, _)| id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&patched), ids(b));
    }
    found(&diff(a, b, &Options::default()).unwrap())
}

fn change(kind: Kind, path: &str, property: &str) -> (Kind, String, String) {
    (kind, path.to_owned(), property.to_owned())
}

fn edited(scene: &Scene, id: &str, assignment: &str) -> Scene {
    let assignment: Assignment = assignment.parse().unwrap();
    scene.edit(&[ObjectId::parse(id)], &[assignment], crate::scene::EditOptions::default()).unwrap().0
}

#[test]
fn children_are_paired_by_name() {
    let before = scene(&["/a/c", "/a/d", "/z"]);
    let after = scene(&["/a/b/mesh", "/a/c", "/a/d", "/z"]);
    assert_eq!(changes(&before, &after), [change(Kind::ObjectAdded, "/a/b", "children.b")]);
    assert_eq!(diff(&before, &after, &Options::default()).unwrap().changes[0].objects, 3);
    assert_eq!(changes(&after, &before), [change(Kind::ObjectRemoved, "/a/b", "children.b")]);
    let colored = edited(&after, "/a/d", "props.color=[9,2,3]");
    assert_eq!(changes(&after, &colored), [change(Kind::Value, "/a/d", "props.color")]);
    assert_eq!(changes(&after, &after), []);
}

#[test]
fn what_moved_is_told_and_has_its_new_name() {
    let before = scene(&["/a/mesh", "/b"]);
    let moved = changes(&before, &scene(&["/a", "/b/mesh"]));
    assert_eq!(moved.iter().map(|change| change.0).collect::<Vec<_>>(), [Kind::ObjectMoved], "{moved:?}");
    let renamed = changes(&before, &scene(&["/a/other mesh", "/b"]));
    assert_eq!(renamed, [change(Kind::ObjectMoved, "/a/\"other mesh\"", "children.other mesh")]);
}

#[test]
fn a_part_leaves_its_neighbours_out() {
    let whole = scene(&["/a/b/mesh", "/a/c", "/d", "/e"]);
    for (id, left) in [
        ("/a/b/mesh", &["/", "/a", "/a/b", "/a/b/mesh", "/a/b/mesh#props.points"][..]),
        ("/a/b", &["/", "/a", "/a/b", "/a/b/mesh", "/a/b/mesh#props.points"]),
        ("/d", &["/", "/d"]),
        ("/e", &["/", "/e"]),
    ] {
        let part = extract(&whole, &[ObjectId::parse(id)]).unwrap().scene;
        assert_eq!(part.objects().map(|(id, _)| id.to_string()).collect::<Vec<_>>(), left);
        assert!(part.objects().all(|(_, state)| !state.as_str().contains("null")), "{id}");
        assert!(part.objects().all(|(_, state)| serde_json::from_str::<serde_json::Value>(state.as_str()).is_ok()));
    }
}
