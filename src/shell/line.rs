//! A line: commands between `;`, words with quotes as in a POSIX shell, a comment behind `#`.

use std::ops::Range;

/// Why a line is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Its end is within quotes, or behind a backslash.
    #[error("a quote is not closed, or the line ends with a backslash")]
    Open,
}

/// The commands of a line, each as its words. Empty ones are left out.
///
/// # Errors
/// [`LineError`].
pub fn commands(line: &str) -> Result<Vec<Vec<String>>, LineError> {
    let mut found = Vec::new();
    for piece in pieces(line) {
        let words = shlex::split(line.get(piece.range).unwrap_or_default()).ok_or(LineError::Open)?;
        if !words.is_empty() {
            found.push(words);
        }
    }
    Ok(found)
}

/// A command's text in a line.
struct Piece {
    range: Range<usize>,
    /// Where its last word starts; at its end where a new word begins there.
    last_word: usize,
    /// The quote that is open at its end.
    quote: Option<char>,
    is_comment: bool,
}

/// Finds where commands and words begin. Quoting is as in [`shlex`], which then reads the words.
fn pieces(line: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let piece = |start: usize| Piece { range: start..line.len(), last_word: start, quote: None, is_comment: false };
    let mut at = piece(0);
    let (mut is_in_word, mut is_escaped) = (false, false);
    for (k, c) in line.char_indices() {
        let starts_word = !is_in_word && at.quote.is_none() && !is_escaped;
        if starts_word {
            at.last_word = k;
        }
        match (at.quote, c) {
            _ if is_escaped => is_escaped = false,
            (None | Some('"'), '\\') => (is_escaped, is_in_word) = (true, true),
            (None, '"' | '\'') => (at.quote, is_in_word) = (Some(c), true),
            (Some(quote), _) if quote == c => at.quote = None,
            (Some(_), _) => {}
            (None, '#') if starts_word => {
                at.is_comment = true;
                break;
            }
            (None, ';') => {
                at.range.end = k;
                found.push(std::mem::replace(&mut at, piece(k + 1)));
                is_in_word = false;
            }
            // As shlex has it.
            (None, ' ' | '\t' | '\n') => (is_in_word, at.last_word) = (false, k + 1),
            (None, _) => is_in_word = true,
        }
    }
    found.push(at);
    found
}

/// The word that somebody is typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typing {
    /// The words of the command before it.
    pub(super) before: Vec<String>,
    /// Where it starts in the line, in bytes; its quote included.
    pub(super) start: usize,
    /// What it says so far.
    pub(super) text: String,
    /// The quote it started with.
    pub(super) quote: Option<char>,
}

/// What is being typed at the end of a line; nothing in a comment.
pub(super) fn typing(line: &str) -> Option<Typing> {
    let piece = pieces(line).pop().filter(|piece| !piece.is_comment)?;
    let before = shlex::split(line.get(piece.range.start..piece.last_word)?)?;
    let raw = line.get(piece.last_word..)?;
    let closed = match piece.quote {
        Some(quote) => format!("{}{quote}", raw.strip_suffix('\\').filter(|_| quote == '"').unwrap_or(raw)),
        None => raw.strip_suffix('\\').unwrap_or(raw).to_owned(),
    };
    let text = shlex::split(&closed)?.into_iter().next().unwrap_or_default();
    let quote = raw.chars().next().filter(|first| matches!(first, '"' | '\''));
    Some(Typing { before, start: piece.last_word, text, quote })
}

/// True for a word that the line would read as something else.
pub(super) fn needs_quotes(text: &str) -> bool {
    text.starts_with('#') || text.chars().any(|c| matches!(c, ' ' | '\t' | '\n' | ';' | '"' | '\'' | '\\'))
}

