//! What the states of viser's scenes mean: see `docs/viser.md`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::kinds::{self, Entity};
use crate::scene::raw::{self, Text};
use crate::scene::{ArrayHead, BlobUse, Dialect, Element, Head, ObjectId, Role, Scene, State, World};

/// The dialect of viser's scenes.
#[derive(Clone, Copy, Debug)]
pub struct ViserDialect;

/// The one instance.
pub static VISER: ViserDialect = ViserDialect;

/// The id of the root.
pub const ROOT: &str = "/";

/// The start of a reference.
static REFERENCE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("{\"$id\":"));

#[derive(Deserialize)]
struct HeadFields<'a> {
    #[serde(rename = "type", borrow)]
    class: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    props: Option<&'a RawValue>,
    #[serde(borrow, default)]
    title: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ArrayFields<'a> {
    #[serde(rename = "type", borrow)]
    class: Text<'a>,
    #[serde(borrow)]
    dtype: Text<'a>,
    #[serde(default)]
    shape: Vec<u64>,
    #[serde(borrow, default)]
    hash: Option<Text<'a>>,
}

/// A type without the `Message` behind it.
fn class_of(kind: &str) -> &str {
    kind.strip_suffix("Message").unwrap_or(kind)
}

/// The type of values that NumPy writes so.
pub fn element(dtype: &str) -> Option<Element> {
    Some(match dtype {
        "<f2" => Element::F16,
        "<f4" => Element::F32,
        "<f8" => Element::F64,
        "|u1" => Element::U8,
        "<u2" => Element::U16,
        "<u4" => Element::U32,
        "<u8" => Element::U64,
        "|i1" => Element::I8,
        "<i2" => Element::I16,
        "<i4" => Element::I32,
        "<i8" => Element::I64,
        _ => return None,
    })
}

/// The families that a type belongs to, as selectors name them.
fn families(kind: &str) -> Vec<Cow<'static, str>> {
    let family = match kinds::kind(kind) {
        Some(kind) if kind.fields.contains(&"virtual") => "SceneNode",
        Some(kind) => match kind.entity {
            Some(Entity::Gui) => "Gui",
            Some(_) => "Entity",
            None => "Setting",
        },
        None => return Vec::new(),
    };
    vec![Cow::Borrowed(family)]
}

