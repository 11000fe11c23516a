//! The command line: what may be typed. Only clap types live here; what they do is in [`crate::commands`].

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum, ValueHint};

use crate::scene::{Assignment, Path, SceneError, Selector};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the answer is no (nothing there, not possible)
  2  the command line is wrong
  3  done, but something was lost (a state or a blob is missing)
  4  could not (connection, protocol, disk)";

/// The command line for remote 3D scenes.
///
/// Connects to a scene server as its real client would, brings the whole object graph into memory,
/// keeps it, asks it, changes it, and serves it again.
#[derive(Debug, Parser)]
#[command(
    name = "scenectl",
    version,
    styles = STYLES,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = EXIT_CODES,
    after_long_help = EXIT_CODES
)]
pub struct Cli {
    /// The verb.
    #[command(subcommand)]
    pub command: Command,

    /// Options of every verb.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every verb.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: ColorChoice,

    /// Say nothing but the answer and errors: no bars, no warnings
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,

    /// Say more on stderr (-v: what happens, -vv: every call)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring a scene from a live server into memory, and keep it in a file
    Pull(PullArgs),
    /// One page about a scene: protocol, versions, roots, counts, sizes, cameras
    Info(InfoArgs),
    /// List objects
    Ls(LsArgs),
    /// Show objects as the tree they own each other in
    Tree(TreeArgs),
    /// Print a state, or a value in it
    Get(GetArgs),
    /// Change properties of existing objects, into a new snapshot
    Set(SetArgs),
    /// Copy a scene from one form of snapshot into another
    Convert(ConvertArgs),
    /// What differs between two scenes, by structure and not by id
    Diff(DiffArgs),
    /// Change a scene as a JSON Patch says, into a new snapshot
    Patch(PatchArgs),
    /// Compare many scenes with their accepted baselines, for continuous integration
    Check(CheckArgs),
    /// Take differences over into a scene's baseline
    Accept(AcceptArgs),
    /// Find what will not show, and say why
    Doctor(DoctorArgs),
    /// Show what makes a scene big
    Top(TopArgs),
    /// Write the smallest scene that still shows some objects
    Extract(ExtractArgs),
    /// Gather what to attach to a bug report, without secrets
    Report(ReportArgs),
    /// Be a fake server for a snapshot, which the real clients accept
    Replay(ReplayArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for every verb
    Man(ManArgs),
}

/// How to reach a live server; ignored for files.
#[derive(Clone, Debug, Args)]
pub struct ConnectionArgs {
    /// Pull only this root: a render window's id or its view's name (repeatable) [default: all]
    #[arg(long, value_name = "ID|NAME", help_heading = "Connection")]
    pub root: Vec<String>,

    /// The server's secret [default: the one wslink uses]
    #[arg(long, env = "SCENECTL_SECRET", hide_env_values = true, value_name = "SECRET", help_heading = "Connection")]
    pub secret: Option<String>,

    /// Read the secret from a file (its first line)
    #[arg(long, value_name = "FILE", conflicts_with = "secret", value_hint = ValueHint::FilePath, help_heading = "Connection")]
    pub secret_file: Option<PathBuf>,

    /// Send a header with the handshake (repeatable)
    #[arg(long, value_name = "NAME: VALUE", help_heading = "Connection")]
    pub header: Vec<String>,

    /// Send a cookie with the handshake (repeatable)
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Connection")]
    pub cookie: Vec<String>,

    /// The websocket's path, where it is not /ws under the address
    #[arg(long, value_name = "PATH", help_heading = "Connection")]
    pub path: Option<String>,

    /// Do not check the server's certificate
    #[arg(long, help_heading = "Connection")]
    pub insecure: bool,

    /// Trust the certificates in this PEM file, too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Connection")]
    pub ca_file: Option<PathBuf>,

    /// Give up on a server that is silent for so long
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, help_heading = "Connection")]
    pub timeout: Duration,

    /// Refuse messages larger than this
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = size, help_heading = "Connection")]
    pub max_message: u64,
}

