//! The verb that asks the whole scene: `query`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::source::SourceArgs;

/// `query`
#[derive(Debug, Args)]
#[command(after_help = "\
The whole scene is one document:
  {\"roots\":   [{\"id\", \"name\"}],
   \"objects\": [{\"id\", \"class\", \"state\", \"path\"}],
   \"blobs\":   [{\"hash\", \"size\", \"objects\"}]}

Examples:
  scenectl query scene.wazex '.objects | length'
  scenectl query scene.wazex '.objects[] | select(.state.Visibility == 0) | .path' -r
  scenectl query scene.wazex '.objects | group_by(.class) | map({(.[0].class): length}) | add'
  scenectl query scene.wazex '[.blobs[].size] | add'
  scenectl query localhost:8080 -e '.objects | any(.class == \"vtkVolume\")'     1 where there is none
  scenectl query scene.wazex --argjson most 100000 '.blobs[] | select(.size > $most)' -c
  scenectl query scene.wazex -f count.jq")]
pub struct QueryArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// What is wanted of it.
    #[command(flatten)]
    pub what: QueryWhat,
}

/// What `query` is asked of a scene.
#[derive(Debug, Args)]
pub struct QueryWhat {
    /// What to ask, in jq
    #[arg(value_name = "JQ", required_unless_present = "from_file", conflicts_with = "from_file")]
    pub jq: Option<String>,

    /// Read what to ask from a file
    #[arg(short = 'f', long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub from_file: Option<PathBuf>,

    /// Print strings as they are, without quotes
    #[arg(short, long)]
    pub raw: bool,

    /// Print each answer on one line [default: indented]
    #[arg(short, long)]
    pub compact: bool,

    /// Answers are always JSON: this changes nothing
    #[arg(long, hide = true)]
    pub json: bool,

    /// Exit with 1 when the last answer is false or null, or there is none
    #[arg(short, long)]
    pub exit_status: bool,

    /// Let $NAME be this text (repeatable)
    #[arg(long, num_args = 2, value_names = ["NAME", "VALUE"], allow_hyphen_values = true)]
    pub arg: Vec<String>,

    /// Let $NAME be this JSON (repeatable)
    #[arg(long, num_args = 2, value_names = ["NAME", "JSON"], allow_hyphen_values = true)]
    pub argjson: Vec<String>,
}
