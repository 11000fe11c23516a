//! A reader that lets no single value grow beyond all bounds.

use std::cell::Cell;
use std::io::{self, Read};

/// The longest value that is kept: a websocket message in base64.
pub(super) const LONGEST: u64 = 2 << 30;
/// The longest address.
pub(super) const LONGEST_URL: u64 = 1 << 20;

/// Bytes that may be read until the value that is being read is to be over; nothing where it is only passed by.
#[derive(Debug, Default)]
pub(super) struct Allowance(Cell<Option<u64>>);

impl Allowance {
    /// Runs what reads a value that is kept.
    pub(super) fn within<T>(&self, bytes: u64, read: impl FnOnce() -> T) -> T {
        let before = self.0.replace(Some(bytes));
        let value = read();
        self.0.set(before);
        value
    }
}

/// A reader with an allowance.
pub(super) struct Limited<'a, R> {
    pub(super) reader: R,
    pub(super) allowance: &'a Allowance,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if let Some(left) = self.allowance.0.get() {
            let left = left.checked_sub(read as u64).ok_or_else(|| io::Error::other("a value is too long"))?;
            self.allowance.0.set(Some(left));
        }
        Ok(read)
    }
}
