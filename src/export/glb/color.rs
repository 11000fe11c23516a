//! Colours as glTF counts them: linear.

use std::sync::LazyLock;

use crate::analysis::shapes::linear;

/// All channels of a byte, in 16 bits: dark colours would be lost in 8.
static LINEAR: LazyLock<[u16; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| (linear(byte as f64 / 255.0) * 65_535.0).round() as u16));

/// The bytes of one colour in 16 bits a channel; opacity is linear as it is.
pub(super) fn wide([r, g, b, a]: [u8; 4]) -> [u8; 8] {
    let [r, g, b] =
        [r, g, b].map(|channel| LINEAR.get(usize::from(channel)).copied().unwrap_or_default().to_le_bytes());
    let a = (u16::from(a) * 257).to_le_bytes();
    [r[0], r[1], g[0], g[1], b[0], b[1], a[0], a[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_widened() {
        assert_eq!(wide([255, 0, 188, 128]), [255, 255, 0, 0, 0xbd, 0x80, 0x80, 0x80]);
    }
}
