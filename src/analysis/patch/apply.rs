//! Doing what a patch says, to a copy of a scene.
//!
//! States that a patch does not touch keep their bytes; of those it touches, so do the properties it
//! leaves alone.

use data_encoding::BASE64;
use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, PatchOperation, RemoveOperation, ReplaceOperation};
use serde_json::Value;

use super::{Document, Operation};
use crate::scene::{Blob, ObjectId, Scene, State, raw};

/// Why a patch cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// It is no JSON Patch.
    #[error("that is no JSON Patch: {reason}")]
    NotAPatch {
        /// What is wrong.
        reason: String,
    },
    /// A step does not fit the scene.
    #[error("step {number} of the patch ({path}): {reason}")]
    Step {
        /// Which, from 1.
        number: usize,
        /// Where it was to do something.
        path: String,
        /// Why it cannot.
        reason: String,
    },
    /// What comes out is no scene.
    #[error("the patched scene would be broken: {reason}")]
    Broken {
        /// What is wrong.
        reason: String,
    },
}

impl PatchError {
    pub(super) fn step(index: usize, path: &str, reason: impl Into<String>) -> Self {
        Self::Step { number: index + 1, path: path.to_owned(), reason: reason.into() }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotAPatch { .. } => {
                "`scenectl diff A B --json-patch` makes one: a JSON array of operations (RFC 6902)"
            }
            Self::Step { .. } => "was the patch made from this scene? its ids are those of the scene it was made from",
            Self::Broken { .. } => return None,
        })
    }

    /// True where the patch can be read, and the scene is not one for it.
    pub fn is_no(&self) -> bool {
        !matches!(self, Self::NotAPatch { .. })
    }
}

/// A scene with all steps done. All or nothing: the scene given stays as it is.
///
/// # Errors
/// [`PatchError::Step`] for the first step that cannot be done, and [`PatchError::Broken`].
pub fn apply(scene: &Scene, operations: &[Operation]) -> Result<Scene, PatchError> {
    let mut patched = scene.clone();
    let mut work = Work::default();
    for (k, operation) in operations.iter().enumerate() {
        let done = step(&mut patched, operation, &mut work).and_then(|()| work.of(&patched, operation));
        done.map_err(|reason| PatchError::step(k, &operation.path(), reason))?;
    }
    check(scene, &patched).map_err(|reason| PatchError::Broken { reason })?;
    Ok(patched)
}

/// What steps may break only for a while: roots that are there, and states that are what they are called.
/// What was wrong before is no fault of the patch.
fn check(before: &Scene, after: &Scene) -> Step<()> {
    if after.roots.is_empty() && !before.roots.is_empty() {
        return Err(String::from("no root is left"));
    }
    for root in &after.roots {
        if after.state(&root.id).is_none() && !after.without_state.contains(&root.id) {
            return Err(format!("the root {} has no state", root.id));
        }
    }
    let (class, own_id) = (after.dialect().class_property(), after.dialect().id_property());
    for (id, state) in after.objects() {
        let old = before.state(id);
        if old == Some(state) {
            continue;
        }
        let members = state.members().map_err(|error| format!("{id}: {error}"))?;
        let had = old.and_then(|old| old.members().ok());
        let had = |name: &str| had.as_ref().and_then(|members| raw::member(members, name));
        if raw::member(&members, class).is_none() && had(class).is_some() {
            return Err(format!("the state of {id} names no class"));
        }
        let Some(own_id) = own_id else { continue };
        let wanted = serde_json::to_string(id).map_err(|error| error.to_string())?;
        match (raw::member(&members, own_id), had(own_id)) {
            (now, then) if now == then => {}
            (None, Some(_)) => return Err(format!("the state of {id} has no {own_id}")),
            (Some(other), _) if other != wanted => return Err(format!("the state of {id} has the {own_id} {other}")),
            _ => {}
        }
    }
    Ok(())
}