/// A source and how to reach it.
#[derive(Clone, Debug, Args)]
pub struct SourceArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), a snapshot, or demo:
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub source: String,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `pull`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl pull demo:                                  try it, without any server
  scenectl pull localhost:8080 -o scene.wazex          keep a scene in a file
  scenectl pull https://host/app/ -o scene/            … or in a folder
  scenectl pull ws://host:8080/ws --root view --timings
  scenectl pull localhost:8080 -o scene.wazex --watch  … and keep it current

Onto a snapshot of its own, a pull fetches only the blobs that are not there yet.")]
pub struct PullArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// What to write.
    #[command(flatten)]
    pub output: OutputArgs,

    /// Note in the snapshot where and when it was pulled; the same scene then gives other bytes
    #[arg(long, requires = "output", help_heading = "Snapshot")]
    pub provenance: bool,

    /// Write what has come when the pull breaks off (exit code 3)
    #[arg(long, requires = "output")]
    pub keep_partial: bool,

    /// Fail when a blob's content does not belong to its name (with -o it is a warning; without, not looked at)
    #[arg(long)]
    pub verify: bool,

    /// Keep blobs in this folder, and do not fetch those that are in it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub blob_cache: Option<PathBuf>,

    /// Connect again so often when the connection is lost
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub retries: u32,

    /// Print where the time went
    #[arg(long)]
    pub timings: bool,

    /// Stay, and follow the server's updates (until Ctrl-C)
    #[arg(short, long)]
    pub watch: bool,

    /// With --watch: stop after so many updates
    #[arg(long, value_name = "N", requires = "watch")]
    pub updates: Option<u64>,

    /// With --watch: stop after so long
    #[arg(long = "for", value_name = "SECONDS", requires = "watch", value_parser = seconds)]
    pub duration: Option<Duration>,

    /// Print the summary as JSON (with --watch: a line per update)
    #[arg(long)]
    pub json: bool,
}

/// Where a snapshot goes, and in which form.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::AnyPath, help_heading = "Snapshot")]
    pub output: Option<PathBuf>,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,
}

/// In which form a snapshot is written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct FormArgs {
    /// Overwrite what is there
    #[arg(short, long, help_heading = "Snapshot")]
    pub force: bool,

    /// Deflate the entries of a zip (smaller, slower)
    #[arg(long, help_heading = "Snapshot")]
    pub compress: bool,

    /// Indent the states of a folder for reading; their bytes are then not the server's
    #[arg(long, help_heading = "Snapshot")]
    pub pretty: bool,
}

/// `info`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl info scene.wazex
  scenectl info localhost:8080 --json")]
pub struct InfoArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `ls`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl ls scene.wazex                       all objects
  scenectl ls scene.wazex vtkActor              of a class, or derived from it
  scenectl ls scene.wazex 'vtkActor[Visibility=0]'
  scenectl ls scene.wazex '/Renderers/0/ViewProps/*'
  scenectl ls localhost:8080 //vtkTexture --json")]
pub struct LsArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects [default: all]
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Option<Selector>,

    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,

    /// Exit with 1 when nothing matches
    #[arg(long)]
    pub exit_status: bool,
}

/// `tree`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl tree scene.wazex
  scenectl tree scene.wazex '/Renderers/0/ViewProps/0' --depth 3")]
pub struct TreeArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to start [default: the roots]
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Option<Selector>,

    /// Go no deeper than this
    #[arg(short, long, value_name = "N")]
    pub depth: Option<usize>,

    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `get`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl get scene.wazex 12                                  a whole state
  scenectl get scene.wazex 1 Renderers.Items.0.Background      a value; references are followed
  scenectl get scene.wazex vtkActor Property.Color             of every actor
  scenectl get scene.wazex '/Renderers/0/ViewProps/2' visibility")]
