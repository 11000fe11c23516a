//! What must not leave the house, taken out of a scene's texts.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::scene::{ObjectId, Scene, State, raw};

/// What was taken out, of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Of what kind.
    pub what: &'static str,
    /// How often.
    pub times: u64,
    /// The objects whose states it was in.
    pub objects: Vec<ObjectId>,
}

/// The kinds: a name, what it looks like in JSON text, and what takes the place of the second group.
const KINDS: [(&str, &str); 4] = [
    ("user names and passwords in addresses", r#"([A-Za-z][A-Za-z0-9+.-]*://)([^/@"\s]+)(@)"#),
    (
        "tokens and secrets in texts",
        r#"(?i)((?:token|secret|passw(?:or)?d|api[_-]?key|auth(?:orization)?|session(?:id)?|signature|access[_-]?key)\s*[=:]\s*(?:bearer\s+)?)([^\s&"',;\\]+)()"#,
    ),
    ("names of users in paths", r#"((?:/home/|/Users/|[A-Za-z]:(?:\\\\|/)Users(?:\\\\|/)))([^/\\"\s:]+)()"#),
    (
        "tokens of web services",
        r#"()\b((?:gh[pousr]_[A-Za-z0-9]{20,})|(?:eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}))()"#,
    ),
];

static PATTERNS: LazyLock<Vec<(&str, Regex)>> =
    LazyLock::new(|| KINDS.iter().filter_map(|(name, pattern)| Some((*name, Regex::new(pattern).ok()?))).collect());

/// What stands in the place of what was taken out.
const MARK: &str = "REMOVED";

/// A scene without what looks like a secret, or tells who made it; and what that was. Only texts in
/// states are changed: names of properties, numbers and blobs stay.
pub fn redact(scene: &Scene) -> (Scene, Vec<Removed>) {
    let mut clean = scene.clone();
    let mut removed: Vec<Removed> =
        PATTERNS.iter().map(|(what, _)| Removed { what, times: 0, objects: Vec::new() }).collect();
    for (id, state) in scene.objects() {
        let text = without_secrets(state.as_str(), |kind, times| {
            if let Some(entry) = removed.get_mut(kind) {
                entry.times += times;
                entry.objects.push(id.clone());
            }
        });
        if let Cow::Owned(text) = text
            && let Ok(state) = State::new(text)
        {
            clean.insert(id.clone(), state);
        }
    }
    for root in &mut clean.roots {
        if let Some(name) = &mut root.name {
            *name = without_secrets(name, |_, _| ()).into_owned();
        }
    }
    removed.retain(|entry| entry.times > 0);
    (clean, removed)
}

/// A text without what looks like a secret.
fn without_secrets(text: &str, mut told: impl FnMut(usize, u64)) -> Cow<'_, str> {
    let mut current = Cow::Borrowed(text);
    for (kind, (_, pattern)) in PATTERNS.iter().enumerate() {
        let mut times = 0;
        let replaced = pattern.replace_all(&current, |found: &Captures<'_>| {
            let group = |k: usize| found.get(k).map(|group| group.as_str()).unwrap_or_default();
            times += u64::from(group(2) != MARK);
            format!("{}{MARK}{}", group(1), group(3))
        });
        if let Cow::Owned(replaced) = replaced
            && times > 0
            && (raw::members(text).is_err() || raw::members(&replaced).is_ok())
        {
            told(kind, times);
            current = Cow::Owned(replaced);
        }
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_goes() {
        assert_eq!(PATTERNS.len(), KINDS.len());
        for (text, clean) in [
            (r#"{"A":"http://me:pw@host/x"}"#, r#"{"A":"http://REMOVED@host/x"}"#),
            (r#"{"A":"https://h/?a=1&token=abc123&b=2"}"#, r#"{"A":"https://h/?a=1&token=REMOVED&b=2"}"#),
            (r#"{"A":"/home/alice/data.vtp"}"#, r#"{"A":"/home/REMOVED/data.vtp"}"#),
            (r#"{"A":"C:\\Users\\Bob\\x"}"#, r#"{"A":"C:\\Users\\REMOVED\\x"}"#),
            (r#"{"A":"Authorization: Bearer abc.def"}"#, r#"{"A":"Authorization: Bearer REMOVED"}"#),
            (r#"{"A":"ghp_abcdefghijklmnopqrstuv"}"#, r#"{"A":"REMOVED"}"#),
        ] {
            assert_eq!(without_secrets(text, |_, _| ()), clean);
            assert_eq!(without_secrets(clean, |_, _| ()), clean);
        }
        let plain = r#"{"ClassName":"vtkActor","Token":5,"Text":"home sweet home: a tokenless text","Id":3}"#;
        assert_eq!(without_secrets(plain, |_, _| ()), plain);
    }
}
