//! `replay`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::relay::{FaultArgs, ServingArgs};
use super::source::{SourceArgs, may_be_launched};
use super::values::{factor, size};
use crate::protocol::Miss;
use crate::recording::At;

/// `replay`
#[derive(Debug, Args)]
#[command(mut_arg("source", may_be_launched))]
#[command(after_help = "\
Examples:
  scenectl replay scene.wazex                               prints {\"url\":\"ws://127.0.0.1:PORT/ws\",\"roots\":[1]}
  scenectl replay scene.wazex --listen 127.0.0.1:9000
  scenectl replay scene.wazex --ready-file ready.json --until-idle 5 &
  scenectl replay scene.wazex --client-dir dist             browsers get dist/index.html, and the rest of dist
  scenectl replay session.mcap                              a recorded session: its updates come at their times
  scenectl replay session.mcap --speed 10 --loop
  scenectl replay scene.viser --client-dir DIR              viser's page from its build folder, and what it plays
  scenectl replay session.mcap --step                       … or when a client calls scenectl.step
  scenectl replay session.mcap --exact                      the recorded messages as they were
  scenectl replay session.mcap --strict --until-idle 5      for CI: exit code 1 where a call was not recorded
  scenectl replay session.mcap --verify ws://host:9000/ws   does the real server still answer like that?

It answers by meaning: any client may ask anything, in any order. Calls that are not the scene's \
(trame.trigger …) are answered as they were recorded, by method and arguments.")]
pub struct ReplayArgs {
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where and for how long.
    #[command(flatten)]
    pub serving: ServingArgs,

    /// Give browsers the real client: this folder's index.html at /, and what else is in it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "verify")]
    pub client_dir: Option<PathBuf>,

    /// Refuse clients of other versions than the scene's, as real servers do (viser)
    #[arg(long)]
    pub exact_version: bool,

    /// Cut answers into frames of at most so many bytes
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_msg_size: Option<u64>,

    /// What is wrong with the link.
    #[command(flatten)]
    pub faults: FaultArgs,
    /// Play a session faster or slower than it was
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = factor, help_heading = "Session")]
    pub speed: f64,

    /// Start so long after the session's start, or after an update (12.5s, update:3)
    #[arg(long, value_name = "MOMENT", help_heading = "Session")]
    pub at: Option<At>,

    /// Play the session again and again
    #[arg(long = "loop", help_heading = "Session")]
    pub repeats: bool,

    /// The next update comes only when a client calls scenectl.step
    #[arg(long, help_heading = "Session", conflicts_with = "speed")]
    pub step: bool,

    /// What to answer to a call that was not recorded
    #[arg(long, value_enum, default_value_t, value_name = "ANSWER", help_heading = "Session")]
    pub miss: Miss,

    /// Exit code 1 where a client made a call that was not recorded
    #[arg(long, help_heading = "Session")]
    pub strict: bool,

    /// Exit code 1 where a recorded call was not made, or one was made that was not recorded
    #[arg(long, help_heading = "Session")]
    pub expect_all_played: bool,

    /// Replay the recorded messages as they were: to one client at a time, where the server waits for what clients say
    #[arg(long, help_heading = "Session", conflicts_with_all = ["at", "repeats", "step", "miss", "strict", "expect_all_played"])]
    pub exact: bool,

    /// Serve nothing: make the recorded calls to this live server, and exit with 1 where it answers otherwise
    #[arg(long, value_name = "URL", help_heading = "Session", conflicts_with_all = ["at", "repeats", "step", "miss", "strict", "expect_all_played", "exact"])]
    pub verify: Option<String>,
}
