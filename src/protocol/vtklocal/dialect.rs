//! What the states of VTK's object manager mean.
//!
//! Sources: `vtkObjectManager`, `vtkSerializer` and the states of VTK 9.4.2 to 9.7.2.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use serde::Deserialize;

use super::alias::element_of;
use super::hash::content_hash;
use crate::scene::raw::{self, Text};
use crate::scene::{ArrayHead, BlobUse, Dialect, Element, Head, ObjectId, Role, Scene, State};

/// The dialect of VTK.wasm scenes.
#[derive(Clone, Copy, Debug)]
pub struct VtkDialect;

/// The one instance.
pub static VTK: VtkDialect = VtkDialect;

/// Searches that are done tens of thousands of times are prepared once.
static ID: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"Id\""));
static HASH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"Hash\""));
/// The property that marks the roots of a snapshot.
const KEPT_ALIVE: &str = "vtk-object-manager-kept-alive";
static REGISTERED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KEPT_ALIVE));

/// What is needed of a state to keep it.
#[derive(Deserialize)]
struct KeepFields<'a> {
    #[serde(rename = "ClassName", borrow)]
    class: Text<'a>,
    #[serde(rename = "MTime", default)]
    mtime: u64,
}

/// Parses a state that has just come, once and as a whole: its MTime, or why it is none.
pub(super) fn check(state: &State) -> Result<u64, String> {
    match serde_json::from_str::<KeepFields<'_>>(state.as_str()) {
        Ok(fields) if fields.class.0.is_empty() => Err(String::from("its ClassName is empty")),
        Ok(fields) => Ok(fields.mtime),
        Err(error) => Err(error.to_string()),
    }
}

#[derive(Deserialize)]
struct HeadFields<'a> {
    #[serde(rename = "ClassName", borrow)]
    class: Option<Text<'a>>,
    #[serde(rename = "Name", borrow, default)]
    name: Option<Loose<'a>>,
    #[serde(rename = "ObjectName", borrow, default)]
    object_name: Option<Loose<'a>>,
    #[serde(rename = "MTime", borrow, default)]
    mtime: Option<Loose<'a>>,
    #[serde(rename = "SuperClassNames", borrow, default)]
    ancestors: Vec<Text<'a>>,
}

/// A value whose type a broken or newer server may have changed: looked at, not insisted on.
type Loose<'a> = &'a serde_json::value::RawValue;

#[derive(Deserialize)]
struct ArrayFields<'a> {
    #[serde(rename = "ClassName", borrow)]
    class: Text<'a>,
    #[serde(rename = "SuperClassNames", borrow, default)]
    ancestors: Vec<Text<'a>>,
    #[serde(rename = "Hash", borrow, default)]
    hash: Option<Text<'a>>,
    #[serde(rename = "NumberOfTuples", borrow, default)]
    tuples: Option<Loose<'a>>,
    #[serde(rename = "NumberOfComponents", borrow, default)]
    components: Option<Loose<'a>>,
}

/// A count, which other software may write as `81.0`; 0 for what is none.
fn tally(value: Option<Loose<'_>>, default: u64) -> u64 {
    let Some(text) = value.map(|value| value.get().trim()) else { return default };
    let float = || text.parse::<f64>().ok().filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number));
    text.parse().ok().or_else(|| float().map(|number| number as u64)).unwrap_or_default()
}

