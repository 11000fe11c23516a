//! Colours as they show (sRGB) and as light adds up (linear).

/// A channel as light, of how it shows; both 0 to 1, by the sRGB transfer function (IEC 61966-2-1).
pub fn linear(shown: f64) -> f64 {
    let shown = if shown.is_finite() { shown.clamp(0.0, 1.0) } else { 0.0 };
    if shown <= 0.04045 { shown / 12.92 } else { ((shown + 0.055) / 1.055).powf(2.4) }
}

/// How a channel shows, of it as light: the inverse of [`linear`].
pub fn shown(linear: f64) -> f64 {
    let linear = if linear.is_finite() { linear.clamp(0.0, 1.0) } else { 0.0 };
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_light_shows_as_three_quarters() {
        assert!((linear(0.735_357) - 0.5).abs() < 1e-5);
        assert_eq!((linear(0.0), linear(1.0), linear(f64::NAN), linear(9.0)), (0.0, 1.0, 0.0, 1.0));
        for byte in 0..=255_u8 {
            let channel = f64::from(byte) / 255.0;
            assert_eq!((linear(shown(channel)) * 255.0).round(), f64::from(byte));
        }
    }
}