/// A word as it is typed: in these quotes, closed only where the word is whole.
pub(super) fn quoted(text: &str, quote: Option<char>, is_whole: bool) -> String {
    let (open, inner) = match quote {
        None => ("", text.to_owned()),
        Some('\'') if !text.contains('\'') => ("'", text.to_owned()),
        Some(_) => {
            let escaped = text.chars().flat_map(|c| {
                let escape = matches!(c, '"' | '\\' | '$' | '`').then_some('\\');
                escape.into_iter().chain([c])
            });
            ("\"", escaped.collect())
        }
    };
    let end = if is_whole { format!("{open} ") } else { String::new() };
    format!("{open}{inner}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_commands_and_words() {
        for (line, wanted) in [
            ("get 12 Property.Color", vec![vec!["get", "12", "Property.Color"]]),
            ("  ls   vtkActor ;get 3;; ", vec![vec!["ls", "vtkActor"], vec!["get", "3"]]),
            ("# all of it is a comment", vec![]),
            ("", vec![]),
            ("get 3 # and no more; ls", vec![vec!["get", "3"]]),
            ("get 3#4", vec![vec!["get", "3#4"]]),
            ("query '.a; .b # c' ; ls", vec![vec!["query", ".a; .b # c"], vec!["ls"]]),
            (r#"set 3 Input="a \" ; b" x\;y"#, vec![vec!["set", "3", "Input=a \" ; b", "x;y"]]),
            ("ls 'vtkActor[Visibility=0]'", vec![vec!["ls", "vtkActor[Visibility=0]"]]),
            ("find ''", vec![vec!["find", ""]]),
            ("find größer\tλ", vec![vec!["find", "größer", "λ"]]),
        ] {
            assert_eq!(commands(line).unwrap(), wanted, "{line}");
        }
        for open in ["get 'a", "get \"a", "get a\\", "ls; get 'a"] {
            assert_eq!(commands(open), Err(LineError::Open), "{open}");
        }
    }

    #[test]
    fn the_word_at_the_end_is_what_is_typed() {
        let typed = |line: &str| {
            let typing = typing(line)?;
            Some((typing.before.join(" "), typing.start, typing.text, typing.quote))
        };
        let wanted = |before: &str, start, text: &str, quote| Some((before.to_owned(), start, text.to_owned(), quote));
        assert_eq!(typed(""), wanted("", 0, "", None));
        assert_eq!(typed("ge"), wanted("", 0, "ge", None));
        assert_eq!(typed("get "), wanted("get", 4, "", None));
        assert_eq!(typed("get 12 Prop"), wanted("get 12", 7, "Prop", None));
        assert_eq!(typed("ls; get 3"), wanted("get", 8, "3", None));
        assert_eq!(typed("ls;"), wanted("", 3, "", None));
        assert_eq!(typed("get 'vtkAOS Data"), wanted("get", 4, "vtkAOS Data", Some('\'')));
        assert_eq!(typed("get \"a\\\"b"), wanted("get", 4, "a\"b", Some('"')));
        assert_eq!(typed("get a\\ b"), wanted("get", 4, "a b", None));
        assert_eq!(typed("get a\\"), wanted("get", 4, "a", None));
        assert_eq!(typed("get 'a'b"), wanted("get", 4, "ab", Some('\'')));
        assert_eq!(typed("get # 3"), None);
    }

    #[test]
    fn what_is_quoted_is_read_as_it_was() {
        for text in ["a b", "it's", "say \"x\"", "a;b", "#a", "c\\d", "'\"", "$x`y`"] {
            assert!(needs_quotes(text) || text.contains('$'), "{text}");
            for quote in ['\'', '"'] {
                let line = format!("get {}", quoted(text, Some(quote), true));
                assert_eq!(commands(&line).unwrap(), [["get", text]], "{line}");
            }
        }
        assert_eq!(quoted("vtkActor", None, true), "vtkActor ");
        assert_eq!(quoted("Prop", Some('\''), false), "'Prop");
    }

    proptest::proptest! {
        /// The words that are found for completion are those that the line has.
        #[test]
        fn boundaries_are_those_of_shlex(line in r#"[a#;'"\\ \t]{0,12}"#) {
            let pieces = pieces(&line);
            let whole: Option<Vec<_>> = pieces.iter().map(|p| shlex::split(&line[p.range.clone()])).collect();
            if let Some(words) = whole && pieces.len() == 1 {
                proptest::prop_assert_eq!(&words[0], &shlex::split(&line).unwrap());
            }
            let _ = typing(&line);
        }
    }
}
