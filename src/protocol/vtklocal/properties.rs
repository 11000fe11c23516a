//! An object's properties as those want them who know what they mean. What is missing or of another kind is `None`,
//! never an error.

use super::dialect::VTK;
use crate::scene::raw::{self, Kind, Members};
use crate::scene::{Dialect, ObjectId, State};

/// The properties of one object.
pub(super) struct Properties<'s>(Members<'s>);

impl<'s> Properties<'s> {
    /// Those of a state; `None` where it is none.
    pub(super) fn of(state: &'s State) -> Option<Self> {
        state.members().ok().map(Self)
    }

    pub(super) fn members(&self) -> &Members<'s> {
        &self.0
    }

    pub(super) fn raw(&self, name: &str) -> Option<&'s str> {
        raw::member(&self.0, name)
    }

    pub(super) fn is_null(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|value| Kind::of(value) == Kind::Null)
    }

    /// A number; booleans are 0 and 1.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        number(self.raw(name)?)
    }

    /// An array of exactly so many finite numbers.
    pub(super) fn vector<const N: usize>(&self, name: &str) -> Option<[f64; N]> {
        let numbers = self.numbers(name)?;
        let vector: [f64; N] = numbers.try_into().ok()?;
        vector.iter().all(|value| value.is_finite()).then_some(vector)
    }

    /// An array of numbers.
    pub(super) fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        raw::elements(self.raw(name)?).ok()?.into_iter().map(number).collect()
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        raw::text(self.raw(name)?).map(std::borrow::Cow::into_owned)
    }

    pub(super) fn reference(&self, name: &str) -> Option<ObjectId> {
        VTK.as_reference(self.raw(name)?)
    }

    /// The references in an array, in order; what is none is left out.
    pub(super) fn references(&self, name: &str) -> Vec<ObjectId> {
        let items = self.raw(name).and_then(|items| raw::elements(items).ok()).unwrap_or_default();
        items.into_iter().filter_map(|item| VTK.as_reference(item)).collect()
    }

    /// The data objects at an algorithm's first port; `None` where the state does not tell.
    pub(super) fn inputs(&self) -> Option<Vec<ObjectId>> {
        if let Some(extracted) = self.reference("ExtractedPolyData") {
            return Some(vec![extracted]);
        }
        let ports = raw::elements(self.raw("InputDataObjects")?).ok()?;
        let connections = raw::elements(ports.first()?).ok()?;
        Some(connections.into_iter().filter_map(|item| VTK.as_reference(item)).collect())
    }
}

fn number(text: &str) -> Option<f64> {
    match text.trim() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse().ok(),
    }
}
