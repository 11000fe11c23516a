//! An existing object, as scripts see it in the browser.

use serde_json::Value;

use super::RemoteSession;
use crate::scene::{Assignment, EditOptions, ObjectId, Path, SceneError, Segment};

/// An object of a session whose properties can be read and set. Setting changes the scene here, as it
/// does in the browser: VTK.wasm has no way to tell the server.
#[derive(Clone)]
pub struct ObjectProxy {
    session: RemoteSession,
    id: u64,
}

impl ObjectProxy {
    pub(super) fn new(session: RemoteSession, id: u64) -> Self {
        Self { session, id }
    }

    /// The object's id.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// A property, in VTK's spelling (`Visibility`) or the browser's (`visibility`); a reference gives the
    /// state it points to.
    ///
    /// # Errors
    /// When there is no such property, or the object is gone.
    pub fn get(&self, property: &str) -> Result<Value, SceneError> {
        let held = self.session.held();
        let found = held.scene.lookup(&ObjectId::Number(self.id), &one(property))?;
        Ok(serde_json::from_str(&found.value)?)
    }

    /// Sets a property of this object.
    ///
    /// # Errors
    /// When there is no such property, or the value is of another kind than the one there is.
    pub fn set(&self, property: &str, value: Value) -> Result<(), SceneError> {
        let assignment = Assignment { path: one(property), value: value.to_string() };
        let mut held = self.session.held();
        let ids = [ObjectId::Number(self.id)];
        let (scene, _) = held.scene.edit(&ids, &[assignment], EditOptions::default())?;
        held.scene = scene;
        Ok(())
    }

    /// Always false: a remote session does not delete objects. It says so, as the browser does.
    pub fn delete(&self) -> bool {
        tracing::warn!("Cannot delete object {}: this session does not support destroying objects.", self.id);
        false
    }
}

fn one(property: &str) -> Path {
    Path(vec![Segment(property.to_owned())])
}
