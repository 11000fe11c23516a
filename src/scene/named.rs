//! A dialect for tests: objects with names that are ways down, children by name, arrays that are objects of their own.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use super::{ArrayHead, BlobUse, Dialect, Element, Head, ObjectId, Role, Root, Scene, State, raw};

/// The dialect.
pub static NAMED: Named = Named;

/// Its type.
#[derive(Debug)]
pub struct Named;

const REFERENCE: &str = "{\"$id\":";

fn text<'a>(state: &'a State, property: &str) -> Option<Cow<'a, str>> {
    raw::text(raw::member(&state.members().ok()?, property)?)
}

impl Dialect for Named {
    fn name(&self) -> &'static str {
        "named"
    }

    fn head<'a>(&self, state: &'a State) -> Head<'a> {
        let class = text(state, "type").unwrap_or_default();
        let ancestors = if class == "Array" { Vec::new() } else { vec![Cow::Borrowed("SceneNode")] };
        Head { class, ancestors, ..Head::default() }
    }

    fn reference_spans(&self, text: &str, found: &mut dyn FnMut(Range<usize>, ObjectId)) {
        let mut at = 0;
        while let Some(start) = text.get(at..).and_then(|rest| rest.find(REFERENCE)).map(|start| start + at) {
            let behind = start + REFERENCE.len();
            let mut ids = serde_json::Deserializer::from_str(&text[behind..]).into_iter::<String>();
            let id = ids.next();
            let end = behind + ids.byte_offset();
            at = behind;
            if let (Some(Ok(id)), Some("}")) = (id, text.get(end..end + 1)) {
                at = end + 1;
                found(start..at, ObjectId::parse(&id));
            }
        }
    }

    fn reference_text(&self, id: &ObjectId) -> String {
        format!("{REFERENCE}{}}}", Value::from(id.to_string()))
    }

    fn as_reference(&self, value: &str) -> Option<ObjectId> {
        let id = value.trim().strip_prefix(REFERENCE)?.strip_suffix('}')?;
        raw::text(id).map(|id| ObjectId::parse(&id))
    }

    fn class_property(&self) -> &'static str {
        "type"
    }

    fn canonical_class<'a>(&self, class: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(class)
    }

    fn is_noise(&self, _: &str, _: &str) -> bool {
        false
    }

    fn default_value(&self, _: &str, _: &str) -> Option<&'static str> {
        None
    }

    fn is_version_change(&self, _: &str, _: &str, _: &str, _: &str) -> bool {
        false
    }

    fn is_unordered(&self, _: &str, _: &str) -> bool {
        false
    }

    fn array_properties(&self) -> &'static [&'static str] {
        &["dtype", "shape", "hash"]
    }

    fn element(&self, _: &Head<'_>) -> Option<Element> {
        None
    }

    fn array<'a>(&self, state: &'a State) -> Option<ArrayHead<'a>> {
        let element = match text(state, "dtype")?.as_ref() {
            "<f2" => Element::F16,
            "<f4" => Element::F32,
            _ => Element::U8,
        };
        let shape: Vec<u64> = serde_json::from_str(raw::member(&state.members().ok()?, "shape")?).ok()?;
        let (tuples, row) = shape.split_first()?;
        let components = row.iter().product();
        let row = if row.len() > 1 { row.to_vec() } else { Vec::new() };
        Some(ArrayHead { hash: text(state, "hash"), element: Some(element), tuples: *tuples, components, row })
    }

    fn blob_use<'a>(&self, state: &'a State) -> Option<BlobUse<'a>> {
        self.array(state)?.blob_use()
    }

    fn role(&self, head: &Head<'_>) -> Option<Role> {
        match head.class.as_ref() {
            "Array" => Some(Role::Array),
            "Scene" => Some(Role::Root),
            _ => Some(Role::Prop),
        }
    }

    fn camera_properties(&self) -> &'static [&'static str] {
        &[]
    }

    fn is_root(&self, state: &State) -> bool {
        self.head(state).class == "Scene"
    }

    fn is_kept_alive(&self, state: &State) -> bool {
        self.is_root(state)
    }

    fn is_items(&self, property: &str) -> bool {
        property == "children"
    }

    fn spellings<'a>(&self, property: &'a str) -> Vec<Cow<'a, str>> {
        vec![Cow::Borrowed(property)]
    }

    fn not_settable(&self, _: &str) -> Option<&'static str> {
        None
    }

    fn id_property(&self) -> Option<&'static str> {
        None
    }

    fn ancestors_property(&self) -> Option<&'static str> {
        None
    }

    fn mtime_property(&self) -> Option<&'static str> {
        None
    }

    fn verify(&self, _: &str, _: &[bytes::Bytes]) -> Option<bool> {
        None
    }
}

