//! What must not get into a recording.

mod forms;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use forms::{Form, SHORTEST, Secret, pieces};

use crate::protocol::{Direction, Scrubber, WsMessage};

/// A shorter start of a secret at a message's end is more likely chance than a secret that goes on in the next.
const START: usize = 3;

/// Messages of a connection of which more is to come; who has more open than this only wants to fill memory.
const MOST_OPEN: usize = 64;

/// So many pieces are learned of a connection at most, and so many are searched for on all: somebody with more is no
/// client, but wants every message searched for ever.
const MOST_LEARNED: usize = 64;

/// Takes secrets out of the messages of all connections.
pub(super) struct Secrets {
    /// Those that the user gave.
    given: Vec<Arc<Secret>>,
    /// Those with which servers let somebody in, the newest of them: they may turn up on other connections, too.
    proven: VecDeque<Arc<Secret>>,
    /// What everybody knows: the usual secret, and the protocol's own words.
    public: Vec<Vec<u8>>,
}

/// A form of a secret that a part of a message ended in the middle of, and how much of it was there.
type Open = (Form, usize);

/// What there is to know of one connection.
pub(super) struct Cleaner {
    scrubber: Box<dyn Scrubber>,
    /// What its client said until it was let in. Whether any of it is a secret only the server knows: until it has
    /// said so, nobody else's messages are searched for it.
    own: Vec<Arc<Secret>>,
    is_proven: bool,
    /// There was too much to learn: nothing that is said is kept.
    is_mute: bool,
    open: HashMap<(Direction, u32), Vec<Open>>,
}

impl Cleaner {
    pub(super) fn new(scrubber: Box<dyn Scrubber>) -> Self {
        Self { scrubber, own: Vec::new(), is_proven: false, is_mute: false, open: HashMap::new() }
    }
}

impl Secrets {
    pub(super) fn new(given: &[String], public: &[&str]) -> Self {
        let public = public.iter().map(|text| text.as_bytes().to_vec()).collect();
        let mut secrets = Self { given: Vec::new(), proven: VecDeque::new(), public };
        for secret in given {
            if secrets.is_worth(secret.as_bytes()) {
                secrets.given.push(Arc::new(Secret::new(secret.as_bytes(), &secrets.given)));
            }
        }
        secrets
    }

    /// Masking what the protocol itself says would leave nothing to understand.
    fn is_worth(&self, secret: &[u8]) -> bool {
        secret.len() >= SHORTEST && !self.public.iter().any(|public| memchr::memmem::find(public, secret).is_some())
    }

    /// Learns what a connection's scrubber found.
    fn learn(&mut self, cleaner: &mut Cleaner) {
        let found = cleaner.scrubber.take_found();
        for piece in found.iter().flat_map(|secret| pieces(secret)) {
            if !self.is_worth(piece) || cleaner.own.iter().any(|own| own.plain == piece) {
                continue;
            }
            if cleaner.own.len() >= MOST_LEARNED {
                cleaner.is_mute = true;
                break;
            }
            let known = self.everywhere().find(|known| known.plain == piece).map(Arc::clone);
            cleaner.own.push(known.unwrap_or_else(|| Arc::new(Secret::new(piece, &self.given))));
        }
        if !cleaner.is_proven && cleaner.scrubber.is_let_in() {
            cleaner.is_proven = true;
            let new: Vec<_> = cleaner.own.iter().filter(|own| !self.is_everywhere(own)).map(Arc::clone).collect();
            self.proven.extend(new);
            let too_many = self.proven.len().saturating_sub(MOST_LEARNED);
            self.proven.drain(..too_many);
        }
    }

    /// Secrets that are masked on all connections.
    fn everywhere(&self) -> impl Iterator<Item = &Arc<Secret>> {
        self.given.iter().chain(&self.proven)
    }

    fn is_everywhere(&self, secret: &Arc<Secret>) -> bool {
        self.everywhere().any(|known| Arc::ptr_eq(known, secret))
    }

