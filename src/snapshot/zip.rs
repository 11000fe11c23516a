//! The few records of the zip format that we write.
//!
//! Written by hand because entries are put where they belong while others are still arriving, which
//! no zip library does. Reading is left to one. Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) deflated: bool,
    pub(super) crc: u32,
    /// Bytes in the file.
    pub(super) stored: u64,
    /// Bytes when read.
    pub(super) size: u64,
    /// Where its local header starts.
    pub(super) offset: u64,
}

/// 1980-01-01 00:00: the same scene must give the same bytes.
const TIME_AND_DATE: [u8; 4] = [0, 0, 0x21, 0];
/// Numbers from here on are written in the zip64 way.
const LIMIT: u64 = 0xffff_ffff;

impl Entry {
    fn is_large(&self) -> bool {
        self.size >= LIMIT || self.stored >= LIMIT
    }

    /// Bytes of the local header.
    pub(super) fn header_len(&self) -> u64 {
        30 + self.name.len() as u64 + if self.is_large() { 20 } else { 0 }
    }

    /// Where its data starts.
    pub(super) fn data_offset(&self) -> u64 {
        self.offset + self.header_len()
    }

    /// Where it ends.
    pub(super) fn end(&self) -> u64 {
        self.data_offset() + self.stored
    }

    /// The record before the data.
    pub(super) fn local_header(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        out.extend(b"PK\x03\x04");
        self.common(&mut out);
        put16(&mut out, if self.is_large() { 20 } else { 0 });
        out.extend(self.name.as_bytes());
        if self.is_large() {
            put16(&mut out, 1);
            put16(&mut out, 16);
            put64(&mut out, self.size);
            put64(&mut out, self.stored);
        }
        out
    }

    fn common(&self, out: &mut Vec<u8>) {
        put16(out, if self.is_large() { 45 } else { 20 }); // version needed
        put16(out, 0); // flags
        put16(out, if self.deflated { 8 } else { 0 });
        out.extend(TIME_AND_DATE);
        put32(out, self.crc);
        put32_or_max(out, if self.is_large() { LIMIT } else { self.stored });
        put32_or_max(out, if self.is_large() { LIMIT } else { self.size });
        put16(out, u16::try_from(self.name.len()).unwrap_or(u16::MAX));
    }

    fn central_header(&self, out: &mut Vec<u8>) {
        let mut extra = Vec::new();
        if self.is_large() {
            put64(&mut extra, self.size);
            put64(&mut extra, self.stored);
        }
        if self.offset >= LIMIT {
            put64(&mut extra, self.offset);
        }
        out.extend(b"PK\x01\x02");
        put16(out, 45); // made by: MS-DOS attributes, version 4.5
        self.common(out);
        put16(out, if extra.is_empty() { 0 } else { u16::try_from(extra.len() + 4).unwrap_or(u16::MAX) });
        put16(out, 0); // comment
        put16(out, 0); // disk
        put16(out, 0); // internal attributes
        put32(out, if self.name.ends_with('/') { 0x10 } else { 0 }); // the folder bit
        put32_or_max(out, self.offset);
        out.extend(self.name.as_bytes());
        if !extra.is_empty() {
            put16(out, 1);
            put16(out, u16::try_from(extra.len()).unwrap_or(u16::MAX));
            out.extend(extra);
        }
    }
}

/// The central directory and what ends the file.
pub(super) fn directory(entries: &[Entry], offset: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 80 + 98);
    entries.iter().for_each(|entry| entry.central_header(&mut out));
    let (count, len) = (entries.len() as u64, out.len() as u64);
    if count >= 0xffff || offset >= LIMIT || len >= LIMIT {
        let start = offset + len;
        out.extend(b"PK\x06\x06");
        put64(&mut out, 44); // size of the rest of this record
        put16(&mut out, 45);
        put16(&mut out, 45);
        put32(&mut out, 0);
        put32(&mut out, 0);
        put64(&mut out, count);
        put64(&mut out, count);
        put64(&mut out, len);
        put64(&mut out, offset);
        out.extend(b"PK\x06\x07");
        put32(&mut out, 0);
        put64(&mut out, start);
        put32(&mut out, 1);
    }
    let count16 = u16::try_from(count).unwrap_or(u16::MAX);
    out.extend(b"PK\x05\x06");
    put16(&mut out, 0);
    put16(&mut out, 0);
    put16(&mut out, count16);
    put16(&mut out, count16);
    put32_or_max(&mut out, len);
    put32_or_max(&mut out, offset);
    put16(&mut out, 0);
    out
}

fn put16(out: &mut Vec<u8>, n: u16) {
    out.extend(n.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, n: u32) {
    out.extend(n.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, n: u64) {
    out.extend(n.to_le_bytes());
}

fn put32_or_max(out: &mut Vec<u8>, n: u64) {
    put32(out, u32::try_from(n).unwrap_or(u32::MAX));
}
