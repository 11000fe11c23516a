//! What must not get into a recording.

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use memchr::memmem::Finder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::protocol::{Direction, Scrubber, WsMessage};

/// Shorter ones turn up by chance, and masking them would only spoil data.
const SHORTEST: usize = 6;

/// A shorter start of a secret at a message's end is more likely chance than a secret that goes on in the next.
const START: usize = 3;

/// Messages of a connection of which more is to come; who has more open than this only wants to fill memory.
const MOST_OPEN: usize = 64;

/// What different encoders leave as it is in a URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PYTHON: &AsciiSet = &UNRESERVED.remove(b'/');
const JAVASCRIPT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// Takes secrets out of the messages of all connections.
pub(super) struct Secrets {
    /// Those known so far, in every form in which they may turn up.
    known: Vec<Finder<'static>>,
    /// What everybody knows: the usual secret, and the protocol's own words.
    public: Vec<Vec<u8>>,
}

/// What there is to know of one connection.
pub(super) struct Cleaner {
    scrubber: Box<dyn Scrubber>,
    /// Secrets that a part of a message ended in the middle of: which, and how much of it was there.
    open: HashMap<(Direction, u32), Vec<(usize, usize)>>,
}

impl Cleaner {
    pub(super) fn new(scrubber: Box<dyn Scrubber>) -> Self {
        Self { scrubber, open: HashMap::new() }
    }
}

impl Secrets {
    pub(super) fn new(known: &[String], public: &[&str]) -> Self {
        let mut secrets =
            Self { known: Vec::new(), public: public.iter().map(|text| text.as_bytes().to_vec()).collect() };
        known.iter().for_each(|secret| secrets.learn(secret.as_bytes()));
        secrets
    }

    fn learn(&mut self, secret: &[u8]) {
        // Masking what the protocol itself says would leave nothing to understand.
        let is_public = || self.public.iter().any(|public| memchr::memmem::find(public, secret).is_some());
        let is_known = || self.known.iter().any(|known| known.needle() == secret);
        if secret.len() < SHORTEST || is_known() || is_public() {
            return;
        }
        for form in forms(secret) {
            if form.len() >= SHORTEST && !self.known.iter().any(|known| known.needle() == form) {
                self.known.push(Finder::new(&form).into_owned());
            }
        }
    }

    /// A message without what its connection's scrubber knows to be secret, and with every secret known
    /// masked: as long as it was, so that lengths in it stay right.
    pub(super) fn clean(&mut self, cleaner: &mut Cleaner, direction: Direction, message: WsMessage) -> WsMessage {
        let message = cleaner.scrubber.scrub(direction, message);
        for secret in cleaner.scrubber.found() {
            self.learn(secret);
        }
        let mut places = self.places(&message.data);
        if let Some(part) = cleaner.scrubber.part(&message) {
            let key = (direction, part.of);
            let before = cleaner.open.remove(&key).unwrap_or_default();
            let content = message.data.get(part.head..).unwrap_or_default();
            let after = self.across(content, &before, part.goes_on, part.head, &mut places);
            if cleaner.open.len() >= MOST_OPEN {
                cleaner.open.clear();
            }
            if !after.is_empty() {
                cleaner.open.insert(key, after);
            }
        }
        WsMessage { is_text: message.is_text, data: masked(message.data, &places) }
    }

    /// Where secrets stand.
    fn places(&self, data: &[u8]) -> Vec<(usize, usize)> {
        let find = |secret: &Finder<'static>| {
            let len = secret.needle().len();
            secret.find_iter(data).map(|at| (at, len)).collect::<Vec<_>>()
        };
        self.known.iter().flat_map(find).collect()
    }

    /// Adds the places of secrets that began in the part before, or go on in the next; what goes on is returned.
    fn across(
        &self,
        content: &[u8],
        before: &[(usize, usize)],
        goes_on: bool,
        head: usize,
        places: &mut Vec<(usize, usize)>,
    ) -> Vec<(usize, usize)> {
        let mut after = Vec::new();
        for &(index, seen) in before {
            let rest = self.known.get(index).and_then(|secret| secret.needle().get(seen..)).unwrap_or_default();
            let len = rest.len().min(content.len());
            if content.get(..len) != rest.get(..len) {
                continue;
            }
            if len == rest.len() || (goes_on && seen + len >= START) {
                places.push((head, len));
            }
            if goes_on && len < rest.len() {
                after.push((index, seen + len));
            }
        }
        if goes_on {
            for (index, secret) in self.known.iter().enumerate() {
                let secret = secret.needle();
                let starts = (1..secret.len()).filter_map(|len| Some((len, secret.get(..len)?)));
                for (len, _) in starts.filter(|(_, start)| content.ends_with(start)) {
                    after.push((index, len));
                    // What comes next is not known yet, and what was written is written.
                    if len >= START {
                        places.push((head + content.len() - len, len));
                    }
                }
            }
        }
        after
    }

    /// Text such as a URL or a reason, cleaned in the same way.
    pub(super) fn clean_text(&self, text: &str) -> String {
        let data = Bytes::copy_from_slice(text.as_bytes());
        let places = self.places(&data);
        String::from_utf8_lossy(&masked(data, &places)).into_owned()
    }
}

fn masked(data: Bytes, places: &[(usize, usize)]) -> Bytes {
    if places.is_empty() {
        return data;
    }
    let mut masked = BytesMut::from(&data[..]);
    for &(at, len) in places {
        if let Some(place) = masked.get_mut(at..at + len) {
            place.fill(b'*');
        }
    }
    masked.freeze()
}

