//! Property paths: `Renderers.Items.0.Background`.
//!
//! A path means what the browser client's `getStateValue` means: a reference on the way, and at the
//! end, is replaced by the state of the object it points to.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::raw::{self, Kind};
use super::{ObjectId, Scene, SceneError};

/// One hop: a property name or an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment(pub String);

impl Segment {
    /// The index, for a hop into an array.
    pub fn index(&self) -> Option<usize> {
        self.0.parse().ok()
    }
}

/// A dotted path into an object's state. Names that hold dots are quoted: `"a.b".c`; what stands in quotes is written as
/// in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Segment>);

impl FromStr for Path {
    type Err = SceneError;

    fn from_str(text: &str) -> Result<Self, SceneError> {
        let fail = |reason: &str| SceneError::Path { path: text.to_owned(), reason: reason.to_owned() };
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if rest.starts_with('"') {
                let (name, after) = unquoted(rest).map_err(fail)?;
                segments.push(Segment(name));
                rest = after;
            } else {
                let end = rest.find('.').unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                if name.is_empty() {
                    return Err(fail("a name is missing between two dots or at an end"));
                }
                segments.push(Segment(name.to_owned()));
                rest = after;
            }
            match rest.strip_prefix('.') {
                Some("") => return Err(fail("it ends with a dot")),
                Some(after) => rest = after,
                None if rest.is_empty() => {}
                None => return Err(fail("a dot is missing after a quoted name")),
            }
        }
        Ok(Self(segments))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, Segment(name)) in self.0.iter().enumerate() {
            let dot = if k > 0 { "." } else { "" };
            write!(f, "{dot}{}", quoted_hop(name))?;
        }
        Ok(())
    }
}

/// A name as a hop of a path: in quotes where it would not be read as it is.
pub(super) fn quoted_hop(name: &str) -> Cow<'_, str> {
    quoted(name, |c| matches!(c, '.' | '"' | '[' | ']' | '='))
}

/// A name, in quotes as JSON has them where it is empty or holds characters that mean something.
pub(super) fn quoted(name: &str, is_special: impl Fn(char) -> bool) -> Cow<'_, str> {
    if name.is_empty() || name.contains(|c: char| c.is_control() || is_special(c)) {
        Cow::Owned(serde_json::Value::from(name).to_string())
    } else {
        Cow::Borrowed(name)
    }
}

/// Takes a name in quotes, and what comes behind it, from the start of a text.
pub(super) fn unquoted(text: &str) -> Result<(String, &str), &'static str> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let (quoted, rest) = text.split_at(at + 1);
                let name = serde_json::from_str(quoted).map_err(|_| "what stands in quotes is no string of JSON")?;
                return Ok((name, rest));
            }
            _ => {}
        }
    }
    Err("a quote is not closed")
}

/// A value found in a scene.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The object in whose state the value stands.
    pub owner: ObjectId,
    /// The value as it stands there: a reference is still `{"Id": n}`.
    pub slot: Cow<'a, str>,
    /// The value with a reference replaced by the state it points to.
    pub value: Cow<'a, str>,
    /// The object that `value` is the state of, if it is one.
    pub object: Option<ObjectId>,
}

/// A place while walking: some JSON text, and whose state it is a part of.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) owner: ObjectId,
    pub(super) text: &'a str,
    /// Set while `text` is the whole state of this object.
    pub(super) object: Option<ObjectId>,
}

impl<'a> Cursor<'a> {
    pub(super) fn at_object(scene: &'a Scene, id: &ObjectId) -> Option<Self> {
        let text = scene.state(id)?.as_str();
        Some(Self { owner: id.clone(), text, object: Some(id.clone()) })
    }

    /// The object this cursor is at or refers to.
    pub(super) fn target(&self, scene: &Scene) -> Option<ObjectId> {
        self.object.clone().or_else(|| scene.dialect().as_reference(self.text))
    }

    /// Goes into the object it refers to, if it is at a reference.
    pub(super) fn follow(self, scene: &'a Scene) -> Result<Self, ObjectId> {
        if self.object.is_some() {
            return Ok(self);
        }
        match scene.dialect().as_reference(self.text) {
            Some(target) => Self::at_object(scene, &target).ok_or(target),
            None => Ok(self),
        }
    }
}

