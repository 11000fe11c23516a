//! Names of files that a server chose, made harmless.

/// Bytes of a name; file systems refuse longer ones than 255, and a number may be added.
const LONGEST: usize = 200;

/// Bytes of what counts as an ending.
const LONGEST_ENDING: usize = 20;

/// What a file is called whose name is of no use.
const NAMELESS: &str = "download";

/// What Windows opens as a device, also with a dot and anything behind it. Source: Microsoft, "Naming Files, Paths, and
/// Namespaces".
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The name under which a file is kept: the last part of what it is called, without anything that leads elsewhere,
/// hides it, steers a terminal, or means something else to an operating system.
pub(super) fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    // A dot in front hides it; dots and spaces at the end are dropped by Windows, which makes it another name.
    let trimmed = shown.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = shortened(trimmed);
    if name.is_empty() {
        return NAMELESS.to_owned();
    }
    if is_device(&name) { format!("_{name}") } else { name }
}

/// The `number`-th name for a file where the ones before are taken: `name (1).ext`.
pub(super) fn numbered(name: &str, number: u32) -> String {
    let (stem, ending) = parts(name);
    format!("{stem} ({number}){ending}")
}

/// What writes from right to left, joins, or is not seen: with it a name looks like another one.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_device(name: &str) -> bool {
    let start = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let is_port = |port: &str| {
        let digit = start.strip_prefix(port).and_then(|rest| rest.chars().next().filter(|_| rest.chars().count() == 1));
        digit.is_some_and(|digit| matches!(digit, '0'..='9' | '¹' | '²' | '³'))
    };
    DEVICES.contains(&start.as_str()) || is_port("com") || is_port("lpt")
}

/// A name in front of its ending, and the ending with its dot.
fn parts(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= LONGEST_ENDING => name.split_at(at),
        _ => (name, ""),
    }
}

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = parts(name);
    let end = stem.floor_char_boundary(LONGEST - ending.len());
    format!("{}{ending}", stem.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for (name, wanted) in [
            ("report.txt", "report.txt"),
            ("../../etc/passwd", "passwd"),
            ("/etc/cron.d/evil", "evil"),
            ("C:\\Windows\\system.ini", "system.ini"),
            ("..", "download"),
            ("", "download"),
            ("a/", "download"),
            (".bashrc", "bashrc"),
            ("...", "download"),
            (" . x . ", "x"),
            ("a\u{1b}[2J\nb\u{0}.txt", "a[2Jb.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("Com1.log", "_Com1.log"),
            ("lpt¹", "_lpt¹"),
            ("comet.txt", "comet.txt"),
            ("a:b", "a_b"),
            ("é世.bin", "é世.bin"),
        ] {
            assert_eq!(harmless(name), wanted, "{name:?}");
        }
        let long = harmless(&format!("{}.tar.gz", "é".repeat(500)));
        assert!(long.len() <= LONGEST && long.ends_with("é.gz"), "{long}");
        assert_eq!(numbered("a.tar.gz", 2), "a.tar (2).gz");
        assert_eq!(numbered("noend", 1), "noend (1)");
    }
}
