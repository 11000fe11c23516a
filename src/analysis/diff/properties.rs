//! What must hold of every comparison, tried with scenes that real VTK made.
//!
//! Edits leave out what the dialect calls noise (a difference there is none), classes (an object of
//! another class is another object), and the properties that describe an array's blob (those are tried
//! by changing bytes).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path as FilePath;
use std::sync::LazyLock;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::{Change, Diff, Kind, Options, Tolerance, diff};
use crate::scene::raw::{self, Kind as JsonKind};
use crate::scene::{Assignment, Blob, EditOptions, Element, Graph, ObjectId, Path, Role, Root, Scene, Segment, State};

/// Scenes of several makers; those with thousands of values are as good as any.
const SCENES: [&str; 9] = [
    "demo.wazex",
    "small",
    "reference/mixed-vtk9.4.2.wazex",
    "reference/two-vtk9.7.2.wazex",
    "reference/volume24-vtk9.7.2.wazex",
    "reference/porsche.wazex",
    "variants/base.wazex",
    "variants/rendered.wazex",
    "variants/base-vtk9.6.2.wazex",
];

static FIXTURES: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    SCENES.iter().map(|name| crate::snapshot::read(&folder.join(name)).unwrap()).collect()
});

fn exact() -> Options {
    Options { tolerance: Tolerance::EXACT, ..Options::default() }
}

fn found(a: &Scene, b: &Scene, options: &Options) -> Diff {
    diff(a, b, options).unwrap()
}

/// The one change that there must be.
fn only_change(found: &Diff) -> Result<&Change, TestCaseError> {
    prop_assert_eq!(found.changes.len(), 1, "{:#?}", found.changes);
    found.changes.first().ok_or_else(|| TestCaseError::fail("no change"))
}

/// The same scene with other ids, and with the properties of each state in another order.
fn renumbered(scene: &Scene, seed: u64) -> Scene {
    let mut random = Random(seed);
    let mut ids: Vec<u64> = (0..scene.objects().len() as u64).map(|k| k * 7 + 1 + random.below(7)).collect();
    random.shuffle(&mut ids);
    let new: HashMap<&ObjectId, ObjectId> =
        scene.objects().zip(ids).map(|((id, _), new)| (id, ObjectId::from(new))).collect();
    let renamed = |id: &ObjectId| new.get(id).cloned().unwrap_or_else(|| ObjectId::from(999_999_999));
    let mut other = scene.clone();
    let old: Vec<ObjectId> = scene.objects().map(|(id, _)| id.clone()).collect();
    old.iter().for_each(|id| drop(other.remove(id)));
    for (id, state) in scene.objects() {
        let mut members: Vec<String> = state
            .members()
            .unwrap()
            .into_iter()
            .map(|(key, value)| {
                let value = if key == "Id" { renamed(id).to_string() } else { with_references(scene, value, &renamed) };
                format!("{}:{value}", serde_json::Value::from(key.as_ref()))
            })
            .collect();
        random.shuffle(&mut members);
        other.insert(renamed(id), State::new(format!("{{{}}}", members.join(","))).unwrap());
    }
    other.roots = scene.roots.iter().map(|root| Root { id: renamed(&root.id), name: root.name.clone() }).collect();
    other.without_state = scene.without_state.iter().map(renamed).collect();
    other
}

fn with_references(scene: &Scene, value: &str, renamed: &dyn Fn(&ObjectId) -> ObjectId) -> String {
    let mut text = String::new();
    let mut at = 0;
    scene.dialect().reference_spans(value, &mut |span, id| {
        text.push_str(&value[at..span.start]);
        text.push_str(&scene.dialect().reference_text(&renamed(&id)));
        at = span.end;
    });
    text + &value[at..]
}

/// Numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for k in (1..items.len()).rev() {
            items.swap(k, self.below(k as u64 + 1) as usize);
        }
    }
}

/// A plain value somewhere in a state: a number, a string, a truth.
#[derive(Clone, Debug)]
struct Leaf {
    id: ObjectId,
    path: Vec<String>,
    text: String,
    /// How long the list is in which it stands, if that holds plain values only: it is one value then.
    in_plain_list: bool,
}

impl Leaf {
    fn set(&self, scene: &Scene, value: &str) -> Scene {
        let path = Path(self.path.iter().cloned().map(Segment).collect());
        let assignment = Assignment { path, value: value.to_owned() };
        let edited = scene.edit(std::slice::from_ref(&self.id), &[assignment], EditOptions { force: true });
        edited.unwrap_or_else(|error| panic!("{self:?}: {error}")).0
    }

