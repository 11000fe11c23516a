//! `replay`.

use clap::Args;

use super::relay::{FaultArgs, ServingArgs};
use super::source::SourceArgs;
use super::values::size;

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

    /// Where and for how long.
    #[command(flatten)]
    pub serving: ServingArgs,

    /// Cut answers into frames of at most so many bytes
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_msg_size: Option<u64>,

    /// What is wrong with the link.
    #[command(flatten)]
    pub faults: FaultArgs,
}
