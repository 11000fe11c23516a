//! The thread that writes a recording.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mcap::records::{MessageHeader, Metadata};
use mcap::write::NoSeek;
use mcap::{Compression, McapError, WriteOptions};
use serde_json::json;

use super::output::{Counted, Output};
use super::queue::Next;
use super::recorder::{RecorderOptions, Shared, Summary};
use super::rpc::RpcLog;
use super::secrets::{Cleaner, Secrets};
use super::{BINARY, EVENTS, FORMAT, FRAMES_TO_CLIENT, FRAMES_TO_SERVER, METADATA, RPC, TEXT};
use crate::protocol::{self, Direction, Happening, Protocol, Traffic};

/// What is not written by then is, even if a chunk is not full.
const PATIENCE: Duration = Duration::from_secs(1);
/// When nothing more comes for so long, what there is is written.
const CALM: Duration = Duration::from_millis(200);
/// A chunk of so many bytes is compressed and written.
const CHUNK: u64 = 1 << 20;

/// Writes until there is nothing more. Nothing is written before something has happened: only then it is known what is
/// spoken. What is to be overwritten stays until there is something to put in its place.
pub(super) fn write_all(
    output: Output,
    options: RecorderOptions,
    start: SystemTime,
    shared: &Shared,
) -> Result<Summary, McapError> {
    let mut early = Vec::new();
    loop {
        match shared.queue.next(PATIENCE) {
            Next::Write(traffic) => early.push(traffic),
            Next::Idle => {}
            Next::Finish if shared.discarded.load(Ordering::Relaxed) => return Ok(Summary::default()),
            Next::Finish => break,
        }
        let is_enough = |traffic: &Traffic| !output.is_old || matches!(traffic.what, Happening::Message(..));
        if early.last().is_some_and(is_enough) {
            break;
        }
    }
    if output.is_old {
        output.file.set_len(0)?;
    }
    let protocol = options.protocol.or_else(|| shared.spoken.get().copied()).unwrap_or_else(protocol::usual);
    let mut writer = Writer::new(output.file, &options.secrets, protocol, start)?;
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
    fn new(
        file: File,
        secrets: &[String],
        protocol: &'static dyn Protocol,
        start: SystemTime,
    ) -> Result<Self, McapError> {
        let output = Counted::new(file);
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
            (String::from("protocol"), protocol.name().to_owned()),
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
            secrets: Secrets::new(secrets, protocol.public_secrets()),
            protocol,
            cleaners: HashMap::new(),
            rpc: RpcLog::new(protocol),
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
                return self.event(
                    time,
                    connection,
                    json!({"event": "open", "url": self.secrets.clean_text(None, &url)}),
                );
            }
            Happening::Closed { reason } => {
                let cleaner = self.cleaners.remove(&connection);
                self.rpc.closed(connection);
                let reason = self.secrets.clean_text(cleaner.as_ref(), &reason);
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
        let lines = self.rpc.hear(time, connection, direction, &message);
        lines.iter().try_for_each(|line| self.put(self.channels.rpc, time, connection, line.as_bytes()))
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
