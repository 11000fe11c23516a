//! The handle of a recording: whoever hears something tells it, and never waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::RecordingError;
use super::output::Output;
use super::queue::Queue;
use super::writer::write_all;
use crate::protocol::{Direction, Happening, Protocol, Tap, Traffic, WsMessage};
use crate::wire::step_back;

/// How to record.
pub struct RecorderOptions {
    /// Overwrite what is there.
    pub force: bool,
    /// The protocol that is spoken; `None`: what [`Tap::speaks`] tells, before anything happens.
    pub protocol: Option<&'static dyn Protocol>,
    /// What must not get into the recording: secrets, tokens, values of headers and cookies.
    pub secrets: Vec<String>,
}

/// What was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Websocket messages.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of the file.
    pub file_bytes: u64,
}

/// Writes a recording. Whoever hears something tells it as a [`Tap`]; nobody waits for the disk.
pub struct Recorder {
    path: PathBuf,
    /// The file is ours: nothing was there before.
    is_new: bool,
    start: Instant,
    shared: Arc<Shared>,
    connections: AtomicU32,
    thread: Mutex<Option<JoinHandle<Result<Summary, RecordingError>>>>,
}

/// What the handle and its thread share.
pub(super) struct Shared {
    pub(super) queue: Queue,
    messages: AtomicU64,
    bytes: AtomicU64,
    /// Why the recording ended before it was to.
    broken: Mutex<Option<RecordingError>>,
    ended: Notify,
    /// Nothing of it is wanted.
    pub(super) discarded: AtomicBool,
    /// What is spoken, once it is known.
    pub(super) spoken: OnceLock<&'static dyn Protocol>,
}

impl Recorder {
    /// Starts a recording in a file that is there from now on; `-` is stdout.
    ///
    /// # Errors
    /// When something is there and `force` is not set, when somebody else records to it, or the system says no.
    pub fn create(path: &Path, options: RecorderOptions) -> Result<Arc<Self>, RecordingError> {
        let output = Output::open(path, options.force)?;
        Self::start(path, output, options, SystemTime::now())
    }

    /// As [`Recorder::create`], for a session that took place at another time.
    ///
    /// # Errors
    /// As [`Recorder::create`].
    pub fn create_at(path: &Path, options: RecorderOptions, start: SystemTime) -> Result<Arc<Self>, RecordingError> {
        let output = Output::open(path, options.force)?;
        Self::start(path, output, options, start)
    }

    fn start(
        path: &Path,
        output: Output,
        options: RecorderOptions,
        start: SystemTime,
    ) -> Result<Arc<Self>, RecordingError> {
        let shared = Arc::new(Shared {
            queue: Queue::new(),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            broken: Mutex::default(),
            ended: Notify::new(),
            discarded: AtomicBool::new(false),
            spoken: OnceLock::new(),
        });
        let is_new = output.is_new;
        let (for_thread, thread_path) = (Arc::clone(&shared), path.to_owned());
        let thread = std::thread::Builder::new().name(String::from("recorder")).spawn(move || {
            step_back();
            let written =
                write_all(output, options, start, &for_thread).map_err(RecordingError::mcap(&thread_path, "write"));
            for_thread.queue.abandon();
            written.map_err(|error| {
                for_thread.break_off(error);
                RecordingError::TooSlow { path: thread_path }
            })
        });
        let thread = thread.map_err(RecordingError::io(path, "write"))?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            is_new,
            start: Instant::now(),
            shared,
            connections: AtomicU32::new(0),
            thread: Mutex::new(Some(thread)),
        }))
    }

    /// Adds something that happened at a time of its own, as soon as there is room: for those who read from a file.
    pub fn add(&self, traffic: Traffic) {
        let len = self.count(&traffic);
        self.shared.queue.push_waiting(traffic, len);
    }

    fn hear(&self, when: Instant, connection: u32, what: Happening) {
        let traffic = Traffic { time: when.saturating_duration_since(self.start), connection, what };
        let len = self.count(&traffic);
        if !self.shared.queue.push(traffic, len) {
            self.shared.break_off(RecordingError::TooSlow { path: self.path.clone() });
            self.shared.queue.finish();
        }
    }

    fn count(&self, traffic: &Traffic) -> usize {
        let Happening::Message(_, message) = &traffic.what else { return 0 };
        self.shared.messages.fetch_add(1, Ordering::Relaxed);
        self.shared.bytes.fetch_add(message.data.len() as u64, Ordering::Relaxed);
        message.data.len()
    }

    /// Waits until the recording breaks off, if it does.
    pub async fn broken(&self) {
        loop {
            let ended = self.shared.ended.notified();
            if self.shared.is_broken() {
                return;
            }
            ended.await;
        }
    }

    /// Bytes of the messages recorded so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Messages recorded so far.
    pub fn messages(&self) -> u64 {
        self.shared.messages.load(Ordering::Relaxed)
    }

    /// Writes what is left, and the index. May take as long as the disk does.
    ///
    /// # Errors
    /// Why the recording broke off, if it did. What was written until then can be read.
    pub fn finish(&self) -> Result<Summary, RecordingError> {
        self.shared.queue.finish();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let written = match thread.map(JoinHandle::join) {
            Some(Ok(written)) => written,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(Summary::default()),
        };
        match self.shared.broken.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => written,
        }
    }

    /// Ends a recording in which nothing was heard, and takes the file away again; one that was there before stays.
    ///
    /// # Errors
    /// As [`Recorder::finish`].
    pub fn discard(&self) -> Result<(), RecordingError> {
        self.shared.discarded.store(true, Ordering::Relaxed);
        let finished = self.finish();
        if self.messages() == 0 && self.is_new {
            let _ = std::fs::remove_file(&self.path);
        }
        finished.map(drop)
    }
}

impl Shared {
    fn break_off(&self, error: RecordingError) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.ended.notify_waiters();
    }

    fn is_broken(&self) -> bool {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

impl Tap for Recorder {
    fn speaks(&self, protocol: &'static dyn Protocol) {
        let _ = self.shared.spoken.set(protocol);
    }

    fn opened(&self, url: &str) -> u32 {
        self.opened_at(Instant::now(), url)
    }

    fn opened_at(&self, when: Instant, url: &str) -> u32 {
        let connection = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        self.hear(when, connection, Happening::Opened { url: url.to_owned() });
        connection
    }

    fn message(&self, connection: u32, direction: Direction, message: &WsMessage) {
        self.message_at(Instant::now(), connection, direction, message);
    }

    fn message_at(&self, when: Instant, connection: u32, direction: Direction, message: &WsMessage) {
        self.hear(when, connection, Happening::Message(direction, message.clone()));
    }

    fn closed(&self, connection: u32, reason: &str) {
        self.hear(Instant::now(), connection, Happening::Closed { reason: reason.to_owned() });
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        self.shared.queue.room().boxed()
    }
}
