//! `replay`: be the fake server.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::call::live;
use super::load::{connecting, load, secret};
use super::ready::Ready;
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::cli::ReplayArgs;
use crate::protocol::{Miss, PlayReport, Playing, Protocol, Server, ServerSettings, by_dialect, by_name};
use crate::recording::{At, Session, is_recording};
use crate::render::{bytes, count, note};
use crate::replay::{ClientFolder, Served, Serving, Until, exact, serve, verify};
use crate::scene::ObjectId;
use crate::source::{LiveCaller, Read, Source, demo_scene};
use crate::wire::Listener;

/// What to do where there are no calls to compare.
const COMPARE: &str = "`scenectl diff URL FILE` compares what clients see";

pub(super) fn run(context: &mut Context, args: ReplayArgs) -> Result<Outcome> {
    if let Some(url) = &args.verify {
        return verified(context, &args, url);
    }
    let client = args.client_dir.as_deref().map(ClientFolder::open).transpose()?;
    let prepared = prepare(context, &args)?;
    let serving = &args.serving;
    let until = Until { duration: serving.duration, idle: serving.until_idle, clients: serving.clients };
    let how = Serving { until, faults: args.faults.faults(), client };
    let runtime = context.runtime()?;
    let server = Arc::clone(&prepared.server);
    let served = runtime.block_on(async {
        let mut interrupt = Interrupt::listen();
        let listener = Listener::bind(&serving.listen, serving.allow_remote).await?;
        let url = server.handshake().url(listener.address);
        Ready { url, roots: Some(prepared.roots), control: None }.say(context, serving.ready_file.as_deref())?;
        anyhow::Ok(serve(listener, server, how, interrupt.wanted()).await)
    });
    runtime.shutdown_background();
    let served = served?;
    if !context.global.quiet {
        tell(served);
    }
    let outcome = match prepared.server.report() {
        Some(report) if args.strict || args.expect_all_played => judge(context, &args, &report)?,
        _ => Outcome::Done,
    };
    Ok(if prepared.is_cut && outcome == Outcome::Done { Outcome::Loss } else { outcome })
}

struct Prepared {
    server: Arc<dyn Server>,
    roots: Vec<ObjectId>,
    /// The recording ends early.
    is_cut: bool,
}

fn prepare(context: &mut Context, args: &ReplayArgs) -> Result<Prepared> {
    // The secret is the one that clients must know, not one to reach a source with.
    let settings = ServerSettings {
        secret: secret(&args.source.connection)?,
        max_frame: args.max_msg_size.and_then(|size| usize::try_from(size).ok()),
        lost: args.faults.lost_blobs().map_err(|text| UsageError { text, hint: None })?,
        exact_version: args.exact_version,
    };
    let source = Source::parse(&args.source.source)?;
    if let Source::Recording(path, at) = &source {
        return session(context, args, path, *at, &settings);
    }
    let is_paced = (args.speed - 1.0).abs() > f64::EPSILON || args.miss != Miss::default();
    let plays = args.exact || args.step || args.repeats || args.at.is_some() || args.strict || args.expect_all_played;
    if plays || is_paced {
        return Err(no_session(&args.source.source).into());
    }
    let scene = match source {
        Source::Demo => demo_scene()?,
        _ => Arc::new(load(context, &args.source)?.scene),
    };
    let protocol = by_dialect(scene.dialect().name()).context("this scene's protocol has no fake server")?;
    let roots = scene.roots.iter().map(|root| root.id.clone()).collect();
    Ok(Prepared { server: protocol.server(scene, &settings), roots, is_cut: false })
}

/// Refuses what has no meaning for a session of a protocol.
fn check(args: &ReplayArgs, path: &Path, protocol: &dyn Protocol) -> Result<()> {
    let refuse = |text: String, hint| Err(UsageError { text, hint: Some(hint) }.into());
    if args.exact && !is_recording(path) {
        let text = format!("{} holds no bytes as they were sent: --exact needs a recording", path.display());
        return refuse(text, "without --exact it is played");
    }
    if !protocol.is_pushed() {
        return Ok(());
    }
    let name = protocol.name();
    if args.step {
        return refuse(format!("--step: clients of {name} cannot ask for the next update"), "--speed 0.1 is slow, too");
    }
    if args.strict || args.expect_all_played {
        let text = format!("--strict and --expect-all-played are about calls, and clients of {name} make none");
        return refuse(text, COMPARE);
    }
    Ok(())
}

