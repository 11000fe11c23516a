//! What the updates of a server leave behind, as far as it shows from outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::scene::{Blob, Scene};

/// Names that are remembered. A server that changes for hours has more; the oldest stay.
const REMEMBERED: usize = 100_000;

/// A blob that left the scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its name.
    pub hash: Arc<str>,
    /// Bytes.
    pub bytes: u64,
    /// The object that used it: class, id, and name.
    pub user: String,
}

/// What there is of something, at first and now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    objects: u64,
    newest: u64,
    blobs_ever: u64,
    bytes_ever: u64,
}

/// How much more there is with every update.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Growth {
    /// Objects in the scene.
    pub objects: f64,
    /// Ids that the server has given out.
    pub ids: f64,
    /// Blobs that it has made, whether they are in the scene or not.
    pub blobs: f64,
    /// Their bytes.
    pub bytes: f64,
}

/// Looks at the scene after every update.
#[derive(Debug, Default)]
pub struct Leaks {
    updates: u64,
    first: Option<Counts>,
    now: Counts,
    /// Blobs of the scene now, with who uses them.
    here: BTreeMap<Arc<str>, (u64, String)>,
    /// All that were ever seen.
    seen: std::collections::BTreeSet<Arc<str>>,
    left: u64,
    /// Blobs that left and were asked for, those of them that came, and their bytes.
    asked: u64,
    served: u64,
    served_bytes: u64,
}

impl Leaks {
    /// Looks at the scene as it is now; gives the blobs that have left it since the last time.
    pub fn look(&mut self, scene: &Scene) -> Vec<Gone> {
        let here = users(scene);
        let before = std::mem::replace(&mut self.here, here);
        let gone: Vec<Gone> = before
            .into_iter()
            .filter(|(hash, _)| !self.here.contains_key(hash))
            .map(|(hash, (bytes, user))| Gone { hash, bytes, user })
            .collect();
        self.left += gone.len() as u64;
        let newest = scene.objects().filter_map(|(id, _)| id.number()).max().unwrap_or_default();
        self.now.objects = scene.objects().len() as u64;
        self.now.newest = self.now.newest.max(newest);
        for (hash, (bytes, _)) in &self.here {
            if self.seen.len() < REMEMBERED && self.seen.insert(Arc::clone(hash)) {
                self.now.blobs_ever += 1;
                self.now.bytes_ever += bytes;
            }
        }
        match self.first {
            None => self.first = Some(self.now),
            Some(_) => self.updates += 1,
        }
        gone
    }

    /// What became of asking for blobs that left: the bytes that came for each.
    pub fn asked(&mut self, sizes: &[u64]) {
        self.asked += sizes.len() as u64;
        self.served += sizes.iter().filter(|size| **size > 0).count() as u64;
        self.served_bytes += sizes.iter().sum::<u64>();
    }

    /// Objects in the scene, and the newest id that was seen in it.
    pub fn objects(&self) -> (u64, u64) {
        (self.now.objects, self.now.newest)
    }

    /// Blobs in the scene, and those that were ever in it.
    pub fn blobs(&self) -> (u64, u64) {
        (self.here.len() as u64, self.now.blobs_ever)
    }

    /// Blobs that left the scene (one that comes and goes counts each time).
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Of those, how many were asked for, how many are still served, and their bytes.
    pub fn served(&self) -> (u64, u64, u64) {
        (self.asked, self.served, self.served_bytes)
    }

    /// How much more there is with every update; nothing before there was one.
    pub fn growth(&self) -> Option<Growth> {
        let first = self.first.filter(|_| self.updates > 0)?;
        let slope = |old: u64, new: u64| (new as f64 - old as f64) / self.updates as f64;
        Some(Growth {
            objects: slope(first.objects, self.now.objects),
            ids: slope(first.newest, self.now.newest),
            blobs: slope(first.blobs_ever, self.now.blobs_ever),
            bytes: slope(first.bytes_ever, self.now.bytes_ever),
        })
    }
}

/// The blobs of a scene, each with its size and one who uses it.
fn users(scene: &Scene) -> BTreeMap<Arc<str>, (u64, String)> {
    let mut found: BTreeMap<Arc<str>, (u64, String)> =
        scene.blobs().map(|(hash, blob)| (Arc::clone(hash), (Blob::len(blob), String::new()))).collect();
    for (id, state) in scene.objects() {
        let Some(used) = scene.dialect().blob_use(state) else { continue };
        if let Some((_, user)) = found.get_mut(used.hash.as_ref()).filter(|(_, user)| user.is_empty()) {
            *user = scene.describe(id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::by_dialect;
    use crate::scene::{ObjectId, State};

    #[test]
    fn what_leaves_is_told_once_and_counted() {
        let scene = |step: u64| {
            let mut scene = Scene::new(by_dialect("vtklocal").unwrap().dialect());
            scene.insert(ObjectId::Number(1), State::new(r#"{"ClassName":"vtkRenderWindow"}"#).unwrap());
            let array = format!(
                r#"{{"ClassName":"vtkFloatArray","Id":{0},"Hash":"h{step}","NumberOfTuples":2,"NumberOfComponents":1}}"#,
                10 + 5 * step
            );
            scene.insert(ObjectId::Number(10 + 5 * step), State::new(array).unwrap());
            scene.insert_blob(format!("h{step}"), Blob::from(bytes::Bytes::from_static(&[0; 8])));
            scene
        };
        let mut leaks = Leaks::default();
        assert!(leaks.look(&scene(0)).is_empty() && leaks.growth().is_none());
        let gone = leaks.look(&scene(1));
        assert_eq!((gone.len(), gone[0].hash.as_ref(), gone[0].bytes), (1, "h0", 8));
        assert!(gone[0].user.contains("vtkFloatArray #10"), "{gone:?}");
        leaks.asked(&[8]);
        assert!(leaks.look(&scene(1)).is_empty());
        assert_eq!(leaks.look(&scene(2)).len(), 1);
        leaks.asked(&[0]);
        assert_eq!((leaks.left(), leaks.served(), leaks.blobs(), leaks.objects()), (2, (2, 1, 8), (1, 3), (2, 20)));
        let growth = leaks.growth().unwrap();
        assert_eq!((growth.objects, growth.ids), (0.0, 10.0 / 3.0));
        assert_eq!((growth.blobs, growth.bytes), (2.0 / 3.0, 16.0 / 3.0));
    }
}
