//! One message: a msgpack map with a `type`, and the buffers that it refers to.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use memchr::memmem::Finder;
use rmp::encode;
use smallvec::SmallVec;

use super::frame::OWN;
use super::kinds::{self, Kind};
use crate::protocol::msgpack::{MsgpackError, Reader, Token};

/// The key that stands for a buffer: `{"__binary_index": i, "dtype": "<f4"}`.
pub const INDEX: &str = "__binary_index";

/// Looks for it in every message.
static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(INDEX));

/// Nobody nests deeper; a hostile message could, to overflow the stack.
pub const DEEPEST: usize = 100;

/// Fields of a message; the longest that viser sends has ten.
const MOST_FIELDS: u32 = 10_000;

/// Most have fewer: those are read without a search through memory.
const USUAL_FIELDS: usize = 6;

/// Why something is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MessageError(pub String);

impl From<MsgpackError> for MessageError {
    fn from(error: MsgpackError) -> Self {
        Self(error.to_string())
    }
}

/// One message, as it came. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Message(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    map: Bytes,
    kind: Option<&'static Kind>,
    fields: Fields,
    buffers: Buffers,
}

/// The buffers that a message refers to, sorted by the indexes that stand in it; nothing where there are none.
type Buffers = Option<Box<[(u32, Bytes)]>>;

/// Where the fields of a map are.
#[derive(Debug)]
pub(super) struct Fields(SmallVec<[Field; USUAL_FIELDS]>);

/// A field: where its name starts, its value behind that, and where that ends.
#[derive(Clone, Copy, Debug)]
struct Field {
    name: u32,
    value: u32,
    end: u32,
}

/// A value of a message, where it is.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// Its msgpack.
    pub data: &'a [u8],
    of: Option<&'a Inner>,
}

/// An array in a buffer of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder<'a> {
    /// Which buffer of the frame.
    pub index: u32,
    /// The type of its values, as NumPy writes it: `<f4`.
    pub dtype: &'a str,
    /// Where the index stands.
    place: Range<usize>,
}

impl Message {
    /// Reads a message's map; its values are looked at by whoever wants them.
    ///
    /// # Errors
    /// For what is no map with text for keys, has no type, or refers to a buffer that is not there.
    pub fn parse(map: Bytes, buffers: &[Bytes]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(&map);
        let fields = Fields::read(&mut reader)?;
        if !reader.is_at_end() {
            return Err(reader.error("something follows the message").into());
        }
        let map = if map.len() < OWN { Bytes::copy_from_slice(&map) } else { map };
        Self::of(map, fields, buffers)
    }

    /// A map that was read.
    pub(super) fn of(map: Bytes, fields: Fields, buffers: &[Bytes]) -> Result<Self, MessageError> {
        let buffers = used_buffers(&map, buffers)?;
        let mut inner = Inner { map, kind: None, fields, buffers };
        match inner.text("type") {
            Some(name) => inner.kind = kinds::kind(name),
            None => return Err(MessageError(String::from("a message without a type"))),
        }
        Ok(Self(Arc::new(inner)))
    }

    /// What a client sends: a bare map.
    ///
    /// # Errors
    /// As [`Message::parse`].
    pub fn from_client(data: &Bytes) -> Result<Self, MessageError> {
        Self::parse(data.clone(), &[])
    }

    /// Its type, for instance `MeshMessage`.
    pub fn kind(&self) -> &str {
        self.known_kind().map_or_else(|| self.text("type").unwrap_or_default(), |kind| kind.name)
    }

    /// What is known of its type; nothing for one that viser 1.1.1 does not have.
    pub fn known_kind(&self) -> Option<&'static Kind> {
        self.0.kind
    }

    /// The names of its fields, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.fields.0.iter().filter_map(|field| self.0.name(field))
    }

    /// Its fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.0.fields.0.iter().filter_map(|field| Some((self.0.name(field)?, self.0.value(field)?)))
    }

    /// One of its fields; the last one counts where a name is repeated.
    pub fn field(&self, name: &str) -> Option<Value<'_>> {
        self.0.value(self.0.find(name)?)
    }

    /// A field that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.text(name)
    }

    /// A field that is a boolean.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match Reader::new(self.raw(name)?).token() {
            Ok(Token::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// A field that is a number from 0 on.
    pub fn count(&self, name: &str) -> Option<u64> {
        Reader::new(self.raw(name)?).count().ok()
    }

    /// A field's msgpack.
    pub fn raw(&self, name: &str) -> Option<&[u8]> {
        self.0.raw(name)
    }

    /// The members of a field that is a map, in order.
    pub fn members(&self, name: &str) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.field(name).into_iter().flat_map(|value| value.members())
    }

    /// Its msgpack, as it came.
    pub fn bytes(&self) -> &Bytes {
        &self.0.map
    }

    /// The buffers that it refers to, in the order of their indexes.
    pub fn arrays(&self) -> impl Iterator<Item = &Bytes> {
        self.buffers().iter().map(|(_, buffer)| buffer)
    }

    /// Bytes of it, with its buffers.
    pub fn len(&self) -> u64 {
        self.bytes().len() as u64 + self.buffers().iter().map(|(_, buffer)| buffer.len() as u64).sum::<u64>()
    }

    /// Never: a message has a type at least.
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    fn buffers(&self) -> &[(u32, Bytes)] {
        self.0.buffers.as_deref().unwrap_or_default()
    }

    /// True for a message that says the same in the same bytes.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.map == other.0.map && self.0.buffers == other.0.buffers
    }

    /// Appends its msgpack. Its buffers get the numbers that `number` gives them, each once.
    pub fn write(&self, out: &mut Vec<u8>, number: &mut dyn FnMut(Bytes) -> usize) {
        let map = self.bytes();
        if self.buffers().is_empty() {
            out.extend_from_slice(map);
            return;
        }
        let numbers: Vec<(u32, usize)> =
            self.buffers().iter().map(|(index, buffer)| (*index, number(buffer.clone()))).collect();
        if numbers.iter().all(|(index, number)| *index as usize == *number) {
            out.extend_from_slice(map);
            return;
        }
        let mut last = 0;
        for found in placeholders(map) {
            let number = numbers.binary_search_by_key(&found.index, |(index, _)| *index);
            let number = number.ok().and_then(|at| numbers.get(at)).map_or(0, |(_, number)| *number);
            out.extend_from_slice(map.get(last..found.place.start).unwrap_or_default());
            let _ = encode::write_uint(out, number as u64);
            last = found.place.end;
        }
        out.extend_from_slice(map.get(last..).unwrap_or_default());
    }
}