    /// Where a difference is said to be.
    fn property(&self) -> String {
        let hops = self.path.len() - usize::from(self.in_plain_list);
        Path(self.path[..hops].iter().cloned().map(Segment).collect()).to_string()
    }
}

/// All leaves outside noise.
fn leaves(scene: &Scene) -> Vec<Leaf> {
    let mut found = Vec::new();
    for (id, state) in scene.objects() {
        let dialect = scene.dialect();
        let head = dialect.head(state);
        let class = dialect.canonical_class(&head.class).into_owned();
        let is_array = dialect.role(&head) == Some(Role::Array);
        for (key, value) in state.members().unwrap() {
            let skipped = key == dialect.class_property()
                || dialect.is_noise(&class, &key)
                || (is_array && dialect.array_properties().contains(&key.as_ref()));
            if !skipped {
                walk(scene, id, &mut vec![key.into_owned()], value, false, &mut found);
            }
        }
    }
    found
}

fn walk(scene: &Scene, id: &ObjectId, path: &mut Vec<String>, value: &str, in_list: bool, found: &mut Vec<Leaf>) {
    let kind = JsonKind::of(value);
    let mut below = |name: String, value: &str, in_list: bool| {
        path.push(name);
        walk(scene, id, path, value, in_list, found);
        path.pop();
    };
    match kind {
        // Paths follow references; the objects there have their turn.
        _ if scene.dialect().as_reference(value).is_some() => {}
        JsonKind::Object => {
            raw::members(value).unwrap().into_iter().for_each(|(key, value)| below(key.into_owned(), value, false));
        }
        JsonKind::Array => {
            let elements = raw::elements(value).unwrap();
            let is_plain =
                |element: &&str| !matches!(JsonKind::of(element), JsonKind::Object | JsonKind::Array | JsonKind::Null);
            let plain = elements.iter().all(is_plain);
            elements.iter().enumerate().for_each(|(k, value)| below(k.to_string(), value, plain));
        }
        JsonKind::Null => {}
        _ => found.push(Leaf { id: id.clone(), path: path.clone(), text: value.to_owned(), in_plain_list: in_list }),
    }
}

/// Another value of the same kind, far from the old one.
fn other_value(old: &str, by: i32) -> String {
    match JsonKind::of(old) {
        JsonKind::Bool => (old == "false").to_string(),
        JsonKind::Integer => (old.parse::<i128>().unwrap() + i128::from(by)).to_string(),
        JsonKind::Float => {
            let old: f64 = old.parse().unwrap();
            let new = old + f64::from(by);
            // Near the largest numbers there is, a step of that size is no step.
            let new = if new == old { old / 2.0 } else { new };
            format!("{new:?}")
        }
        _ => serde_json::Value::from(format!("{}{by}", raw::text(old).unwrap())).to_string(),
    }
}

static LEAVES: LazyLock<Vec<Vec<Leaf>>> = LazyLock::new(|| FIXTURES.iter().map(leaves).collect());

/// The lists of references: whose, at which property, and what they hold.
fn lists(scene: &Scene) -> Vec<(ObjectId, String, Vec<String>)> {
    let mut found = Vec::new();
    for (id, state) in scene.objects() {
        for (key, value) in state.members().unwrap() {
            let elements = raw::elements(value).unwrap_or_default();
            if !elements.is_empty() && elements.iter().all(|element| scene.dialect().as_reference(element).is_some()) {
                found.push((id.clone(), key.into_owned(), elements.into_iter().map(str::to_owned).collect()));
            }
        }
    }
    found
}

fn with_list(scene: &Scene, (id, key): (&ObjectId, &str), elements: &[String]) -> Scene {
    let assignment =
        Assignment { path: Path(vec![Segment(key.to_owned())]), value: format!("[{}]", elements.join(",")) };
    let mut edited = scene.edit(std::slice::from_ref(id), &[assignment], EditOptions { force: true }).unwrap().0;
    // A server forgets what nothing leads to any more.
    let (before, after) = (Graph::new(scene), Graph::new(&edited));
    let lost: Vec<ObjectId> = scene
        .objects()
        .map(|(id, _)| id)
        .filter(|id| before.is_reachable(id) && !after.is_reachable(id))
        .cloned()
        .collect();
    lost.iter().for_each(|id| drop(edited.remove(id)));
    edited
}