fn session(
    context: &Context,
    args: &ReplayArgs,
    path: &Path,
    named: At,
    settings: &ServerSettings,
) -> Result<Prepared> {
    let session = Session::read(path)?;
    let protocol = by_name(&session.header.protocol).context("this recording's protocol is not known")?;
    check(args, path, protocol)?;
    // Behind the file's name or behind --at: both say where to start.
    let at = args.at.unwrap_or(named);
    let hydrated = session.chronicle.moments().first().map(|moment| moment.time).unwrap_or_default();
    let start = match at {
        At::End => At::Update(0),
        // Before the first scene had come there is nothing to serve: it starts with that.
        At::Time(time) if time < hydrated => At::Update(0),
        other => other,
    };
    let index = session.moment(start)?;
    let (scene, moment) = session.scene(start)?;
    let roots = scene.roots.iter().map(|root| root.id.clone()).collect();
    let chronicle = Arc::clone(&session.chronicle);
    let read = Read { scene, session: Some((session, moment)) };
    let loss = read.loss();
    if let Some(loss) = &loss {
        context.warn(loss);
    }
    let server: Arc<dyn Server> = if args.exact {
        exact(path, None, args.speed, protocol)?
    } else {
        let at = match at {
            At::Time(time) => time,
            At::Update(_) | At::End => chronicle.moments().get(index).map(|moment| moment.from).unwrap_or_default(),
        };
        let playing = Playing { speed: args.speed, at, repeats: args.repeats, by_step: args.step, miss: args.miss };
        chronicle.server(settings, &playing)
    };
    Ok(Prepared { server, roots, is_cut: loss.is_some() })
}

/// Makes the recorded calls to a live server, and prints where it answers otherwise.
fn verified(context: &mut Context, args: &ReplayArgs, url: &str) -> Result<Outcome> {
    let Source::Recording(path, _) = Source::parse(&args.source.source)? else {
        return Err(no_session(&args.source.source).into());
    };
    let session = Session::read(&path)?;
    let protocol = by_name(&session.header.protocol).context("this recording's protocol is not known")?;
    if protocol.is_pushed() {
        let text = format!("--verify makes the recorded calls again, and clients of {} make none", protocol.name());
        return Err(UsageError { text, hint: Some(COMPARE) }.into());
    }
    let target = live(context, url, &args.source.connection, "replay --verify")?;
    let how = connecting(&target, &args.source.connection)?;
    let verified = context.block_on(async {
        let mut interrupt = Interrupt::listen();
        let asking = async {
            let live = LiveCaller::connect(&target, how).await?;
            let verified = verify(&path, protocol, &*live.caller).await;
            live.caller.close().await;
            anyhow::Ok(verified?)
        };
        tokio::select! {
            verified = asking => verified,
            () = interrupt.wanted() => anyhow::bail!("interrupted"),
        }
    })?;
    if !context.global.quiet {
        for drift in &verified.drift {
            note(format!("{} {}: {}", drift.method, drift.args, drift.what));
        }
        let (calls, same) = (count(verified.calls, "call"), verified.same);
        note(format!("{calls}: {same} answered as recorded; {} not made", verified.skipped));
    }
    let is_same = verified.same == verified.calls;
    context.out.line(json!({"ok": is_same, "verified": verified}).to_string())?;
    Ok(if is_same { Outcome::Done } else { Outcome::No })
}

fn no_session(source: &str) -> UsageError {
    UsageError {
        text: format!("{source} is no recording: there is no session to play"),
        hint: Some("`scenectl record URL -o FILE` makes one"),
    }
}

fn tell(served: Served) {
    note(format!(
        "served {}: {} in, {} out",
        count(served.clients, "client"),
        count(served.messages, "message"),
        bytes(served.bytes)
    ));
}

/// Prints what was played of a session, and says whether that is all right.
fn judge(context: &mut Context, args: &ReplayArgs, report: &PlayReport) -> Result<Outcome> {
    let is_well = report.misses.is_empty() && (!args.expect_all_played || report.unplayed.is_empty());
    context.out.line(json!({"ok": is_well, "report": report}).to_string())?;
    Ok(if is_well { Outcome::Done } else { Outcome::No })
}