pub struct GetArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// Which value; property names may start in lower case
    #[arg(value_name = "PATH", value_parser = hinted::<Path>)]
    pub value_path: Option<Path>,

    /// Print one JSON object a line: id, class, path, value
    #[arg(long)]
    pub json: bool,
}

/// `set`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl set scene.wazex 3 'Background=[1,0,0]' -o red.wazex
  scenectl set scene.wazex vtkActor Visibility=0 Property.Opacity=0.5 -o out.wazex
  scenectl set scene.wazex 'vtkTextActor' 'Input=\"hello\"' -o out.wazex

Only existing properties of existing objects are set, to values of the same kind (--force: to any).")]
pub struct SetArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects: all that match are changed
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// What to set
    #[arg(value_name = "PATH=JSON", required = true, value_parser = hinted::<Assignment>)]
    pub assignments: Vec<Assignment>,

    /// Where to write the changed scene
    #[arg(short, long, value_name = "OUT", required = true, value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it. `--force` also lets values change their kind.
    #[command(flatten)]
    pub form: FormArgs,

    /// Print JSON: what was changed, from what to what
    #[arg(long)]
    pub json: bool,
}

/// `convert`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl convert scene.wazex scene/ --pretty    to look at with other tools
  scenectl convert scene/ scene.wazex             and back, byte for byte
  scenectl convert old.vtk-wasm small.wazex --compress")]
pub struct ConvertArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to write: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout
    #[arg(value_name = "OUT", value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,
}

/// `diff`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl diff good.wazex bad.wazex
  scenectl diff expected.wazex localhost:8080 --ignore-camera
  scenectl diff a.wazex b.wazex --rtol 1e-6 --ignore vtkCamera ClippingRange
  scenectl diff old.wazex new.wazex --across-versions --markdown
  scenectl diff a.wazex b.wazex --json-patch > p.json; scenectl patch a.wazex p.json -o b2.wazex

Exit codes: 0 equal, 1 different, 4 could not compare.")]
pub struct DiffArgs {
    /// The one scene: a snapshot, a server's address, demo:
    #[arg(value_name = "A", value_hint = ValueHint::AnyPath)]
    pub a: String,

    /// The other scene
    #[arg(value_name = "B", value_hint = ValueHint::AnyPath)]
    pub b: String,

    /// What counts.
    #[command(flatten)]
    pub options: DiffOptionArgs,

    /// Print the differences as one JSON document
    #[arg(long, group = "form", help_heading = "Output")]
    pub json: bool,

    /// Print what makes B of A as JSON Patch (RFC 6902), for `scenectl patch`
    #[arg(long, group = "form", help_heading = "Output")]
    pub json_patch: bool,

    /// Print the differences as Markdown, for a comment
    #[arg(long, group = "form", help_heading = "Output")]
    pub markdown: bool,

    /// Print only how many differences each class has
    #[arg(long, group = "form", help_heading = "Output")]
    pub stat: bool,

    /// Print only the paths of the objects that differ
    #[arg(long, group = "form", help_heading = "Output")]
    pub name_only: bool,

    /// Print only the last line: how much differs
    #[arg(long, group = "form", help_heading = "Output")]
    pub summary: bool,

    /// Print so many unchanged properties before and after each changed one
    #[arg(short = 'U', long, value_name = "N", default_value_t = 0, help_heading = "Output")]
    pub context: usize,