/// Arrays whose blob is there and as long as it must be.
fn arrays(scene: &Scene) -> Vec<(ObjectId, Element, Bytes)> {
    let mut found = Vec::new();
    for (id, state) in scene.objects() {
        let Some(used) = scene.dialect().blob_use(state) else { continue };
        let (Some(element), Some(blob)) = (used.element, scene.blob(&used.hash)) else { continue };
        let bytes = blob.read().unwrap();
        if !bytes.is_empty() && used.expected_bytes() == Some(bytes.len() as u64) {
            found.push((id.clone(), element, bytes));
        }
    }
    found
}

/// Values as written in the blob, decoded one by one: (as a number, as an exact integer).
fn decoded(element: Element, bytes: &[u8]) -> Vec<(f64, i128)> {
    macro_rules! all {
        ($type:ty) => {
            bytes
                .chunks_exact(size_of::<$type>())
                .map(|chunk| <$type>::from_le_bytes(chunk.try_into().unwrap()))
                .map(|value| (value as f64, value as i128))
                .collect()
        };
    }
    match element {
        Element::Bit => bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |k| byte >> k & 1))
            .map(|bit| (bit.into(), bit.into()))
            .collect(),
        Element::I8 => all!(i8),
        Element::U8 => all!(u8),
        Element::I16 => all!(i16),
        Element::U16 => all!(u16),
        Element::I32 => all!(i32),
        Element::U32 => all!(u32),
        Element::I64 => all!(i64),
        Element::U64 => all!(u64),
        Element::F16 => {
            let values = bytes.as_chunks().0.iter().map(|value| half::f16::from_le_bytes(*value).to_f64());
            values.map(|value| (value, value as i128)).collect()
        }
        Element::F32 => all!(f32),
        Element::F64 => all!(f64),
    }
}

