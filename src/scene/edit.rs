//! Changing properties of objects that exist. Nothing else of a state's text is touched.

use std::borrow::Cow;
use std::str::FromStr;

use super::raw::{self, Kind};
use super::{ObjectId, Path, Scene, SceneError, State};

/// `PATH=JSON`: what to set to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Where.
    pub path: Path,
    /// The new value, as JSON text.
    pub value: String,
}

impl FromStr for Assignment {
    type Err = SceneError;

    fn from_str(text: &str) -> Result<Self, SceneError> {
        let fail = |reason: String| SceneError::Assignment { text: text.to_owned(), reason };
        let (path, value) =
            at_equals(text).ok_or_else(|| fail(String::from("PATH=JSON is wanted, and there is no `=`")))?;
        let path: Path = path.parse()?;
        if path.0.is_empty() {
            return Err(fail(String::from("a property is missing before the `=`")));
        }
        if let Err(error) = serde_json::from_str::<serde_json::Value>(value) {
            let quoted = serde_json::Value::from(value);
            return Err(fail(format!("`{value}` is not JSON ({error}); a string is written {path}='{quoted}'")));
        }
        Ok(Self { path, value: raw::compact(value) })
    }
}

/// What stands before and behind the first `=` that is not in a quoted name.
fn at_equals(text: &str) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '=' if !quoted => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// How strict to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct EditOptions {
    /// Let a value change its kind or an array its length.
    pub force: bool,
}

/// One property that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The object whose state changed (behind references on the way, not the one selected).
    pub id: ObjectId,
    /// The path as it was given.
    pub path: String,
    /// The old value as JSON text.
    pub old: String,
    /// The new value as JSON text.
    pub new: String,
}

impl Scene {
    /// A scene with some properties of some objects changed; this one stays as it is.
    ///
    /// Each changed object's count of changes (VTK: MTime) becomes greater than any in the scene, so
    /// that clients take the new state.
    ///
    /// # Errors
    /// When an object or property does not exist, or a value is of another kind than the one there
    /// is. Then nothing is changed at all.
    pub fn edit(
        &self,
        ids: &[ObjectId],
        assignments: &[Assignment],
        options: EditOptions,
    ) -> Result<(Self, Vec<Edited>), SceneError> {
        let mut scene = self.clone();
        let mut edited = Vec::new();
        let newest = self.objects().filter_map(|(_, state)| self.dialect().head(state).mtime).max();
        let mut clock = newest.unwrap_or_default();
        for id in ids {
            for assignment in assignments {
                clock = clock.saturating_add(1);
                edited.push(scene.assign(id, assignment, options, clock)?);
            }
        }
        Ok((scene, edited))
    }

    fn assign(
        &mut self,
        id: &ObjectId,
        assignment: &Assignment,
        options: EditOptions,
        clock: u64,
    ) -> Result<Edited, SceneError> {
        let place = format!("{} {}", self.describe(id), assignment.path);
        let last = assignment.path.0.last().map(|segment| segment.0.clone()).unwrap_or_default();
        let slot = self.slot(id, &assignment.path)?;
        let state = self.require(&slot.owner)?;
        if slot.top_level
            && let Some(reason) =
                self.dialect().spellings(&last).iter().find_map(|name| self.dialect().not_settable(name))
        {
            return Err(SceneError::NotSettable { place, reason: reason.to_owned() });
        }
        let old = state.as_str().get(slot.range.clone()).unwrap_or_default().to_owned();
        let new = self.checked(&place, &old, &assignment.value, options)?.into_owned();
        let mut text = state.as_str().to_owned();
        text.replace_range(slot.range, &new);
        if let Some(property) = self.dialect().mtime_property() {
            let found = raw::member(&raw::members(&text)?, property).and_then(|value| raw::span(&text, value));
            if let Some(range) = found {
                text.replace_range(range, &clock.to_string());
            }
        }
        self.insert(slot.owner.clone(), State::new(text)?);
        Ok(Edited { id: slot.owner, path: assignment.path.to_string(), old, new })
    }