type Step<T> = Result<T, String>;

/// What the steps took so far: a few of them can double what is there again and again.
#[derive(Default)]
struct Work {
    /// Bytes that were copied within the scene.
    copied: u64,
    /// Bytes of states that were written again.
    written: u64,
}

impl Work {
    /// Steps of a patch that somebody needs stay far below.
    const MOST_COPIED: u64 = 1 << 30;
    const MOST_WRITTEN: u64 = 32 << 30;

    fn copy(&mut self, value: &str) -> Step<()> {
        self.copied = self.copied.saturating_add(value.len() as u64);
        if self.copied > Self::MOST_COPIED { Err(String::from("the patch copies too much")) } else { Ok(()) }
    }

    fn of(&mut self, scene: &Scene, operation: &Operation) -> Step<()> {
        let path = operation.path();
        let id = match Document::parts(&path).map(|parts| (parts.first().cloned(), parts.get(1).cloned())) {
            Some((Some(first), Some(id))) if first == "states" => ObjectId::parse(&id),
            _ => return Ok(()),
        };
        let len = scene.state(&id).map_or(0, State::len);
        self.written = self.written.saturating_add(len as u64);
        if len > State::LONGEST {
            return Err(format!("the state of {id} would take {len} bytes; {} are possible", State::LONGEST));
        }
        if self.written > Self::MOST_WRITTEN { Err(String::from("the patch asks for too much work")) } else { Ok(()) }
    }
}

fn step(scene: &mut Scene, operation: &Operation, work: &mut Work) -> Step<()> {
    match operation {
        Operation::AddBlob { hash, blob } => {
            scene.insert_blob(hash.as_str(), blob.clone());
            Ok(())
        }
        Operation::Add { path, value } => put(scene, path, value, false),
        Operation::Replace { path, value } => put(scene, path, value, true),
        Operation::Remove { path } => remove(scene, path),
        Operation::Copy { from, path } => {
            let value = get(scene, from)?;
            work.copy(&value)?;
            put(scene, path, &value, false)
        }
        Operation::Move { from, path } => {
            if path.strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/')) {
                return Err(String::from("it cannot be moved into itself"));
            }
            let value = get(scene, from)?;
            remove(scene, from)?;
            put(scene, path, &value, false)
        }
        Operation::Test { path, value } => {
            let there = get(scene, path)?;
            // Roots without names may be written without.
            let same_roots = || {
                let roots = |text: &str| json(text).ok().and_then(|value| Document::roots(&value));
                path == Document::ROOTS && roots(&there).is_some_and(|there| roots(value) == Some(there))
            };
            if same_value(&there, value) || same_roots() { Ok(()) } else { Err(String::from("there is another value")) }
        }
    }
}

/// A place in the document.
enum Place {
    Roots(Vec<String>),
    WithoutState(Vec<String>),
    State(ObjectId),
    Property(ObjectId, String, Vec<String>),
    Blob(String),
}

fn place(pointer: &str) -> Step<Place> {
    const UNKNOWN: &str = "there is no such place: paths start with /states/ID, /blobs/HASH, /roots or /without_state";
    let mut parts = Document::parts(pointer).ok_or(UNKNOWN)?.into_iter();
    let object = |part: String| match part.parse::<u64>() {
        // Not `05`: whoever writes that means 5.
        Ok(number) if number.to_string() != part => Err(format!("the object {number} is not written {part}")),
        _ => Ok(ObjectId::parse(&part)),
    };
    Ok(match (parts.next().as_deref(), parts.next(), parts.next()) {
        (Some("roots"), first, second) => Place::Roots(first.into_iter().chain(second).chain(parts).collect()),
        (Some("without_state"), first, second) => {
            Place::WithoutState(first.into_iter().chain(second).chain(parts).collect())
        }
        (Some("states"), Some(id), None) if !id.is_empty() => Place::State(object(id)?),
        (Some("states"), Some(id), Some(property)) => Place::Property(object(id)?, property, parts.collect()),
        (Some("blobs"), Some(hash), None) if !hash.is_empty() => Place::Blob(hash),
        _ => return Err(UNKNOWN.to_owned()),
    })
}