impl Fields {
    /// Steps over a map with text for keys.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, MessageError> {
        let start = reader.position();
        let len = reader.map()?;
        if len > MOST_FIELDS {
            return Err(MessageError(format!("a message of {len} fields")));
        }
        let place = |at: usize| {
            let too_large = || MessageError(String::from("a message of more than 4 GB"));
            u32::try_from(at - start).map_err(|_| too_large())
        };
        let mut fields = SmallVec::with_capacity(len as usize);
        for _ in 0..len {
            let name = reader.text()?.len();
            let value = reader.skip()?;
            fields.push(Field { name: place(value.start - name)?, value: place(value.start)?, end: place(value.end)? });
        }
        Ok(Self(fields))
    }
}

impl Inner {
    fn part(&self, start: u32, end: u32) -> Option<&[u8]> {
        self.map.get(start as usize..end as usize)
    }

    fn name(&self, field: &Field) -> Option<&str> {
        std::str::from_utf8(self.part(field.name, field.value)?).ok()
    }

    fn find(&self, name: &str) -> Option<&Field> {
        self.fields.0.iter().rev().find(|field| self.part(field.name, field.value) == Some(name.as_bytes()))
    }

    fn raw(&self, name: &str) -> Option<&[u8]> {
        let field = self.find(name)?;
        self.part(field.value, field.end)
    }

    fn text(&self, name: &str) -> Option<&str> {
        match Reader::new(self.raw(name)?).token() {
            Ok(Token::Text(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    fn value(&self, field: &Field) -> Option<Value<'_>> {
        Some(Value { data: self.part(field.value, field.end)?, of: Some(self) })
    }
}

impl<'a> Value<'a> {
    /// The members of a map with text for keys, in order; none for anything else.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> {
        let mut reader = Reader::new(self.data);
        let len = reader.map().unwrap_or_default();
        (0..len).map_while(move |_| {
            let name = reader.text().ok()?;
            let data = self.data.get(reader.skip().ok()?)?;
            Some((name, Self { data, of: self.of }))
        })
    }

    /// The buffer of this index.
    pub fn buffer(&self, index: u32) -> Option<&'a Bytes> {
        let buffers = self.of?.buffers.as_deref()?;
        let at = buffers.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        buffers.get(at).map(|(_, buffer)| buffer)
    }

    /// A value that was copied out of its message; it refers to no buffers.
    pub(super) fn alone(data: &'a [u8]) -> Self {
        Self { data, of: None }
    }

    /// Some of its bytes, shared where that is possible.
    pub(super) fn share(&self, part: &[u8]) -> Bytes {
        self.of.map_or_else(|| Bytes::copy_from_slice(part), |of| of.map.slice_ref(part))
    }
}

/// Reads a map that may stand for a buffer; where it does not, the reader is left where it was.
pub fn placeholder<'a>(reader: &mut Reader<'a>) -> Option<Placeholder<'a>> {
    let mut ahead = reader.clone();
    let len = ahead.map().ok()?;
    let (mut index, mut dtype) = (None, None);
    if len != 2 {
        return None;
    }
    for _ in 0..2 {
        match ahead.text().ok()? {
            INDEX => {
                let start = ahead.position();
                index = Some((u32::try_from(ahead.count().ok()?).ok()?, start..ahead.position()));
            }
            "dtype" => dtype = Some(ahead.text().ok()?),
            _ => return None,
        }
    }
    let ((index, place), dtype) = (index?, dtype?);
    *reader = ahead;
    Some(Placeholder { index, dtype, place })
}

/// All that stand for buffers in a message, in order.
fn placeholders(map: &[u8]) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    // Most messages have none, and this is much faster than looking at every value.
    if FINDER.find(map).is_none() {
        return found;
    }
    let mut reader = Reader::new(map);
    while !reader.is_at_end() {
        match placeholder(&mut reader) {
            Some(placeholder) => found.push(placeholder),
            None if reader.token().is_err() => break,
            None => {}
        }
    }
    found
}

fn used_buffers(map: &[u8], buffers: &[Bytes]) -> Result<Buffers, MessageError> {
    let mut indexes: Vec<u32> = placeholders(map).iter().map(|found| found.index).collect();
    indexes.sort_unstable();
    indexes.dedup();
    if indexes.is_empty() {
        return Ok(None);
    }
    let used = indexes.into_iter().map(|index| {
        let buffer = buffers.get(index as usize);
        let buffer =
            buffer.ok_or_else(|| MessageError(format!("a message refers to buffer {index}, which is not there")))?;
        Ok((index, buffer.clone()))
    });
    used.collect::<Result<Box<[_]>, _>>().map(Some)
}
