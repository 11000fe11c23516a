//! An object of a scene with its properties.

use std::borrow::Cow;
use std::ops::Deref;

use super::super::alias::without_platform;
use super::super::properties::Properties;
use crate::scene::{Head, ObjectId, Scene, raw};

/// See the module.
pub(super) struct Object<'s> {
    pub(super) id: ObjectId,
    head: Head<'s>,
    properties: Properties<'s>,
}

impl<'s> Deref for Object<'s> {
    type Target = Properties<'s>;

    fn deref(&self) -> &Self::Target {
        &self.properties
    }
}

impl<'s> Object<'s> {
    pub(super) fn read(scene: &'s Scene, id: &ObjectId) -> Option<Self> {
        let state = scene.state(id)?;
        Some(Self { id: id.clone(), head: scene.dialect().head(state), properties: Properties::of(state)? })
    }

    /// The object that a property refers to.
    pub(super) fn follow(&self, scene: &'s Scene, name: &str) -> Option<Self> {
        Self::read(scene, &self.reference(name)?)
    }

    /// The items of the collection that a property refers to; `None` for one that the server could not send.
    pub(super) fn items(&self, scene: &'s Scene, name: &str) -> Vec<Option<Self>> {
        let Some(collection) = self.follow(scene, name) else { return Vec::new() };
        let items = collection.raw("Items").and_then(|items| raw::elements(items).ok()).unwrap_or_default();
        items.into_iter().map(|item| scene.dialect().as_reference(item).and_then(|id| Self::read(scene, &id))).collect()
    }

    pub(super) fn is_a(&self, class: &str) -> bool {
        self.head.is_a(class)
    }

    /// The class without its platform: `vtkActor` for `vtkOpenGLActor`.
    pub(super) fn plain_class(&self) -> Cow<'_, str> {
        without_platform(&self.head.class)
    }

    /// What to call it: its name, else class and id.
    pub(super) fn label(&self) -> String {
        match &self.head.name {
            Some(name) => name.to_string(),
            None => format!("{} #{}", self.plain_class(), self.id),
        }
    }

    /// A property that is on or off.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.number(name).is_some_and(|value| value != 0.0)
    }
}
