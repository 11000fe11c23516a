//! `relay` and `relay-set`, and faults on purpose.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::ConnectionArgs;
use super::values::{amount, milliseconds, seconds, size};
use crate::faults::{Amount, Faults, LostBlobs};
use crate::protocol::{ALL, Protocol, by_name};

/// `relay`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl relay http://localhost:8080/ --listen 127.0.0.1:9000       then open http://127.0.0.1:9000/ in a browser
  scenectl relay localhost:8080 -v --only 'vtklocal.*'                a line a call on stderr
  scenectl relay localhost:8080 --set vtkActor Visibility=0           clients see no actors, the server has them
  scenectl relay localhost:8080 --latency 120 --bandwidth 40kB        as over a bad link
  scenectl relay localhost:8081 --per-client none                     a viser server; clients only watch

A server of VTK.wasm: each client has its own connection to it; what several ask at the same time is asked once. \
Calls that would stop the server (application.exit) are answered by the relay and never passed on.

A viser server: the scene comes to all clients over one connection, over which the relay only watches; who comes later, \
or reads slowly, gets what the scene is now. A client that says something (each browser sends its camera) has one more of \
its own for that, and gets from it what is for that client alone. With --per-client none there is one connection only.")]
pub struct RelayArgs {
    /// The server: ws://, wss://, http://, https:// or host:port
    #[arg(value_name = "URL")]
    pub url: String,

    /// How to reach the server.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Where and for how long.
    #[command(flatten)]
    pub serving: ServingArgs,

    /// The server's protocol [default: found out at the start]
    #[arg(long, value_name = "NAME", value_parser = protocol)]
    pub protocol: Option<&'static dyn Protocol>,

    /// Where clients share a connection (viser): what is for one client alone comes over one of its own, or not at all
    #[arg(long, value_name = "WHAT")]
    pub per_client: Option<PerClient>,

    /// Keep what passes in a recording
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,

    /// Overwrite the recording that is there
    #[arg(short, long, requires = "record")]
    pub force: bool,

    /// Keep so many bytes of blobs, so that each is asked for once [default: 256MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub cache: Option<u64>,

    /// Try for so long to reach a lost server again
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub reconnect: Duration,

    /// Let clients see only this window: an id or its view's name (repeatable)
    #[arg(long, value_name = "ID|NAME")]
    pub view: Vec<String>,

    /// Give clients another value of a property (repeatable)
    #[arg(long, num_args = 2, value_names = ["SELECTOR", "PATH=JSON"])]
    pub set: Vec<String>,

    /// Take more of these from a JSON file, whenever it changes: [{"selector": …, "set": "PATH=JSON"}, …]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub control: Option<PathBuf>,

    /// With -v: only these methods and topics; * stands for anything (repeatable)
    #[arg(long, value_name = "METHOD", help_heading = "Output")]
    pub only: Vec<String>,

    /// One JSON object a line on stdout for each call, behind the ready line
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// With -vv: do not shorten what was said
    #[arg(long, help_heading = "Output")]
    pub full: bool,

    /// What is wrong with the link.
    #[command(flatten)]
    pub faults: FaultArgs,
}

/// What of a server is for one client alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PerClient {
    /// It comes over a connection of the client's own.
    Own,
    /// It does not come, and what clients say is not passed on.
    None,
}

/// A protocol's name.
fn protocol(name: &str) -> Result<&'static dyn Protocol, String> {
    by_name(name).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|protocol| protocol.name()).collect();
        format!("there are: {}", known.join(", "))
    })
}

/// Where and for how long something is served.
#[derive(Clone, Debug, Args)]
pub struct ServingArgs {
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
}

/// Faults on purpose.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Faults on purpose, the same every time")]
pub struct FaultArgs {
    /// Everything comes so much later
    #[arg(long, value_name = "MS", default_value = "0", value_parser = milliseconds, hide_default_value = true)]
    pub latency: Duration,

    /// Up to so much later still, at random
    #[arg(long, value_name = "MS", default_value = "0", value_parser = milliseconds, hide_default_value = true)]
    pub jitter: Duration,

    /// Not more than this a second, to each client
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub bandwidth: Option<u64>,

    /// Answer as if this blob, or so many of them, were unknown (repeatable)
    #[arg(long, value_name = "HASH|N%")]
    pub drop_blob: Vec<String>,

    /// Messages overtake each other
    #[arg(long)]
    pub reorder: bool,

    /// Break the connection after so many messages, or so many bytes (with a unit)
    #[arg(long, value_name = "N|SIZE", value_parser = amount)]
    pub disconnect_after: Option<Amount>,

    /// Where the random numbers start
    #[arg(long, value_name = "N", default_value = "1")]
    pub seed: u64,
}

impl FaultArgs {
    /// What is wrong with the link.
    pub fn faults(&self) -> Faults {
        Faults {
            latency: self.latency,
            jitter: self.jitter,
            bandwidth: self.bandwidth,
            reorder: self.reorder,
            disconnect_after: self.disconnect_after,
            seed: self.seed,
        }
    }

    /// Which blobs get lost.
    ///
    /// # Errors
    /// For a share that is none.
    pub fn lost_blobs(&self) -> Result<LostBlobs, String> {
        let mut lost = LostBlobs { seed: self.seed, ..LostBlobs::default() };
        for blob in &self.drop_blob {
            match blob.strip_suffix('%') {
                None => lost.names.push(blob.clone()),
                Some(number) => {
                    let percent = number.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
                    lost.share =
                        percent.ok_or_else(|| format!("--drop-blob: `{blob}` is no share from 0% to 100%"))? / 100.0;
                }
            }
        }
        Ok(lost)
    }
}

/// `relay-set`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl relay http://localhost:8080/ --ready-file relay.json &
  scenectl relay-set relay.json vtkActor Visibility=0
  scenectl relay-set relay.json '/Renderers/0' 'Background=[1,0,0]'
  scenectl relay-set relay.json --list
  scenectl relay-set relay.json --remove 1

Connected clients are told that there is something new, and get it.")]
pub struct RelaySetArgs {
    /// The relay: its ready file, or the `control` URL of its ready line
    #[arg(value_name = "RELAY", value_hint = ValueHint::FilePath)]
    pub relay: String,

    /// Of which objects
    #[arg(value_name = "SELECTOR", requires = "set")]
    pub selector: Option<String>,

    /// What to set to what
    #[arg(value_name = "PATH=JSON")]
    pub set: Option<String>,

    /// List what is set
    #[arg(long, conflicts_with_all = ["selector", "remove", "clear"])]
    pub list: bool,

    /// Take one away again, by its number
    #[arg(long, value_name = "N", conflicts_with_all = ["selector", "clear"])]
    pub remove: Option<u64>,

    /// Take all away again
    #[arg(long, conflicts_with = "selector")]
    pub clear: bool,

    /// Print JSON
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}
