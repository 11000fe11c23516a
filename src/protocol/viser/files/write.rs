//! Writing `.viser` files as viser 1.0.25 and later do.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use rmp::encode;

use crate::protocol::Written;
use crate::protocol::viser::VERSION;
use crate::protocol::viser::chronicle::{Step, Story};
use crate::protocol::viser::dialect::content_hash;
use crate::protocol::viser::encode::{Pack, Said};
use crate::protocol::viser::frame::ALIGNMENT;
use crate::protocol::viser::kinds;
use crate::protocol::viser::message::Message;
use crate::protocol::viser::model::Model;
use crate::scene::Scene;

/// The level that viser compresses its files with.
const LEVEL: i32 = 12;

/// What runs in the browser of whoever opens the file.
const PROGRAM: &str = "RunJavascriptMessage";

const WARNING: &str = "it holds programs that the browser of whoever opens it will run (RunJavascriptMessage)";

/// Counts what goes in, and what does not.
#[derive(Default)]
struct Sieve {
    without: BTreeMap<String, u64>,
    has_programs: bool,
}

impl Sieve {
    /// True for messages that such files hold: what is in the scene, and what nobody knows.
    fn takes(&mut self, kind: &str) -> bool {
        let is_taken = kinds::kind(kind).is_none_or(|kind| kind.is_recorded);
        self.has_programs |= is_taken && kind == PROGRAM;
        if !is_taken && kind != "ReplayDoneMessage" {
            let name = kind.strip_suffix("Message").unwrap_or(kind);
            *self.without.entry(name.to_owned()).or_default() += 1;
        }
        is_taken
    }

    fn written(self, data: Vec<u8>, messages: u32, lost: Vec<String>) -> Written {
        let warning = self.has_programs.then_some(WARNING);
        Written { data, messages: messages.into(), without: self.without.into_iter().collect(), lost, warning }
    }
}

/// What stands before a message: when.
fn head(seconds: f64) -> Vec<u8> {
    let mut head = Vec::new();
    // Writing to a vector cannot fail.
    let _ = encode::write_array_len(&mut head, 2);
    let _ = encode::write_f64(&mut head, seconds);
    head
}

/// The version without what it is of.
fn version(producer: Option<&str>) -> &str {
    producer.and_then(|producer| producer.strip_prefix("viser ")).unwrap_or(VERSION)
}

/// A scene at rest.
pub(super) fn write_scene(scene: &Scene, said: Vec<Said>) -> Result<Written, String> {
    let (mut sieve, mut lost) = (Sieve::default(), Vec::new());
    let mut pack = Pack::new(scene);
    let head = head(0.0);
    for message in said.iter().filter(|said| sieve.takes(&said.kind)) {
        if let Err(error) = pack.push_behind(message, &head) {
            lost.push(error.to_string());
        }
    }
    let (messages, body) = (pack.messages, std::mem::take(&mut pack.body));
    let buffers = pack.buffers.iter().map(|blob| blob.read().map_err(|error| error.to_string()));
    let buffers = buffers.collect::<Result<Vec<Bytes>, String>>()?;
    let data = file(&body, messages, 0.0, version(scene.producer.as_deref()), &buffers)?;
    Ok(sieve.written(data, messages, lost))
}

/// A session: its first state, and everything that was said later at its time.
pub(in crate::protocol::viser) fn write_story(story: &Story) -> Result<Written, String> {
    let mut sieve = Sieve::default();
    let (mut body, mut messages, mut buffers) = (Vec::new(), 0_u32, Vec::new());
    let mut by_hash: HashMap<String, usize> = HashMap::new();
    let mut number = |buffer: Bytes| {
        *by_hash.entry(content_hash(std::slice::from_ref(&buffer))).or_insert_with(|| {
            buffers.push(buffer);
            buffers.len() - 1
        })
    };
    let start = story.moments.first().map(|moment| moment.time).unwrap_or_default();
    for (k, moment) in story.moments.iter().enumerate() {
        let said: Vec<Message> = match story.step(k) {
            Some(Step::First) => Model::default().difference(&story.model_at(k).unwrap_or_default()),
            Some(Step::Said(said)) => said.kept.messages()?,
            Some(Step::Again(messages)) => messages,
            None => Vec::new(),
        };
        let head = head(moment.time.saturating_sub(start).as_secs_f64());
        for message in said.iter().filter(|message| sieve.takes(message.kind())) {
            body.extend_from_slice(&head);
            message.write(&mut body, &mut number);
            messages += 1;
        }
    }
    // Of a scene at rest nothing is to be waited for.
    let is_at_rest = story.moments.len() < 2 && story.end == start;
    let length = if is_at_rest { 0.0 } else { story.end.saturating_sub(start).as_secs_f64() };
    let data = file(&body, messages, length, version(story.producer.as_deref()), &buffers)?;
    Ok(sieve.written(data, messages, Vec::new()))
}

/// Puts a file together.
fn file(body: &[u8], messages: u32, length: f64, version: &str, buffers: &[Bytes]) -> Result<Vec<u8>, String> {
    let mut inner = vec![0; 8];
    let _ = encode::write_map_len(&mut inner, 4);
    let _ = encode::write_str(&mut inner, "durationSeconds");
    let _ = encode::write_f64(&mut inner, length);
    let _ = encode::write_str(&mut inner, "messages");
    let _ = encode::write_array_len(&mut inner, messages);
    inner.extend_from_slice(body);
    let _ = encode::write_str(&mut inner, "viserVersion");
    let _ = encode::write_str(&mut inner, version);
    let _ = encode::write_str(&mut inner, "binaryBufferLengths");
    let _ = encode::write_array_len(&mut inner, u32::try_from(buffers.len()).unwrap_or(u32::MAX));
    buffers.iter().for_each(|buffer| drop(encode::write_uint(&mut inner, buffer.len() as u64)));
    let len = (inner.len() as u64 - 8).to_le_bytes();
    inner.iter_mut().zip(len).for_each(|(place, byte)| *place = byte);
    for buffer in buffers {
        inner.resize(inner.len().next_multiple_of(ALIGNMENT), 0);
        inner.extend_from_slice(buffer);
    }
    let packed = zstd::bulk::compress(&inner, LEVEL).map_err(|error| error.to_string())?;
    let mut data = (inner.len() as u64).to_le_bytes().to_vec();
    data.extend_from_slice(&packed);
    Ok(data)
}

#[cfg(test)]
mod tests;