    /// Exit with 0 also where the scenes differ
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// What counts as a difference.
#[derive(Clone, Debug, Args)]
pub struct DiffOptionArgs {
    /// Floating point numbers may be so many steps apart
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "What counts")]
    pub ulp: u64,

    /// Numbers may be so far apart, relative to the larger one
    #[arg(long, value_name = "X", default_value = "0", value_parser = tolerance, help_heading = "What counts")]
    pub rtol: f64,

    /// Numbers may be so far apart
    #[arg(long, value_name = "X", default_value = "0", value_parser = tolerance, help_heading = "What counts")]
    pub atol: f64,

    /// Leave out a property of some objects (`*`: the objects as a whole); repeatable
    #[arg(long, num_args = 2, value_names = ["SELECTOR", "PATH"], action = clap::ArgAction::Append, help_heading = "What counts")]
    pub ignore: Vec<String>,

    /// Compare only these objects and what is below them (repeatable)
    #[arg(long, value_name = "SELECTOR", value_parser = hinted::<Selector>, help_heading = "What counts")]
    pub only: Vec<Selector>,

    /// Leave out cameras
    #[arg(long, help_heading = "What counts")]
    pub ignore_camera: bool,

    /// Hide what one side's software does not know: new properties with empty or default values
    #[arg(long, help_heading = "What counts")]
    pub across_versions: bool,

    /// Show noise, too: ids, counts of changes, platforms' class names, times
    #[arg(long, help_heading = "What counts")]
    pub strict: bool,
}

/// `patch`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl diff a.wazex b.wazex --json-patch > a-to-b.json
  scenectl patch a.wazex a-to-b.json -o b2.wazex
  echo '[{\"op\":\"replace\",\"path\":\"/states/5/Visibility\",\"value\":0}]' | scenectl patch a.wazex - -o out.wazex

A patch is JSON Patch (RFC 6902) with paths /states/ID/PROPERTY, /blobs/HASH (base64) and /roots.
Either all of it is done or nothing.")]
pub struct PatchArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// The patch, or - for stdin
    #[arg(value_name = "PATCH", value_hint = ValueHint::FilePath)]
    pub patch: PathBuf,

    /// Where to write the patched scene
    #[arg(short, long, value_name = "OUT", required = true, value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,
}

/// `check`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl check run/ --baseline tests/scenes
  scenectl check run/*.wazex --baseline tests/scenes --junit report.xml
  scenectl check run/ --baseline tests/scenes --update            accept everything
  scenectl check run/ --baseline tests/scenes --interactive       ask for each difference

The scene run/car.wazex has the baseline tests/scenes/car/scene.json.

Exit codes: 0 all equal, 1 some differ or have no counterpart, 4 some could not be compared.")]
pub struct CheckArgs {
    /// Snapshots, or folders of snapshots
    #[arg(value_name = "SNAPSHOT", required = true, value_hint = ValueHint::AnyPath)]
    pub run: Vec<PathBuf>,

    /// The folder of the baselines
    #[arg(short, long, value_name = "DIR", env = "SCENECTL_BASELINE", value_hint = ValueHint::DirPath)]
    pub baseline: PathBuf,

    /// Accept everything: write the baselines of new scenes and of those that differ
    #[arg(short, long, conflicts_with = "interactive")]
    pub update: bool,

    /// With --update: remove the baselines that no scene was checked against
    #[arg(long, requires = "update")]
    pub prune: bool,

    /// Ask for each difference whether to accept it
    #[arg(short, long)]
    pub interactive: bool,

    /// Keep blobs beside the baselines that are written (else arrays are compared by name only, without tolerance)
    #[arg(long)]
    pub blobs: bool,

    /// Write a report for a build server (JUnit XML)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub junit: Option<PathBuf>,

    /// Print the result as one JSON document
    #[arg(long)]
    pub json: bool,

    /// Print at most so many differences of a scene
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub details: usize,

    /// What counts.
    #[command(flatten)]
    pub options: DiffOptionArgs,
}

/// `accept`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl accept run/car.wazex --baseline tests/scenes --path '*/LookupTable*'
  scenectl accept run/car.wazex --baseline tests/scenes --path '/Renderers/0/ViewProps/0'
  scenectl accept run/car.wazex --baseline tests/scenes --interactive
  scenectl accept run/car.wazex --baseline tests/scenes               everything")]
pub struct AcceptArgs {
    /// The scene as it is now: a snapshot
    #[arg(value_name = "SCENE", value_hint = ValueHint::AnyPath)]
    pub scene: PathBuf,

