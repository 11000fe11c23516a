//! `vtkObjectManager.ExportToBytes` (VTK 9.6 and later): CBOR (RFC 8949) of `{"Blobs": {HASH: bytes}, "States": {ID: {state}}}`.
//!
//! The file is read as a stream; blobs stay in it until somebody asks for them.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use ciborium_ll::{Decoder, Error, Header, simple};

use super::assembly::Assembly;
use crate::protocol::state_text::{push_f64, push_string};
use crate::scene::{Blob, Scene, State};
use crate::snapshot::SnapshotError;
use crate::snapshot::part::BlobInFile;

/// Nobody nests deeper; a hostile file could, to overflow the stack.
const DEEPEST: usize = 128;
/// The longest id or name of a blob, in bytes.
const LONGEST_NAME: usize = 64 << 10;
/// What is taken from the file at once.
const PART: usize = 64 << 10;

/// What is wrong, and where, in words.
type Outcome<T> = Result<T, String>;

pub(super) fn read(file: File, path: &Path) -> Result<Scene, SnapshotError> {
    let file = Arc::new(file);
    let mut assembly = Assembly::new(path)?;
    let mut reader = Reader { decoder: Decoder::from(BufReader::with_capacity(PART, Shared(&file))), file: &file };
    let whole = reader.whole(&mut assembly);
    whole.map_err(|reason| SnapshotError::not_a_snapshot(path, reason))?;
    assembly.finish(path, None)
}

/// Reads a file that others refer to, too.
struct Shared<'f>(&'f File);

impl Read for Shared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file: &File = self.0;
        file.read(buffer)
    }
}

struct Reader<'f> {
    decoder: Decoder<BufReader<Shared<'f>>>,
    file: &'f Arc<File>,
}

