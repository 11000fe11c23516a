//! Ids and blob names as names of files and zip entries.
//!
//! Letters, digits, `_`, `-` and dots that are not at the start stay; every other byte becomes `%XX`.
//! So no name leaves its folder, hides, or depends on a file system's encoding, and `%` itself is unambiguous.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// Longer names are refused by file systems.
const LONGEST: usize = 240;

/// The entry's name for an id or a blob's name; `None` when it is empty or too long for a file.
pub(super) fn encode(text: &str) -> Option<String> {
    let mut name = utf8_percent_encode(text, ESCAPED).to_string();
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    (!name.is_empty() && name.len() <= LONGEST).then_some(name)
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
        assert_eq!(encode("12345").as_deref(), Some("12345"));
        assert_eq!(encode("../../x").as_deref(), Some("%2E.%2F..%2Fx"));
        assert_eq!(encode(""), None);
        for tricky in ["..", "../x", "a/b", "a\\b", "C:x", "", ".hidden"] {
            assert_eq!(decode(tricky), None, "{tricky}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(text in "\\PC{1,60}") {
            if let Some(name) = encode(&text) {
                prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.%".contains(&b)));
                prop_assert_eq!(decode(&name), Some(text));
            }
        }
    }
}
