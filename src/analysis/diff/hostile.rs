//! Scenes that no honest server sends, and those that ask for much work: no panic, no hang, no false "equal".

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{Diff, Kind, Options, Tolerance, diff};
use crate::protocol::vtklocal::dialect::VTK;
use crate::scene::{Blob, ObjectId, Root, Scene, State};

/// Unoptimized code on a busy machine is slow; what is quadratic is slower by far.
const PATIENCE: Duration = Duration::from_secs(40);

fn scene<T: AsRef<[u8]>>(roots: &[u64], states: impl IntoIterator<Item = (u64, T)>) -> Scene {
    let mut scene = Scene::new(&VTK);
    scene.roots = roots.iter().map(|&id| Root { id: id.into(), name: None }).collect();
    for (id, text) in states {
        scene.insert(id.into(), State::new(text).unwrap());
    }
    scene
}

fn named(mut scene: Scene, names: &[&str]) -> Scene {
    for (root, name) in scene.roots.iter_mut().zip(names) {
        root.name = Some((*name).to_owned());
    }
    scene
}

fn found(a: &Scene, b: &Scene) -> Diff {
    found_with(a, b, &Options::default())
}

fn found_with(a: &Scene, b: &Scene, options: &Options) -> Diff {
    let start = Instant::now();
    let found = diff(a, b, options).unwrap();
    assert!(start.elapsed() < PATIENCE, "it took {:?}", start.elapsed());
    assert!(diff(a, a, options).unwrap().is_equal() && diff(b, b, options).unwrap().is_equal());
    found
}

fn kinds(found: &Diff) -> Vec<(Kind, String, &str)> {
    let mut kinds: Vec<_> = found
        .changes
        .iter()
        .map(|change| (change.kind, change.place().unwrap().id.to_string(), change.property.as_str()))
        .collect();
    kinds.sort();
    kinds
}

fn list(ids: impl IntoIterator<Item = u64>) -> String {
    ids.into_iter().fold(String::new(), |mut text, id| {
        let comma = if text.is_empty() { "" } else { "," };
        write!(text, "{comma}{{\"Id\":{id}}}").unwrap();
        text
    })
}

