//! An object's properties as rules want them. What is missing or of another kind is `None`, never an error.

use std::borrow::Cow;

use crate::analysis::doctor::{Exam, Patient};
use crate::scene::raw::{self, Kind, Members};
use crate::scene::{Dialect, ObjectId};

use super::super::alias::without_platform;
use super::super::dialect::VTK;

/// One object with its properties.
pub(super) struct Object<'e, 'a> {
    pub(super) patient: &'e Patient<'a>,
    members: Members<'e>,
}

impl<'e, 'a> Object<'e, 'a> {
    pub(super) fn new(patient: &'e Patient<'a>) -> Option<Self> {
        Some(Self { patient, members: patient.state.members().ok()? })
    }

    pub(super) fn read(exam: &'e Exam<'a>, id: &ObjectId) -> Option<Self> {
        Self::new(exam.object(id)?)
    }

    pub(super) fn id(&self) -> &'a ObjectId {
        self.patient.id
    }

    /// The class without its platform: `vtkActor` for `vtkOpenGLActor`.
    pub(super) fn plain_class(&self) -> Cow<'_, str> {
        without_platform(&self.patient.head.class)
    }

    pub(super) fn is_a(&self, class: &str) -> bool {
        self.patient.head.is_a(class)
    }

    pub(super) fn raw(&self, name: &str) -> Option<&'e str> {
        raw::member(&self.members, name)
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

    /// The object that a property refers to.
    pub(super) fn follow(&self, exam: &'e Exam<'a>, name: &str) -> Option<Self> {
        Self::read(exam, &self.reference(name)?)
    }

    /// The items of the collection that a property refers to.
    pub(super) fn items(&self, exam: &'e Exam<'a>, name: &str) -> Vec<ObjectId> {
        self.follow(exam, name).map(|collection| collection.references("Items")).unwrap_or_default()
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