fn put(scene: &mut Scene, pointer: &str, value: &str, replace: bool) -> Step<()> {
    match place(pointer)? {
        Place::State(id) => {
            if replace && scene.state(&id).is_none() {
                return Err(format!("there is no object {id}"));
            }
            let state = State::new(raw::compact(value)).map_err(|error| error.to_string())?;
            if !state.members().is_ok_and(|members| raw::member(&members, scene.dialect().class_property()).is_some()) {
                return Err(String::from("that is no state: it names no class"));
            }
            scene.insert(id, state);
        }
        Place::Property(id, property, rest) => {
            let state = scene.state(&id).ok_or_else(|| format!("there is no object {id}"))?;
            let members = state.members().map_err(|error| error.to_string())?;
            let old = raw::member(&members, &property);
            let new = if rest.is_empty() {
                if replace && old.is_none() {
                    return Err(format!("there is no property {property}"));
                }
                raw::compact(value)
            } else {
                let old = old.ok_or_else(|| format!("there is no property {property}"))?;
                inside(old, &rest, Some((value, replace)))?
            };
            let state = with_member(&members, &property, Some(&new));
            scene.insert(id, State::new(state).map_err(|error| error.to_string())?);
        }
        Place::Blob(hash) => {
            if replace && scene.blob(&hash).is_none() {
                return Err(String::from("there is no such blob"));
            }
            let text = raw::text(value).ok_or("a blob is written as a string of base64")?;
            let bytes = BASE64.decode(text.as_bytes()).map_err(|error| format!("that is not base64: {error}"))?;
            scene.insert_blob(hash, Blob::Memory(bytes.into()));
        }
        Place::Roots(rest) => {
            let new = whole_or_inside(&Document::roots_text(&scene.roots), &rest, value, replace)?;
            scene.roots = Document::roots(&json(&new)?).ok_or("roots are written [{\"id\": 1, \"name\": \"view\"}]")?;
        }
        Place::WithoutState(rest) => {
            let old = serde_json::to_string(&scene.without_state).map_err(|error| error.to_string())?;
            let new = whole_or_inside(&old, &rest, value, replace)?;
            let ids = Document::ids(&json(&new)?).ok_or("a list of ids is wanted")?;
            scene.without_state = ids.into_iter().collect();
        }
    }
    Ok(())
}

fn whole_or_inside(old: &str, rest: &[String], value: &str, replace: bool) -> Step<String> {
    if rest.is_empty() { Ok(value.to_owned()) } else { inside(old, rest, Some((value, replace))) }
}

fn remove(scene: &mut Scene, pointer: &str) -> Step<()> {
    match place(pointer)? {
        Place::State(id) => scene.remove(&id).map(drop).ok_or_else(|| format!("there is no object {id}")),
        Place::Blob(hash) => scene.remove_blob(&hash).map(drop).ok_or_else(|| String::from("there is no such blob")),
        Place::Property(id, property, rest) => {
            let state = scene.state(&id).ok_or_else(|| format!("there is no object {id}"))?;
            let members = state.members().map_err(|error| error.to_string())?;
            let old = raw::member(&members, &property).ok_or_else(|| format!("there is no property {property}"))?;
            let new = if rest.is_empty() { None } else { Some(inside(old, &rest, None)?) };
            let state = with_member(&members, &property, new.as_deref());
            scene.insert(id, State::new(state).map_err(|error| error.to_string())?);
            Ok(())
        }
        Place::Roots(_) | Place::WithoutState(_) => Err(String::from("it can be replaced, not removed")),
    }
}

