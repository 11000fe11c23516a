//! Ids and blob names as names of files and zip entries.
//!
//! Letters, digits, `_`, `-` and dots that are not at the start stay; every other byte becomes `%XX`.
//! So no name leaves its folder, hides, or depends on a file system's encoding, and `%` itself is unambiguous.

use std::io;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// Longer names are refused by file systems.
const LONGEST: usize = 240;

/// The entry's name for an id or a blob's name. It may be empty or too long: see [`check`].
pub(super) fn encode(text: &str) -> String {
    let mut name = utf8_percent_encode(text, ESCAPED).to_string();
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    name
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
    let tricky = name.contains(['/', '\\', ':', '\0']) || name.starts_with('.') || name.is_empty();
    (!tricky && name.len() <= LONGEST).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_name_leaves_its_folder() {
        assert_eq!(encode("12345"), "12345");
        assert_eq!(encode("../../x"), "%2E.%2F..%2Fx");
        assert!(check(&format!("blobs/{}", encode(&"é".repeat(100)))).is_err());
        for tricky in ["..", "../x", "a/b", "a\\b", "C:x", "", ".hidden"] {
            assert_eq!(decode(tricky), None, "{tricky}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(text in "\\PC{1,60}") {
            let name = encode(&text);
            prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.%".contains(&b)));
            if check(&format!("states/{name}")).is_ok() {
                prop_assert_eq!(decode(&name), Some(text));
            }
        }
    }
}
