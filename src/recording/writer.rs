//! Writing a recording, from a thread of its own.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mcap::records::{MessageHeader, Metadata};
use mcap::write::NoSeek;
use mcap::{Compression, McapError, WriteOptions};
use serde_json::json;
use tokio::sync::Notify;

use super::queue::{Next, Queue};
use super::rpc::RpcLog;
use super::secrets::{Cleaner, Secrets};
use super::{BINARY, EVENTS, FORMAT, FRAMES_TO_CLIENT, FRAMES_TO_SERVER, METADATA, RPC, RecordingError, TEXT};
use crate::protocol::{Direction, Happening, Protocol, Tap, Traffic, WsMessage};
use crate::wire::step_back;

/// What is not written by then is, even if a chunk is not full.
const PATIENCE: Duration = Duration::from_secs(1);
/// When nothing more comes for so long, what there is is written.
const CALM: Duration = Duration::from_millis(200);
/// A chunk of so many bytes is compressed and written.
const CHUNK: u64 = 1 << 20;

/// How to record.
pub struct RecorderOptions {
    /// Overwrite what is there.
    pub force: bool,
    /// The protocol that is spoken.
    pub protocol: &'static dyn Protocol,
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
    /// There was something before.
    overwrites: bool,
    start: Instant,
    shared: Arc<Shared>,
    connections: AtomicU32,
    thread: Mutex<Option<JoinHandle<Result<Summary, RecordingError>>>>,
}

struct Shared {
    queue: Queue,
    messages: AtomicU64,
    bytes: AtomicU64,
    /// Why the recording ended before it was to.
    broken: Mutex<Option<RecordingError>>,
    ended: Notify,
    /// Nothing of it is wanted.
    discarded: AtomicBool,
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
        });
        let overwrites = output.is_old;
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
            overwrites,
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

    fn hear(&self, connection: u32, what: Happening) {
        let traffic = Traffic { time: self.start.elapsed(), connection, what };
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
    pub fn discard(&self) {
        self.shared.discarded.store(true, Ordering::Relaxed);
        let _ = self.finish();
        if self.messages() == 0 && !self.overwrites && self.path.is_file() {
            let _ = std::fs::remove_file(&self.path);
        }
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
    fn opened(&self, url: &str) -> u32 {
        let connection = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        self.hear(connection, Happening::Opened { url: url.to_owned() });
        connection
    }

    fn message(&self, connection: u32, direction: Direction, message: &WsMessage) {
        self.hear(connection, Happening::Message(direction, message.clone()));
    }

    fn closed(&self, connection: u32, reason: &str) {
        self.hear(connection, Happening::Closed { reason: reason.to_owned() });
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        self.shared.queue.room().boxed()
    }
}

/// Where the bytes go.
struct Output {
    file: File,
    /// There is something in it that is to be overwritten.
    is_old: bool,
}

/// A handle of its own for stdout: the usual one is locked by whoever prints answers.
#[cfg(unix)]
fn stdout() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdout().as_handle().try_clone_to_owned().map(File::from)
}

impl Output {
    fn open(path: &Path, force: bool) -> Result<Self, RecordingError> {
        if path == Path::new("-") {
            let stdout = stdout().map_err(RecordingError::io(path, "write"))?;
            return Ok(Self { file: stdout, is_old: false });
        }
        let existed = path.exists();
        let io = |error| RecordingError::io(path, "write")(error);
        let file = File::options().write(true).create(true).truncate(false).open(path).map_err(io)?;
        let is_file = file.metadata().map_err(io)?.is_file();
        if !is_file {
            return Ok(Self { file, is_old: false });
        }
        match file.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => return Err(RecordingError::InUse { path: path.to_owned() }),
            // A file system without locks is no reason not to record.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => {}
        }
        if existed && !force {
            return Err(RecordingError::Exists { path: path.to_owned() });
        }
        Ok(Self { file, is_old: existed })
    }
}

/// Counts what goes through; one handle is the MCAP writer's, one is for the last flush.
#[derive(Clone)]
struct Counted(Arc<Mutex<(io::BufWriter<File>, u64)>>);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (output, count) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = output.write(bytes)?;
        *count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.flush()
    }
}

