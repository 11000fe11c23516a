//! Where a pull goes to: nowhere but memory, a zip that is written meanwhile, or a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::cli::PullArgs;
use crate::commands::own;
use crate::protocol::{BlobStore, Client, Files, MemoryStore, ServerInfo};
use crate::scene::Scene;
use crate::snapshot::{self, ArchiveStore, AtomicFile, Form, Provenance, ReusingStore, SnapshotError, WriteOptions};

/// Where a pull goes to.
pub(super) struct Target {
    path: Option<PathBuf>,
    options: WriteOptions,
    provenance: bool,
    cache: Option<PathBuf>,
    /// The snapshot that is there already: its blobs need not be fetched.
    earlier: Option<Scene>,
    /// Whether that is its own can be told only when the scene has come.
    is_unsure: bool,
    archive: Option<(Arc<ArchiveStore>, AtomicFile)>,
    /// A file of a protocol's own is wanted.
    files: Option<&'static dyn Files>,
    /// What there is to say of it.
    notes: Vec<String>,
}

/// What became of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// None was wanted.
    No,
    /// It is on stdout, where only it belongs.
    Stdout,
    /// It is new or changed.
    Yes(PathBuf),
    /// What was there is the same.
    Unchanged(PathBuf),
}

/// True where more than half of the objects of one scene are in another, too.
fn is_mostly_in(earlier: &Scene, scene: &Scene) -> bool {
    let common = earlier.objects().filter(|(id, _)| scene.state(id).is_some()).count();
    common * 2 > earlier.objects().len()
}

impl Target {
    pub(super) fn new(args: &PullArgs) -> Result<Self> {
        let form = args.output.form;
        let mut target = Self {
            path: args.output.output.clone(),
            options: form.into(),
            provenance: args.provenance,
            cache: args.blob_cache.clone(),
            earlier: None,
            is_unsure: false,
            archive: None,
            files: None,
            notes: Vec::new(),
        };
        if let Some(path) = target.path.clone() {
            target.files = own::asked_for(&path, form.force)?;
            if target.files.is_some() {
                return Ok(target);
            }
            Form::of_output(&path)?;
            // Pulling onto a snapshot is bringing it up to date, not overwriting it.
            match snapshot::read(&path) {
                Ok(earlier) if path != Path::new("-") => target.earlier = Some(earlier),
                _ => snapshot::check_output(&path, form.force)?,
            }
        }
        Ok(target)
    }

    /// Tells the client where its blobs go.
    pub(super) fn prepare(&mut self, client: &mut dyn Client) -> Result<()> {
        if self.provenance {
            self.options.provenance = Some(provenance(client.info()));
        }
        if let (Some(earlier), Some(path)) = (&self.earlier, &self.path) {
            // Only its own snapshot is brought up to date; another one is overwritten, if at all.
            let is_its_own = client.roots().iter().all(|root| earlier.roots.contains(root));
            if !is_its_own && !self.options.force {
                return Err(SnapshotError::Exists { path: path.clone() }.into());
            }
            self.is_unsure = !earlier.dialect().roots_tell_scenes_apart() && !self.options.force;
            self.options.force = true;
        }
        let mut store: Arc<dyn BlobStore> = Arc::new(MemoryStore);
        if let Some(path) = self.path.as_ref().filter(|path| path.as_path() != Path::new("-"))
            && self.files.is_none()
            && Form::of_output(path)? == Form::Archive
            && !self.options.compress
        {
            let file = AtomicFile::create(path, self.options.force)?;
            let archive = Arc::new(ArchiveStore::new(&file, self.options.clone()));
            store = Arc::clone(&archive) as _;
            self.archive = Some((archive, file));
        }
        if self.earlier.is_some() || self.cache.is_some() {
            store = Arc::new(ReusingStore::new(store, self.earlier.clone(), self.cache.clone()));
        }
        client.set_store(store);
        Ok(())
    }

    /// Completes the snapshot.
    pub(super) async fn finish(&mut self, scene: &Scene) -> Result<Written> {
        let archive = self.archive.take();
        let Some(path) = self.path.clone() else { return Ok(Written::No) };
        if self.files.is_some() {
            return self.write(scene, &path, self.options.force).map(|()| Written::Yes(path));
        }
        self.replaces_its_own(scene, &path)?;
        let same_form = !self.options.compress && !self.options.pretty && self.options.provenance.is_none();
        if same_form && self.earlier.as_ref().is_some_and(|earlier| earlier.has_same_content(scene)) {
            return Ok(Written::Unchanged(path));
        }
        match archive {
            Some((archive, file)) => archive.finish(scene, file).await?,
            None => snapshot::write(scene, &path, &self.options)?,
        }
        Ok(if path == Path::new("-") { Written::Stdout } else { Written::Yes(path) })
    }

    /// Writes a scene in the form that is wanted.
    fn write(&mut self, scene: &Scene, path: &Path, force: bool) -> Result<()> {
        match self.files {
            Some(files) => self.notes = own::write(&own::of_scene(files, scene)?, path, force)?,
            None => snapshot::write(scene, path, &WriteOptions { force, ..self.options.clone() })?,
        }
        Ok(())
    }

    /// What there is to say of what was written last.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Where the blobs of later updates go: the file of the first is finished.
    pub(super) fn store_for_updates(&self) -> Arc<dyn BlobStore> {
        match &self.cache {
            Some(cache) => Arc::new(ReusingStore::new(Arc::new(MemoryStore), None, Some(cache.clone()))),
            None => Arc::new(MemoryStore),
        }
    }

    /// Writes a later state of the scene over the first.
    pub(super) fn rewrite(&mut self, scene: &Scene) -> Result<Written> {
        match self.path.clone() {
            Some(path) if path != Path::new("-") => {
                self.write(scene, &path, true)?;
                Ok(Written::Yes(path))
            }
            _ => Ok(Written::No),
        }
    }

    /// Writes what there is of a scene.
    pub(super) async fn write_partial(&mut self, scene: &Scene) -> Result<()> {
        if let Some((archive, _)) = self.archive.take() {
            archive.drain().await;
        }
        let Some(path) = self.path.clone() else { return Ok(()) };
        self.replaces_its_own(scene, &path)?;
        self.write(scene, &path, self.options.force)
    }

    /// An error where the snapshot that is there is of another scene.
    fn replaces_its_own(&self, scene: &Scene, path: &Path) -> Result<()> {
        if self.is_unsure && !self.earlier.as_ref().is_some_and(|earlier| is_mostly_in(earlier, scene)) {
            return Err(SnapshotError::Exists { path: path.to_owned() }.into());
        }
        Ok(())
    }
}

fn provenance(info: &ServerInfo) -> Provenance {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Provenance { url: info.url.clone(), time, by: format!("scenectl {}", env!("CARGO_PKG_VERSION")) }
}