/// A scene with these nodes, given by their ids: a way down below the root (`/a/b`); nodes on the way are there too. Each
/// has a color; one called `…mesh` has an array of its own at `props.points`, of 16 bits and the shape `(2, 3, 2)`.
pub fn scene(ids: &[&str]) -> Scene {
    let mut nodes = std::collections::BTreeMap::<String, serde_json::Map<String, Value>>::new();
    nodes.entry(String::new()).or_default();
    for id in ids {
        let slashes = id.match_indices('/').map(|(at, _)| at).skip(1).chain([id.len()]);
        for end in slashes {
            let node = &id[..end];
            let (parent, name) = node.rsplit_once('/').unwrap();
            nodes.entry(node.to_owned()).or_default();
            let child = serde_json::json!({"$id": node});
            nodes.entry(parent.to_owned()).or_default().insert(name.to_owned(), child);
        }
    }
    let mut scene = Scene::new(&NAMED);
    scene.producer = Some(String::from("named 1.0"));
    scene.roots.push(Root { id: ObjectId::parse("/"), name: None });
    for (id, children) in nodes {
        let class = if id.is_empty() { "Scene" } else { "Frame" };
        let mut state = serde_json::json!({"type": class, "props": {"color": [1, 2, 3]}, "children": children});
        if id.ends_with("mesh") {
            let array = format!("{id}#props.points");
            state["type"] = "Mesh".into();
            state["props"]["points"] = serde_json::json!({"$id": array});
            let values = serde_json::json!({"type": "Array", "dtype": "<f2", "shape": [2, 3, 2], "hash": "ab"});
            scene.insert(ObjectId::parse(&array), State::new(values.to_string()).unwrap());
            let halves = (0..12_u8).flat_map(|k| half::f16::from_f32(f32::from(k) / 10.0).to_le_bytes());
            scene.insert_blob("ab", bytes::Bytes::from(halves.collect::<Vec<u8>>()).into());
        }
        let id = if id.is_empty() { String::from("/") } else { id };
        scene.insert(ObjectId::parse(&id), State::new(state.to_string()).unwrap());
    }
    scene
}

mod tests {
    use super::*;
    use crate::scene::{Graph, Paths, Slice, Values};