    /// The folder of the baselines
    #[arg(short, long, value_name = "DIR", env = "SCENECTL_BASELINE", value_hint = ValueHint::DirPath)]
    pub baseline: PathBuf,

    /// The scene's name among the baselines [default: the snapshot's name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Accept only differences at these paths; * stands for anything (repeatable) [default: all]
    #[arg(short, long = "path", value_name = "GLOB")]
    pub paths: Vec<String>,

    /// Ask for each difference
    #[arg(short, long, conflicts_with = "paths")]
    pub interactive: bool,

    /// Keep blobs beside the baseline
    #[arg(long)]
    pub blobs: bool,

    /// Print what was accepted and what was not as JSON
    #[arg(long)]
    pub json: bool,

    /// What counts.
    #[command(flatten)]
    pub options: DiffOptionArgs,
}

/// `report`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl report localhost:8080 -o report.zip
  scenectl report scene.wazex -o report.zip --blobs     with the data itself

In it are: versions, the tree, the findings of `doctor`, the table of `top`, timings, and all states. Left out are secrets,
names of users in paths, tokens in addresses, and, unless asked for, blobs. The report is a snapshot, too:
`scenectl tree report.zip` and all other verbs read it.")]
pub struct ReportArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to write it: a .zip
    #[arg(short, long, value_name = "OUT", required = true, value_hint = ValueHint::FilePath)]
    pub output: PathBuf,

    /// Include the blobs
    #[arg(long)]
    pub blobs: bool,

    /// Keep texts in states as they are (they may hold names of users and tokens)
    #[arg(long)]
    pub no_redact: bool,

    /// Overwrite what is there
    #[arg(short, long)]
    pub force: bool,

    /// Print as JSON what is in it and what was removed
    #[arg(long)]
    pub json: bool,
}

/// `replay`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl replay scene.wazex                               prints {\"url\":\"ws://127.0.0.1:PORT/ws\",\"roots\":[1]}
  scenectl replay scene.wazex --listen 127.0.0.1:9000
  scenectl replay scene.wazex --ready-file ready.json --until-idle 5 &

It answers by meaning: any client may ask anything, in any order.")]
pub struct ReplayArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where to listen; port 0 takes a free one
    #[arg(short, long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: String,

    /// Allow an address that other machines reach
    #[arg(long)]
    pub allow_remote: bool,

    /// Write the line that says it is ready to this file, too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ready_file: Option<PathBuf>,

    /// Stop after so long
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub duration: Option<Duration>,

    /// Stop when no client was connected for so long
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub until_idle: Option<Duration>,

    /// Stop when so many clients have come and gone
    #[arg(long, value_name = "N")]
    pub clients: Option<u64>,

    /// Cut answers into frames of at most so many bytes
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_msg_size: Option<u64>,
}

/// `top`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl top scene.wazex                  the largest arrays, and what is odd about them
  scenectl top scene.wazex --by actor       what each actor alone needs, and what several share
  scenectl top localhost:8080 --by class -n 5
  scenectl top scene.wazex --budget 5MB     exit with 1 when it is larger

Notes of arrays: `unused` (no mapper takes it), `constant`, `ramp`, a smaller type that holds every value exactly,
and the array before it that has the same blob: that is held once.")]
pub struct TopArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// How to add bytes up
    #[arg(long, value_name = "WHAT", default_value = "array")]
    pub by: TopBy,

    /// How many rows to show [default: 20]
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "all")]
    pub rows: Option<usize>,

    /// Show all rows
    #[arg(short, long)]
    pub all: bool,

    /// Exit with 1 when states and blobs together are larger
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub budget: Option<u64>,

    /// Do not look at the values in blobs: faster, with fewer notes
    #[arg(long)]
    pub no_inspect: bool,

    /// Print JSON: all rows, unless -n is given
    #[arg(long)]
    pub json: bool,
}

