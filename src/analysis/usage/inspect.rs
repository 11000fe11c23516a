//! What the values of an array are like.

use std::collections::HashMap;

use bytes::Bytes;

use super::ArrayUse;
use crate::parallel;
use crate::scene::{Element, Scene, Values};

/// Ways to read one blob that are looked at: honest scenes have one or two.
const MOST_READINGS: usize = 8;

/// What was seen in the values of an array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// All rows are this one, as JSON.
    pub constant: Option<String>,
    /// Every value is the one before it and as much again.
    pub ramp: Option<Ramp>,
    /// A type of half the size that holds every value exactly.
    pub fits: Option<Element>,
    /// Why nothing can be said.
    pub problem: Option<String>,
}

/// Whole numbers at equal distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// The first.
    pub first: i128,
    /// The last.
    pub last: i128,
    /// From one to the next.
    pub step: i128,
}

/// What decides what is seen: the blob and how it is read.
type Key<'k> = (&'k str, Element, u64, u64);

/// Looks at the values of all arrays whose type is known and whose blob is there.
pub(super) fn look(scene: &Scene, arrays: &mut [ArrayUse<'_>]) {
    let mut keys: Vec<Key<'_>> = Vec::new();
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut readings: HashMap<&str, usize> = HashMap::new();
    let wanted: Vec<Option<usize>> = arrays
        .iter()
        .map(|array| {
            array.blob_bytes?;
            let key = (array.hash.as_ref(), array.element?, array.tuples, array.components);
            if let Some(place) = places.get(&key) {
                return Some(*place);
            }
            let count = readings.entry(key.0).or_default();
            *count += 1;
            if *count > MOST_READINGS {
                return None;
            }
            places.insert(key, keys.len());
            keys.push(key);
            Some(keys.len() - 1)
        })
        .collect();
    let found = parallel::map(&keys, 1, |key| facts(scene, *key));
    drop((places, readings));
    for (array, wanted) in arrays.iter_mut().zip(wanted) {
        array.facts = wanted.and_then(|at| found.get(at).cloned());
    }
}

fn facts(scene: &Scene, (hash, element, tuples, components): Key<'_>) -> Facts {
    let problem = |text: String| Facts { problem: Some(text), ..Facts::default() };
    let Some(blob) = scene.blob(hash) else { return Facts::default() };
    let count = tuples.saturating_mul(components);
    let expected = element.bytes_for(count);
    if blob.len() != expected {
        return problem(format!("{} bytes, where {expected} are expected", blob.len()));
    }
    match blob.read() {
        Ok(bytes) => of_values(bytes, element, count, components),
        Err(error) => problem(format!("cannot be read: {error}")),
    }
}

/// What is seen in the values themselves.
fn of_values(bytes: Bytes, element: Element, count: u64, components: u64) -> Facts {
    let row = usize::try_from(element.bytes_for(components)).unwrap_or(usize::MAX);
    let whole_rows = element != Element::Bit;
    let constant =
        whole_rows && row > 0 && bytes.len() / 2 >= row && bytes.get(row..) == bytes.get(..bytes.len() - row);
    let fits = match element {
        Element::I64 => all::<8>(&bytes, |v| i32::try_from(i64::from_le_bytes(v)).is_ok()).then_some(Element::I32),
        Element::U64 => all::<8>(&bytes, |v| u32::try_from(u64::from_le_bytes(v)).is_ok()).then_some(Element::U32),
        Element::F64 => all::<8>(&bytes, |v| is_single(f64::from_le_bytes(v))).then_some(Element::F32),
        _ => None,
    };
    let ramp = if components == 1 && !constant { ramp(&bytes, element) } else { None };
    let constant = constant.then(|| first_row(&Values::new(bytes, element, count), components));
    Facts { constant, ramp, fits, problem: None }
}

fn all<const N: usize>(bytes: &[u8], is: impl Fn([u8; N]) -> bool) -> bool {
    !bytes.is_empty() && bytes.as_chunks().0.iter().all(|value| is(*value))
}

/// True where a single float is the same number.
fn is_single(value: f64) -> bool {
    let back = f64::from(value as f32);
    back == value || (back.is_nan() && value.is_nan())
}

fn ramp(bytes: &[u8], element: Element) -> Option<Ramp> {
    match element {
        Element::I32 => steps(bytes.as_chunks().0.iter().map(|v| i32::from_le_bytes(*v).into())),
        Element::U32 => steps(bytes.as_chunks().0.iter().map(|v| u32::from_le_bytes(*v).into())),
        Element::I64 => steps(bytes.as_chunks().0.iter().map(|v| i64::from_le_bytes(*v).into())),
        Element::U64 => steps(bytes.as_chunks().0.iter().map(|v| u64::from_le_bytes(*v).into())),
        _ => None,
    }
}

fn steps(mut values: impl Iterator<Item = i128>) -> Option<Ramp> {
    /// Two or three numbers are at equal distances by chance.
    const FEWEST: usize = 4;
    let (first, second) = (values.next()?, values.next()?);
    let step = second - first;
    let (mut last, mut count) = (second, 2);
    for value in values {
        if value - last != step {
            return None;
        }
        last = value;
        count += 1;
    }
    (count >= FEWEST).then_some(Ramp { first, last, step })
}

/// One row as JSON; a long one is cut.
fn first_row(values: &Values, components: u64) -> String {
    const SHOWN: usize = 4;
    let shown = usize::try_from(components).map_or(SHOWN, |components| components.min(SHOWN));
    let mut texts: Vec<String> = (0..shown).filter_map(|k| values.text(k)).collect();
    if components == 1 {
        return texts.concat();
    }
    if components > shown as u64 {
        texts.push(String::from("…"));
    }
    format!("[{}]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen<const N: usize>(values: &[[u8; N]], element: Element, components: u64) -> Facts {
        of_values(Bytes::from(values.concat()), element, values.len() as u64, components)
    }

    fn ints(values: &[i64]) -> Facts {
        seen(&values.iter().map(|v| v.to_le_bytes()).collect::<Vec<_>>(), Element::I64, 1)
    }

    fn floats(values: &[f64], components: u64) -> Facts {
        seen(&values.iter().map(|v| v.to_le_bytes()).collect::<Vec<_>>(), Element::F64, components)
    }

    #[test]
    fn constants_ramps_and_narrower_types() {
        assert_eq!(ints(&[7, 7, 7]).constant.as_deref(), Some("7"));
        assert_eq!(ints(&[7]), Facts { fits: Some(Element::I32), ..Facts::default() });
        let ramp = ints(&[0, 3, 6, 9]);
        assert_eq!(ramp.ramp, Some(Ramp { first: 0, last: 9, step: 3 }));
        assert_eq!(ramp.fits, Some(Element::I32));
        assert_eq!(ints(&[0, 3, 6, 10]).ramp, None);
        assert_eq!(ints(&[0, 1, 2]).ramp, None, "too few");
        assert_eq!(ints(&[i64::MAX, i64::MIN, 0, 1]), Facts::default());
        assert_eq!(ints(&[1 << 31, 0]).fits, None);
        assert_eq!(ints(&[]), Facts::default());
    }

    #[test]
    fn floats_fit_only_exactly() {
        assert_eq!(floats(&[0.5, -2.0, f64::NAN, f64::INFINITY, -0.0], 1).fits, Some(Element::F32));
        assert_eq!(floats(&[0.5, 0.1], 1).fits, None);
        assert_eq!(floats(&[1e300], 1).fits, None);
        let rows = floats(&[1.0, 0.5, 1.0, 0.5], 2);
        assert_eq!(rows.constant.as_deref(), Some("[1.0, 0.5]"));
        assert_eq!(floats(&[1.0, 0.5, 1.0, 0.25], 2).constant, None);
    }
}