/// Few, for unoptimized code; `PROPTEST_CASES=500` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn ids_and_the_order_of_properties_mean_nothing(seed: u64, pick: Pick) {
        let scene = pick.get(&FIXTURES[..]);
        let other = renumbered(scene, seed);
        let found = found(scene, &other, &exact());
        prop_assert!(found.is_equal(), "{:#?}", found.changes);
        let strict = Options { strict: true, ..exact() };
        prop_assert!(!diff(scene, &other, &strict).unwrap().is_equal());
    }

    #[test]
    fn one_edit_is_one_difference(seed: u64, pick: Pick, leaf: Pick, by in 1..1000_i32) {
        let k = pick.index(FIXTURES.len());
        let (scene, leaf) = (&FIXTURES[k], leaf.get(&LEAVES[k]));
        let edited = leaf.set(scene, &other_value(&leaf.text, by));
        // The ids are others, too, or the edited object could be found by its id.
        for (other, is_own) in [(&edited, true), (&renumbered(&edited, seed), false)] {
            let found = found(scene, other, &exact());
            let change = only_change(&found)?;
            prop_assert_eq!(change.kind, Kind::Value);
            prop_assert_eq!(&change.property, &leaf.property());
            if is_own {
                prop_assert_eq!(&change.b.as_ref().unwrap().id, &leaf.id);
            }
            // And the other way round.
            prop_assert_eq!(diff(other, scene, &exact()).unwrap().changes.len(), 1);
        }
    }

    #[test]
    fn several_edits_are_as_many_differences(seed: u64, pick: Pick, picks in proptest::collection::vec(any::<Pick>(), 2..6)) {
        let k = pick.index(FIXTURES.len());
        let (mut edited, mut places) = (FIXTURES[k].clone(), BTreeSet::new());
        for leaf in picks.iter().map(|pick| pick.get(&LEAVES[k])) {
            if places.insert((leaf.id.clone(), leaf.property())) {
                edited = leaf.set(&edited, &other_value(&leaf.text, 7));
            }
        }
        let found = found(&FIXTURES[k], &renumbered(&edited, seed), &exact());
        let properties = |mut names: Vec<String>| {
            names.sort();
            names
        };
        prop_assert_eq!(
            properties(found.changes.iter().map(|change| change.property.clone()).collect()),
            properties(places.into_iter().map(|(_, property)| property).collect())
        );
    }

    #[test]
    fn what_is_near_enough_is_the_same(pick: Pick, leaf: Pick, steps in 1..6_u64, rtol in 1e-9..1e-2_f64) {
        let k = pick.index(FIXTURES.len());
        let floats: Vec<&Leaf> = LEAVES[k].iter().filter(|leaf| JsonKind::of(&leaf.text) == JsonKind::Float).collect();
        let leaf = leaf.get(&floats);
        let (scene, old) = (&FIXTURES[k], leaf.text.parse::<f64>().unwrap());
        let stepped = (0..steps).fold(old, |value, _| value.next_up());
        if stepped.is_finite() {
            let edited = leaf.set(scene, &format!("{stepped:?}"));
            let equal = |ulp| found(scene, &edited, &Options { tolerance: Tolerance { ulp, ..Tolerance::EXACT }, ..Options::default() }).is_equal();
            prop_assert!(equal(steps));
            prop_assert!(!equal(steps - 1));
            prop_assert_eq!(found(scene, &edited, &Options::default()).is_equal(), steps <= 2);
        }
        // Near the smallest and largest numbers, the products below are not what they should be.
        if (1e-100..1e100).contains(&old.abs()) {
            let with = |tolerance: Tolerance, distance: f64| {
                let edited = leaf.set(scene, &format!("{:?}", old + distance));
                found(scene, &edited, &Options { tolerance, ..Options::default() }).changes.len()
            };
            let relative = Tolerance { ulp: 0, rtol, atol: 0.0 };
            let size = old.abs() * rtol;
            prop_assert_eq!((with(relative, size * 0.99), with(relative, size * 1.1)), (0, 1));
            let absolute = Tolerance { ulp: 0, rtol: 0.0, atol: size };
            prop_assert_eq!((with(absolute, size * 0.99), with(absolute, size * 1.1)), (0, 1));
        }
    }

    #[test]
    fn an_item_less_is_one_difference(seed: u64, pick: Pick, list: Pick, item: Pick) {
        let scene = pick.get(&FIXTURES[..]);
        let lists = lists(scene);
        let (id, key, elements) = list.get(&lists);
        let mut fewer = elements.clone();
        fewer.remove(item.index(elements.len()));
        let other = renumbered(&with_list(scene, (id, key), &fewer), seed);
        let removed = found(scene, &other, &exact());
        let change = only_change(&removed)?;
        prop_assert!(matches!(change.kind, Kind::ObjectRemoved | Kind::ReferenceRemoved), "{change:#?}");
        let lost = (scene.objects().len() - other.objects().len()) as u64;
        prop_assert_eq!(change.objects, lost, "{:#?}", change);
        // Seen from the other side it came.
        let added = found(&other, scene, &exact());
        let change = only_change(&added)?;
        prop_assert!(matches!(change.kind, Kind::ObjectAdded | Kind::ReferenceAdded), "{change:#?}");
        prop_assert_eq!(change.objects, lost, "{:#?}", change);
    }

    #[test]
    fn an_item_more_is_one_difference(seed: u64, pick: Pick, list: Pick, item: Pick) {
        let scene = pick.get(&FIXTURES[..]);
        let lists = lists(scene);
        let (id, key, elements) = list.get(&lists);
        let place = item.index(elements.len() + 1);
        let mut more = elements.clone();
        more.insert(place, String::from(r#"{"Id":88888888}"#));
        let mut grown = scene.clone();
        let text = format!(r#"{{"ClassName":"vtkNew","Id":88888888,"MTime":1,"Value":{seed}}}"#);
        grown.insert(ObjectId::from(88_888_888), State::new(text).unwrap());
        let grown = with_list(&grown, (id, key), &more);
        let found = found(scene, &grown, &exact());
        let change = only_change(&found)?;
        prop_assert_eq!((change.kind, change.objects), (Kind::ObjectAdded, 1));
        prop_assert_eq!(&change.property, &format!("{key}.{place}"));
        prop_assert_eq!(&change.b.as_ref().unwrap().id, &ObjectId::from(88_888_888));
    }

    #[test]
    fn an_item_elsewhere_is_one_move(seed: u64, pick: Pick, list: Pick, from: Pick, to: Pick) {
        let scene = pick.get(&FIXTURES[..]);
        let lists: Vec<_> = lists(scene).into_iter().filter(|(_, _, elements)| elements.len() > 1).collect();
        if lists.is_empty() {
            return Ok(());
        }
        let (id, key, elements) = list.get(&lists);
        let mut moved = elements.clone();
        let item = moved.remove(from.index(moved.len()));
        moved.insert(to.index(moved.len() + 1), item);
        let other = renumbered(&with_list(scene, (id, key), &moved), seed);
        let found = found(scene, &other, &exact());
        prop_assert!(found.changes.iter().all(|change| change.kind == Kind::ObjectMoved), "{:#?}", found.changes);
        prop_assert!(found.changes.len() <= 1, "{:#?}", found.changes);
        if found.is_equal() {
            // Only where equal objects changed places.
            let same = Options { strict: true, ..exact() };
            let texts = |elements: &[String]| -> Vec<BTreeSet<String>> {
                let id = |element: &String| scene.dialect().as_reference(element).unwrap();
                elements.iter().map(|element| plain_text(scene, &id(element))).collect()
            };
            prop_assert!(moved == *elements || texts(&moved) == texts(elements), "{same:?}");
        }
    }

    #[test]
    fn bytes_of_an_array(seed: u64, pick: Pick, array: Pick, flips in 1..4_usize) {
        let scene = pick.get(&FIXTURES[..]);
        let arrays = arrays(scene);
        let (id, element, bytes) = array.get(&arrays);
        let mut random = Random(seed);
        let mut changed = bytes.to_vec();
        for _ in 0..flips {
            let at = random.below(changed.len() as u64) as usize;
            changed[at] ^= 1 + random.below(255) as u8;
        }
        let mut other = scene.clone();
        let state = scene.state(id).unwrap();
        let hash = scene.dialect().blob_use(state).unwrap().hash.into_owned();
        other.insert(id.clone(), State::new(state.as_str().replace(&format!("\"{hash}\""), "\"12345\"")).unwrap());
        other.insert_blob("12345", Blob::from(Bytes::from(changed.clone())));
        let used = scene.dialect().blob_use(state).unwrap();
        let count = (used.tuples * used.components) as usize;
        let (olds, news) = (decoded(*element, bytes), decoded(*element, &changed));
        let differs = |k: &usize| {
            let ((x, i), (y, j)) = (olds[*k], news[*k]);
            if element.is_float() { x != y && !(x.is_nan() && y.is_nan()) } else { i != j }
        };
        let places: Vec<usize> = (0..count).filter(differs).collect();
        let found = found(scene, &other, &exact());
        if places.is_empty() {
            prop_assert!(found.is_equal(), "{:#?}", found.changes);
            return Ok(());
        }
        let change = only_change(&found)?;
        prop_assert_eq!((change.kind, &change.b.as_ref().unwrap().id), (Kind::Array, id));
        let array = change.array.as_ref().unwrap();
        prop_assert_eq!((array.different, array.compared), (places.len() as u64, count as u64));
        prop_assert_eq!(array.first.as_ref().unwrap().0, places[0] as u64);
        let distance = |k: &usize| {
            let ((x, i), (y, j)) = (olds[*k], news[*k]);
            if element.is_float() { (x - y).abs() } else { (i - j).unsigned_abs() as f64 }
        };
        let largest = places.iter().map(distance).filter(|distance| distance.is_finite()).reduce(f64::max);
        prop_assert_eq!(array.max_abs, largest);
    }
}

/// The values of an object and of all that it leads to, without ids and noise.
fn plain_text(scene: &Scene, id: &ObjectId) -> BTreeSet<String> {
    let graph = Graph::new(scene);
    let mut texts = BTreeSet::new();
    for id in graph.reachable(std::slice::from_ref(id)).into_iter().chain([id]) {
        let state = scene.state(id).unwrap();
        let class = scene.dialect().canonical_class(&scene.head(id).unwrap().class).into_owned();
        let members: BTreeMap<_, _> = state.members().unwrap().into_iter().collect();
        for (key, value) in members {
            if !scene.dialect().is_noise(&class, &key) {
                texts.insert(format!("{class} {key} {}", with_references(scene, value, &|_| ObjectId::from(0))));
            }
        }
    }
    texts
}

#[test]
fn a_scene_is_equal_to_itself() {
    for scene in FIXTURES.iter() {
        for strict in [false, true] {
            let options = Options { strict, ..exact() };
            // Not the same content by the short way.
            let mut other = scene.clone();
            other.producer = Some(String::from("0.0.0"));
            let found = found(scene, &other, &options);
            assert!(found.is_equal(), "{:#?}", found.changes);
        }
    }
}
