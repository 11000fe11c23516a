//! `replay`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::{SourceArgs, may_be_launched};
use super::values::{seconds, size};

/// `replay`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
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
