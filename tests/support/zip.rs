//! The smallest zip reader and writer, so that the tests neither trust ours nor are kept from writing broken ones.

use std::io::Read;

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The entries of a zip in the order of its directory, twice where they are there twice.
pub(crate) fn read(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let end = (0..zip.len() - 21).rev().find(|at| zip[*at..].starts_with(b"PK\x05\x06")).expect("a zip");
    let count = usize::from(u16_at(zip, end + 10));
    let mut at = u32_at(zip, end + 16) as usize;
    let mut entries = Vec::new();
    for _ in 0..count {
        assert!(zip[at..].starts_with(b"PK\x01\x02"), "a broken directory");
        let (method, crc, packed) = (u16_at(zip, at + 10), u32_at(zip, at + 16), u32_at(zip, at + 20) as usize);
        let [name, extra, comment] = [28, 30, 32].map(|field| usize::from(u16_at(zip, at + field)));
        let local = u32_at(zip, at + 42) as usize;
        let text = String::from_utf8(zip[at + 46..][..name].to_vec()).unwrap();
        let data = local + 30 + usize::from(u16_at(zip, local + 26)) + usize::from(u16_at(zip, local + 28));
        let raw = &zip[data..][..packed];
        let mut content = Vec::new();
        match method {
            STORED => content.extend_from_slice(raw),
            DEFLATED => {
                DeflateDecoder::new(raw).read_to_end(&mut content).unwrap();
            }
            other => panic!("{text}: method {other}"),
        }
        assert_eq!(crc32fast::hash(&content), crc, "{text}: checksum");
        entries.push((text, content));
        at += 46 + name + extra + comment;
    }
    entries
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// An entry to write; what it says about itself need not be true.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc: u32,
    pub(crate) size: u32,
    pub(crate) packed_size: u32,
    pub(crate) packed: Vec<u8>,
}

impl Entry {
    /// An honest entry as it is.
    pub(crate) fn stored(name: impl Into<Vec<u8>>, data: impl AsRef<[u8]>) -> Self {
        Self::new(name, STORED, data.as_ref(), data.as_ref().to_vec())
    }

    /// An honest deflated entry.
    pub(crate) fn deflated(name: impl Into<Vec<u8>>, data: impl AsRef<[u8]>) -> Self {
        let mut packed = Vec::new();
        DeflateEncoder::new(data.as_ref(), Compression::default()).read_to_end(&mut packed).unwrap();
        Self::new(name, DEFLATED, data.as_ref(), packed)
    }

    /// An entry of `symbols` × 8 × 258 + 1 spaces, made without ever holding them: a bomb.
    pub(crate) fn bomb(name: impl Into<Vec<u8>>, symbols: usize) -> Self {
        // A block of fixed codes: a literal space, then (length 258, distance 1) again and again: 13 bits, so that
        // eight of them are 13 whole bytes.
        let mut bits = Bits::default();
        bits.push(0b011, 3);
        bits.push_code(0x30 + u32::from(b' '), 8);
        let mut head = Bits { ..bits.clone() };
        for _ in 0..8 {
            head.push_code(0b1100_0101, 8);
            head.push_code(0, 5);
        }
        let start = bits.bytes.len();
        let pattern = head.bytes[start..start + 13].to_vec();
        let mut packed = bits.bytes.clone();
        // What hangs over from the first 11 bits is the same after every pattern.
        packed.extend(pattern.iter().copied().cycle().take(13 * symbols));
        let mut tail = Bits { bytes: Vec::new(), ..head };
        tail.push_code(0, 7);
        tail.flush();
        packed.extend_from_slice(&tail.bytes);
        let size = (symbols * 8 * 258 + 1) as u32;
        let packed_size = packed.len() as u32;
        Self { name: name.into(), method: DEFLATED, flags: 0, crc: 0, size, packed_size, packed }
    }

    fn new(name: impl Into<Vec<u8>>, method: u16, data: &[u8], packed: Vec<u8>) -> Self {
        let (size, packed_size) = (data.len() as u32, packed.len() as u32);
        Self { name: name.into(), method, flags: 0, crc: crc32fast::hash(data), size, packed_size, packed }
    }

    fn header(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for field in [20, self.flags, self.method, 0, 0x21] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [self.crc, self.packed_size, self.size] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        out.extend_from_slice(&(self.name.len() as u16).to_le_bytes());
        out.extend_from_slice(&[0, 0]);
        out
    }
}

/// A zip of these entries.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let local = zip.len() as u32;
        zip.extend_from_slice(b"PK\x03\x04");
        zip.extend_from_slice(&entry.header());
        zip.extend_from_slice(&entry.name);
        zip.extend_from_slice(&entry.packed);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&entry.header());
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&local.to_le_bytes());
        directory.extend_from_slice(&entry.name);
    }
    let (at, count) = (zip.len() as u32, (entries.len() as u16).to_le_bytes());
    let length = directory.len() as u32;
    zip.append(&mut directory);
    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&count);
    zip.extend_from_slice(&count);
    zip.extend_from_slice(&length.to_le_bytes());
    zip.extend_from_slice(&at.to_le_bytes());
    zip.extend_from_slice(&[0, 0]);
    zip
}

/// Bits in deflate's order.
#[derive(Clone, Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    /// The low bits first, as numbers go.
    fn push(&mut self, bits: u32, count: u32) {
        for k in 0..count {
            self.pending |= (bits >> k & 1) << self.count;
            self.count += 1;
            if self.count == 8 {
                self.flush();
            }
        }
    }

    /// The high bit first, as Huffman codes go.
    fn push_code(&mut self, code: u32, count: u32) {
        for k in (0..count).rev() {
            self.push(code >> k & 1, 1);
        }
    }

    fn flush(&mut self) {
        if self.count > 0 {
            self.bytes.push(self.pending as u8);
        }
        (self.pending, self.count) = (0, 0);
    }
}

#[test]
fn bombs_are_valid() {
    let bomb = Entry::bomb("states/1", 3);
    let mut data = Vec::new();
    DeflateDecoder::new(&bomb.packed[..]).read_to_end(&mut data).unwrap();
    assert_eq!(data.len(), bomb.size as usize);
    assert!(data.iter().all(|byte| *byte == b' '));
}