/// A secret as it is, and as it stands in JSON, in URLs and in base64.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec()];
    if let Ok(text) = std::str::from_utf8(secret) {
        let json = serde_json::Value::from(text).to_string();
        let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
        // Python writes JSON in ASCII.
        let mut ascii = String::new();
        for c in json.chars() {
            if c.is_ascii() {
                ascii.push(c);
            } else {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
            }
        }
        forms.extend([json.as_bytes().to_vec(), ascii.into_bytes()]);
        for set in [UNRESERVED, PYTHON, JAVASCRIPT] {
            let quoted = utf8_percent_encode(text, set).to_string();
            forms.extend([quoted.replace("%20", "+").into_bytes(), quoted.into_bytes()]);
        }
    }
    // In base64 a text looks in three ways, depending on what is before it. At its ends are digits that it shares
    // with its neighbours.
    for (before, shared) in [(0, 0), (1, 2), (2, 3)] {
        let padded = [vec![0; before], secret.to_vec()].concat();
        let own = padded.len() * 8 / 6;
        for encoding in [&BASE64_NOPAD, &BASE64URL_NOPAD] {
            let text = encoding.encode(&padded).into_bytes();
            forms.push(text.get(shared..own).unwrap_or_default().to_vec());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::wslink::frame;
    use crate::protocol::wslink::scrub::WslinkScrubber;

    const SECRET: &str = "tr0ub4dor & \"drei\" /ö";

    fn clean(secrets: &mut Secrets, cleaner: &mut Cleaner, text: &str, max_frame: usize) -> Vec<u8> {
        let buffer = [&[0; frame::HEADER_LEN], text.as_bytes()].concat();
        let mut frames = Vec::new();
        frame::finish_message(7, buffer, max_frame, |frame| frames.push(frame));
        let cleaned = frames.into_iter().flat_map(|frame| {
            let message = secrets.clean(cleaner, Direction::ToClient, WsMessage::binary(frame));
            message.data.slice(frame::HEADER_LEN..).to_vec()
        });
        cleaned.collect()
    }

    /// However small the frames are that a server was told to send.
    #[test]
    fn secrets_in_several_frames_are_found() {
        let mut secrets = Secrets::new(&[SECRET.to_owned()], &[]);
        let mut cleaner = Cleaner::new(Box::new(WslinkScrubber::default()));
        for size in (1..60).chain([1000]) {
            for before in 0..40 {
                let text = format!("{}{SECRET}, and what follows: {SECRET}", "x".repeat(before));
                let max_frame = size + frame::HEADER_LEN;
                let cleaned = clean(&mut secrets, &mut cleaner, &text, max_frame);
                assert_eq!(cleaned.len(), text.len());
                let left = |len: usize| memchr::memmem::find(&cleaned, &SECRET.as_bytes()[..len]).is_some();
                assert!(!left(START), "{size} {before}: {}", String::from_utf8_lossy(&cleaned));
                let rest = &SECRET.as_bytes()[START..SECRET.len()];
                assert!(memchr::memmem::find(&cleaned, rest).is_none());
                assert!(String::from_utf8_lossy(&cleaned).contains(", and what follows: "));
            }
        }
        assert!(cleaner.open.is_empty());
    }

    #[test]
    fn what_only_looks_like_a_start_is_left() {
        let mut secrets = Secrets::new(&[String::from("abcabcabd")], &[]);
        let mut cleaner = Cleaner::new(Box::new(WslinkScrubber::default()));
        for size in 4..12 {
            assert_eq!(clean(&mut secrets, &mut cleaner, "xxxxab", size + frame::HEADER_LEN), b"xxxxab");
        }
        let found = clean(&mut secrets, &mut cleaner, "..abcabcabcabd..", 10 + frame::HEADER_LEN);
        assert!(found.ends_with(b"*********.."), "{}", String::from_utf8_lossy(&found));
    }

    #[test]
    fn secrets_are_found_in_other_clothes() {
        let secrets = Secrets::new(&[SECRET.to_owned()], &[]);
        let encode = |before: &str, after: &str| BASE64_NOPAD.encode(format!("{before}{SECRET}{after}").as_bytes());
        for (text, left) in [
            (serde_json::json!({"a": SECRET}).to_string(), "{\"a\":\""),
            (String::from(r#"{"a":"tr0ub4dor & \"drei\" /\u00f6"}"#), "{\"a\":\""),
            (String::from("?t=tr0ub4dor%20%26%20%22drei%22%20%2F%C3%B6&x"), "?t="),
            (String::from("?t=tr0ub4dor+%26+%22drei%22+%2F%C3%B6&x"), "?t="),
            (String::from("?t=tr0ub4dor%20%26%20%22drei%22%20/%C3%B6&x"), "?t="),
            (encode("", ""), ""),
            (encode("user:", ""), "dXNlcj"),
            (encode("user", ":x"), "dXNlc"),
            (encode("use", ""), "dXNl"),
        ] {
            let cleaned = secrets.clean_text(&text);
            assert!(cleaned.starts_with(left) && cleaned.contains("**********"), "{text}: {cleaned}");
            assert!(!cleaned.contains("drei") && cleaned.len() == text.len(), "{text}: {cleaned}");
        }
    }

    #[test]
    fn the_protocols_own_words_are_no_secrets() {
        let secrets = Secrets::new(&[String::from("vtklocal"), String::from("vtklocal2")], &["vtklocal.get.status"]);
        assert_eq!(secrets.clean_text("vtklocal.get.status vtklocal2"), "vtklocal.get.status *********");
    }
}