impl Scene {
    /// Looks a value up, following references at every hop.
    ///
    /// # Errors
    /// Where the browser client would throw: a missing property, null on the way or at the end, an
    /// index past the end, a reference to an object that is not there.
    pub fn lookup(&self, id: &ObjectId, path: &Path) -> Result<Found<'_>, SceneError> {
        self.require(id)?;
        let Some(mut cursor) = Cursor::at_object(self, id) else {
            return Err(SceneError::UnknownObject(id.clone()));
        };
        let mut slot = cursor.text;
        for (k, segment) in path.0.iter().enumerate() {
            // Only errors pay for a description of the place.
            let place = |hops: usize| self.place(id, path, hops);
            let last = k + 1 == path.0.len();
            if last
                && segment.0 == "length"
                && let Some(length) = length_of(cursor.text)
            {
                let text: Cow<'_, str> = Cow::Owned(length.to_string());
                return Ok(Found { owner: cursor.owner, slot: text.clone(), value: text, object: None });
            }
            let next = step(self, &cursor, segment, &|| place(k))?;
            slot = next.text;
            let owner = next.owner.clone();
            cursor = next.follow(self).map_err(|target| SceneError::Dangling { place: place(k + 1), target })?;
            if last {
                if Kind::of(slot) == Kind::Null {
                    return Err(SceneError::IsNull { place: place(k + 1) });
                }
                return Ok(Found {
                    owner,
                    slot: Cow::Borrowed(slot),
                    value: Cow::Borrowed(cursor.text),
                    object: cursor.object,
                });
            }
        }
        Ok(Found {
            owner: cursor.owner,
            slot: Cow::Borrowed(slot),
            value: Cow::Borrowed(cursor.text),
            object: cursor.object,
        })
    }

    /// `vtkRenderer #3 ViewProps.0`: an object and the first hops of a path, for error texts.
    pub(super) fn place(&self, id: &ObjectId, path: &Path, hops: usize) -> String {
        let mut place = self.describe(id);
        if hops > 0 {
            place.push(' ');
            place.push_str(&Path(path.0.iter().take(hops).cloned().collect()).to_string());
        }
        place
    }
}

/// One hop down, not yet followed. `place` describes where it starts, for error texts.
pub(super) fn step<'a>(
    scene: &'a Scene,
    cursor: &Cursor<'a>,
    segment: &Segment,
    place: &dyn Fn() -> String,
) -> Result<Cursor<'a>, SceneError> {
    let inside = |text| Cursor { owner: cursor.owner.clone(), text, object: None };
    match Kind::of(cursor.text) {
        Kind::Object => {
            let members = raw::members(cursor.text)?;
            let spellings = scene.dialect().spellings(&segment.0);
            if let Some(value) = spellings.iter().find_map(|name| raw::member(&members, name)) {
                return Ok(inside(value));
            }
            if let Some(&(_, items)) = members.iter().find(|(key, _)| scene.dialect().is_items(key)) {
                match (Kind::of(items), segment.index()) {
                    (Kind::Object, _) => {
                        let named = raw::members(items)?;
                        if let Some(value) = raw::member(&named, &segment.0) {
                            return Ok(inside(value));
                        }
                    }
                    (_, Some(index)) => return element(items, index, place).map(inside),
                    _ => {}
                }
            }
            Err(SceneError::UnknownProperty {
                place: place(),
                property: segment.0.clone(),
                similar: similar(&segment.0, members.iter().map(|(key, _)| key.as_ref())),
            })
        }
        Kind::Array => match segment.index() {
            Some(index) => element(cursor.text, index, place).map(inside),
            None => Err(SceneError::NotAContainer {
                place: place(),
                found: "an array (it takes an index)",
                property: segment.0.clone(),
            }),
        },
        other => Err(SceneError::NotAContainer { place: place(), found: other.noun(), property: segment.0.clone() }),
    }
}

fn element<'a>(array: &'a str, index: usize, place: &dyn Fn() -> String) -> Result<&'a str, SceneError> {
    let elements = raw::elements(array)?;
    elements.get(index).copied().ok_or_else(|| SceneError::OutOfRange {
        place: place(),
        index: index.to_string(),
        length: elements.len(),
    })
}

/// What JavaScript's `.length` gives for arrays and strings.
fn length_of(text: &str) -> Option<usize> {
    match Kind::of(text) {
        Kind::Array => raw::elements(text).ok().map(|elements| elements.len()),
        Kind::Text => raw::text(text).map(|text| text.encode_utf16().count()),
        _ => None,
    }
}

/// Up to three names that a person may have meant.
fn similar<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let distance = edit_distance(&wanted, &lower);
            let near = distance <= 2.max(wanted.chars().count() / 3);
            let part = wanted.len() >= 3 && (lower.contains(&wanted) || wanted.contains(&lower));
            (near || part).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let above = *cell;
            left = (diagonal + usize::from(x != *y)).min(above + 1).min(left + 1);
            *cell = left;
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}
