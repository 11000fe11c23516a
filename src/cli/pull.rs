//! `pull`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::{LIVE, OutputArgs, SourceArgs, may_be_launched};
use super::values::seconds;

/// `pull`
#[derive(Debug, Args)]
#[command(mut_arg("source", |arg| may_be_launched(arg).help(LIVE)))]
#[command(mut_arg("output", |arg| arg.help("Write a snapshot: a file (.wazex, .vtk-wasm, .zip; .viser for viser's scenes), a folder (ends with / or has no extension), or - for stdout")))]
#[command(after_help = "\
Examples:
  scenectl pull demo:                                  try it, without any server
  scenectl pull localhost:8080 -o scene.wazex          keep a scene in a file
  scenectl pull https://host/app/ -o scene/            … or in a folder
  scenectl pull ws://host:8080/ws --root view --timings
  scenectl pull localhost:8080 -o scene.wazex --watch  … and keep it current
  scenectl pull --launcher http://host/paraview/ --application cone

Onto a snapshot of its own (with the same windows, by id and name) a pull needs no --force, and fetches \
only the blobs that are not there yet. A scene of viser does not say whose it is: there, more than half of \
the objects in the snapshot must still be there.")]
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
