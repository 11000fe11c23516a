//! Following a scene from update to update.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::MissedTickBehavior;

use super::{Assertion, Notices, received};
use crate::analysis::changes::{Changes, changes};
use crate::cli::WatchArgs;
use crate::commands::follow::Deadline;
use crate::commands::load::warn_of_losses;
use crate::commands::signals::Interrupt;
use crate::commands::{Context, Outcome, Refused};
use crate::protocol::{Client, Loss, ServerInfo, Update};
use crate::pull::{self, Events};
use crate::render::Screen;
use crate::render::updates::{self, Size, Step, Summary};
use crate::scene::Scene;
use crate::watch::{Gone, Leaks, Meter};

/// How often a page is drawn where nothing happens.
const DRAW: Duration = Duration::from_millis(500);

/// How often at most where much happens: nobody sees more, and what piles up meanwhile is one update.
const REDRAW: Duration = Duration::from_millis(100);

/// Blobs that are asked for after an update, and bytes of them at most; more tell nothing new.
const ASKED: usize = 16;
const ASKED_BYTES: u64 = 16 << 20;

/// Blobs that left and are still served, which are told of in the end.
const TOLD: usize = 20;

/// One run of `watch`.
pub(super) struct Watch<'a> {
    args: &'a WatchArgs,
    context: &'a mut Context,
    meter: &'a Meter,
    assertions: Vec<Assertion>,
    notices: Arc<Notices>,
    scene: Scene,
    leaks: Option<Leaks>,
    /// Blobs that left and are still served, the first of them.
    kept: Vec<Gone>,
    announced: u64,
    updates: u64,
    /// Something that is in the scene did not come.
    pub(super) lost: bool,
    screen: Screen,
    drawn: Option<Instant>,
    last: Vec<String>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        args: &'a WatchArgs,
        context: &'a mut Context,
        meter: &'a Meter,
        assertions: Vec<Assertion>,
        notices: Arc<Notices>,
        scene: Scene,
        mut leaks: Option<Leaks>,
    ) -> Self {
        if let Some(leaks) = &mut leaks {
            leaks.look(&scene);
        }
        Self {
            args,
            context,
            meter,
            assertions,
            notices,
            scene,
            leaks,
            kept: Vec::new(),
            announced: 0,
            updates: 0,
            lost: false,
            screen: Screen::default(),
            drawn: None,
            last: Vec::new(),
        }
    }

    /// Follows updates until it is time to stop, and tells what there was to see.
    pub(super) async fn all(
        &mut self,
        client: &mut dyn Client,
        interrupt: &mut Interrupt,
        deadline: Deadline,
    ) -> Result<Outcome> {
        let info = client.info().clone();
        let ended = self.follow(client, interrupt, &info, deadline).await;
        let failed = match &ended {
            Ok(failed) => failed.as_ref(),
            Err(_) => None,
        };
        self.finish(&info, received(client), failed)?;
        match ended? {
            Some(failed) => Err(Refused { text: failed.in_words(), hint: None }.into()),
            None if self.lost => Ok(Outcome::Loss),
            None => Ok(Outcome::Done),
        }
    }

    async fn follow(
        &mut self,
        client: &mut dyn Client,
        interrupt: &mut Interrupt,
        info: &ServerInfo,
        deadline: Deadline,
    ) -> Result<Option<Failed>> {
        let events: Arc<dyn Events> = Arc::clone(&self.notices) as _;
        let counter = client.received();
        let mut tick = tokio::time::interval(DRAW);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // An assertion is asked for each update.
        let is_paced = self.notices.is_on_page() && self.assertions.is_empty();
        let over = deadline.over();
        tokio::pin!(over);
        while self.args.updates.is_none_or(|most| self.announced < most) {
            let retries = self.args.retries;
            let changed = {
                let changed = pull::changed(client, retries, &events);
                tokio::pin!(changed);
                loop {
                    tokio::select! {
                        // There may be changes without end.
                        biased;
                        () = &mut over => return Ok(None),
                        () = interrupt.wanted() => return Ok(None),
                        changed = &mut changed => break changed?,
                        _ = tick.tick() => self.draw(info, counter.load(Ordering::Relaxed))?,
                    }
                }
            };
            self.announced += changed;
            let (at, before, start) = (self.meter.start().elapsed(), received(client), Instant::now());
            let update = tokio::select! {
                update = pull::update(client, retries, &events) => update?,
                () = &mut over => return Ok(None),
                () = interrupt.wanted() => return Ok(None),
            };
            self.notices.clear();
            let times = Times { at, took: start.elapsed(), received: received(client) - before };
            if let Some(failed) = self.step(client, &update, &times).await? {
                return Ok(Some(failed));
            }
            if self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) {
                self.draw(info, received(client))?;
            }
            if is_paced {
                tokio::select! {
                    () = tokio::time::sleep_until((start + REDRAW).into()) => {}
                    () = &mut over => return Ok(None),
                    () = interrupt.wanted() => return Ok(None),
                }
            }
        }
        Ok(None)
    }

    /// Tells of an update; the assertion that does not hold for it, if there is one.
    async fn step(&mut self, client: &mut dyn Client, update: &Update, times: &Times) -> Result<Option<Failed>> {
        self.updates += 1;
        self.lost |= update.losses.iter().any(Loss::is_damage);
        let scene = client.scene();
        let changes = changes(&self.scene, &scene, &update.changed, &update.removed);
        let size = Size::of(&scene);
        let gone = self.leaks.as_mut().map(|leaks| leaks.look(&scene)).unwrap_or_default();
        self.scene = scene;
        self.ask(client, &gone).await?;
        self.tell(update, times, &changes, size, &gone)
    }

    /// Asks for some blobs that left the scene.
    async fn ask(&mut self, client: &mut dyn Client, gone: &[Gone]) -> Result<()> {
        let Some(leaks) = &mut self.leaks else { return Ok(()) };
        let mut bytes = 0;
        let mut is_little = |gone: &&Gone| {
            bytes += gone.bytes;
            bytes <= ASKED_BYTES
        };
        let asked: Vec<&Gone> = gone.iter().take(ASKED).take_while(&mut is_little).collect();
        let names: Vec<Arc<str>> = asked.iter().map(|gone| Arc::clone(&gone.hash)).collect();
        if names.is_empty() {
            return Ok(());
        }
        // A connection that is lost just now is found out, and set up again, by who waits for the next update.
        let sizes = match client.still_served(&names).await {
            Err(error) if error.is_lost() => return Ok(()),
            sizes => sizes?,
        };
        let Some(sizes) = sizes else { return Ok(()) };
        leaks.asked(&sizes);
        let served = asked.iter().zip(&sizes).filter(|(_, size)| **size > 0).map(|(gone, _)| (*gone).clone());
        let room = TOLD.saturating_sub(self.kept.len());
        self.kept.extend(served.take(room));
        Ok(())
    }

    fn tell(
        &mut self,
        update: &Update,
        times: &Times,
        changes: &Changes,
        scene: Size,
        gone: &[Gone],
    ) -> Result<Option<Failed>> {
        let step = Step {
            number: self.announced,
            at: times.at,
            took: times.took,
            received: times.received,
            update,
            changes,
            scene,
            leaks: self.leaks.as_ref().map(|leaks| (leaks, gone)),
        };
        if self.args.json {
            self.context.out.line(updates::update(&step)?)?;
            self.context.out.flush()?;
        } else {
            let lines = updates::update_lines(&step);
            if !self.notices.is_on_page() {
                lines.iter().try_for_each(|line| self.context.out.line(line))?;
                self.context.out.flush()?;
            }
            self.last = lines;
        }
        let mut failed = None;
        if !self.assertions.is_empty() {
            let document = serde_json::from_str(&updates::update(&step)?)?;
            failed = self.assertions.iter().find_map(|assertion| {
                let yields = assertion.fails(&document)?;
                let values = assertion.values(&document);
                Some(Failed { update: step.number, assert: assertion.text().to_owned(), yields, values })
            });
        }
        if !self.notices.is_on_page() {
            warn_of_losses(self.context, update);
        }
        Ok(failed)
    }

    /// Draws the page, where there is one.
    fn draw(&mut self, info: &ServerInfo, received: u64) -> Result<()> {
        if !self.notices.is_on_page() {
            return Ok(());
        }
        let rows = self.meter.rows();
        let lines =
            updates::page(&self.summary(info, received, &rows, None), &self.last, self.notices.last().as_deref())?;
        self.screen.draw(&mut self.context.out, &lines)?;
        self.drawn = Some(Instant::now());
        Ok(())
    }

    /// The last words.
    fn finish(&mut self, info: &ServerInfo, received: u64, failed: Option<&Failed>) -> Result<()> {
        if self.updates == 0 && !self.assertions.is_empty() {
            self.context.warn("no update came: nothing was asserted");
        }
        if self.notices.is_on_page() {
            self.draw(info, received)?;
            for gone in &self.kept {
                self.context.out.line(updates::kept(gone))?;
            }
            return Ok(self.context.out.flush()?);
        }
        let rows = self.meter.rows();
        let failed = failed.map(|failed| (failed.assert.as_str(), failed.yields.as_str()));
        let summary = self.summary(info, received, &rows, failed);
        if self.args.json {
            let line = updates::summary(&summary)?;
            self.context.out.line(line)?;
        } else {
            let growth = summary.leaks.map(|(leaks, gone)| updates::growth(leaks, gone)).unwrap_or_default();
            let table = crate::render::Out::to_text(|out| updates::rates(out, &summary))?;
            self.context.out.line("")?;
            self.context.out.text(table)?;
            if !growth.is_empty() {
                self.context.out.line("")?;
            }
            growth.iter().try_for_each(|line| self.context.out.line(line))?;
        }
        self.context.out.flush()?;
        Ok(())
    }

    fn summary<'s>(
        &'s self,
        server: &'s ServerInfo,
        received: u64,
        rows: &'s [crate::watch::Row],
        failed: Option<(&'s str, &'s str)>,
    ) -> Summary<'s> {
        Summary {
            server,
            announced: self.announced,
            updates: self.updates,
            time: self.meter.start().elapsed(),
            received,
            scene: Size::of(&self.scene),
            rows,
            leaks: self.leaks.as_ref().map(|leaks| (leaks, self.kept.as_slice())),
            failed,
        }
    }
}

/// When an update was, and what it took.
struct Times {
    at: Duration,
    took: Duration,
    received: u64,
}

/// An assertion that does not hold.
struct Failed {
    update: u64,
    assert: String,
    yields: String,
    values: String,
}

impl Failed {
    fn in_words(&self) -> String {
        let values = if self.values.is_empty() { String::new() } else { format!(" ({})", self.values) };
        format!("update {}: `{}` does not hold: it yields {}{values}", self.update, self.assert, self.yields)
    }
}
