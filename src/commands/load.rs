//! From the command line to a scene.

use std::io::{BufRead, BufReader, Read as _};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::http::header::COOKIE;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};

use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::analysis::doctor::Draft;
use crate::cli::{ConnectionArgs, FormArgs, SourceArgs};
use crate::protocol::{Connecting, Loss, Moment, ServerInfo, Update};
use crate::pull;
use crate::recording::Session;
use crate::render::{Bars, warn};
use crate::scene::Scene;
use crate::snapshot::WriteOptions;
use crate::source::{Launch, Live, Read, Source};
use crate::wire::{ConnectOptions, Target, Watching};

/// How often a lost connection is set up again before something is given up.
pub(super) const RETRIES: u32 = 5;

/// The longest secret, in bytes.
const LONGEST_SECRET: u64 = 64 << 10;

/// Warnings of one kind that are printed before the rest is only counted.
const WARNINGS: usize = 10;

/// A scene and what is known of where it came from.
pub(super) struct Loaded {
    pub(super) scene: Scene,
    pub(super) server: Option<ServerInfo>,
    /// Something is missing.
    pub(super) incomplete: bool,
    /// What a probe of the live server found.
    pub(super) probed: Vec<Draft>,
    /// What bringing it from a server took.
    pub(super) update: Option<Update>,
    /// The recording that it is from, and the moment in it.
    pub(super) session: Option<(Session, Moment)>,
}

impl Loaded {
    fn from_file(context: &Context, read: Read) -> Self {
        let loss = read.loss();
        if let Some(loss) = &loss {
            context.warn(loss);
        }
        let Read { scene, session } = read;
        Self { scene, server: None, incomplete: loss.is_some(), probed: Vec::new(), update: None, session }
    }

    /// What a client has by now; `update` brought it there.
    fn from_live(context: &Context, live: &Live, update: Update) -> Self {
        warn_of_losses(context, &update);
        Self {
            scene: live.client.scene(),
            server: Some(live.client.info().clone()),
            incomplete: update.losses.iter().any(Loss::is_damage),
            probed: Vec::new(),
            update: Some(update),
            session: None,
        }
    }
}

/// Reads a snapshot or pulls from a server, with bars.
pub(super) fn load(context: &mut Context, args: &SourceArgs) -> anyhow::Result<Loaded> {
    load_for(context, args, false)
}

/// As [`load`]; for a snapshot to be written, blobs' contents are compared with their names.
pub(super) fn load_for(context: &mut Context, args: &SourceArgs, snapshot: bool) -> anyhow::Result<Loaded> {
    let source = source(context, args)?;
    match source.read()? {
        Some(read) => Ok(Loaded::from_file(context, read)),
        None => hydrate(context, &source, &args.connection, snapshot, None),
    }
}

/// As [`load`]; stays for a while with a live server to see what its updates do.
pub(super) fn load_and_probe(context: &mut Context, args: &SourceArgs, time: Duration) -> anyhow::Result<Loaded> {
    let source = source(context, args)?;
    if !source.is_live() {
        let text = String::from("--probe looks at a live server, and this is a file");
        return Err(UsageError { text, hint: Some("give the server's address as SOURCE") }.into());
    }
    hydrate(context, &source, &args.connection, false, Some(time))
}

/// A connection that stays.
pub(super) struct Connection {
    pub(super) live: Live,
    pub(super) bars: Arc<Bars>,
    pub(super) events: Arc<dyn pull::Events>,
}

/// As [`load_for`] with a snapshot to be written; the connection to a live server is kept, and lives on `runtime`.
/// `stopped` ends when nobody wants it any more.
pub(super) fn load_and_stay(
    context: &Context,
    source: &Source,
    args: &ConnectionArgs,
    runtime: &Runtime,
    stopped: impl Future<Output = ()>,
) -> anyhow::Result<(Loaded, Option<Connection>)> {
    if let Some(read) = source.read()? {
        return Ok((Loaded::from_file(context, read), None));
    }
    let how = connecting(source, args)?;
    let quiet = context.global.quiet;
    let (connection, update) = runtime.block_on(async {
        tokio::select! {
            connected = connect_and_update(source, how, quiet, true) => connected,
            () = stopped => anyhow::bail!("interrupted"),
        }
    })?;
    Ok((Loaded::from_live(context, &connection.live, update), Some(connection)))
}

/// Connects and brings the scene, with bars.
async fn connect_and_update(
    source: &Source,
    how: Connecting,
    quiet: bool,
    snapshot: bool,
) -> anyhow::Result<(Connection, Update)> {
    let mut live = Live::connect(source, how).await?;
    let (bars, events) = bars(&mut live, quiet);
    live.client.set_verify(snapshot);
    let updated = pull::update(&mut *live.client, RETRIES, &events).await;
    bars.clear();
    Ok((Connection { live, bars, events }, updated?))
}

/// The source of a command, with the launcher that is asked for it.
pub(super) fn source(context: &Context, args: &SourceArgs) -> anyhow::Result<Source> {
    source_of(context, &args.source, &args.connection)
}