impl Dialect for VtkDialect {
    fn name(&self) -> &'static str {
        "vtklocal"
    }

    fn made_by<'a>(&self, version: &'a str) -> Cow<'a, str> {
        Cow::Owned(format!("VTK {version}"))
    }

    fn head<'a>(&self, state: &'a State) -> Head<'a> {
        let Ok(fields) = serde_json::from_str::<HeadFields<'a>>(state.as_str()) else { return Head::default() };
        let text = |value: Loose<'a>| crate::scene::raw::text(value.get()).filter(|text| !text.is_empty());
        Head {
            class: fields.class.map(|class| class.0).unwrap_or_default(),
            name: fields.name.and_then(text).or_else(|| fields.object_name.and_then(text)),
            mtime: fields.mtime.and_then(|value| value.get().parse().ok()),
            ancestors: fields.ancestors.into_iter().map(|ancestor| ancestor.0).collect(),
        }
    }

    /// Finds `{"Id": n}` in the text. In well-formed JSON, `"Id"` with its quotes cannot stand inside
    /// a string (they would be escaped), so no parser is needed: some 20 times faster than one.
    fn reference_spans(&self, text: &str, found: &mut dyn FnMut(Range<usize>, ObjectId)) {
        let text = text.as_bytes();
        for at in ID.find_iter(text) {
            let before = text.get(..at).unwrap_or_default().trim_ascii_end();
            if before.last() != Some(&b'{') {
                continue;
            }
            let after = text.get(at + 4..).unwrap_or_default().trim_ascii_start();
            let Some(value) = after.strip_prefix(b":") else { continue };
            let value = value.trim_ascii_start();
            let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (number, rest) = value.split_at(digits);
            let rest = rest.trim_ascii_start();
            if rest.first() == Some(&b'}')
                && let Some(id) = std::str::from_utf8(number).ok().and_then(|number| number.parse::<u64>().ok())
            {
                found(before.len() - 1..text.len() - rest.len() + 1, ObjectId::Number(id));
            }
        }
    }

    fn reference_text(&self, id: &ObjectId) -> String {
        format!("{{\"Id\":{id}}}")
    }

    fn as_reference(&self, value: &str) -> Option<ObjectId> {
        let inner = value.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
        let number = inner.strip_prefix("\"Id\"")?.trim_start().strip_prefix(':')?.trim();
        number.parse().ok().map(ObjectId::Number)
    }

    fn class_property(&self) -> &'static str {
        "ClassName"
    }

    fn canonical_class<'a>(&self, class: &'a str) -> Cow<'a, str> {
        super::alias::canonical(class)
    }

    fn is_noise(&self, class: &str, property: &str) -> bool {
        super::alias::is_noise(class, property)
    }

    fn default_value(&self, class: &str, property: &str) -> Option<&'static str> {
        super::defaults::value(class, property)
    }

    fn is_version_change(&self, class: &str, property: &str, old: &str, new: &str) -> bool {
        super::defaults::is_version_change(class, property, old, new)
    }

    fn is_unordered(&self, class: &str, property: &str) -> bool {
        class == "vtkInformation" && property == "Keys"
    }

    fn array_properties(&self) -> &'static [&'static str] {
        &["Hash", "NumberOfTuples", "NumberOfComponents"]
    }

    fn element(&self, head: &Head<'_>) -> Option<Element> {
        std::iter::once(&head.class).chain(head.ancestors.iter().rev()).find_map(|class| element_of(class))
    }

    fn array<'a>(&self, state: &'a State) -> Option<ArrayHead<'a>> {
        let fields = serde_json::from_str::<ArrayFields<'a>>(state.as_str()).ok()?;
        let classes = || std::iter::once(&fields.class).chain(fields.ancestors.iter().rev());
        if fields.hash.is_none() && !classes().any(|class| class.0 == "vtkAbstractArray") {
            return None;
        }
        Some(ArrayHead {
            element: classes().find_map(|class| element_of(&class.0)),
            tuples: tally(fields.tuples, 0),
            components: tally(fields.components, 1),
            hash: fields.hash.map(|hash| hash.0),
            row: Vec::new(),
        })
    }

    fn blob_use<'a>(&self, state: &'a State) -> Option<BlobUse<'a>> {
        HASH.find(state.as_str().as_bytes())?;
        self.array(state)?.blob_use()
    }

    fn role(&self, head: &Head<'_>) -> Option<Role> {
        const ROLES: [(&str, Role); 6] = [
            ("vtkRenderWindow", Role::Root),
            ("vtkCamera", Role::Camera),
            ("vtkProp", Role::Prop),
            ("vtkAbstractMapper", Role::Mapper),
            ("vtkDataObject", Role::Data),
            ("vtkAbstractArray", Role::Array),
        ];
        ROLES.iter().find(|(class, _)| head.is_a(class)).map(|&(_, role)| role)
    }

    fn camera_properties(&self) -> &'static [&'static str] {
        &["Position", "FocalPoint", "ViewUp", "ViewAngle", "ClippingRange"]
    }

    fn is_root(&self, state: &State) -> bool {
        self.head(state).is_a("vtkRenderWindow")
    }

    fn is_kept_alive(&self, state: &State) -> bool {
        is_registered(state)
    }

    fn is_items(&self, property: &str) -> bool {
        property == "Items"
    }

    /// The browser's proxies write the first letter small.
    fn spellings<'a>(&self, property: &'a str) -> Vec<Cow<'a, str>> {
        let mut spellings = vec![Cow::Borrowed(property)];
        let mut chars = property.chars();
        if let Some(first) = chars.next().filter(char::is_ascii_lowercase) {
            spellings.push(Cow::Owned(first.to_ascii_uppercase().to_string() + chars.as_str()));
        }
        spellings
    }

    fn not_settable(&self, property: &str) -> Option<&'static str> {
        match property {
            "Id" => Some("an object keeps its id"),
            "ClassName" | "SuperClassNames" => Some("an object keeps its class"),
            "MTime" => Some("scenectl raises it itself with every edit"),
            _ => None,
        }
    }

    fn id_property(&self) -> Option<&'static str> {
        Some("Id")
    }

    fn ancestors_property(&self) -> Option<&'static str> {
        Some("SuperClassNames")
    }

    fn mtime_property(&self) -> Option<&'static str> {
        Some("MTime")
    }

    fn verify(&self, hash: &str, pieces: &[Bytes]) -> Option<bool> {
        let wanted: u64 = hash.parse().ok()?;
        Some(content_hash(pieces) == wanted)
    }

    fn unused_arrays(&self, scene: &Scene) -> BTreeSet<ObjectId> {
        super::usage::unused_arrays(scene)
    }
}

