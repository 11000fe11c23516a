//! The names of VTK's blobs: a 64-bit hash of their content.
//!
//! `vtkMarshalContext::RegisterBlob` names a blob by `std::hash<nlohmann::json>` of its bytes as a
//! JSON binary value, in decimal. The type of the values is not part of it, so arrays with equal
//! bytes share a blob. Not cryptographic. Holds for libstdc++ and libc++, where the hash of a byte
//! is the byte; a Windows server's names are different (MSVC hashes bytes otherwise).

use bytes::Bytes;

/// nlohmann's tag for binary values.
const BINARY: u64 = 8;

fn mix(seed: u64, hash: u64) -> u64 {
    seed ^ hash.wrapping_add(0x9e37_79b9).wrapping_add(seed << 6).wrapping_add(seed >> 2)
}

/// The hash before the first byte of so many.
pub(super) fn seed(len: u64) -> u64 {
    // What follows the length says that there is no subtype.
    mix(mix(mix(BINARY, len), 0), u64::MAX)
}

/// Goes on with some bytes.
pub(super) fn fold(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |seed, byte| mix(seed, u64::from(*byte)))
}

/// Goes on with equally many bytes of two blobs: the two chains overlap in the processor.
pub(super) fn fold_two(seeds: [u64; 2], bytes: [&[u8]; 2]) -> [u64; 2] {
    let [mut a, mut b] = seeds;
    let [x, y] = bytes;
    for (x, y) in x.iter().zip(y) {
        a = mix(a, u64::from(*x));
        b = mix(b, u64::from(*y));
    }
    [a, b]
}

/// Goes on with equally many bytes of four blobs: the four chains overlap in the processor.
pub(super) fn fold_four(seeds: [u64; 4], bytes: [&[u8]; 4]) -> [u64; 4] {
    let [mut a, mut b, mut c, mut d] = seeds;
    let [w, x, y, z] = bytes;
    for (((w, x), y), z) in w.iter().zip(x).zip(y).zip(z) {
        a = mix(a, u64::from(*w));
        b = mix(b, u64::from(*x));
        c = mix(c, u64::from(*y));
        d = mix(d, u64::from(*z));
    }
    [a, b, c, d]
}

/// The name of a blob, given in pieces.
pub fn content_hash(pieces: &[Bytes]) -> u64 {
    let len = pieces.iter().map(|piece| piece.len() as u64).sum();
    pieces.iter().fold(seed(len), |seed, piece| fold(seed, piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_vtk_computes() {
        // Offsets of a cone's seven cells; VTK 9.4.2 to 9.7.2 agree.
        let bytes: Vec<u8> = [0_i64, 6, 9, 12, 15, 18, 21, 24].iter().flat_map(|n| n.to_le_bytes()).collect();
        let bytes = Bytes::from(bytes);
        assert_eq!(content_hash(std::slice::from_ref(&bytes)), 2_565_434_097_264_444_867);
        assert_eq!(content_hash(&[bytes.slice(..13), bytes.slice(13..)]), 2_565_434_097_264_444_867);
    }
}
