//! Progress on stderr: bars on a terminal, a plain line now and then elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::protocol::Progress;
use crate::pull::Events;

use super::{bytes, count, note};

/// Between two plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(3);

/// Shows how far a pull is.
pub struct Bars {
    shown: Shown,
    /// Bytes received so far, also of blobs that have not arrived as a whole.
    received: Arc<AtomicU64>,
    /// What of them was received before the first blob.
    before_blobs: AtomicU64,
}

enum Shown {
    Nothing,
    Plain(Mutex<Plain>),
    Bars { all: MultiProgress, states: ProgressBar, blobs: ProgressBar, bytes: ProgressBar, open: ProgressBar },
}

struct Plain {
    /// When there was a line.
    last: Instant,
    /// It is said why nothing comes.
    is_patient: bool,
}

/// Says, on a terminal, what is waited for, until it is dropped.
pub struct Waiting(Option<ProgressBar>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Bars {
    /// Bars, lines or nothing, as fits stderr. `received` counts the bytes from the socket.
    pub fn new(quiet: bool, received: Arc<AtomicU64>) -> Arc<Self> {
        let shown = if quiet {
            Shown::Nothing
        } else if io::stderr().is_terminal() {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(12));
            let bar = |template: &str, name: &'static str| {
                let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
                all.add(ProgressBar::new(0).with_style(style.progress_chars("━╸─")).with_prefix(name))
            };
            const COUNT: &str = "{prefix:>6} {bar:30.cyan/dim} {human_pos:>9} / {human_len:9}";
            const BYTES: &str = "{prefix:>6} {bar:30.cyan/dim} {decimal_bytes:>9} / {decimal_total_bytes:9} {decimal_bytes_per_sec}, {eta} left";
            // Where nobody knows how much is to come. What was never set is not drawn.
            let style = ProgressStyle::with_template("{spinner:.cyan} {msg}, {elapsed}");
            let open = all.add(ProgressBar::no_length());
            open.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            let [states, blobs] = ["states", "blobs"].map(|name| bar(COUNT, name));
            Shown::Bars { states, blobs, bytes: bar(BYTES, "bytes"), open, all }
        } else {
            Shown::Plain(Mutex::new(Plain { last: Instant::now(), is_patient: false }))
        };
        Arc::new(Self { shown, received, before_blobs: AtomicU64::new(0) })
    }

    /// Shows that there is nothing to do but wait, with what has come so far and for how long.
    pub fn wait(&self, text: String) -> Waiting {
        let Shown::Bars { .. } = &self.shown else { return Waiting(None) };
        let style = ProgressStyle::with_template("{spinner:.cyan} {msg}, {elapsed}");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(text);
        bar.enable_steady_tick(Duration::from_millis(250));
        Waiting(Some(bar))
    }

    /// Takes the bars off the screen.
    pub fn clear(&self) {
        if let Shown::Bars { all, states, blobs, bytes, open } = &self.shown {
            [states, blobs, bytes, open].into_iter().for_each(ProgressBar::finish_and_clear);
            let _ = all.clear();
        }
    }

    /// Bytes of blobs so far. A large blob is counted while it arrives.
    fn blob_bytes(&self, progress: &Progress) -> u64 {
        let received = self.received.load(Ordering::Relaxed);
        if progress.bytes.current == 0 && progress.blob.current == 0 && progress.bytes.total == 0 {
            self.before_blobs.store(received, Ordering::Relaxed);
        }
        let since = received.saturating_sub(self.before_blobs.load(Ordering::Relaxed));
        progress.bytes.current.max(since).min(progress.bytes.total)
    }
}

/// What came, of nobody knows how much.
fn so_far(progress: &Progress) -> String {
    format!("{} so far, {}", count(progress.state.current, "message"), bytes(progress.bytes.current))
}

impl Events for Bars {
    fn progress(&self, progress: Progress) {
        match &self.shown {
            Shown::Nothing => {}
            Shown::Plain(plain) => {
                let mut plain = plain.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(why) = progress.patience {
                    if !std::mem::replace(&mut plain.is_patient, true) {
                        note(format!("{}; {why}", so_far(&progress)));
                    }
                    return;
                }
                plain.is_patient = false;
                if !progress.active || plain.last.elapsed() < PLAIN_EVERY {
                    return;
                }
                plain.last = Instant::now();
                if progress.is_open {
                    note(so_far(&progress));
                } else {
                    note(format!(
                        "states {}/{}, blobs {}/{}, {} of {}",
                        progress.state.current,
                        progress.state.total,
                        progress.blob.current,
                        progress.blob.total,
                        bytes(self.blob_bytes(&progress)),
                        bytes(progress.bytes.total),
                    ));
                }
            }
            Shown::Bars { open, .. } if progress.is_open => {
                let why = progress.patience.map(|why| format!("; {why}")).unwrap_or_default();
                open.set_message(so_far(&progress) + &why);
                open.tick();
            }
            Shown::Bars { states, blobs, bytes, .. } => {
                states.set_length(progress.state.total);
                states.set_position(progress.state.current);
                blobs.set_length(progress.blob.total);
                blobs.set_position(progress.blob.current);
                bytes.set_length(progress.bytes.total);
                bytes.set_position(self.blob_bytes(&progress));
            }
        }
    }

    fn reconnecting(&self, reason: &str, attempt: u32, wait: Duration) {
        let text = format!("warning: {reason}; attempt {attempt} to connect again in {:.1} s", wait.as_secs_f64());
        match &self.shown {
            Shown::Nothing => {}
            Shown::Plain(_) => note(text),
            Shown::Bars { all, .. } => drop(all.println(text)),
        }
    }
}
