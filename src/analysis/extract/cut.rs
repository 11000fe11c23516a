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
    let mut stack = vec![(text, 0, false)];
    while let Some((value, depth, is_items)) = stack.pop() {
        // Where each part stands, with its name; what is a part; whether it is a collection.
        let mut spans: Vec<Range<usize>> = Vec::new();
        let parts: Vec<(&str, bool)> = if Kind::of(value) == Kind::Array {
            raw::elements(value).ok()?.into_iter().map(|part| (part, false)).collect()
        } else {
            let members = raw::members(value).ok()?.into_iter();
            members.map(|(key, value)| (value, dialect.is_items(&key))).collect()
        };
        let is_list = Kind::of(value) == Kind::Array || is_items;
        let mut end = raw::span(text, value)?.start + 1;
        for (part, _) in &parts {
            let here = raw::span(text, part)?;
            let between = text.get(end..here.start)?;
            let start = if Kind::of(value) == Kind::Array { here.start } else { end + between.find('"')? };
            end = here.end;
            spans.push(start..end);
        }
        let mut kept_before = false;
        for (k, (part, is_items)) in parts.iter().enumerate() {
            let target = dialect.as_reference(part);
            let verdict = target.as_ref().map_or(Verdict::Keep, |target| judge(target, is_list));
            let here = raw::span(text, part)?;
            if verdict == Verdict::Remove && is_list {
                edits.push((with_comma(&spans, k, kept_before)?, ""));
                continue;
            }
            kept_before = true;
            if verdict != Verdict::Keep {
                edits.push((here, "null"));
            } else if target.is_none() && depth < DEEPEST && matches!(Kind::of(part), Kind::Object | Kind::Array) {
                stack.push((part, depth + 1, *is_items && Kind::of(part) == Kind::Object));
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
fn with_comma(spans: &[Range<usize>], k: usize, kept_before: bool) -> Option<Range<usize>> {
    let here = spans.get(k)?;
    Some(match k.checked_sub(1).filter(|_| kept_before) {
        Some(before) => spans.get(before)?.end..here.end,
        None => here.start..spans.get(k + 1).map_or(here.end, |next| next.start),
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
