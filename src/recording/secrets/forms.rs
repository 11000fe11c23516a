//! The forms in which a secret may turn up.

use std::sync::Arc;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use memchr::memmem::Finder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Shorter ones turn up by chance, and masking them would only spoil data.
pub(super) const SHORTEST: usize = 6;

/// What different encoders leave as it is in a URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PYTHON: &AsciiSet = &UNRESERVED.remove(b'/');
const JAVASCRIPT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// What clients said is searched for in pieces of so many bytes; they overlap, so that no form of a secret shows what
/// stands at their ends.
const PIECE: usize = 1 << 10;
const OVERLAP: usize = 16;

/// A secret, in every form in which it may turn up.
pub(super) struct Secret {
    pub(super) plain: Vec<u8>,
    pub(super) forms: Vec<Form>,
}

pub(super) type Form = Arc<Finder<'static>>;

impl Secret {
    /// Forms that others have anyway are left to them.
    pub(super) fn new(plain: &[u8], others: &[Arc<Self>]) -> Self {
        let is_new = |form: &Vec<u8>| {
            let mut others = others.iter().flat_map(|other| &other.forms);
            form.len() >= SHORTEST && others.all(|other| other.needle() != form)
        };
        let mut found: Vec<Vec<u8>> = forms(plain).into_iter().filter(is_new).collect();
        found.sort_unstable();
        found.dedup();
        let forms = found.iter().map(|form| Arc::new(Finder::new(form).into_owned())).collect();
        Self { plain: plain.to_vec(), forms }
    }
}

/// A secret in pieces that are not too long to search for. What is text stays text.
pub(super) fn pieces(secret: &[u8]) -> Vec<&[u8]> {
    let text = std::str::from_utf8(secret).ok();
    let cut = |at: usize| text.map_or(at, |text| text.floor_char_boundary(at)).min(secret.len());
    let starts = (0..secret.len().max(1)).step_by(PIECE - OVERLAP);
    // The last piece would be within the one before it.
    let starts = starts.filter(|&at| at == 0 || at + OVERLAP < secret.len());
    starts.filter_map(|at| secret.get(cut(at)..cut(at + PIECE))).collect()
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