    /// All that is masked on a connection.
    fn forms<'a>(&'a self, own: &'a [Arc<Secret>]) -> Vec<&'a Form> {
        let own = own.iter().filter(|own| !self.is_everywhere(own));
        self.everywhere().chain(own).flat_map(|secret| &secret.forms).collect()
    }

    /// A message without what its connection's scrubber knows to be secret, and with every secret known
    /// masked: as long as it was, so that lengths in it stay right.
    pub(super) fn clean(&mut self, cleaner: &mut Cleaner, direction: Direction, message: WsMessage) -> WsMessage {
        let message = cleaner.scrubber.scrub(direction, message);
        self.learn(cleaner);
        if cleaner.is_mute {
            let blank = if message.is_text { b' ' } else { 0 };
            return WsMessage { data: vec![blank; message.data.len()].into(), ..message };
        }
        let forms = self.forms(&cleaner.own);
        let mask = |data: &Bytes| {
            let places = places(&forms, data);
            (!places.is_empty()).then(|| masked(data.clone(), &places))
        };
        let packed = if forms.is_empty() { None } else { cleaner.scrubber.mask_packed(&message, &mask) };
        let message = packed.unwrap_or(message);
        let mut places = places(&forms, &message.data);
        if let Some(part) = cleaner.scrubber.part(&message) {
            let key = (direction, part.of);
            let before = cleaner.open.remove(&key).unwrap_or_default();
            let content = message.data.get(part.head..).unwrap_or_default();
            let after = across(&forms, content, &before, part.goes_on, part.head, &mut places);
            if cleaner.open.len() >= MOST_OPEN {
                cleaner.open.clear();
            }
            if !after.is_empty() {
                cleaner.open.insert(key, after);
            }
        }
        WsMessage { is_text: message.is_text, data: masked(message.data, &places) }
    }

    /// Text such as a URL or the reason why a connection ended, cleaned in the same way.
    pub(super) fn clean_text(&self, cleaner: Option<&Cleaner>, text: &str) -> String {
        if cleaner.is_some_and(|cleaner| cleaner.is_mute) {
            return String::new();
        }
        let forms = self.forms(cleaner.map_or(&[], |cleaner| &cleaner.own));
        let data = Bytes::copy_from_slice(text.as_bytes());
        let places = places(&forms, &data);
        String::from_utf8_lossy(&masked(data, &places)).into_owned()
    }
}

/// Where secrets stand.
fn places(forms: &[&Form], data: &[u8]) -> Vec<(usize, usize)> {
    let find = |form: &&Form| {
        let len = form.needle().len();
        form.find_iter(data).map(|at| (at, len)).collect::<Vec<_>>()
    };
    forms.iter().flat_map(find).collect()
}

/// Adds the places of secrets that began in the part before, or go on in the next; what goes on is returned.
fn across(
    forms: &[&Form],
    content: &[u8],
    before: &[Open],
    goes_on: bool,
    head: usize,
    places: &mut Vec<(usize, usize)>,
) -> Vec<Open> {
    let mut after = Vec::new();
    for (form, seen) in before {
        let rest = form.needle().get(*seen..).unwrap_or_default();
        let len = rest.len().min(content.len());
        if content.get(..len) != rest.get(..len) {
            continue;
        }
        if len == rest.len() || (goes_on && seen + len >= START) {
            places.push((head, len));
        }
        if goes_on && len < rest.len() {
            after.push((Arc::clone(form), seen + len));
        }
    }
    for &form in forms.iter().filter(|_| goes_on) {
        let starts = (1..form.needle().len()).filter_map(|len| Some((len, form.needle().get(..len)?)));
        for (len, _) in starts.filter(|(_, start)| content.ends_with(start)) {
            after.push((Arc::clone(form), len));
            // What comes next is not known yet, and what was written is written.
            if len >= START {
                places.push((head + content.len() - len, len));
            }
        }
    }
    after
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

#[cfg(test)]
mod tests;
