//! Following what the server says, until it is time to stop.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Error, Result};
use tokio::time::MissedTickBehavior;

use crate::cli::{AttendArgs, Until};
use crate::commands::follow::Deadline;
use crate::commands::load::warn_of_losses;
use crate::commands::signals::Interrupt;
use crate::commands::{Context, Outcome, Refused, UsageError};
use crate::protocol::{Attendant, Change, ClientError, Download, DownloadState, Event, Loss, Notification, Step};
use crate::pull::{self, Backoff, Events, PullError};
use crate::render::{TransferBars, attending, note};
use crate::snapshot;

/// Between two looks at what is coming.
const LOOK: Duration = Duration::from_millis(100);

/// What is worth a bar, in bytes, before anything of it is known.
const LARGE: u64 = 1 << 20;

/// Tells that a connection is set up again.
struct Notices(bool);

impl Events for Notices {
    fn progress(&self, _: crate::protocol::Progress) {}

    fn reconnecting(&self, reason: &str, attempt: u32, wait: Duration) {
        if !self.0 {
            let seconds = wait.as_secs_f64();
            note(format!("warning: {reason}; attempt {attempt} to connect again in {seconds:.1} s"));
        }
    }
}

/// Why there is no connection any more. The hints of `pull` are none here: there is no `--keep-partial`.
fn unset(error: PullError) -> Error {
    let text = error.to_string();
    match error {
        PullError::Client(error) => error.into(),
        PullError::Reconnect { source, .. } => Error::from(source).context(text),
    }
}

/// One run of `attend`.
pub(super) struct Follow<'a> {
    args: &'a AttendArgs,
    context: &'a mut Context,
    attendant: &'a mut dyn Attendant,
    start: Instant,
    lines: attending::Lines,
    bar: TransferBars,
    /// Bytes that had come when something was told last.
    told_at: u64,
    updates: u64,
    programs: u64,
    /// What was odd about the last picture that was.
    odd: Option<String>,
    /// Something did not come as a whole.
    lost: bool,
    /// What was waited for has happened.
    found: bool,
}

impl<'a> Follow<'a> {
    /// `lost`: something did not come already.
    pub(super) fn new(
        args: &'a AttendArgs,
        context: &'a mut Context,
        attendant: &'a mut dyn Attendant,
        lost: bool,
    ) -> Self {
        let bar = TransferBars::new(context.global.quiet, "download");
        Self {
            args,
            context,
            attendant,
            start: Instant::now(),
            lines: attending::Lines::default(),
            bar,
            told_at: 0,
            updates: 0,
            programs: 0,
            odd: None,
            lost,
            found: false,
        }
    }

    pub(super) async fn all(mut self, interrupt: &mut Interrupt, deadline: Deadline) -> Result<Outcome> {
        if let Some(problem) = self.args.camera.and_then(|_| self.attendant.camera().problem()) {
            let hint = "what --camera does not say, the scene's own camera does, or viser's usual one";
            return Err(UsageError { text: format!("--camera: {problem}"), hint: Some(hint) }.into());
        }
        self.attendant.begin().await?;
        let (info, camera, scene) =
            (self.attendant.client().info().clone(), self.attendant.camera(), self.attendant.client().scene());
        if self.args.json {
            self.line(&attending::json_start(self.start.elapsed(), &info, &camera, &scene))?;
        } else {
            self.line(&attending::start(&info, &camera, &scene))?;
        }
        let ended = self.follow(interrupt, deadline).await;
        let unanswered = self.attendant.stop().await;
        unanswered.iter().try_for_each(|event| self.tell(event))?;
        self.bar.clear();
        for name in self.attendant.unfinished() {
            self.lost = true;
            self.context.warn(format!("{name} had not come as a whole: nothing of it is kept"));
        }
        let mut output = None;
        if let Some(path) = &self.args.output.output {
            // Also of a connection that was lost: what there is of it is what this client saw.
            snapshot::write(&self.attendant.client().scene(), path, &self.args.output.form.into())?;
            output = Some(path.as_path());
            if !self.context.global.quiet && path != Path::new("-") {
                note(format!("wrote {}", path.display()));
            }
        }
        let reason = match &ended {
            Ok(reason) => (*reason).to_owned(),
            Err(error) => error.to_string(),
        };
        if self.args.json {
            let line = attending::json_end(self.start.elapsed(), &reason, output);
            self.line(&line)?;
        }
        if self.programs > 1 {
            self.context.warn(format!("{} programs of the server were not run", self.programs));
        }
        ended?;
        if let Some(until) = self.args.until.filter(|_| !self.found) {
            use clap::ValueEnum as _;
            let name = until.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            return Err(Refused { text: format!("no {name} came ({reason})"), hint: None }.into());
        }
        Ok(if self.lost { Outcome::Loss } else { Outcome::Done })
    }

