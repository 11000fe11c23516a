//! Ids and blob names as names of files and zip entries.
//!
//! Small letters, digits, `_`, `-` and most dots stay; every other byte becomes `%XX`. So no name leaves its folder, hides,
//! or depends on a file system's encoding or on whether it tells `A` from `a`, and `%` itself is unambiguous. Also written
//! so are what Windows takes for devices or drops, and what would look like the `.json` that readers leave out. An id that
//! would take too long a name is called `~` and a hash; `scenectl.json` says which.

use std::collections::BTreeMap;
use std::io;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::scene::{ObjectId, Scene};

/// Longer names are refused by file systems.
const LONGEST: usize = 240;

/// What Windows opens as a device, also with a dot and anything behind it. Source: Microsoft, "Naming Files, Paths, and
/// Namespaces".
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// As [`DEVICES`], with a digit behind them.
const PORTS: [&str; 2] = ["com", "lpt"];

/// What readers of folders leave out at the end of a state's name.
const JSON: &str = ".json";

/// Marks a name that stands for a longer one.
const MARK: char = '~';

/// The entry's name for an id or a blob's name. It may be empty or too long: see [`check`].
pub(super) fn encode(text: &str) -> String {
    let len = text.len();
    let is_special = |at: usize| {
        (at == 0 && (text.starts_with('.') || is_device(text)))
            || at + 1 == len && text.ends_with('.')
            || (at + JSON.len() == len && text.ends_with(JSON))
    };
    let mut name = String::with_capacity(len);
    for (at, byte) in text.bytes().enumerate() {
        let stays = byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
        if stays && !is_special(at) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

/// True for the name of a device. (One with other characters than small letters and digits is escaped anyway.)
fn is_device(text: &str) -> bool {
    let (start, _) = text.split_once('.').unwrap_or((text, ""));
    let is_port = |port: &str| start.strip_prefix(port).is_some_and(|digit| matches!(digit.as_bytes(), [b'0'..=b'9']));
    DEVICES.contains(&start) || PORTS.iter().any(|port| is_port(port))
}

/// Refuses entries that no file system would take: nothing is left out without a word.
pub(super) fn check(entry: &str) -> io::Result<()> {
    let name = entry.strip_prefix("states/").or_else(|| entry.strip_prefix("blobs/"));
    match name.map(str::len) {
        Some(0) if !matches!(entry, "states/" | "blobs/") => Err(io::Error::other("it has no name")),
        Some(len) if len > LONGEST => {
            let reason = format!("its name takes {len} bytes; {LONGEST} are possible");
            Err(io::Error::new(io::ErrorKind::InvalidData, reason))
        }
        _ => Ok(()),
    }
}

/// The id or blob's name that an entry's name stands for; `None` for names that we would not write.
pub(super) fn decode(name: &str) -> Option<String> {
    let text = percent_decode_str(name).decode_utf8().ok()?.into_owned();
    let tricky = name.contains(['/', '\\', ':', '\0']) || name.starts_with(['.', MARK]) || name.is_empty();
    (!tricky && name.len() <= LONGEST).then_some(text)
}

/// The ids of a scene whose names would be too long, by the names that stand for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct LongIds(BTreeMap<String, String>);

impl LongIds {
    /// Those of a scene. Two that have the same hash are numbered, in the order of their ids.
    pub(super) fn of(scene: &Scene) -> Self {
        let mut found = BTreeMap::new();
        for (id, _) in scene.objects() {
            if let ObjectId::Name(id) = id
                && is_too_long(id)
            {
                let name = short(id);
                let others = (2_u64..).map(|n| format!("{name}.{n}"));
                let free = std::iter::once(name.clone()).chain(others).find(|name| !found.contains_key(name));
                found.insert(free.unwrap_or(name), id.to_string());
            }
        }
        Self(found)
    }

    /// True where there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of a state's entry within `states/`.
    pub(super) fn encode(&self, id: &ObjectId) -> String {
        let text = id.to_string();
        if !is_too_long(&text) {
            return encode(&text);
        }
        let name = short(&text);
        let mut same_hash = self.0.range(name.clone()..).take_while(|(other, _)| other.starts_with(&name));
        same_hash.find(|(_, id)| **id == text).map_or(name, |(name, _)| name.clone())
    }

    /// The id that the name of a state's entry stands for; `None` for names that we would not write.
    pub(super) fn decode(&self, name: &str) -> Option<String> {
        if name.starts_with(MARK) { self.0.get(name).cloned() } else { decode(name) }
    }
}

/// True for an id that has no name of its own: a text is never shorter than the name made of it.
fn is_too_long(id: &str) -> bool {
    id.is_empty() || id.len() > LONGEST || encode(id).len() > LONGEST
}

fn short(id: &str) -> String {
    format!("{MARK}{:032x}", xxh3_128(id.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::vtklocal::dialect::VTK;
    use crate::scene::State;
    use proptest::prelude::*;

    #[test]
    fn no_name_leaves_its_folder() {
        assert_eq!(encode("12345"), "12345");
        assert_eq!(encode("00ab34ff"), "00ab34ff");
        assert_eq!(encode("../../x"), "%2E.%2F..%2Fx");
        assert_eq!(encode("/Mesh b#props.points"), "%2F%4Desh%20b%23props.points");
        assert!(check(&format!("blobs/{}", encode(&"é".repeat(100)))).is_err());
        for tricky in ["..", "../x", "a/b", "a\\b", "C:x", "", ".hidden", "~0", "%FF"] {
            assert_eq!(decode(tricky), None, "{tricky}");
        }
    }

    #[test]
    fn other_systems_take_every_name() {
        let cases = [
            ("con", "%63on"),
            ("nul.txt", "%6Eul.txt"),
            ("com1", "%63om1"),
            ("com", "com"),
            ("com12", "com12"),
            ("CON", "%43%4F%4E"),
            ("a.", "a%2E"),
            (".", "%2E"),
            ("a.json", "a%2Ejson"),
            (".json", "%2Ejson"),
            ("a.json.b", "a.json.b"),
        ];
        for (text, name) in cases {
            assert_eq!((encode(text).as_str(), decode(name).as_deref()), (name, Some(text)));
        }
    }

    fn scene(ids: &[&str]) -> Scene {
        let mut scene = Scene::new(&VTK);
        for id in ids {
            scene.insert(ObjectId::Name((*id).into()), State::new("{}").unwrap());
        }
        scene
    }

    #[test]
    fn long_ids_have_short_names() {
        let (one, two) = ("/é".repeat(200), "/é".repeat(201));
        let scene = scene(&[&one, &two, "", "/a"]);
        let long = LongIds::of(&scene);
        for (id, _) in scene.objects() {
            let name = long.encode(id);
            assert!(check(&format!("states/{name}")).is_ok() && name.len() < 40, "{name}");
            assert_eq!(long.decode(&name), Some(id.to_string()));
        }
        assert_eq!((long.0.len(), long.decode("~1")), (3, None));
    }

    proptest! {
        #[test]
        fn every_name_comes_back(text in "(?s).{0,200}|[conau.l1/A-C]{1,6}(json)?") {
            let scene = scene(&[&text]);
            let long = LongIds::of(&scene);
            let id = ObjectId::Name(text.as_str().into());
            let name = long.encode(&id);
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.%~".contains(&b);
            let mut parts = name.split('%').enumerate();
            let is_portable = parts.all(|(k, part)| part.bytes().skip(2 * usize::from(k > 0)).all(is_plain));
            prop_assert!(is_portable);
            prop_assert!(!name.is_empty() && name.len() <= LONGEST && !name.ends_with('.') && !is_device(&name));
            prop_assert!(!name.starts_with('.') && !name.ends_with(".json"));
            prop_assert_eq!(long.decode(&name), Some(text));
        }

        /// Not even where a file system takes large letters for small ones.
        #[test]
        fn no_two_have_the_same_name(a in "[/aAbB.%é]{0,5}", b in "[/aAbB.%é]{0,5}") {
            let same = encode(&a).eq_ignore_ascii_case(&encode(&b));
            prop_assert_eq!(same, a == b);
        }
    }
}
