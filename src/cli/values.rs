//! Reading the values of options.

use std::str::FromStr;
use std::time::Duration;

use crate::faults::Amount;
use crate::scene::SceneError;

/// Parses what the scene model knows how to parse, with its hint where it cannot.
pub(super) fn hinted<T: FromStr<Err = SceneError>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: SceneError| match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    })
}

/// A hundred years: clocks count no further than some hundred billion of them.
const LONGEST: u64 = 100 * 366 * 86_400;

/// Seconds, also with a fraction.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text);
    let seconds: f64 = number.parse().map_err(|_| String::from("seconds are wanted, for instance 30 or 0.5"))?;
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| time.as_secs() <= LONGEST);
    time.ok_or_else(|| String::from("it must be from 0 on, and not beyond all bounds"))
}

/// `KEY=VALUE`; a value that is not JSON is text.
pub(super) fn pair(text: &str) -> Result<(String, serde_json::Value), String> {
    let (key, value) = text.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or("KEY=VALUE is wanted")?;
    Ok((key.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())))
}

/// Milliseconds, also with a fraction.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix("ms").unwrap_or(text);
    let found = number.trim().parse::<f64>().ok().and_then(|ms| Duration::try_from_secs_f64(ms / 1e3).ok());
    found
        .filter(|time| time.as_secs() < 86_400)
        .ok_or_else(|| String::from("milliseconds are wanted, for instance 120"))
}

/// Messages, or bytes with a unit.
pub(super) fn amount(text: &str) -> Result<Amount, String> {
    match text.parse() {
        Ok(messages) => Ok(Amount::Messages(messages)),
        Err(_) => size(text).map(Amount::Bytes),
    }
}

/// How far numbers may be apart.
pub(super) fn tolerance(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| String::from("a number from 0 on is wanted, for instance 1e-6"))
}

/// Bytes, also with a unit.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| String::from("a size is wanted, for instance 64MiB"))?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "kib" => 1024.0,
        "m" | "mb" => 1e6,
        "mib" => 1024.0 * 1024.0,
        "g" | "gb" => 1e9,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(format!("`{unit}` is no unit of sizes: use kB, MB, GB, KiB, MiB or GiB")),
    };
    Ok((number * factor) as u64)
}

/// How many times as fast.
pub(super) fn factor(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('x').parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| String::from("a number above 0 is wanted, for instance 10 or 0.5"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_bounds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(seconds("30s"), Ok(Duration::from_secs(30)));
        // More cannot be added to a point in time.
        for bad in ["-1", "nan", "inf", "1e10", "1e19", "1e300", "s"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
