//! The verbs that examine a scene as a whole: `doctor`, `top`, `report`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::source::{ConnectionArgs, SourceArgs, may_be_launched};
use super::values::{seconds, size};

/// `report`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl report localhost:8080 -o report.zip
  scenectl report scene.wazex -o report.zip --blobs     with the data itself

In it are: versions, the tree, the findings of `doctor`, the table of `top`, timings, and all states. Left out are secrets, \
names of users in paths, tokens in addresses, and, unless asked for, blobs. The report is a snapshot, too: \
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

/// `top`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl top scene.wazex                  the largest arrays, and what is odd about them
  scenectl top scene.wazex --by actor       what each actor alone needs, and what several share
  scenectl top localhost:8080 --by class -n 5
  scenectl top scene.wazex --budget 5MB     exit with 1 when it is larger

Notes of arrays: `unused` (no mapper takes it), `constant`, `ramp`, a smaller type that holds every value exactly, \
and the array before it that has the same blob: that is held once.")]
pub struct TopArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// What is wanted of it.
    #[command(flatten)]
    pub what: TopWhat,
}

/// What `top` is asked of a scene.
#[derive(Debug, Args)]
pub struct TopWhat {
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
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath, required_unless_present_any = ["explain", "launcher"], conflicts_with = "explain")]
    pub source: Option<String>,

    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// On a live server: follow its updates for so long, and look for what grows or never settles
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub probe: Option<Duration>,

    /// What is wanted of it.
    #[command(flatten)]
    pub what: DoctorWhat,
}

/// What `doctor` is asked of a scene.
#[derive(Debug, Args)]
pub struct DoctorWhat {
    /// The client's bundle (FILE.wasm, a folder, or a tar.gz): classes that it cannot build are errors
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub bundle: Option<PathBuf>,

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
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
}