impl Dialect for ViserDialect {
    fn name(&self) -> &'static str {
        "viser"
    }

    fn head<'a>(&self, state: &'a State) -> Head<'a> {
        let Ok(fields) = serde_json::from_str::<HeadFields<'a>>(state.as_str()) else { return Head::default() };
        let Some(kind) = fields.class.map(|class| class.0) else { return Head::default() };
        let ancestors = families(&kind);
        let label = || {
            let members = raw::members(fields.props?.get()).ok()?;
            let named = ["label", "_label", "text", "title"].into_iter().find_map(|name| raw::member(&members, name));
            named.and_then(raw::text)
        };
        let name = fields.name.map(|name| name.0).filter(|name| !name.is_empty());
        let title = || fields.title.and_then(|title| raw::text(title.get()));
        let name = name.or_else(label).or_else(title).filter(|name| !name.is_empty());
        let class = match kind {
            Cow::Borrowed(kind) => Cow::Borrowed(class_of(kind)),
            Cow::Owned(kind) => Cow::Owned(class_of(&kind).to_owned()),
        };
        Head { class, name, mtime: None, ancestors }
    }

    fn reference_spans(&self, text: &str, found: &mut dyn FnMut(Range<usize>, ObjectId)) {
        for at in REFERENCE.find_iter(text.as_bytes()) {
            let Some(rest) = text.get(at + REFERENCE.needle().len()..) else { continue };
            let Some(end) = end_of_string(rest) else { continue };
            let (value, after) = rest.split_at(end);
            if after.starts_with('}')
                && let Some(id) = raw::text(value)
            {
                found(at..text.len() - after.len() + 1, ObjectId::parse(&id));
            }
        }
    }

    fn reference_text(&self, id: &ObjectId) -> String {
        format!("{{\"$id\":{}}}", serde_json::Value::from(id.to_string()))
    }

    fn as_reference(&self, value: &str) -> Option<ObjectId> {
        let inner = value.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
        let id = inner.strip_prefix("\"$id\"")?.trim_start().strip_prefix(':')?.trim();
        (end_of_string(id) == Some(id.len())).then(|| raw::text(id)).flatten().map(|id| ObjectId::parse(&id))
    }

    fn class_property(&self) -> &'static str {
        "type"
    }

    fn canonical_class<'a>(&self, class: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(class_of(class))
    }

    /// Ids are made anew in every run of a script; a client's number is the number of the connection.
    fn is_noise(&self, _class: &str, property: &str) -> bool {
        matches!(property, "uuid" | "container_uuid" | "owner" | "name" | "run_id" | "counter")
    }

    /// Ids of containers, whose contents stand in `items` and `tabs`, and of the panel that another one is docked to.
    fn noise_within(&self, class: &str, property: &str) -> &'static [&'static str] {
        match property {
            _ if !class.starts_with("Gui") => &[],
            "props" => &["_tab_container_ids", "container_uuid"],
            "position" => &["anchor_uuid"],
            _ => &[],
        }
    }

    fn default_value(&self, _class: &str, property: &str) -> Option<&'static str> {
        match property {
            "wxyz" => Some("[1.0,0.0,0.0,0.0]"),
            "position" => Some("[0.0,0.0,0.0]"),
            "visible" => Some("true"),
            "virtual" => Some("false"),
            _ => None,
        }
    }

    fn is_version_change(&self, _class: &str, _property: &str, _old: &str, _new: &str) -> bool {
        false
    }

    fn is_unordered(&self, _class: &str, property: &str) -> bool {
        matches!(property, "messages" | "shadowed")
    }

    fn array_properties(&self) -> &'static [&'static str] {
        &["hash", "shape", "dtype"]
    }

    /// Arrays are all of one class: their own state tells.
    fn element(&self, _head: &Head<'_>) -> Option<Element> {
        None
    }

    fn array<'a>(&self, state: &'a State) -> Option<ArrayHead<'a>> {
        let fields = serde_json::from_str::<ArrayFields<'a>>(state.as_str()).ok()?;
        if !matches!(&*fields.class.0, "Array" | "Bytes") {
            return None;
        }
        let (tuples, row) = fields.shape.split_first().map_or((1, [].as_slice()), |(tuples, row)| (*tuples, row));
        Some(ArrayHead {
            hash: fields.hash.map(|hash| hash.0),
            element: element(&fields.dtype.0),
            tuples,
            row: if row.len() > 1 { row.to_vec() } else { Vec::new() },
            components: row.iter().fold(1, |product: u64, len| product.saturating_mul(*len)),
        })
    }

    fn blob_use<'a>(&self, state: &'a State) -> Option<BlobUse<'a>> {
        self.array(state)?.blob_use()
    }

    fn role(&self, head: &Head<'_>) -> Option<Role> {
        match &*head.class {
            "Scene" => Some(Role::Root),
            "Array" | "Bytes" => Some(Role::Array),
            "CameraFrustum" => Some(Role::Prop),
            class if class.starts_with("SetCamera") => Some(Role::Camera),
            _ if head.is_a("SceneNode") => Some(Role::Prop),
            _ => None,
        }
    }

    fn is_interface(&self, head: &Head<'_>) -> bool {
        head.class == "ControlPanel" || head.is_a("Gui") || head.is_a("Entity") || head.class == "RunJavascript"
    }

    fn camera_properties(&self) -> &'static [&'static str] {
        &["position", "look_at", "up_direction", "fov", "near", "far"]
    }

    fn is_root(&self, state: &State) -> bool {
        self.head(state).class == "Scene"
    }

    fn roots_tell_scenes_apart(&self) -> bool {
        false
    }

    fn is_kept_alive(&self, state: &State) -> bool {
        self.is_root(state)
    }

    fn is_items(&self, property: &str) -> bool {
        matches!(property, "children" | "items")
    }

    fn spellings<'a>(&self, property: &'a str) -> Vec<Cow<'a, str>> {
        vec![Cow::Borrowed(property)]
    }

    fn not_settable(&self, property: &str) -> Option<&'static str> {
        match property {
            "type" => Some("an object keeps its class"),
            "name" | "owner" | "uuid" => Some("an object keeps its id"),
            "children" | "items" | "tabs" | "shadowed" => Some("it follows from the names of the nodes"),
            _ => None,
        }
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

    fn verify(&self, hash: &str, pieces: &[Bytes]) -> Option<bool> {
        (hash.len() == 32).then(|| content_hash(pieces) == hash)
    }

    fn world(&self, scene: &Scene, id: &ObjectId) -> Option<World> {
        super::shapes::world(scene, id)
    }

    fn unused_arrays(&self, _scene: &Scene) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// Bytes of the JSON string that a text begins with.
fn end_of_string(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    inner
        .bytes()
        .position(|byte| {
            let is_end = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            is_end
        })
        .map(|at| at + 2)
}

/// The name of a blob: XXH3 of its content, 128 bits, in hexadecimal.
pub fn content_hash(pieces: &[Bytes]) -> String {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    format!("{:032x}", hasher.digest128())
}