impl Reader<'_> {
    fn whole(&mut self, assembly: &mut Assembly) -> Outcome<()> {
        let Header::Map(mut left) = self.pull()? else { return Err(String::from("it is CBOR, but no map")) };
        while self.more(&mut left)? {
            let key = self.text(LONGEST_NAME)?;
            match key.as_str() {
                "Blobs" => self.blobs(assembly)?,
                "States" => self.states(assembly)?,
                _ => return Err(self.at(&format!("`{key}` is neither `Blobs` nor `States`"))),
            }
        }
        match self.decoder.pull() {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
            _ => Err(self.at("something follows the end")),
        }
    }

    fn blobs(&mut self, assembly: &mut Assembly) -> Outcome<()> {
        let Header::Map(mut left) = self.pull()? else { return Err(self.at("the blobs are no map")) };
        while self.more(&mut left)? {
            let hash = self.text(LONGEST_NAME)?;
            let Header::Bytes(Some(len)) = self.pull()? else {
                return Err(self.at(&format!("blob {hash} is no byte string of a known length")));
            };
            let offset = self.decoder.offset() as u64;
            self.skip(len)?;
            let part = BlobInFile { file: Arc::clone(self.file), offset, len: len as u64 };
            assembly.stored_blob(&hash, Blob::Stored(Arc::new(part)))?;
        }
        Ok(())
    }

    fn states(&mut self, assembly: &mut Assembly) -> Outcome<()> {
        let Header::Map(mut left) = self.pull()? else { return Err(self.at("the states are no map")) };
        while self.more(&mut left)? {
            let id = self.text(LONGEST_NAME)?;
            let mut text = String::new();
            self.value(&mut text, 0).map_err(|reason| format!("the state of {id}: {reason}"))?;
            assembly.state(&id, &text)?;
        }
        Ok(())
    }

    /// Prints a value as VTK's servers print it.
    fn value(&mut self, out: &mut String, depth: usize) -> Outcome<()> {
        if depth > DEEPEST {
            return Err(self.at("nested too deeply"));
        }
        if out.len() > State::LONGEST {
            return Err(self.at("too large for a state"));
        }
        match self.pull()? {
            Header::Positive(n) => out.push_str(itoa::Buffer::new().format(n)),
            // CBOR counts negative numbers from -1 on; nlohmann's stay within 64 bits.
            Header::Negative(n) => out.push_str(itoa::Buffer::new().format(-1 - i128::from(n))),
            Header::Float(f) => push_f64(out, f),
            Header::Simple(simple::TRUE) => out.push_str("true"),
            Header::Simple(simple::FALSE) => out.push_str("false"),
            Header::Simple(simple::NULL | simple::UNDEFINED) => out.push_str("null"),
            Header::Text(len) => push_string(out, &self.text_of(len, State::LONGEST)?),
            Header::Array(mut left) => self.items(out, depth, &mut left, ('[', ']'), false)?,
            Header::Map(mut left) => self.items(out, depth, &mut left, ('{', '}'), true)?,
            other => return Err(self.at(&format!("{other:?} has no place in a state"))),
        }
        Ok(())
    }

    fn items(
        &mut self,
        out: &mut String,
        depth: usize,
        left: &mut Option<usize>,
        (open, close): (char, char),
        keyed: bool,
    ) -> Outcome<()> {
        out.push(open);
        let mut is_first = true;
        while self.more(left)? {
            if !is_first {
                out.push(',');
            }
            is_first = false;
            if keyed {
                push_string(out, &self.text(State::LONGEST)?);
                out.push(':');
            }
            self.value(out, depth + 1)?;
        }
        out.push(close);
        Ok(())
    }

    /// Whether another item comes; `left` is how many do, where that is known.
    fn more(&mut self, left: &mut Option<usize>) -> Outcome<bool> {
        match left {
            Some(0) => Ok(false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
            None => match self.pull()? {
                Header::Break => Ok(false),
                header => {
                    self.decoder.push(header);
                    Ok(true)
                }
            },
        }
    }

    fn text(&mut self, most: usize) -> Outcome<String> {
        match self.pull()? {
            Header::Text(len) => self.text_of(len, most),
            _ => Err(self.at("a key that is no text")),
        }
    }

    fn text_of(&mut self, len: Option<usize>, most: usize) -> Outcome<String> {
        if len.is_some_and(|len| len > most) {
            return Err(self.at("a text that is too long"));
        }
        let start = self.decoder.offset();
        let mut text = String::new();
        let mut buffer = [0; 4096];
        let mut failed = None;
        let mut segments = self.decoder.text(len);
        'all: loop {
            match segments.pull() {
                Ok(None) => break,
                Err(error) => {
                    failed = Some(in_words(&error));
                    break;
                }
                Ok(Some(mut segment)) => loop {
                    match segment.pull(&mut buffer) {
                        Ok(None) => break,
                        Ok(Some(part)) if text.len() + part.len() <= most => text.push_str(part),
                        Ok(Some(_)) => failed = Some(String::from("a text that is too long")),
                        Err(error) => failed = Some(in_words(&error)),
                    }
                    if failed.is_some() {
                        break 'all;
                    }
                },
            }
        }
        failed.map_or(Ok(text), |reason| Err(format!("{reason}, at byte {start}")))
    }

    /// Passes by the content of a byte string.
    fn skip(&mut self, mut len: usize) -> Outcome<()> {
        let mut buffer = [0; 16 << 10];
        while len > 0 {
            let part = buffer.get_mut(..len.min(16 << 10)).unwrap_or_default();
            ciborium_io::Read::read_exact(&mut self.decoder, part).map_err(|error| self.at(&error.to_string()))?;
            len -= part.len();
        }
        Ok(())
    }

    fn pull(&mut self) -> Outcome<Header> {
        self.decoder.pull().map_err(|error| self.at(&in_words(&error)))
    }

    fn at(&mut self, reason: &str) -> String {
        format!("{reason}, at byte {}", self.decoder.offset())
    }
}

fn in_words(error: &Error<io::Error>) -> String {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => String::from("it ends too early"),
        Error::Io(error) => error.to_string(),
        Error::Syntax(_) => String::from("this is not CBOR"),
    }
}
