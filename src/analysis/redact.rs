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

/// A pattern of a secret's name, and what follows it. (`concat!` takes literals only.)
macro_rules! named {
    ($rest:literal) => {
        concat!(
            r"(?i)((?:token|secret|passw(?:or)?d|passphrase|(?:api|auth|access|account|private)[_-]?key|session[_-]?id|signature|credentials?|\bpass|\bpw",
            $rest
        )
    };
}

/// The kinds: a name, what it looks like in a text, and what takes the place of the second group.
const KINDS: [(&str, &str); 14] = [
    // With a slash in the password, unless it looks like `host:port/path@version`.
    (
        "user names and passwords in addresses",
        r#"([A-Za-z][A-Za-z0-9+.-]*://)([^/"'\s]+|[^/@:"'\s]+:\d*[^\d/@"'\s][^"'\s]*)(@)"#,
    ),
    (SECRETS, r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]+?)(-----END [A-Z ]*PRIVATE KEY-----|$)"),
    (SECRETS, named!(r#")["']?\s*(?:[=:]|%3D)\s*")([^"]+)(")"#)),
    (SECRETS, named!(r#")["']?\s*(?:[=:]|%3D)\s*')([^']+)(')"#)),
    (
        SECRETS,
        named!(
            r#"|authorization|\bauth)["']?\s*(?:[=:]|%3D)\s*["']?(?:(?:bearer|basic|digest|token)\s+)?)([^\s&"',;\\}]+)()"#
        ),
    ),
    // These are common words: only what looks like a key.
    (SECRETS, r"(?i)(\b(?:sig|session|pwd|sid)\s*(?:=|%3D)\s*)([A-Za-z0-9%+_=-]{8,})()"),
    (SECRETS, r"(?i)(--(?:password|passphrase|token|secret|api-?key)\s+)([^\s-]\S*)()"),
    (SECRETS, r"(?i)(<(?:password|passphrase|token|secret|api-?key)>)([^<]+)(<)"),
    (SECRETS, r#"(?i)(cookie\s*[:=]\s*)([^\s"'][^"'\r\n]*)()"#),
    (SECRETS, r"(?i)(\bbearer\s+)([A-Za-z0-9+/._~=-]{8,})()"),
    (
        "tokens of web services",
        r"()\b((?:gh[pousr]|npm|hf)_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{8,}|[sr]k_(?:live|test)_\w{8,}|sk-(?:[a-z]{2,8}-)?[A-Za-z0-9]{16,}|SG\.[\w-]{10,}\.[\w-]{10,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,})()",
    ),
    (
        USERS,
        r#"((?:/home/|/Users/|[A-Za-z]:/Users/|(?i:[A-Z]:\\Users\\)|\\\\[^\\/\s]+\\(?i:home|users)\$?\\))([^/\\":\r\n~]{1,64})([/\\])"#,
    ),
    (
        USERS,
        r#"((?:/home/|/Users/|[A-Za-z]:/Users/|(?i:[A-Z]:\\Users\\)|\\\\[^\\/\s]+\\(?i:home|users)\$?\\))([^/\\\s"':~]+)()"#,
    ),
    (USERS, r#"((?:^|[\s"'=:(])~)([A-Za-z][\w.-]+)(/)"#),
];
const SECRETS: &str = "tokens and secrets in texts";
const USERS: &str = "names of users in paths";

/// Properties whose values, where they are texts, are secrets by their names.
static SECRET_NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = r"(?i)(?:token|secret|passw(?:or)?d|passphrase|(?:api|auth|access|account|private)[_-]?key|authorization|session[_-]?id|credential|cookie|(?:^|[_-])(?:pass|pwd?|session))s?$";
    Regex::new(names).ok()
});

static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> =
    LazyLock::new(|| KINDS.iter().filter_map(|(name, pattern)| Some((*name, Regex::new(pattern).ok()?))).collect());

/// What stands in the place of what was taken out.
const MARK: &str = "REMOVED";

/// A scene without what looks like a secret, or tells who made it; and what that was. Only texts in
/// states are changed: numbers and blobs stay.
pub fn redact(scene: &Scene) -> (Scene, Vec<Removed>) {
    let mut clean = scene.clone();
    let mut removed: Vec<Removed> = Vec::new();
    for (id, state) in scene.objects() {
        let text = in_json(state.as_str(), |what, times| {
            let at = removed.iter().position(|entry| entry.what == what).unwrap_or_else(|| {
                removed.push(Removed { what, times: 0, objects: Vec::new() });
                removed.len() - 1
            });
            if let Some(entry) = removed.get_mut(at) {
                entry.times += times;
                if entry.objects.last() != Some(id) {
                    entry.objects.push(id.clone());
                }
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
            *name = without_secrets(name).into_owned();
        }
    }
    (clean, removed)
}

/// A text without what looks like a secret, or tells a user's name.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    in_text(text, &mut |_, _| ())
}

/// True for a text in which something looks like a secret; names of users are none.
pub fn has_secrets(text: &str) -> bool {
    let mut found = false;
    in_text(text, &mut |what, _| found |= what != USERS);
    found
}

/// JSON text with its strings without secrets. What is no JSON is taken for text.
fn in_json(json: &str, mut told: impl FnMut(&'static str, u64)) -> Cow<'_, str> {
    if raw::members(json).is_err() {
        return in_text(json, &mut told);
    }
    let mut out = String::new();
    let (mut done, mut at) = (0, 0);
    // How deep the scanner is, and where what a secret's name stands for began.
    let (mut depth, mut secret_from) = (0_usize, None::<usize>);
    let mut is_secret_name = false;
    while let Some(start) = json.get(at..).and_then(|rest| rest.find(['"', '{', '}', '[', ']', ','])).map(|k| at + k) {
        at = start + 1;
        match json.as_bytes().get(start) {
            Some(b'{' | b'[') => {
                if is_secret_name && secret_from.is_none() {
                    secret_from = Some(depth);
                }
                depth += 1;
                is_secret_name = false;
                continue;
            }
            Some(b'}' | b']') => {
                depth = depth.saturating_sub(1);
                secret_from = secret_from.filter(|from| depth > *from);
                is_secret_name = false;
                continue;
            }
            Some(b',') => {
                is_secret_name = false;
                continue;
            }
            _ => {}
        }
        let end = string_end(json, start);
        at = end;
        let Some(token) = json.get(start..end) else { break };
        let Some(text) = raw::text(token) else { continue };
        let is_name = json.get(end..).is_some_and(|rest| rest.trim_start().starts_with(':'));
        let is_secret = !is_name && (is_secret_name || secret_from.is_some());
        if is_name {
            is_secret_name = SECRET_NAMES.as_ref().is_some_and(|names| names.is_match(&text));
        }
        let clean = if is_secret && !text.is_empty() && text != MARK {
            told(SECRETS, 1);
            Cow::Borrowed(MARK)
        } else {
            in_text(&text, &mut told)
        };
        if clean != text {
            out.push_str(json.get(done..start).unwrap_or_default());
            out.push_str(&serde_json::Value::from(clean.as_ref()).to_string());
            done = end;
        }
    }
    if done == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(json.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Behind the quote that ends the string that starts here.
fn string_end(json: &str, start: usize) -> usize {
    let mut escaped = false;
    for (k, byte) in json.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return k + 1,
            _ => {}
        }
    }
    json.len()
}

fn in_text<'t>(text: &'t str, told: &mut impl FnMut(&'static str, u64)) -> Cow<'t, str> {
    let mut current = Cow::Borrowed(text);
    for (what, pattern) in PATTERNS.iter() {
        let mut times = 0;
        let replaced = pattern.replace_all(&current, |found: &Captures<'_>| {
            let group = |k: usize| found.get(k).map(|group| group.as_str()).unwrap_or_default();
            times += u64::from(group(2) != MARK);
            format!("{}{MARK}{}", group(1), group(3))
        });
        if let (Cow::Owned(replaced), true) = (replaced, times > 0) {
            told(what, times);
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
        let rows = [
            (r#"{"A":"http://me:pw@host/x"}"#, r#"{"A":"http://REMOVED@host/x"}"#),
            (r#"{"A":"https:\/\/me:p\/w@host"}"#, r#"{"A":"https://REMOVED@host"}"#),
            (r#"{"A":"https://h/?a=1&token=abc123&b=2"}"#, r#"{"A":"https://h/?a=1&token=REMOVED&b=2"}"#),
            (r#"{"A":"https://h/?sig=abcdefgh%3D&b=2"}"#, r#"{"A":"https://h/?sig=REMOVED&b=2"}"#),
            (r#"{"A":"next=x%3Ftoken%3Dabc&b=2"}"#, r#"{"A":"next=x%3Ftoken%3DREMOVED&b=2"}"#),
            (r#"{"A":"AccountKey=abc/+=;x"}"#, r#"{"A":"AccountKey=REMOVED;x"}"#),
            (r#"{"A":"pw=abc"}"#, r#"{"A":"pw=REMOVED"}"#),
            (r#"{"A":"{\"token\":\"abc\",\"b\":1}"}"#, r#"{"A":"{\"token\":\"REMOVED\",\"b\":1}"}"#),
            (r#"{"A":"Authorization: Bearer abc.def"}"#, r#"{"A":"Authorization: Bearer REMOVED"}"#),
            (r#"{"A":"Authorization: Basic dXNlcjpwdw=="}"#, r#"{"A":"Authorization: Basic REMOVED"}"#),
            (r#"{"A":"it is Bearer abcdefghijkl.mn"}"#, r#"{"A":"it is Bearer REMOVED"}"#),
            (r#"{"A":"ghp_abcdefghijklmnopqrstuv"}"#, r#"{"A":"REMOVED"}"#),
            (r#"{"A":"x AKIAIOSFODNN7EXAMPLE"}"#, r#"{"A":"x REMOVED"}"#),
            (r#"{"A":"sk-proj-abcdefghijklmnop"}"#, r#"{"A":"REMOVED"}"#),
            (
                r#"{"A":"-----BEGIN RSA PRIVATE KEY-----\nab\ncd\n-----END RSA PRIVATE KEY-----"}"#,
                r#"{"A":"-----BEGIN RSA PRIVATE KEY-----REMOVED-----END RSA PRIVATE KEY-----"}"#,
            ),
            (r#"{"A":"/home/alice/data.vtp"}"#, r#"{"A":"/home/REMOVED/data.vtp"}"#),
            (r#"{"A":"~erin/data.vtp"}"#, r#"{"A":"~REMOVED/data.vtp"}"#),
            (r#"{"A":"C:\\Users\\John Smith\\x"}"#, r#"{"A":"C:\\Users\\REMOVED\\x"}"#),
            (r#"{"A":"\\\\server\\home\\frank\\x"}"#, r#"{"A":"\\\\server\\home\\REMOVED\\x"}"#),
            (r#"{"Password":"hunter2","B":"x"}"#, r#"{"Password":"REMOVED","B":"x"}"#),
            (
                r#"{"o":{"authKey" : "k","api_key":["a","b"]}}"#,
                r#"{"o":{"authKey" : "REMOVED","api_key":["REMOVED","REMOVED"]}}"#,
            ),
            (r#"{"A":"https://user:p@ss@host"}"#, r#"{"A":"https://REMOVED@host"}"#),
            (r#"{"A":"password='SEC7 aaa bbb' x"}"#, r#"{"A":"password='REMOVED' x"}"#),
            (r#"{"A":"/home/a b/x"}"#, r#"{"A":"/home/REMOVED/x"}"#),
            (r#"{"A":"/home/o'neil/x"}"#, r#"{"A":"/home/REMOVED/x"}"#),
            (r#"{"A":"/home/alice"}"#, r#"{"A":"/home/REMOVED"}"#),
            (r#"{"A":"?k=1&pass=X"}"#, r#"{"A":"?k=1&pass=REMOVED"}"#),
            (r#"{"A":"x --password X -v"}"#, r#"{"A":"x --password REMOVED -v"}"#),
            (r#"{"A":"<password>X</password>"}"#, r#"{"A":"<password>REMOVED</password>"}"#),
            (r#"{"A":"Set-Cookie: sid=X; a"}"#, r#"{"A":"Set-Cookie: REMOVED"}"#),
            (r#"{"A":"sk_live_abcdefgh1234"}"#, r#"{"A":"REMOVED"}"#),
            (r#"{"https://h/?token=abc":1}"#, r#"{"https://h/?token=REMOVED":1}"#),
            (r#"{"accessToken":{"v":"S"},"B":"x"}"#, r#"{"accessToken":{"v":"REMOVED"},"B":"x"}"#),
            (r#"{"passwords":["a",["b"]],"B":["x"]}"#, r#"{"passwords":["REMOVED",["REMOVED"]],"B":["x"]}"#),
            (r#"no JSON, token=abc"#, r#"no JSON, token=REMOVED"#),
        ];
        for (text, clean) in rows {
            assert_eq!(in_json(text, |_, _| ()), clean);
            assert_eq!(in_json(clean, |_, times| assert_eq!(times, 0, "{clean}")), clean);
        }
        for plain in [
            r#"{"ClassName":"vtkActor","Token":5,"Text":"home sweet home: a tokenless text ~ 5","Id":3,"Key":"x"}"#,
            r#"{"A":"http://host:8080/a@b","B":"https://unpkg.com/@kitware/vtk.js","C":"basic understanding of tokens"}"#,
            r#"{"A":"Basic Rendering12345678","B":"sk-learn-estimator-longname-abcdef","C":"sig=0.5","D":"session=3"}"#,
            r#"{"A":"~5/3","B":"x = ~y/z","C":"pwd=/tmp","D":"[1,2]","E":["}",{"F":"{"}]}"#,
        ] {
            assert_eq!(in_json(plain, |what, _| panic!("{what} in {plain}")), plain);
        }
    }
}
