//! What a program's keeper and its worker say to each other: a kind, a length, and bytes.

use std::io::{self, Read, Write};

/// To the worker: the program, as JSON of [`super::Program`].
pub(super) const PROGRAM: u8 = b'p';
/// To the worker: how many bytes of memory it may have, as eight bytes.
pub(super) const MEMORY: u8 = b'm';
/// To the worker: an input, as JSON.
pub(super) const INPUT: u8 = b'i';

/// From the worker: the program is compiled.
pub(super) const READY: u8 = b'r';
/// From the worker: it is no jq; the reason.
pub(super) const WRONG: u8 = b'w';
/// From the worker: an answer that is neither false nor null.
pub(super) const YES: u8 = b'y';
/// From the worker: an answer that is false or null.
pub(super) const NO: u8 = b'n';
/// From the worker: what `debug` and `stderr` say.
pub(super) const NOTE: u8 = b'o';
/// From the worker: the input has no more answers.
pub(super) const END: u8 = b'e';
/// From the worker: the program failed; the error.
pub(super) const FAILED: u8 = b'f';
/// From the worker: the program stopped itself; the code that it wants to end with, in digits.
pub(super) const HALTED: u8 = b'h';

/// Memory is taken for what comes, not for what is announced.
const FIRST: u64 = 64 << 20;

pub(super) type Frame = (u8, Vec<u8>);

pub(super) fn write(out: &mut impl Write, kind: u8, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&[kind])?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

/// The next frame; `None` where there is none any more.
pub(super) fn read(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let (mut kind, mut len) = ([0], [0; 8]);
    if input.read(&mut kind)? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut len)?;
    let len = u64::from_le_bytes(len);
    let mut bytes = Vec::with_capacity(usize::try_from(len.min(FIRST)).unwrap_or_default());
    if input.take(len).read_to_end(&mut bytes)? as u64 != len {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((u8::from_le_bytes(kind), bytes)))
}