fn get(scene: &Scene, pointer: &str) -> Step<String> {
    let (text, rest) = match place(pointer)? {
        Place::State(id) => {
            let state = scene.state(&id).ok_or_else(|| format!("there is no object {id}"))?;
            (state.as_str().to_owned(), Vec::new())
        }
        Place::Property(id, property, rest) => {
            let state = scene.state(&id).ok_or_else(|| format!("there is no object {id}"))?;
            let members = state.members().map_err(|error| error.to_string())?;
            let value = raw::member(&members, &property).ok_or_else(|| format!("there is no property {property}"))?;
            (value.to_owned(), rest)
        }
        Place::Blob(hash) => {
            let blob = scene.blob(&hash).ok_or("there is no such blob")?;
            let bytes = blob.read().map_err(|error| error.to_string())?;
            (Value::from(BASE64.encode(&bytes)).to_string(), Vec::new())
        }
        Place::Roots(rest) => (Document::roots_text(&scene.roots), rest),
        Place::WithoutState(rest) => {
            (serde_json::to_string(&scene.without_state).map_err(|error| error.to_string())?, rest)
        }
    };
    if rest.is_empty() {
        return Ok(text);
    }
    let value = json(&text)?;
    let found = pointer_of(&rest).resolve(&value).map_err(|error| error.to_string())?;
    Ok(found.to_string())
}

/// A value with something inside it put, replaced or removed.
fn inside(old: &str, rest: &[String], put: Option<(&str, bool)>) -> Step<String> {
    /// Parsed values take many times as much memory as their texts.
    const LARGEST: usize = 16 << 20;
    if old.len() + put.map_or(0, |(new, _)| new.len()) > LARGEST {
        return Err(String::from("the value is too large to be changed in parts"));
    }
    let mut value = json(old)?;
    let path = pointer_of(rest);
    let operation = match put {
        Some((new, true)) => PatchOperation::Replace(ReplaceOperation { path, value: json(new)? }),
        Some((new, false)) => PatchOperation::Add(AddOperation { path, value: json(new)? }),
        None => PatchOperation::Remove(RemoveOperation { path }),
    };
    json_patch::patch(&mut value, &[operation]).map_err(|error| error.kind.to_string())?;
    Ok(value.to_string())
}

fn pointer_of(parts: &[String]) -> PointerBuf {
    PointerBuf::from_tokens(parts)
}

/// A state's text with one member put or left out; the texts of the others stay, in their order.
fn with_member(members: &raw::Members<'_>, property: &str, value: Option<&str>) -> String {
    let mut all: Vec<(&str, &str)> =
        members.iter().map(|(key, value)| (key.as_ref(), *value)).filter(|(key, _)| *key != property).collect();
    if let Some(value) = value {
        // Servers sort; where this one did, the new property goes where it would have stood.
        let at = members.iter().position(|(key, _)| key == property);
        let at = at.unwrap_or_else(|| all.partition_point(|(key, _)| *key < property)).min(all.len());
        all.insert(at, (property, value));
    }
    let mut text = String::from("{");
    for (k, (key, value)) in all.into_iter().enumerate() {
        if k > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(key).to_string());
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
    text
}

fn json(text: &str) -> Step<Value> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// True for JSON texts of the same value, as RFC 6902 has it: `1e-05` is `0.00001`, and members have no order.
/// Integers with more digits than 64 bits hold are the same where their texts are.
pub fn same_value(a: &str, b: &str) -> bool {
    a == b || (!(is_beyond(a) || is_beyond(b)) && matches!((json(a), json(b)), (Ok(a), Ok(b)) if same(&a, &b)))
}

/// True where a text has so long a row of digits that reading it as a number might lose some.
fn is_beyond(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 19)
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        // Large integers would lose digits as floats.
        (Value::Number(x), Value::Number(y)) => x == y || ((x.is_f64() || y.is_f64()) && x.as_f64() == y.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}
