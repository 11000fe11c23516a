//! Colours as they show (sRGB) and as glTF counts them (linear).

use std::sync::LazyLock;

/// A channel, 0 to 1, by the sRGB transfer function (IEC 61966-2-1).
pub(super) fn linear(shown: f64) -> f64 {
    let shown = if shown.is_finite() { shown.clamp(0.0, 1.0) } else { 0.0 };
    if shown <= 0.04045 { shown / 12.92 } else { ((shown + 0.055) / 1.055).powf(2.4) }
}

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
    fn half_a_light_shows_as_three_quarters() {
        assert!((linear(0.735_357) - 0.5).abs() < 1e-5);
        assert_eq!((linear(0.0), linear(1.0), linear(f64::NAN), linear(9.0)), (0.0, 1.0, 0.0, 1.0));
        assert_eq!(wide([255, 0, 188, 128]), [255, 255, 0, 0, 0xbd, 0x80, 0x80, 0x80]);
    }
}
