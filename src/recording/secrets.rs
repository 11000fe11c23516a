//! What must not get into a recording.

use bytes::{Bytes, BytesMut};
use memchr::memmem;

use crate::protocol::{Direction, Scrubber, WsMessage};

/// Shorter ones turn up by chance, and masking them would only spoil data.
const SHORTEST: usize = 6;

/// Takes secrets out of the messages of all connections.
pub(super) struct Secrets {
    /// Those known from the start: from the command line, from headers.
    known: Vec<Vec<u8>>,
    /// The usual secret, which everybody knows.
    public: Vec<Vec<u8>>,
}

impl Secrets {
    pub(super) fn new(known: &[String], public: &[&str]) -> Self {
        let mut secrets =
            Self { known: Vec::new(), public: public.iter().map(|text| text.as_bytes().to_vec()).collect() };
        known.iter().for_each(|secret| secrets.learn(secret.as_bytes()));
        secrets
    }

    fn learn(&mut self, secret: &[u8]) {
        let is_new =
            !self.known.iter().any(|known| known == secret) && !self.public.iter().any(|known| known == secret);
        if secret.len() >= SHORTEST && is_new {
            self.known.push(secret.to_vec());
        }
    }

    /// A message without what its connection's scrubber knows to be secret, and with every secret known
    /// masked: as long as it was, so that lengths in it stay right.
    pub(super) fn clean(&mut self, scrubber: &mut dyn Scrubber, direction: Direction, message: WsMessage) -> WsMessage {
        let message = scrubber.scrub(direction, message);
        for secret in scrubber.found() {
            self.learn(secret);
        }
        WsMessage { is_text: message.is_text, data: self.mask(message.data) }
    }

    fn mask(&self, data: Bytes) -> Bytes {
        let mut places: Vec<(usize, usize)> = Vec::new();
        for secret in &self.known {
            places.extend(memmem::find_iter(&data, secret).map(|at| (at, secret.len())));
        }
        if places.is_empty() {
            return data;
        }
        let mut masked = BytesMut::from(&data[..]);
        for (at, len) in places {
            if let Some(place) = masked.get_mut(at..at + len) {
                place.fill(b'*');
            }
        }
        masked.freeze()
    }

    /// Text such as a URL or a reason, cleaned in the same way.
    pub(super) fn clean_text(&self, text: &str) -> String {
        let masked = self.mask(Bytes::copy_from_slice(text.as_bytes()));
        String::from_utf8_lossy(&masked).into_owned()
    }
}
