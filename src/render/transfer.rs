//! A bar for one file, or for what comes meanwhile, on stderr.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scene::{shortened, without_controls};

/// Shows how much of a file is there; only on a terminal.
pub struct TransferBar(Option<ProgressBar>);

impl TransferBar {
    /// For something that is called like this.
    pub fn new(quiet: bool, what: &'static str) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self(None);
        }
        const BYTES: &str =
            "{prefix:>8} {bar:30.cyan/dim} {decimal_bytes:>9} / {decimal_total_bytes:9} {decimal_bytes_per_sec} {msg}";
        let style = ProgressStyle::with_template(BYTES).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(12));
        Self(Some(bar.with_style(style.progress_chars("━╸─")).with_prefix(what)))
    }

    /// So many bytes of so many are there, of the file of this name.
    pub fn show(&self, name: &str, done: u64, all: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(all);
            bar.set_position(done);
            bar.set_message(without_controls(&shortened(name, 40)).into_owned());
        }
    }

    /// Does something that prints, without the bar on the screen.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes it off the screen.
    pub fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
            bar.reset();
        }
    }
}
