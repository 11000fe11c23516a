//! Floats as text, the way VTK's servers print them.
//!
//! VTK serializes states with nlohmann::json, which prints doubles by Grisu2 (Florian Loitsch,
//! "Printing floating-point numbers quickly and accurately with integers", 2010). Grisu2 is not always
//! the shortest text that reads back the same, so a state that arrives as numbers (through
//! `vtklocal.get.batch`) is only byte for byte what `vtklocal.get.state` sends when printed likewise.
//! Layout as in nlohmann: plain digits for decimal exponents from -4 to 14, else `d.de-05`.

/// Appends a double. Not a number and infinities become `null`, since JSON has no word for them.
pub fn push_f64(out: &mut String, value: f64) {
    if !value.is_finite() {
        out.push_str("null");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value == 0.0 {
        out.push_str("0.0");
        return;
    }
    let mut digits = Digits { buffer: [0; 20], len: 0 };
    let exponent = grisu2(value.abs(), &mut digits);
    push_layout(out, digits.text(), exponent);
}

/// The exponents between which digits are written out: `0.0001` and `100000000000000.0` still are.
const SMALLEST_PLAIN: i32 = -4;
const LARGEST_PLAIN: i32 = 15;

/// Writes digits times ten to the exponent.
fn push_layout(out: &mut String, digits: &str, exponent: i32) {
    let len = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = len + exponent;
    let zeros = |out: &mut String, count: i32| out.extend((0..count).map(|_| '0'));
    if len <= point && point <= LARGEST_PLAIN {
        out.push_str(digits);
        zeros(out, point - len);
        out.push_str(".0");
    } else if 0 < point && point <= LARGEST_PLAIN {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    } else if SMALLEST_PLAIN < point && point <= 0 {
        out.push_str("0.");
        zeros(out, -point);
        out.push_str(digits);
    } else {
        let (first, rest) = digits.split_at(1);
        out.push_str(first);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        let exponent = point - 1;
        out.push_str(if exponent < 0 { "e-" } else { "e+" });
        if exponent.abs() < 10 {
            out.push('0');
        }
        out.push_str(itoa::Buffer::new().format(exponent.abs()));
    }
}

/// Up to 17 decimal digits.
struct Digits {
    buffer: [u8; 20],
    len: usize,
}

impl Digits {
    fn push(&mut self, digit: u64) {
        if let Some(place) = self.buffer.get_mut(self.len) {
            *place = b'0' + u8::try_from(digit).unwrap_or_default();
            self.len += 1;
        }
    }

    fn lower_last(&mut self) {
        if let Some(last) = self.len.checked_sub(1).and_then(|at| self.buffer.get_mut(at)) {
            *last -= 1;
        }
    }

    fn text(&self) -> &str {
        self.buffer.get(..self.len).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or("0")
    }
}

/// A number `f * 2^e` ("do it yourself floating point").
#[derive(Clone, Copy)]
struct Diy {
    f: u64,
    e: i32,
}

impl Diy {
    /// The upper half of the product, rounded.
    fn times(self, other: Self) -> Self {
        let product = u128::from(self.f) * u128::from(other.f) + (1 << 63);
        Self { f: (product >> 64) as u64, e: self.e + other.e + 64 }
    }

    fn normalized(self) -> Self {
        let shift = self.f.leading_zeros();
        Self { f: self.f << shift, e: self.e - shift as i32 }
    }

    fn with_exponent(self, e: i32) -> Self {
        Self { f: self.f << (self.e - e), e }
    }
}

/// Digits of a positive finite double, and the power of ten they are to be multiplied by.
fn grisu2(value: f64, digits: &mut Digits) -> i32 {
    const HIDDEN: u64 = 1 << 52;
    const BIAS: i32 = 1075;
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52) as i32, bits & (HIDDEN - 1));
    let v = if biased == 0 { Diy { f: fraction, e: 1 - BIAS } } else { Diy { f: fraction + HIDDEN, e: biased - BIAS } };
    let upper = Diy { f: 2 * v.f + 1, e: v.e - 1 }.normalized();
    let lower_is_closer = fraction == 0 && biased > 1;
    let lower = if lower_is_closer { Diy { f: 4 * v.f - 1, e: v.e - 2 } } else { Diy { f: 2 * v.f - 1, e: v.e - 1 } };
    let lower = lower.with_exponent(upper.e);

    let (power, decimal) = cached_power(upper.e);
    let w = v.normalized().times(power);
    let high = upper.times(power);
    let high = Diy { f: high.f - 1, e: high.e };
    let low = lower.times(power).f + 1;
    generate(digits, -decimal, low, w, high)
}

