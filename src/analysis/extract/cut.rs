//! Taking references out of a state's text. Everything else of it stays as it is.

use std::ops::Range;

use crate::scene::raw::{self, Kind};
use crate::scene::{Dialect, ObjectId};

/// What becomes of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays.
    Keep,
    /// Null stands in its place.
    Null,
    /// It goes from its list; null where it is in none.
    Remove,
}

/// The text with every reference treated as `judge` says, which is told the target and whether it stands in a list.
/// `None` where the text cannot be read; what is nested too deep is left as it is.
pub(super) fn cut(
    dialect: &dyn Dialect,
    text: &str,
    mut judge: impl FnMut(&ObjectId, bool) -> Verdict,
) -> Option<String> {
    /// States are a few levels deep.
    const DEEPEST: usize = 64;
    let mut edits: Vec<(Range<usize>, &str)> = Vec::new();
    let mut stack = vec![(text, 0)];
    while let Some((value, depth)) = stack.pop() {
        let is_list = Kind::of(value) == Kind::Array;
        let parts: Vec<&str> = if is_list {
            raw::elements(value).ok()?
        } else {
            raw::members(value).ok()?.into_iter().map(|(_, value)| value).collect()
        };
        let mut kept_before = false;
        for (k, part) in parts.iter().enumerate() {
            let target = dialect.as_reference(part);
            let verdict = target.as_ref().map_or(Verdict::Keep, |target| judge(target, is_list));
            let here = raw::span(text, part)?;
            if verdict == Verdict::Remove && is_list {
                edits.push((with_comma(text, &parts, k, kept_before)?, ""));
                continue;
            }
            kept_before = true;
            if verdict != Verdict::Keep {
                edits.push((here, "null"));
            } else if target.is_none() && depth < DEEPEST && matches!(Kind::of(part), Kind::Object | Kind::Array) {
                stack.push((part, depth + 1));
            }
        }
    }
    edits.sort_unstable_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        out.push_str(text.get(at..range.start)?);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// An element with the comma before it; with the one behind it, where nothing before it stays.
fn with_comma(text: &str, parts: &[&str], k: usize, kept_before: bool) -> Option<Range<usize>> {
    let span = |k: usize| raw::span(text, parts.get(k)?);
    let here = span(k)?;
    Some(match k.checked_sub(1).filter(|_| kept_before) {
        Some(before) => span(before)?.end..here.end,
        None => here.start..span(k + 1).map_or(here.end, |next| next.start),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Protocol;

    fn without(text: &str, gone: &[u64]) -> String {
        let dialect = crate::protocol::vtklocal::VtkLocal.dialect();
        let gone: Vec<ObjectId> = gone.iter().map(|id| ObjectId::Number(*id)).collect();
        cut(dialect, text, |target, _| if gone.contains(target) { Verdict::Remove } else { Verdict::Keep }).unwrap()
    }

    #[test]
    fn only_the_reference_goes() {
        let text =
            r#"{"A":1e-05, "Items":[{"Id":1}, {"Id":2},{"Id":3} ],"B":{"Id":2},"C":[[{"Id":2}],{"K":{"Id":2}}]}"#;
        assert_eq!(without(text, &[2]), r#"{"A":1e-05, "Items":[{"Id":1},{"Id":3} ],"B":null,"C":[[],{"K":null}]}"#);
        let items = |gone: &[u64]| without(r#"{"I":[{"Id":1},{"Id":2},{"Id":3},{"Id":4}]}"#, gone);
        assert_eq!(items(&[]), r#"{"I":[{"Id":1},{"Id":2},{"Id":3},{"Id":4}]}"#);
        assert_eq!(items(&[1, 2]), r#"{"I":[{"Id":3},{"Id":4}]}"#);
        assert_eq!(items(&[1, 3]), r#"{"I":[{"Id":2},{"Id":4}]}"#);
        assert_eq!(items(&[2, 3, 4]), r#"{"I":[{"Id":1}]}"#);
        assert_eq!(items(&[1, 2, 3, 4]), r#"{"I":[]}"#);
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep = format!("{{\"a\":{}{{\"Id\":2}}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(without(&deep, &[2]), deep);
    }
}
