//! Writing a snapshot while its blobs are still arriving.
//!
//! When all states are there, the size of every blob is known from the arrays that use it, and so is
//! the place of every entry. Each blob is then written where it belongs as soon as it comes, in
//! whatever order, by a thread of its own; the file's bytes are the same as when written at once.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::archive::{self, Content, blob_entry, head_entries};
use super::folder::FileBlob;
use super::part::BlobInFile;
use super::zip::{self, Entry};
use super::{AtomicFile, SnapshotError, WriteOptions, names};
use crate::protocol::{BlobStore, in_memory};
use crate::scene::{Blob, Scene};

/// KiB of blobs that may wait for the disk; then fetching waits, too.
const WAITING_KIB: u32 = 48 << 10;
/// Blobs that may wait for the disk.
const WAITING: usize = 256;

/// Takes blobs into the file that they will be in.
pub struct ArchiveStore {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    budget: Arc<Semaphore>,
    options: WriteOptions,
}

struct Shared {
    file: Arc<File>,
    plan: Mutex<Plan>,
    failure: Mutex<Option<io::Error>>,
}

#[derive(Default)]
struct Plan {
    /// What comes before the blobs, by name and content.
    head: Vec<(String, Content)>,
    entries: Vec<Entry>,
    /// The entry of each blob.
    blobs: HashMap<Arc<str>, usize>,
    /// Which entries are in the file.
    written: Vec<bool>,
    /// Blobs did not turn out as planned: the file is written anew in the end.
    given_up: bool,
}

enum Job {
    /// What comes before the blobs.
    Head,
    /// A blob; the permit goes when it is written.
    Blob(usize, Vec<Bytes>, Option<OwnedSemaphorePermit>),
    /// Everything before this is written.
    Drain(oneshot::Sender<()>),
}

impl ArchiveStore {
    /// A store for the file that `output` will be.
    pub fn new(output: &AtomicFile, options: WriteOptions) -> Self {
        let shared = Arc::new(Shared { file: output.file(), plan: Mutex::default(), failure: Mutex::default() });
        let (jobs, waiting) = mpsc::channel(WAITING);
        let for_writer = Arc::clone(&shared);
        std::thread::spawn(move || write_jobs(&for_writer, waiting));
        Self { shared, jobs, budget: Arc::new(Semaphore::new(WAITING_KIB as usize)), options }
    }

    /// Waits until everything that was put is in the file: from then on its blobs can be read.
    pub async fn drain(&self) {
        let (done, drained) = oneshot::channel();
        if self.jobs.send(Job::Drain(done)).await.is_ok() {
            let _ = drained.await;
        }
    }

    /// Waits for what is still to be written, completes the file for this scene and gives it its name.
    ///
    /// # Errors
    /// [`SnapshotError`]; then there is no file.
    pub async fn finish(&self, scene: &Scene, output: AtomicFile) -> Result<(), SnapshotError> {
        self.drain().await;
        let path = output.path().to_owned();
        if let Some(source) = lock(&self.shared.failure).take() {
            return Err(SnapshotError::Io { verb: "write", path, source });
        }
        // From here on the file is not ours to write to: whatever still comes stays in memory.
        let finished = Plan { given_up: true, ..Plan::default() };
        let mut plan = std::mem::replace(&mut *lock(&self.shared.plan), finished);
        if !plan.is_for(scene, &self.options) {
            return rewrite(scene, &self.options, output);
        }
        let completed = plan.complete(scene, &self.shared.file);
        completed.map_err(|source| SnapshotError::Io { verb: "write", path, source })?;
        output.commit()
    }
}

/// The plain way, where the plan did not hold: into a fresh file.
fn rewrite(scene: &Scene, options: &WriteOptions, output: AtomicFile) -> Result<(), SnapshotError> {
    let path = output.path().to_owned();
    drop(output);
    super::write(scene, &path, options)
}

impl BlobStore for ArchiveStore {
    fn have(&self, _hash: &str, _expected_bytes: Option<u64>) -> Option<Blob> {
        None
    }

    fn expect(&self, scene: &Scene, blobs: &[(Arc<str>, Option<u64>)]) -> io::Result<()> {
        let mut plan = lock(&self.shared.plan);
        match Plan::new(scene, blobs, &self.options) {
            Some(new) if plan.entries.is_empty() && !plan.given_up => *plan = new,
            // After a lost connection: go on if nothing changed.
            Some(new) if new.is_laid_out_as(&plan) => return Ok(()),
            _ => {
                plan.given_up = true;
                return Ok(());
            }
        }
        drop(plan);
        // There is room: nothing was sent before.
        self.jobs.try_send(Job::Head).map_err(|_| gone())
    }

