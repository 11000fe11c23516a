//! Attachments that were announced, and those that came and wait for their message.

use std::collections::{BTreeMap, HashMap, VecDeque};

use bytes::Bytes;

use super::{V1Error, is_name};

/// Attachments that may be announced or wait at a time: a browser asks for all blobs of a scene at once.
const MOST: usize = 1 << 16;

/// An attachment that none of so many messages used is forgotten. Those of a message come right before it; only what
/// others publish comes between.
const PATIENCE: u64 = 256;

/// What came before the message that it belongs to.
#[derive(Debug)]
pub(in crate::protocol::wslink) struct Attachments {
    largest: u64,
    /// The names that binary messages belong to, in order; `None` for one that no message can use.
    announced: VecDeque<Option<Box<str>>>,
    waiting: HashMap<Box<str>, Waiting>,
    /// The names of those that wait, by their age.
    by_age: BTreeMap<u64, Box<str>>,
    /// Those that the message at hand has used.
    used: Vec<(Box<str>, Bytes)>,
    held: u64,
    came: u64,
    messages: u64,
}

#[derive(Debug)]
struct Waiting {
    data: Bytes,
    age: u64,
    /// Messages that had come by then.
    messages: u64,
}

impl Attachments {
    /// None, of which each may have so many bytes.
    pub(super) fn new(largest: u64) -> Self {
        Self {
            largest: largest.min(u32::MAX.into()),
            announced: VecDeque::new(),
            waiting: HashMap::new(),
            by_age: BTreeMap::new(),
            used: Vec::new(),
            held: 0,
            came: 0,
            messages: 0,
        }
    }

    /// Lets each have so many bytes from now on.
    pub(super) fn set_largest(&mut self, largest: u64) {
        self.largest = largest.min(u32::MAX.into());
    }

    /// A binary message will come that belongs to this name.
    pub(super) fn announce(&mut self, name: &str) -> Result<(), V1Error> {
        if self.announced.len() >= MOST {
            return Err(V1Error::TooMany { limit: MOST });
        }
        self.announced.push_back(is_name(name).then(|| name.into()));
        Ok(())
    }

    /// A binary message came. One that nobody announced is ignored, as the real ends do.
    pub(super) fn arrive(&mut self, data: Bytes) -> Result<(), V1Error> {
        let len = data.len() as u64;
        if len > self.largest {
            return Err(V1Error::TooLarge { len, limit: self.largest });
        }
        let Some(Some(name)) = self.announced.pop_front() else { return Ok(()) };
        self.forget(&name);
        if self.waiting.len() >= MOST {
            return Err(V1Error::TooMany { limit: MOST });
        }
        let limit = self.largest.saturating_mul(2);
        self.held += len;
        if self.held > limit {
            return Err(V1Error::TooMuch { limit });
        }
        self.by_age.insert(self.came, name.clone());
        self.waiting.insert(name, Waiting { data, age: self.came, messages: self.messages });
        self.came += 1;
        Ok(())
    }

    /// The data of a name, once.
    pub(in crate::protocol::wslink) fn take(&mut self, name: &str) -> Option<Bytes> {
        let data = self.forget(name)?;
        self.used.push((name.into(), data.clone()));
        Some(data)
    }

    fn forget(&mut self, name: &str) -> Option<Bytes> {
        let found = self.waiting.remove(name)?;
        self.by_age.remove(&found.age);
        self.held -= found.data.len() as u64;
        Some(found.data)
    }

    /// A message is looked at, whatever became of the one before.
    pub(super) fn start_message(&mut self) {
        self.used.clear();
    }

    /// A message was read to its end: what has waited for too long goes. Gives what it used.
    pub(super) fn finish_message(&mut self) -> Vec<(Box<str>, Bytes)> {
        self.messages += 1;
        while let Some(oldest) = self.by_age.first_entry() {
            let name = oldest.get().clone();
            if self.waiting.get(&name).is_some_and(|waiting| self.messages - waiting.messages < PATIENCE) {
                break;
            }
            self.forget(&name);
        }
        std::mem::take(&mut self.used)
    }

    /// How many wait, and their bytes.
    pub(super) fn held(&self) -> (usize, u64) {
        (self.waiting.len(), self.held)
    }
}
