//! `relay`: stand between clients and a server.

mod lines;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustls::crypto::ring;
use tokio::sync::oneshot;

use super::load::{connecting, secrets};
use super::ready::Ready;
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::cli::{PerClient, RelayArgs};
use crate::protocol::relay::{Patch, Settings as MiddleSettings, Stance};
use crate::protocol::{Connecting, Protocol, Tap, spoken_by, usual};
use crate::recording::{Recorder, RecorderOptions};
use crate::relay::{Control, PATCHES, Relayed, Settings, Talk, TalkLine, TalkOptions, serve};
use crate::render::{bytes, count, note, report};
use crate::replay::Until;
use crate::source::Source;
use crate::wire::Listener;

/// Bytes of lasting answers that are kept.
const CACHE: u64 = 256 << 20;
/// Answers that are more than so big a part of the cache are not kept for others.
const SHARED_PART: u64 = 2;
/// A server that takes longer to say what it is is not there yet.
const RECOGNISE: Duration = Duration::from_secs(5);
/// How often it is looked whether the relay has ended while there is nothing to print.
const LOOK: Duration = Duration::from_millis(50);

pub(super) fn run(context: &mut Context, args: RelayArgs) -> Result<Outcome> {
    let usage = |text: String| UsageError { text, hint: None };
    let Source::Server(target) = Source::parse(&args.url)? else {
        let text = format!("`{}` is no server to stand before", args.url);
        return Err(UsageError { text, hint: Some("to serve a snapshot: scenectl replay FILE") }.into());
    };
    let how = connecting(&Source::Server(target.clone()), &args.connection)?;
    let protocol = match args.protocol {
        Some(protocol) => protocol,
        None => recognised(context, &how)?,
    };
    let upstream = target.candidates(protocol.endpoint(), how.wire.path.as_deref()).into_iter().next();
    let upstream = upstream.context("the address gives no websocket")?;
    let patches = patches(&args.set);
    let cache = args.cache.unwrap_or(CACHE);
    let stance = protocol.middle(MiddleSettings {
        views: args.view.iter().chain(&args.connection.root).cloned().collect(),
        lost: args.faults.lost_blobs().map_err(usage)?,
        patches: patches.clone(),
        largest_shared: cache / SHARED_PART,
        largest_message: how.largest_message,
        only_watch: args.per_client == Some(PerClient::None),
    });
    let stance = stance.map_err(usage)?;
    refuse(&args, &stance, protocol.name())?;
    let talk = if args.json || context.global.verbose > 0 {
        let options =
            TalkOptions { only: args.only.clone(), with_bodies: context.global.verbose > 1, in_full: args.full };
        Some(Talk::new(stance.clone(), &options).map_err(|reason| usage(format!("--only: {reason}")))?)
    } else {
        None
    };
    let token = token()?;
    let recorder = args.record.as_deref().map(|path| recorder(&args, protocol, path)).transpose()?;
    let mut taps: Vec<Arc<dyn Tap>> = Vec::new();
    taps.extend(recorder.iter().map(|recorder| Arc::clone(recorder) as Arc<dyn Tap>));
    taps.extend(talk.iter().map(|(talk, _)| Arc::clone(talk) as Arc<dyn Tap>));
    let settings = Settings {
        upstream,
        how,
        stance,
        cache,
        reconnect: args.reconnect,
        faults: args.faults.faults(),
        taps,
        control: Control::new(token.clone(), args.control.clone(), patches),
    };
    let relayed = relay(context, &args, settings, talk, &token);
    let outcome = match args.record.as_deref().zip(recorder) {
        None => Outcome::Done,
        Some((_, recorder)) if relayed.is_err() && recorder.messages() == 0 => {
            let _ = recorder.discard();
            Outcome::Done
        }
        // Whatever ended it, what passed until then is kept.
        Some((path, recorder)) => finish(context, path, &recorder),
    };
    relayed.map(|()| outcome)
}

/// The server's protocol; the usual one for a server that is not there yet.
fn recognised(context: &mut Context, how: &Connecting) -> Result<&'static dyn Protocol> {
    let mut how = how.clone();
    how.wire.timeout = how.wire.timeout.min(RECOGNISE);
    match context.runtime()?.block_on(spoken_by(&how)) {
        Ok(protocol) => Ok(protocol),
        Err(error) => {
            let name = usual().name();
            tracing::info!(%error, "the server's protocol is not known");
            context
                .warn(format!("the server does not answer yet: it is taken for one of {name} (--protocol NAME tells)"));
            Ok(usual())
        }
    }
}

/// Options that would do nothing are mistakes.
fn refuse(args: &RelayArgs, stance: &Stance, name: &str) -> Result<()> {
    let refused = match stance {
        Stance::PerClient(_) if args.per_client.is_some() => {
            Some(("--per-client", "each client has its own connection to such a server anyway"))
        }
        Stance::Shared(_) if args.cache.is_some() => Some(("--cache", "all clients share one connection anyway")),
        Stance::Shared(_) if args.control.is_some() => {
            Some(("--control", "to show other values, pull the scene, change the file and serve it with `replay`"))
        }
        Stance::Shared(_) if args.connection.secret.is_some() || args.connection.secret_file.is_some() => {
            Some(("--secret", "such a server has none; --header and --cookie are sent with the handshake"))
        }
        _ => None,
    };
    match refused {
        None => Ok(()),
        Some((option, hint)) => {
            Err(UsageError { text: format!("{option} does nothing for a server of {name}"), hint: Some(hint) }.into())
        }
    }
}

