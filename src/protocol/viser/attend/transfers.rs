//! Files that the server sends, in parts.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::heard::bytes;
use crate::protocol::viser::message::Message;
use crate::protocol::{Download, DownloadState, Event, Host, Receiving};

/// Files that come at a time: each is open.
const MOST_AT_ONCE: usize = 64;

/// Bytes of a name that is told, and of a number that is kept.
const LONGEST_NAME: usize = 4_096;

/// Files that are on their way.
#[derive(Default)]
pub(super) struct Transfers {
    coming: HashMap<String, Transfer>,
}

struct Transfer {
    name: String,
    size: u64,
    parts: u64,
    received: u64,
    next: u64,
    since: Instant,
    file: Option<Box<dyn Receiving>>,
}

impl Transfer {
    fn event(&self, state: DownloadState) -> Event {
        Event::Download(Download { name: self.name.clone(), size: self.size, state })
    }

    /// Takes a part; true where it was the last.
    fn part(&mut self, index: Option<u64>, content: Option<&[u8]>) -> Result<bool, String> {
        let (Some(index), Some(content)) = (index, content) else {
            return Err(String::from("a part of it has no number or no content"));
        };
        if index >= self.parts {
            return Err(format!("part {index} came, and it has only {}", self.parts));
        }
        if index != self.next {
            return Err(format!("part {index} came where part {} was due", self.next));
        }
        self.next += 1;
        self.received += content.len() as u64;
        if self.received > self.size {
            return Err(format!("more than the {} bytes came that it said it has", self.size));
        }
        if let Some(file) = &mut self.file {
            file.write(content).map_err(|error| format!("it cannot be written: {error}"))?;
        }
        Ok(self.next == self.parts)
    }

    fn end(mut self) -> Event {
        if self.received != self.size {
            let (received, size) = (self.received, self.size);
            let reason = format!("{received} bytes came in all its parts, and it said it has {size}");
            return self.event(DownloadState::Refused { reason });
        }
        let file = self.file.take();
        let seconds = self.since.elapsed().as_secs_f64();
        self.event(match file.map(|file| file.finish()) {
            None => DownloadState::Dropped { seconds },
            Some(Ok(path)) => DownloadState::Saved { path, seconds },
            Some(Err(reason)) => DownloadState::Refused { reason },
        })
    }
}

impl Transfers {
    /// Hears of a file.
    pub(super) fn start(&mut self, message: &Message, host: &Arc<dyn Host>, events: &mut Vec<Event>) {
        let name: String = message.text("filename").unwrap_or_default().chars().take(LONGEST_NAME).collect();
        let (size, parts) = (message.count("size_bytes"), message.count("part_count"));
        let id = message.text("transfer_uuid").unwrap_or_default().to_owned();
        let transfer = Transfer {
            name,
            size: size.unwrap_or_default(),
            parts: parts.unwrap_or_default(),
            received: 0,
            next: 0,
            since: Instant::now(),
            file: None,
        };
        if let Some(first) = self.coming.remove(&id) {
            let reason = String::from("another file came under its number");
            events.push(first.event(DownloadState::Refused { reason }));
        }
        let possible = if size.is_none() || parts.is_none() {
            Err(String::from("it does not say how large it is"))
        } else if transfer.parts == 0 && transfer.size > 0 {
            Err(format!("it says that it has {} bytes in no part", transfer.size))
        } else if id.len() > LONGEST_NAME {
            Err(String::from("its number is too long"))
        } else if self.coming.len() >= MOST_AT_ONCE {
            Err(format!("{MOST_AT_ONCE} files are coming already"))
        } else {
            host.receive(&transfer.name, transfer.size)
        };
        let file = match possible {
            Ok(file) => file,
            Err(reason) => return events.push(transfer.event(DownloadState::Refused { reason })),
        };
        let mime = message.text("mime_type").unwrap_or_default().chars().take(LONGEST_NAME).collect();
        events.push(transfer.event(DownloadState::Started { mime, kept: file.is_some() }));
        let transfer = Transfer { file, ..transfer };
        if transfer.parts == 0 {
            events.push(transfer.end());
        } else {
            self.coming.insert(id, transfer);
        }
    }

    /// Takes a part. Those of files that were refused are of no interest.
    pub(super) fn part(&mut self, message: &Message, events: &mut Vec<Event>) {
        let id = message.text("transfer_uuid").unwrap_or_default();
        let Some(transfer) = self.coming.get_mut(id) else { return };
        match transfer.part(message.count("part_index"), bytes(message, "content")) {
            Ok(false) => events.push(transfer.event(DownloadState::Part { received: transfer.received })),
            Ok(true) => events.extend(self.coming.remove(id).map(Transfer::end)),
            Err(reason) => {
                events.push(transfer.event(DownloadState::Refused { reason }));
                self.coming.remove(id);
            }
        }
    }

    /// Nothing more of them will come.
    pub(super) fn broken(&mut self, events: &mut Vec<Event>) {
        for (_, transfer) in self.coming.drain() {
            let reason = format!("the connection was lost after {} of its bytes", transfer.received);
            events.push(transfer.event(DownloadState::Refused { reason }));
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.coming.values().map(|transfer| transfer.name.clone()).collect()
    }
}
