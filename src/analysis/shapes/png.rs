//! Pictures as PNG files: 8 bits a channel, without a filter.
//!
//! Source: the PNG specification, third edition (W3C).

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// See [`super::Image::png`].
pub(super) fn png(width: u32, height: u32, channels: usize, pixels: &[u8]) -> Option<Bytes> {
    /// Sides and chunks are numbers below this.
    const MOST: u32 = 1 << 31;
    let color_type = match channels {
        1 => 0,
        2 => 4,
        3 => 2,
        4 => 6,
        _ => return None,
    };
    let row = usize::try_from(width).ok()?.checked_mul(channels)?;
    let fits = (1..MOST).contains(&width) && (1..MOST).contains(&height);
    if !fits || row.checked_mul(usize::try_from(height).ok()?)? != pixels.len() {
        return None;
    }
    let mut data = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = pixels.chunks_exact(row).try_for_each(|row| data.write_all(&[0]).and_then(|()| data.write_all(row)));
    let data = packed.and_then(|()| data.finish()).ok().filter(|data| data.len() < MOST as usize)?;
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend_from_slice(&[8, color_type, 0, 0, 0]);
    let chunks: [(&[u8; 4], &[u8]); 3] = [(b"IHDR", &header), (b"IDAT", &data), (b"IEND", &[])];
    chunks.iter().try_for_each(|(name, data)| chunk(&mut file, name, data)).ok()?;
    Some(file.into())
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> io::Result<()> {
    let mut sum = crc32fast::Hasher::new();
    sum.update(name);
    sum.update(data);
    let length = u32::try_from(data.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(name)?;
    file.write_all(data)?;
    file.write_all(&sum.finalize().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn pictures_are_packed() {
        let file = png(2, 2, 3, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).unwrap();
        assert_eq!(&file[..24], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02");
        let length = u32::from_be_bytes(file[33..37].try_into().unwrap()) as usize;
        assert_eq!(&file[37..41], b"IDAT");
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&file[41..41 + length]).read_to_end(&mut rows).unwrap();
        assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12]);
        for (width, height, channels, bytes) in [(0, 1, 3, 0), (1, 1, 5, 5), (2, 2, 1, 3), (u32::MAX, 1, 1, 0)] {
            assert_eq!(png(width, height, channels, &vec![0; bytes]), None);
        }
    }
}