    fn ids(scene: &Scene, selector: &str) -> Vec<String> {
        let selector = selector.parse().unwrap_or_else(|error| panic!("{selector}: {error}"));
        scene.select(&selector).unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    const ODD: [&str; 14] = [
        "/a.b",
        "/a b",
        "/c/props",
        "/c/props/children",
        "/[x]",
        "/a,b",
        "/..",
        "/\\",
        "/\"q\"",
        "/*",
        "/é🦀",
        "/\u{0}\n",
        "/0",
        "/=<>",
    ];

    #[test]
    fn ids_are_ways_down() {
        let scene = scene(&["/a/mesh", "/a/c", "/b"]);
        for (selector, found) in [
            ("/a/mesh", &["/a/mesh"][..]),
            ("/a/mesh#props.points", &["/a/mesh#props.points"]),
            ("/a/mesh/props/points", &["/a/mesh#props.points"]),
            ("/children/a/children/c", &["/a/c"]),
            ("/a/*", &["/a/c", "/a/mesh"]),
            ("/*", &["/a", "/b"]),
            ("/", &["/"]),
            ("#/a/c", &["/a/c"]),
            ("#\"/a/c\"/..", &[]),
            ("#\"/a/mesh\"/props/points,#/b", &["/a/mesh#props.points", "/b"]),
            ("\"/b\"", &["/b"]),
            ("/b, /a/c", &["/b", "/a/c"]),
            ("Mesh", &["/a/mesh"]),
            ("//Mesh", &["/a/mesh"]),
            ("/a//Array", &["/a/mesh#props.points"]),
            ("Mesh[props.color=[1,2,3]]", &["/a/mesh"]),
            ("/a[props.color=[1,2]]", &[]),
            ("SceneNode[children.c]", &["/a"]),
        ] {
            assert_eq!(ids(&scene, selector), found, "{selector}");
        }
        assert!(scene.select(&"#/nothing".parse().unwrap()).is_err());
        assert_eq!(scene.describe(&ObjectId::parse("/a/mesh")), "Mesh /a/mesh");
        let path = "children.a.mesh.props.color".parse().unwrap();
        assert_eq!(scene.lookup(&ObjectId::parse("/"), &path).unwrap().value, "[1,2,3]");
    }

    #[test]
    fn whatever_a_node_is_called_its_way_down_names_it() {
        let scene = scene(&ODD);
        let graph = Graph::new(&scene);
        let paths = Paths::new(&scene, &graph);
        for (id, _) in scene.objects() {
            let path = paths.to(id);
            assert_eq!(ids(&scene, &path), [id.to_string()], "{path}");
            assert!(!path.contains(char::is_control), "{path}");
        }
        assert_eq!(paths.to(&ObjectId::parse("/a.b")), "/a.b");
        assert_eq!(paths.to(&ObjectId::parse("/a b")), "/\"a b\"");
        assert_eq!(paths.place(&ObjectId::parse("/a.b")), "children.\"a.b\"");
        assert_eq!(ids(&scene, "/\"*\""), ["/*"]);
        for edge in scene.edges(&ObjectId::parse("/")) {
            let path = edge.place.parse().unwrap();
            assert_eq!(scene.lookup(&ObjectId::parse("/"), &path).unwrap().object, Some(edge.target));
        }
    }

    #[test]
    fn odd_names_are_set() {
        let scene = scene(&ODD);
        for edge in scene.edges(&ObjectId::parse("/")) {
            let assignment = format!("{}.props.color=[7,8,9]", edge.place).parse().unwrap();
            let options = crate::scene::EditOptions::default();
            let (scene, edited) = scene.edit(&[ObjectId::parse("/")], &[assignment], options).unwrap();
            assert_eq!(edited[0].id, edge.target);
            assert!(scene.state(&edge.target).unwrap().as_str().contains("[7,8,9]"));
        }
    }

    #[test]
    fn values_of_16_bits() {
        let scene = scene(&["/mesh"]);
        let array = scene.array(&ObjectId::parse("/mesh#props.points")).unwrap();
        let picked = scene.rows(&array, Some(Slice::Row(1))).unwrap();
        let mut texts = Vec::new();
        let Ok(()) = picked.values.texts(|text| {
            texts.push(text.to_owned());
            Ok::<(), std::convert::Infallible>(())
        });
        assert_eq!(texts, ["0.6", "0.7", "0.8", "0.9", "1.0", "1.1"]);
        let stats = scene.rows(&array, None).unwrap().values.stats(6);
        assert_eq!(stats.columns[5].exact, Some((String::from("0.5"), String::from("1.1"))));
        assert_eq!((array.row, stats.nan), (vec![3, 2], 0));
        let all: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
        let all = Values::new(all.into(), Element::F16, 1 << 16);
        assert_eq!((all.stats(1).nan, all.stats(1).infinite), (2046, 2));
        let mut at = 0;
        let Ok(()) = all.texts(|text| {
            let value = half::f16::from_bits(at);
            let back = half::f16::from_f64(text.parse().unwrap());
            assert!(back == value || (back.is_nan() && value.is_nan()), "{text}");
            at = at.wrapping_add(1);
            Ok::<(), std::convert::Infallible>(())
        });
    }
}
