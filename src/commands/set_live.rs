//! `set` on a live server: what its protocol lets clients set.

use anyhow::{Error, Result};
use serde_json::{Value, json};

use super::load::{bars, connect, connecting};
use super::signals::Interrupt;
use super::{Context, Outcome, Refused};
use crate::cli::SetArgs;
use crate::protocol::{self, Fate, Plan, Settled, Wish};
use crate::pull;
use crate::render::{TransferBars, count, note};
use crate::scene::{Scene, without_controls};
use crate::source::{self, Source};

/// Lines about single properties.
const SHOWN: usize = 20;

pub(super) fn run(context: &mut Context, source: &Source, args: &SetArgs) -> Result<Outcome> {
    let how = connecting(source, &args.source.connection)?;
    let runtime = context.runtime()?;
    let result = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let (how, _served) = tokio::select! {
            reached = source::reach(source, how) => reached?,
            () = interrupt.wanted() => anyhow::bail!("interrupted"),
        };
        // What was reached is a server now, whatever the source was.
        let server = Source::Server(how.target.clone());
        let mut live = connect(&server, how.clone(), &mut interrupt).await?;
        let (bars, events) = bars(&mut live, context.global.quiet);
        let updated = tokio::select! {
            updated = pull::update(&mut *live.client, super::load::RETRIES, &events) => updated.map_err(Error::from),
            () = interrupt.wanted() => Err(anyhow::anyhow!("interrupted")),
        };
        bars.clear();
        updated?;
        let scene = live.client.scene();
        let ids = scene.select_some(&args.what.selector)?;
        let speaks = live.client.info().protocol;
        let planned = match protocol::by_name(speaks) {
            Some(protocol) => protocol.plan(&scene, &ids, &args.what.assignments, args.form.force),
            None => return Err(anyhow::anyhow!("there is no protocol called {speaks}")),
        };
        let mut plan = planned.map_err(|error| Refused {
            text: format!("{error}; the live server is left untouched"),
            hint: Some(error.hint),
        })?;
        let bar = TransferBars::new(context.global.quiet, "upload");
        let progress = |done: u64, all: u64| bar.show("", done, all);
        let settled = tokio::select! {
            settled = plan.send(&how, &mut *live.client, &progress) => settled?,
            () = interrupt.wanted() => anyhow::bail!("interrupted: some of it may have been sent"),
        };
        bar.clear();
        live.client.close().await;
        tell(context, args.what.json, &scene, ids.len(), &*plan, &settled)?;
        if !settled.contains(&Fate::Unconfirmed) {
            return Ok(Outcome::Done);
        }
        context.warn(
            "the server told nobody of what is not confirmed: it may take nothing from clients, as `replay` and \
             `relay --per-client none` do not",
        );
        Ok(Outcome::Loss)
    });
    runtime.shutdown_background();
    result
}

fn tell(
    context: &mut Context,
    as_json: bool,
    scene: &Scene,
    objects: usize,
    plan: &dyn Plan,
    settled: &Settled,
) -> Result<()> {
    let wishes = plan.wishes();
    let counted = |word: &str| settled.iter().filter(|fate| fate.word() == word).count();
    let all = || wishes.iter().zip(settled);
    if as_json {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let edit = |(wish, fate): (&Wish, &Fate)| {
            let now = if let Fate::Changed(now) = fate { value(now) } else { Value::Null };
            json!({
                "id": wish.id,
                "path": wish.path,
                "old": wish.old.as_deref().map(value),
                "new": value(&wish.new),
                "fate": fate.word(),
                "now": now,
            })
        };
        let edits: Vec<Value> = all().map(edit).collect();
        let changed = settled.len() - counted("unchanged");
        let document = json!({"objects": objects, "changed": changed, "edits": edits, "output": null});
        context.out.line(document.to_string())?;
        return Ok(());
    }
    if context.global.quiet {
        return Ok(());
    }
    for (wish, fate) in all().take(SHOWN) {
        let from = wish.old.as_deref().map(|old| format!("{old} -> ")).unwrap_or_default();
        let word = match fate {
            Fate::Changed(now) => format!("changed again by the server: it is {now}"),
            fate => fate.word().to_owned(),
        };
        let line = format!("{} {}: {from}{}  {word}", scene.describe(&wish.id), wish.path, wish.new);
        context.out.line(without_controls(&line))?;
    }
    if wishes.len() > SHOWN {
        context.out.line(format!("… and {} more", wishes.len() - SHOWN))?;
    }
    context.out.flush()?;
    let words = ["confirmed", "changed", "sent", "not confirmed", "unchanged"].map(|word| (counted(word), word));
    let words: Vec<String> = words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    note(format!("{} matched: {}", count(objects as u64, "object"), words.join(", ")));
    Ok(())
}
