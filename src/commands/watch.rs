//! `watch`
use super::{Context, Outcome};
use crate::cli::WatchArgs;
pub(super) fn run(_: &mut Context, _: WatchArgs) -> anyhow::Result<Outcome> {
    anyhow::bail!("not yet")
}