    /// Why it ended.
    async fn follow(&mut self, interrupt: &mut Interrupt, deadline: Deadline) -> Result<&'static str> {
        let counter = self.attendant.client().received();
        let notices: Arc<dyn Events> = Arc::new(Notices(self.context.global.quiet));
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let over = deadline.over();
        tokio::pin!(over);
        loop {
            let step = tokio::select! {
                step = self.attendant.next() => step,
                () = &mut over => return Ok("the time is over"),
                () = interrupt.wanted() => return Ok("interrupted"),
                _ = tick.tick() => {
                    self.coming(counter.load(Ordering::Relaxed));
                    continue;
                }
            };
            let step = match step {
                Err(error) if error.is_lost() => {
                    tokio::select! {
                        again = self.again(error, &notices) => again?,
                        () = &mut over => return Ok("the time is over"),
                        () = interrupt.wanted() => return Ok("interrupted"),
                    }
                    continue;
                }
                step => step?,
            };
            self.told_at = counter.load(Ordering::Relaxed);
            match step {
                Step::Happened(events) => events.iter().try_for_each(|event| self.tell(event))?,
                Step::Changed(_) => {
                    // A connection that is lost just now is found out by who waits for what comes next.
                    match self.attendant.client().update().await {
                        Err(error) if error.is_lost() => continue,
                        update => self.updated(&update?)?,
                    }
                }
            }
            self.context.out.flush()?;
            if self.found {
                return Ok("it has happened");
            }
        }
    }

    /// Connects again, and says again that it is there.
    async fn again(&mut self, lost: ClientError, notices: &Arc<dyn Events>) -> Result<()> {
        // Nothing of what was coming comes any more.
        self.bar.clear();
        let lost_text = lost.to_string();
        let mut backoff = Backoff::new(self.args.retries);
        pull::reconnect(self.attendant.client(), &mut backoff, lost, notices).await.map_err(unset)?;
        let update = pull::update(self.attendant.client(), self.args.retries, notices).await.map_err(unset)?;
        tracing::debug!("connected again after: {lost_text}");
        self.attendant.begin().await?;
        self.updated(&update)
    }

    fn updated(&mut self, update: &crate::protocol::Update) -> Result<()> {
        self.lost |= update.losses.iter().any(Loss::is_damage);
        self.bar.aside(|| warn_of_losses(self.context, update));
        if update.changed.is_empty() && update.removed.is_empty() {
            return Ok(());
        }
        self.updates += 1;
        self.found |= self.args.until == Some(Until::Update);
        let scene = self.attendant.client().scene();
        if self.args.json {
            self.line(&attending::json_update(self.start.elapsed(), self.updates, update, &scene))
        } else {
            self.line(&attending::update(self.updates, update, &scene))
        }
    }

    fn tell(&mut self, event: &Event) -> Result<()> {
        self.look(event);
        let line = if self.args.json { self.lines.json(self.start.elapsed(), event) } else { self.lines.words(event) };
        line.map_or(Ok(()), |line| self.line(&line))
    }

    /// A warning; a bar does not get in its way.
    fn warn(&self, text: impl AsRef<str>) {
        self.bar.aside(|| self.context.warn(text));
    }

    /// What an event means for the end, and for what is seen on stderr.
    fn look(&mut self, event: &Event) {
        let wanted = match event {
            Event::Notification(Notification { change, .. }) => {
                self.args.until == Some(Until::Notification) && *change == Change::Shown
            }
            Event::Download(Download { name, size, state }) => {
                if let DownloadState::Part { received } = state {
                    self.bar.show(name, *received, *size);
                }
                if let DownloadState::Refused { .. } = state {
                    self.lost = true;
                }
                let is_there = matches!(state, DownloadState::Saved { .. } | DownloadState::Dropped { .. });
                if is_there || matches!(state, DownloadState::Refused { .. }) {
                    self.bar.end(name);
                }
                self.args.until == Some(Until::Download) && is_there
            }
            Event::Render { error, warning, .. } => {
                if let Some(error) = error {
                    self.lost = true;
                    self.warn(format!("no picture: {error}; the script was told that there is none"));
                }
                // Once for all that are odd in the same way.
                if let Some(odd) = warning.as_ref().filter(|odd| self.odd.as_ref() != Some(odd)) {
                    self.warn(odd);
                    self.odd = Some(odd.clone());
                }
                self.args.until == Some(Until::Render)
            }
            Event::Storage { error, .. } => {
                if let Some(error) = error {
                    self.warn(format!("what the script wants to be stored is not: {error}"));
                }
                self.args.until == Some(Until::Storage)
            }
            Event::Camera(_) => self.args.until == Some(Until::Camera),
            Event::Program { .. } => {
                self.programs += 1;
                if self.programs == 1 {
                    self.warn("the server wants JavaScript to be run, which is never done here");
                }
                false
            }
        };
        self.found |= wanted;
    }

    /// Shows that much is coming, of which nothing is known before all of it is there.
    fn coming(&mut self, received: u64) {
        let new = received.saturating_sub(self.told_at);
        self.bar.coming(if new > LARGE { new } else { 0 });
    }

    fn line(&mut self, line: &str) -> Result<()> {
        if self.args.output.output.as_deref().is_some_and(|path| path == Path::new("-")) {
            // Stdout is the snapshot, and nothing else.
            self.bar.aside(|| note(line));
            return Ok(());
        }
        let out = &mut self.context.out;
        self.bar.aside(|| out.line(line).and_then(|()| out.flush()))?;
        Ok(())
    }
}