/// Serves until it is time to stop, or until what passes cannot be printed any more.
fn relay(
    context: &mut Context,
    args: &RelayArgs,
    settings: Settings,
    talk: Option<(Arc<Talk>, Receiver<TalkLine>)>,
    token: &str,
) -> Result<()> {
    let upstream = settings.upstream.clone();
    let is_changed = matches!(settings.stance, Stance::PerClient(_));
    let serving = &args.serving;
    let until = Until { duration: serving.duration, idle: serving.until_idle, clients: serving.clients };
    let runtime = context.runtime()?;
    let (listener, interrupt) = runtime.block_on(async {
        let interrupt = Interrupt::listen();
        anyhow::Ok((Listener::bind(&serving.listen, serving.allow_remote).await?, interrupt))
    })?;
    let address = listener.address;
    let path = upstream.path();
    let ready = Ready {
        url: format!("ws://{address}{path}"),
        roots: None,
        control: is_changed.then(|| format!("http://{}{PATCHES}?token={token}", reachable(address))),
    };
    ready.say(context, serving.ready_file.as_deref())?;
    let mut interrupt = interrupt;
    let (stop, stopped) = oneshot::channel();
    let relaying = runtime.spawn(async move {
        let stop = async {
            tokio::select! {
                () = interrupt.wanted() => {}
                _ = stopped => {}
            }
        };
        serve(listener, settings, until, stop).await
    });
    let printed = talk.map(|(talk, lines)| print(context, args, &talk, &lines, || relaying.is_finished()));
    if let Some(Err(_)) = printed {
        let _ = stop.send(());
    }
    let relayed = runtime.block_on(relaying)??;
    runtime.shutdown_background();
    if !context.global.quiet {
        summarise(&relayed);
    }
    printed.unwrap_or(Ok(()))
}

/// Keeps what passes in a file.
fn recorder(args: &RelayArgs, protocol: &'static dyn Protocol, path: &Path) -> Result<Arc<Recorder>> {
    super::own::refuse_session(path)?;
    let secrets = secrets(&args.url, &args.connection)?;
    let options = RecorderOptions { force: args.force, protocol: Some(protocol), secrets };
    Ok(Recorder::create(path, options)?)
}

/// Ends a recording; it may have broken off while the relay went on.
fn finish(context: &Context, path: &Path, recorder: &Recorder) -> Outcome {
    match recorder.finish() {
        Ok(summary) if !context.global.quiet => {
            let (messages, size) = (count(summary.messages, "message"), bytes(summary.file_bytes));
            note(format!("recorded {}: {messages} ({size} in the file)", path.display()));
            Outcome::Done
        }
        Ok(_) => Outcome::Done,
        Err(error) => {
            report(&anyhow::Error::from(error).context("the recording broke off"));
            Outcome::Loss
        }
    }
}

/// Where clients on this machine find what listens there.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Two words for each.
fn patches(words: &[String]) -> Vec<Patch> {
    let pairs = words.as_chunks::<2>().0.iter();
    pairs.map(|[selector, set]| Patch { selector: selector.clone(), set: set.clone() }).collect()
}

/// Nobody guesses it.
fn token() -> Result<String> {
    let mut random = [0; 16];
    ring::default_provider().secure_random.fill(&mut random).ok().context("the system has no random numbers")?;
    Ok(data_encoding::HEXLOWER.encode(&random))
}

/// Prints what passes until the relay ends.
fn print(
    context: &mut Context,
    args: &RelayArgs,
    talk: &Talk,
    lines: &Receiver<TalkLine>,
    is_over: impl Fn() -> bool,
) -> Result<()> {
    loop {
        match lines.recv_timeout(LOOK) {
            Ok(line) => {
                if args.json {
                    context.out.line(lines::json(&line))?;
                } else if let Some(text) = lines::text(&line, args.full) {
                    note(text);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                context.out.flush()?;
                let missed = talk.take_missed();
                if missed > 0 {
                    context.warn(format!("{} not shown: they came too fast", count(missed, "line")));
                }
                if is_over() {
                    return Ok(());
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn summarise(relayed: &Relayed) {
    let mut text = format!(
        "relayed {}: {} in, {} out",
        count(relayed.clients, "client"),
        count(relayed.messages, "message"),
        bytes(relayed.bytes)
    );
    if relayed.saved > 0 {
        text.push_str(&format!("; {} not asked twice", count(relayed.saved, "question")));
    }
    if relayed.superseded > 0 {
        text.push_str(&format!("; {} left out for newer ones", count(relayed.superseded, "notice")));
    }
    note(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_url_is_where_the_relay_listens() {
        for (bound, wanted) in [
            ("127.0.0.1:9", "127.0.0.1:9"),
            ("0.0.0.0:9", "127.0.0.1:9"),
            ("[::]:9", "[::1]:9"),
            ("192.168.1.7:9", "192.168.1.7:9"),
        ] {
            assert_eq!(reachable(bound.parse().unwrap()).to_string(), wanted);
        }
    }
}