fn generate(digits: &mut Digits, mut exponent: i32, low: u64, w: Diy, high: Diy) -> i32 {
    let shift = high.e.unsigned_abs();
    let one = 1_u64 << shift;
    let mut delta = high.f - low;
    let mut distance = high.f - w.f;
    let mut whole = high.f >> shift;
    let mut fraction = high.f & (one - 1);
    let mut remaining = whole.checked_ilog10().map_or(1, |log| log + 1);
    let mut power = 10_u64.pow(remaining - 1);
    while remaining > 0 {
        digits.push(whole / power);
        whole %= power;
        remaining -= 1;
        let rest = (whole << shift) + fraction;
        if rest <= delta {
            exponent += remaining as i32;
            round(digits, distance, delta, rest, power << shift);
            return exponent;
        }
        power /= 10;
    }
    loop {
        fraction *= 10;
        digits.push(fraction >> shift);
        fraction &= one - 1;
        exponent -= 1;
        delta *= 10;
        distance *= 10;
        if fraction <= delta {
            round(digits, distance, delta, fraction, one);
            return exponent;
        }
    }
}

/// Moves the last digit as near to the true value as the boundaries let it.
fn round(digits: &mut Digits, distance: u64, delta: u64, mut rest: u64, unit: u64) {
    while rest < distance
        && delta - rest >= unit
        && (rest + unit < distance || distance - rest > rest + unit - distance)
    {
        digits.lower_last();
        rest += unit;
    }
}

/// A power of ten that brings a binary exponent into -60 ..= -32, and its decimal exponent.
fn cached_power(e: i32) -> (Diy, i32) {
    let f = -60 - e - 1;
    let k = (f * 78_913) / (1 << 18) + i32::from(f > 0);
    let index = usize::try_from((300 + k + 7) / 8).unwrap_or_default();
    let (f, e) = POWERS.get(index).copied().unwrap_or_default();
    (Diy { f, e }, -300 + 8 * i32::try_from(index).unwrap_or_default())
}