/// As [`source`], for verbs whose source stands by itself.
pub(super) fn source_of(context: &Context, text: &str, connection: &ConnectionArgs) -> anyhow::Result<Source> {
    if connection.launcher.launcher.is_some() && text != "launcher:" {
        return Err(idle_launcher().into());
    }
    with_launcher(context, Source::parse(text)?, connection)
}

/// Completes a source that is to be launched.
fn with_launcher(context: &Context, source: Source, connection: &ConnectionArgs) -> anyhow::Result<Source> {
    if !matches!(source, Source::Launcher(_)) {
        return Ok(source);
    }
    let args = &connection.launcher;
    let (Some(url), Some(application)) = (&args.launcher, &args.application) else {
        let text = String::from("`launcher:` stands for a server that is launched, and no launcher is given");
        return Err(UsageError { text, hint: Some("--launcher URL --application NAME says what to launch") }.into());
    };
    let told: fn(&str) = if context.global.quiet { |_| () } else { |text| warn(text) };
    let more = args.launcher_config.iter().cloned().collect();
    let launch = Launch::new(url, application, more, args.launcher_retries, told)?;
    Ok(Source::Launcher(Some(Box::new(launch))))
}

fn idle_launcher() -> UsageError {
    UsageError {
        text: String::from("--launcher starts a server, and SOURCE is something else"),
        hint: Some("write `launcher:` for SOURCE, or, where nothing follows it, nothing"),
    }
}

/// Two scenes; files are read side by side.
pub(super) fn load_two(
    context: &mut Context,
    a: &str,
    b: &str,
    connection: &ConnectionArgs,
) -> anyhow::Result<(Loaded, Loaded)> {
    let (a, b) = (
        with_launcher(context, Source::parse(a)?, connection)?,
        with_launcher(context, Source::parse(b)?, connection)?,
    );
    if connection.launcher.launcher.is_some() && ![&a, &b].iter().any(|source| matches!(source, Source::Launcher(_))) {
        return Err(idle_launcher().into());
    }
    if a == Source::Stdin && b == Source::Stdin {
        let text = String::from("only one of the two scenes can come from stdin");
        return Err(UsageError { text, hint: None }.into());
    }
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| a.read());
        let right = b.read();
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    let mut finish = |source: &Source, read| -> anyhow::Result<Loaded> {
        match read {
            Some(read) => Ok(Loaded::from_file(context, read)),
            None => hydrate(context, source, connection, false, None),
        }
    };
    Ok((finish(&a, left?)?, finish(&b, right?)?))
}

/// Pulls from a server, with bars.
fn hydrate(
    context: &mut Context,
    source: &Source,
    connection: &ConnectionArgs,
    snapshot: bool,
    probe: Option<Duration>,
) -> anyhow::Result<Loaded> {
    let how = connecting(source, connection)?;
    let quiet = context.global.quiet;
    // A launched session is given back, also when somebody wants us to stop.
    let is_launched = matches!(source, Source::Launcher(_));
    context.block_on(interruptible(is_launched, async {
        let (Connection { mut live, .. }, update) = connect_and_update(source, how, quiet, snapshot).await?;
        let probed = match probe {
            Some(time) => live.client.probe(time).await?,
            None => Vec::new(),
        };
        let loaded = Loaded { probed, ..Loaded::from_live(context, &live, update) };
        live.client.close().await;
        anyhow::Ok(loaded)
    }))
}

/// Connects, unless somebody wants us to stop meanwhile.
pub(super) async fn connect(source: &Source, how: Connecting, interrupt: &mut Interrupt) -> anyhow::Result<Live> {
    tokio::select! {
        connected = Live::connect(source, how) => Ok(connected?),
        () = interrupt.wanted() => anyhow::bail!("interrupted"),
    }
}

/// Bars for what a client does from now on.
pub(super) fn bars(live: &mut Live, quiet: bool) -> (Arc<Bars>, Arc<dyn pull::Events>) {
    let bars = Bars::new(quiet, live.client.received());
    let events: Arc<dyn pull::Events> = Arc::clone(&bars) as _;
    let for_bars = Arc::clone(&events);
    live.client.on_progress(Arc::new(move |progress| for_bars.progress(progress)));
    (bars, events)
}

/// Drops a future in an orderly way where somebody wants us to stop; without `wanted`, the process just ends.
async fn interruptible<T>(wanted: bool, future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    if !wanted {
        return future.await;
    }
    let mut interrupt = Interrupt::listen();
    tokio::select! {
        result = future => result,
        () = interrupt.wanted() => anyhow::bail!("interrupted"),
    }
}

impl From<FormArgs> for WriteOptions {
    fn from(form: FormArgs) -> Self {
        Self { force: form.force, compress: form.compress, pretty: form.pretty, provenance: None }
    }
}

/// Done, or done with loss.
pub(super) fn outcome(incomplete: bool) -> Outcome {
    if incomplete { Outcome::Loss } else { Outcome::Done }
}