impl Counted {
    fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// Writes until there is nothing more. What is to be overwritten stays until there is something to put in its place.
fn write_all(
    output: Output,
    options: RecorderOptions,
    start: SystemTime,
    shared: &Shared,
) -> Result<Summary, McapError> {
    let mut early = Vec::new();
    if output.is_old {
        loop {
            match shared.queue.next(PATIENCE) {
                Next::Write(traffic) => early.push(traffic),
                Next::Idle => {}
                Next::Finish if shared.discarded.load(Ordering::Relaxed) => return Ok(Summary::default()),
                Next::Finish => break,
            }
            if early.last().is_some_and(|traffic| matches!(traffic.what, Happening::Message(..))) {
                break;
            }
        }
        output.file.set_len(0)?;
    }
    let mut writer = Writer::new(output.file, options, start)?;
    early.into_iter().try_for_each(|traffic| writer.write(traffic))?;
    writer.run(shared)
}

/// The thread's half.
struct Writer {
    mcap: mcap::Writer<NoSeek<Counted>>,
    channels: Channels,
    start: u64,
    secrets: Secrets,
    protocol: &'static dyn Protocol,
    cleaners: HashMap<u32, Cleaner>,
    rpc: RpcLog,
    summary: Summary,
    output: Counted,
    chunk_since: Option<Instant>,
}

struct Channels {
    to_server: [u16; 2],
    to_client: [u16; 2],
    events: u16,
    rpc: u16,
}

impl Writer {
    fn new(file: File, options: RecorderOptions, start: SystemTime) -> Result<Self, McapError> {
        let output = Counted(Arc::new(Mutex::new((io::BufWriter::with_capacity(1 << 20, file), 0))));
        let mut mcap = WriteOptions::new()
            .compression(Some(Compression::Zstd))
            .compression_level(1)
            .compression_threads(0)
            .chunk_size(Some(CHUNK))
            // A chunk is written only when it is whole, and into pipes, too.
            .disable_seeking(true)
            .library(format!("scenectl {}", env!("CARGO_PKG_VERSION")))
            .create(NoSeek::new(output.clone()))?;
        let start = start.duration_since(UNIX_EPOCH).unwrap_or_default();
        let metadata = BTreeMap::from([
            (String::from("format"), String::from(FORMAT)),
            (String::from("program"), format!("scenectl {}", env!("CARGO_PKG_VERSION"))),
            (String::from("protocol"), options.protocol.name().to_owned()),
            (String::from("start"), start.as_nanos().to_string()),
        ]);
        mcap.write_metadata(&Metadata { name: String::from(METADATA), metadata })?;
        let none = BTreeMap::new();
        let rpc_schema = mcap.add_schema("scenectl.Rpc", "jsonschema", super::rpc::SCHEMA.as_bytes())?;
        let event_schema = mcap.add_schema("scenectl.Event", "jsonschema", EVENT_SCHEMA.as_bytes())?;
        let channels = Channels {
            to_server: [
                mcap.add_channel(0, FRAMES_TO_SERVER, BINARY, &none)?,
                mcap.add_channel(0, FRAMES_TO_SERVER, TEXT, &none)?,
            ],
            to_client: [
                mcap.add_channel(0, FRAMES_TO_CLIENT, BINARY, &none)?,
                mcap.add_channel(0, FRAMES_TO_CLIENT, TEXT, &none)?,
            ],
            events: mcap.add_channel(event_schema, EVENTS, "json", &none)?,
            rpc: mcap.add_channel(rpc_schema, RPC, "json", &none)?,
        };
        Ok(Self {
            mcap,
            channels,
            start: u64::try_from(start.as_nanos()).unwrap_or_default(),
            secrets: Secrets::new(&options.secrets, options.protocol.public_secrets()),
            protocol: options.protocol,
            cleaners: HashMap::new(),
            rpc: RpcLog::new(options.protocol),
            summary: Summary::default(),
            output,
            chunk_since: None,
        })
    }

    fn run(&mut self, shared: &Shared) -> Result<Summary, McapError> {
        // What the head says can be read even if nothing else ever comes.
        self.flush()?;
        loop {
            match shared.queue.next(CALM) {
                Next::Write(traffic) => self.write(traffic)?,
                Next::Idle if self.chunk_since.is_some() => self.flush()?,
                Next::Idle => {}
                Next::Finish => break,
            }
            if self.chunk_since.is_some_and(|since| since.elapsed() >= PATIENCE) {
                self.flush()?;
            }
        }
        self.mcap.finish()?;
        self.output.flush()?;
        self.summary.file_bytes = self.output.bytes();
        Ok(self.summary)
    }

    fn flush(&mut self) -> Result<(), McapError> {
        self.chunk_since = None;
        self.mcap.flush()?;
        Ok(())
    }

    fn write(&mut self, traffic: Traffic) -> Result<(), McapError> {
        self.chunk_since.get_or_insert_with(Instant::now);
        let Traffic { time, connection, what } = traffic;
        let (direction, message) = match what {
            Happening::Message(direction, message) => (direction, message),
            Happening::Opened { url } => {
                return self.event(time, connection, json!({"event": "open", "url": self.secrets.clean_text(&url)}));
            }
            Happening::Closed { reason } => {
                self.cleaners.remove(&connection);
                self.rpc.closed(connection);
                let reason = self.secrets.clean_text(&reason);
                return self.event(time, connection, json!({"event": "close", "reason": reason}));
            }
        };
        let cleaner = self.cleaners.entry(connection).or_insert_with(|| Cleaner::new(self.protocol.scrubber()));
        let message = self.secrets.clean(cleaner, direction, message);
        self.summary.messages += 1;
        self.summary.bytes += message.data.len() as u64;
        let [binary, text] = match direction {
            Direction::ToServer => self.channels.to_server,
            Direction::ToClient => self.channels.to_client,
        };
        let channel = if message.is_text { text } else { binary };
        self.put(channel, time, connection, &message.data)?;
        if let Some(line) = self.rpc.hear(time, connection, direction, &message) {
            self.put(self.channels.rpc, time, connection, line.as_bytes())?;
        }
        Ok(())
    }

    fn event(&mut self, time: Duration, connection: u32, mut event: serde_json::Value) -> Result<(), McapError> {
        if let Some(event) = event.as_object_mut() {
            event.insert(String::from("t"), json!(time.as_secs_f64()));
            event.insert(String::from("connection"), json!(connection));
        }
        self.put(self.channels.events, time, connection, event.to_string().as_bytes())
    }

    fn put(&mut self, channel_id: u16, time: Duration, connection: u32, data: &[u8]) -> Result<(), McapError> {
        let time = self.start.saturating_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        let header = MessageHeader { channel_id, sequence: connection, log_time: time, publish_time: time };
        self.mcap.write_to_known_channel(&header, data)
    }
}

const EVENT_SCHEMA: &str = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"scenectl.Event","type":"object","properties":{"t":{"type":"number","description":"seconds since the start"},"connection":{"type":"integer"},"event":{"enum":["open","close"]},"url":{"type":"string"},"reason":{"type":"string"}},"required":["t","connection","event"]}"#;
