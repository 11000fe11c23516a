//! `attend`: be to the server's program what a browser is.

mod follow;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::call::live;
use super::follow::{Deadline, no_scene};
use super::load::{connecting, warn_of_losses};
use super::signals::Interrupt;
use super::{Context, Outcome, Refused, UsageError};
use crate::attend::{Downloads, Keeping, LocalHost, MOST_PICTURE, Painter, Storage};
use crate::cli::AttendArgs;
use crate::protocol::{self, ConnectError, Host, Loss};
use crate::pull::{self, Events};
use crate::render::Bars;
use crate::snapshot::{self, AtomicFile};
use crate::source;

use follow::Follow;

pub(super) fn run(context: &mut Context, args: AttendArgs) -> Result<Outcome> {
    let source = live(context, &args.source, &args.connection, "attend")?;
    let host: Arc<dyn Host> = Arc::new(host(&args)?);
    if let Some(output) = &args.output.output {
        check(context, output, &args)?;
    }
    let how = connecting(&source, &args.connection)?;
    let quiet = context.global.quiet;
    let runtime = context.runtime()?;
    let result = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let (how, served) = source::reach(&source, how).await?;
        let mut attendant = tokio::select! {
            attendant = protocol::attend(&how, args.camera.unwrap_or_default(), &host) => attendant.map_err(explained)?,
            () = interrupt.wanted() => anyhow::bail!("interrupted"),
        };
        let deadline = Deadline::after(args.duration);
        let bars = Bars::new(quiet, attendant.client().received());
        let events: Arc<dyn Events> = Arc::clone(&bars) as _;
        let for_bars = Arc::clone(&bars);
        attendant.client().on_progress(Arc::new(move |progress| for_bars.progress(progress)));
        let first = tokio::select! {
            first = pull::update(attendant.client(), args.retries, &events) => first.map_err(anyhow::Error::from),
            () = interrupt.wanted() => Err(anyhow::anyhow!("interrupted")),
            () = deadline.over() => Err(no_scene()),
        };
        bars.clear();
        attendant.client().on_progress(Arc::new(|_| ()));
        let first = first?;
        warn_of_losses(context, &first);
        let is_incomplete = first.losses.iter().any(Loss::is_damage);
        let outcome = Follow::new(&args, context, &mut *attendant, is_incomplete).all(&mut interrupt, deadline).await;
        attendant.client().close().await;
        drop(served);
        outcome
    });
    runtime.shutdown_background();
    result
}

/// Finds out at the start what would be in the way of writing at the end.
fn check(context: &Context, output: &Path, args: &AttendArgs) -> Result<()> {
    snapshot::check_output(output, args.output.form.force)?;
    super::pull::refuse_terminal(context, output)?;
    if output != Path::new("-") {
        // A file that is not completed leaves nothing behind.
        drop(AtomicFile::create(output, true)?);
    } else if args.json {
        let text = String::from("--json and the snapshot cannot both go to stdout");
        return Err(UsageError { text, hint: Some("name a file with -o") }.into());
    }
    Ok(())
}

/// There being nothing to attend is an answer.
fn explained(error: ConnectError) -> anyhow::Error {
    match &error {
        ConnectError::NothingToAttend { .. } => Refused { text: error.to_string(), hint: error.hint() }.into(),
        _ => error.into(),
    }
}

/// What of this machine is used.
fn host(args: &AttendArgs) -> Result<LocalHost> {
    let downloads = match &args.downloads {
        None => Downloads::default(),
        Some(folder) if !folder.is_dir() => {
            let text = format!("--downloads: there is no folder {}", folder.display());
            return Err(UsageError { text, hint: Some("make it first") }.into());
        }
        Some(folder) => {
            Downloads::to(Keeping { folder: folder.clone(), largest: args.max_download, force: args.output.form.force })
        }
    };
    let painter = match &args.render_exec {
        Some(command) => Painter::Command { command: command.clone(), timeout: args.render_timeout },
        None if args.render == Path::new("empty") => Painter::Empty,
        None => picture(&args.render)?,
    };
    let storage = match &args.local_storage {
        Some(path) => Storage::open(path)?,
        None => Storage::default(),
    };
    Ok(LocalHost { downloads, painter, storage })
}

fn picture(path: &Path) -> Result<Painter> {
    use std::io::Read as _;
    let could_not = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(could_not)?;
    file.take(MOST_PICTURE as u64 + 1).read_to_end(&mut bytes).with_context(could_not)?;
    let painter = Painter::of(bytes).map_err(|why| UsageError {
        text: format!("--render {}: {why}", path.display()),
        hint: Some("a PNG or JPEG file, or `empty`, is the answer to every request"),
    })?;
    Ok(painter)
}
