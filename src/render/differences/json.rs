//! Differences for programs. The schema is `docs/schemas/diff.schema.json`.

use std::io;

use serde::Serialize;
use serde_json::value::RawValue;

use super::Names;
use crate::analysis::diff::{ArrayChange, Change, Diff, Place, Shape};
use crate::render::Out;
use crate::scene::ObjectId;

/// Of the document; raised when a reader would have to change.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    equal: bool,
    a: &'a str,
    b: &'a str,
    summary: Summary,
    changes: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Summary {
    objects_changed: u64,
    values_changed: u64,
    objects_added: u64,
    objects_removed: u64,
    objects_moved: u64,
    hidden: u64,
}

/// Numbers stay as the server wrote them, so values are raw.
#[derive(Serialize)]
struct Entry<'a> {
    kind: &'static str,
    path: &'a str,
    property: &'a str,
    a: Option<Object<'a>>,
    b: Option<Object<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    array: Option<Array<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

/// An object.
#[derive(Serialize)]
pub(in crate::render) struct Object<'a> {
    id: &'a ObjectId,
    class: &'a str,
    name: Option<&'a str>,
    path: &'a str,
}

/// How an array differs.
#[derive(Serialize)]
pub(in crate::render) struct Array<'a> {
    old: Side<'a>,
    new: Side<'a>,
    same_bytes: bool,
    same_values: bool,
    compared: u64,
    different: u64,
    max_abs: Option<f64>,
    max_rel: Option<f64>,
    first: Option<First<'a>>,
    trouble: Option<&'a str>,
}

#[derive(Serialize)]
struct Side<'a> {
    #[serde(rename = "type")]
    element: Option<&'static str>,
    shape: [u64; 2],
    blob: Option<&'a str>,
    missing: bool,
}

#[derive(Serialize)]
struct First<'a> {
    index: u64,
    old: &'a str,
    new: &'a str,
}

/// One document: `equal`, `summary` and `changes`.
///
/// # Errors
/// As [`Out::line`].
pub fn json(out: &mut Out, names: &Names, found: &Diff) -> io::Result<()> {
    out.line(document(names, found)?)
}

/// The document's text.
///
/// # Errors
/// Never, for what [`crate::analysis::diff`] finds.
pub fn document(names: &Names, found: &Diff) -> io::Result<String> {
    let summary = &found.summary;
    let document = Document {
        version: VERSION,
        equal: found.is_equal(),
        a: &names.a,
        b: &names.b,
        summary: Summary {
            objects_changed: summary.objects_changed,
            values_changed: summary.values_changed,
            objects_added: summary.objects_added,
            objects_removed: summary.objects_removed,
            objects_moved: summary.objects_moved,
            hidden: summary.hidden,
        },
        changes: found.changes.iter().map(entry).collect(),
    };
    Ok(serde_json::to_string(&document)?)
}

fn entry(change: &Change) -> Entry<'_> {
    let whole = !change.kind.is_within() && (change.a.is_none() || change.b.is_none());
    Entry {
        kind: change.kind.name(),
        path: change.place().map(|place| place.path.as_str()).unwrap_or_default(),
        property: &change.property,
        a: change.a.as_ref().map(object),
        b: change.b.as_ref().map(object),
        old: change.old.as_deref().map(raw),
        new: change.new.as_deref().map(raw),
        array: change.array.as_ref().map(array),
        objects: whole.then_some(change.objects),
        bytes: whole.then_some(change.bytes),
    }
}

/// JSON as it is; what is none (a broken state) as a string.
pub(in crate::render) fn raw(text: &str) -> Box<RawValue> {
    let quoted = || RawValue::from_string(serde_json::Value::from(text).to_string());
    RawValue::from_string(text.to_owned()).or_else(|_| quoted()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// An object.
pub(in crate::render) fn object(place: &Place) -> Object<'_> {
    Object { id: &place.id, class: &place.class, name: place.name.as_deref(), path: &place.path }
}

/// How an array differs.
pub(in crate::render) fn array(change: &ArrayChange) -> Array<'_> {
    Array {
        old: side_of(&change.old),
        new: side_of(&change.new),
        same_bytes: change.same_bytes,
        same_values: change.same_values(),
        compared: change.compared,
        different: change.different,
        max_abs: change.max_abs,
        max_rel: change.max_rel,
        first: change.first.as_ref().map(|(index, old, new)| First { index: *index, old, new }),
        trouble: change.trouble.as_deref(),
    }
}

fn side_of(shape: &Shape) -> Side<'_> {
    Side {
        element: shape.element,
        shape: [shape.tuples, shape.components],
        blob: shape.hash.as_deref(),
        missing: shape.missing,
    }
}