    fn put(&self, hash: Arc<str>, parts: Vec<Bytes>) -> BoxFuture<'_, io::Result<Blob>> {
        async move {
            if let Some(error) = lock(&self.shared.failure).as_ref() {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            let len: u64 = parts.iter().map(|part| part.len() as u64).sum();
            let place = {
                let mut plan = lock(&self.shared.plan);
                let index = plan.blobs.get(&hash).copied().filter(|_| !plan.given_up);
                let entry = index.and_then(|index| Some((index, plan.entries.get(index)?.clone())));
                plan.given_up |= entry.as_ref().is_none_or(|(_, entry)| entry.size != len);
                entry.filter(|(_, entry)| entry.size == len)
            };
            let Some((index, entry)) = place else { return Ok(in_memory(parts)) };
            let kib = u32::try_from(len / 1024 + 1).unwrap_or(WAITING_KIB).min(WAITING_KIB);
            let permit = Arc::clone(&self.budget).acquire_many_owned(kib).await.ok();
            self.jobs.send(Job::Blob(index, parts, permit)).await.map_err(|_| gone())?;
            // Read only after [`ArchiveStore::drain`] has waited.
            let blob = BlobInFile { file: Arc::clone(&self.shared.file), offset: entry.data_offset(), len };
            Ok(Blob::Stored(Arc::new(blob)))
        }
        .boxed()
    }
}

impl Plan {
    /// Where everything goes; `None` where a blob's size is not known, or entries are to be deflated.
    fn new(scene: &Scene, blobs: &[(Arc<str>, Option<u64>)], options: &WriteOptions) -> Option<Self> {
        if options.compress {
            return None;
        }
        let head = head_entries(scene, options);
        let mut plan = Self::default();
        let mut at = 0;
        let mut add = |name: String, size: u64| {
            let entry = Entry { name, deflated: false, crc: 0, stored: size, size, offset: at };
            at = entry.end();
            entry
        };
        plan.entries = head.iter().map(|(name, content)| add(name.clone(), content.as_bytes().len() as u64)).collect();
        for (hash, size) in blobs {
            plan.blobs.insert(Arc::clone(hash), plan.entries.len());
            let name = blob_entry(hash);
            names::check(&name).ok()?;
            plan.entries.push(add(name, (*size)?));
        }
        plan.written = vec![false; plan.entries.len()];
        plan.head = head;
        Some(plan)
    }

    fn is_laid_out_as(&self, other: &Self) -> bool {
        let places = |plan: &Self| plan.entries.iter().map(|entry| (entry.offset, entry.size)).collect::<Vec<_>>();
        self.head == other.head && self.blobs == other.blobs && places(self) == places(other)
    }

    /// True where the file, once complete, is what writing this scene at once would give.
    fn is_for(&self, scene: &Scene, options: &WriteOptions) -> bool {
        !self.given_up
            && !self.entries.is_empty()
            && self.blobs.len() == scene.blobs().len()
            && scene.blobs().all(|(hash, blob)| {
                let entry = self.blobs.get(hash).and_then(|index| self.entries.get(*index));
                entry.is_some_and(|entry| entry.size == blob.len())
            })
            && self.head == head_entries(scene, options)
    }

    /// Writes the blobs that were not fetched because they were here already, and the directory.
    fn complete(&mut self, scene: &Scene, file: &File) -> io::Result<()> {
        for (hash, blob) in scene.blobs() {
            let Some(&index) = self.blobs.get(hash) else { continue };
            let unwritten = self.written.get(index) == Some(&false);
            if let Some(mut entry) = self.entries.get(index).filter(|_| unwritten).cloned() {
                let pieces = blob.pieces()?;
                let len: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
                if len != entry.size {
                    let reason = format!("blob {hash} has {len} bytes now, and not {}", entry.size);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
                }
                entry.crc = archive::checksum(&pieces);
                write_entry(&entry, &pieces, file)?;
                self.set_written(index, entry);
            }
        }
        let end = self.entries.last().map_or(0, Entry::end);
        write_all_at(file, &zip::directory(&self.entries, end), end)
    }

    fn set_written(&mut self, index: usize, entry: Entry) {
        if let (Some(place), Some(written)) = (self.entries.get_mut(index), self.written.get_mut(index)) {
            *place = entry;
            *written = true;
        }
    }
}

/// The writing thread: first what comes before the blobs, then blobs as they come.
fn write_jobs(shared: &Shared, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.blocking_recv() {
        let written = match job {
            Job::Head => write_head(shared),
            Job::Blob(index, pieces, _permit) => write_blob(shared, index, &pieces),
            Job::Drain(done) => {
                let _ = done.send(());
                Ok(())
            }
        };
        if let Err(error) = written {
            lock(&shared.failure).get_or_insert(error);
        }
    }
}

