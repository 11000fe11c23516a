//! The only door to stdout, and the only one for plain words to stderr.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ColorChoice;

use crate::scene::without_controls;

/// Buffered stdout that knows whether a person reads it; or a text that is put together for a file.
pub struct Out {
    writer: Sink,
    /// It is a terminal.
    pub is_terminal: bool,
    /// Colours are wanted.
    pub colored: bool,
}

enum Sink {
    Stdout(BufWriter<Stdout>),
    Text(Vec<u8>),
}

/// Stdout, until somebody has seen enough.
struct Stdout {
    lock: StdoutLock<'static>,
    stop: Arc<AtomicBool>,
}

impl Stdout {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What was in the buffer by then is not wanted either.
        if self.is_stopped() { Ok(bytes.len()) } else { self.lock.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock.flush()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(writer) if writer.get_ref().is_stopped() => Err(io::Error::other("interrupted")),
            Self::Stdout(writer) => writer.write(bytes),
            Self::Text(text) => text.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(writer) => writer.flush(),
            Self::Text(_) => Ok(()),
        }
    }
}

impl Out {
    /// What `print` prints, as a text: as it would be in a pipe.
    ///
    /// # Errors
    /// Those of `print`.
    pub fn to_text(print: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<Vec<u8>> {
        let mut out = Self { writer: Sink::Text(Vec::new()), is_terminal: false, colored: false };
        print(&mut out)?;
        Ok(match out.writer {
            Sink::Text(text) => text,
            Sink::Stdout(_) => Vec::new(),
        })
    }

    /// Takes stdout; while `stop` is set, writing to it fails.
    pub fn until(color: ColorChoice, stop: Arc<AtomicBool>) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let stdout = Stdout { lock: io::stdout().lock(), stop };
        let writer = Sink::Stdout(BufWriter::with_capacity(64 << 10, stdout));
        Self { writer, is_terminal, colored: is_colored(color, is_terminal) }
    }

    /// Columns, for a terminal.
    pub fn width(&self) -> Option<u16> {
        if !self.is_terminal {
            return None;
        }
        console::Term::stdout().size_checked().map(|(_, columns)| columns)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When nobody reads any more, or the disk behind a redirection is full.
    pub fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.writer.write_all(text.as_ref().as_bytes())?;
        self.writer.write_all(b"\n")
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn text(&mut self, text: impl AsRef<[u8]>) -> io::Result<()> {
        self.writer.write_all(text.as_ref())
    }

    /// What writes without a line's end, for what is too large to be put together first.
    pub fn writer(&mut self) -> &mut impl Write {
        &mut self.writer
    }

    /// Hands everything to the system now.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Text in a style, where colours are wanted.
    pub fn paint(&self, text: &str, style: console::Style) -> String {
        style.force_styling(self.colored).apply_to(text).to_string()
    }
}

/// Whether to use colours: what was asked for, else a terminal without `NO_COLOR`.
pub fn is_colored(color: ColorChoice, is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            is_terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// A word on stderr about something that is not as it should be, while the work goes on.
pub fn warn(text: impl AsRef<str>) {
    note(format!("warning: {}", text.as_ref()));
}

/// A word on stderr.
pub fn note(text: impl AsRef<str>) {
    // Nobody may be there to read it; that is no reason to stop.
    // Error texts repeat what servers and files say: no line of it may steer a terminal.
    for line in text.as_ref().lines() {
        let _ = writeln!(io::stderr().lock(), "{}", without_controls(line));
    }
}
