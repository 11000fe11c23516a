//! A reader that lets no single value grow beyond all bounds.

use std::cell::Cell;
use std::io::{self, Read};

/// Bytes that may be read until the value that is being read is to be over; nothing where it is only passed by.
#[derive(Debug, Default)]
pub(crate) struct Allowance(Cell<Option<u64>>);

impl Allowance {
    /// Runs what reads a value that is kept, or, without a number, one that needs no limit.
    pub(crate) fn within<T>(&self, bytes: impl Into<Option<u64>>, read: impl FnOnce() -> T) -> T {
        let before = self.0.replace(bytes.into());
        let value = read();
        self.0.set(before);
        value
    }
}

/// A reader with an allowance.
pub(crate) struct Limited<'a, R> {
    pub(crate) reader: R,
    pub(crate) allowance: &'a Allowance,
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
