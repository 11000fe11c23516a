//! What was typed before, kept in a file of the user's.

use std::path::PathBuf;

use crate::analysis::redact::has_secrets;

/// Lines that are remembered.
pub const MOST_LINES: usize = 1000;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Where it is kept (`~/.local/state/scenectl/history` on Linux), where this machine has such a place. A file that
/// is none of ours by its size is left alone.
pub fn history_file() -> Option<PathBuf> {
    let path = dirs::state_dir().or_else(dirs::data_local_dir)?.join("scenectl").join("history");
    let is_ours = match std::fs::metadata(&path) {
        Ok(found) => found.is_file() && found.len() <= LARGEST,
        Err(_) => true,
    };
    is_ours.then_some(path)
}

/// Whether a line may be kept: none that starts with a space, as in other shells, and none that holds one of these
/// secrets or looks like one.
pub fn is_kept(line: &str, secrets: &[String]) -> bool {
    let is_told = |secret: &String| !secret.is_empty() && line.contains(secret.as_str());
    !line.starts_with(' ') && !line.trim().is_empty() && !secrets.iter().any(is_told) && !has_secrets(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let secrets = [String::from("s3sam"), String::new()];
        for kept in ["get 12 Property.Color", "set 3 Visibility=0", "save /home/somebody/out.wazex", "find token"] {
            assert!(is_kept(kept, &secrets), "{kept}");
        }
        for dropped in [
            "",
            "  ",
            " get 12",
            "find s3sam",
            r#"set 3 'Url="https://a:b@host/"'"#,
            r#"set 3 'Input="token=abcdef123456"'"#,
            "find ghp_abcdefghijklmnopqrst",
        ] {
            assert!(!is_kept(dropped, &secrets), "{dropped}");
        }
    }
}
