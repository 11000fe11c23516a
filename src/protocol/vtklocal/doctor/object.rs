//! An object under examination, with its properties.

use std::borrow::Cow;
use std::ops::Deref;

use crate::analysis::doctor::{Exam, Patient};
use crate::scene::ObjectId;

use super::super::alias::without_platform;
use super::super::properties::Properties;

/// One object with its properties.
pub(super) struct Object<'e, 'a> {
    pub(super) patient: &'e Patient<'a>,
    properties: Properties<'e>,
}

impl<'e> Deref for Object<'e, '_> {
    type Target = Properties<'e>;

    fn deref(&self) -> &Self::Target {
        &self.properties
    }
}

impl<'e, 'a> Object<'e, 'a> {
    pub(super) fn new(patient: &'e Patient<'a>) -> Option<Self> {
        Some(Self { patient, properties: Properties::of(patient.state)? })
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

    /// The object that a property refers to.
    pub(super) fn follow(&self, exam: &'e Exam<'a>, name: &str) -> Option<Self> {
        Self::read(exam, &self.reference(name)?)
    }

    /// The items of the collection that a property refers to.
    pub(super) fn items(&self, exam: &'e Exam<'a>, name: &str) -> Vec<ObjectId> {
        self.follow(exam, name).map(|collection| collection.references("Items")).unwrap_or_default()
    }
}
