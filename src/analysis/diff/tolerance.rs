//! When two numbers count as the same.

/// How far numbers may be apart. One of the three is enough. Values are never rounded: it is the
/// distance that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Steps between neighbouring floating point numbers (of 32 bits in an array of such).
    pub ulp: u64,
    /// Relative to the larger of the two.
    pub rtol: f64,
    /// Absolute.
    pub atol: f64,
}

impl Default for Tolerance {
    /// Two steps: what libraries of mathematics differ by from one platform to the next.
    fn default() -> Self {
        Self { ulp: 2, rtol: 0.0, atol: 0.0 }
    }
}

impl Tolerance {
    /// Nothing but the same number.
    pub const EXACT: Self = Self { ulp: 0, rtol: 0.0, atol: 0.0 };

    /// True for floating point numbers of 64 bits that count as the same. NaN is the same as NaN.
    pub fn same(&self, a: f64, b: f64) -> bool {
        a == b || (a.is_nan() && b.is_nan()) || self.near(a, b) || steps(a, b) <= self.ulp
    }

    /// As [`Self::same`], for numbers that came from 32 bits: the steps are those of 32 bits.
    pub fn same_narrow(&self, a: f32, b: f32) -> bool {
        a == b || (a.is_nan() && b.is_nan()) || self.near(a.into(), b.into()) || steps_narrow(a, b) <= self.ulp
    }

    /// For integers: steps are of no meaning there.
    pub fn same_integer(&self, a: i128, b: i128) -> bool {
        a == b || self.within(a.abs_diff(b) as f64, a as f64, b as f64)
    }

    fn near(&self, a: f64, b: f64) -> bool {
        self.within((a - b).abs(), a, b)
    }

    fn within(&self, distance: f64, a: f64, b: f64) -> bool {
        distance.is_finite() && distance > 0.0 && distance <= self.atol.max(self.rtol * a.abs().max(b.abs()))
    }
}

/// How many floating point numbers lie between two, the second included.
fn steps(a: f64, b: f64) -> u64 {
    if !a.is_finite() || !b.is_finite() {
        return u64::MAX;
    }
    // Bits of floating point numbers are ordered as the numbers are, once negative ones are turned over.
    let order = |value: f64| {
        let bits = value.to_bits().cast_signed();
        if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
    };
    order(a).abs_diff(order(b))
}

fn steps_narrow(a: f32, b: f32) -> u64 {
    if !a.is_finite() || !b.is_finite() {
        return u64::MAX;
    }
    let order = |value: f32| {
        let bits = value.to_bits().cast_signed();
        if bits < 0 { i32::MIN.wrapping_sub(bits) } else { bits }
    };
    order(a).abs_diff(order(b)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_over_zero() {
        assert_eq!(steps(1.0, 1.0 + f64::EPSILON), 1);
        assert_eq!(steps(0.0, -0.0), 0);
        assert_eq!(steps(f64::from_bits(1), -f64::from_bits(2)), 3);
        assert_eq!(steps_narrow(-1.0, -1.0 - f32::EPSILON), 1);
        assert_eq!(steps(f64::MAX, f64::INFINITY), u64::MAX);
    }

    #[test]
    fn the_last_digit_is_no_difference_and_a_millionth_is() {
        let tolerance = Tolerance::default();
        assert!(tolerance.same(0.1 + 0.2, 0.3));
        assert!(!tolerance.same(1.0, 1.0 + 1e-6));
        assert!(!tolerance.same(1.0, 1.0 + 3.0 * f64::EPSILON));
        assert!(tolerance.same(f64::NAN, f64::NAN) && !tolerance.same(f64::NAN, 1.0));
        assert!(!tolerance.same(f64::INFINITY, f64::MAX));
        assert!(tolerance.same_narrow(1.0, 1.0 + f32::EPSILON));
        let relative = Tolerance { ulp: 0, rtol: 1e-3, atol: 0.0 };
        assert!(relative.same(1000.0, 1001.0) && !relative.same(1000.0, 1001.1));
        let absolute = Tolerance { ulp: 0, rtol: 0.0, atol: 0.5 };
        assert!(absolute.same(0.0, -0.5) && !absolute.same_integer(1, 2));
        // Integers that are one floating point number are still two.
        let far = 1_i128 << 60;
        assert!(!absolute.same_integer(far, far + 1));
        assert!(Tolerance { atol: 1.0, ..absolute }.same_integer(far, far + 1));
    }
}
