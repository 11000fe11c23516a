//! `pull --watch`: following the server's updates.

use std::time::Instant;

use anyhow::Result;

use super::Pull;
use crate::commands::follow::{Deadline, print_update};
use crate::commands::load::warn_of_losses;
use crate::protocol::Loss;
use crate::pull;

impl Pull<'_> {
    /// Follows updates until it is time to stop; true when something was lost.
    pub(super) async fn watch(&mut self) -> Result<bool> {
        let mut incomplete = false;
        let mut heard = 0;
        let deadline = Deadline::after(self.args.duration);
        while self.args.updates.is_none_or(|most| heard < most) {
            let changed = tokio::select! {
                changed = pull::changed(self.client, self.args.retries, &self.events) => changed?,
                () = deadline.over() => break,
                () = self.interrupt.wanted() => break,
            };
            heard += changed;
            match self.follow(heard).await? {
                Some(lost) => incomplete |= lost,
                None => break,
            }
        }
        Ok(incomplete)
    }

    /// One update: whether something was lost, or nothing when we were to stop meanwhile.
    async fn follow(&mut self, heard: u64) -> Result<Option<bool>> {
        let start = Instant::now();
        let update = tokio::select! {
            update = pull::update(self.client, self.args.retries, &self.events) => update?,
            () = self.interrupt.wanted() => return Ok(None),
        };
        self.bars.clear();
        let scene = self.client.scene();
        if !update.changed.is_empty() || !update.removed.is_empty() {
            self.target.rewrite(&scene)?;
        }
        warn_of_losses(self.context, &update);
        print_update(self.context, self.args.json, heard, &update, &scene, start.elapsed())?;
        Ok(Some(update.losses.iter().any(Loss::is_damage)))
    }
}
