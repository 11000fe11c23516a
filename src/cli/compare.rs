//! The verbs that compare: `diff`, `check`, `accept`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::source::ConnectionArgs;
use super::values::{hinted, tolerance};
use crate::scene::Selector;

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
    #[arg(long, value_name = "N", default_value_t = 2, allow_negative_numbers = true, help_heading = "What counts")]
    pub ulp: u64,

    /// Numbers may be so far apart, relative to the larger one
    #[arg(long, value_name = "X", default_value = "0", value_parser = tolerance, allow_negative_numbers = true, help_heading = "What counts")]
    pub rtol: f64,

    /// Numbers may be so far apart
    #[arg(long, value_name = "X", default_value = "0", value_parser = tolerance, allow_negative_numbers = true, help_heading = "What counts")]
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
