//! Bars for files that come or go, or for what comes meanwhile, on stderr.

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::bytes;
use crate::scene::{shortened, without_controls};

/// Bars that are shown at a time.
const MOST: usize = 8;

/// Seconds before which a speed is none.
const SOON: f64 = 0.3;

/// Shows how much of each file is there, while it is not all; only on a terminal.
pub struct TransferBars(Option<Bars>);

struct Bars {
    all: MultiProgress,
    what: &'static str,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    /// By the files' names.
    files: Vec<(String, ProgressBar)>,
    coming: Option<ProgressBar>,
}

impl Bars {
    fn add(&self, template: &str, length: Option<u64>) -> ProgressBar {
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.with_key("speed", speed);
        let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        self.all.add(bar.with_style(style.progress_chars("━╸─")).with_prefix(self.what))
    }

    fn remove(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        self.all.remove(bar);
    }
}

/// Bytes a second since the bar is there, as soon as that says something. indicatif's own estimate begins with the
/// first part, which came at once, and needs long to forget it.
fn speed(state: &ProgressState, out: &mut dyn fmt::Write) {
    let seconds = state.elapsed().as_secs_f64();
    if seconds >= SOON {
        let _ = write!(out, "{}/s", bytes((state.pos() as f64 / seconds) as u64));
    }
}

impl TransferBars {
    /// For files of which this is said: `download`.
    pub fn new(quiet: bool, what: &'static str) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self(None);
        }
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(12));
        Self(Some(Bars { all, what, shown: Mutex::default() }))
    }

    fn with(&self, change: impl FnOnce(&Bars, &mut Shown)) {
        if let Some(bars) = &self.0 {
            change(bars, &mut bars.shown.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// So many bytes of so many are there, of the file of this name.
    pub fn show(&self, name: &str, done: u64, all: u64) {
        const BYTES: &str =
            "{prefix:>8} {bar:30.cyan/dim} {decimal_bytes:>9} / {decimal_total_bytes:9} {speed:>10} {msg}";
        self.with(|bars, shown| {
            if let Some(coming) = shown.coming.take() {
                bars.remove(&coming);
            }
            if let Some((_, bar)) = shown.files.iter().find(|(known, _)| known == name) {
                bar.set_position(done);
            } else if shown.files.len() < MOST {
                let bar = bars.add(BYTES, Some(all));
                bar.set_message(without_controls(&shortened(name, 40)).into_owned());
                bar.set_position(done);
                shown.files.push((name.to_owned(), bar));
            }
        });
    }

    /// Nothing more of this file comes.
    pub fn end(&self, name: &str) {
        self.with(|bars, shown| {
            if let Some(at) = shown.files.iter().position(|(known, _)| known == name) {
                bars.remove(&shown.files.swap_remove(at).1);
            }
        });
    }

    /// So many bytes have come of something that is not known yet; with 0, of nothing.
    pub fn coming(&self, received: u64) {
        const COMING: &str = "{prefix:>8} {spinner:.cyan} {decimal_bytes} of something are here, {elapsed}";
        self.with(|bars, shown| {
            if received == 0 || !shown.files.is_empty() {
                if let Some(coming) = shown.coming.take() {
                    bars.remove(&coming);
                }
                return;
            }
            let bar = shown.coming.get_or_insert_with(|| {
                let bar = bars.add(COMING, None);
                bar.enable_steady_tick(Duration::from_millis(250));
                bar
            });
            bar.set_position(received);
        });
    }

    /// Does something that prints, without bars on the screen.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bars) => bars.all.suspend(print),
            None => print(),
        }
    }

    /// Takes them off the screen.
    pub fn clear(&self) {
        self.with(|bars, shown| {
            shown.files.drain(..).for_each(|(_, bar)| bars.remove(&bar));
            if let Some(coming) = shown.coming.take() {
                bars.remove(&coming);
            }
        });
    }
}