    /// Where in whose state a value stands. Unlike a lookup, null at the end is a value here.
    fn slot(&self, id: &ObjectId, path: &Path) -> Result<Slot, SceneError> {
        let (Some(last), parents) = (path.0.last(), path.0.len().saturating_sub(1)) else {
            return Err(SceneError::Path { path: path.to_string(), reason: String::from("it is empty") });
        };
        let parent_path = Path(path.0.iter().take(parents).cloned().collect());
        let parent = self.lookup(id, &parent_path)?;
        let owner = parent.object.clone().unwrap_or_else(|| parent.owner.clone());
        let state = self.require(&owner)?.as_str();
        let Cow::Borrowed(text) = parent.value else {
            return Err(SceneError::NotSettable {
                place: path.to_string(),
                reason: String::from("a length cannot be set"),
            });
        };
        let cursor = super::path::Cursor { owner: owner.clone(), text, object: parent.object.clone() };
        let value = super::path::step(self, &cursor, last, &|| self.place(id, &parent_path, parents))?;
        let range = raw::span(state, value.text).ok_or_else(|| SceneError::UnknownObject(owner.clone()))?;
        Ok(Slot { owner, range, top_level: parent.object.is_some() })
    }

    /// The new value as it will be written, or why it does not fit the old one.
    fn checked<'v>(
        &self,
        place: &str,
        old: &str,
        new: &'v str,
        options: EditOptions,
    ) -> Result<Cow<'v, str>, SceneError> {
        let mismatch =
            |new: String| Err(SceneError::TypeMismatch { place: place.to_owned(), old: self.noun(old), new });
        if let Some(target) = self.dialect().as_reference(new) {
            self.require(&target)?;
        }
        match (Kind::of(old), Kind::of(new)) {
            (Kind::Float, Kind::Integer) => Ok(Cow::Owned(format!("{new}.0"))),
            (Kind::Array, Kind::Array) => match self.checked_array(place, old, new, options) {
                Err(SceneError::TypeMismatch { .. }) if options.force => Ok(Cow::Borrowed(new)),
                checked => checked,
            },
            _ if options.force => Ok(Cow::Borrowed(new)),
            (Kind::Object, Kind::Null) if self.dialect().as_reference(old).is_some() => Ok(Cow::Borrowed(new)),
            (Kind::Null, Kind::Object) if self.dialect().as_reference(new).is_some() => Ok(Cow::Borrowed(new)),
            (Kind::Object, Kind::Object)
                if self.dialect().as_reference(old).is_some() != self.dialect().as_reference(new).is_some() =>
            {
                mismatch(self.noun(new))
            }
            (a, b) if a == b => Ok(Cow::Borrowed(new)),
            _ => mismatch(self.noun(new)),
        }
    }

    fn checked_array<'v>(
        &self,
        place: &str,
        old: &str,
        new: &'v str,
        options: EditOptions,
    ) -> Result<Cow<'v, str>, SceneError> {
        let (olds, news) = (raw::elements(old)?, raw::elements(new)?);
        let of_objects =
            |elements: &[&str]| elements.iter().all(|element| matches!(Kind::of(element), Kind::Object | Kind::Null));
        if of_objects(&olds) && of_objects(&news) {
            for target in news.iter().filter_map(|element| self.dialect().as_reference(element)) {
                self.require(&target)?;
            }
            return Ok(Cow::Borrowed(new));
        }
        if olds.len() != news.len() {
            return Err(SceneError::TypeMismatch {
                place: place.to_owned(),
                old: format!("an array of {}", olds.len()),
                new: format!("an array of {}", news.len()),
            });
        }
        let mut text = String::from("[");
        for (k, (old, new)) in olds.iter().zip(&news).enumerate() {
            if k > 0 {
                text.push(',');
            }
            text.push_str(&self.checked(&format!("{place}.{k}"), old, new, options)?);
        }
        text.push(']');
        Ok(Cow::Owned(text))
    }

    fn noun(&self, value: &str) -> String {
        match self.dialect().as_reference(value) {
            Some(target) => format!("a reference to object {target}"),
            None => format!("{} ({})", Kind::of(value).noun(), shorten(value)),
        }
    }
}

struct Slot {
    owner: ObjectId,
    range: std::ops::Range<usize>,
    top_level: bool,
}

fn shorten(value: &str) -> String {
    const LONGEST: usize = 40;
    if value.chars().count() <= LONGEST {
        value.to_owned()
    } else {
        value.chars().take(LONGEST).chain(['…']).collect()
    }
}