/// True for an object that was registered with the object manager by itself: a window or a widget.
/// Without the mark VTK builds nothing from a snapshot.
pub fn is_registered(state: &State) -> bool {
    let mark = |members: raw::Members<'_>| raw::member(&members, KEPT_ALIVE).map(str::trim) == Some("true");
    REGISTERED.find(state.as_str().as_bytes()).is_some() && state.members().is_ok_and(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> State {
        State::new(text).unwrap()
    }

    #[test]
    fn references_are_found_and_nothing_else() {
        let text =
            r#"{"A":{"Id":3},"B":[{"Id":4},null,{ "Id" : 5 }],"C":{"Id":6,"x":1},"Id":16,"S":"{\"Id\":7}","N":"Id"}"#;
        let mut found = Vec::new();
        VTK.references(&state(text), &mut |id| found.push(id));
        assert_eq!(found, [3, 4, 5].map(ObjectId::Number));
        let mut spans = Vec::new();
        VTK.reference_spans(text, &mut |span, _| spans.push(&text[span]));
        assert_eq!(spans, [r#"{"Id":3}"#, r#"{"Id":4}"#, r#"{ "Id" : 5 }"#]);
        assert_eq!(VTK.as_reference(r#"{ "Id": 12 }"#), Some(ObjectId::Number(12)));
        for other in [r#"{"Id":1,"x":2}"#, "null", "{}", r#"{"Id":"x"}"#, "12"] {
            assert_eq!(VTK.as_reference(other), None, "{other}");
        }
    }

    #[test]
    fn arrays_say_how_many_bytes_they_need() {
        let array = |class: &str, ancestors: &str| {
            let text = format!(
                r#"{{"ClassName":"{class}","SuperClassNames":[{ancestors}],"Hash":"12","NumberOfTuples":7,"NumberOfComponents":3}}"#
            );
            VTK.blob_use(&state(&text)).and_then(|found| found.expected_bytes())
        };
        assert_eq!(array("vtkFloatArray", ""), Some(84));
        assert_eq!(array("vtkAOSDataArrayTemplate<long long>", ""), Some(168));
        assert_eq!(array("vtkBitArray", ""), Some(3));
        assert_eq!(array("vtkSomethingNew", r#""vtkDataArray","vtkUnsignedCharArray""#), Some(21));
        assert_eq!(array("vtkSomethingNew", ""), None);
        assert!(is_registered(&state(r#"{"vtk-object-manager-kept-alive" : true}"#)));
        assert!(!is_registered(&state(
            r#"{"vtk-object-manager-kept-alive":false,"X":"vtk-object-manager-kept-alive\":true"}"#
        )));
        assert_eq!(VTK.blob_use(&state(r#"{"ClassName":"vtkActor"}"#)), None);
        for (tuples, bytes) in [("7.0", 28), ("\"7\"", 0), ("-7", 0), ("7.5", 0), ("1e300", 0), ("null", 0)] {
            let text = format!(r#"{{"ClassName":"vtkFloatArray","Hash":"12","NumberOfTuples":{tuples}}}"#);
            assert_eq!(VTK.blob_use(&state(&text)).and_then(|found| found.expected_bytes()), Some(bytes), "{tuples}");
        }
    }

    /// As VTK 9.7.2 writes them.
    #[test]
    fn arrays_without_a_blob() {
        let array = |class: &str, more: &str| {
            let text = format!(
                r#"{{"ClassName":"{class}",{more}"NumberOfTuples":0,"NumberOfComponents":3,"SuperClassNames":["vtkAbstractArray"]}}"#
            );
            VTK.array(&state(&text)).map(|array| (array.hash.is_some(), array.element, array.tuples, array.components))
        };
        assert_eq!(array("vtkFloatArray", ""), Some((false, Some(Element::F32), 0, 3)));
        assert_eq!(array("vtkStringArray", r#""Values":["a"],"#), Some((false, None, 0, 3)));
        assert_eq!(VTK.array(&state(r#"{"ClassName":"vtkPointData","NumberOfTuples":7}"#)), None);
    }

    #[test]
    fn a_head_survives_broken_states() {
        let good = state(r#"{"ClassName":"vtkFloatArray","MTime":12,"Name":"Points","SuperClassNames":["vtkObject"]}"#);
        let head = VTK.head(&good);
        assert!(head.is_a("vtkObject") && head.is_a("vtkFloatArray") && !head.is_a("vtkActor"));
        assert_eq!((head.name.as_deref(), head.mtime), (Some("Points"), Some(12)));
        for broken in ["", "null", "[]", "{", r#"{"ClassName":5}"#] {
            assert_eq!(VTK.head(&state(broken)), Head::default());
        }
    }
}