/// A window with props, each of one state.
fn window(props: &[&str]) -> Scene {
    let ids = 10..10 + props.len() as u64;
    let root = format!(r#"{{"ClassName":"vtkRenderWindow","Props":[{}]}}"#, list(ids.clone()));
    let props = ids.zip(props.iter().map(|prop| (*prop).to_owned()));
    scene(&[1], [(1, root)].into_iter().chain(props))
}

#[test]
fn equal_actors_are_counted() {
    let (twin, other) = (r#"{"ClassName":"vtkActor","X":1}"#, r#"{"ClassName":"vtkActor","X":2}"#);
    let base = window(&[twin, twin, other, twin]);
    assert!(found(&base, &window(&[twin, twin, other, twin])).is_equal());
    for (props, kind) in [
        (&[twin, twin, twin, other, twin][..], Kind::ObjectAdded),
        (&[twin, other, twin][..], Kind::ObjectRemoved),
        (&[twin, twin, other][..], Kind::ObjectRemoved),
        (&[other, twin, twin, twin][..], Kind::ObjectMoved),
        (&[twin, other, twin, twin][..], Kind::ObjectMoved),
    ] {
        let found = found(&base, &window(props));
        assert_eq!(found.changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [kind], "{props:?}");
    }
    // One of the twins changed.
    let found = found(&base, &window(&[twin, r#"{"ClassName":"vtkActor","X":7}"#, other, twin]));
    assert_eq!(kinds(&found), [(Kind::Value, String::from("11"), "X")]);
}

#[test]
fn lists_with_nothing_in_them() {
    let with = |items: &str| {
        let root = format!(r#"{{"ClassName":"vtkRenderWindow","Items":[{items}]}}"#);
        let actor = |x: u8| format!(r#"{{"ClassName":"vtkActor","X":{x}}}"#);
        scene(&[1], [(1, root), (2, actor(2)), (3, actor(3))])
    };
    let base = with(r#"null,{"Id":2},{},{"Id":3}"#);
    // Servers write either for what they cannot write.
    assert!(found(&base, &with(r#"{},{"Id":2},null,{"Id":3}"#)).is_equal());
    assert_eq!(found(&base, &with(r#"{"Id":2},{},{"Id":3}"#)).changes.len(), 1);
    assert_eq!(found(&base, &with(r#"null,null,{"Id":2},{},{"Id":3}"#)).changes.len(), 1);
    assert!(!found(&base, &with(r#"null,null,null,{"Id":3}"#)).is_equal());
    assert!(!found(&base, &with("")).is_equal());
}

#[test]
fn a_shared_object_and_equal_copies_of_it() {
    let with = |first: u64, second: u64, x: f64, y: f64| {
        let actor = |property: u64| format!(r#"{{"ClassName":"vtkActor","Property":{{"Id":{property}}}}}"#);
        let property = |x: f64| format!(r#"{{"ClassName":"vtkProperty","Opacity":{x:?}}}"#);
        let root = String::from(r#"{"ClassName":"vtkRenderWindow","Props":[{"Id":2},{"Id":3}]}"#);
        scene(&[1], [(1, root), (2, actor(first)), (3, actor(second)), (4, property(x)), (5, property(y))])
    };
    let drop_five = |mut scene: Scene| {
        scene.remove(&ObjectId::from(5));
        scene
    };
    let shared = drop_five(with(4, 4, 0.5, 0.5));
    // By content they are the same.
    assert!(found(&shared, &with(4, 5, 0.5, 0.5)).is_equal());
    // A change in the shared one is one change, in one of two copies it is one, too.
    assert_eq!(found(&shared, &drop_five(with(4, 4, 0.7, 0.7))).changes.len(), 1);
    assert_eq!(found(&shared, &with(4, 5, 0.5, 0.7)).changes.len(), 1);
    // Many copies that all differ are compared each.
    let many = |shared: bool| {
        let root = format!(r#"{{"ClassName":"vtkRenderWindow","Props":[{}]}}"#, list(100..200));
        let actor = |k: u64| {
            let property = if shared { 200 } else { 100 + k };
            (k, format!(r#"{{"ClassName":"vtkActor","K":{k},"Property":{{"Id":{property}}}}}"#))
        };
        let property = |k: u64| (k, format!(r#"{{"ClassName":"vtkProperty","Opacity":0.{k}}}"#));
        let last = if shared { 201 } else { 300 };
        scene(&[1], [(1, root)].into_iter().chain((100..200).map(actor)).chain((200..last).map(property)))
    };
    let found = found(&many(true), &many(false));
    assert!(found.changes.iter().all(|change| change.kind == Kind::Value), "{:#?}", found.changes);
    assert_eq!(found.changes.len(), 99);
}

#[test]
fn references_that_go_round() {
    let with = |back: u64, twins: bool| {
        let renderer = |k: u64, own: u64| {
            let background = if twins { 0 } else { k };
            (
                k,
                format!(
                    r#"{{"Background":{background},"ClassName":"vtkRenderer","Widget":{{"Id":{own}}},"Window":{{"Id":1}}}}"#
                ),
            )
        };
        let widget = |id: u64, back: u64| (id, format!(r#"{{"ClassName":"vtkWidget","Renderer":{{"Id":{back}}}}}"#));
        let root = String::from(r#"{"ClassName":"vtkRenderWindow","Renderers":[{"Id":2},{"Id":3}]}"#);
        scene(&[1], [(1, root), renderer(2, 4), renderer(3, 5), widget(4, 2), widget(5, back)])
    };
    assert!(found(&with(3, false), &with(3, false)).is_equal());
    // The second widget now knows the first renderer.
    let change = found(&with(3, false), &with(2, false));
    assert_eq!(kinds(&change), [(Kind::Value, String::from("5"), "Renderer")]);
    // Nothing but itself.
    let itself = |x: u8| scene(&[1], [(1, format!(r#"{{"ClassName":"vtkRenderWindow","Self":{{"Id":1}},"X":{x}}}"#))]);
    assert!(found(&itself(1), &itself(1)).is_equal());
    assert_eq!(kinds(&found(&itself(1), &itself(2))), [(Kind::Value, String::from("1"), "X")]);
    // A circle that no root leads to.
    let apart = |x: u8| {
        let state = |next: u64, x: u8| format!(r#"{{"ClassName":"vtkNode","Next":{{"Id":{next}}},"X":{x}}}"#);
        scene(&[], [(1, state(2, 0)), (2, state(3, 0)), (3, state(1, x))])
    };
    assert!(found(&apart(1), &apart(1)).is_equal());
    assert_eq!(kinds(&found(&apart(1), &apart(2))), [(Kind::Value, String::from("3"), "X")]);
    // Which of two equal ones it is cannot be told.
    assert!(found(&with(3, true), &with(2, true)).is_equal());
    // A circle below objects that are in none: the way up from it may lead to another of them.
    let below = |back: u64| {
        let root = String::from(r#"{"ClassName":"vtkRenderWindow","Props":[{"Id":2},{"Id":3}]}"#);
        let prop = |id: u64| (id, format!(r#"{{"ClassName":"vtkActor","V":{id},"Widget":{{"Id":4}}}}"#));
        let widget = (4, format!(r#"{{"ClassName":"vtkWidget","Prop":{{"Id":{back}}}}}"#));
        scene(&[1], [(1, root), prop(2), prop(3), widget])
    };
    assert_eq!(kinds(&found(&below(2), &below(3))), [(Kind::Value, String::from("4"), "Prop")]);
    assert_eq!(kinds(&found(&below(3), &below(2))), [(Kind::Value, String::from("4"), "Prop")]);
}

#[test]
fn another_class_in_the_same_place() {
    let with = |class: &str| {
        let root = String::from(r#"{"ClassName":"vtkRenderWindow","Camera":{"Id":2}}"#);
        scene(&[1], [(1, root), (2, format!(r#"{{"ClassName":"{class}","X":1}}"#))])
    };
    let found = found(&with("vtkCamera"), &with("vtkLight"));
    assert_eq!(kinds(&found), [(Kind::ObjectReplaced, String::from("2"), "Camera")]);
    let change = &found.changes[0];
    assert_eq!((change.old.as_deref(), change.new.as_deref()), (Some("\"vtkCamera\""), Some("\"vtkLight\"")));
}

#[test]
fn what_changed_on_the_way_is_known_by_its_data() {
    let with = |first: &[u64], second: &[u64], color: u8| {
        let root = String::from(r#"{"ClassName":"vtkRenderWindow","Renderers":[{"Id":2},{"Id":3}]}"#);
        let renderer = |id: u64, props: &[u64]| {
            (id, format!(r#"{{"ClassName":"vtkRenderer","Layer":{id},"Props":[{}]}}"#, list(props.iter().copied())))
        };
        let actor = |id: u64| {
            let color = if id == 11 { color } else { 0 };
            (id, format!(r#"{{"ClassName":"vtkActor","Color":{color},"Data":{{"Id":{}}},"K":{id}}}"#, id + 10))
        };
        let array = |id: u64| {
            let text = r#""NumberOfComponents":1,"NumberOfTuples":4"#;
            (id, format!(r#"{{"ClassName":"vtkFloatArray","Hash":"h{id}",{text}}}"#))
        };
        let parts = first.iter().chain(second).flat_map(|&id| [actor(id), array(id + 10)]);
        let mut scene = scene(&[1], [(1, root), renderer(2, first), renderer(3, second)].into_iter().chain(parts));
        for id in first.iter().chain(second) {
            scene.insert_blob(format!("h{}", id + 10), Blob::Memory(Bytes::from(vec![*id as u8; 16])));
        }
        scene
    };
    let found_one = found(&with(&[10, 11], &[12], 1), &with(&[10], &[12, 11], 2));
    let wanted = [(Kind::ObjectMoved, String::from("11"), "Props.1"), (Kind::Value, String::from("11"), "Color")];
    assert_eq!(kinds(&found_one), wanted);
    // Another actor with other data is another one.
    let found_two = found(&with(&[10, 11], &[12], 1), &with(&[10], &[12, 13], 2));
    let wanted =
        [(Kind::ObjectAdded, String::from("13"), "Props.1"), (Kind::ObjectRemoved, String::from("11"), "Props.1")];
    assert_eq!(kinds(&found_two), wanted);
    // What nothing leads to any more is gone, though its state is there.
    let mut left = with(&[10, 11], &[12], 1);
    let short = with(&[10], &[12], 1);
    left.insert(2.into(), short.state(&2.into()).unwrap().clone());
    let gone = found(&with(&[10, 11], &[12], 1), &left);
    assert!(gone.changes.iter().any(|change| change.kind == Kind::ObjectRemoved), "{gone:#?}");
    assert!(gone.changes.iter().all(|change| change.kind != Kind::ObjectMoved), "{gone:#?}");
}

/// What a list's elements have in common is looked at within limits.
#[test]
fn many_changed_elements_with_one_large_object() {
    let with = |x: u64| {
        let actor = |k: u64| (k, format!(r#"{{"ClassName":"vtkActor","Big":{{"Id":2}},"K":{k},"X":{}}}"#, k + x));
        let root = format!(r#"{{"ClassName":"vtkRenderWindow","Props":[{}]}}"#, list(100..10_100));
        let big: String = (0..100_000).map(|k| format!(r#","P{k}":{k}"#)).collect();
        let big = format!(r#"{{"ClassName":"vtkBig"{big}}}"#);
        scene(&[1], [(1, root), (2, big)].into_iter().chain((100..10_100).map(actor)))
    };
    assert_eq!(found(&with(0), &with(20_000)).changes.len(), 10_000);
}

/// One array that many others are compared with is not read again for each of them.
#[test]
fn one_array_in_the_place_of_many() {
    let array = |id: u64, hash: &str, tuples: usize| {
        let text = format!(
            r#"{{"ClassName":"vtkFloatArray","Hash":"{hash}","NumberOfComponents":1,"NumberOfTuples":{tuples}}}"#
        );
        (id, text)
    };
    let holders = |shared: bool| {
        let root = format!(r#"{{"ClassName":"vtkRenderWindow","Props":[{}]}}"#, list(10_000..12_000));
        let holder = move |k: u64| {
            let array = if shared { 2 } else { k + 10_000 };
            (k, format!(r#"{{"ClassName":"vtkActor","Data":{{"Id":{array}}},"K":{k}}}"#))
        };
        [(1, root)].into_iter().chain((10_000..12_000).map(holder))
    };
    const LARGE: usize = 2_000_000;
    let mut one = scene(&[1], holders(true).chain([array(2, "large", LARGE)]));
    one.insert_blob("large", Blob::Memory(Bytes::from(vec![1; 4 * LARGE])));
    let mut many = scene(&[1], holders(false).chain((20_000..22_000).map(|k| array(k, &format!("b{k}"), 1))));
    for k in 20_000..22_000_u32 {
        many.insert_blob(format!("b{k}"), Blob::Memory(Bytes::copy_from_slice(&(k as f32).to_le_bytes())));
    }
    assert!(!found(&many, &one).is_equal());
    assert!(!found(&one, &many).is_equal());
}

#[test]
fn a_ring_of_many_is_walked_once() {
    let ring = |x: u64| {
        let node = |k: u64| {
            let own = if k == 700 { x } else { 0 };
            (k, format!(r#"{{"ClassName":"vtkNode","Next":{{"Id":{}}},"X":{own}}}"#, k % 20_000 + 1))
        };
        scene(&[1], (1..=20_000).map(node))
    };
    assert!(found(&ring(1), &ring(1)).is_equal());
    assert_eq!(kinds(&found(&ring(1), &ring(2))), [(Kind::Value, String::from("700"), "X")]);
}

#[test]
fn references_that_lead_nowhere() {
    let to = |text: &str| {
        scene(
            &[1],
            [
                (1, format!(r#"{{"ClassName":"vtkRenderWindow","To":{text}}}"#)),
                (2, String::from(r#"{"ClassName":"vtkThing"}"#)),
            ],
        )
    };
    // Where both lead nowhere, there is nothing that could differ.
    assert!(found(&to(r#"{"Id":77}"#), &to(r#"{"Id":78}"#)).is_equal());
    for (a, b) in
        [(r#"{"Id":77}"#, r#"{"Id":2}"#), (r#"{"Id":77}"#, "null"), ("5", r#"{"Id":2}"#), ("[]", r#"{"Id":77}"#)]
    {
        assert!(!found(&to(a), &to(b)).is_equal(), "{a} {b}");
        assert!(!found(&to(b), &to(a)).is_equal(), "{b} {a}");
    }
    // A root that is not there.
    let mut headless = to("null");
    headless.roots.push(Root { id: 99.into(), name: None });
    assert!(found(&headless, &to("null")).is_equal());
}

#[test]
fn two_roots_with_and_without_names() {
    let two = |a: u8, b: u8| {
        let window = |x: u8| format!(r#"{{"ClassName":"vtkRenderWindow","Size":[{x},{x}],"Title":"{x}"}}"#);
        scene(&[1, 2], [(1, window(a)), (2, window(b))])
    };
    let (plain, left_right, other) =
        (two(1, 2), named(two(1, 2), &["left", "right"]), named(two(1, 2), &["view_12", "view_13"]));
    for (a, b) in [(&plain, &left_right), (&left_right, &plain), (&left_right, &other), (&other, &plain)] {
        assert!(found(a, b).is_equal());
    }
    // The names say which is which, whatever order they are in.
    let swapped = named(two(2, 3), &["right", "left"]);
    let changes = found(&left_right, &swapped);
    assert_eq!(kinds(&changes), [(Kind::Value, String::from("2"), "Size"), (Kind::Value, String::from("2"), "Title")]);
    // A name that two have says nothing.
    assert!(found(&named(two(1, 2), &["a", "a"]), &named(two(1, 2), &["a", "a"])).is_equal());
    // One of two is gone.
    let mut one = named(two(1, 2), &["left", "right"]);
    one.roots.truncate(1);
    one.remove(&ObjectId::from(2));
    assert_eq!(found(&left_right, &one).changes.iter().map(|it| it.kind).collect::<Vec<_>>(), [Kind::ObjectRemoved]);
}

#[test]
fn thousands_that_all_differ_a_little() {
    let props = |step: f64, shift: u64| {
        let ids = 10..4010;
        let root = format!(r#"{{"ClassName":"vtkRenderWindow","Props":[{}]}}"#, list(ids.clone()));
        let prop = |k: u64| {
            let n = k + shift;
            let text = format!(
                r#"{{"ClassName":"vtkActor","Visibility":1,"Pickable":1,"Position":[{n}.5,{:?},0.0],"Scale":[1.0,1.0,1.0]}}"#,
                n as f64 * step
            );
            (k, text)
        };
        scene(&[1], [(1, root)].into_iter().chain(ids.map(prop)))
    };
    let found = found(&props(0.25, 0), &props(0.26, 0));
    assert!(found.changes.iter().all(|change| change.kind == Kind::Value && change.property == "Position"));
    assert_eq!(found.changes.len(), 4000);
}

#[test]
fn thousands_that_have_nothing_in_common() {
    let things = |class: &str, orphans: u64| {
        let ids = 10..30_010;
        let root = format!(r#"{{"ClassName":"vtkRenderWindow","Items":[{}]}}"#, list(ids.clone()));
        let thing = |k: u64| (k, format!(r#"{{"ClassName":"{class}","K":{k}}}"#));
        scene(&[1], [(1, root)].into_iter().chain(ids.map(thing)).chain((40_000..40_000 + orphans).map(thing)))
    };
    let found = found(&things("vtkOne", 0), &things("vtkTwo", 20_000));
    assert_eq!((found.summary.objects_removed, found.summary.objects_added), (30_000, 50_000));
    assert_eq!(found.changes.len(), 80_000);
}

#[test]
fn a_chain_of_a_hundred_thousand() {
    const LENGTH: u64 = 100_000;
    let chain = |end: u64, all: u64| {
        let link = |k: u64| {
            let next = if k == LENGTH { String::from("null") } else { format!(r#"{{"Id":{}}}"#, k + 1) };
            let x = if k == LENGTH { end } else { all };
            (k, format!(r#"{{"ClassName":"vtkNode","Next":{next},"X":{x}}}"#))
        };
        scene(&[1], (1..=LENGTH).map(link))
    };
    let last = found(&chain(1, 0), &chain(2, 0));
    assert_eq!(kinds(&last), [(Kind::Value, LENGTH.to_string(), "X")]);
    // Too deep for a way down.
    assert_eq!(last.changes[0].place().unwrap().path, LENGTH.to_string());
    let all = found(&chain(1, 0), &chain(1, 5));
    assert_eq!(all.changes.len() as u64, LENGTH - 1);
    let text: usize = all.changes.iter().map(|change| change.place().unwrap().path.len()).sum();
    assert!(text < 10_000_000, "{text} bytes of paths");
}

#[test]
fn only_what_is_below_in_a_long_chain() {
    let chain = |end: u64| {
        let link = |k: u64| (k, format!(r#"{{"ClassName":"vtkNode","Next":{{"Id":{}}},"X":{end}}}"#, k + 1));
        scene(&[1], (1..=3_000).map(link))
    };
    let options = Options { only: vec!["2990".parse().unwrap()], ..Options::default() };
    assert_eq!(found_with(&chain(0), &chain(1), &options).changes.len(), 11);
}

#[test]
fn states_that_are_no_json() {
    let with = |text: &str| {
        scene(&[1], [(1, String::from(r#"{"ClassName":"vtkRenderWindow","To":{"Id":2}}"#)), (2, text.to_owned())])
    };
    let states = [
        "",
        "null",
        "{",
        "[1,2]",
        "\"x\"",
        "5",
        "{\"Id\":1}",
        "{\"ClassName\":5}",
        "{\"ClassName\":\"vtkX\",}",
        "{} {}",
        "\u{0}",
        "{\"To\":{\"Id\":1}}",
        "{\"a\":1,\"a\":2}",
    ];
    for (k, a) in states.iter().enumerate() {
        for (n, b) in states.iter().enumerate() {
            assert_eq!(found(&with(a), &with(b)).is_equal(), k == n, "{a:?} {b:?}");
        }
    }
}

#[test]
fn deep_values() {
    let with = |deep: usize, x: u8| {
        let (open, close) = ("[".repeat(deep), "]".repeat(deep));
        let (nested, end) = ("{\"a\":".repeat(deep), "}".repeat(deep));
        scene(&[1], [(1, format!(r#"{{"ClassName":"vtkRenderWindow","L":{open}{x}{close},"O":{nested}{x}{end}}}"#))])
    };
    for deep in [3, 31, 32, 33, 100, 10_000] {
        assert!(found(&with(deep, 1), &with(deep, 1)).is_equal());
        assert_eq!(found(&with(deep, 1), &with(deep, 2)).changes.len(), 2, "{deep}");
    }
}

/// An array with these bytes.
fn array(class: &str, tuples: usize, bytes: &[u8], name: &str) -> Scene {
    let state = format!(
        r#"{{"ClassName":"{class}","Hash":"{name}","NumberOfComponents":1,"NumberOfTuples":{tuples},"SuperClassNames":["vtkAbstractArray"]}}"#
    );
    let mut scene =
        scene(&[1], [(1, String::from(r#"{"ClassName":"vtkRenderWindow","Arrays":[{"Id":2}]}"#)), (2, state)]);
    scene.insert_blob(name, Blob::from(Bytes::copy_from_slice(bytes)));
    scene
}

#[test]
fn every_bit_counts() {
    let bits = |bytes: &[u8], name| array("vtkBitArray", 20_000, bytes, name);
    let mut bytes = [0x5a; 2500];
    let base = bits(&bytes, "a");
    assert!(found(&base, &bits(&bytes, "b")).is_equal(), "another name for the same");
    bytes[1700] ^= 0x10;
    let changes = found(&base, &bits(&bytes, "b"));
    let [change] = changes.changes.as_slice() else { panic!("{changes:#?}") };
    let change = change.array.as_ref().unwrap();
    assert_eq!((change.different, change.compared), (1, 20_000));
    assert_eq!(change.first.as_ref().unwrap(), &(13_603, String::from("1"), String::from("0")));
}

#[test]
fn types_and_lengths_of_arrays() {
    let floats: Vec<u8> = [1.0_f32, 2.0, 3.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let doubles: Vec<u8> = [1.0_f64, 2.0, 3.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let base = array("vtkFloatArray", 3, &floats, "a");
    let change = |other: &Scene| {
        let found = found(&base, other);
        let [change] = found.changes.as_slice() else { panic!("{found:#?}") };
        assert_eq!(change.kind, Kind::Array);
        change.array.clone().unwrap()
    };
    let wider = change(&array("vtkDoubleArray", 3, &doubles, "b"));
    assert!(wider.same_values() && !wider.same_bytes);
    // The same bytes as other numbers.
    let whole = change(&array("vtkIntArray", 3, &floats, "a"));
    assert!(whole.same_bytes && !whole.same_values());
    let shorter = change(&array("vtkFloatArray", 2, &floats[..8], "b"));
    assert_eq!((shorter.different, shorter.compared, shorter.same_values()), (0, 2, false));
    // Less than it says: what is not there is not the same.
    let cut = change(&array("vtkFloatArray", 3, &floats[..8], "b"));
    assert!(!cut.same_values());
    let unknown = change(&array("vtkStringArray", 3, &floats, "b"));
    assert!(unknown.trouble.is_some());
    let huge = change(&array("vtkFloatArray", usize::MAX, &floats, "b"));
    assert!(!huge.same_values());
    let mut without = array("vtkFloatArray", 3, &floats, "b");
    without.remove_blob("b");
    assert!(change(&without).trouble.unwrap().contains("blob b"));
    // The same name, and the blob is only here.
    let mut lost = base.clone();
    lost.remove_blob("a");
    assert!(change(&lost).new.missing);
}

#[test]
fn integers_beyond_the_floats() {
    let array = |value: i64, name| array("vtkTypeInt64Array", 1, &value.to_le_bytes(), name);
    let far = 1_i64 << 60;
    let change = found(&array(far, "a"), &array(far + 1, "b"));
    let change = change.changes[0].array.clone().unwrap();
    assert_eq!((change.different, change.max_abs), (1, Some(1.0)));
    assert_eq!(change.first.unwrap().2, (far + 1).to_string());
    let near = Options { tolerance: Tolerance { atol: 1.0, ..Tolerance::EXACT }, ..Options::default() };
    assert!(found_with(&array(far, "a"), &array(far + 1, "b"), &near).is_equal());
    assert!(!found_with(&array(far, "a"), &array(far + 2, "b"), &near).is_equal());
    // In states as well.
    let state = |value: i64| window(&[&format!(r#"{{"ClassName":"vtkActor","X":{value}}}"#)]);
    assert!(!found(&state(far), &state(far + 1)).is_equal());
}

#[test]
fn only_what_is_asked_for() {
    let actor = |x: u8| format!(r#"{{"ClassName":"vtkActor","Color":[0.5,{x}.0,1.0],"X":{x}}}"#);
    let (a, b) = (window(&[&actor(1)]), window(&[&actor(2)]));
    let ignoring = |path: &str| {
        let ignore = vec![("vtkActor".parse().unwrap(), path.parse().unwrap())];
        found_with(&a, &b, &Options { ignore, ..Options::default() })
    };
    assert_eq!(kinds(&ignoring("Color")), [(Kind::Value, String::from("10"), "X")]);
    assert_eq!(kinds(&ignoring("Color.1")), [(Kind::Value, String::from("10"), "X")]);
    assert_eq!(ignoring("Color.0").changes.len(), 2);
    assert!(ignoring("*").is_equal());
    let only = |selector: &str| diff(&a, &b, &Options { only: vec![selector.parse().unwrap()], ..Options::default() });
    assert_eq!(only("vtkActor").unwrap().changes.len(), 2);
    assert_eq!(only("/Props/0").unwrap().changes.len(), 2);
    for nothing in ["vtkActr", "/Props/1", "77"] {
        assert!(only(nothing).unwrap_err().is_usage(), "{nothing}");
    }
}

#[test]
fn a_blob_that_is_cut() {
    let bytes = [7; 24];
    let (whole, cut) = (array("vtkFloatArray", 6, &bytes, "a"), array("vtkFloatArray", 6, &bytes[..20], "a"));
    for (a, b) in [(&whole, &cut), (&cut, &whole)] {
        let found = found(a, b);
        let change = found.changes[0].array.as_ref().unwrap();
        assert_eq!((change.same_bytes, change.same_values(), change.compared), (false, false, 5));
    }
    // NaN is no number, and there is no distance to it.
    let nan: Vec<u8> = [f32::NAN; 6].iter().flat_map(|value| value.to_le_bytes()).collect();
    let found = found(&whole, &array("vtkFloatArray", 6, &nan, "b"));
    let change = found.changes[0].array.as_ref().unwrap();
    assert_eq!((change.different, change.max_abs, change.max_rel), (6, None, None));
}

#[test]
fn what_is_ignored_is_ignored_with_all_below() {
    let with = |x: u8, shared: bool| {
        let root = r#"{"ClassName":"vtkRenderWindow","Actor":{"Id":2},"Other":{"Id":3}}"#;
        let other =
            if shared { r#"{"ClassName":"vtkOther","Mapper":{"Id":4}}"# } else { r#"{"ClassName":"vtkOther"}"# };
        let mapper = format!(r#"{{"ClassName":"vtkMapper","X":{x}}}"#);
        let actor = r#"{"ClassName":"vtkActor","Mapper":{"Id":4}}"#;
        scene(&[1], [(1, root), (2, actor), (3, other), (4, mapper.as_str())])
    };
    for (selector, path) in [("vtkActor", "*"), ("vtkActor", "Mapper"), ("/", "Actor.Mapper")] {
        let options =
            Options { ignore: vec![(selector.parse().unwrap(), path.parse().unwrap())], ..Options::default() };
        assert!(found_with(&with(1, false), &with(2, false), &options).is_equal(), "{selector} {path}");
        // Something else leads there.
        assert_eq!(found_with(&with(1, true), &with(2, true), &options).changes.len(), 1, "{selector} {path}");
    }
}

#[test]
fn an_object_with_thousands_of_properties() {
    let with = |step: u64| {
        let mut text = String::from(r#"{"ClassName":"vtkRenderWindow""#);
        (0..60_000).for_each(|k| write!(text, r#","P{k}":{}"#, k * step).unwrap());
        scene(&[1], [(1, text + "}")])
    };
    assert_eq!(found(&with(1), &with(2)).changes.len(), 59_999);
}