/// 10^-300, 10^-292, … 10^324 as `f * 2^e`, f rounded to the nearest 64-bit number.
#[rustfmt::skip]
const POWERS: [(u64, i32); 79] = [
    (0xAB70FE17C79AC6CA, -1060),
    (0xFF77B1FCBEBCDC4F, -1034),
    (0xBE5691EF416BD60C, -1007),
    (0x8DD01FAD907FFC3C, -980),
    (0xD3515C2831559A83, -954),
    (0x9D71AC8FADA6C9B5, -927),
    (0xEA9C227723EE8BCB, -901),
    (0xAECC49914078536D, -874),
    (0x823C12795DB6CE57, -847),
    (0xC21094364DFB5637, -821),
    (0x9096EA6F3848984F, -794),
    (0xD77485CB25823AC7, -768),
    (0xA086CFCD97BF97F4, -741),
    (0xEF340A98172AACE5, -715),
    (0xB23867FB2A35B28E, -688),
    (0x84C8D4DFD2C63F3B, -661),
    (0xC5DD44271AD3CDBA, -635),
    (0x936B9FCEBB25C996, -608),
    (0xDBAC6C247D62A584, -582),
    (0xA3AB66580D5FDAF6, -555),
    (0xF3E2F893DEC3F126, -529),
    (0xB5B5ADA8AAFF80B8, -502),
    (0x87625F056C7C4A8B, -475),
    (0xC9BCFF6034C13053, -449),
    (0x964E858C91BA2655, -422),
    (0xDFF9772470297EBD, -396),
    (0xA6DFBD9FB8E5B88F, -369),
    (0xF8A95FCF88747D94, -343),
    (0xB94470938FA89BCF, -316),
    (0x8A08F0F8BF0F156B, -289),
    (0xCDB02555653131B6, -263),
    (0x993FE2C6D07B7FAC, -236),
    (0xE45C10C42A2B3B06, -210),
    (0xAA242499697392D3, -183),
    (0xFD87B5F28300CA0E, -157),
    (0xBCE5086492111AEB, -130),
    (0x8CBCCC096F5088CC, -103),
    (0xD1B71758E219652C, -77),
    (0x9C40000000000000, -50),
    (0xE8D4A51000000000, -24),
    (0xAD78EBC5AC620000, 3),
    (0x813F3978F8940984, 30),
    (0xC097CE7BC90715B3, 56),
    (0x8F7E32CE7BEA5C70, 83),
    (0xD5D238A4ABE98068, 109),
    (0x9F4F2726179A2245, 136),
    (0xED63A231D4C4FB27, 162),
    (0xB0DE65388CC8ADA8, 189),
    (0x83C7088E1AAB65DB, 216),
    (0xC45D1DF942711D9A, 242),
    (0x924D692CA61BE758, 269),
    (0xDA01EE641A708DEA, 295),
    (0xA26DA3999AEF774A, 322),
    (0xF209787BB47D6B85, 348),
    (0xB454E4A179DD1877, 375),
    (0x865B86925B9BC5C2, 402),
    (0xC83553C5C8965D3D, 428),
    (0x952AB45CFA97A0B3, 455),
    (0xDE469FBD99A05FE3, 481),
    (0xA59BC234DB398C25, 508),
    (0xF6C69A72A3989F5C, 534),
    (0xB7DCBF5354E9BECE, 561),
    (0x88FCF317F22241E2, 588),
    (0xCC20CE9BD35C78A5, 614),
    (0x98165AF37B2153DF, 641),
    (0xE2A0B5DC971F303A, 667),
    (0xA8D9D1535CE3B396, 694),
    (0xFB9B7CD9A4A7443C, 720),
    (0xBB764C4CA7A44410, 747),
    (0x8BAB8EEFB6409C1A, 774),
    (0xD01FEF10A657842C, 800),
    (0x9B10A4E5E9913129, 827),
    (0xE7109BFBA19C0C9D, 853),
    (0xAC2820D9623BF429, 880),
    (0x80444B5E7AA7CF85, 907),
    (0xBF21E44003ACDD2D, 933),
    (0x8E679C2F5E44FF8F, 960),
    (0xD433179D9C8CB841, 986),
    (0x9E19DB92B4E31BA9, 1013),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: f64) -> String {
        let mut out = String::new();
        push_f64(&mut out, value);
        out
    }

    #[test]
    fn layout_is_that_of_nlohmann() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.5, "0.5"),
            (-0.1, "-0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-10, "1e-10"),
            (1.5e-7, "1.5e-07"),
            (1e14, "100000000000000.0"),
            (1e15, "1e+15"),
            (123_456_789_012_345.0, "123456789012345.0"),
            (1_234_567_890_123_456.0, "1.234567890123456e+15"),
            (1e299, "1e+299"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    /// A thousand doubles as VTK 9.7.2 itself printed them; a tenth is longer than the shortest text.
    #[test]
    fn the_text_is_the_one_that_vtk_prints() {
        let printed = include_str!("../../../fixtures/vtk-floats.txt");
        for line in printed.lines() {
            let (bits, expected) = line.split_once(' ').unwrap();
            let value = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
            assert_eq!(text(value), expected);
        }
        assert!(printed.lines().count() > 900);
    }

    proptest! {
        #[test]
        fn every_double_reads_back_the_same(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(text(value).parse::<f64>().unwrap().to_bits(), bits);
        }
    }
}
