//! Websocket messages in, msgpack out.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::super::json::{self, Packer};
use super::{ANNOUNCE, Attachments, V1Error, WITH_DATA};
use crate::protocol::WsMessage;

/// The method of a message that announces attachments stands within so many bytes from its start.
const HEAD: usize = 256;

/// Puts the messages of one direction of a connection together.
#[derive(Debug)]
pub struct Decoder {
    largest: u64,
    attachments: Attachments,
}

/// What one or more websocket messages said together.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// One msgpack map with its attachments in it; `None` for a message without an id, which neither end looks at.
    pub message: Option<Bytes>,
    /// The attachments by their names, in the order in which the message uses them.
    pub attachments: Vec<(Box<str>, Bytes)>,
}

/// A message that has no id: it announces attachments, or nobody knows what it is.
#[derive(Deserialize)]
struct Notice<'a> {
    id: Option<IgnoredAny>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    args: Vec<Cow<'a, str>>,
}

impl Decoder {
    /// At the start of a connection; no message or attachment may have more than so many bytes.
    pub fn new(largest: u64) -> Self {
        Self { largest, attachments: Attachments::new(largest) }
    }

    /// Lets messages be larger (or less large) from now on: a hello raises it.
    pub fn set_largest(&mut self, largest: u64) {
        self.largest = largest;
        self.attachments.set_largest(largest);
    }

    /// Takes a websocket message; gives a whole wslink message as one msgpack map, with its attachments in it.
    ///
    /// # Errors
    /// [`V1Error`]; after one, the connection is of no more use.
    pub fn push(&mut self, message: &WsMessage) -> Result<Option<Bytes>, V1Error> {
        Ok(self.push_whole(message)?.and_then(|whole| whole.message))
    }

    /// As [`Decoder::push`]; tells its attachments, too, for whoever passes it on as it came. `None` for an attachment,
    /// and for what announces one.
    ///
    /// # Errors
    /// [`V1Error`]. After [`V1Error::is_nonsense`] the next message may still be a good one.
    pub fn push_whole(&mut self, message: &WsMessage) -> Result<Option<Whole>, V1Error> {
        if !message.is_text {
            return self.attachments.arrive(message.data.clone()).map(|()| None);
        }
        let len = message.data.len() as u64;
        if len > self.largest {
            return Err(V1Error::TooLarge { len, limit: self.largest });
        }
        let text = std::str::from_utf8(&message.data).map_err(|_| V1Error::NotUtf8)?;
        let head = message.data.get(..HEAD).unwrap_or(&message.data);
        if memmem::find(head, ANNOUNCE.as_bytes()).is_some()
            && let Ok(Notice { id: None, method: Some(method), args }) = serde_json::from_str(text)
            && method == ANNOUNCE
        {
            args.iter().try_for_each(|name| self.attachments.announce(name))?;
            return Ok(None);
        }
        self.pack(&speakable(text)).map(Some)
    }

    fn pack(&mut self, text: &str) -> Result<Whole, V1Error> {
        self.attachments.start_message();
        let mut out = Vec::with_capacity(text.len());
        let mut json = serde_json::Deserializer::from_str(text);
        let map = TopLevel { out: &mut out, attachments: &mut self.attachments };
        let has_id = json.deserialize_map(map).and_then(|has_id| json.end().map(|()| has_id)).map_err(plain)?;
        let attachments = self.attachments.finish_message();
        Ok(Whole { message: has_id.then(|| out.into()), attachments })
    }

    /// How many attachments wait for their message, and their bytes.
    pub fn held(&self) -> (usize, u64) {
        self.attachments.held()
    }
}

/// The message itself; says whether it has an id.
struct TopLevel<'o, 'a> {
    out: &'o mut Vec<u8>,
    attachments: &'a mut Attachments,
}

impl<'de> Visitor<'de> for TopLevel<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a wslink message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let start = Packer { out: self.out, attachments: None }.open();
        let (mut len, mut has_id) = (0, false);
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            len += 1;
            has_id |= key == "id";
            json::push_str(self.out, &key);
            let may_hold_data = WITH_DATA.contains(&&*key);
            let attachments = may_hold_data.then_some(&mut *self.attachments);
            map.next_value_seed(Packer { out: self.out, attachments })?;
        }
        Packer { out: self.out, attachments: None }.close(start, len, json::push_map_len);
        Ok(has_id)
    }
}

/// What is wrong with a text, without repeating any of it: it may hold a secret.
fn plain(error: serde_json::Error) -> V1Error {
    if error.is_data() { V1Error::NotAMessage } else { V1Error::NotJson(error.to_string()) }
}

/// Python writes `NaN` and `Infinity`, for which JSON has no words: they become `null`, as elsewhere.
fn speakable(text: &str) -> Cow<'_, str> {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !has("NaN") && !has("Infinity") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let (mut quoted, mut escaped) = (false, false);
    while let Some(next) = rest.chars().next() {
        let words = ["NaN", "-Infinity", "Infinity"];
        let word = words.into_iter().find(|word| !quoted && rest.starts_with(word));
        out.push_str(if word.is_some() { "null" } else { rest.get(..next.len_utf8()).unwrap_or_default() });
        rest = rest.get(word.map_or(next.len_utf8(), str::len)..).unwrap_or_default();
        match next {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    Cow::Owned(out)
}