/// How `top` adds bytes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TopBy {
    /// One row per array with a blob
    Array,
    /// One row per object
    Object,
    /// One row per class
    Class,
    /// One row per actor, volume, text: what it alone needs
    Actor,
}

/// `extract`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl extract scene.wazex '/Renderers/0/ViewProps/3' -o one-actor.wazex
  scenectl extract scene.wazex vtkTextActor -o texts.wazex
  scenectl extract scene.wazex //vtkTexture -o textured.wazex     the actors that use a texture
  scenectl extract two-layers.wazex /Renderers/1 -o layer.wazex

What stays: the selected actors, volumes and texts, what they need, and the window, renderer, camera and lights
that show them. A mapper, data or an array stands for the actors that use it, a renderer for all that it shows.")]
pub struct ExtractArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Which objects
    #[arg(value_name = "SELECTOR", value_parser = hinted::<Selector>)]
    pub selector: Selector,

    /// Where to write: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout
    #[arg(short, long, value_name = "OUT", required = true, value_hint = ValueHint::AnyPath)]
    pub output: PathBuf,

    /// How to write it.
    #[command(flatten)]
    pub form: FormArgs,

    /// Print JSON: what was kept, of how much
    #[arg(long)]
    pub json: bool,
}

/// `doctor`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl doctor scene.wazex                        what is wrong, where, why, and what to do
  scenectl doctor localhost:8080 --json
  scenectl doctor localhost:8080 --probe 30          and what its updates leave behind
  scenectl doctor scene.wazex --bundle vtk.wasm      can this client build all of it?
  scenectl doctor scene.wazex --deny warnings --allow W202
  scenectl doctor --explain E102

It exits with 1 when there are errors. Places are selectors: `scenectl get SOURCE PLACE` shows what is there.")]
pub struct DoctorArgs {
    /// A server's address (ws://, wss://, http://, https://, host:port), a snapshot, or demo:
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath, required_unless_present = "explain")]
    pub source: Option<String>,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// The client's bundle (FILE.wasm, a folder, or a tar.gz): classes that it cannot build are errors
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub bundle: Option<PathBuf>,

    /// On a live server: follow its updates for so long, and look for what grows or never settles
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub probe: Option<Duration>,

    /// Take findings of this code, or all warnings, for errors (repeatable)
    #[arg(long, value_name = "CODE|warnings")]
    pub deny: Vec<String>,

    /// Leave findings of this code out (repeatable)
    #[arg(long, value_name = "CODE")]
    pub allow: Vec<String>,

    /// Show all findings, also where there are many of one code
    #[arg(long)]
    pub all: bool,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Say what a code means, and what to do
    #[arg(long, value_name = "CODE", conflicts_with = "source")]
    pub explain: Option<String>,
}

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl completions bash > ~/.local/share/bash-completion/completions/scenectl
  scenectl completions zsh > ~/.zfunc/_scenectl
  scenectl completions fish > ~/.config/fish/completions/scenectl.fish")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Shells with completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Elvish,
}

/// `man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl man | man -l -
  scenectl man --dir ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write scenectl.1 and one page per verb into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// Parses what the scene model knows how to parse, with its hint where it cannot.
fn hinted<T: FromStr<Err = SceneError>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: SceneError| match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    })
}

/// Seconds, also with a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text);
    let seconds: f64 = number.parse().map_err(|_| String::from("seconds are wanted, for instance 30 or 0.5"))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| String::from("it must be from 0 on, and not beyond all bounds"))
}

/// How far numbers may be apart.
fn tolerance(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| String::from("a number from 0 on is wanted, for instance 1e-6"))
}

/// Bytes, also with a unit.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| String::from("a size is wanted, for instance 64MiB"))?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "kib" => 1024.0,
        "m" | "mb" => 1e6,
        "mib" => 1024.0 * 1024.0,
        "g" | "gb" => 1e9,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(format!("`{unit}` is no unit of sizes: use kB, MB, GB, KiB, MiB or GiB")),
    };
    Ok((number * factor) as u64)
}