fn gone() -> io::Error {
    io::Error::other("the thread that writes is gone")
}

fn write_head(shared: &Shared) -> io::Result<()> {
    /// Enough for the system to be worth the call.
    const CHUNK: usize = 4 << 20;
    let (head, mut entries) = {
        let plan = lock(&shared.plan);
        (plan.head.clone(), plan.entries.get(..plan.head.len()).unwrap_or_default().to_vec())
    };
    // What is next to each other before the first blob is written together; the folder entry of the
    // blobs is last and is a part of it.
    let mut buffer = Vec::with_capacity(CHUNK + (64 << 10));
    let mut start = 0;
    for ((_, content), entry) in head.iter().zip(&mut entries) {
        entry.crc = crc32fast::hash(content.as_bytes());
        buffer.extend(entry.local_header());
        buffer.extend_from_slice(content.as_bytes());
        if buffer.len() >= CHUNK {
            write_all_at(&shared.file, &buffer, start)?;
            start += buffer.len() as u64;
            buffer.clear();
        }
    }
    write_all_at(&shared.file, &buffer, start)?;
    let mut plan = lock(&shared.plan);
    for (index, entry) in entries.into_iter().enumerate() {
        plan.set_written(index, entry);
    }
    Ok(())
}

fn write_blob(shared: &Shared, index: usize, pieces: &[Bytes]) -> io::Result<()> {
    let Some(mut entry) = lock(&shared.plan).entries.get(index).cloned() else { return Ok(()) };
    entry.crc = archive::checksum(pieces);
    write_entry(&entry, pieces, &shared.file)?;
    lock(&shared.plan).set_written(index, entry);
    Ok(())
}

fn write_entry(entry: &Entry, pieces: &[Bytes], file: &File) -> io::Result<()> {
    write_all_at(file, &entry.local_header(), entry.offset)?;
    let mut at = entry.data_offset();
    for piece in pieces {
        write_all_at(file, piece, at)?;
        at += piece.len() as u64;
    }
    Ok(())
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = bytes.get(n..).unwrap_or_default();
        offset += n as u64;
    }
    Ok(())
}

/// Gives what an earlier snapshot or a folder of blobs has, and hands the rest on.
pub struct ReusingStore {
    inner: Arc<dyn BlobStore>,
    earlier: Option<Scene>,
    folder: Option<PathBuf>,
}

impl ReusingStore {
    /// Looks into `earlier` and `folder` first; what `inner` takes is put into the folder, too.
    pub fn new(inner: Arc<dyn BlobStore>, earlier: Option<Scene>, folder: Option<PathBuf>) -> Self {
        Self { inner, earlier, folder }
    }
}

impl BlobStore for ReusingStore {
    fn have(&self, hash: &str, expected_bytes: Option<u64>) -> Option<Blob> {
        let fits = |blob: &Blob| expected_bytes.is_none_or(|expected| expected == blob.len());
        if let Some(blob) = self.earlier.as_ref().and_then(|scene| scene.blob(hash)).filter(|blob| fits(blob)) {
            return Some(blob.clone());
        }
        let path = self.folder.as_ref()?.join(names::encode(hash));
        let len = std::fs::metadata(&path).ok()?.len();
        let blob = Blob::Stored(Arc::new(FileBlob { path, len }));
        if fits(&blob) { Some(blob) } else { self.inner.have(hash, expected_bytes) }
    }

    fn plans(&self) -> bool {
        self.inner.plans()
    }

    fn expect(&self, scene: &Scene, blobs: &[(Arc<str>, Option<u64>)]) -> io::Result<()> {
        self.inner.expect(scene, blobs)
    }

    fn put(&self, hash: Arc<str>, parts: Vec<Bytes>) -> BoxFuture<'_, io::Result<Blob>> {
        async move {
            if let Some(folder) = &self.folder {
                let (path, pieces) = (folder.join(names::encode(&hash)), parts.clone());
                let kept = tokio::task::spawn_blocking(move || keep(&path, &pieces)).await;
                kept.map_err(io::Error::other)??;
            }
            self.inner.put(hash, parts).await
        }
        .boxed()
    }
}

/// Puts a blob into the folder, whole or not at all.
fn keep(path: &Path, pieces: &[Bytes]) -> io::Result<()> {
    let folder = super::parent_of(path);
    std::fs::create_dir_all(&folder)?;
    let mut file = AtomicFile::create(path, true).map_err(io::Error::other)?;
    pieces.iter().try_for_each(|piece| io::Write::write_all(&mut file, piece))?;
    file.commit().map_err(io::Error::other)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