/// Prints what an update misses, the first of each kind.
pub(super) fn warn_of_losses(context: &Context, update: &Update) {
    let mut shown: Vec<(std::mem::Discriminant<Loss>, usize)> = Vec::new();
    for loss in &update.losses {
        let kind = std::mem::discriminant(loss);
        let index = shown.iter().position(|(seen, _)| *seen == kind).unwrap_or_else(|| {
            shown.push((kind, 0));
            shown.len() - 1
        });
        let Some((_, count)) = shown.get_mut(index) else { continue };
        *count += 1;
        if *count <= WARNINGS {
            context.warn(loss.to_string());
        }
    }
    for (_, count) in shown.into_iter().filter(|(_, count)| *count > WARNINGS) {
        context.warn(format!("… and {} more like these", count - WARNINGS));
    }
}

/// How to connect, from the command line.
pub(super) fn connecting(source: &Source, args: &ConnectionArgs) -> anyhow::Result<Connecting> {
    let target = match source {
        Source::Server(target) => target.clone(),
        // The address of the demo, or of what is launched, is known only when it runs.
        _ => "127.0.0.1:1".parse::<Target>()?,
    };
    let usage = |text: String| UsageError { text, hint: None };
    let mut headers = Vec::new();
    for header in &args.header {
        let (name, value) = header.split_once(':').ok_or_else(|| UsageError {
            text: String::from("--header: there is no colon in it"),
            hint: Some("a header is written NAME: VALUE"),
        })?;
        let name: HeaderName =
            name.trim().parse().map_err(|_| usage(format!("--header: `{name}` is no header's name")))?;
        // The value may be a secret: it is not repeated.
        let value = sensitive(value.trim()).map_err(|_| usage(format!("--header: the value of {name} is not one")))?;
        headers.push((name, value));
    }
    if !args.cookie.is_empty() {
        let cookies =
            sensitive(&args.cookie.join("; ")).map_err(|_| usage(String::from("--cookie: that is not one")))?;
        headers.push((COOKIE, cookies));
    }
    let path = args.path.as_ref().map(|path| if path.starts_with('/') { path.clone() } else { format!("/{path}") });
    Ok(Connecting {
        target,
        secret: secret(args)?,
        roots: args.root.clone(),
        tap: None,
        largest_message: u32::try_from(args.max_message).unwrap_or(u32::MAX),
        wire: ConnectOptions {
            headers,
            path,
            insecure: args.insecure,
            ca_file: args.ca_file.clone(),
            timeout: args.timeout,
            // A frame is at most 4 MiB unless the server was told otherwise; a message has its own limit.
            largest: usize::try_from(args.max_message).unwrap_or(usize::MAX),
            watch: Watching::default(),
        },
    })
}

fn sensitive(text: &str) -> Result<HeaderValue, tokio_tungstenite::tungstenite::http::header::InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The secret as JSON text.
pub(super) fn secret(args: &ConnectionArgs) -> anyhow::Result<Option<String>> {
    let text = match (&args.secret, &args.secret_file) {
        (Some(secret), _) => secret.clone(),
        (None, Some(file)) => {
            let could_not = || format!("cannot read the secret from {}", file.display());
            let mut line = String::new();
            let mut reader = BufReader::new(std::fs::File::open(file).with_context(could_not)?.take(LONGEST_SECRET));
            reader.read_line(&mut line).with_context(could_not)?;
            if line.len() as u64 == LONGEST_SECRET {
                let text = format!("the first line of {} is too long for a secret", file.display());
                return Err(UsageError { text, hint: None }.into());
            }
            line.lines().next().unwrap_or_default().to_owned()
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(serde_json::Value::from(text).to_string()))
}

/// Everything on the command line that nobody else must see: it is kept out of recordings.
pub(super) fn secrets(source: &str, args: &ConnectionArgs) -> anyhow::Result<Vec<String>> {
    let mut secrets = Vec::new();
    if let Some(secret) = secret(args)? {
        secrets.extend(serde_json::from_str::<String>(&secret));
    }
    for header in &args.header {
        let value = header.split_once(':').map(|(_, value)| value.trim()).unwrap_or_default();
        // `Bearer TOKEN`, `a=1; sid=TOKEN`: the token by itself is one, too.
        let words = value.split_whitespace().map(|word| word.trim_end_matches([';', ',']));
        let values = words.clone().filter_map(|word| word.split_once('=').map(|(_, value)| value.trim_matches('"')));
        secrets.extend(words.chain(values).map(str::to_owned));
        secrets.push(value.to_owned());
    }
    for cookie in args.cookie.iter().flat_map(|cookies| cookies.split(';')) {
        secrets.extend(cookie.split_once('=').map(|(_, value)| value.trim().to_owned()));
    }
    if let Some((_, query)) = source.split_once('?') {
        let values = query.split('&').filter_map(|pair| pair.split_once('=').map(|(_, value)| value));
        secrets.extend(values.map(str::to_owned));
    }
    if let Some((user, _)) = source.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')) {
        secrets.extend(user.split(':').map(str::to_owned));
    }
    let decoded = |text: &String| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let more: Vec<String> = secrets.iter().map(decoded).collect();
    secrets.extend(more);
    secrets.sort_unstable();
    secrets.dedup();
    Ok(secrets)
}
