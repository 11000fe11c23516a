//! A scene that is put together from what a container holds.

use std::path::Path;

use bytes::Bytes;

use crate::protocol::{self, Spool};
use crate::scene::{Blob, ObjectId, Root, Scene, State};
use crate::snapshot::manifest::DEFAULT_DIALECT;
use crate::snapshot::{MOST_STATE_BYTES, SnapshotError};

/// See the module. What is wrong is said in words: whoever reads the container knows where it is.
pub(super) struct Assembly {
    scene: Scene,
    spool: Spool,
    state_bytes: u64,
}

impl Assembly {
    pub(super) fn new(path: &Path) -> Result<Self, SnapshotError> {
        let protocol = protocol::by_dialect(DEFAULT_DIALECT)
            .ok_or_else(|| SnapshotError::not_a_snapshot(path, "this program does not know VTK"))?;
        Ok(Self { scene: Scene::new(protocol.dialect()), spool: Spool::default(), state_bytes: 0 })
    }

    /// Takes an object's state, as VTK's servers print it.
    pub(super) fn state(&mut self, id: &str, text: &str) -> Result<(), String> {
        self.state_bytes = self.state_bytes.saturating_add(text.len() as u64);
        if text.len() > State::LONGEST || self.state_bytes > MOST_STATE_BYTES {
            return Err(String::from("the states are too large: this is no scene"));
        }
        let state = State::new(text).map_err(|error| error.to_string())?;
        let id = ObjectId::parse(id);
        if self.scene.state(&id).is_some() || self.scene.without_state.contains(&id) {
            return Err(format!("object {id} is there twice"));
        }
        if state.is_null() {
            self.scene.without_state.insert(id);
        } else {
            self.scene.insert(id, state);
        }
        Ok(())
    }

    /// Takes a blob's bytes.
    pub(super) fn blob(&mut self, hash: &str, parts: Vec<Bytes>) -> Result<(), String> {
        let blob = self.spool.keep(parts).map_err(|error| format!("no room for blob {hash}: {error}"))?;
        self.stored_blob(hash, blob)
    }

    /// Takes a blob that stays where it is.
    pub(super) fn stored_blob(&mut self, hash: &str, blob: Blob) -> Result<(), String> {
        if self.scene.blob(hash).is_some() {
            return Err(format!("blob {hash} is there twice"));
        }
        self.scene.insert_blob(hash, blob);
        Ok(())
    }

    /// The scene. These containers name no roots: they are the objects that VTK keeps alive.
    pub(super) fn finish(mut self, path: &Path, producer: Option<String>) -> Result<Scene, SnapshotError> {
        if self.scene.objects().len() == 0 {
            return Err(SnapshotError::not_a_snapshot(path, "it holds no states"));
        }
        let dialect = self.scene.dialect();
        let roots: Vec<Root> = self
            .scene
            .objects()
            .filter(|(_, state)| dialect.is_kept_alive(state))
            .map(|(id, _)| Root { id: id.clone(), name: None })
            .collect();
        if roots.is_empty() {
            let reason = "no object in it is kept alive, so nothing says where the scene starts";
            return Err(SnapshotError::not_a_snapshot(path, reason));
        }
        self.scene.roots = roots;
        self.scene.producer = producer.filter(|version| !version.is_empty());
        Ok(self.scene)
    }
}
