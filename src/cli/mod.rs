//! The command line: what may be typed. Only clap types live here; what they do is in [`crate::commands`].

mod attend;
mod change;
mod compare;
mod examine;
mod generate;
mod live;
mod look;
mod pull;
mod query;
mod relay;
mod serve;
mod session;
mod shell;
mod source;
mod topics;
mod values;
mod view;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, ColorChoice, Parser, Subcommand};

pub use attend::{AttendArgs, Until};
pub use change::{ConvertArgs, ExportArgs, ExtractArgs, PatchArgs, SaveArgs, SetArgs, SetWhat, UpAxis};
pub use compare::{AcceptArgs, CheckArgs, DiffArgs, DiffOptionArgs};
pub use examine::{DoctorArgs, DoctorWhat, ReportArgs, TopArgs, TopBy, TopWhat};
pub use generate::{CompletionsArgs, HelpArgs, ManArgs, Shell};
pub use live::{CallArgs, PingArgs, SubArgs, WatchArgs};
pub use look::{ArrayForm, GetArgs, GetWhat, InfoArgs, InfoWhat, LsArgs, LsWhat, TreeArgs, TreeWhat};
pub use pull::PullArgs;
pub use query::{QueryArgs, QueryWhat};
pub use relay::{FaultArgs, PerClient, RelayArgs, RelaySetArgs, ServingArgs};
pub use serve::ReplayArgs;
pub use session::{ImportArgs, RecordArgs};
pub use shell::{
    DeleteArgs, FindArgs, NewArgs, ShellArgs, ShellCommand, ShellHelpArgs, ShellLine, ShellSetArgs, UpdateArgs,
};
pub use source::{ConnectionArgs, FormArgs, LauncherArgs, OutputArgs, SourceArgs};
pub use topics::{TOPICS, Topic};
pub use view::ViewArgs;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
Topics (scenectl help TOPIC):
  sources     anything a scene can come from
  selectors   how to name objects, and values in them
  formats     files that are read and written
  exit-codes  what the exit code says

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
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = AFTER,
    after_long_help = AFTER
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
    /// Ask the whole scene, in jq
    Query(QueryArgs),
    /// Change properties of existing objects, into a new snapshot or on a live viser server
    Set(SetArgs),
    /// Keep a scene in memory, and ask and set interactively or from a script
    Shell(Box<ShellArgs>),
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
    /// Write what shows as binary glTF, and list what is lost
    Export(ExportArgs),
    /// Gather what to attach to a bug report, without secrets
    Report(ReportArgs),
    /// Keep a session with a live server: everything that is said, and when
    Record(RecordArgs),
    /// Make a recording of what a browser captured
    Import(ImportArgs),
    /// Be a fake server for a snapshot, which the real clients accept
    Replay(ReplayArgs),
    /// Stand between clients and a live server: show, change, share, disturb what passes
    Relay(Box<RelayArgs>),
    /// Change what clients of a running relay get
    RelaySet(RelaySetArgs),
    /// Show what changes in a live scene, how fast, and what it leaves behind
    Watch(WatchArgs),
    /// Be to a script what a browser is: notifications, downloads, pictures that it asks for
    Attend(Box<AttendArgs>),
    /// Show a scene in the browser, with the real VTK.wasm viewer
    View(Box<ViewArgs>),
    /// Show each step of reaching a server, and why it goes no further
    Ping(PingArgs),
    /// Call any method of a server
    Call(CallArgs),
    /// Print what a server publishes
    Sub(SubArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for every verb and topic
    Man(ManArgs),
    /// Explain a verb or a topic: sources, selectors, formats, exit-codes
    Help(HelpArgs),
}
