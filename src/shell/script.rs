//! A script's lines, from whatever sends them.

use std::io::{self, BufRead, Read};

/// Bytes of the longest line that is read; commands are short.
pub const LONGEST_LINE: u64 = 1 << 20;

/// Why a line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It does not end. What follows it is not read either.
    #[error("it is longer than {LONGEST_LINE} bytes")]
    TooLong,
    /// It is no text.
    #[error("it is not UTF-8 (byte {0})")]
    NotUtf8(usize),
    /// The file, or what is at the other end of the pipe.
    #[error("cannot read the commands: {0}")]
    Io(#[from] io::Error),
}

impl ScriptError {
    /// The next line can be read.
    pub fn is_of_one_line(&self) -> bool {
        matches!(self, Self::NotUtf8(_))
    }

    /// It is the script that is wrong, and not the machine.
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Io(_))
    }
}

/// The lines, without their ends. It stops behind an error after which nothing can be read.
pub fn lines(mut from: impl BufRead) -> impl Iterator<Item = Result<String, ScriptError>> {
    let mut is_over = false;
    let mut is_first = true;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let line = next(&mut from, std::mem::take(&mut is_first)).transpose();
        is_over = match &line {
            None => true,
            Some(line) => line.as_ref().is_err_and(|error| !error.is_of_one_line()),
        };
        line
    })
}

fn next(from: &mut impl BufRead, is_first: bool) -> Result<Option<String>, ScriptError> {
    let mut line = Vec::new();
    from.take(LONGEST_LINE + 1).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => return Ok(None),
        Some(b'\n') => {}
        Some(last) => line.push(last),
    }
    if line.len() as u64 > LONGEST_LINE {
        return Err(ScriptError::TooLong);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    let line = String::from_utf8(line).map_err(|error| ScriptError::NotUtf8(error.utf8_error().valid_up_to()))?;
    // Editors on Windows begin files with a mark.
    let text = if is_first { line.strip_prefix('\u{feff}').map(str::to_owned) } else { None };
    Ok(Some(text.unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_files_end() {
        let read = |text: &[u8]| lines(text).map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(read(b"a\nb"), ["a", "b"]);
        assert_eq!(read(b"\xef\xbb\xbfa\r\n\r\nb\r\n"), ["a", "", "b"]);
        assert_eq!(read(b""), [""; 0]);
    }

    #[test]
    fn what_is_no_line_is_an_error_and_memory_has_a_limit() {
        let found: Vec<_> = lines(&b"ok\n\xff\xfe\nlast"[..]).collect();
        assert!(matches!(found[..], [Ok(_), Err(ScriptError::NotUtf8(0)), Ok(_)]), "{found:?}");
        let found: Vec<_> = lines(io::BufReader::new(io::repeat(b'x'))).collect();
        assert!(matches!(found[..], [Err(ScriptError::TooLong)]), "{found:?}");
        let longest = [vec![b'x'; LONGEST_LINE as usize], b"\nb".to_vec()].concat();
        assert_eq!(lines(&longest[..]).map(|line| line.unwrap().len()).collect::<Vec<_>>(), [1 << 20, 1]);
    }
}
