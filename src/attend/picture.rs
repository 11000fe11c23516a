//! What can be seen of a picture without decoding it.

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

/// The last chunk of a PNG: no bytes, `IEND`, their checksum.
const PNG_END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";
/// The last marker of a JPEG.
const JPEG_END: &[u8] = &[0xff, 0xd9];

/// A kind of picture. Sources: PNG (W3C, third edition), 5 and 11.2.1; JPEG (ITU-T T.81), annex B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Jpeg,
}

/// True for what begins as a PNG or JPEG file does.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    Kind::of(bytes).is_some()
}

/// True for what ends as such a file does, too.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    match Kind::of(bytes) {
        Some(Kind::Png) => bytes.ends_with(PNG_END),
        Some(Kind::Jpeg) => bytes.ends_with(JPEG_END),
        None => false,
    }
}

impl Kind {
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(PNG) { Some(Self::Png) } else { bytes.starts_with(JPEG).then_some(Self::Jpeg) }
    }

    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// Columns and rows, where the file says it.
    pub(super) fn size(self, bytes: &[u8]) -> Option<(u64, u64)> {
        match self {
            Self::Png => {
                let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
                Some((number(16)?.into(), number(20)?.into()))
            }
            Self::Jpeg => jpeg_size(bytes),
        }
    }
}

/// What the frame header says: segments are walked through until it comes.
fn jpeg_size(bytes: &[u8]) -> Option<(u64, u64)> {
    let number = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes);
    let mut at = 2;
    loop {
        let [marker, code] = number(at)?.to_be_bytes();
        match (marker, code) {
            (0xff, 0xff) => at += 1,
            (0xff, 0x01 | 0xd0..=0xd7) => at += 2,
            // Frames of all processes; the others of this range are tables.
            (0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf) => {
                return Some((number(at + 7)?.into(), number(at + 5)?.into()));
            }
            (0xff, 0xd9 | 0xda) | (..=0xfe, _) => return None,
            _ => at += 2 + usize::from(number(at + 2)?).max(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_ends_are_known() {
        let mut png = [PNG, &[0, 0, 0, 13], b"IHDR", &[0, 0, 1, 0, 0, 0, 0, 3, 8, 2, 0, 0, 0]].concat();
        assert_eq!(Kind::of(&png).unwrap().size(&png), Some((256, 3)));
        assert!(!is_whole(&png));
        png.extend_from_slice(PNG_END);
        assert!(is_whole(&png));
        let frame = [0xff, 0xff, 0xc2, 0, 11, 8, 0, 2, 1, 0, 1, 1, 0x11, 0];
        let jpeg = [JPEG, &[0xe0, 0, 4, 7, 7], &frame, JPEG_END].concat();
        assert_eq!((Kind::of(&jpeg), Kind::Jpeg.size(&jpeg)), (Some(Kind::Jpeg), Some((256, 2))));
        assert!(is_whole(&jpeg));
        for len in 0..jpeg.len() {
            let cut = jpeg.get(..len).unwrap();
            let _ = Kind::of(cut).and_then(|kind| kind.size(cut));
        }
        assert_eq!(Kind::Jpeg.size(&[0xff, 0xd8, 0xff, 0xda]), None);
    }
}
